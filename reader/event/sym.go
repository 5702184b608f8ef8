package event

import "sync"

// Sym is a handle to a name in a Symbols table: four bytes instead of a string,
// equal where the names are equal. The zero Sym is "". Syms are numbered in the
// order in which workers happened to meet the names: never sort by them.
type Sym uint32

// Symbols holds the names of one run. It is safe for concurrent use; parsers
// keep what they use often in a lex.Interner of their own, without a lock.
type Symbols struct {
	mu    sync.RWMutex
	ids   map[string]Sym
	names []string
}

// NewSymbols returns a table that knows only "".
func NewSymbols() *Symbols {
	return &Symbols{ids: map[string]Sym{"": 0}, names: []string{""}}
}

// Of returns the handle of name, a new one at need.
func (t *Symbols) Of(name string) Sym {
	t.mu.RLock()
	s, ok := t.ids[name]
	t.mu.RUnlock()
	if ok {
		return s
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	if s, ok := t.ids[name]; ok {
		return s
	}
	s = Sym(len(t.names))
	t.names = append(t.names, name)
	t.ids[name] = s
	return s
}

// Name is the name behind s.
func (t *Symbols) Name(s Sym) string {
	t.mu.RLock()
	defer t.mu.RUnlock()
	return t.names[s]
}

// Len is the number of names; every Sym is below it.
func (t *Symbols) Len() int {
	t.mu.RLock()
	defer t.mu.RUnlock()
	return len(t.names)
}
