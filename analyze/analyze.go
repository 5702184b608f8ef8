// Package analyze holds the vocabulary of the analyzer modules: an Analyzer is
// a descriptor, each child folder is one module; a State is its working memory.
//
// A State is a commutative monoid: New gives the identity, Add takes events,
// Merge adds another State. Any split of the events, added and merged in any
// order, gives the same Result: ties are broken by key, floats appear only in
// Result. This one law buys the parallel engine and saved partial results; the
// package analyzetest checks it for every module.
//
// # Handles
//
// Almost every table is keyed by an address. Each Set therefore numbers the
// addresses that it meets once an event (Event.SrcID, Event.DstID), and States
// key by those four bytes instead of sixteen; Merge gets the Remap from the
// other Set's numbers to its own. States keyed by the addresses themselves were
// simpler but cost one large-key map lookup a table instead of one in all.
//
// # Requirements
//
// A module may require others and read their States in Result: the group-by of
// package groups (source, port, protocol, action) is counted once, and the
// tables of sources, ports and countries are rolled up from it at the end.
//
// # More than fits into memory
//
// States can be written and read back (package codec), as a whole and in parts by
// source address. Everything that grows without bound is keyed by source, so a
// Gatherer makes its section part by part: what is counted of a source is complete
// in one part, and distinct counts of sources add up. Cutting by a hash of each
// table's own key, as databases do, was rejected: every table would be cut
// differently, and tables that are rolled up from one group-by would need all of it.
package analyze

import (
	"fmt"
	"net/netip"
	"slices"
	"sync"
	"time"

	"fwreport/analyze/codec"
	"fwreport/analyze/count"
	"fwreport/reader/event"
	"fwreport/reader/evidence"
	"fwreport/report"
)

// Analyzer describes one module.
type Analyzer struct {
	Name     string      // section ID; for what has no section, a name of its own
	Title    string      // section title
	Doc      string      // what it counts, of which events, and what it does not show
	Requires []*Analyzer // whose States Result may ask for
	New      func(*Shared) State

	// Gather makes the section out of parts of the evidence, by source address;
	// nil: nothing is counted by source, and the State's Result is the section.
	Gather func() Gatherer
}

// Shared is what all States of one Set see.
type Shared struct {
	Symbols *event.Symbols
	Addrs   *count.Addrs
}

// State is a module's working memory.
type State interface {
	// Add counts events. They are valid during the call only, and their SrcID
	// and DstID are handles of the Set's Shared.Addrs.
	Add(events []event.Event)
	// Merge adds other, which is of the same module; r translates its address
	// handles. other must not be used afterwards.
	Merge(other State, r count.Remap)
	// Result makes the module's section, nil if it has none of its own. The
	// row sequences may refer to the State, which is not changed any more.
	Result(env *Env) *report.Section
}

// Stored is what every State can do besides: be written into a partial result and
// be read back, by Load on a State that New just made. What a loaded State says in
// Result, and what it adds to another by Merge, is the same as before, whatever
// the stream's names and addresses are numbered now. Errors are kept by the Writer
// and Reader; a Load checks whatever it, Merge or Result will index with.
//
// A State is written by Save of [Whole], or, if it counts by source address, by
// SavePart of [Divided].
type Stored interface{ Load(r *codec.Reader) }

// Whole is a State that is written at once.
type Whole interface{ Save(w *codec.Writer) }

// Divided is a State that can be written in parts, by source address. What is not
// counted by source is in the first part. The parts, loaded and merged, are the
// whole.
type Divided interface {
	SavePart(w *codec.Writer, part count.Part)
}

// Place is what geography knows of an address. The zero Place is "unknown".
type Place struct {
	Country     string // ISO 3166-1 alpha-2, "" if unknown
	CountryName string // English short name
	ASN         uint32 // 0 if unknown
	Org         string // the AS's organisation
}

// Locator finds the Place of an address. It is safe for concurrent use.
type Locator interface{ Locate(netip.Addr) Place }

// Env is what Result needs to know beyond the State.
type Env struct {
	Shared
	Inputs  []evidence.Input     // by number
	Packets func(in uint32) bool // whether the input's records are packets
	Geo     Locator              // nil: no geography
	Window  report.Window
	Span    report.Span // of the events counted
	Zone    *time.Location
	Assume  event.Verdict

	Overlaps []evidence.Overlap // what log families have in common
	Names    *Names             // of own networks and interfaces; nil: none

	// KeepTable puts the rows of a table where they stay when the State is given
	// up, all of them or as many as will be shown; nil: the State stays.
	KeepTable func(t report.Table, all bool) report.Table

	set   *Set
	found *found
}

