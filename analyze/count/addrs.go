package count

import (
	"slices"
	"unsafe"

	"fwreport/reader/event"
)

// Addrs numbers addresses: handle 0 is "no address", the others count up as
// addresses are met.
//
// Nearly all addresses of a log are IPv4. Those stand in slots of eight bytes,
// address and handle, so that a look-up touches one line of memory and the slots
// of 20,000 sources stay in a core's second cache. A Packed for all, at 24 bytes
// a slot and with a cache of recent addresses before it, took twice the time. The
// way back, from handle to address, takes four bytes and a bit.
type Addrs struct {
	hash  hasher
	four  []uint64        // IPv4: address and handle; 0 is an empty slot. A power of two, at most half used
	fours int             // used slots
	six   *Packed[uint32] // the handles of all others, by their halves
	n     int             // handles, 0 included
	list  Column[uint32]  // the IPv4 address of a handle, or of the others the index in sixes
	wide  []uint64        // a bit for each handle of the others
	sixes []event.Addr    // the first is that of handle 0: "::"
}

// NewAddrs returns an empty numbering.
func NewAddrs() *Addrs {
	t := &Addrs{hash: newHasher(), four: make([]uint64, firstSlots), six: NewPacked[uint32]()}
	t.number(event.Addr{})
	return t
}

// ID is the handle of a, a new one at need.
func (t *Addrs) ID(a event.Addr) uint32 {
	if !a.Is4() {
		return t.sixID(a)
	}
	mask := uint64(len(t.four) - 1)
	for i := t.hash.one(uint64(a.V4())) & mask; ; i = (i + 1) & mask {
		s := t.four[i]
		if s == 0 {
			return t.insert(i, a)
		}
		if s>>32 == uint64(a.V4()) {
			return uint32(s)
		}
	}
}

// Number sets the address handles of events.
func (t *Addrs) Number(events []event.Event) {
	for some := range slices.Chunk(events, Several) {
		t.numberSome(some)
	}
}

// numberSome is Number for at most Several events. The slots of the sources are asked
// for before any is looked at; those of the destinations, of which there are few, are
// at hand.
func (t *Addrs) numberSome(events []event.Event) {
	var src lines
	mask := uint64(len(t.four) - 1)
	for i := range events {
		src.want(unsafe.Pointer(&t.four[t.hash.one(uint64(events[i].Src.V4()))&mask]))
	}
	src.fetch()
	for i := range events {
		e := &events[i]
		e.SrcID, e.DstID = 0, 0
		if e.Has(event.HasSrc) {
			e.SrcID = t.ID(e.Src)
		}
		if e.Has(event.HasDst) {
			e.DstID = t.ID(e.Dst)
		}
	}
}

func (t *Addrs) insert(i uint64, a event.Addr) uint32 {
	id := t.number(a)
	t.four[i] = uint64(a.V4())<<32 | uint64(id)
	if t.fours++; t.fours*2 > len(t.four) {
		t.grow()
	}
	return id
}

// number gives a new handle to a.
func (t *Addrs) number(a event.Addr) uint32 {
	id := uint32(t.n)
	t.n++
	if a.Is4() {
		*t.list.At(id) = a.V4()
		return id
	}
	*t.list.At(id) = uint32(len(t.sixes))
	t.sixes = append(t.sixes, a)
	t.wide = Reach(t.wide, id/64)
	t.wide[id/64] |= 1 << (id % 64)
	return id
}

func (t *Addrs) grow() {
	old := t.four
	t.four = huge[uint64](2 * len(old))
	mask := uint64(len(t.four) - 1)
	for _, s := range old {
		if s == 0 {
			continue
		}
		i := t.hash.one(s>>32) & mask
		for t.four[i] != 0 {
			i = (i + 1) & mask
		}
		t.four[i] = s
	}
}

func (t *Addrs) sixID(a event.Addr) uint32 {
	hi, lo := a.Halves()
	id := t.six.At(Words{hi, lo})
	if *id == 0 {
		*id = t.number(a)
	}
	return *id
}

// Addr is the address of a handle; that of 0 is "::".
func (t *Addrs) Addr(id uint32) event.Addr {
	v := *t.list.Find(id)
	if w := id / 64; w < uint32(len(t.wide)) && t.wide[w]>>(id%64)&1 != 0 {
		return t.sixes[v]
	}
	return event.AddrFrom4(v)
}

// Len is the number of handles, 0 included.
func (t *Addrs) Len() int { return t.n }

// Compare orders handles by address, no address first.
func (t *Addrs) Compare(a, b uint32) int {
	if a == b {
		return 0
	}
	if a == 0 {
		return -1
	}
	if b == 0 {
		return 1
	}
	return t.Addr(a).Compare(t.Addr(b))
}

// Remap translates handles of one Addrs into those of another: Remap[old] = new.
type Remap []uint32

// Absorb takes over o's addresses and tells their new handles. o is empty
// afterwards: what is merged needs its memory.
func (t *Addrs) Absorb(o *Addrs) Remap {
	r := make(Remap, o.Len())
	for id := uint32(1); int(id) < o.Len(); id++ {
		r[id] = t.ID(o.Addr(id))
	}
	*o = Addrs{}
	return r
}
