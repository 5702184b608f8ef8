package count

import (
	"math/rand/v2"
	"testing"

	"fwreport/reader/event"
)

// Number gives what ID would, though it reads slots before the table grows, and
// whether an address is absent, IPv6, or a mapped look-alike.
func TestNumberAgainstID(t *testing.T) {
	r := rand.New(rand.NewPCG(7, 8))
	address := func() event.Addr {
		switch v := uint32(r.IntN(3000)); v % 8 {
		case 0:
			return event.AddrFromHalves(0x20010db8<<32, uint64(v))
		case 1:
			return event.AddrFromHalves(0, uint64(v))
		default:
			return event.AddrFrom4(v - 4) // 0.0.0.0 and its neighbours too
		}
	}
	block, single := NewAddrs(), NewAddrs()
	for range 300 {
		events := make([]event.Event, r.IntN(200))
		for i := range events {
			e := &events[i]
			e.Src, e.Dst, e.SrcID, e.DstID = address(), address(), 99, 99
			if r.IntN(10) > 0 {
				e.Fields = event.HasSrc
			}
			if r.IntN(10) > 0 {
				e.Fields |= event.HasDst
			}
		}
		block.Number(events)
		for i := range events {
			e, src, dst := &events[i], uint32(0), uint32(0)
			if e.Has(event.HasSrc) {
				src = single.ID(e.Src)
			}
			if e.Has(event.HasDst) {
				dst = single.ID(e.Dst)
			}
			if e.SrcID != src || e.DstID != dst {
				t.Fatalf("%v to %v: handles %d and %d, one by one %d and %d", e.Src, e.Dst, e.SrcID, e.DstID, src, dst)
			}
		}
	}
}

// BenchmarkNumber is the numbering of events from many sources in no order.
func BenchmarkNumber(b *testing.B) {
	for _, c := range []struct {
		name    string
		sources int
	}{{"60", 60}, {"20k", 20_000}, {"1M", 1_000_000}} {
		b.Run(c.name, func(b *testing.B) {
			t, r := NewAddrs(), rand.New(rand.NewPCG(1, 2))
			events := make([]event.Event, 64*1024)
			for i := range events {
				e := &events[i]
				e.Fields = event.HasSrc | event.HasDst
				e.Src, e.Dst = event.AddrFrom4(uint32(r.IntN(c.sources))*2654435761), event.AddrFrom4(0xc0000200+uint32(i%20))
			}
			for i := range c.sources {
				t.ID(event.AddrFrom4(uint32(i) * 2654435761))
			}
			b.ReportAllocs()
			for b.Loop() {
				t.Number(events)
			}
			b.ReportMetric(float64(len(events))*float64(b.N)/b.Elapsed().Seconds(), "events/s")
		})
	}
}
