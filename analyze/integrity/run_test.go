package integrity

import (
	"math/rand/v2"
	"reflect"
	"testing"

	"fwreport/analyze"
	"fwreport/analyze/count"
	"fwreport/reader/event"
)

// TestRunsAreCountedAsEvents: streams that go on for long, with steps of all kinds
// between, give what counting each event by itself gives, cut into blocks anyhow.
func TestRunsAreCountedAsEvents(t *testing.T) {
	runs := 0
	for seed := range uint64(300) {
		r := rand.New(rand.NewPCG(seed, 1))
		events := stream(r, 1500)
		fast, slow := newState(), newState()
		slow.addAll(events)
		for rest := events; len(rest) > 0; {
			n := min(1+r.IntN(200), len(rest))
			if n <= count.Several && fast.run(rest[:n]) {
				runs++
			} else {
				fast.Add(rest[:n])
			}
			rest = rest[n:]
		}
		if !reflect.DeepEqual(fast.slots.Keys, slow.slots.Keys) || !reflect.DeepEqual(fast.slots.Vals, slow.slots.Vals) {
			t.Fatalf("seed %d: other slots", seed)
		}
		if !reflect.DeepEqual(fast.stripes.Keys, slow.stripes.Keys) || !reflect.DeepEqual(fast.stripes.Vals, slow.stripes.Vals) {
			t.Fatalf("seed %d: other stripes", seed)
		}
	}
	if runs < 100 {
		t.Errorf("%d runs: the test shows little", runs)
	}
}

func newState() *state { return Analyzer.New(&analyze.Shared{}).(*state) }

// stream is events most of which go on where the one before ended.
func stream(r *rand.Rand, n int) []event.Event {
	events := make([]event.Event, n)
	host, at, up, ref := event.Sym(1), 1_700_000_000*second, int64(0), uint64(5000)
	often := 1 + r.IntN(400) // how often something unusual happens
	for i := range events {
		at, up, ref = at+r.Int64N(3)*second/2, up+r.Int64N(3)*500_000, ref+1
		e := event.Event{Host: host, Count: 1, Fields: event.HasUptime}
		if r.IntN(often) == 0 {
			switch r.IntN(10) {
			case 0:
				host = event.Sym(r.IntN(3)) // or none
			case 1:
				at += r.Int64N(7200)*second - hour
			case 2:
				up = r.Int64N(1e9)
			case 3:
				ref = uint64(1 + r.IntN(20_000))
			case 4:
				e.Fields = 0
			case 5:
				e.Fields |= event.TimeImprecise
			case 6:
				e.Count = 1 + r.Uint32N(5)
			case 7:
				ref--
			case 8:
				at -= r.Int64N(5) * second
			default:
				at, up = at+9*second, up+9_000_000
			}
		}
		e.Host, e.Time, e.Uptime, e.Ref = host, at, up, event.MakeRef(0, ref)
		if r.IntN(4*often) == 0 {
			e.Time = event.NoTime
		}
		events[i] = e
	}
	return events
}
