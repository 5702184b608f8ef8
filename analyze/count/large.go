package count

import (
	"iter"
	"slices"
	"unsafe"
)

// Large is a table for very many keys, of which whole blocks are looked up at once
// (Locate). Key and value stand side by side, in rooms that are never moved: with
// millions of sources these tables are most of the memory, and one slice for all
// would take three times its size whenever it doubles.
//
// A table by address, with the address's first and its latest key beside its handle
// and slots for all other keys, saved the slots of addresses that do one thing. It
// was given up: with 20,000 sources in random order a look-up was three branches
// that no processor foresees and three waits for memory, one after the other. Now
// a block's slots are fetched together, and then its entries (see lines).
type Large[V any] struct {
	index
	rooms [][]Entry[V]
	slab  []Entry[V] // for more rooms
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

	smallRooms = 8   // made one by one
	slabRooms  = 128 // made at a time after these: 8 MB of groups
)

// Several is how many keys Locate takes at most.
const Several = 64

// NewLarge returns an empty table.
func NewLarge[V any]() *Large[V] { return &Large[V]{index: newIndex()} }

// Len is the number of keys.
func (t *Large[V]) Len() int { return t.n }

// Entry is the key of an index below Len, and its value.
func (t *Large[V]) Entry(i uint32) *Entry[V] { return &t.rooms[i>>roomBits][i%roomSize] }

// All yields all entries, in the order of their indices.
func (t *Large[V]) All() iter.Seq2[uint32, *Entry[V]] {
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
func (t *Large[V]) Drain() iter.Seq[*Entry[V]] {
	return func(yield func(*Entry[V]) bool) {
		t.index, t.slab = index{}, nil
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
func (t *Large[V]) At(k Words) *V { return &t.Entry(t.place(k)).Val }

// Locate tells the indices of keys, at most Several, in at; new keys get one and a
// zero value. First the slots are asked for, then the entries that they lead to.
func (t *Large[V]) Locate(keys []Words, at *[Several]uint32) {
	var hashes [Several]uint32
	var slots, entries lines
	mask := uint32(len(t.slots) - 1)
	for i, k := range keys {
		h := uint32(t.hash.two(k.A, k.B))
		hashes[i%Several] = h
		slots.want(unsafe.Pointer(&t.slots[h&mask]))
	}
	slots.fetch()
	for i := range keys {
		h := hashes[i%Several]
		next := t.seek(h, &hashes[i%Several]).next
		if at[i%Several] = next; next != 0 {
			entries.want(unsafe.Pointer(t.Entry(next - 1)))
		}
	}
	entries.fetch()
	for i, k := range keys {
		if next := at[i%Several]; next != 0 && t.Entry(next-1).Key == k {
			at[i%Several] = next - 1
		} else {
			at[i%Several] = t.place(k)
		}
	}
}

// place is the index of a key, a new one at need.
func (t *Large[V]) place(k Words) uint32 { return t.index.place(k, t.holds, t.add) }

// holds reports whether i is the index of k.
func (t *Large[V]) holds(i uint32, k Words) bool { return t.Entry(i).Key == k }

// add appends k, which is new, with a zero value.
func (t *Large[V]) add(k Words) uint32 {
	i := t.n
	r := i >> roomBits
	switch {
	case r == 0 && (i == 0 || i == cap(t.rooms[0])):
		t.growFirst()
	case r == len(t.rooms):
		t.addRoom()
	}
	t.rooms[r] = append(t.rooms[r], Entry[V]{Key: k})
	t.n++
	return uint32(i)
}

// addRoom makes a room: by itself, or one of many in large pages.
func (t *Large[V]) addRoom() {
	if len(t.rooms) < smallRooms {
		t.rooms = append(t.rooms, make([]Entry[V], 0, roomSize))
		return
	}
	if len(t.slab) == 0 {
		t.slab = huge[Entry[V]](slabRooms * roomSize)
	}
	t.rooms = append(t.rooms, t.slab[:0:roomSize])
	t.slab = t.slab[roomSize:]
}

// growFirst doubles the first room: small tables stay small.
func (t *Large[V]) growFirst() {
	if t.n == 0 {
		t.rooms = append(t.rooms, make([]Entry[V], 0, firstRoom))
		return
	}
	room := make([]Entry[V], t.n, min(2*t.n, roomSize))
	copy(room, t.rooms[0])
	t.rooms[0] = room
}

// Find is the value of k, nil if there is none.
func (t *Large[V]) Find(k Words) *V {
	if s, _ := t.slot(k, t.holds); s.next != 0 {
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
