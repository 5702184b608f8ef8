package analyzetest

import (
	"math/rand/v2"
	"testing"
	"time"

	"fwreport/analyze"
	"fwreport/analyze/count"
	"fwreport/reader/event"
)

// benchSources is how many sources the stream of Benchmark has, one in three
// events from one of a few.
const benchSources = 20_000

// Benchmark measures the Add of a module alone, in its steady state: no parsing,
// no numbering of addresses, no module that it requires. It reports ns/event and
// events/s.
func Benchmark(b *testing.B, a *analyze.Analyzer) {
	const batch = 1024
	sym := event.NewSymbols()
	sh := &analyze.Shared{Symbols: sym, Addrs: count.NewAddrs()}
	events := traffic(sh, 128*batch)
	st := a.New(sh)
	st.Add(events)
	b.ReportAllocs()
	b.ResetTimer()
	n := 0
	for i := 0; b.Loop(); i++ {
		at := i * batch % len(events)
		st.Add(events[at : at+batch])
		n += batch
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(n), "ns/event")
	b.ReportMetric(float64(n)/b.Elapsed().Seconds(), "events/s")
}

// traffic is n events of benchSources sources, with their handles, about 50 of
// them a second, most of them on one interface.
func traffic(sh *analyze.Shared, n int) []event.Event {
	r := rand.New(rand.NewPCG(5, 6))
	events := Events(r, sh.Symbols, n)
	for i := range events {
		e := &events[i]
		if r.IntN(3) > 0 && e.Has(event.HasSrc) && e.Src.Is4() {
			e.Src = event.AddrFrom4(100<<24 | r.Uint32N(benchSources)*2654435761>>8)
		}
		if r.IntN(10) > 0 {
			e.In, e.Out = sh.Symbols.Of("eth0"), 0
		}
		if e.Time != event.NoTime {
			e.Time = start + int64(i)*int64(20*time.Millisecond)
		}
		if e.Has(event.HasSrc) {
			e.SrcID = sh.Addrs.ID(e.Src)
		}
		if e.Has(event.HasDst) {
			e.DstID = sh.Addrs.ID(e.Dst)
		}
	}
	return events
}
