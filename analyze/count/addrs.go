package count

import "fwreport/reader/event"

// Addrs numbers addresses: handle 0 is "no address", the others count up as
// addresses are met. IPv4 has a map of its own because small keys are what
// makes Go's maps fast.
type Addrs struct {
	v4   map[uint32]uint32
	v6   map[event.Addr]uint32
	list []event.Addr

	last   event.Addr // scans and floods come in runs of one source
	lastID uint32
}

// NewAddrs returns an empty numbering.
func NewAddrs() *Addrs {
	return &Addrs{v4: map[uint32]uint32{}, v6: map[event.Addr]uint32{}, list: make([]event.Addr, 1)}
}

// ID is the handle of a, a new one at need.
func (t *Addrs) ID(a event.Addr) uint32 {
	if a == t.last && t.lastID != 0 {
		return t.lastID
	}
	t.last, t.lastID = a, t.lookup(a)
	return t.lastID
}

func (t *Addrs) lookup(a event.Addr) uint32 {
	if a.Is4() {
		id, ok := t.v4[a.V4()]
		if !ok {
			id = t.append(a)
			t.v4[a.V4()] = id
		}
		return id
	}
	id, ok := t.v6[a]
	if !ok {
		id = t.append(a)
		t.v6[a] = id
	}
	return id
}

func (t *Addrs) append(a event.Addr) uint32 {
	t.list = append(t.list, a)
	return uint32(len(t.list) - 1)
}

// Addr is the address of a handle other than 0.
func (t *Addrs) Addr(id uint32) event.Addr { return t.list[id] }

// Len is the number of handles, 0 included.
func (t *Addrs) Len() int { return len(t.list) }

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
	return t.list[a].Compare(t.list[b])
}

// Remap translates handles of one Addrs into those of another: Remap[old] = new.
type Remap []uint32

// Absorb takes over o's addresses and tells their new handles.
func (t *Addrs) Absorb(o *Addrs) Remap {
	r := make(Remap, len(o.list))
	for id := 1; id < len(o.list); id++ {
		r[id] = t.lookup(o.list[id])
	}
	return r
}
