// Package groups is the base group-by of the program: events that were not
// accepted, by source, destination port, protocol, action and verdict. It has
// no section of its own; the tables of denied groups, sources, ports, countries
// and autonomous systems are rolled up from it, so each event costs one look-up
// here instead of one in each of them.
package groups

import (
	"slices"

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
		return &State{count.NewLarge[Group]()}
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
type State struct{ *count.Large[Group] }

// Add counts all events but accepted ones.
func (s *State) Add(events []event.Event) {
	for some := range slices.Chunk(events, count.Several) {
		s.addSome(some)
	}
}

// addSome is Add for at most count.Several events. Which of them are accepted
// cannot be foreseen, so the key of each is made, and those of accepted ones are
// written over.
func (s *State) addSome(events []event.Event) {
	var keys [count.Several]count.Words
	var which [count.Several]uint8
	n := 0
	for i := range events {
		e := &events[i]
		keys[n%count.Several], which[n%count.Several] = count.Words(KeyOf(e)), uint8(i)
		if e.Verdict != event.Accepted {
			n++
		}
	}
	var at [count.Several]uint32
	s.Locate(keys[:n], &at)
	for i := range n {
		e, g := &events[which[i]], &s.Entry(at[i]).Val
		g.Stat.Add(e)
		g.Ends.Add(e)
	}
}

// Merge adds another State.
func (s *State) Merge(other analyze.State, r count.Remap) {
	var keys [count.Several]count.Words
	var from [count.Several]*Group
	n := 0
	for e := range other.(*State).Drain() {
		keys[n], from[n] = count.Words(Key(e.Key).remap(r)), &e.Val
		if n++; n == count.Several {
			s.mergeSome(keys[:], from[:], r)
			n = 0
		}
	}
	s.mergeSome(keys[:n], from[:n], r)
}

func (s *State) mergeSome(keys []count.Words, from []*Group, r count.Remap) {
	var at [count.Several]uint32
	s.Locate(keys, &at)
	for i, f := range from {
		g := &s.Entry(at[i]).Val
		g.Stat.Merge(&f.Stat)
		g.Ends.Merge(&f.Ends, r)
	}
}

// Result is nil: see the modules that require this one.
func (s *State) Result(*analyze.Env) *report.Section { return nil }
