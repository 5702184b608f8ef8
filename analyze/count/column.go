package count

import "iter"

// Column is a value for each address, by handle. Handles are dense, so it is an
// array, but one in rooms that are made where an address has a value, and never
// moved: a slice that doubles is half empty on average, and with millions of
// sources what it leaves behind is as much again. The zero Column is empty.
type Column[V any] struct {
	rooms []*[columnRoom]V
}

const (
	columnBits = 10
	columnRoom = 1 << columnBits
)

// At is the value of a handle, a zero one if it had none. It stays valid.
func (c *Column[V]) At(id uint32) *V {
	if v := c.Find(id); v != nil {
		return v
	}
	return c.extend(id)
}

// Find is the value of a handle, nil if neither it nor its neighbours have one.
func (c *Column[V]) Find(id uint32) *V {
	if r := id >> columnBits; r < uint32(len(c.rooms)) && c.rooms[r] != nil {
		return &c.rooms[r][id%columnRoom]
	}
	return nil
}

func (c *Column[V]) extend(id uint32) *V {
	r := id >> columnBits
	c.rooms = Reach(c.rooms, r)
	c.rooms[r] = new([columnRoom]V)
	return &c.rooms[r][id%columnRoom]
}

// All yields the values of all handles that may have one, zero ones among them, in
// the order of the handles.
func (c *Column[V]) All() iter.Seq2[uint32, *V] {
	return func(yield func(uint32, *V) bool) {
		for r, room := range c.rooms {
			if room == nil {
				continue
			}
			for i := range room {
				if !yield(uint32(r<<columnBits|i), &room[i]) {
					return
				}
			}
		}
	}
}
