package count

import (
	"cmp"
	"math/rand/v2"
	"slices"
	"testing"

	"fwreport/reader/event"
)

// TestStatAgainstSorting: first and last are those of the events in order, those
// without a time after all others for the first, before them for the last.
func TestStatAgainstSorting(t *testing.T) {
	rnd := rand.New(rand.NewPCG(9, 10))
	for range 5000 {
		events := make([]event.Event, 1+rnd.IntN(8))
		for i := range events {
			e := &events[i]
			e.Count, e.Ref, e.Time = 1+rnd.Uint32N(3), event.MakeRef(rnd.Uint32N(2), 1+rnd.Uint64N(9)), rnd.Int64N(5)-2
			if rnd.IntN(4) == 0 {
				e.Time = event.NoTime
			}
		}
		var s Stat
		var n uint64
		for i := range events {
			s.Add(&events[i])
			n += uint64(events[i].Count)
		}
		slices.SortFunc(events, func(a, b event.Event) int { return cmp.Or(cmp.Compare(a.Time, b.Time), cmp.Compare(a.Ref, b.Ref)) })
		first, last := events[0], events[len(events)-1]
		if i := slices.IndexFunc(events, func(e event.Event) bool { return e.Time != event.NoTime }); i > 0 {
			first = events[i]
		}
		if s.Count != n || s.First() != first.Time || s.FirstRef() != first.Ref || s.Last() != last.Time || s.LastRef() != last.Ref {
			t.Fatalf("%+v: %d events from %d %v to %d %v", events, s.Count, s.First(), s.FirstRef(), s.Last(), s.LastRef())
		}
	}
}