// found is what was found out about the addresses of a Set, for all modules.
type found struct {
	ranks func() []uint32

	mu     sync.Mutex
	places count.Column[located]
}

// located is the place of an address that was looked up.
type located struct {
	Place
	known bool
}

// Keep is the table, its first rows kept for as long as the report: those that
// will be shown.
func (e *Env) Keep(t report.Table) report.Table { return e.keep(t, false) }

func (e *Env) keep(t report.Table, all bool) report.Table {
	if e.KeepTable == nil {
		return t
	}
	return e.KeepTable(t, all)
}

// look makes e that of a set.
func (e *Env) look(s *Set) {
	e.Shared, e.set = s.shared, s
	e.found = &found{ranks: sync.OnceValue(s.shared.Addrs.Ranks)}
}

// State is the state of a required module.
func (e *Env) State(a *Analyzer) State {
	for i, m := range e.set.modules {
		if m == a {
			return e.set.states[i]
		}
	}
	panic(fmt.Sprintf("analyzer %s is not part of the set: name it in Requires", a.Name))
}

// Evidence makes the evidence cell of a place.
func (e *Env) Evidence(r event.Ref) report.Value {
	if r.Record() == 0 || int(r.Input()) >= len(e.Inputs) {
		return report.Null
	}
	packets := e.Packets != nil && e.Packets(r.Input())
	return report.EvidenceOf(evidence.Place(e.Inputs[r.Input()].Path, packets, r.Record()))
}

// Address makes the address cell of a handle; handle 0 is null.
func (e *Env) Address(id uint32) report.Value {
	if id == 0 {
		return report.Null
	}
	return report.AddressOf(e.Addrs.Addr(id))
}

// Place looks up an address handle, once for each: a source has many rows.
func (e *Env) Place(id uint32) Place {
	if id == 0 || e.Geo == nil {
		return Place{}
	}
	f := e.found
	f.mu.Lock()
	defer f.mu.Unlock()
	p := f.places.At(id)
	if !p.known {
		*p = located{e.Locate(id), true}
	}
	return p.Place
}

// Locate is Place for who asks once: it remembers nothing.
func (e *Env) Locate(id uint32) Place {
	if id == 0 || e.Geo == nil {
		return Place{}
	}
	return e.Geo.Locate(e.Addrs.Addr(id).Netip())
}

// Ranks is the place of each address handle in the order of the addresses, found
// once for all modules.
func (e *Env) Ranks() []uint32 { return e.found.ranks() }

// Name makes a text cell of a symbol; "" is null.
func (e *Env) Name(s event.Sym) report.Value { return report.TextOf(e.Symbols.Name(s)) }

// Set is the states of all modules of one worker.
type Set struct {
	shared  Shared
	listed  []*Analyzer // as asked for: the order of the sections
	modules []*Analyzer // with all that they require, which comes first
	states  []State
}

// NewSet makes empty states for the modules and all that they require.
func NewSet(modules []*Analyzer, symbols *event.Symbols) *Set {
	s := &Set{shared: Shared{Symbols: symbols, Addrs: count.NewAddrs()}, listed: modules}
	for _, m := range modules {
		s.include(m)
	}
	return s
}

func (s *Set) include(m *Analyzer) {
	for _, have := range s.modules {
		if have == m {
			return
		}
	}
	for _, r := range m.Requires {
		s.include(r)
	}
	s.modules = append(s.modules, m)
	s.states = append(s.states, m.New(&s.shared))
}

// block is how many events go through all states at once: their 16 KB stay in a
// core's first cache, so that only the first state waits for memory.
const block = count.Several

// Add counts events; it sets their address handles.
func (s *Set) Add(events []event.Event) {
	for some := range slices.Chunk(events, block) {
		s.add(some)
	}
}

func (s *Set) add(events []event.Event) {
	s.shared.Addrs.Number(events)
	for _, st := range s.states {
		st.Add(events)
	}
}

// Merge adds other, which must have been made of the same modules and symbols
// and must not be used afterwards. Modules are merged side by side.
func (s *Set) Merge(other *Set) {
	r := s.shared.Addrs.Absorb(other.shared.Addrs)
	var all sync.WaitGroup
	for i, st := range s.states {
		all.Go(func() {
			st.Merge(other.states[i], r)
			other.states[i] = nil // each gives its memory up
		})
	}
	all.Wait()
}

// Sections makes the sections of the modules that NewSet was given, in their
// order; a required module that is not listed has none. env's Shared part is
// filled in.
func (s *Set) Sections(env *Env) []report.Section {
	p := NewParts(s.listed)
	p.Survey(s, env)
	p.Take(s, env, true)
	return p.Sections(env)
}
