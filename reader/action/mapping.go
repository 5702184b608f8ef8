package action

import (
	"fwreport/reader/event"
	"fwreport/reader/lex"
)

// mapping is a Mapping made ready.
type mapping struct {
	pattern lex.Wildcard
	action  string
}

func newMappings(list []Mapping) []mapping {
	ms := make([]mapping, 0, len(list))
	for _, m := range list {
		action := clip(upper(trim(m.Action)))
		if action == "" {
			action = noWord
		}
		ms = append(ms, mapping{pattern: lex.NewWildcard(trim(m.Prefix)), action: action})
	}
	return ms
}

// match reports whether the trimmed prefix s is the pattern's.
func (m *mapping) match(s string) bool { return m.pattern.Match(s) }

// apply overrules what the prefix said. What it told besides the verdict
// (front end, chain, rule, reason) stays true.
func (m *mapping) apply(d *Decision) {
	d.Action, d.DecidedBy = m.action, byMap
	d.Class, d.Verdict = Classify(m.action)
	if d.Verdict != event.Undetermined {
		d.Category = ""
	}
}
