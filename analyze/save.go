package analyze

import (
	"fmt"

	"fwreport/analyze/codec"
	"fwreport/reader/event"
)

// addresses is the section of a stream that comes before all States.
const addresses = "addresses"

// Save writes the Set: the addresses, then a section for each module by its
// name, also those that were only required. Errors are kept by w.
func (s *Set) Save(w *codec.Writer) {
	w.Section(addresses)
	s.shared.Addrs.Save(w)
	for i, m := range s.modules {
		w.Section(m.Name)
		stored(m, s.states[i]).Save(w)
	}
}

// Symbols are the names of the Set.
func (s *Set) Symbols() *event.Symbols { return s.shared.Symbols }

func stored(m *Analyzer, s State) Stored {
	st, ok := s.(Stored)
	if !ok {
		panic(fmt.Sprintf("analyzer %s: its State cannot be saved", m.Name))
	}
	return st
}

// LoadSet reads a Set of exactly these modules from where r stands up to the end
// of the stream, and closes r. The names of r must be symbols.
func LoadSet(r *codec.Reader, modules []*Analyzer, symbols *event.Symbols) (*Set, error) {
	s := NewSet(modules, symbols)
	if name, ok := r.Section(); r.Err() != nil {
		return nil, r.Err()
	} else if !ok || name != addresses {
		return nil, fmt.Errorf("partial result: section %q where %q should be", name, addresses)
	}
	s.shared.Addrs.Load(r)
	left := len(s.modules)
	for name, ok := r.Section(); ok; name, ok = r.Section() {
		i := s.moduleNamed(name)
		if i < 0 {
			return nil, fmt.Errorf("partial result: section %.64q is of no module of this run", name)
		}
		stored(s.modules[i], s.states[i]).Load(r)
		left--
	}
	if err := r.Close(); err != nil {
		return nil, err
	}
	if left > 0 {
		return nil, fmt.Errorf("partial result: %d sections of modules are missing", left)
	}
	return s, nil
}

func (s *Set) moduleNamed(name string) int {
	for i, m := range s.modules {
		if m.Name == name {
			return i
		}
	}
	return -1
}
