package integrity

import (
	"cmp"
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

// rhythm is what is known of one source's slots.
type rhythm struct {
	source source
	slots  []step[count.Stat]
	sums   []uint64 // sums[i] is the records of slots[:i]
	silent []gap    // all spans of 30 minutes or more, in order of time
}

// gaps finds the silent spans of all sources.
func (s *state) gaps(env *analyze.Env, t *timeline) []gap {
	var list []gap
	for _, src := range bySource(env, s.slots, (*count.Stat).Merge) {
		r := newRhythm(src)
		list = append(list, r.improbable()...)
	}
	instants := t.instants()
	for i := range list {
		g := &list[i]
		if b := instants[g.source]; g.holdsOneOf(b) {
			g.kind = off
		}
	}
	return list
}

// instants are the boot instants of each source, in order.
func (t *timeline) instants() map[source][]int64 {
	m := map[source][]int64{}
	for i := range t.boots {
		b := &t.boots[i]
		m[b.source] = append(m[b.source], b.base)
	}
	for _, list := range m {
		slices.Sort(list)
	}
	return m
}

// holdsOneOf reports whether one of the instants, which are in order, lies in
// the gap.
func (g *gap) holdsOneOf(instants []int64) bool {
	i, _ := slices.BinarySearch(instants, g.first-slack)
	return i < len(instants) && instants[i] < g.last
}

func newRhythm(src steps[count.Stat]) *rhythm {
	r := &rhythm{source: src.source, slots: src.list, sums: make([]uint64, 1, len(src.list)+1)}
	for i := range src.list {
		r.sums = append(r.sums, r.sums[i]+src.list[i].v.Count)
		if i == 0 {
			continue
		}
		a, b := &src.list[i-1].v, &src.list[i].v
		if b.First()-a.Last() >= shortest {
			r.silent = append(r.silent, gap{source: src.source, kind: silent, first: a.Last(), last: b.First(),
				before: a.LastRef(), after: b.FirstRef()})
		}
	}
	return r
}

// improbable are the silent spans that the source's own records make
// improbable.
func (r *rhythm) improbable() []gap {
	var list []gap
	var whole, silence int64
	if n := len(r.slots); n > 0 {
		whole = r.slots[n-1].v.Last() - r.slots[0].v.First()
	}
	lengths := make([]int64, len(r.silent))
	for i := range r.silent {
		lengths[i] = r.silent[i].span()
		silence += lengths[i]
	}
	slices.Sort(lengths)
	for _, g := range r.silent {
		if g.span() > whole/part || float64(g.span()) < unusual(lengths, g.span(), silence, whole) && !r.regular(&g) {
			continue
		}
		if g.expected = r.expected(&g, whole-silence); g.expected >= usual {
			list = append(list, g)
		}
	}
	return list
}

// unusual is the length from which on a silent span is improbable, given the
// lengths of all, in order, of which own is one. With eight others or more their
// tail is taken for a Pareto tail through their median and their ninth decile,
// the heaviest that bursts of traffic have been found to follow, and the length
// is that which one in fifty times their number exceeds. With fewer, the source
// must be one that is seldom silent.
func unusual(lengths []int64, own, silence, whole int64) float64 {
	at, _ := slices.BinarySearch(lengths, own)
	others := slices.Delete(slices.Clone(lengths), at, at+1)
	n := len(others)
	if n < tellSpans {
		if silence > whole/mostSilent {
			return math.Inf(1)
		}
		return 0
	}
	median, ninth := float64(others[n/2]), float64(others[n*9/10])
	return max(2*ninth, median*math.Pow(float64(50*n), math.Log(ninth/median)/math.Log(5)))
}

// regular reports whether the hours of g were hardly ever quiet on ten other
// days, or in five other weeks, or more: hosts that sleep at night and on
// Sundays are often silent for long, but not at noon.
func (r *rhythm) regular(g *gap) bool {
	return full(r.likewise(g, day), 10) || full(r.likewise(g, 7*day), 5)
}

// full reports whether so many spans or more have records in all of their slots
// but one in fifty.
func full(list []extent, least int) bool {
	var filled, slots int
	for _, w := range list {
		filled, slots = filled+w.filled, slots+w.slots
	}
	return len(list) >= least && (slots-filled)*50 <= slots
}

// expected is how many records were usual in a span like g: the smaller of the
// medians of the same hours of other days and of other weeks. Where there are
// too few other days, it is the rate of the time in which the source was not
// silent.
func (r *rhythm) expected(g *gap, active int64) uint64 {
	days := r.likewise(g, day)
	if len(days) < otherDays {
		return uint64(float64(r.sums[len(r.slots)]) / float64(max(active, minute)) * float64(g.span()))
	}
	n := median(days)
	if weeks := r.likewise(g, 7*day); len(weeks) > 0 {
		n = min(n, median(weeks))
	}
	return n
}

// mostShifts is how many other days or weeks are looked at, in each direction.
const mostShifts = 60

// likewise is the records of the spans that lie a multiple of shift from g,
// within the source's span, and do not overlap g.
func (r *rhythm) likewise(g *gap, shift int64) []extent {
	first, last := r.slots[0].v.First(), r.slots[len(r.slots)-1].v.Last()
	var list []extent
	for k := int64(1); k <= mostShifts; k++ {
		if d := k * shift; d >= g.span() {
			if g.first-d >= first {
				list = append(list, r.between(g.first-d, g.last-d))
			}
			if g.last+d <= last {
				list = append(list, r.between(g.first+d, g.last+d))
			}
		}
	}
	return list
}

// extent is what is known of a span between two times: of its whole slots.
type extent struct {
	records       uint64
	filled, slots int
}

// between looks at the slots that lie wholly between two times: for spans of 30
// minutes or more, at a little less than what lies in between.
func (r *rhythm) between(from, to int64) extent {
	find := func(n int64) int {
		i, _ := slices.BinarySearchFunc(r.slots, n, func(s step[count.Stat], n int64) int { return cmp.Compare(s.n, n) })
		return i
	}
	first, end := -floorDiv(-from, slotWidth), floorDiv(to, slotWidth)
	if end <= first {
		return extent{}
	}
	i, j := find(first), find(end)
	return extent{r.sums[j] - r.sums[i], j - i, int(end - first)}
}

// median is that of the records; the lower one of an even number.
func median(list []extent) uint64 {
	slices.SortFunc(list, func(a, b extent) int { return cmp.Compare(a.records, b.records) })
	return list[(len(list)-1)/2].records
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
