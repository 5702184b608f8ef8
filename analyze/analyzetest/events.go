package analyzetest

import (
	"math/rand/v2"
	"time"

	"fwreport/reader/event"
)

// start is the time at which the streams of Events begin.
var start = time.Date(2026, 3, 28, 20, 0, 0, 0, time.UTC).UnixNano()

// decision is what a prefix says in the invented rule set of Events.
type decision struct {
	prefix, action, by string
	verdict            event.Verdict
	fields             event.Fields
}

// Two prefixes differ only by a trailing space, one action word comes with two
// verdicts, one prefix with two decisions: all of that occurs in real logs as
// soon as --assume or the logs of two hosts are involved.
var decisions = [...]decision{
	{"[UFW BLOCK] ", "BLOCK", "ufw", event.Denied, 0},
	{"[UFW BLOCK]", "BLOCK", "ufw", event.Denied, 0},
	{"[UFW AUDIT] ", "AUDIT", "ufw", event.Undetermined, 0},
	{"[UFW ALLOW] ", "ALLOW", "ufw", event.Accepted, 0},
	{"IPT: DROP ", "DROP", "ipt", event.Denied, 0},
	{"IPT: INVALID ", "INVALID", "ipt", event.Denied, 0},
	{"REJECT-all: ", "REJECT", "keyword reject", event.Denied, 0},
	{"fw-log ", "LOG", "none", event.Undetermined, 0},
	{"fw-log ", "LOG", "assume deny", event.Denied, event.Assumed},
	{"=HYPERLINK(\"x\") <script>", "LOG", "none", event.Undetermined, 0},
	{"", "LOG", "none", event.Undetermined, 0},
	{"", "CAPTURE", "capture", event.Undetermined, 0},
	{"nf_ct_tcp: ", "INVALID", "conntrack", event.Denied, 0},
}

type stream struct {
	r   *rand.Rand
	sym *event.Symbols
	now int64
	rec [len(inputPaths)]uint64
}

// Events makes n events that look like a firewall's day and hold what modules
// trip over: few hot sources and many cold ones, IPv4 and IPv6, several hosts and
// interfaces, all verdicts, "" as prefix, host, interface and protocol, absent
// addresses, ports and stamps, equal stamps, repeats (Count > 1), port 0, ICMP
// with and without type and code, and probes with the header fields of known
// scanners. Every event has a Ref of its own. Handles (SrcID, DstID) are 0.
func Events(r *rand.Rand, sym *event.Symbols, n int) []event.Event {
	s := &stream{r: r, sym: sym, now: start}
	events := make([]event.Event, n)
	for i := range events {
		s.fill(&events[i])
	}
	return events
}

// one reports true in one of n cases.
func (s *stream) one(n int) bool { return s.r.IntN(n) == 0 }

func (s *stream) pick(names ...string) event.Sym { return s.sym.Of(names[s.r.IntN(len(names))]) }

func (s *stream) fill(e *event.Event) {
	e.Count = 1
	if s.one(20) {
		e.Count, e.Fields = 1+uint32(s.r.IntN(9)), event.Repeat
	}
	s.when(e)
	s.decide(e)
	s.between(e)
	s.protocol(e)
}

// when sets the time, the place and the host: mostly a few seconds on, often
// the same stamp again, sometimes hours later or out of order.
func (s *stream) when(e *event.Event) {
	switch s.r.IntN(12) {
	case 0:
		s.now += int64(s.r.IntN(3*3600)) * 1e9
	case 1, 2, 3, 4:
	default:
		s.now += int64(s.r.IntN(20_000)) * 1e6
	}
	e.Time = s.now - int64(s.r.IntN(2)*s.r.IntN(60))*1e9
	if s.one(40) {
		e.Time = event.NoTime
	}
	in := s.r.IntN(len(inputPaths))
	s.rec[in]++
	e.Ref = event.MakeRef(uint32(in), s.rec[in])
	e.Host = s.pick("gw", "gw", "gw", "web-1", "web-2", "")
}

func (s *stream) decide(e *event.Event) {
	d := &decisions[s.r.IntN(len(decisions))]
	e.Prefix, e.Action, e.DecidedBy = s.sym.Of(d.prefix), s.sym.Of(d.action), s.sym.Of(d.by)
	e.Verdict = d.verdict
	e.Fields |= d.fields
	if d.by == "conntrack" {
		e.Reason = s.pick("invalid packet ignored in state established", "bad checksum", "")
	}
	e.In, e.Out = s.pick("eth0", "eth0", "wan", "lo", ""), s.pick("", "", "", "br-lan", "eth1")
}

func (s *stream) between(e *event.Event) {
	if !s.one(30) {
		e.Src, e.Fields = s.source(), e.Fields|event.HasSrc
	}
	if !s.one(30) {
		e.Dst, e.Fields = event.AddrFrom4(198<<24|51<<16|100<<8|uint32(s.r.IntN(6))), e.Fields|event.HasDst
		if !e.Src.Is4() && e.Has(event.HasSrc) {
			e.Dst = event.AddrFromHalves(0x20010db8_00000001, uint64(s.r.IntN(4)))
			e.Fields |= event.IPv6
		}
	}
}

