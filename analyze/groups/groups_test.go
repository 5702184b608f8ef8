package groups

import (
	"math/rand/v2"
	"testing"

	"fwreport/analyze"
	"fwreport/analyze/analyzetest"
	"fwreport/analyze/count"
	"fwreport/reader/event"
)

// TestGroupsAgainstMap counts the same events in a map, by the fields of the
// events instead of packed keys. What Result makes of groups is tested by the
// modules that require them.
func TestGroupsAgainstMap(t *testing.T) {
	type group struct {
		src     uint32
		action  event.Sym
		port    int // -1: none
		proto   event.Proto
		verdict event.Verdict
	}
	sym := event.NewSymbols()
	sh := &analyze.Shared{Symbols: sym, Addrs: count.NewAddrs()}
	s, want := Analyzer.New(sh).(*State), map[group]uint64{}
	events := analyzetest.Events(rand.New(rand.NewPCG(3, 4)), sym, 5000)
	for i := range events {
		e := &events[i]
		if e.Has(event.HasSrc) {
			e.SrcID = sh.Addrs.ID(e.Src)
		}
		g := group{e.SrcID, e.Action, -1, e.Proto, e.Verdict}
		if e.Has(event.HasDstPort) {
			g.port = int(e.DstPort)
		}
		if e.Verdict != event.Accepted {
			want[g] += uint64(e.Count)
		}
	}
	s.Add(events)
	if s.Len() != len(want) {
		t.Fatalf("%d groups, want %d", s.Len(), len(want))
	}
	for _, e := range s.All() {
		k := Key(e.Key)
		g := group{k.Src(), k.Action(), -1, k.Proto(), k.Verdict()}
		if port, ok := k.Port(); ok {
			g.port = int(port)
		}
		if e.Val.Count != want[g] {
			t.Errorf("%+v: %d, want %d", g, e.Val.Count, want[g])
		}
	}
}

// TestNoAllocation: events of known groups need no memory.
func TestNoAllocation(t *testing.T) {
	sym := event.NewSymbols()
	sh := &analyze.Shared{Symbols: sym, Addrs: count.NewAddrs()}
	s := Analyzer.New(sh)
	events := analyzetest.Events(rand.New(rand.NewPCG(3, 4)), sym, 5000)
	for i := range events {
		if e := &events[i]; e.Has(event.HasSrc) {
			e.SrcID = sh.Addrs.ID(e.Src)
		}
	}
	s.Add(events)
	if n := testing.AllocsPerRun(20, func() { s.Add(events) }); n != 0 {
		t.Errorf("%v allocations, want none", n)
	}
}

func BenchmarkAdd(b *testing.B) { analyzetest.Benchmark(b, Analyzer) }
