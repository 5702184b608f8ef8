// Package fingerprint attributes probes to the tools that make them, by rules
// over header fields (table fingerprints), and counts TCP SYNs by window and
// length with what is known to send each (table windows).
//
// # What an attribution is worth
//
// Nothing in a header proves who made a packet: every field can be forged, and
// tools copy each other. An attribution is therefore never "observed". Of the
// report's three words, a source gets for a rule
//
//   - inferred, if at least Rule.Sure of its records carry the rule's mark (an
//     equation between fields, or a constant that no operating system's stack
//     sends) and at most one in ten of the probes that the rule covers refutes it;
//   - possible, if fewer do, if up to half of them refute it, or if the rule
//     knows a header shape only, which other tools may have too.
//
// Sure is 3 for most rules, not 2, because many rule sets log a packet twice
// (once in raw, once where it is dropped): three records are two packets at the
// least. By chance an unrelated packet with the right header satisfies a 16-bit
// equation or constant once in 65,536, two do once in 4·10⁹; Mirai's 32-bit
// equation needs one record only. "Repeated N times" lines add to the counts but
// not to these thresholds: they repeat one record's text.
//
// A probe is counted for the first rule that it fits, in the order of the list,
// so counts of different rules can be added. It contradicts the rules whose
// header it has without their mark, unless it fits another rule.
//
// # Limits
//
// The equations test the destination as logged: behind a DNAT that stands before
// the LOG rule they fail on genuine probes. IPv6 has neither an IP ID nor DF, so
// all rules are IPv4's; windows counts both. nmap's decoys (-D) are attributed
// like the real source.
//
// # Memory and order
//
// Add keeps counters by source and rule, never a decision; decisions fall at
// the end. That was chosen over a running score a source (as psad's danger
// levels) because a score depends on the order of arrival, which workers do not
// share. The State owns all of its memory; nothing refers to the events.
package fingerprint

import (
	"math/bits"
	"slices"

	"fwreport/analyze"
	"fwreport/analyze/count"
	"fwreport/reader/event"
)

// Analyzer makes the section fingerprint.
var Analyzer = &analyze.Analyzer{
	Name:  "fingerprint",
	Title: "Fingerprints",
	Doc: "Which tools the headers of probes point to, and which windows TCP SYNs have. Packets of every verdict are " +
		"counted. A tool is inferred from marks that no operating system's stack sends, or possible where the header " +
		"alone fits; headers can be forged, so neither names a person or proves a program.",
	New:    func(sh *analyze.Shared) analyze.State { return newState(sh) },
	Gather: func() analyze.Gatherer { return newGatherer() },
}

// key is a source's handle and, in the lower half of A, a rule's number.
type key count.Words

func keyOf(src uint32, rule int) count.Words { return count.Words{A: uint64(src)<<32 | uint64(rule)} }

func (k key) src() uint32 { return uint32(k.A >> 32) }
func (k key) rule() int   { return int(uint32(k.A)) }

func (k key) remap(r count.Remap) count.Words { return keyOf(r[k.src()], k.rule()) }

// match is what a source sent that fits a rule.
type match struct {
	count.Stat
	records uint64 // without those that only repeat another
	ttls    uint64 // bit n: seen with TTL n; of TTLs up to 63
}

func (m *match) add(e *event.Event) {
	m.Stat.Add(e)
	if !e.Has(event.Repeat) {
		m.records++
	}
	if e.Has(event.HasTTL) && e.TTL < 64 {
		m.ttls |= 1 << e.TTL
	}
}

func (m *match) merge(o *match) {
	m.Stat.Merge(&o.Stat)
	m.records += o.records
	m.ttls |= o.ttls
}

// State is the fingerprints of one Set.
type State struct {
	rules   *ruleset
	matched *count.Large[match]
	against *count.Large[uint64] // events that contradict the rule
	senders count.Column[sender]
	known   known
	windows *windows
}

// sender is what is known of the SYNs of a source, or of those without one.
type sender struct {
	syns    uint64
	windows uint64 // bit n: a SYN with the window of the id n+1 was among them
}

// fewWindows is how many windows a sender has bits for.
const fewWindows = 64

// known counts the SYNs and how many of them carry what the stronger rules need.
type known struct{ syns, seq, options uint64 }

func (k *known) add(e *event.Event) {
	n := uint64(e.Count)
	k.syns += n
	if e.Has(event.HasSeq) {
		k.seq += n
	}
	if e.Has(event.HasOptions) {
		k.options += n
	}
}

