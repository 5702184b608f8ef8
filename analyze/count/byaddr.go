package count

import "slices"

// ByAddr is a Packed for keys that have an address's handle in the upper half of
// A. Most addresses do one thing, again and again. So an address's first key has
// no slot in the hash table, and the key that it had last is compared at once:
// an address that is met once costs an array's element, as handles are dense, and
// no look-up; one of many keys what it costs in a Packed.
type ByAddr[V any] struct {
	Packed[V]
	of []places // by handle
}

// places are the indices, plus one, of the first key of an address and of that
// looked for last; 0 is none.
type places struct{ first, last uint32 }

// NewByAddr returns an empty table.
func NewByAddr[V any]() *ByAddr[V] { return &ByAddr[V]{Packed: *NewPacked[V]()} }

// At is the value of k, a zero one if k is new. It is valid until the next At.
func (t *ByAddr[V]) At(k Words) *V {
	if id := k.A >> 32; id < uint64(len(t.of)) {
		if n := t.of[id].last; n != 0 && t.Keys[n-1] == k {
			return &t.Vals[n-1]
		}
	}
	return &t.Vals[t.look(k)]
}

// look is the index of k, a new one at need.
func (t *ByAddr[V]) look(k Words) uint32 {
	id := uint32(k.A >> 32)
	t.of = Reach(t.of, id)
	o := &t.of[id]
	switch {
	case o.first == 0:
		o.first = t.add(k) + 1
		o.last = o.first
	case t.Keys[o.first-1] == k:
		o.last = o.first
	default:
		o.last = t.place(k) + 1
	}
	return o.last - 1
}

// Find is the value of k, nil if there is none.
func (t *ByAddr[V]) Find(k Words) *V {
	id := k.A >> 32
	if id >= uint64(len(t.of)) || t.of[id].first == 0 {
		return nil
	}
	if i := t.of[id].first - 1; t.Keys[i] == k {
		return &t.Vals[i]
	}
	return t.Packed.Find(k)
}

// Reach makes s long enough for the index id, with zero values.
func Reach[V any](s []V, id uint32) []V {
	if n := int(id) + 1 - len(s); n > 0 {
		return extend(s, n)
	}
	return s
}

func extend[V any](s []V, n int) []V {
	if cap(s)-len(s) < n {
		s = slices.Grow(s, max(n, len(s))) // double: append would move large slices four times as often
	}
	old := len(s)
	s = s[:old+n]
	clear(s[old:])
	return s
}
