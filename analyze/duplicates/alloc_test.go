package duplicates

import (
	"testing"

	"fwreport/reader/event"
)

// TestNoAllocation: a worker that sifts the copies of a second family, as most
// records of one are, needs no memory for them. What the first family puts into
// the table grows it, by doubling.
func TestNoAllocation(t *testing.T) {
	const batch, runs = 1000, 20
	var events []event.Event
	var bodies []event.Identity
	for i := range (runs + 2) * batch {
		l := line{host: 1, body: i, sec: i / 100, uptime: 600_000_000 + i}
		events = append(events, l.event(event.MakeRef(0, uint64(i+1))))
		bodies = append(bodies, l.identity())
	}
	f := New()
	s := f.Sieve()
	for family := range 2 {
		f.Begin(family, family == 0)
		at, copies := 0, 0
		sift := func() {
			for _, seen := range s.Sift(events[at:at+batch], bodies[at:at+batch]) {
				if seen == Duplicate {
					copies++
				}
			}
			at += batch
		}
		if family == 0 {
			for at < len(events) {
				sift()
			}
			continue
		}
		sift() // the first copy of all is of a set of families that has no number yet
		if n := testing.AllocsPerRun(runs, sift); n != 0 {
			t.Errorf("%v allocations for %d copies, want none", n, batch)
		}
		if copies != at {
			t.Errorf("%d copies of %d records", copies, at)
		}
	}
}
