package count

import (
	"math"

	"fwreport/analyze/codec"
	"fwreport/reader/event"
)

// Tables are saved in the order of their keys and loaded in it, so a key's index
// stays what it was: States that number their keys need no translation.

// SaveTable writes a table: the number of keys, then each with its value.
func SaveTable[K, V any](w *codec.Writer, keys []K, vals []V, key func(K, *codec.Writer), val func(*V, *codec.Writer)) {
	w.Uvarint(uint64(len(keys)))
	for i := range keys {
		key(keys[i], w)
		val(&vals[i], w)
	}
}

// SavePart is SaveTable for the keys of a part only.
func SavePart[K, V any](w *codec.Writer, keys []K, vals []V, has func(K) bool, key func(K, *codec.Writer), val func(*V, *codec.Writer)) {
	n := uint64(0)
	for i := range keys {
		if has(keys[i]) {
			n++
		}
	}
	w.Uvarint(n)
	for i := range keys {
		if has(keys[i]) {
			key(keys[i], w)
			val(&vals[i], w)
		}
	}
}

// SaveEntries is SavePart for a Large.
func SaveEntries[V any](w *codec.Writer, t *Large[V], has func(Words) bool, key func(Words, *codec.Writer), val func(*V, *codec.Writer)) {
	n := uint64(0)
	for _, e := range t.All() {
		if has(e.Key) {
			n++
		}
	}
	w.Uvarint(n)
	for _, e := range t.All() {
		if has(e.Key) {
			key(e.Key, w)
			val(&e.Val, w)
		}
	}
}

// SaveColumn writes the values that has chooses, with the handles of their
// addresses: how many there are, then each.
func SaveColumn[V any](w *codec.Writer, c *Column[V], has func(id uint32, v *V) bool, val func(*V, *codec.Writer)) {
	n := uint64(0)
	for id, v := range c.All() {
		if has(id, v) {
			n++
		}
	}
	w.Uvarint(n)
	for id, v := range c.All() {
		if has(id, v) {
			w.Handle(id)
			val(v, w)
		}
	}
}

// Part is a part of the addresses: those of which the sources are in it. The
// zero Part has all.
type Part struct {
	of []uint8 // by handle: the number of its part
	n  uint8
}

// Has reports whether what is counted of a source is in the part. What has no
// source (handle 0) is in the first.
func (p Part) Has(src uint32) bool { return p.of == nil || p.of[src] == p.n }

// First reports whether p is the first part, or all. It has what is not counted
// by source.
func (p Part) First() bool { return p.n == 0 }

// Parts cuts the addresses into n parts, at most 256, of nearly the same size.
// An address is in the same part whatever its handle is.
func (t *Addrs) Parts(n int) []Part {
	of := make([]uint8, t.Len())
	for id := uint32(1); int(id) < t.Len(); id++ {
		hi, lo := t.Addr(id).Halves()
		of[id] = uint8((hi ^ lo*0x9e3779b97f4a7c15) * 0xc2b2ae3d27d4eb4f >> 32 % uint64(n))
	}
	parts := make([]Part, n)
	for i := range parts {
		parts[i] = Part{of, uint8(i)}
	}
	return parts
}

// LoadTable reads what SaveTable wrote into a table without keys. A key that
// comes twice is an error of r.
func LoadTable[K, V any](r *codec.Reader, into interface {
	At(K) *V
	Len() int
}, key func(*codec.Reader) K, val func(*V, *codec.Reader)) {
	for n := r.Below(math.MaxUint32, "number of keys"); n > 0; n-- {
		k := key(r)
		if r.Err() != nil {
			return
		}
		before := into.Len()
		v := into.At(k)
		if into.Len() == before {
			r.Fail("key %v is there twice", k)
			return
		}
		val(v, r)
	}
}

// SaveCount and LoadCount are for values that only count.
func SaveCount(v *uint64, w *codec.Writer) { w.Uvarint(*v) }

// LoadCount reads what SaveCount wrote.
func LoadCount(v *uint64, r *codec.Reader) { *v = r.Uvarint() }

// Save writes s. The Stat of one event, the usual one where keys are many, has
// one time and one place.
func (s *Stat) Save(w *codec.Writer) {
	w.Uvarint(s.Count)
	if s.Count == 0 {
		return
	}
	w.Time(s.First())
	w.Ref(s.firstRef)
	if s.Count == 1 {
		return
	}
	if s.last != event.NoTime {
		w.Time(s.last)
	}
	w.Ref(s.lastRef)
}

// Load reads what Save wrote.
func (s *Stat) Load(r *codec.Reader) {
	*s = Stat{Count: r.Uvarint()}
	if s.Count == 0 {
		return
	}
	s.first, s.firstRef = r.Time(), r.Ref()
	s.last, s.lastRef = s.first, s.firstRef
	timeless := s.first == event.NoTime
	if timeless {
		s.first = math.MaxInt64
	}
	if s.Count == 1 {
		return
	}
	if !timeless {
		s.last = r.Time()
	}
	s.lastRef = r.Ref()
	if !timeless && s.last < s.first {
		r.Fail("the last event is before the first")
	}
}

// Save writes s; value writes the value, nil for a plain number.
func (s *Same) Save(w *codec.Writer, value func(uint32, *codec.Writer)) {
	w.Uvarint(uint64(s.state))
	switch {
	case s.state != 1:
	case value == nil:
		w.Uvarint(uint64(s.value))
	default:
		value(s.value, w)
	}
}

// Load reads what Save wrote.
func (s *Same) Load(r *codec.Reader, value func(*codec.Reader) uint32) {
	*s = Same{state: uint8(r.Below(4, "state of a value"))}
	switch {
	case s.state != 1:
	case value == nil:
		s.value = r.Uint32()
	default:
		s.value = value(r)
	}
}

// SaveHandle and LoadHandle are for a Same that holds an address handle.
func SaveHandle(id uint32, w *codec.Writer) { w.Handle(id) }

// LoadHandle reads what SaveHandle wrote.
func LoadHandle(r *codec.Reader) uint32 { return r.Handle() }

// SaveSym and LoadSym are for a Same that holds a name.
func SaveSym(sym uint32, w *codec.Writer) { w.Sym(event.Sym(sym)) }

// LoadSym reads what SaveSym wrote.
func LoadSym(r *codec.Reader) uint32 { return uint32(r.Sym()) }

// SavePairs writes the pairs of which has is true; nil is all.
func SavePairs(p *Pairs, w *codec.Writer, has func(a, b uint32) bool, a, b func(uint32, *codec.Writer)) {
	n := uint64(0)
	for x, y := range p.All() {
		if has == nil || has(x, y) {
			n++
		}
	}
	w.Uvarint(n)
	for x, y := range p.All() {
		if has == nil || has(x, y) {
			a(x, w)
			b(y, w)
		}
	}
}

// LoadPairs reads what SavePairs wrote and hands it to add.
func LoadPairs(r *codec.Reader, a, b func(*codec.Reader) uint32, add func(a, b uint32)) {
	for n := r.Below(math.MaxUint32, "number of pairs"); n > 0; n-- {
		x, y := a(r), b(r)
		if r.Err() != nil {
			return
		}
		add(x, y)
	}
}
