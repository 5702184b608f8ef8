package integrity

import (
	"fmt"
	"math"
	"slices"

	"fwreport/analyze"
	"fwreport/analyze/count"
	"fwreport/reader/event"
	"fwreport/report"
)

// The rule of silent spans, as the Analyzer's Doc states it.
const (
	shortest   = 30 * minute // a silent span holds a whole empty slot from here on
	part       = 6           // the source's span is at least this many times as long
	usual      = 20          // records that were usual in such a span
	otherDays  = 2           // the same hours of so many other days, to go by their median
	tellSpans  = 8           // other silent spans, to go by their distribution
	mostSilent = 3           // with fewer, all silence is at most a third of the source's span
	mostSpans  = 256         // improbable spans of a source that are weighed, the longest: more of them are not improbable
)

// The kinds of gaps.
const (
	silent = "silent"
	off    = "before a boot" // silent, and the host booted in it: it may have been off
	missed = "rotation"
)

// gap is one row of the table gaps.
type gap struct {
	source        source
	kind          string // silent or rotation
	first, last   int64  // of the silence, or of what a missing file would have held; event.NoTime if unknown
	expected      uint64
	before, after event.Ref
	text          string // of the finding
}

func (g *gap) span() int64 { return g.last - g.first }

// silence is a span of 30 minutes or more without records.
type silence struct {
	first, last   int64
	before, after event.Ref
	at            int // the slot after it
}

func (g *silence) span() int64 { return g.last - g.first }

// rhythm is what is known of the slots of the source that is looked at.
type rhythm struct {
	numbers     []int64  // of the slots
	sums        []uint64 // sums[i] is the records of the first i slots
	first, last int64    // of the records
	silent      []silence
	byLength    []count.Row // of silent, the longest first
	usual       []uint64    // room for a median
}

// gaps finds the silent spans of all sources; cut is how many sources have more
// than are weighed.
func (s *state) gaps(t *timeline) (list []gap, cut int) {
	var r rhythm
	for all := stepsOf(s.slots, t.sources, (*count.Stat).Merge); len(all.rows) > 0; {
		src, of := all.source()
		r.listen(of)
		from := len(list)
		var more bool
		list, more = r.improbable(list)
		cut += b2i(more)
		t.complete(src, list[from:])
	}
	return list, cut
}

// complete completes the gaps of one source.
func (t *timeline) complete(src uint32, list []gap) {
	if len(list) == 0 {
		return
	}
	instants := t.instants(src)
	for i := range list {
		g := &list[i]
		g.source = t.sources.names[src]
		if g.holdsOneOf(instants) {
			g.kind = off
		}
	}
}

// holdsOneOf reports whether one of the instants, which are in order, lies in
// the gap.
func (g *gap) holdsOneOf(instants []int64) bool {
	i, _ := slices.BinarySearch(instants, g.first-slack)
	return i < len(instants) && instants[i] < g.last
}

// listen takes the slots of a source.
func (r *rhythm) listen(of steps[count.Stat]) {
	r.numbers, r.sums = slices.Grow(r.numbers[:0], len(of.rows)), slices.Grow(r.sums[:0], len(of.rows)+1)
	r.sums, r.silent = append(r.sums, 0), r.silent[:0]
	var a count.Stat
	for i := 0; len(of.rows) > 0; i++ {
		n, b := of.next()
		r.numbers, r.sums = append(r.numbers, n), append(r.sums, r.sums[i]+b.Count)
		if i == 0 {
			r.first = b.First()
		} else if b.First()-a.Last() >= shortest {
			r.silent = append(doubled(r.silent), silence{a.Last(), b.First(), a.LastRef(), b.FirstRef(), i})
		}
		a = *b
	}
	r.last = a.Last()
}

// improbable appends the silent spans that the source's own records make
// improbable, and reports whether there were more of them than are weighed.
func (r *rhythm) improbable(list []gap) ([]gap, bool) {
	whole, quiet := r.last-r.first, int64(0)
	r.byLength = slices.Grow(r.byLength[:0], len(r.silent))
	for i := range r.silent {
		quiet += r.silent[i].span()
		r.byLength = append(r.byLength, count.Row{Count: uint64(r.silent[i].span()), Lo: uint64(i)})
	}
	count.SortRows(r.byLength)
	weighed := 0
	for i := range r.byLength {
		g := &r.silent[r.byLength[i].Lo]
		if g.span() > whole/part || float64(g.span()) < r.unusual(i, quiet, whole) && !r.regular(g) {
			continue
		}
		if weighed++; weighed > mostSpans {
			return list, true
		}
		if n := r.expected(g, whole-quiet); n >= usual {
			list = append(list, gap{kind: silent, first: g.first, last: g.last, expected: n, before: g.before, after: g.after})
		}
	}
	return list, false
}

