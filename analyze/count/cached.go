package count

// Words is a key packed by hand into two words: Go hashes those at once, but a
// struct of smaller fields field by field. The module that packs it says how.
type Words struct{ A, B uint64 }

// cacheSlots is a power of two: enough for the few dozen combinations of
// interface, action and protocol that a firewall logs, and 3 KiB.
const (
	cacheBits  = 7
	cacheSlots = 1 << cacheBits
)

// Cached is a Packed for keys of which few occur often: windows, links, minutes. A
// small direct-mapped cache stands before the table, so the common event costs a
// multiplication and a comparison instead of a look-up (2 ns against 12). The key of
// the event before is not compared first: where keys rarely change, the module that
// counts them keeps the value at hand. Slices indexed by event.Sym were rejected: a
// run's names share one numbering, so each worker and table would have paid for all
// names, and names are written by whoever is logged.
type Cached[V any] struct {
	Packed[V]
	slots [cacheSlots]slot
}

type slot struct {
	key  Words
	next uint32 // the key's index plus one; 0 is an empty slot
}

// NewCached returns an empty table.
func NewCached[V any]() *Cached[V] {
	return &Cached[V]{Packed: *NewPacked[V]()}
}

// At is the value of k, a zero one if k is new. It is valid until the next At.
func (c *Cached[V]) At(k Words) *V {
	s := &c.slots[(k.A*0x9e3779b97f4a7c15^k.B*0xc2b2ae3d27d4eb4f)>>(64-cacheBits)]
	if s.key.A != k.A || s.key.B != k.B || s.next == 0 {
		*s = slot{k, c.place(k) + 1}
	}
	return &c.Vals[s.next-1]
}
