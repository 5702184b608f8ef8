package engine

import (
	"math/rand/v2"
	"testing"

	"fwreport/reader"
	"fwreport/reader/event"
	"fwreport/report"
)

// TestCountAgrees: what all events of a chunk say together gives what each gives
// when they are counted one by one.
func TestCountAgrees(t *testing.T) {
	rnd := rand.New(rand.NewPCG(1, 2))
	for range 5000 {
		rare := rnd.IntN(3) == 0
		events := make([]event.Event, rnd.IntN(6))
		for i := range events {
			e := &events[i]
			e.Time, e.Ref, e.Count = rnd.Int64N(2000)-1000, event.MakeRef(0, uint64(i+1)), 1
			if rnd.IntN(4) == 0 {
				e.Time = event.NoTime
			}
			if rnd.IntN(4) == 0 {
				e.Count += rnd.Uint32N(5)
			}
			if rare {
				e.Fields = event.Fields(rnd.Uint64()) & (single | event.HasSrc) &^ event.FlowOpen
			}
		}
		span := report.Span{First: event.NoTime, Last: event.NoTime}
		one, all := worker{span: span}, worker{span: span}
		one.batch.Events, all.batch.Events = events, events
		apart, together := newTally(), newTally()
		for i := range events {
			apart.event(&events[i])
			one.note(&events[i])
		}
		s := surveyOf(&reader.Chunk{}, events)
		all.count(together, events, &s)
		if one.span != all.span || one.assumed != all.assumed || apart.ledger != together.ledger ||
			apart.timeless != together.timeless || apart.flows != together.flows || apart.folded != together.folded || apart.gap != together.gap {
			t.Fatalf("%+v\ngive %+v %+v\none by one %+v %+v", events, all.span, together, one.span, apart)
		}
	}
}