// unusual is the length from which on a silent span is improbable, given the
// lengths of all, of which own is the place of its own. With eight others or more
// their tail is taken for a Pareto tail through their median and their ninth
// decile, the heaviest that bursts of traffic have been found to follow, and the
// length is that which one in fifty times their number exceeds. With fewer, the
// source must be one that is seldom silent.
func (r *rhythm) unusual(own int, quiet, whole int64) float64 {
	n := len(r.byLength) - 1
	if n < tellSpans {
		if quiet > whole/mostSilent {
			return math.Inf(1)
		}
		return 0
	}
	other := func(i int) float64 { // the i-th of the others, the shortest first
		if i = n - 1 - i; i >= own {
			i++
		}
		return float64(r.byLength[i].Count)
	}
	median, ninth := other(n/2), other(n*9/10)
	return max(2*ninth, median*math.Pow(float64(50*n), math.Log(ninth/median)/math.Log(5)))
}

// regular reports whether the hours of g were hardly ever quiet on ten other
// days, or in five other weeks, or more: hosts that sleep at night and on
// Sundays are often silent for long, but not at noon.
func (r *rhythm) regular(g *silence) bool {
	return r.full(g, day, 10) || r.full(g, 7*day, 5)
}

// full reports whether there are so many spans like g or more and they have
// records in all of their slots but one in fifty. It looks no further when more
// are empty than may be: the spans of a quiet source are all looked at.
func (r *rhythm) full(g *silence, shift int64, least int) bool {
	spans := min(mostShifts, (g.first-r.first)/shift) + min(mostShifts, (r.last-g.last)/shift)
	if spans < int64(least) {
		return false
	}
	var n, filled, slots int
	most := int(spans * (g.span() / slotWidth))
	r.likewise(g, shift, func(w extent) bool {
		n, filled, slots = n+1, filled+w.filled, slots+w.slots
		return (slots-filled)*50 <= most
	})
	return n >= least && (slots-filled)*50 <= slots
}

// expected is how many records were usual in a span like g: the smaller of the
// medians of the same hours of other days and of other weeks. Where there are
// too few other days, it is the rate of the time in which the source was not
// silent.
func (r *rhythm) expected(g *silence, active int64) uint64 {
	n, days := r.median(g, day)
	if days < otherDays {
		return uint64(float64(r.sums[len(r.numbers)]) / float64(max(active, minute)) * float64(g.span()))
	}
	if m, weeks := r.median(g, 7*day); weeks > 0 {
		n = min(n, m)
	}
	return n
}

// median is that of the records in the spans like g, the lower one of an even
// number of spans; and how many spans there are.
func (r *rhythm) median(g *silence, shift int64) (records uint64, spans int) {
	r.usual = r.usual[:0]
	r.likewise(g, shift, func(w extent) bool {
		r.usual = append(r.usual, w.records)
		return true
	})
	if len(r.usual) == 0 {
		return 0, 0
	}
	slices.Sort(r.usual)
	return r.usual[(len(r.usual)-1)/2], len(r.usual)
}

// mostShifts is how many other days or weeks are looked at, in each direction.
const mostShifts = 60

// likewise shows the spans that lie a multiple of shift from g, within the
// source's span, and do not overlap g, as long as see wants more.
func (r *rhythm) likewise(g *silence, shift int64, see func(extent) bool) {
	for k := max(1, (g.span()+shift-1)/shift); k <= mostShifts; k++ {
		d := k * shift
		before, after := g.first-d >= r.first, g.last+d <= r.last
		switch {
		case !before && !after:
			return
		case before && !see(r.between(g.at, g.first-d, g.last-d)):
			return
		case after && !see(r.between(g.at, g.first+d, g.last+d)):
			return
		}
	}
}

// extent is what is known of a span between two times: of its whole slots.
type extent struct {
	records       uint64
	filled, slots int
}

// between looks at the slots that lie wholly between two times: for spans of 30
// minutes or more, at a little less than what lies in between. It looks from the
// slot at on.
func (r *rhythm) between(at int, from, to int64) extent {
	first, end := -floorDiv(-from, slotWidth), floorDiv(to, slotWidth)
	if end <= first {
		return extent{}
	}
	i := r.find(at, first)
	filled, _ := slices.BinarySearch(r.numbers[i:min(int64(i)+end-first, int64(len(r.numbers)))], end)
	return extent{r.sums[i+filled] - r.sums[i], filled, int(end - first)}
}

// find is the place of the first slot with a number of n or more: no farther from
// the slot at than their numbers are.
func (r *rhythm) find(at int, n int64) int {
	low, high := int64(at), int64(at)
	if d := n - r.numbers[at]; d < 0 {
		low = max(low+d, 0)
	} else {
		high = min(high+d, int64(len(r.numbers)))
	}
	i, _ := slices.BinarySearch(r.numbers[low:high], n)
	return int(low) + i
}

func (g *gap) finding(env *analyze.Env) report.Finding {
	if g.text != "" {
		return report.Finding{Confidence: report.Observed, Text: g.text}
	}
	return report.Finding{Confidence: report.Inferred, Evidence: places(env, g.before, g.after),
		Text: fmt.Sprintf("On %s nothing was logged for %s, %s, where about %s would have been usual.",
			g.source.words(), length(g.span()), span(g.first, g.last, env.Zone), records(round(g.expected)))}
}

// round keeps two digits: the number is an estimate.
func round(n uint64) uint64 {
	scale := uint64(1)
	for n/scale >= 100 {
		scale *= 10
	}
	return n / scale * scale
}
