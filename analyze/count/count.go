// Package count holds the machinery of group-by with counters once, so that an
// analyzer module is a key, a condition and a list of columns.
//
// Tables (Packed, Cached, Large) hold keys and values without pointers: the
// garbage collector has nothing to scan. Keys hold address handles (see Addrs) and
// event.Sym handles; both are numbered in the order of arrival, so whoever sorts
// rows compares what stands behind the handles.
package count

import (
	"math"

	"fwreport/reader/event"
)

// Stat is what every group knows: how many events, and the first and last of
// them with their places. The zero Stat is empty.
type Stat struct {
	Count    uint64
	first    int64 // MaxInt64 if no event had a time
	last     int64 // NoTime likewise
	firstRef event.Ref
	lastRef  event.Ref
}

// Add counts an event. As a rule it is later than all others of its group, and
// then cannot be the first: one comparison says so, and no more is read.
func (s *Stat) Add(e *event.Event) {
	if s.first <= s.last && e.Time >= s.last && e.Ref > s.lastRef && s.Count != 0 {
		s.Count += uint64(e.Count)
		s.last, s.lastRef = e.Time, e.Ref
		return
	}
	s.addAny(e)
}

// Extend counts n events of which each is later and stands behind all that s has,
// which has one with a time at least. The last of them is given.
func (s *Stat) Extend(n uint64, last int64, ref event.Ref) {
	s.Count += n
	s.last, s.lastRef = last, ref
}

// addAny counts an event, whenever it was.
func (s *Stat) addAny(e *event.Event) {
	t := e.Time
	if t == event.NoTime {
		t = math.MaxInt64
	}
	if s.Count == 0 {
		s.first, s.firstRef, s.last, s.lastRef = t, e.Ref, e.Time, e.Ref
		s.Count = uint64(e.Count)
		return
	}
	s.Count += uint64(e.Count)
	if t < s.first || t == s.first && e.Ref < s.firstRef {
		s.first, s.firstRef = t, e.Ref
	}
	if e.Time > s.last || e.Time == s.last && e.Ref > s.lastRef {
		s.last, s.lastRef = e.Time, e.Ref
	}
}

// Merge adds o.
func (s *Stat) Merge(o *Stat) {
	if o.Count == 0 {
		return
	}
	if s.Count == 0 {
		*s = *o
		return
	}
	s.Count += o.Count
	if o.first < s.first || o.first == s.first && o.firstRef < s.firstRef {
		s.first, s.firstRef = o.first, o.firstRef
	}
	if o.last > s.last || o.last == s.last && o.lastRef > s.lastRef {
		s.last, s.lastRef = o.last, o.lastRef
	}
}

// First is the earliest time, event.NoTime if none is known.
func (s *Stat) First() int64 {
	if s.Count == 0 || s.first == math.MaxInt64 {
		return event.NoTime
	}
	return s.first
}

// Last is the latest time, event.NoTime if none is known.
func (s *Stat) Last() int64 {
	if s.Count == 0 {
		return event.NoTime
	}
	return s.last
}

// FirstRef is the place of the earliest event; of several at that time, the
// first by place. Events without a time come after all others.
func (s *Stat) FirstRef() event.Ref { return s.firstRef }

// LastRef is the place of the latest event; of several, the last by place.
func (s *Stat) LastRef() event.Ref { return s.lastRef }

// Same is a value that is shown only if a whole group has it. The zero Same is
// empty; events without the value make it mixed unless none has it.
type Same struct {
	value uint32
	state uint8 // 0 empty, 1 one value, 2 absent in all, or mixed
}

const mixed = 3

// Add takes a value, or its absence.
func (s *Same) Add(v uint32, present bool) {
	state := uint8(2)
	if present {
		state = 1
	} else {
		v = 0
	}
	switch {
	case s.state == 0:
		s.value, s.state = v, state
	case s.state != state || s.value != v:
		s.value, s.state = 0, mixed
	}
}

// Merge adds o, its value translated by f (nil for none).
func (s *Same) Merge(o Same, f func(uint32) uint32) {
	switch o.state {
	case 0:
	case mixed:
		s.value, s.state = 0, mixed
	default:
		v := o.value
		if f != nil && o.state == 1 {
			v = f(v)
		}
		s.Add(v, o.state == 1)
	}
}

// Mixed reports whether the group's values differ: more of them change nothing.
func (s *Same) Mixed() bool { return s.state == mixed }

// Value is the value that the whole group has.
func (s *Same) Value() (uint32, bool) { return s.value, s.state == 1 }
