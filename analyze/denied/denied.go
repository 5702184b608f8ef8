// Package denied lists what the firewall did not let through: the groups of
// denied events, those of undetermined ones in the same columns beside them, and
// the sources of denied events, with what was found out about each.
//
// The groups are counted once, by package groups. Here only the targets of each
// source are counted, exactly: its first destination stands in a slice, and a
// set of pairs holds the others, so that the many sources that knock on one door
// cost no map entry. (A set of all pairs was rejected: it was the largest map of
// the program. So was a sketch: the report's distinct counts are exact.)
//
// Tables may have millions of rows. Indices are sorted; the cells of a row are made
// when it is asked for.
package denied

import (
	"math/bits"
	"slices"
	"sync"

	"fwreport/analyze"
	"fwreport/analyze/count"
	"fwreport/analyze/fingerprint"
	"fwreport/analyze/groups"
	"fwreport/reader/event"
	"fwreport/report"
)

// Analyzer makes the section denied.
var Analyzer = &analyze.Analyzer{
	Name:  "denied",
	Title: "Denied",
	Doc: "Events that were denied, by source, destination port, protocol and action; those whose verdict is undetermined in a " +
		"table of their own; and the sources of denied events. A source address may be forged, or shared by many users.",
	Requires: []*analyze.Analyzer{groups.Analyzer, fingerprint.Analyzer},
	New:      func(*analyze.Shared) analyze.State { return &state{more: count.NewPairs()} },
	Gather:   func() analyze.Gatherer { return &gatherer{} },
}

// state is the distinct destinations of denied events, by source (0: none). A
// firewall guards few addresses: the first destinations are bits of one word a
// source, and only the others cost a look-up.
type state struct {
	few  count.Column[uint64] // of a source: which of the numbered destinations it was denied
	bit  []uint8              // by destination: its number from 1, 0 if it has none
	nth  []uint32             // the numbered destinations, in the order of their bits
	more *count.Pairs         // source and destination: the other destinations
}

// Add notes the destinations of denied events.
func (s *state) Add(events []event.Event) {
	for some := range slices.Chunk(events, count.Several) {
		s.addSome(some)
	}
}

func (s *state) addSome(events []event.Event) {
	s.few.FetchSources(events)
	for i := range events {
		e := &events[i]
		if e.Verdict != event.Denied || e.DstID == 0 {
			continue
		}
		if n, few := s.number(e.DstID), s.few.Find(e.SrcID); n > 0 && few != nil {
			*few |= 1 << ((n - 1) % 64)
		} else {
			s.meet(e.SrcID, e.DstID)
		}
	}
}

// number is that of a destination, 0 if it has none so far.
func (s *state) number(dst uint32) uint8 {
	if dst < uint32(len(s.bit)) {
		return s.bit[dst]
	}
	return 0
}

func (s *state) meet(src, dst uint32) {
	s.bit = count.Reach(s.bit, dst)
	if s.bit[dst] == 0 && len(s.nth) < 64 {
		s.nth = append(s.nth, dst)
		s.bit[dst] = uint8(len(s.nth))
	}
	if n := s.bit[dst]; n > 0 {
		*s.few.At(src) |= 1 << (n - 1)
		return
	}
	s.more.Add(src, dst)
}

// Merge adds another state, which has numbered other destinations, or in another
// order.
func (s *state) Merge(other analyze.State, r count.Remap) {
	o := other.(*state)
	for src, few := range o.few.All() {
		for word := *few; word != 0; word &= word - 1 {
			s.meet(r[src], r[o.nth[bits.TrailingZeros64(word)]])
		}
	}
	for src, dst := range o.more.All() {
		s.meet(r[src], r[dst])
	}
}

// countTargets notes the number of distinct destinations of each source.
func (s *state) countTargets(of []source) {
	for src, few := range s.few.All() {
		if *few != 0 {
			of[src].targets = uint32(bits.OnesCount64(*few))
		}
	}
	for src := range s.more.All() {
		of[src].targets++
	}
}

// Result makes the section.
func (s *state) Result(env *analyze.Env) *report.Section { return analyze.Gather(env, Analyzer, s) }

// gatherer has the tables of the parts, and of all parts the largest findings of
// each kind.
type gatherer struct {
	found                         [len(kinds)]largest
	denied, undetermined, sources []report.Table
}

// Take implements analyze.Gatherer.
func (t *gatherer) Take(env *analyze.Env, s analyze.State) {
	g, ranks := env.State(groups.Analyzer).(*groups.State), newRanks(env)
	keep := func(table report.Table) report.Table { return env.Keep(env.Names.WithNetworks(table)) }
	var denied, undetermined report.Table
	var tables sync.WaitGroup
	tables.Go(func() {
		denied = groupTable(env, g, ranks, event.Denied, "denied", "Denied",
			"Denied events by source, destination port, protocol and action.")
		undetermined = groupTable(env, g, ranks, event.Undetermined, "undetermined", "Undetermined",
			"Events whose record or prefix names no verdict, in the columns of the table of denied ones.")
	})
	sources := rollUp(env, g, s.(*state), ranks)
	for i := range kinds {
		t.found[i].take(env, &kinds[i], kinds[i].find(sources, g))
	}
	tables.Wait()
	t.denied, t.undetermined = append(t.denied, keep(denied)), append(t.undetermined, keep(undetermined))
	t.sources = append(t.sources, keep(sources.table(fingerprint.Tools(env))))
}

// Section implements analyze.Gatherer.
func (t *gatherer) Section(*analyze.Env) *report.Section {
	sec := &report.Section{
		Charts: []report.Chart{{ID: "sources", Title: "Denied events by source", Kind: report.Bars, Table: "sources",
			X: "src", Y: []string{"count"}}},
		Tables: []report.Table{report.Merged(t.denied), report.Merged(t.undetermined), report.Merged(t.sources)},
	}
	for i := range t.found {
		sec.Findings = append(sec.Findings, t.found[i].findings()...)
		sec.Notes = append(sec.Notes, t.found[i].notes(kinds[i].what)...)
	}
	return sec
}
