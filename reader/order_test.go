package reader

import (
	"slices"
	"testing"

	"fwreport/reader/evidence"
)

func TestFactsByAge(t *testing.T) {
	want := []string{
		"a/fw.log-20260101.gz", "a/fw.log-20260102", "a/fw.log", "a/kern.log.10.gz", "a/kern.log.2.gz", "a/kern.log.1", "a/kern.log",
		"b.tgz!log/kern.log.1", "b.tgz!log/kern.log",
	}
	facts := make([]evidence.Input, len(want))
	for i, p := range want {
		facts[len(want)-1-i] = evidence.Input{Path: p, Family: rotationOf(p).family}
	}
	slices.SortFunc(facts, func(a, b evidence.Input) int { return FactsByAge(&a, &b) })
	for i := range want {
		if facts[i].Path != want[i] {
			t.Errorf("place %d: %s, want %s", i, facts[i].Path, want[i])
		}
	}
}
