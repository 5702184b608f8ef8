package count

import "fwreport/reader/event"

// Addrs numbers addresses: handle 0 is "no address", the others count up as
// addresses are met.
type Addrs struct {
	table  *Packed[struct{}] // the handle is the key's index plus one
	recent [1 << recentBits]recentAddr
}

// recentAddr remembers an address: destinations are few, and scans and floods
// come from one source for a while.
type recentAddr struct {
	addr event.Addr
	id   uint32 // 0: empty
}

const recentBits = 10

// NewAddrs returns an empty numbering.
func NewAddrs() *Addrs { return &Addrs{table: NewPacked[struct{}]()} }

// ID is the handle of a, a new one at need.
func (t *Addrs) ID(a event.Addr) uint32 {
	hi, lo := a.Halves()
	r := &t.recent[(hi^lo)*0x9e3779b97f4a7c15>>(64-recentBits)]
	if r.addr != a || r.id == 0 {
		r.addr, r.id = a, t.lookup(a)
	}
	return r.id
}

func (t *Addrs) lookup(a event.Addr) uint32 {
	hi, lo := a.Halves()
	return t.table.place(Words{hi, lo}) + 1
}

// Addr is the address of a handle; that of 0 is "::".
func (t *Addrs) Addr(id uint32) event.Addr {
	if id == 0 {
		return event.Addr{}
	}
	k := t.table.Keys[id-1]
	return event.AddrFromHalves(k.A, k.B)
}

// Len is the number of handles, 0 included.
func (t *Addrs) Len() int { return t.table.Len() + 1 }

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

// Absorb takes over o's addresses and tells their new handles.
func (t *Addrs) Absorb(o *Addrs) Remap {
	r := make(Remap, o.Len())
	for id := uint32(1); int(id) < o.Len(); id++ {
		r[id] = t.lookup(o.Addr(id))
	}
	return r
}
