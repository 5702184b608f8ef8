package count

import "slices"

// ByAddr is a Packed for keys that belong to an address each. Most addresses do
// one thing again and again, so it remembers which key an address, by its dense
// handle, had last: the common event costs four bytes of an array and a
// comparison instead of a hash and a slot, and an address of many keys no more
// than it did.
type ByAddr[V any] struct {
	Packed[V]
	last []uint32 // by handle: the index of the key plus one; 0 is none
}

// NewByAddr returns an empty table.
func NewByAddr[V any]() *ByAddr[V] { return &ByAddr[V]{Packed: *NewPacked[V]()} }

// Of is the value of k, which belongs to the address id; a zero one if k is new.
// It is valid until the next Of or At. At does the same without remembering.
func (t *ByAddr[V]) Of(id uint32, k Words) *V {
	if int(id) < len(t.last) {
		if n := t.last[id]; n != 0 && t.Keys[n-1] == k {
			return &t.Vals[n-1]
		}
	}
	return t.look(id, k)
}

func (t *ByAddr[V]) look(id uint32, k Words) *V {
	i := t.place(k)
	t.last = Reach(t.last, id)
	t.last[id] = i + 1
	return &t.Vals[i]
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
