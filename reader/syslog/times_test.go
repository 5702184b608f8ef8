package syslog

import (
	"testing"
	"time"

	"fwreport/reader"
	"fwreport/reader/event"
)

// Files of a rotation follow each other in time, and what is outside a window is
// set aside by that.
func TestInOrder(t *testing.T) {
	if !Format.InOrder {
		t.Error("the line InOrder of syslog.Format was lost")
	}
}

// The time of any line is that of a firewall record with the same stamp.
func TestTimeOf(t *testing.T) {
	berlin, err := time.LoadLocation("Europe/Berlin")
	if err != nil {
		t.Skip(err)
	}
	in := &reader.Input{YearRef: time.Date(2026, 3, 1, 0, 0, 0, 0, time.UTC).UnixNano(), Zone: berlin}
	clock, ok := newParser(&reader.Options{Symbols: event.NewSymbols()}).(reader.Clock)
	if !ok {
		t.Fatal("the parser tells no times")
	}
	local := event.YearInferred | event.TZAssumed
	for _, c := range []struct {
		line  string
		want  string // RFC 3339; "" for none
		marks event.Fields
	}{
		{"Feb  3 12:00:00 gw1 sshd[1]: Accepted publickey", "2026-02-03T11:00:00Z", local},
		{"<30>Feb  3 12:00:00 gw1 systemd[1]: Started x.", "2026-02-03T11:00:00Z", local},
		{"Mar 31 12:00:00 gw1 CRON[2]: x", "2025-03-31T10:00:00Z", local},
		{"2026-02-03T12:00:00.5+00:00 gw1 sshd[1]: x", "2026-02-03T12:00:00.5Z", 0},
		{"2026-02-03 12:00:00 gw1 sshd[1]: x", "2026-02-03T11:00:00Z", event.TZAssumed},
		{"<30>1 2026-02-03T12:00:00Z gw1 app 1 - - text", "2026-02-03T12:00:00Z", 0},
		{"\x00\x00Feb  3 12:00:00 gw1 a: after a crash", "2026-02-03T11:00:00Z", local},
		{"[12345.678901] usb 1-1: new device", "", 0},
		{"at line 12 of something", "", 0},
		{"", "", 0},
	} {
		at, marks := clock.TimeOf(in, []byte(c.line))
		got := ""
		if at != event.NoTime {
			got = time.Unix(0, at).UTC().Format(time.RFC3339Nano)
		}
		if got != c.want || got != "" && marks != c.marks {
			t.Errorf("%q: %s with marks %b, want %s with %b", c.line, got, marks, c.want, c.marks)
		}
	}
}
