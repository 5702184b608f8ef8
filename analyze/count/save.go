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

// Save writes the pairs.
func (p *Pairs) Save(w *codec.Writer, a, b func(uint32, *codec.Writer)) {
	w.Uvarint(uint64(p.Len()))
	for x, y := range p.All() {
		a(x, w)
		b(y, w)
	}
}

// LoadPairs reads what Pairs.Save wrote and hands it to add.
func LoadPairs(r *codec.Reader, a, b func(*codec.Reader) uint32, add func(a, b uint32)) {
	for n := r.Below(math.MaxUint32, "number of pairs"); n > 0; n-- {
		x, y := a(r), b(r)
		if r.Err() != nil {
			return
		}
		add(x, y)
	}
}

// Save writes the addresses in the order of their handles.
func (t *Addrs) Save(w *codec.Writer) {
	w.Uvarint(uint64(t.Len() - 1))
	for id := uint32(1); int(id) < t.Len(); id++ {
		w.Addr(t.Addr(id))
	}
}

// Load reads what Save wrote into an Addrs without addresses, so that handles
// are the same, and tells r how many they are.
func (t *Addrs) Load(r *codec.Reader) {
	n := uint32(r.Below(math.MaxUint32, "number of addresses"))
	for id := uint32(1); id <= n; id++ {
		a := r.Addr()
		if r.Err() != nil {
			return
		}
		if t.ID(a) != id {
			r.Fail("address %s is there twice", a)
			return
		}
	}
	r.SetHandles(t.Len())
}
