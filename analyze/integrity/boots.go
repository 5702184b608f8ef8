package integrity

import (
	"cmp"
	"slices"

	"fwreport/analyze"
	"fwreport/analyze/count"
)

// The tolerances of the rules, as the Analyzer's Doc states them.
const (
	apart   = 4          // stripes this many steps apart (12 to 16 s) are not neighbours
	slack   = 5 * second // by which a boot may seem to begin before the last record of the one before
	late    = 5 * minute // by which a log daemon may write late
	ample   = 8          // records that are not all late by chance
	drift   = 600        // millionths: 500 is the most that Linux corrects a clock by
	crowd   = 512        // runs that overlap, beyond which they are counted and not told apart
	abreast = 32         // boots at one time that are told apart; runs beyond them are counted
	fewest  = 4          // a run is few records if it has not a quarter of what it contradicts
	settled = 6 * hour   // of uptime, within which the earliest boot instant is the best estimate
)

// line is a run of neighbouring stripes: one boot under one setting of the clock.
type line struct {
	stripe
	base int64 // boot instant as the run's first hours have it
	top  int64 // as its last hours have it

	baseCount, topCount uint64 // records of the stripes that tell it
}

// drifted is how far two clocks may be apart after d nanoseconds.
func drifted(d int64) int64 { return max(d, 0) / 1_000_000 * drift }

// newLine joins the stripes of a run.
func newLine(part steps[stripe]) line {
	var l line
	for all := part; len(all.rows) > 0; {
		_, s := all.next()
		l.merge(s)
	}
	for len(part.rows) > 0 && (l.baseCount == 0 || l.topCount == 0) { // the earliest instant is the best: lateness only makes it later
		_, s := part.next()
		if l.baseCount == 0 && s.lo <= l.lo+settled {
			l.base, l.baseCount = s.low, s.Count
		}
		if l.topCount == 0 && s.hi >= l.hi-settled {
			l.top, l.topCount = s.low, s.Count
		}
	}
	return l
}

// end is when the run's last record was made, whenever it was written.
func (l *line) end() int64 { return l.top + l.hi }

// join adds o, the same boot later in uptime.
func (l *line) join(o *line) {
	if o.hi >= l.hi {
		l.top, l.topCount = o.top, o.topCount
	}
	l.merge(&o.stripe)
}

// at is the boot instant as the run has it at an uptime: its drift taken as even.
func (l *line) at(up int64) int64 {
	if l.hi <= l.lo {
		return l.base
	}
	part := float64(min(max(up, l.lo), l.hi)-l.lo) / float64(l.hi-l.lo)
	return l.base + int64(part*float64(l.top-l.base))
}

// slight reports whether a run is too short, or too few records tell its boot
// instant, to tell a small step from a daemon that wrote late.
func (l *line) slight(tell uint64) bool { return l.hi-l.lo <= late || tell < ample }

// boot is one boot of a source, or one of several machines that log as one.
type boot struct {
	count.Stat
	lo, hi int64
	base   int64
	source uint32 // rank
}

// timeline is all that the stripes tell of the sources.
type timeline struct {
	sources *sources
	boots   []boot // in order of source
	odd     []oddity

	src  uint32 // the source that is looked at
	told []line // its boots, as long as they are no crowd
	many bool   // they were

	places []place // of told
	knotted
}

func (s *state) timeline(env *analyze.Env, src *sources) *timeline {
	t := &timeline{sources: src}
	t.look(env, stepsOf(s.stripes, src, (*stripe).merge))
	return t
}

// look looks at all sources.
func (t *timeline) look(env *analyze.Env, all steps[stripe]) {
	for len(all.rows) > 0 {
		var of steps[stripe]
		t.src, of = all.source()
		t.told, t.many = t.told[:0], false
		t.tell(of)
		if !t.many {
			t.misplaced(env)
		}
		t.keep()
	}
}

// tell takes a source's runs in the order of their boot instants, which is that
// of their stripes, and cuts them where one begins after all before it have
// ended: that is a boot. Runs whose lives overlap, from boot instant to last
// record, are looked at together.
func (t *timeline) tell(of steps[stripe]) {
	end := int64(0)
	for len(of.rows) > 0 {
		r := newLine(of.run(apart))
		if t.n > 0 && r.base >= end-slack-drifted(r.lo) {
			t.knot()
		}
		if t.n == 0 || r.end() > end {
			end = r.end()
		}
		t.tie(&r)
	}
	t.knot()
}

// add notes a boot.
func (t *timeline) add(l *line) {
	if len(t.told) > crowd {
		t.keep()
		t.many = true
	}
	t.told = append(t.told, *l)
}

// keep puts away what the table tells of the boots.
func (t *timeline) keep() {
	for i := range t.told {
		l := &t.told[i]
		t.boots = append(doubled(t.boots), boot{l.Stat, l.lo, l.hi, l.base, t.src})
	}
	t.told = t.told[:0]
}

// instants are the boot instants of a source, in order.
func (t *timeline) instants(src uint32) []int64 {
	i, _ := slices.BinarySearchFunc(t.boots, src, func(b boot, src uint32) int { return cmp.Compare(b.source, src) })
	var list []int64
	for ; i < len(t.boots) && t.boots[i].source == src; i++ {
		list = append(list, t.boots[i].base)
	}
	slices.Sort(list)
	return list
}

func abs(n int64) int64 { return max(n, -n) }
