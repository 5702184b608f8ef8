package analyze

import (
	"fmt"

	"fwreport/analyze/codec"
	"fwreport/analyze/count"
	"fwreport/reader/event"
)

// Save writes the Set: a section for each module by its name, also those that were
// only required. Errors are kept by w.
func (s *Set) Save(w *codec.Writer) { s.SavePart(w, count.Part{}) }

// SavePart writes what is counted of the sources in a part. What is not counted
// by source is in the first one.
func (s *Set) SavePart(w *codec.Writer, part count.Part) {
	w.Addresses(s.shared.Addrs.Addr)
	for i, m := range s.modules {
		w.Section(m.Name)
		switch st := s.states[i].(type) {
		case Divided:
			st.SavePart(w, part)
		case Whole:
			if !part.First() {
				st = m.New(&s.shared).(Whole)
			}
			st.Save(w)
		default:
			panic(fmt.Sprintf("analyzer %s: its State cannot be saved", m.Name))
		}
	}
}

// Parts cuts the sources into n parts.
func (s *Set) Parts(n int) []count.Part { return s.shared.Addrs.Parts(n) }

// Symbols are the names of the Set.
func (s *Set) Symbols() *event.Symbols { return s.shared.Symbols }

// LoadSet reads a Set of exactly these modules from where r stands up to the end
// of the stream, and closes r. The names of r must be symbols.
func LoadSet(r *codec.Reader, modules []*Analyzer, symbols *event.Symbols) (*Set, error) {
	s := NewSet(modules, symbols)
	r.Addresses(s.shared.Addrs.ID)
	left := len(s.modules)
	for name, ok := r.Section(); ok; name, ok = r.Section() {
		i := s.moduleNamed(name)
		if i < 0 {
			return nil, fmt.Errorf("partial result: section %.64q is of no module of this run", name)
		}
		s.states[i].(Stored).Load(r)
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
