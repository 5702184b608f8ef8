// Package invalid lists what should not have been on the wire: packets that
// conntrack or the rules called invalid, and packets whose source address cannot
// be genuine on the interface where they came in (bogons).
//
// Whether a private source is out of place depends on the interface, and that is
// known only when everything has been counted. So Add classifies (once an
// address) and counts candidates, together with the distinct sources of each
// interface, and a gatherer judges, once it has surveyed the sources of all parts of
// the evidence. A list of Internet-facing interfaces as an option
// was rejected: evidence often comes from machines that nobody can ask any more.
//
// A State owns its tables; nothing in them refers to the events.
package invalid

import (
	"fwreport/analyze"
	"fwreport/analyze/count"
	"fwreport/reader/event"
	"fwreport/report"
)

// Analyzer is the section of invalid packets and bogons.
var Analyzer = &analyze.Analyzer{
	Name:  "invalid",
	Title: "Invalid packets and impossible sources",
	Doc: "Packets with the action INVALID, conntrack's own messages among them: late packets of closed connections as well as " +
		"scans with odd flags. And inbound packets, whatever became of them, whose source address cannot be genuine on that " +
		"interface: they are forged, leaked from a wrongly set up network, or come from a neighbour on the same link. Packets on lo are not examined.",
	New: func(sh *analyze.Shared) analyze.State {
		return &state{
			invalid: invalidTable{count.NewPacked[invalidGroup]()},
			bogons:  newBogonState(sh),
			action:  sh.Symbols.Of("INVALID"),
		}
	},
	Gather: func() analyze.Gatherer {
		return &gatherer{facts: map[count.Words]fact{}, facing: map[count.Words]bool{}}
	},
}

type state struct {
	invalid invalidTable
	bogons  *bogonState
	action  event.Sym // INVALID
}

func (s *state) Add(events []event.Event) {
	for i := range events {
		if e := &events[i]; e.Action == s.action {
			s.invalid.add(e)
		}
	}
	s.bogons.add(events)
}

func (s *state) Merge(other analyze.State, r count.Remap) {
	o := other.(*state)
	s.invalid.merge(o.invalid, r)
	s.bogons.merge(o.bogons, r)
}

// Result makes the section.
func (s *state) Result(env *analyze.Env) *report.Section { return analyze.Gather(env, Analyzer, s) }
