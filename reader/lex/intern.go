package lex

import "fwreport/reader/event"

// Interner gives handles for the names in a parser's buffers without allocating
// for a name that it has seen. It serves one goroutine; the table behind it is
// shared.
type Interner struct {
	shared *event.Symbols
	known  map[string]event.Sym
}

// NewInterner returns an Interner in front of shared.
func NewInterner(shared *event.Symbols) *Interner {
	return &Interner{shared: shared, known: map[string]event.Sym{}}
}

// maxKnown bounds the cache: an attacker who can forge log lines can invent
// names, and each worker would keep them all.
const maxKnown = 1 << 16

// Sym returns the handle of b.
func (t *Interner) Sym(b []byte) event.Sym {
	if len(b) == 0 {
		return 0
	}
	if s, ok := t.known[string(b)]; ok {
		return s
	}
	if len(t.known) >= maxKnown {
		clear(t.known)
	}
	s := t.shared.Of(string(b))
	t.known[string(b)] = s
	return s
}

// Slot is an Interner for a field whose value rarely changes from record to
// record (host, interface): comparing with the last value is cheaper than a map.
type Slot struct {
	last []byte
	sym  event.Sym
}

// Sym returns the handle of b.
func (s *Slot) Sym(t *Interner, b []byte) event.Sym {
	if string(s.last) == string(b) {
		return s.sym
	}
	s.sym = t.Sym(b)
	s.last = append(s.last[:0], b...)
	return s.sym
}
