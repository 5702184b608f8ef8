package count

import (
	"iter"
	"math/bits"
	"math/rand/v2"
	"slices"
)

// The hash tables of this file are open-addressed with linear probing: one
// multiplication and, nearly always, one cache line a look-up. Go's own map
// takes about twice the time for keys of one or two words, which is most of what
// counting an event costs. They only grow. The seed keeps whoever is logged from
// choosing ports and addresses whose keys collide; nothing that is reported
// depends on it.

// hasher mixes one or two words.
type hasher struct{ seed uint64 }

func newHasher() hasher { return hasher{rand.Uint64()} }

func (h hasher) one(a uint64) uint64 {
	hi, lo := bits.Mul64(a^h.seed, 0x9e3779b97f4a7c15)
	return hi ^ lo
}

func (h hasher) two(a, b uint64) uint64 {
	hi, lo := bits.Mul64(a^h.seed, b^0xc2b2ae3d27d4eb4f^h.seed>>7)
	hi2, lo2 := bits.Mul64(hi^lo^a, 0x9e3779b97f4a7c15)
	return hi2 ^ lo2 ^ b*0xd6e8feb86659fd93
}

// Packed is a Table for keys packed into two words.
type Packed[V any] struct {
	index
	Keys []Words
	Vals []V
}

// index finds the index of a key packed into two words. A slot holds 32 bits of
// the key's hash and its index, so eight of them share a line of memory, and nearly
// always only the key that is looked for is compared. (Slots with the whole key
// were three times as large: most look-ups waited for memory.)
type index struct {
	hash  hasher
	slots []packedSlot // a power of two of them, at most three quarters used
	used  int
}

type packedSlot struct {
	hash uint32
	next uint32 // the key's index plus one; 0 is an empty slot
}

const firstSlots = 64

func newIndex() index { return index{hash: newHasher(), slots: make([]packedSlot, firstSlots)} }

// seek is the first slot from at on that is free or of a key with the hash h, and
// sets at to its number.
func (x *index) seek(h uint32, at *uint32) *packedSlot {
	mask := uint32(len(x.slots) - 1)
	for i := *at & mask; ; i = (i + 1) & mask {
		if s := &x.slots[i]; s.next == 0 || s.hash == h {
			*at = i
			return s
		}
	}
}

// place is the index of k, that of add if it is new; holds tells whether an index is
// that of a key.
func (x *index) place(k Words, holds func(uint32, Words) bool, add func(Words) uint32) uint32 {
	s, h := x.slot(k, holds)
	if s.next != 0 {
		return s.next - 1
	}
	i := add(k)
	x.fill(s, h, i)
	return i
}

// slot is where k is or, if it is new, belongs, and the hash of k.
func (x *index) slot(k Words, holds func(uint32, Words) bool) (*packedSlot, uint32) {
	h := uint32(x.hash.two(k.A, k.B))
	for at := h; ; at++ {
		if s := x.seek(h, &at); s.next == 0 || holds(s.next-1, k) {
			return s, h
		}
	}
}

// fill gives a free slot to the index i of a key with the hash h.
func (x *index) fill(s *packedSlot, h, i uint32) {
	*s = packedSlot{h, i + 1}
	if x.used++; x.used*4 > len(x.slots)*3 {
		x.grow()
	}
}

// grow doubles the slots. The keys are not read: a slot moves to where it was or
// as far behind as there were slots, so memory is gone through in order.
func (x *index) grow() {
	old := x.slots
	x.slots = huge[packedSlot](2 * len(old))
	mask := uint32(len(x.slots) - 1)
	for _, s := range old {
		if s.next == 0 {
			continue
		}
		i := s.hash & mask
		for x.slots[i].next != 0 {
			i = (i + 1) & mask
		}
		x.slots[i] = s
	}
}

// NewPacked returns an empty table.
func NewPacked[V any]() *Packed[V] {
	return &Packed[V]{index: newIndex()}
}

