package action

import (
	"strings"

	"fwreport/reader/event"
)

// mapping is a Mapping made ready: its pattern trimmed and cut at the wildcards.
type mapping struct {
	pattern string
	parts   []string // between the wildcards; one part if there is none
	action  string
}

func newMappings(list []Mapping) []mapping {
	ms := make([]mapping, 0, len(list))
	for _, m := range list {
		p, action := trim(m.Prefix), clip(upper(trim(m.Action)))
		if action == "" {
			action = noWord
		}
		ms = append(ms, mapping{pattern: p, parts: strings.Split(p, "*"), action: action})
	}
	return ms
}

// match reports whether the trimmed prefix s is the pattern's. A part is looked
// for only behind the part before it, and the leftmost place is always good
// enough, so the time is linear whatever the pattern.
func (m *mapping) match(s string) bool {
	first, last := m.parts[0], m.parts[len(m.parts)-1]
	if len(m.parts) == 1 {
		return s == m.pattern
	}
	if len(s) < len(first)+len(last) || !strings.HasPrefix(s, first) || !strings.HasSuffix(s, last) {
		return false
	}
	s = s[len(first) : len(s)-len(last)]
	for _, p := range m.parts[1 : len(m.parts)-1] {
		i := strings.Index(s, p)
		if i < 0 {
			return false
		}
		s = s[i+len(p):]
	}
	return true
}

// apply overrules what the prefix said. What it told besides the verdict
// (front end, chain, rule, reason) stays true.
func (m *mapping) apply(d *Decision) {
	d.Action, d.DecidedBy = m.action, byMap
	d.Class, d.Verdict = Classify(m.action)
	if d.Verdict != event.Undetermined {
		d.Category = ""
	}
}
