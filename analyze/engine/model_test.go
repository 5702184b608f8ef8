package engine_test

import (
	"fmt"
	"math/rand/v2"
	"net/netip"
	"slices"
	"strconv"
	"time"

	"fwreport/samples/gen/stream"
)

// The model stream of the equivalence tests: packets of all kinds, out of which
// each format is written and against which its tables are counted.
//
// Two kinds of packet are not in it, because the kernel's text does not show
// what tables count: the ports of SCTP and DCCP, which it prints as numbers, and
// the protocol of ESP over IPv6, before which it ends the line.

// prefixes with what they mean, decided by hand.
var prefixes = []struct{ text, action, verdict string }{
	{"IPT: DROP ", "DROP", "denied"},
	{"IPT: DROP ", "DROP", "denied"},
	{"IPT: DROP ", "DROP", "denied"},
	{"IPT: ACCEPT ", "ACCEPT", "accepted"},
	{"IPT: INVALID ", "INVALID", "denied"},
	{"IPT: CBLK ", "CBLK", "denied"},
	{"[UFW BLOCK] ", "BLOCK", "denied"},
	{"[UFW AUDIT] ", "AUDIT", "undetermined"},
	{"net-fw REJECT ", "REJECT", "denied"},
	{`say "no": `, "LOG", "undetermined"},
	{"", "LOG", "undetermined"},
}

var (
	modelStart = time.Date(2026, time.June, 10, 20, 0, 0, 0, time.UTC)
	ifaces     = map[string]uint32{"eth0": 2, "eth1": 3, "wg0": 7}
)

// model makes n packets in the order of their times, which are exact to the
// microsecond and of which many share a second.
func model(n int) []stream.Packet {
	r := rand.New(rand.NewPCG(1, 2))
	ps := make([]stream.Packet, n)
	now := modelStart
	for i := range ps {
		if r.IntN(3) > 0 {
			now = now.Add(time.Duration(r.IntN(90_000_000)) * time.Microsecond)
		} else {
			now = now.Add(time.Duration(r.IntN(300_000)) * time.Microsecond)
		}
		p := &ps[i]
		p.Time, p.Uptime = now, now.Sub(modelStart)+1000*time.Hour
		address(p, r)
		kinds[r.IntN(len(kinds))](p, r)
		circumstances(p, r)
	}
	return ps
}

// address chooses source and destination: few of them often, many seldom.
func address(p *stream.Packet, r *rand.Rand) {
	p.TTL, p.ID, p.TOS, p.DF = uint8(r.IntN(256)), uint16(r.Uint32()), uint8(r.IntN(256))&0xfe, r.IntN(2) == 0
	if r.IntN(5) == 0 {
		p.Src, p.Dst = v6("2001:db8:bad::", 1+r.IntN(1+r.IntN(40))), v6("2001:db8:1::", 1+r.IntN(3))
		p.DF, p.Flow = false, uint32(r.IntN(1<<20))
		return
	}
	nets := [][3]byte{{198, 51, 100}, {203, 0, 113}, {10, 1, 2}, {8, 8, 8}, {1, 1, 1}}
	net := nets[r.IntN(1+r.IntN(len(nets)))]
	p.Src = netip.AddrFrom4([4]byte{net[0], net[1], net[2], byte(1 + r.IntN(1+r.IntN(250)))})
	p.Dst = netip.AddrFrom4([4]byte{192, 0, 2, byte(1 + r.IntN(12))})
}

func v6(base string, host int) netip.Addr {
	b := netip.MustParseAddr(base).As16()
	b[15] = byte(host)
	return netip.AddrFrom16(b)
}

// circumstances are how the packet was logged.
func circumstances(p *stream.Packet, r *rand.Rand) {
	p.Host = "fw" + strconv.Itoa(1+r.IntN(3))
	p.Prefix = prefixes[r.IntN(len(prefixes))].text
	names := []string{"eth0", "eth1", "wg0"}
	switch r.IntN(6) {
	case 0:
		p.Out, p.Hook = names[r.IntN(3)], stream.Output
	case 1:
		p.In, p.Out, p.Hook = "eth0", names[1+r.IntN(2)], stream.Forward
	default:
		p.In, p.Hook = names[r.IntN(3)], stream.Input
	}
	if p.In != "" && p.In != "wg0" {
		p.Link, p.MACSrc, p.MACDst = true, [6]byte{2, 0, 0x5e, 0, 0x53, byte(r.IntN(4))}, [6]byte{2, 0, 0x5e, 0, 0x53, 0x10}
	}
	if r.IntN(8) == 0 {
		p.Mark = r.Uint32()
	}
}

// kinds are weighted by how often they stand here.
var kinds = []func(*stream.Packet, *rand.Rand){
	anySYN, anySYN, anySYN, anySYN, tool, tool, tool, anyTCP, anyTCP, anyUDP, anyUDP, anyUDP, udpLite,
	anyICMP, anyICMP, icmpError, later, firstFragment, bare,
}

var modelPorts = []uint16{22, 23, 23, 23, 80, 443, 445, 3389, 8080, 53}

func tcpHeader(p *stream.Packet, r *rand.Rand, flags stream.Flags) {
	p.Proto, p.SrcPort, p.DstPort = stream.TCP, uint16(1024+r.IntN(60000)), modelPorts[r.IntN(1+r.IntN(len(modelPorts)))]
	p.Seq, p.Ack, p.Flags, p.Window = r.Uint32(), r.Uint32(), flags, uint16(r.IntN(1<<16))
}

