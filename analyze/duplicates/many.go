package duplicates

import (
	"cmp"
	"math/bits"
	"slices"

	"fwreport/reader/event"
)

// many is a record of which some family holds several copies.
type many struct {
	copies []held
	total  uint32 // events: the most that a family holds

	// Of the present phase.
	phase  uint32
	before uint32 // events counted before it
	own    uint32 // copies that the family held before it
	refs   []event.Ref
	extra  []event.Event // copies beyond before, of which Settle decides
}

// held is how many copies a family holds.
type held struct{ family, n uint32 }

func (m *many) of(family uint32) uint32 {
	for _, h := range m.copies {
		if h.family == family {
			return h.n
		}
	}
	return 0
}

// copy takes one more copy of the record at i.
func (s *shard) copy(f *Finder, i int, e *event.Event) Seen {
	t := &s.table[i]
	if t.set&manyBit == 0 {
		if !slices.Contains(s.sets[t.set], f.family) {
			s.common(e.Ref.Input(), f.family, s.sets[t.set])
			t.set, t.ref, t.phase = s.with(t.set, f.family), e.Ref, f.phase
			return Duplicate
		}
		s.widen(f, t)
	}
	return s.oneMore(f, int(t.set&^manyBit), e)
}

// common counts the first copy in a family of a record that others hold too.
func (s *shard) common(input, family uint32, others set) {
	for _, o := range others {
		s.shares[share(input, family, o)]++
	}
}

// widen makes a many of a record that the present family holds once.
func (s *shard) widen(f *Finder, t *entry) {
	m := &many{total: 1}
	for _, o := range s.sets[t.set] {
		m.copies = append(m.copies, held{o, 1})
	}
	switch t.phase {
	case f.phase: // it was a duplicate in this very phase
		m.phase, m.before, m.refs = f.phase, 1, []event.Ref{t.ref}
	case f.phase | fresh: // it was new in this phase
		m.phase = f.phase
	}
	s.many = append(s.many, m)
	t.set = uint32(len(s.many)-1) | manyBit
}

// oneMore counts a copy of a record with several.
func (s *shard) oneMore(f *Finder, index int, e *event.Event) Seen {
	m := s.many[index]
	if m.phase != f.phase {
		m.phase, m.before, m.own = f.phase, m.total, m.of(f.family)
		m.refs, m.extra = m.refs[:0], nil
	}
	n := m.hold(f.family)
	for _, h := range m.copies {
		if h.family != f.family && h.n >= n {
			s.shares[share(e.Ref.Input(), f.family, h.family)]++
		}
	}
	m.total = max(m.total, n)
	switch {
	case m.own >= m.before || f.observe:
		return seen(n > m.before)
	case n <= m.before:
		m.refs = append(m.refs, e.Ref)
		return Duplicate
	}
	if len(m.extra) == 0 {
		s.contested = append(s.contested, index)
	}
	m.refs = append(m.refs, e.Ref)
	m.extra = append(m.extra, *e)
	return Pending
}

func seen(counts bool) Seen {
	if counts {
		return Event
	}
	return Duplicate
}

// hold adds a copy and returns how many the family holds then.
func (m *many) hold(family uint32) uint32 {
	for i := range m.copies {
		if h := &m.copies[i]; h.family == family {
			h.n++
			return h.n
		}
	}
	m.copies = append(m.copies, held{family, 1})
	return 1
}

// settle decides which copies of the phase are duplicates: as many as were
// counted before and not held by the family yet, those that stand first.
func (m *many) settle(all []Settled) []Settled {
	pending := map[event.Ref]event.Event{}
	for _, e := range m.extra {
		pending[e.Ref] = e
	}
	slices.SortFunc(m.refs, cmp.Compare[event.Ref])
	for i, r := range m.refs {
		e, waits := pending[r]
		if !waits { // all copies are alike; that one was not kept
			e = m.extra[0]
			e.Ref = r
		}
		counts := uint32(i) >= m.before-m.own
		if counts || waits {
			all = append(all, Settled{Event: e, Counts: counts, Pending: waits})
		}
	}
	m.extra = nil
	return all
}

// fold multiplies and folds, which mixes all bits of both.
func fold(a, b uint64) uint64 {
	hi, lo := bits.Mul64(a, b)
	return hi ^ lo
}
