package main

import (
	"strings"
	"testing"
)

// FuzzSums: no list of check sums makes reading it panic, and what is read is
// written again as what it was.
func FuzzSums(f *testing.F) {
	hash := strings.Repeat("0a", 32)
	f.Add(hash + "  kern.log\n" + hash + " *a b\n# c\n\n")
	f.Add(`\` + hash + `  a\nb\\c\rd`)
	f.Add(hash + "  \xff\x00\r\n")
	f.Fuzz(func(t *testing.T, text string) {
		all, err := parseSums(strings.NewReader(text))
		if err != nil {
			return
		}
		for _, s := range all {
			if again, ok := parseSum(s.String()); !ok || again != s {
				t.Errorf("%+v is written as %q, read as %+v", s, s, again)
			}
		}
	})
}

// FuzzPlace: a place that is read is one that evidence links can name.
func FuzzPlace(f *testing.F) {
	for _, s := range []string{"kern.log:1", "a.pcap#20", "x!y:z:3", ":1", "a:0", "a:99999999999999", "a\n:5"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		p, err := parsePlace(text)
		if err == nil && (p.record == 0 || p.path == "" || !strings.HasPrefix(text, p.path)) {
			t.Errorf("%q is %+v", text, p)
		}
	})
}
