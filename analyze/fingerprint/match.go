package fingerprint

import (
	"math"
	"slices"

	"fwreport/reader/event"
)

// matcher is a Rule with one of its windows, made ready for Add: rules that do
// not speak of a probe are told by a few comparisons within one line of memory.
type matcher struct {
	window         int32 // AnyWindow, or 0 to 65535
	number         uint8 // in the list of rules
	minTTL, maxTTL uint8
	srcPort        uint16 // 0 is any
	options        event.Sym
	fields, wanted event.Fields // of these fields, a record must have those wanted, and no other
	*Rule
}

func newMatcher(r *Rule, number int, window int32, symbols *event.Symbols) matcher {
	m := matcher{Rule: r, number: uint8(number), window: window, srcPort: r.SrcPort, minTTL: r.MinTTL, maxTTL: r.MaxTTL,
		options: symbols.Of(r.Options), wanted: r.needs(), fields: r.needs() | r.Without}
	if r.MaxTTL == 0 {
		m.maxTTL = math.MaxUint8
	}
	if r.DF != AnyDF {
		m.fields |= event.DF
	}
	if r.DF == WithDF {
		m.wanted |= event.DF
	}
	return m
}

// covers tells whether e has the rule's header with this window; its class and
// length are known to fit already.
func (m *matcher) covers(e *event.Event) bool {
	if m.window != AnyWindow && m.window != int32(e.Window) || e.Fields&m.fields != m.wanted {
		return false
	}
	if e.TTL < m.minTTL || e.TTL > m.maxTTL || m.srcPort != 0 && e.SrcPort != m.srcPort {
		return false
	}
	return m.Flags == nil || slices.Contains(m.Flags, e.Flags)
}

// fits tells whether e, which the rule covers, carries its mark.
func (m *matcher) fits(e *event.Event) bool {
	if m.options != 0 && e.Has(event.HasOptions) && e.Options != m.options {
		return false
	}
	return m.Mark == nil || m.Mark(e)
}

// ruleset finds the rules for a class and a length by two index operations, so
// that the great majority of events, which no rule covers, costs no more.
type ruleset struct {
	byLen [classes][]uint8 // index into lists, 0 is the empty one
	lists []list
}

// list is the matchers of one class and length.
type list struct {
	never    event.Fields // with one of these no rule covers a record
	windows  uint64       // bits of windowBit: without its bit, no rule covers a window
	matchers []matcher
}

// windowBit is one of 64 bits for a window; the windows that rules and the usual
// systems have share few.
func windowBit(window uint16) uint64 { return 1 << (window * 0x9e37 >> 10) }

func (l *list) include(m matcher) {
	never := m.fields &^ m.wanted
	if len(l.matchers) > 0 {
		never &= l.never
	}
	l.never = never
	if m.window == AnyWindow {
		l.windows = math.MaxUint64
	} else {
		l.windows |= windowBit(uint16(m.window))
	}
	l.matchers = append(l.matchers, m)
}

// listOf is the number of the list with the matchers for a class, a length and a
// window; 0, which is empty, if no rule covers them.
func (s *ruleset) listOf(c Class, length uint32, window uint16) uint8 {
	if length >= uint32(len(s.byLen[c])) {
		return 0
	}
	n := s.byLen[c][length]
	if s.lists[n].windows&windowBit(window) == 0 {
		return 0
	}
	return n
}

// compile makes a ruleset; the list must not have more than 64 rules.
func compile(rules []Rule, symbols *event.Symbols) *ruleset {
	s := &ruleset{lists: make([]list, 1)}
	for n := range rules {
		r := &rules[n]
		for _, shape := range r.Shapes {
			s.include(r.Class, shape.Len, newMatcher(r, n, shape.Window, symbols))
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
		s.lists = append(s.lists, list{})
	}
	s.lists[*i].include(m)
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
