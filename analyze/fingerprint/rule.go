package fingerprint

import (
	"math/bits"
	"slices"

	"fwreport/reader/event"
	"fwreport/report"
)

// Class is a kind of probe that rules are written for.
type Class uint8

// The classes. Whatever is none of them is no probe.
const (
	noClass  Class = iota
	SYN            // TCP with SYN and without ACK
	OtherTCP       // TCP with known flags, other than SYN
	UDP
	Echo // ICMP echo request
	classes
)

func classOf(e *event.Event) Class {
	switch e.Proto {
	case event.TCP:
		if !e.Has(event.HasFlags) {
			return noClass
		}
		if e.Flags&(event.SYN|event.ACK) == event.SYN {
			return SYN
		}
		return OtherTCP
	case event.UDP:
		return UDP
	case event.ICMP:
		if e.Has(event.HasICMP) && e.ICMPType == 8 {
			return Echo
		}
	}
	return noClass
}

// Shape is a TCP window and an IP total length in bytes that occur together.
type Shape struct {
	Window int32 // AnyWindow, or 0 to 65535
	Len    uint32
}

// AnyWindow is the Window of a Shape that leaves it open.
const AnyWindow = -1

// DFRule says how the don't-fragment bit must be.
type DFRule uint8

// The states of the DF bit that a rule can ask for.
const (
	AnyDF DFRule = iota
	NoDF
	WithDF
)

// TTLRule says what a rule makes of TTLs that differ from packet to packet of
// one source, as those of nmap's raw probes do (random from 37 to 59).
type TTLRule uint8

// The uses of random TTLs.
const (
	IgnoreTTLs    TTLRule = iota
	RandomForSure         // without them a source is no more than possible
	RandomNeeded          // without them a source is not attributed at all
)

// Rule says by what a tool's probes are known. Its header part (everything up to
// SrcPort) tells which probes the rule speaks about; its mark (Options and Mark)
// tells the tool's from others' among them.
type Rule struct {
	Tool   string
	Name   string // the marks, as shown to readers
	Source string // where the facts were read or measured

	Class          Class
	Needs, Without event.Fields // fields that the record must give, and must not
	Shapes         []Shape      // one of them
	DF             DFRule
	Flags          []event.TCPFlags // one of them, ECN bits included; nil: any of the class
	MinTTL, MaxTTL uint8            // as observed, inclusive; 0 is open. Hops only lower a TTL
	SrcPort        uint16           // 0 is any

	Options string                  // layout that the options have, where the record gives them; "" is any
	Mark    func(*event.Event) bool // nil: the header is all there is
	Bits    uint8                   // an unrelated probe with the header carries the mark once in 2^Bits; 0: not known
	TTLs    TTLRule

	Sure  uint64 // records from which on a source is inferred; 0: it is never more than possible
	Least uint64 // records below which a source is not attributed
	Half  bool   // at least half of the source's SYNs must fit: for headers that any stack might send by chance
}

// Rules is the list of rules, in the order in which a probe is tried on them.
func Rules() []Rule { return slices.Clone(rules) }

// marked tells whether a mark was tested on every probe that the rule covers.
func (r *Rule) marked() bool {
	return r.Mark != nil || r.Options != "" && r.Needs&event.HasOptions != 0
}

// judge decides whether a source is attributed to the rule: against are its
// probes that refute it, syns all of its SYNs.
func (r *Rule) judge(m *match, against, syns uint64) (report.Confidence, bool) {
	random := randomTTLs(m.ttls)
	switch {
	case m.records < max(r.Least, 1), against > m.Count:
		return "", false
	case r.Half && 2*m.Count < syns:
		return "", false
	case r.TTLs == RandomNeeded && !random:
		return "", false
	case r.Sure == 0, m.records < r.Sure, 10*against > m.Count, r.TTLs == RandomForSure && !random:
		return report.Possible, true
	}
	return report.Inferred, true
}

// nmapTTLs is how many TTLs nmap draws from: 37 to 59 (libnetutil/netutil.cc).
const nmapTTLs = 23

// randomTTLs tells whether a set of TTLs (bit n for TTL n) looks drawn by nmap:
// at least four different ones, which neither a changing route nor a few
// firewalls at different distances give, within the range less a fixed distance.
func randomTTLs(set uint64) bool {
	return bits.OnesCount64(set) >= 4 && bits.Len64(set)-bits.TrailingZeros64(set) <= nmapTTLs
}
