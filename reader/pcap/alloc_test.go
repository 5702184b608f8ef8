package pcap

import (
	"testing"

	"fwreport/reader"
)

// anInput stands for no input in particular.
var anInput = &reader.Input{Path: "input", Format: Format}

// readNoAlloc holds that a parser that has seen chunks parses them again
// without an allocation.
func readNoAlloc(t *testing.T, opt *reader.Options, chunks []*reader.Chunk) {
	t.Helper()
	p, b := FormatNG.NewParser(opt), &reader.Batch{}
	run := func() {
		b.Reset()
		for _, c := range chunks {
			p.Parse(b, c)
		}
	}
	run()
	if n := testing.AllocsPerRun(20, run); n != 0 || len(b.Events) == 0 {
		t.Errorf("%v allocations for %d events, want none", n, len(b.Events))
	}
}
