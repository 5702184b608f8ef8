package kinds

import (
	"math/rand/v2"
	"testing"

	"fwreport/analyze"
	"fwreport/analyze/analyzetest"
	"fwreport/reader/event"
)

// TestKindsAgainstMap counts the same events in a map, by the fields of the events
// instead of packed keys. What Result makes of kinds is tested by the modules that
// require them.
func TestKindsAgainstMap(t *testing.T) {
	type kind struct {
		host, in, out, prefix, action, by event.Sym
		proto                             event.Proto
		verdict                           event.Verdict
		assumed                           bool
	}
	sym := event.NewSymbols()
	s, want := newState(), map[kind]uint64{}
	events := analyzetest.Events(rand.New(rand.NewPCG(3, 4)), sym, 5000)
	for i := range events {
		e := &events[i]
		want[kind{e.Host, e.In, e.Out, e.Prefix, e.Action, e.DecidedBy, e.Proto, e.Verdict, e.Has(event.Assumed)}] += uint64(e.Count)
	}
	s.Add(events)
	if s.Len() != len(want) {
		t.Fatalf("%d kinds, want %d", s.Len(), len(want))
	}
	for i := range s.Keys {
		k := &s.Keys[i]
		g := kind{k.Host(), k.In(), k.Out(), k.Prefix(), k.Action(), k.DecidedBy(), k.Proto(), k.Verdict(), k.Assumed()}
		if s.Vals[i].Count != want[g] {
			t.Errorf("%+v: %d, want %d", g, s.Vals[i].Count, want[g])
		}
	}
}

// TestNoAllocation: events of known kinds need no memory.
func TestNoAllocation(t *testing.T) {
	sym := event.NewSymbols()
	s := newState()
	events := analyzetest.Events(rand.New(rand.NewPCG(3, 4)), sym, 5000)
	s.Add(events)
	if n := testing.AllocsPerRun(20, func() { s.Add(events) }); n != 0 {
		t.Errorf("%v allocations, want none", n)
	}
}

func BenchmarkAdd(b *testing.B) { analyzetest.Benchmark(b, Analyzer) }

var _ analyze.Whole = (*State)(nil)
