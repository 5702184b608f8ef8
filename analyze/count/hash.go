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

// Packed is a Table for keys packed into two words. A slot holds a part of the
// key's hash and its index, so eight of them share a line of memory, and nearly
// always only the key that is looked for is compared. (Slots with the whole key
// were three times as large: most look-ups waited for memory.)
type Packed[V any] struct {
	hash  hasher
	slots []packedSlot // a power of two of them, at most three quarters used
	Keys  []Words
	Vals  []V
}

type packedSlot struct {
	tag  uint32 // the upper half of the key's hash
	next uint32 // the key's index plus one; 0 is an empty slot
}

const firstSlots = 64

// NewPacked returns an empty table.
func NewPacked[V any]() *Packed[V] {
	return &Packed[V]{hash: newHasher(), slots: make([]packedSlot, firstSlots)}
}

// At is the value of k, a zero one if k is new. It is valid until the next At.
func (t *Packed[V]) At(k Words) *V { return &t.Vals[t.place(k)] }

// place is the index of k, a new one at need.
func (t *Packed[V]) place(k Words) uint32 {
	s, h := t.slot(k)
	if s.next == 0 {
		return t.insert(s, h, k)
	}
	return s.next - 1
}

// slot is where k is or, if it is new, belongs, and the hash of k.
func (t *Packed[V]) slot(k Words) (*packedSlot, uint64) {
	h := t.hash.two(k.A, k.B)
	mask := uint64(len(t.slots) - 1)
	for i := h & mask; ; i = (i + 1) & mask {
		s := &t.slots[i]
		if s.next == 0 || s.tag == uint32(h>>32) && t.Keys[s.next-1] == k {
			return s, h
		}
	}
}

func (t *Packed[V]) insert(s *packedSlot, h uint64, k Words) uint32 {
	var zero V
	t.Keys = append(t.Keys, k)
	t.Vals = append(t.Vals, zero)
	s.tag, s.next = uint32(h>>32), uint32(len(t.Keys))
	if len(t.Keys)*4 > len(t.slots)*3 {
		t.grow()
	}
	return uint32(len(t.Keys) - 1)
}

// grow doubles the slots and makes room for as many keys as they may hold:
// append alone would move the values of a large table ten times as often.
func (t *Packed[V]) grow() {
	t.slots = make([]packedSlot, 2*len(t.slots))
	room := len(t.slots)/4*3 + 1
	t.Keys = slices.Grow(t.Keys, room-len(t.Keys))
	t.Vals = slices.Grow(t.Vals, room-len(t.Vals))
	mask := uint64(len(t.slots) - 1)
	for n, k := range t.Keys {
		h := t.hash.two(k.A, k.B)
		i := h & mask
		for t.slots[i].next != 0 {
			i = (i + 1) & mask
		}
		t.slots[i] = packedSlot{uint32(h >> 32), uint32(n + 1)}
	}
}

// Find is the value of k, nil if there is none.
func (t *Packed[V]) Find(k Words) *V {
	if s, _ := t.slot(k); s.next != 0 {
		return &t.Vals[s.next-1]
	}
	return nil
}

// Len is the number of keys.
func (t *Packed[V]) Len() int { return len(t.Keys) }

// Pairs is a set of pairs of handles, for exact distinct counts.
type Pairs struct {
	hash  hasher
	slots []uint64 // the pair plus one; 0 is an empty slot
	n     int
}

// NewPairs returns an empty set.
func NewPairs() *Pairs { return &Pairs{hash: newHasher(), slots: make([]uint64, firstSlots)} }

// Add puts (a, b) into the set. The pair of the two largest numbers, which
// handles do not reach, cannot be told from an empty slot.
func (p *Pairs) Add(a, b uint32) {
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
	if p.n++; p.n*4 > len(p.slots)*3 {
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
		for _, k := range p.slots {
			if k != 0 && !yield(uint32((k-1)>>32), uint32(k-1)) {
				return
			}
		}
	}
}

// CountByFirst tells for each a how many b it was paired with.
func (p *Pairs) CountByFirst() map[uint32]uint64 {
	n := map[uint32]uint64{}
	for a := range p.All() {
		n[a]++
	}
	return n
}
