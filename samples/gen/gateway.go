package main

import (
	"fmt"
	"net/netip"
	"time"

	"fwreport/samples/gen/stream"
)

// gateway is gw1: an iptables firewall with the prefixes "IPT: WORD ", logging
// by rsyslog's traditional format with the kernel's uptime. The story is here.
func gateway() []file {
	d := dice(1)
	j := &journal{host: "gw1", boot: at(1, 0, 0, 0).Add(-49 * 24 * time.Hour), kernel: stream.Kernel{Uptime: true}, dice: &d}
	outside := func(out string, ps ...stream.Packet) []stream.Packet {
		return through("eth0", out, routerMAC, gatewayMAC, ps)
	}

	hits := noise(&d, newSources(&d, 70, 100, 180), 1050, week1, end, block(&d, "192.0.2.0", 10, 20))
	fresh, invalid := byFlags(hits)
	j.log("IPT: DROP ", outside("eth2", fresh...)...)
	j.log("IPT: INVALID ", outside("eth2", invalid...)...)
	own := noise(&d, newSources(&d, 20, 181, 195), 150, week1, end, block(&d, "192.0.2.0", 1, 1))
	j.log("IPT: DROP ", outside("", own...)...)

	j.log("IPT: DROP ", outside("", spread(&d, 70, week1, end, func() stream.Packet {
		return lateAnswer(&d, pick(&d, resolvers), netip.MustParseAddr("192.0.2.1"))
	})...)...)
	theStory(j, &d, outside)
	gatewayOddities(j, &d, outside)
	j.everyday(week1, end)

	const log = "gw1/var/log/kern.log"
	return []file{
		{path: log + ".2.gz", content: j.text(week1, week2, traditional), rotated: week2},
		{path: log + ".1", content: j.text(week2, week3, traditional)},
		{path: log, content: j.text(week3, end, traditional)},
	}
}

// theStory: the scan, two nights later the brute force, and what came of it.
func theStory(j *journal, d *dice, outside func(string, ...stream.Packet) []stream.Packet) {
	fresh, invalid := byFlags(portScan(d, at(16, 3, 14, 7)))
	j.log("IPT: DROP ", outside("eth2", fresh...)...)
	j.log("IPT: INVALID ", outside("eth2", invalid...)...)
	conntrackOpinions(j, invalid)

	for i, l := range bruteForce(d, at(17, 22, 2, 11), 700) {
		prefix := "IPT: CBLK "
		if l.accepted {
			prefix = "IPT: ACCEPT "
		}
		j.log(prefix, outside("eth2", l.packet)...)
		if l.says != "" {
			j.relay("srv10", l.packet.Time.Add(2300*time.Millisecond), fmt.Sprintf("sshd[%d]", 9000+i*2), l.says)
		}
	}
	calls := through("eth2", "eth0", [6]byte{2, 0, 0x5e, 0, 0x53, 0x10}, gatewayMAC, callHome(d, at(18, 0, 41, 40)))
	j.log("IPT: REJECT ", calls...)
}

// conntrackOpinions is what connection tracking says of packets with flags that
// cannot be. It logs with sequence numbers and options, whatever the rules say.
func conntrackOpinions(j *journal, ps []stream.Packet) {
	rules := j.kernel
	j.kernel.Flags = stream.LogFlags{Sequence: true, TCPOptions: true, Owner: true}
	for _, p := range ps {
		if impossible := p.Flags == 0 || p.Flags&(stream.SYN|stream.FIN) == stream.SYN|stream.FIN || p.Flags == stream.FIN|stream.PSH|stream.URG; impossible {
			p.Time = p.Time.Add(-20 * time.Microsecond)
			j.log("nf_ct_proto_6: invalid tcp flag combination ", p)
		}
	}
	j.kernel = rules
}

