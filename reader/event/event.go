// Package event defines Event, the one value that every reader produces and
// every analyzer consumes: a single firewall record (one logged packet).
//
// An Event is flat and holds no pointer, neither into the buffer it was parsed
// from nor to the heap: names are [Sym] handles, addresses are 16 bytes. It may
// be copied, kept and sent between goroutines freely, and slices of Events cost
// the garbage collector nothing.
//
// What a record did not say is not zero but absent: [Event.Fields] has one bit
// for each optional field ("TTL=0" is not "no TTL").
package event

import "math"

// NoTime is the Time of a record that carries no wall-clock stamp (dmesg).
const NoTime = math.MinInt64

// Event is one firewall record. Numbers are in host order; the zero value of a
// field means something only where its bit in Fields is set.
type Event struct {
	Time int64 // Unix nanoseconds UTC, or NoTime
	Ref  Ref   // where the record stands

	Src, Dst Addr // outer packet; see HasSrc, HasDst

	Fields Fields

	Uptime int64 // kernel's own stamp: microseconds since boot

	Count   uint32 // events that this record stands for: 1, or N of "repeated N times"
	Len     uint32 // IP total length in bytes (IPv6: payload length + 40)
	Seq     uint32 // TCP sequence number
	Ack     uint32 // TCP acknowledgment number
	Mark    uint32 // packet mark
	UID     uint32 // owner of the local socket
	FragOff uint32 // fragment offset in bytes, whatever unit the source printed

	Host      Sym // as logged; "" where the envelope has none
	In, Out   Sym // interface names; "" where empty
	PhysIn    Sym // bridge ports
	PhysOut   Sym
	Prefix    Sym // verbatim, trailing spaces included
	Action    Sym // the word shown: DROP, REJECT, INVALID, AUDIT, LOG, CAPTURE …
	DecidedBy Sym // which table entry, keyword, map or assumption gave Action and Verdict
	Reason    Sym // conntrack-invalid reason, lower case, numbers replaced by N
	Options   Sym // TCP option layout, e.g. "mss=1460,sok,ts,nop,ws=7"

	SrcID, DstID uint32 // address handles, set by analyze.Set; 0 is absent

	SrcPort, DstPort uint16
	ID               uint16 // IPv4 identification
	Window           uint16 // TCP window, unscaled
	Proto            Proto
	Flags            TCPFlags
	Verdict          Verdict
	TTL              uint8 // or IPv6 hop limit
	TOS              uint8 // whole byte (netfilter LOG loses ECN's low bit)
	ICMPType         uint8
	ICMPCode         uint8
	Hook             Hook
	MACSrc, MACDst   [6]byte
}

// Fields tells which optional fields of an Event the record gave, and what is
// to be known about the record as a whole.
type Fields uint64

// The bits of Fields.
const (
	HasSrc Fields = 1 << iota
	HasDst
	HasSrcPort
	HasDstPort
	HasLen
	HasTTL
	HasTOS
	HasID
	HasFlags // TCP flags are known, if only to be none
	HasWindow
	HasSeq
	HasAck
	HasICMP // ICMPType is set
	HasICMPCode
	HasMark
	HasUID
	HasUptime
	HasMACSrc
	HasMACDst
	HasHook
	HasOptions // Options is set (may be "" for "no options": see OptionsKnown)
	DF         // don't fragment
	MF         // more fragments
	Evil       // the reserved bit of frag_off, printed CE by the kernel
	Fragment   // not the first fragment: no ports
	IPv6

	TZAssumed     // the stamp had no zone: the configured one was taken
	YearInferred  // the stamp had no year: the year rule gave one
	TimeImprecise // the stamp is that of writing, not of the packet
	TimeFolded    // the local time exists twice (clock set back): the earlier instant was taken
	TimeGap       // the local time does not exist (clock set forward)
	Truncated     // the record is cut: its last value was dropped
	DamagedBefore // remnants of another record stood before it on the line
	MalformedTail // bytes after the record made no sense
	AddrUnknown   // the source printed no address or a known-wrong one
	NonIP         // a frame without an IP packet
	Repeat        // stands for "last message repeated": it has no record of its own
	Assumed       // the verdict is an assumption of the user (--assume)
	OutLocal      // looks like forward, but is locally sent (ND in POSTROUTING)
	Flow          // a connection of conntrack, not a packet: Count is connections, Verdict is Accepted
	FlowOpen      // of Flow: it announces the connection (NEW, UPDATE), whose end is a record of its own
	AddrNet64     // Src and Dst are the first 64 bits of IPv6 addresses; the rest was not kept
)

// Has reports whether all bits of f are set.
func (e *Event) Has(f Fields) bool { return e.Fields&f == f }

// Verdict says what happened to the packet, as far as the record tells.
type Verdict uint8

// The verdicts. The zero value is the honest one.
const (
	Undetermined Verdict = iota
	Denied
	Accepted
)

func (v Verdict) String() string {
	switch v {
	case Denied:
		return "denied"
	case Accepted:
		return "accepted"
	}
	return "undetermined"
}

// TCPFlags are the flag bits of the TCP header, as in RFC 9293 and RFC 9768.
type TCPFlags uint16

// The TCP flags.
const (
	FIN TCPFlags = 1 << iota
	SYN
	RST
	PSH
	ACK
	URG
	ECE
	CWR
	AE // accurate ECN, the former NS
)

var flagNames = [...]string{"AE", "CWR", "ECE", "URG", "ACK", "PSH", "RST", "SYN", "FIN"}

// Names lists the set flags in the order the kernel prints them.
func (f TCPFlags) Names() []string {
	names := []string{}
	for i, n := range flagNames {
		if f&(AE>>i) != 0 {
			names = append(names, n)
		}
	}
	return names
}

// Hook is the netfilter hook that logged, where the source names it (NFLOG).
type Hook uint8

// Netfilter hooks of the IP families (include/uapi/linux/netfilter.h).
const (
	Prerouting Hook = iota
	Input
	Forward
	Output
	Postrouting
)

func (h Hook) String() string {
	names := [...]string{"PREROUTING", "INPUT", "FORWARD", "OUTPUT", "POSTROUTING"}
	if int(h) < len(names) {
		return names[h]
	}
	return ""
}

// Ref is the place of a record: the input's number and the record's number in
// it (lines and packets count from 1). Refs order as inputs do, then as records.
type Ref uint64

const refRecordBits = 44

// MaxInputs is how many inputs a Ref can tell apart.
const MaxInputs = 1 << (64 - refRecordBits)

// MakeRef packs an input's number and a record's number.
func MakeRef(input uint32, record uint64) Ref {
	return Ref(uint64(input)<<refRecordBits | record&(1<<refRecordBits-1))
}

// Input is the number of the input.
func (r Ref) Input() uint32 { return uint32(r >> refRecordBits) }

// Record is the number of the line or packet, from 1.
func (r Ref) Record() uint64 { return uint64(r) & (1<<refRecordBits - 1) }
