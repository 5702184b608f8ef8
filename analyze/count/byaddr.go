package count

import (
	"iter"
	"slices"
)

// ByAddr is a table for keys that have an address's handle in the upper half of
// A. Most addresses do one thing, again and again. So an address's first key has
// no slot in the hash table, and the key that it had last is compared at once:
// an address that is met once costs an array's element, as handles are dense, and
// no look-up; one of many keys what it costs in a Packed.
//
// Key and value stand side by side, in rooms that are never moved: with millions
// of sources these tables are most of the memory, and one slice for all would
// take three times its size whenever it doubles.
type ByAddr[V any] struct {
	index
	of    Column[places]
	rooms [][]Entry[V]
	n     int
}

// Entry is a key and its value.
type Entry[V any] struct {
	Key Words
	Val V
}

// roomSize is how many entries a room has. The first room grows up to it.
const (
	roomBits  = 10
	roomSize  = 1 << roomBits
	firstRoom = 16
)

// places are the indices, plus one, of the first key of an address and of that
// looked for last; 0 is none.
type places struct{ first, last uint32 }

// NewByAddr returns an empty table.
func NewByAddr[V any]() *ByAddr[V] { return &ByAddr[V]{index: newIndex()} }

// Len is the number of keys.
func (t *ByAddr[V]) Len() int { return t.n }

// Entry is the key of an index below Len, and its value.
func (t *ByAddr[V]) Entry(i uint32) *Entry[V] { return &t.rooms[i>>roomBits][i%roomSize] }

// All yields all entries, in the order of their indices.
func (t *ByAddr[V]) All() iter.Seq2[uint32, *Entry[V]] {
	return func(yield func(uint32, *Entry[V]) bool) {
		for r, room := range t.rooms {
			for i := range room {
				if !yield(uint32(r<<roomBits|i), &room[i]) {
					return
				}
			}
		}
	}
}

// Drain is All, and gives the entries' memory up as it goes: t must not be used
// afterwards.
func (t *ByAddr[V]) Drain() iter.Seq[*Entry[V]] {
	return func(yield func(*Entry[V]) bool) {
		t.index, t.of = index{}, Column[places]{}
		for r, room := range t.rooms {
			t.rooms[r] = nil
			for i := range room {
				if !yield(&room[i]) {
					return
				}
			}
		}
	}
}

// At is the value of k, a zero one if k is new. It is valid until the next At.
func (t *ByAddr[V]) At(k Words) *V {
	if o := t.of.Find(uint32(k.A >> 32)); o != nil && o.last != 0 {
		if e := t.Entry(o.last - 1); e.Key == k {
			return &e.Val
		}
	}
	return &t.Entry(t.look(k)).Val
}

// look is the index of k, a new one at need.
func (t *ByAddr[V]) look(k Words) uint32 {
	o := t.of.At(uint32(k.A >> 32))
	switch {
	case o.first == 0:
		o.first = t.add(k) + 1
		o.last = o.first
	case t.Entry(o.first-1).Key == k:
		o.last = o.first
	default:
		o.last = t.place(k) + 1
	}
	return o.last - 1
}

// place is the index of a key that is not its address's first, a new one at need.
func (t *ByAddr[V]) place(k Words) uint32 {
	s, h := t.slot(k)
	if s.next != 0 {
		return s.next - 1
	}
	i := t.add(k)
	t.fill(s, h, i)
	return i
}

func (t *ByAddr[V]) slot(k Words) (*packedSlot, uint32) {
	h := uint32(t.hash.two(k.A, k.B))
	for at := h; ; at++ {
		s := t.seek(h, &at)
		if s.next == 0 || t.Entry(s.next-1).Key == k {
			return s, h
		}
	}
}

// add appends k, which is new, with a zero value.
func (t *ByAddr[V]) add(k Words) uint32 {
	i := t.n
	r := i >> roomBits
	switch {
	case r == 0 && (i == 0 || i == cap(t.rooms[0])):
		t.growFirst()
	case r == len(t.rooms):
		t.rooms = append(t.rooms, make([]Entry[V], 0, roomSize))
	}
	t.rooms[r] = append(t.rooms[r], Entry[V]{Key: k})
	t.n++
	return uint32(i)
}

// growFirst doubles the first room: small tables stay small.
func (t *ByAddr[V]) growFirst() {
	if t.n == 0 {
		t.rooms = append(t.rooms, make([]Entry[V], 0, firstRoom))
		return
	}
	room := make([]Entry[V], t.n, min(2*t.n, roomSize))
	copy(room, t.rooms[0])
	t.rooms[0] = room
}

// Find is the value of k, nil if there is none.
func (t *ByAddr[V]) Find(k Words) *V {
	o := t.of.Find(uint32(k.A >> 32))
	if o == nil || o.first == 0 {
		return nil
	}
	if e := t.Entry(o.first - 1); e.Key == k {
		return &e.Val
	}
	if s, _ := t.slot(k); s.next != 0 {
		return &t.Entry(s.next - 1).Val
	}
	return nil
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
