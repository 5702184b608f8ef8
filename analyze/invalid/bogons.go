package invalid

import (
	"slices"

	"fwreport/analyze"
	"fwreport/analyze/count"
	"fwreport/reader/event"
)

// bogonState counts inbound events whose source may be no genuine one, and the
// distinct sources of every link.
type bogonState struct {
	addrs      *count.Addrs
	lo         event.Sym
	links      *count.Cached[link]     // by host and interface: eth0 of one host is not that of another
	sources    []source                // by address handle
	more       *count.Cached[struct{}] // source and link, beyond the one link that sources has room for
	candidates *count.Cached[count.Stat]
	unplaced   uint64 // events that name no interface at all
}

// link is one interface of one host. Destinations are those of packets that
// were not forwarded: of a forwarded one, DNAT may have written the address.
type link struct {
	id       uint32 // from 1, in order of arrival
	innerDst uint64 // events to a private, shared or IPv4 link-local address
	outerDst uint64 // events to an address of another unicast kind
}

// source is what is kept of an address: the first link on which it was a source
// (0: none yet), so that the common case costs no look-up, its block, and what
// follows from the block.
type source struct {
	link  uint32
	block event.Special
	goal  goal
	plain bool // the block is no reason to take the address for impossible anywhere
}

// goal is what a destination tells of the link that a packet came in by.
type goal uint8

const (
	noGoal goal = iota
	innerGoal
	outerGoal
)

// classify is the source of an address that was none yet.
func classify(a event.Addr) source {
	s := source{block: a.Special()}
	w := ofBlock[s.block]
	s.plain = w == genuine || w == linkLocal && !a.Is4() // see suspect
	switch s.block {
	case event.Private, event.SharedSpace:
		s.goal = innerGoal
	case event.LinkLocal:
		if a.Is4() {
			s.goal = innerGoal
		}
	case event.NotSpecial, event.Documentation:
		s.goal = outerGoal
	}
	return s
}

func newBogonState(sh *analyze.Shared) *bogonState {
	return &bogonState{
		addrs:      sh.Addrs,
		lo:         sh.Symbols.Of("lo"),
		links:      count.NewCached[link](),
		more:       count.NewCached[struct{}](),
		candidates: count.NewCached[count.Stat](),
	}
}

func linkKey(host, in event.Sym) count.Words { return count.Words{A: uint64(host)<<32 | uint64(in)} }

func linkInterface(k count.Words) event.Sym { return event.Sym(k.A) }
func linkHost(k count.Words) event.Sym      { return event.Sym(k.A >> 32) }

// pairKey is a source and a link in A; of a candidate, B is why.
func pairKey(id, link uint32) count.Words { return count.Words{A: uint64(id)<<32 | uint64(link)} }

func keyID(k count.Words) uint32   { return uint32(k.A >> 32) }
func keyLink(k count.Words) uint32 { return uint32(k.A) }

// add examines events. ARP and frames without IP have no source that could be
// judged by these rules, and an address that the record got wrong is none.
func (s *bogonState) add(events []event.Event) {
	s.grow(uint32(s.addrs.Len() - 1))
	for some := range slices.Chunk(events, count.Several) {
		s.addSome(some)
	}
}

func (s *bogonState) addSome(events []event.Event) {
	count.FetchSources(s.sources, events)
	var l *link // that of the event before
	var key count.Words
	for i := range events {
		e := &events[i]
		if e.SrcID == 0 || e.Proto == event.ARP || e.Fields&(event.NonIP|event.AddrUnknown) != 0 || e.In == s.lo {
			continue
		}
		if e.In == 0 {
			if e.Out == 0 {
				s.unplaced += uint64(e.Count)
			}
			continue
		}
		if k := linkKey(e.Host, e.In); l == nil || k != key {
			l, key = s.link(k), k
		}
		if e.DstID != 0 && e.Out == 0 {
			l.count(s.sources[e.DstID].goal, e)
		}
		s.examine(e, l.id)
	}
}

func (l *link) count(g goal, e *event.Event) {
	switch g {
	case outerGoal:
		l.outerDst += uint64(e.Count)
	case innerGoal:
		l.innerDst += uint64(e.Count)
	}
}

// examine notes e's source, and whether it may be no genuine one.
func (s *bogonState) examine(e *event.Event, link uint32) {
	src := &s.sources[e.SrcID]
	if src.link != link {
		s.see(e.SrcID, link)
	}
	if src.plain && e.SrcID != e.DstID && !e.Has(event.IPv6) {
		return
	}
	if w := suspect(e, src.block); w != genuine {
		k := pairKey(e.SrcID, link)
		k.B = uint64(w)
		s.candidates.At(k).Add(e)
	}
}

// link is the link of k, valid until the next call.
func (s *bogonState) link(k count.Words) *link {
	l := s.links.At(k)
	if l.id == 0 {
		l.id = uint32(s.links.Len())
	}
	return l
}

// see notes that the address was a source on the link.
func (s *bogonState) see(id, link uint32) {
	s.grow(id)
	switch src := &s.sources[id]; src.link {
	case link:
	case 0:
		src.link = link
	default:
		s.more.At(pairKey(id, link))
	}
}

// grow makes room for the handle id, and classifies all addresses up to the
// newest at once.
func (s *bogonState) grow(id uint32) {
	if int(id) < len(s.sources) {
		return
	}
	for n := len(s.sources); n < s.addrs.Len(); n++ {
		s.sources = append(s.sources, classify(s.addrs.Addr(uint32(n))))
	}
}

func (s *bogonState) merge(o *bogonState, r count.Remap) {
	s.unplaced += o.unplaced
	links := make([]uint32, o.links.Len()+1) // o's link to ours
	for i, k := range o.links.Keys {
		from, l := &o.links.Vals[i], s.link(k)
		l.innerDst += from.innerDst
		l.outerDst += from.outerDst
		links[from.id] = l.id
	}
	for id, src := range o.sources {
		if src.link != 0 {
			s.see(r[id], links[src.link])
		}
	}
	for _, k := range o.more.Keys {
		s.see(r[keyID(k)], links[keyLink(k)])
	}
	for i, k := range o.candidates.Keys {
		to := pairKey(r[keyID(k)], links[keyLink(k)])
		to.B = k.B
		s.candidates.At(to).Merge(&o.candidates.Vals[i])
	}
}
