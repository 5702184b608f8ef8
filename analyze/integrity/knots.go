package integrity

import (
	"cmp"
	"slices"
)

// A knot is runs of one source with overlapping lives. It is hostile as a rule if
// it is large, for whoever writes a log line chooses stamp and uptime. So at most
// crowd runs of it are kept, and at most abreast boots are told apart in it: a run
// is compared with no more than crowd others when it is joined and with abreast
// chains, whatever the log.

// knotted is the runs of a knot, and room for looking at it that knots share.
type knotted struct {
	n     int    // runs of the knot
	runs  []line // the first of them, at most crowd
	whole stripe // all of them

	list         []*line
	tails        []tail
	chain, first []*line
	below, above []*line
}

// tail is the end of a run: where another may go on.
type tail struct{ top, hi int64 }

// tie adds a run to the knot.
func (k *knotted) tie(r *line) {
	if k.n == 0 {
		k.runs, k.whole = k.runs[:0], stripe{}
	}
	if k.n++; k.n <= crowd {
		k.runs = append(k.runs, *r)
	}
	k.whole.merge(&r.stripe)
}

// knot tells what the runs of a knot are: one boot whose clock was set, records
// out of line with it, and boots that should not be beside it.
func (t *timeline) knot() {
	n := t.n
	t.n = 0
	switch {
	case n > crowd:
		t.crowded(&t.whole, n)
	case n == 1:
		t.add(&t.runs[0])
	case n > 1:
		t.untie()
	}
}

func (t *timeline) untie() {
	others := t.joined()
	t.first = t.first[:0]
	for n := 0; len(others) > 0; n++ {
		if n == abreast {
			t.rest(others)
			return
		}
		t.chainOf(others)
		b := t.follow()
		if n == 0 {
			t.first = append(t.first, t.chain...)
		} else {
			t.parallel(beside(t.first, &b), &b)
		}
		others = t.beside(&b, others[:0])
		t.add(&b)
	}
}

// rest counts runs that are beside too many boots.
func (t *timeline) rest(others []*line) {
	var all stripe
	for _, r := range others {
		all.merge(&r.stripe)
	}
	t.crowded(&all, len(others))
}

// follow makes a boot of the chain, and notes the steps in it.
func (t *timeline) follow() line {
	b := *t.chain[0]
	for i, next := range t.chain[1:] {
		t.step(t.chain[i], next)
		b.join(next)
	}
	return b
}

// beside sorts the runs beside the chain: what was written late is of its boot b,
// few records out of line are noted, and the others are appended in order.
func (t *timeline) beside(b *line, others []*line) []*line {
	for _, r := range t.below {
		if !t.explained(b, r) {
			others = append(others, r)
		}
	}
	slices.Reverse(others) // they came from the highest uptime down
	for _, r := range t.above {
		if !t.explained(b, r) {
			others = append(others, r)
		}
	}
	return others
}

// explained reports whether r is part of the chain's boot b or a contradiction
// to it.
func (t *timeline) explained(b, r *line) bool {
	switch a := beside(t.chain, r); {
	case near(a, r):
		b.join(r)
	case r.Count*fewest <= a.Count && r.First() < a.Last():
		t.parallel(a, r)
	default:
		return false
	}
	return true
}

func byUptime(a, b *line) int { return cmp.Or(cmp.Compare(a.lo, b.lo), cmp.Compare(a.base, b.base)) }

// joined joins runs of one boot whose instants differ by no more than the clock
// may have drifted in the silence between them. They are in order of uptime.
func (k *knotted) joined() []*line {
	k.list, k.tails = k.list[:0], k.tails[:0]
	for i := range k.runs {
		k.list = append(k.list, &k.runs[i])
	}
	slices.SortFunc(k.list, byUptime)
	out := k.list[:0]
	for _, r := range k.list {
		best := continued(k.tails, r)
		if best < 0 {
			out, k.tails = append(out, r), append(k.tails, tail{r.top, r.hi})
			continue
		}
		out[best].join(r)
		k.tails[best] = tail{out[best].top, out[best].hi}
	}
	return out
}

// continued is the tail that r goes on from, of several the nearest in its
// instant; -1 if there is none.
func continued(tails []tail, r *line) int {
	best, off := -1, 10*second+drifted(r.lo)+1 // the drift is less after what has records
	for i := range tails {
		d := abs(r.base - tails[i].top)
		if d < off && r.lo >= tails[i].hi && d <= 10*second+drifted(r.lo-tails[i].hi) {
			best, off = i, d
		}
	}
	return best
}

// chainOf follows the uptime from the run with the most records in both
// directions: one machine's clock as it was set and set again. The rest runs
// beside it: below from that run down, above from it up.
func (k *knotted) chainOf(runs []*line) {
	main := 0
	for i := range runs {
		if runs[i].Count > runs[main].Count {
			main = i
		}
	}
	k.chain, k.below, k.above = append(k.chain[:0], runs[main]), k.below[:0], k.above[:0]
	for i := main - 1; i >= 0; i-- { // runs are in the order of their lowest uptime
		if r := runs[i]; r.hi <= k.chain[len(k.chain)-1].lo && !r.amid(runs[main]) {
			k.chain = append(k.chain, r)
		} else {
			k.below = append(k.below, r)
		}
	}
	slices.Reverse(k.chain)
	for _, r := range runs[main+1:] {
		if r.lo >= k.chain[len(k.chain)-1].hi && !r.amid(runs[main]) {
			k.chain = append(k.chain, r)
		} else {
			k.above = append(k.above, r)
		}
	}
}

// amid reports whether r is few records whose stamps and places in the evidence both
// lie among those of a: it is their uptime that is out of line. A clock that was set
// would have left them before or behind a's records.
func (r *line) amid(a *line) bool {
	rp, ap := placeOfBoot(r), placeOfBoot(a)
	return r.Count*fewest <= a.Count && r.First() > a.First() && r.Last() < a.Last() && rp.first > ap.first && rp.last < ap.last
}

// beside is the run of the chain that r's uptimes overlap the most, or that is
// nearest to them; of several, the first. Uptimes rise along a chain, so only
// those need be compared that r overlaps, and one on either side.
func beside(chain []*line, r *line) *line {
	byEnd := func(c *line, up int64) int { return cmp.Compare(c.hi, up) }
	i := 0
	if len(chain) > 2 {
		if i, _ = slices.BinarySearchFunc(chain, r.lo, byEnd); i > 0 {
			i, _ = slices.BinarySearchFunc(chain[:i], chain[i-1].hi, byEnd)
		}
	}
	best := chain[i]
	most := min(best.hi, r.hi) - max(best.lo, r.lo)
	for _, c := range chain[i+1:] {
		if n := min(c.hi, r.hi) - max(c.lo, r.lo); n > most {
			best, most = c, n
		}
		if c.lo > r.hi {
			break
		}
	}
	return best
}

// near reports whether r is a's boot, written late.
func near(a, r *line) bool { return abs(r.base-a.at(r.lo)) <= late }
