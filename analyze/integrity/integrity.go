// Package integrity makes the section evidence: what the records and the inputs
// say about their own soundness. From the kernel's uptime against the wall clock
// it tells boots, steps of the clock and stamps that contradict their neighbours
// (boots.go, clock.go); from the host's own rate, silent spans (gaps.go); from
// the names of the inputs, files that are missing in a rotation (rotation.go);
// and it lists loss notices and rejected records over all inputs (inputs.go).
//
// # State
//
// Two tables of counters, both independent of the order of events:
//
//   - stripes, by source and boot instant (stamp minus uptime) in steps of 4 s:
//     an honest boot fills a few neighbouring stripes, as many as its uptime
//     clock drifts against the wall clock; a stamp that was moved falls into a
//     stripe far off, wherever it stands in its file.
//   - slots, by source and quarter of an hour: count, first and last record.
//
// An event makes at most one key in each: 104 bytes with its slot of the hash
// table at least, and, as tables double when they grow, 500 bytes in both
// together at most. That bound is reached only by who writes another uptime or
// stamp into every record; an honest host takes 100 to 200 bytes a quarter of an
// hour in which it logs, 3 to 7 MB a year.
//
// # Result
//
// Result sorts places in the tables, not their values, and takes O(n log n) for n
// stripes and slots. What compares with each other what a log chooses freely has
// bounds: 512 runs with overlapping lives are told apart, and 32 boots beside each
// other, the rest is counted as one oddity (boots.go, knots.go); 512 boots of a
// source are looked at for misplaced records; 256 silent spans of a source are
// weighed, the longest (gaps.go). Findings are few, and rows are made when they
// are read: a boot takes 76 bytes, not ten cells of 40.
//
// A source is a host as logged, or, where records name none, the rotation family
// that they stand in (by input in the State, which knows no names).
//
// Comparing each record with the one before it in its file was rejected: workers
// get chunks in any order, relays mix hosts, and two families hold the same
// records; the stripes need none of that. What they cannot see is stated in the
// Analyzer's Doc.
package integrity

import (
	"math"
	"slices"
	"time"

	"fwreport/analyze"
	"fwreport/analyze/count"
	"fwreport/reader/event"
)

// Analyzer makes the section evidence.
var Analyzer = &analyze.Analyzer{
	Name:  "evidence",
	Title: "Evidence",
	Doc: "What the records and files say about themselves. " +
		"A boot is a run of records whose stamp minus kernel uptime agrees; it may drift by 600 millionths of the time. " +
		"Steps of the clock and stamps out of line are told from 5 minutes on, steps between runs of more than 5 minutes from 12 seconds on, if 8 records agree on either side; " +
		"smaller ones cannot be told from a log daemon that writes late. " +
		"A silent span is listed if it is at least 30 minutes and at most a sixth of the host's span, " +
		"at least 20 records were usual in such a span (the median of the same hours of other days where two or more of them were recorded, " +
		"and of the same hours of other weeks; else the rate of the rest), " +
		"and the host's other silent spans make one of that length improbable, or those hours were hardly ever quiet (one slot of 15 minutes in 50) on ten other days or in five other weeks, or more; where the host booted in it, it is listed as such and is no finding. " +
		"Nothing found is no proof that nothing was changed.",
	New: func(*analyze.Shared) analyze.State {
		return &state{stripes: count.NewCached[stripe](), slots: count.NewCached[count.Stat]()}
	},
}

const (
	second = int64(time.Second)
	minute = int64(time.Minute)
	hour   = int64(time.Hour)
	day    = 24 * hour

	stripeWidth = 4 * second
	slotWidth   = 15 * minute
)

// nameless marks a source of records that name no host: the rest is the input.
const nameless = 1 << 63

// stripe is the records of one source whose boot instants fall into one step.
type stripe struct {
	count.Stat           // by wall clock
	low        int64     // the earliest boot instant, Unix nanoseconds
	lo, hi     int64     // lowest and highest uptime, nanoseconds
	loRef      event.Ref // of the record with the lowest; of several, the first
	hiRef      event.Ref // of that with the highest; of several, the last
}

func (s *stripe) add(e *event.Event, boot int64) {
	up := e.Uptime * 1000
	if s.Count == 0 {
		s.low, s.lo, s.hi, s.loRef, s.hiRef = boot, up, up, e.Ref, e.Ref
		s.Stat.Add(e)
		return
	}
	s.Stat.Add(e)
	s.low = min(s.low, boot)
	if up < s.lo || up == s.lo && e.Ref < s.loRef {
		s.lo, s.loRef = up, e.Ref
	}
	if up > s.hi || up == s.hi && e.Ref > s.hiRef {
		s.hi, s.hiRef = up, e.Ref
	}
}