// At is the value of k, a zero one if k is new. It is valid until the next At.
func (t *Packed[V]) At(k Words) *V { return &t.Vals[t.place(k)] }

// place is the index of k, a new one at need.
func (t *Packed[V]) place(k Words) uint32 { return t.index.place(k, t.holds, t.add) }

// holds reports whether i is the index of k.
func (t *Packed[V]) holds(i uint32, k Words) bool { return t.Keys[i] == k }

// add appends k, which is new, with a zero value. It doubles the room for both:
// append alone would move the values of a large table four times as often.
func (t *Packed[V]) add(k Words) uint32 {
	if len(t.Keys) == cap(t.Keys) {
		t.Keys = slices.Grow(t.Keys, max(len(t.Keys), firstSlots/4))
		t.Vals = slices.Grow(t.Vals, cap(t.Keys)-len(t.Vals))
	}
	var zero V
	t.Keys = append(t.Keys, k)
	t.Vals = append(t.Vals, zero)
	return uint32(len(t.Keys) - 1)
}

// Find is the value of k, nil if there is none.
func (t *Packed[V]) Find(k Words) *V {
	if s, _ := t.slot(k, t.holds); s.next != 0 {
		return &t.Vals[s.next-1]
	}
	return nil
}

// Len is the number of keys.
func (t *Packed[V]) Len() int { return len(t.Keys) }

// Pairs is a set of pairs of an address's handle and a number, for exact distinct
// counts. Most addresses have one: the first number of an address has no slot.
type Pairs struct {
	of    Column[numbers]
	hash  hasher
	slots []uint64 // all pairs but the first of an address, each plus one; 0 is an empty slot
	used  int
	n     int
}

// numbers are the first number of an address and that added last, plus one; 0 is none.
type numbers struct{ first, last uint32 }

// NewPairs returns an empty set.
func NewPairs() *Pairs { return &Pairs{hash: newHasher(), slots: make([]uint64, firstSlots)} }

// Add puts (a, b) into the set; b is not the largest number.
func (p *Pairs) Add(a, b uint32) {
	if o := p.of.Find(a); o == nil || o.last != b+1 {
		p.turn(a, b)
	}
}

// turn adds a pair that is not the address's last.
func (p *Pairs) turn(a, b uint32) {
	o := p.of.At(a)
	switch o.last = b + 1; o.first {
	case 0:
		o.first = b + 1
		p.n++
	case b + 1:
	default:
		p.addMore(a, b)
	}
}

func (p *Pairs) addMore(a, b uint32) {
	k := uint64(a)<<32 | uint64(b) + 1
	mask := uint64(len(p.slots) - 1)
	i := p.hash.one(k) & mask
	for p.slots[i] != 0 {
		if p.slots[i] == k {
			return
		}
		i = (i + 1) & mask
	}
	p.slots[i] = k
	p.n++
	if p.used++; p.used*4 > len(p.slots)*3 {
		p.grow()
	}
}

func (p *Pairs) grow() {
	old := p.slots
	p.slots = make([]uint64, 2*len(old))
	mask := uint64(len(p.slots) - 1)
	for _, k := range old {
		if k == 0 {
			continue
		}
		i := p.hash.one(k) & mask
		for p.slots[i] != 0 {
			i = (i + 1) & mask
		}
		p.slots[i] = k
	}
}

// Len is the number of pairs.
func (p *Pairs) Len() int { return p.n }

// All yields the pairs in no particular order.
func (p *Pairs) All() iter.Seq2[uint32, uint32] {
	return func(yield func(a, b uint32) bool) {
		for a, o := range p.of.All() {
			if o.first != 0 && !yield(a, o.first-1) {
				return
			}
		}
		for _, k := range p.slots {
			if k != 0 && !yield(uint32((k-1)>>32), uint32(k-1)) {
				return
			}
		}
	}
}