func (k *known) merge(o known) {
	k.syns += o.syns
	k.seq += o.seq
	k.options += o.options
}

func newState(sh *analyze.Shared) *State {
	s := &State{
		rules:   compile(rules, sh.Symbols),
		matched: count.NewLarge[match](),
		against: count.NewLarge[uint64](),
	}
	s.windows = newWindows(s.rules)
	return s
}

// Add counts the probes among the events.
func (s *State) Add(events []event.Event) {
	for some := range slices.Chunk(events, count.Several) {
		s.addSome(some)
	}
}

// addSome is Add for at most count.Several events.
func (s *State) addSome(events []event.Event) {
	s.senders.FetchSources(events)
	var syns [count.Several]*event.Event
	n := 0
	for i := range events {
		e := &events[i]
		c := classOf(e)
		switch {
		case c == SYN:
			syns[n] = e
			n++
		case c != noClass && judged(e):
			s.probe(s.rules.listOf(c, e.Len, e.Window), e)
		}
	}
	s.addSYNs(syns[:n])
}

// judged reports whether the rules speak of such records.
func judged(e *event.Event) bool {
	return e.SrcID != 0 && e.Has(event.HasLen) && !e.Has(event.IPv6)
}

// addSYNs counts SYNs, by window and by sender.
func (s *State) addSYNs(syns []*event.Event) {
	var windows [count.Several]uint32
	for i, e := range syns {
		s.known.add(e)
		v := s.windows.add(e)
		windows[i] = v.id
		if v.list != 0 && judged(e) {
			s.probe(v.list, e)
		}
	}
	for i, e := range syns {
		v := s.senders.Find(e.SrcID)
		if v == nil {
			v = s.senders.At(e.SrcID)
		}
		v.syns += uint64(e.Count)
		switch id := windows[i]; {
		case e.SrcID == 0:
		case id <= fewWindows:
			v.windows |= 1 << (id - 1)
		default:
			s.windows.sources.Add(e.SrcID, id)
		}
	}
}

// probe counts e for the first rule of a list that it fits, or else against all
// rules whose header it has.
func (s *State) probe(n uint8, e *event.Event) {
	list := &s.rules.lists[n]
	if e.Fields&list.never != 0 {
		return
	}
	var refuted uint64
	for i := range list.matchers {
		m := &list.matchers[i]
		if !m.covers(e) {
			continue
		}
		if m.fits(e) {
			s.matched.At(keyOf(e.SrcID, int(m.number))).add(e)
			return
		}
		refuted |= 1 << m.number
	}
	for ; refuted != 0; refuted &= refuted - 1 {
		*s.against.At(keyOf(e.SrcID, bits.TrailingZeros64(refuted))) += uint64(e.Count)
	}
}

// Merge adds another State.
func (s *State) Merge(other analyze.State, r count.Remap) {
	o := other.(*State)
	for e := range o.matched.Drain() {
		s.matched.At(key(e.Key).remap(r)).merge(&e.Val)
	}
	for e := range o.against.Drain() {
		*s.against.At(key(e.Key).remap(r)) += e.Val
	}
	s.known.merge(o.known)
	ids := s.windows.merge(o.windows)
	for src, from := range o.senders.All() {
		if from.syns == 0 {
			continue
		}
		s.senders.At(r[src]).syns += from.syns
		for word := from.windows; word != 0; word &= word - 1 {
			s.sent(r[src], ids[bits.TrailingZeros64(word)+1])
		}
	}
	for src, id := range o.windows.sources.All() {
		s.sent(r[src], ids[id])
	}
}

// sent notes that a SYN of a source had the window of an id.
func (s *State) sent(src, id uint32) {
	if id > fewWindows {
		s.windows.sources.Add(src, id)
		return
	}
	s.senders.At(src).windows |= 1 << (id - 1)
}

// sourcesOf is the number of sources that sent each window, by its id.
func (s *State) sourcesOf() []uint64 {
	sources := make([]uint64, max(s.windows.Len(), fewWindows)+1)
	for _, v := range s.senders.All() {
		for word := v.windows; word != 0; word &= word - 1 {
			sources[bits.TrailingZeros64(word)+1]++
		}
	}
	for _, id := range s.windows.sources.All() {
		sources[id]++
	}
	return sources
}