func (s *stripe) merge(o *stripe) {
	if o.Count == 0 {
		return
	}
	if s.Count == 0 {
		*s = *o
		return
	}
	s.Stat.Merge(&o.Stat)
	s.low = min(s.low, o.low)
	if o.lo < s.lo || o.lo == s.lo && o.loRef < s.loRef {
		s.lo, s.loRef = o.lo, o.loRef
	}
	if o.hi > s.hi || o.hi == s.hi && o.hiRef > s.hiRef {
		s.hi, s.hiRef = o.hi, o.hiRef
	}
}

type state struct {
	stripes *count.Cached[stripe]     // by source and step of boot instants
	slots   *count.Cached[count.Stat] // by source and quarter of an hour since 1970

	stripe latest[stripe]
	slot   latest[count.Stat]
}

// latest is the step that was used last, which most records share with the one
// before. The zero value is none.
type latest[V any] struct {
	source uint64
	begin  int64
	val    *V
}

// of is the value of the step that a source's instant falls into.
func (l *latest[V]) of(t *count.Cached[V], source uint64, at, width int64) *V {
	if l.val == nil || l.source != source || uint64(at-l.begin) >= uint64(width) {
		step := floorDiv(at, width)
		*l = latest[V]{source, step * width, t.At(count.Words{A: source, B: uint64(step)})}
	}
	return l.val
}

// Add counts events with a stamp.
func (s *state) Add(events []event.Event) {
	for some := range slices.Chunk(events, count.Several) {
		if !s.run(some) {
			s.addAll(some)
		}
	}
}

// run counts events that all go on where the latest slot and stripe end: of one
// source, one after the other by stamp and uptime. Most do. If not all do, it
// reports false and has counted none.
func (s *state) run(events []event.Event) bool {
	slot, stripe := s.slot.val, s.stripe.val
	if slot == nil || stripe == nil || s.slot.source != s.stripe.source {
		return false
	}
	last, ref := max(slot.Last(), stripe.Last()), max(slot.LastRef(), stripe.LastRef(), stripe.hiRef)
	up, low, n := stripe.hi, stripe.low, uint64(0)
	for i := range events {
		e := &events[i]
		boot := e.Time - e.Uptime*1000
		if sourceOf(e) != s.slot.source || e.Time < last || e.Ref <= ref || e.Uptime*1000 < up || !tellsBoot(e) ||
			uint64(e.Time-s.slot.begin) >= uint64(slotWidth) || uint64(boot-s.stripe.begin) >= uint64(stripeWidth) {
			return false
		}
		last, ref, up, low = e.Time, e.Ref, e.Uptime*1000, min(low, boot)
		n += uint64(e.Count)
	}
	slot.Extend(n, last, ref)
	stripe.Extend(n, last, ref)
	stripe.low, stripe.hi, stripe.hiRef = low, up, ref
	return true
}

func (s *state) addAll(events []event.Event) {
	for i := range events {
		e := &events[i]
		if e.Time == event.NoTime {
			continue
		}
		source := sourceOf(e)
		s.slot.of(s.slots, source, e.Time, slotWidth).Add(e)
		if tellsBoot(e) {
			boot := e.Time - e.Uptime*1000
			s.stripe.of(s.stripes, source, boot, stripeWidth).add(e, boot)
		}
	}
}

// sourceOf is the host that an event names, or its input.
func sourceOf(e *event.Event) uint64 {
	if e.Host == 0 {
		return nameless | uint64(e.Ref.Input())
	}
	return uint64(e.Host)
}

// longest is the longest uptime that is believed, in microseconds: a century.
// What is beyond it, or stamped before 1824, would not fit the arithmetic.
const (
	longestUptime = 100 * 365 * 86400 * 1e6
	earliestStamp = math.MinInt64 / 2
)

// tellsBoot reports whether e's stamp and uptime are of one moment. The stamp of
// a repeat is of the last copy, its uptime of the first; in the hours of a
// change of summer time a stamp without zone does not tell the moment.
func tellsBoot(e *event.Event) bool {
	return e.Has(event.HasUptime) && e.Fields&(event.Repeat|event.TimeFolded|event.TimeGap|event.TimeImprecise) == 0 &&
		e.Uptime >= 0 && e.Uptime <= longestUptime && e.Time > earliestStamp
}

func floorDiv(a, b int64) int64 {
	q := a / b
	if a%b < 0 {
		q--
	}
	return q
}

// Merge adds another state.
func (s *state) Merge(other analyze.State, _ count.Remap) {
	o := other.(*state)
	s.stripe, s.slot = latest[stripe]{}, latest[count.Stat]{} // they may move
	for i, k := range o.stripes.Keys {
		s.stripes.At(k).merge(&o.stripes.Vals[i])
	}
	for i, k := range o.slots.Keys {
		s.slots.At(k).Merge(&o.slots.Vals[i])
	}
}