var (
	mss     = []byte{2, 4, 5, 0xb4}
	layouts = [][]byte{mss, {2, 4, 5, 0xb4, 4, 2, 8, 10, 1, 2, 3, 4, 0, 0, 0, 0, 1, 3, 3, 7}, {2, 4, 5, 0xb4, 1, 3, 3, 8, 1, 1, 4, 2}}
)

func anySYN(p *stream.Packet, r *rand.Rand) {
	tcpHeader(p, r, stream.SYN)
	p.Ack, p.Window = 0, []uint16{1024, 8192, 64240, 65535}[r.IntN(4)]
	p.Options = layouts[r.IntN(len(layouts))]
}

// tool makes the headers of scanners, so that the fingerprints have something
// to find.
func tool(p *stream.Packet, r *rand.Rand) {
	anySYN(p, r)
	p.Options, p.DF, p.TOS = nil, false, 0
	switch r.IntN(3) {
	case 0: // zmap up to 3
		p.ID, p.Window, p.TTL = 54321, 65535, 245
	case 1: // masscan
		p.Window, p.TTL = 1024, 240
		if !p.Is6() {
			b := p.Dst.As4()
			p.ID = uint16(b[2])<<8 | uint16(b[3])
			p.ID ^= p.DstPort ^ uint16(p.Seq)
		}
	case 2: // Mirai
		p.TTL, p.DstPort, p.SrcPort, p.Window = 50, 23, 4711, 5840
		if b := p.Dst.AsSlice(); !p.Is6() {
			p.Seq = uint32(b[0])<<24 | uint32(b[1])<<16 | uint32(b[2])<<8 | uint32(b[3])
		}
	}
}

func anyTCP(p *stream.Packet, r *rand.Rand) {
	tcpHeader(p, r, stream.Flags(r.IntN(256)))
	if p.Flags&stream.URG != 0 {
		p.Urgent = uint16(r.IntN(1 << 16))
	}
	p.Options, p.Data = layouts[r.IntN(len(layouts))], make([]byte, r.IntN(20))
}

func anyUDP(p *stream.Packet, r *rand.Rand) {
	p.Proto, p.SrcPort, p.DstPort = stream.UDP, uint16(1024+r.IntN(60000)), []uint16{53, 161, 1900, 5060}[r.IntN(4)]
	p.Data = make([]byte, r.IntN(60))
}

func udpLite(p *stream.Packet, r *rand.Rand) {
	anyUDP(p, r)
	p.Proto = stream.UDPLite
}

func anyICMP(p *stream.Packet, r *rand.Rand) {
	types := []uint8{0, 8, 8, 13, 30}
	p.Proto = stream.ICMP
	if p.Is6() {
		p.Proto, types = stream.ICMPv6, []uint8{128, 129, 133, 135}
	}
	p.Type, p.Rest, p.Data = types[r.IntN(len(types))], r.Uint32(), make([]byte, 16+r.IntN(40))
}

// icmpError quotes a packet of the receiver: its addresses and ports must not
// be counted.
func icmpError(p *stream.Packet, r *rand.Rand) {
	q := stream.Packet{Src: p.Dst, Dst: netip.MustParseAddr("192.0.2.222"), TTL: 1, ID: 9}
	p.Proto, p.Type, p.Code = stream.ICMP, []uint8{3, 3, 5, 11}[r.IntN(4)], uint8(r.IntN(5))
	if p.Is6() {
		q.Dst = netip.MustParseAddr("2001:db8:1::dead")
		p.Proto, p.Type, p.Code = stream.ICMPv6, uint8(1+r.IntN(4)), 0
	}
	if r.IntN(2) == 0 {
		anyTCP(&q, r)
	} else {
		anyUDP(&q, r)
	}
	p.Quoted, p.Rest = &q, r.Uint32()
	if r.IntN(2) == 0 && !p.Is6() {
		p.QuotedLen = 28
	}
}

// later is a fragment whose first bytes would make ports and flags.
func later(p *stream.Packet, r *rand.Rand) {
	p.Proto = []uint8{stream.TCP, stream.UDP}[r.IntN(2)]
	if !p.Is6() && r.IntN(3) == 0 {
		p.Proto = stream.ICMP
	}
	p.FragOff, p.MF, p.FragID, p.DF = uint16(1+r.IntN(8000)), r.IntN(2) == 0, r.Uint32(), false
	p.Data = slices.Repeat([]byte{'b'}, 24+8*r.IntN(8))
}

func firstFragment(p *stream.Packet, r *rand.Rand) {
	anyUDP(p, r)
	p.MF, p.FragID, p.DF, p.Data = true, r.Uint32(), false, make([]byte, 64)
}

// bare are protocols without ports.
func bare(p *stream.Packet, r *rand.Rand) {
	p.Data = make([]byte, 24)
	if p.Is6() {
		p.Proto = stream.GRE
		return
	}
	p.Proto, p.SPI = []uint8{stream.IGMP, stream.GRE, stream.ESP, stream.AH, 89}[r.IntN(5)], r.Uint32()
}

func ifIndexName(name string) string {
	if name == "" {
		return ""
	}
	return fmt.Sprintf("if#%d", ifaces[name])
}
