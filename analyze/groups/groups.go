// Package groups is the base group-by of the program: events that were not
// accepted, by source, destination port, protocol, action and verdict. It has
// no section of its own; the tables of denied groups, sources, ports, countries
// and autonomous systems are rolled up from it, so each event costs one look-up
// here instead of one in each of them.
package groups

import (
	"fwreport/analyze"
	"fwreport/analyze/count"
	"fwreport/reader/event"
	"fwreport/report"
)

// Analyzer counts the groups.
var Analyzer = &analyze.Analyzer{
	Name: "groups",
	Doc:  "Events that were not accepted, by source, destination port, protocol, action and verdict.",
	New: func(sh *analyze.Shared) analyze.State {
		return &State{count.NewByAddr[Group]()}
	},
}

// Key identifies a group; State.All yields them as packed words.
type Key count.Words

// KeyOf is the key of an event's group.
func KeyOf(e *event.Event) Key {
	k := Key{
		A: uint64(e.SrcID)<<32 | uint64(e.Action),
		B: uint64(e.Proto)<<24 | uint64(e.Verdict),
	}
	if e.Has(event.HasDstPort) {
		k.B |= uint64(e.DstPort)<<48 | 1<<8
	}
	return k
}

// Src is the source's handle, 0 if the records have none.
func (k Key) Src() uint32 { return uint32(k.A >> 32) }

// Action is the action word.
func (k Key) Action() event.Sym { return event.Sym(k.A) }

// Port is the destination port, if the records have one.
func (k Key) Port() (uint16, bool) { return uint16(k.B >> 48), k.B>>8&1 != 0 }

// Proto is the protocol.
func (k Key) Proto() event.Proto { return event.Proto(k.B >> 24) }

// Verdict is denied or undetermined.
func (k Key) Verdict() event.Verdict { return event.Verdict(k.B) }

func (k Key) remap(r count.Remap) Key {
	return Key{uint64(r[k.Src()])<<32 | k.A&0xffffffff, k.B}
}

// Group is what is known of a group.
type Group struct {
	count.Stat
	count.Ends
}

// State is the groups of one Set.
type State struct{ *count.ByAddr[Group] }

// Add counts all events but accepted ones.
func (s *State) Add(events []event.Event) {
	for i := range events {
		e := &events[i]
		if e.Verdict == event.Accepted {
			continue
		}
		g := s.At(count.Words(KeyOf(e)))
		g.Stat.Add(e)
		g.Ends.Add(e)
	}
}

// Merge adds another State.
func (s *State) Merge(other analyze.State, r count.Remap) {
	o := other.(*State)
	for e := range o.Drain() {
		g, from := s.At(count.Words(Key(e.Key).remap(r))), &e.Val
		g.Stat.Merge(&from.Stat)
		g.Ends.Merge(&from.Ends, r)
	}
}

// Result is nil: see the modules that require this one.
func (s *State) Result(*analyze.Env) *report.Section { return nil }
