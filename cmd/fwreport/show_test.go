package main

import (
	"bytes"
	"strings"
	"testing"
)

// A record of the journal may hold a file: what is not shown of it is counted.
func TestLongRecordIsCut(t *testing.T) {
	var b bytes.Buffer
	s := shower{w: &b}
	s.text("_HOSTNAME=gw1\r\nMESSAGE=" + strings.Repeat("x", 20000) + "\n")
	lines := strings.Split(b.String(), "\n")
	want := []string{"    _HOSTNAME=gw1", "    MESSAGE=" + strings.Repeat("x", maxRecordText-15-8), "    … (+3,639 bytes)", ""}
	if strings.Join(lines, "\n") != strings.Join(want, "\n") {
		t.Errorf("%d lines, the last %q, want %d, the last %q", len(lines), lines[len(lines)-2], len(want), want[len(want)-2])
	}
}
