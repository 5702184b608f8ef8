package fingerprint

import (
	"encoding/binary"
	"math/rand/v2"
	"net/netip"

	"fwreport/reader/event"
)

// The generators of this file make probes as the tools' sources say, not as the
// rules do: addresses and equations are worked out on bytes.

type lab struct {
	r   *rand.Rand
	sym *event.Symbols
	rec uint64
}

func newLab() *lab { return &lab{r: rand.New(rand.NewPCG(1, 2)), sym: event.NewSymbols()} }

// packet is an IPv4 packet that reached the firewall, TTL as observed.
func (l *lab) packet(src, dst string, proto event.Proto, length uint32, ttl uint8) event.Event {
	l.rec++
	return event.Event{
		Time: 1_700_000_000e9 + int64(l.rec)*1e9, Ref: event.MakeRef(0, l.rec), Count: 1,
		Src: event.AddrFrom(netip.MustParseAddr(src)), Dst: event.AddrFrom(netip.MustParseAddr(dst)),
		Fields: event.HasSrc | event.HasDst | event.HasLen | event.HasTTL | event.HasTOS | event.HasID,
		Proto:  proto, Len: length, TTL: ttl, ID: uint16(l.r.Uint32()),
	}
}

func (l *lab) tcp(src, dst string, flags event.TCPFlags, length uint32, ttl uint8, window uint16) event.Event {
	e := l.packet(src, dst, event.TCP, length, ttl)
	e.Fields |= event.HasSrcPort | event.HasDstPort | event.HasFlags | event.HasWindow
	e.Flags, e.Window = flags, window
	e.SrcPort, e.DstPort = uint16(1024+l.r.IntN(60000)), uint16(1+l.r.IntN(9999))
	return e
}

// with adds what only LOG rules with --log-tcp-sequence and --log-tcp-options print.
func (l *lab) with(e event.Event, seq uint32, layout string) event.Event {
	e.Seq, e.Fields = seq, e.Fields|event.HasSeq
	return l.options(e, layout)
}

func (l *lab) options(e event.Event, layout string) event.Event {
	e.Options, e.Fields = l.sym.Of(layout), e.Fields|event.HasOptions
	return e
}

func df(e event.Event) event.Event { e.Fields |= event.DF; return e }

func (l *lab) target() string {
	return netip.AddrFrom4([4]byte{198, 51, 100, byte(l.r.IntN(256))}).String()
}

// masscan 1.3.2: a SYN cookie as sequence number, the IP ID derived from it.
func (l *lab) masscan(src string, seqLogged bool) event.Event {
	dst := l.target()
	e := l.tcp(src, dst, event.SYN, 40, 255-14, 1024)
	var seq, port [4]byte
	binary.BigEndian.PutUint32(seq[:], l.r.Uint32())
	binary.BigEndian.PutUint32(port[:], uint32(e.DstPort))
	ip := netip.MustParseAddr(dst).As4()
	e.ID = uint16(ip[2]^port[2]^seq[2])<<8 | uint16(ip[3]^port[3]^seq[3])
	e.SrcPort = 40123
	if !seqLogged {
		return e
	}
	return l.with(e, binary.BigEndian.Uint32(seq[:]), "")
}

// masscanGit is masscan since 2023-11: an MSS option and window bytes 04 01.
func (l *lab) masscanGit(src string, seqLogged bool) event.Event {
	e := l.masscan(src, seqLogged)
	e.Len, e.Window = 44, 0x0401
	if e.Has(event.HasOptions) {
		e.Options = l.sym.Of("mss=1460")
	}
	return e
}

func (l *lab) zmap2(src string) event.Event {
	e := l.tcp(src, l.target(), event.SYN, 40, 255-11, 0xffff)
	e.ID = 0xd431 // 54321
	return e
}

func (l *lab) zmap41(src string, logged bool) event.Event {
	e := l.tcp(src, l.target(), event.SYN, 52, 64-9, 0xffff)
	if logged {
		e = l.with(e, l.r.Uint32(), "mss=1460,nop,ws=8,nop,nop,sok")
	}
	return e
}

func (l *lab) mirai(src string) event.Event {
	dst := l.target()
	e := l.tcp(src, dst, event.SYN, 40, 64-13, 51077)
	e.SrcPort, e.DstPort = 28211, 23
	ip := netip.MustParseAddr(dst).As4()
	return l.with(e, uint32(ip[0])<<24|uint32(ip[1])<<16|uint32(ip[2])<<8|uint32(ip[3]), "")
}

func (l *lab) port6000(src string, id uint16) event.Event {
	e := l.tcp(src, l.target(), event.SYN, 40, 128-25, 16384)
	e.SrcPort, e.DstPort, e.ID = 6000, 1433, id
	return e
}

// nmapTTL is o.ttl == -1: (random % 23) + 37, less eight hops.
func (l *lab) nmapTTL() uint8 { return uint8(l.r.Uint32()%23+37) - 8 }

func (l *lab) nmapSYN(src string) event.Event {
	e := l.tcp(src, "198.51.100.1", event.SYN, 44, l.nmapTTL(), 1024)
	e.SrcPort = 51230
	return e
}

// nmapOS are the six probes of the sequence test, the ECN probe and T2, T3, T5,
// T7, U1 and IE as a sniffer sees them.
func (l *lab) nmapOS(src string) []event.Event {
	dst := "198.51.100.1"
	var out []event.Event
	for i, p := range []struct {
		window uint16
		length uint32
	}{{1, 60}, {63, 60}, {4, 60}, {4, 56}, {16, 60}, {512, 56}, {256, 60}, {31337, 60}} {
		e := l.tcp(src, dst, event.SYN, p.length, l.nmapTTL(), p.window)
		e.Seq, e.Ack = 1000+uint32(i), 77
		e.Fields |= event.HasSeq | event.HasAck
		out = append(out, e)
	}
	out[6].Flags = event.SYN | event.FIN | event.URG | event.PSH
	ecn := l.tcp(src, dst, event.SYN|event.ECE|event.CWR, 52, l.nmapTTL(), 3)
	ecn.Fields |= event.HasSeq | event.HasAck
	t2 := df(l.tcp(src, dst, 0, 60, l.nmapTTL(), 128))
	t7 := l.tcp(src, dst, event.FIN|event.PSH|event.URG, 60, l.nmapTTL(), 65535)
	u1 := l.packet(src, dst, event.UDP, 328, l.nmapTTL())
	u1.ID = 0x1042
	return append(out, ecn, t2, t7, u1, l.echo(src, 148, 9, l.nmapTTL(), event.DF), l.nmapIE2(src))
}

func (l *lab) nmapIE2(src string) event.Event {
	e := l.echo(src, 178, 0, l.nmapTTL(), 0)
	e.TOS = 4
	return e
}

func (l *lab) echo(src string, length uint32, code, ttl uint8, more event.Fields) event.Event {
	e := l.packet(src, "198.51.100.1", event.ICMP, length, ttl)
	e.ICMPType, e.ICMPCode = 8, code
	e.Fields |= event.HasICMP | event.HasICMPCode | more
	return e
}

// times is n probes of one generator.
func times(n int, f func() event.Event) []event.Event {
	out := make([]event.Event, n)
	for i := range out {
		out[i] = f()
	}
	return out
}
