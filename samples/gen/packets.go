package main

import (
	"bytes"
	"encoding/binary"
	"net/netip"
	"slices"
	"time"

	"fwreport/samples/gen/stream"
)

func sortByTime(ps []stream.Packet) {
	slices.SortStableFunc(ps, func(a, b stream.Packet) int { return a.Time.Compare(b.Time) })
}

// within are the packets of a span, in order.
func within(ps []stream.Packet, from, to time.Time) []stream.Packet {
	var kept []stream.Packet
	for _, p := range ps {
		if !p.Time.Before(from) && p.Time.Before(to) {
			kept = append(kept, p)
		}
	}
	sortByTime(kept)
	return kept
}

var ifIndex = map[string]uint32{"lo": 1, "eth0": 2, "eth1": 3, "wg0": 4}

// secondGateway is gw2: nftables logging to ulogd2, IPv4 and IPv6.
func secondGateway() []file {
	d := dice(6)
	ps := logged("gw2", "IPT: DROP ", through("eth0", "", routerMAC, gatewayMAC,
		noise(&d, newSources(&d, 25, 20, 60), 260, week2, end, block(&d, "192.0.2.0", 129, 140))))
	ps = append(ps, logged("gw2", "IPT: DROP ", sweep6(&d))...)
	ps = append(ps, logged("gw2", "IPT: ACCEPT ", neighbours(&d))...)
	ps = append(ps, logged("gw2", "IPT: DROP ", lateAnswers6(&d))...)
	ps = append(ps, logged("gw2", "", ownRejects(&d))...)
	var older, newer bytes.Buffer
	u := stream.Ulogd{Index: ifIndex}
	must(u.JSON(&older, within(ps, week2, week3)))
	must(u.JSON(&newer, within(ps, week3, end)))
	newer.WriteString(`{"timestamp": "2026-11-21T08:59:5`) // ulogd was killed while it wrote
	newer.WriteString("\n")
	const log = "gw2/var/log/ulog/packets.json"
	return []file{
		{path: log + ".1.gz", content: older.Bytes(), rotated: week3},
		{path: log, content: newer.Bytes()},
	}
}

func logged(host, prefix string, ps []stream.Packet) []stream.Packet {
	for i := range ps {
		ps[i].Host, ps[i].Prefix = host, prefix
	}
	return ps
}

// sweep6 is a scan of the IPv6 network: low host numbers, a few ports, echoes.
func sweep6(d *dice) []stream.Packet {
	s := &source{addr: netip.MustParseAddr("2001:db8:bad::66"), hops: 8}
	other := &source{addr: netip.MustParseAddr("3fff:5::23"), hops: 13}
	now := at(14, 13, 40, 0)
	var ps []stream.Packet
	for host := 1; host <= 40; host++ {
		b := netip.MustParseAddr("2001:db8:1::").As16()
		b[15] = byte(host)
		dst := netip.AddrFrom16(b)
		for _, port := range []uint16{22, 80, 443, 3389} {
			p := s.syn(dst, 64, 43210, port, 65535, 2, 4, 5, 0xa0)
			p.Seq, p.Time = uint32(d.next()), now
			ps = append(ps, p)
			now = now.Add(time.Duration(d.between(20, 900)) * time.Millisecond)
		}
		echo := other.packet(dst, 64)
		echo.Proto, echo.Type, echo.Rest, echo.Data, echo.Time = stream.ICMPv6, 128, stream.Echo(9, uint16(host)), make([]byte, 8), now
		ps = append(ps, echo)
	}
	return through("eth0", "", routerMAC, gatewayMAC, ps)
}

// neighbours is the chatter of the IPv6 link.
func neighbours(d *dice) []stream.Packet {
	router := &source{addr: netip.MustParseAddr("fe80::5eff:fe00:53fe"), hops: 0}
	return through("eth0", "", routerMAC, gatewayMAC, spread(d, 25, week2, end, func() stream.Packet {
		p := router.packet(netip.MustParseAddr("fe80::5eff:fe00:5301"), 255)
		p.Proto, p.Type, p.Data = stream.ICMPv6, 135, make([]byte, 24)
		return p
	}))
}

// lateAnswers6 come from public resolvers over IPv6, a few as errors.
func lateAnswers6(d *dice) []stream.Packet {
	self := netip.MustParseAddr("2001:db8:1::1")
	from := []netip.Addr{netip.MustParseAddr("2606:4700:4700::1111"), netip.MustParseAddr("2001:4860:4860::8888"), netip.MustParseAddr("2620:fe::fe")}
	return through("eth0", "", routerMAC, gatewayMAC, spread(d, 30, week2, end,
		func() stream.Packet { return lateAnswer(d, pick(d, from), self) },
		func() stream.Packet {
			question := lateAnswer(d, self, from[0])
			question.SrcPort, question.DstPort = question.DstPort, question.SrcPort
			p := (&source{addr: from[0], hops: 7}).packet(self, 64)
			p.Proto, p.Type, p.Code, p.Quoted = stream.ICMPv6, 1, 4, &question
			return p
		}))
}

// ownRejects are the errors that gw2 itself sends, logged without a prefix: no
// one can say from the record what became of them.
func ownRejects(d *dice) []stream.Packet {
	return spread(d, 20, week3, end, func() stream.Packet {
		p := stream.Packet{Src: netip.MustParseAddr("192.0.2.129"), Dst: pick(d, resolvers), TTL: 64, TOS: 0xc0, ID: uint16(d.next()),
			Out: "eth0", Hook: stream.Output, Proto: stream.ICMP, Type: 3, Code: 3}
		question := lateAnswer(d, p.Dst, p.Src)
		p.Quoted = &question
		return p
	})
}

// captures were made during the scan and in the night after it: what was on the
// wire before the firewall, and what netfilter's log group 5 saw.
func captures() []file {
	d := dice(7)
	from, to := at(16, 3, 0, 0), at(16, 4, 0, 0)
	wire := portScan(&d, at(16, 3, 14, 7))
	wire = append(wire, noise(&d, newSources(&d, 20, 100, 140), 80, from, to, block(&d, "192.0.2.0", 10, 20))...)
	wire = within(through("eth0", "", routerMAC, gatewayMAC, wire), from, to)

	night := noise(&d, newSources(&d, 20, 140, 180), 200, at(18, 0, 0, 0), at(18, 6, 0, 0), block(&d, "192.0.2.0", 10, 20))
	night = within(through("eth0", "", routerMAC, gatewayMAC, night), week3, end)
	netlog := logged("", "IPT: DROP ", night[40:])

	var classic, ng, nflog, cut bytes.Buffer
	must(stream.Capture{Order: binary.LittleEndian, Link: stream.Ethernet}.Pcap(&classic, wire[:300]))
	must(stream.Capture{Order: binary.BigEndian, Link: stream.Ethernet, Nano: true}.PcapNG(&ng, wire[300:], 3))
	must(stream.Capture{Order: binary.LittleEndian, Link: stream.Raw, Snap: 96}.Pcap(&cut, night[:40]))
	must(stream.NFLOG{Order: binary.LittleEndian, Group: 5, Index: ifIndex, Delay: 412 * time.Millisecond}.Pcap(&nflog, netlog))
	return []file{
		{path: "captures/scan-1.pcap", content: classic.Bytes()},
		{path: "captures/scan-2.pcapng", content: ng.Bytes()},
		{path: "captures/night.pcap", content: cut.Bytes()[:cut.Len()-21]}, // the disk was full
		{path: "captures/nflog-group5.pcap.gz", content: nflog.Bytes(), rotated: at(18, 6, 0, 0)},
	}
}