// gatewayOddities are the lines that a reader has to get right or to report.
func gatewayOddities(j *journal, d *dice, outside func(string, ...stream.Packet) []stream.Packet) {
	s := &source{addr: tunneller, hops: 12, word: 700}
	bare := func(p stream.Packet, proto uint8, data int) stream.Packet {
		p.Proto, p.Data, p.ID = proto, make([]byte, data), uint16(d.next())
		return p
	}
	j.log("IPT: DROP ", outside("", spread(d, 24, week1, end,
		func() stream.Packet { return bare(s.packet(victim, 64), stream.GRE, 40) },
		func() stream.Packet {
			p := bare(s.packet(victim, 64), stream.ESP, 60)
			p.SPI = uint32(d.next())
			return p
		},
		func() stream.Packet { // the second part of a large datagram: no ports
			p := bare(s.packet(victim, 64), stream.UDP, 120)
			p.FragOff = 185
			return p
		},
		func() stream.Packet {
			p := bare(s.packet(victim, 64), stream.UDPLite, 16)
			p.SrcPort, p.DstPort = d.port(), 5004
			return p
		})...)...)

	spoofed := []string{"10.9.8.7", "127.0.0.1", "169.254.13.37", "192.168.1.50", "0.0.0.0"}
	j.log("IPT: DROP ", outside("eth2", spread(d, 20, week1, end, func() stream.Packet {
		liar := &source{addr: netip.MustParseAddr(pick(d, spoofed)), hops: 14}
		return liar.syn(victim, 64, d.port(), 80, 512)
	})...)...)

	lan := func() stream.Packet {
		printer := &source{addr: netip.MustParseAddr("10.20.0.44")}
		return printer.udp(netip.MustParseAddr("239.255.255.250"), 1900, 1900, "NOTIFY * HTTP/1.1\r\n\r\n")
	}
	multicast := through("br0", "br0", lanMAC, [6]byte{1, 0, 0x5e, 0x7f, 0xff, 0xfa}, spread(d, 60, week1, end, lan))
	for i := range multicast {
		multicast[i].PhysIn, multicast[i].PhysOut = "eth3", "eth4"
	}
	j.log("IPT: DROP ", multicast...)

	visitors := newSources(d, 15, 200, 220)
	j.log("IPT: ACCEPT ", outside("eth2", spread(d, 150, week1, end, func() stream.Packet {
		p := pick(d, visitors).syn(netip.MustParseAddr("192.0.2.11"), 64, d.port(), 443, 64240, linuxOptions...)
		p.DF, p.ID = true, uint16(d.next())
		return p
	})...)...)
	// A rule without a word for what it does: nobody can say whether these were dropped.
	j.log("eth0-in: ", outside("", spread(d, 40, week2, end, func() stream.Packet { return snmp(d, s, netip.MustParseAddr("192.0.2.1")) })...)...)
	damagedLines(j, d)
}

// damagedLines: a full disk, a crash, a flood.
func damagedLines(j *journal, d *dice) {
	s := &source{addr: tunneller, hops: 12}
	p := s.syn(victim, 64, d.port(), 8080, 1024)
	p.Host, p.Prefix, p.Time, p.Uptime, p.In, p.Link = "gw1", "IPT: DROP ", at(19, 4, 11, 2), 66*24*time.Hour, "eth0", true
	m := j.kernel.Message(&p)
	j.damage(p.Time, cutAfter(m, "SRC=", 7))
	j.damage(p.Time.Add(time.Second), cutAfter(m, "OUT=", 0))
	j.damage(p.Time.Add(2*time.Second), cutAfter(m, "DPT=", 3))
	j.damage(p.Time.Add(3*time.Second), "\x00\x00\x00\x00\x00\x00\x00\x00")
	j.say(at(19, 4, 11, 9), "kernel", "%snet_ratelimit: 318 callbacks suppressed", stream.UptimeStamp(66*24*time.Hour))
	j.say(at(19, 4, 11, 10), "systemd-journald[312]", "Missed 37 kernel messages")
	j.say(at(12, 2, 40, 1), "kernel", "%snf_conntrack: nf_conntrack: table full, dropping packet", stream.UptimeStamp(60*24*time.Hour))
}