// source is a hot one in two of three cases; among the rest are IPv6, private,
// loopback, multicast, "0.0.0.0" and "::".
func (s *stream) source() event.Addr {
	switch k := s.r.IntN(24); {
	case k < 14:
		return event.AddrFrom4(203<<24 | 0<<16 | 113<<8 | uint32(s.r.IntN(5)))
	case k < 16:
		return event.AddrFromHalves(0x20010db8_00000000, uint64(s.r.IntN(3)))
	case k == 16:
		special := [...]uint32{10<<24 | 7, 192<<24 | 168<<16 | 9, 127<<24 | 1, 224<<24 | 1, 0, 0xffffffff, 169<<24 | 254<<16 | 3}
		return event.AddrFrom4(special[s.r.IntN(len(special))])
	case k == 17:
		special := [...]uint64{0xfe80 << 48, 0xff02 << 48, 0xfd00 << 48, 0}
		return event.AddrFromHalves(special[s.r.IntN(len(special))], uint64(s.r.IntN(3)))
	}
	return event.AddrFrom4(s.r.Uint32())
}

func (s *stream) protocol(e *event.Event) {
	switch k := s.r.IntN(12); {
	case k < 6:
		s.tcp(e)
	case k < 8:
		e.Proto = event.UDP
		s.ports(e, 53, 123, 161, 1900, 5060)
		s.header(e, uint32(28+s.r.IntN(100)))
	case k < 10:
		s.icmp(e)
	case k == 10:
		e.Proto = [...]event.Proto{event.ESP, event.GRE, event.IGMP, event.IPProto(253), event.ARP}[s.r.IntN(5)]
	}
}

func (s *stream) ports(e *event.Event, common ...uint16) {
	if s.one(25) {
		e.Fields |= event.Fragment
		return
	}
	e.Fields |= event.HasSrcPort | event.HasDstPort
	e.SrcPort = uint16(1024 + s.r.IntN(64000))
	if s.one(3) {
		e.SrcPort = 40000
	}
	e.DstPort = common[s.r.IntN(len(common))]
	if s.one(6) {
		e.DstPort = uint16(s.r.IntN(1 << 16))
	}
}

func (s *stream) header(e *event.Event, length uint32) {
	e.Fields |= event.HasLen | event.HasTTL | event.HasTOS
	e.Len = length
	e.TTL = [...]uint8{44, 52, 64, 113, 128, 241, 255}[s.r.IntN(7)]
	if e.Has(event.IPv6) {
		return
	}
	e.Fields |= event.HasID
	e.ID = uint16(s.r.IntN(1 << 16))
	if s.one(3) {
		e.Fields |= event.DF
	}
}

func (s *stream) tcp(e *event.Event) {
	e.Proto = event.TCP
	s.ports(e, 22, 22, 23, 80, 443, 3389, 0)
	if !e.Has(event.HasDstPort) {
		return
	}
	s.header(e, [...]uint32{40, 44, 48, 52, 60}[s.r.IntN(5)])
	e.Fields |= event.HasFlags | event.HasWindow
	e.Flags = [...]event.TCPFlags{event.SYN, event.SYN, event.SYN, event.ACK, event.SYN | event.ACK, event.RST, 0,
		event.FIN | event.PSH | event.URG}[s.r.IntN(8)]
	e.Window = [...]uint16{1024, 1025, 8192, 16384, 29200, 64240, 65535}[s.r.IntN(7)]
	if s.one(3) {
		e.Options, e.Fields = s.pick("mss=1460", "mss=1460,sok,ts,nop,ws=7", ""), e.Fields|event.HasOptions
	}
	if s.one(2) {
		e.Seq, e.Fields = s.r.Uint32(), e.Fields|event.HasSeq
	}
	s.scanner(e)
}

// scanner turns some SYNs into those of zmap, masscan, an ID-256 tool and Mirai
// (reference/FINGERPRINTS.md).
func (s *stream) scanner(e *event.Event) {
	if e.Flags != event.SYN || !s.one(3) || !e.Has(event.HasID) {
		return
	}
	switch s.r.IntN(4) {
	case 0:
		e.ID, e.Len, e.Window = 54321, 40, 65535
	case 1:
		e.Len, e.Window, e.TTL, e.Fields = 40, 1024, 241, e.Fields&^event.DF
	case 2:
		e.ID, e.Len, e.Window, e.SrcPort = 256, 40, 16384, 6000
	case 3:
		e.Len, e.Seq, e.Fields = 40, e.Dst.V4(), e.Fields|event.HasSeq
	}
}

func (s *stream) icmp(e *event.Event) {
	e.Proto = event.ICMP
	types := []uint8{8, 0, 3, 11, 5, 44}
	if e.Has(event.IPv6) {
		e.Proto, types = event.ICMPv6, []uint8{128, 129, 1, 135, 134, 200}
	}
	s.header(e, 84)
	if s.one(20) {
		return
	}
	e.Fields |= event.HasICMP
	e.ICMPType = types[s.r.IntN(len(types))]
	if !s.one(20) {
		e.Fields |= event.HasICMPCode
		e.ICMPCode = uint8(s.r.IntN(5))
	}
}
