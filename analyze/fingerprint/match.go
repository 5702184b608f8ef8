package fingerprint

import (
	"slices"

	"fwreport/reader/event"
)

// matcher is a Rule made ready for Add.
type matcher struct {
	*Rule
	number  int // in the list of rules
	needs   event.Fields
	options event.Sym
}

// covers tells whether e has the rule's header; its class and length are known
// to fit already, but not the window that belongs to the length.
func (m *matcher) covers(e *event.Event) bool {
	switch {
	case !m.hasShape(e), !e.Has(m.needs), m.Without != 0 && e.Has(m.Without):
		return false
	case m.DF == NoDF && e.Has(event.DF), m.DF == WithDF && !e.Has(event.DF):
		return false
	case e.TTL < m.MinTTL, m.MaxTTL != 0 && e.TTL > m.MaxTTL, m.SrcPort != 0 && e.SrcPort != m.SrcPort:
		return false
	}
	return m.Flags == nil || slices.Contains(m.Flags, e.Flags)
}

func (m *matcher) hasShape(e *event.Event) bool {
	for _, s := range m.Shapes {
		if s.Len == e.Len && (s.Window == AnyWindow || s.Window == int32(e.Window)) {
			return true
		}
	}
	return false
}

// fits tells whether e, which the rule covers, carries its mark.
func (m *matcher) fits(e *event.Event) bool {
	if m.Rule.Options != "" && e.Has(event.HasOptions) && e.Options != m.options {
		return false
	}
	return m.Mark == nil || m.Mark(e)
}

// ruleset finds the rules for a class and a length by two index operations, so
// that the great majority of events, which no rule covers, costs no more.
type ruleset struct {
	byLen [classes][]uint8 // index into lists, 0 is the empty one
	lists [][]matcher
}

func (s *ruleset) candidates(c Class, length uint32) []matcher {
	if length >= uint32(len(s.byLen[c])) {
		return nil
	}
	return s.lists[s.byLen[c][length]]
}

// compile makes a ruleset; the list must not have more than 64 rules.
func compile(list []Rule, symbols *event.Symbols) *ruleset {
	s := &ruleset{lists: make([][]matcher, 1)}
	for n := range list {
		r := &list[n]
		m := matcher{Rule: r, number: n, needs: r.needs(), options: symbols.Of(r.Options)}
		for _, length := range r.lengths() {
			s.include(r.Class, length, m)
		}
	}
	return s
}

func (s *ruleset) include(c Class, length uint32, m matcher) {
	for uint32(len(s.byLen[c])) <= length {
		s.byLen[c] = append(s.byLen[c], 0)
	}
	i := &s.byLen[c][length]
	if *i == 0 {
		*i = uint8(len(s.lists))
		s.lists = append(s.lists, nil)
	}
	s.lists[*i] = append(s.lists[*i], m)
}

// needs are the fields that the rule looks at and that a record must give.
func (r *Rule) needs() event.Fields {
	f := r.Needs
	if slices.ContainsFunc(r.Shapes, func(s Shape) bool { return s.Window != AnyWindow }) {
		f |= event.HasWindow
	}
	if r.MinTTL != 0 || r.MaxTTL != 0 {
		f |= event.HasTTL
	}
	if r.SrcPort != 0 {
		f |= event.HasSrcPort
	}
	return f
}

// lengths are the rule's lengths, each once.
func (r *Rule) lengths() []uint32 {
	var l []uint32
	for _, s := range r.Shapes {
		if !slices.Contains(l, s.Len) {
			l = append(l, s.Len)
		}
	}
	return l
}
