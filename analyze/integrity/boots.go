package integrity

import (
	"cmp"
	"slices"

	"fwreport/analyze"
)

// The tolerances of the rules, as the Analyzer's Doc states them.
const (
	apart   = 4          // stripes this many steps apart (12 to 16 s) are not neighbours
	slack   = 5 * second // by which a boot may seem to begin before the last record of the one before
	late    = 5 * minute // by which a log daemon may write late
	ample   = 8          // records that are not all late by chance
	drift   = 600        // millionths: 500 is the most that Linux corrects a clock by
	crowd   = 512        // runs that overlap, beyond which they are counted and not told apart
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

// lines joins stripes, which are in order, into runs.
func lines(list []step[stripe]) []line {
	var runs []line
	for i := 0; i < len(list); {
		j := i + 1
		for j < len(list) && list[j].n-list[j-1].n < apart {
			j++
		}
		runs = append(runs, newLine(list[i:j]))
		i = j
	}
	return runs
}

func newLine(part []step[stripe]) line {
	l := line{stripe: part[0].v}
	for i := range part[1:] {
		l.merge(&part[1+i].v)
	}
	for i := len(part) - 1; i >= 0; i-- { // the earliest instant comes last: lateness only makes it later
		s := &part[i].v
		if s.lo <= l.lo+settled {
			l.base, l.baseCount = s.low, s.Count
		}
		if s.hi >= l.hi-settled {
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
	source source
	line   // all of its records that are in line
}

// timeline is all that the stripes tell of the sources.
type timeline struct {
	boots []boot
	odd   []oddity
}

func (s *state) timeline(env *analyze.Env) *timeline {
	t := &timeline{}
	for _, src := range bySource(env, s.stripes, (*stripe).merge) {
		t.tell(src.source, lines(src.list), env)
	}
	return t
}

// tell sorts a source's runs by their boot instant and cuts them where one
// begins after all before it have ended: that is a boot. Runs whose lives
// overlap, from boot instant to last record, are looked at together.
func (t *timeline) tell(src source, runs []line, env *analyze.Env) {
	slices.SortFunc(runs, func(a, b line) int { return cmp.Compare(a.base, b.base) })
	from := len(t.boots)
	start, end := 0, int64(0)
	for i := range runs {
		r := &runs[i]
		if i > start && r.base >= end-slack-drifted(r.lo) {
			t.knot(src, runs[start:i])
			start, end = i, r.end()
			continue
		}
		if i == start || r.end() > end {
			end = r.end()
		}
	}
	if len(runs) > 0 {
		t.knot(src, runs[start:])
	}
	t.misplaced(src, t.boots[from:], env)
}

// knot tells what runs with overlapping lives are: one boot whose clock was set,
// records out of line with it, and boots that should not be beside it.
func (t *timeline) knot(src source, runs []line) {
	if len(runs) > crowd {
		t.crowded(src, runs)
		return
	}
	var first []*line
	for others := joined(runs); len(others) > 0; {
		chain, rest := chainOf(others)
		b := t.follow(src, chain)
		if first == nil {
			first = chain
		} else {
			t.parallel(src, beside(first, &b.line), &b.line)
		}
		others = t.beside(src, b, chain, rest)
		t.boots = append(t.boots, *b)
	}
}

// follow makes a boot of a chain, and notes the steps in it.
func (t *timeline) follow(src source, chain []*line) *boot {
	b := &boot{source: src, line: *chain[0]}
	for i, next := range chain[1:] {
		t.step(src, chain[i], next)
		b.join(next)
	}
	return b
}

// beside sorts the runs beside a chain: what was written late is of its boot b,
// few records out of line are noted, and the others are returned in order.
func (t *timeline) beside(src source, b *boot, chain, rest []*line) []line {
	var others []line
	for _, r := range rest {
		switch a := beside(chain, r); {
		case near(a, r):
			b.join(r)
		case r.Count*fewest <= a.Count && r.First() < a.Last():
			t.parallel(src, a, r)
		default:
			others = append(others, *r)
		}
	}
	slices.SortFunc(others, byUptime)
	return others
}

func byUptime(a, b line) int { return cmp.Or(cmp.Compare(a.lo, b.lo), cmp.Compare(a.base, b.base)) }

// joined joins runs of one boot whose instants differ by no more than the clock
// may have drifted in the silence between them.
func joined(runs []line) []line {
	slices.SortFunc(runs, byUptime)
	var out []line
	for i := range runs {
		r := &runs[i]
		best, off := -1, int64(0)
		for j := range out {
			d := abs(r.base - out[j].top)
			if r.lo >= out[j].hi && d <= 10*second+drifted(r.lo-out[j].hi) && (best < 0 || d < off) {
				best, off = j, d
			}
		}
		if best < 0 {
			out = append(out, *r)
		} else {
			out[best].join(r)
		}
	}
	slices.SortFunc(out, byUptime)
	return out
}

// chainOf follows the uptime from the run with the most records in both
// directions: one machine's clock as it was set and set again. The rest runs
// beside it.
func chainOf(runs []line) (chain, rest []*line) {
	main := 0
	for i := range runs {
		if runs[i].Count > runs[main].Count {
			main = i
		}
	}
	chain = []*line{&runs[main]}
	for i := main - 1; i >= 0; i-- { // runs are in the order of their lowest uptime
		if runs[i].hi <= chain[0].lo {
			chain = slices.Insert(chain, 0, &runs[i])
		} else {
			rest = append(rest, &runs[i])
		}
	}
	for i := main + 1; i < len(runs); i++ {
		if runs[i].lo >= chain[len(chain)-1].hi {
			chain = append(chain, &runs[i])
		} else {
			rest = append(rest, &runs[i])
		}
	}
	return chain, rest
}

// beside is the run of the chain that r's uptimes overlap the most.
func beside(chain []*line, r *line) *line {
	best := chain[0]
	for _, c := range chain[1:] {
		if min(c.hi, r.hi)-max(c.lo, r.lo) > min(best.hi, r.hi)-max(best.lo, r.lo) {
			best = c
		}
	}
	return best
}

// near reports whether r is a's boot, written late.
func near(a, r *line) bool { return abs(r.base-a.at(r.lo)) <= late }

func abs(n int64) int64 { return max(n, -n) }
