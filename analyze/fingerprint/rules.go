package fingerprint

import "fwreport/reader/event"

// Shapes that several rules share.
var (
	nmapSYN = []Shape{{1024, 44}, {2048, 44}, {3072, 44}, {4096, 44}} // p0f.fp; since 2011 or before only 1024
	nmapRaw = []Shape{{1024, 40}, {2048, 40}, {3072, 40}, {4096, 40}}
)

const xmas = event.FIN | event.PSH | event.URG

// rules are versioned where a tool changed its headers, so that old and new logs
// are attributed alike. Rules with a mark come before those without.
//
// Left out on purpose: an ICMP echo of 28 bytes or an empty UDP datagram alone
// (nmap, hping and monitoring send them: only nmap's random TTLs tell), and
// window 512 with length 40 (hping's default, and that of worms of unknown make).
var rules = []Rule{
	{
		Tool: "Mirai", Name: "SEQ = DST", Source: "mirai/bot/scanner.c",
		Class: SYN, Needs: event.HasSeq | event.HasDst, Shapes: []Shape{{AnyWindow, 40}}, DF: NoDF, MaxTTL: 64,
		Mark: miraiEquation, Bits: 32, Sure: 1,
	},
	{
		Tool: "masscan", Name: "ID = DST xor DPT xor SEQ (1.0.3 to 1.3.2)", Source: "masscan src/templ-pkt.c; 510 of 510 packets of 1.3.2",
		Class: SYN, Needs: masscanNeeds, Shapes: []Shape{{1024, 40}}, DF: NoDF, Mark: masscanEquation, Bits: 16, Sure: 3,
	},
	{
		Tool: "masscan", Name: "ID = DST xor DPT xor SEQ (git since 2023-11)", Source: "masscan src/templ-pkt.c, commit 4f89257",
		Class: SYN, Needs: masscanNeeds, Shapes: []Shape{{1025, 44}}, DF: NoDF, Mark: masscanEquation, Bits: 16, Sure: 3,
	},
	{
		Tool: "masscan", Name: "ID = DST xor DPT xor SEQ (up to 1.0.1)", Source: "masscan src/templ-pkt.c, tag 1.0.1",
		Class: SYN, Needs: masscanNeeds, Shapes: []Shape{{0, 40}}, DF: NoDF, Mark: masscanEquation, Bits: 16, Sure: 3,
	},
	{
		Tool: "zmap", Name: "ID 54321 (up to 3.x)", Source: "zmap src/probe_modules/packet.c; run of 2.1.1",
		Class: SYN, Needs: event.HasID, Shapes: []Shape{{65535, 40}, {65535, 44}}, DF: NoDF,
		Mark: func(e *event.Event) bool { return e.ID == 54321 }, Bits: 16, Sure: 3,
	},
	{
		Tool: "zmap", Name: "Windows options without DF (from 4.1)", Source: "zmap commits c88db29, 5d90505",
		Class: SYN, Needs: event.HasOptions, Shapes: []Shape{{65535, 52}}, DF: NoDF, MaxTTL: 64,
		Options: "mss=1460,nop,ws=8,nop,nop,sok", Sure: 3,
	},
	{
		Tool: port6000, Name: "ID 256, window 16384, length 40", Source: "14 independent public log lines",
		Class: SYN, Needs: event.HasID, Shapes: []Shape{{16384, 40}}, DF: NoDF, MaxTTL: 128,
		Mark: func(e *event.Event) bool { return e.ID == 256 }, Bits: 16, Sure: 3,
	},
	{
		Tool: "nmap", Name: "OS detection: SYN windows", Source: "nmap osscan2.cc; run of 7.93",
		Class: SYN, DF: NoDF, MaxTTL: 64,
		Shapes: []Shape{{1, 60}, {63, 60}, {4, 60}, {4, 56}, {16, 60}, {512, 56}, {3, 52}, {256, 60}, {31337, 60}},
		Mark:   osDetectionACK, Sure: 3, Least: 3,
	},
	{
		Tool: "nmap", Name: "OS detection: NULL and Xmas", Source: "nmap osscan2.cc (T2, T7); run of 7.93",
		Class: OtherTCP, Shapes: []Shape{{128, 60}, {65535, 60}}, Flags: []event.TCPFlags{0, xmas}, MaxTTL: 64,
		Mark: osDetectionFlags, Sure: 3,
	},
	{
		Tool: "nmap", Name: "OS detection: UDP of 300 bytes, ID 4162", Source: "nmap osscan2.cc (U1); run of 7.93",
		Class: UDP, Needs: event.HasID, Shapes: []Shape{{AnyWindow, 328}}, MaxTTL: 64,
		Mark: func(e *event.Event) bool { return e.ID == 4162 }, Bits: 16, Sure: 3,
	},
	{
		Tool: "nmap", Name: "OS detection: ICMP echo", Source: "nmap osscan2.cc (IE); run of 7.93",
		Class: Echo, Needs: event.HasICMPCode, Shapes: []Shape{{AnyWindow, 148}, {AnyWindow, 178}}, MaxTTL: 64,
		Mark: osDetectionEcho, Sure: 3,
	},
	{
		Tool: "nmap", Name: "ACK scan: SEQ 0", Source: "nmap scan_engine_raw.cc; run of 7.93",
		Class: OtherTCP, Flags: []event.TCPFlags{event.ACK}, Needs: event.HasSeq, Shapes: nmapRaw, DF: NoDF, MaxTTL: 59,
		Mark: func(e *event.Event) bool { return e.Seq == 0 }, Sure: 3,
	},
	{
		Tool: "nmap", Name: "SYN scan: window 1024 (older: to 4096), length 44", Source: "nmap tcpip.cc; run of 7.93; p0f.fp",
		Class: SYN, Flags: []event.TCPFlags{event.SYN}, Shapes: nmapSYN, DF: NoDF, MaxTTL: 59,
		Options: "mss=1460", TTLs: RandomForSure, Sure: 3, Least: 3, Half: true,
	},
	{
		Tool: "nmap", Name: "FIN, NULL or Xmas scan: window 1024 (older: to 4096)", Source: "nmap tcpip.cc",
		Class: OtherTCP, Flags: []event.TCPFlags{event.FIN, 0, xmas}, Shapes: nmapRaw, DF: NoDF, MaxTTL: 59,
		TTLs: RandomForSure, Sure: 3, Least: 3,
	},
	{
		Tool: "nmap", Name: "ACK scan: random TTL", Source: "nmap tcpip.cc, netutil.cc",
		Class: OtherTCP, Flags: []event.TCPFlags{event.ACK}, Without: event.HasSeq, Shapes: nmapRaw, DF: NoDF, MaxTTL: 59,
		TTLs: RandomNeeded, Sure: 4,
	},
	{
		Tool: "nmap", Name: "UDP scan: empty, random TTL", Source: "nmap netutil.cc; run of 7.93",
		Class: UDP, Shapes: []Shape{{AnyWindow, 28}}, DF: NoDF, MaxTTL: 59, TTLs: RandomNeeded, Sure: 4,
	},
	{
		Tool: "nmap", Name: "ping: empty ICMP echo, random TTL", Source: "nmap netutil.cc; run of 7.93",
		Class: Echo, Shapes: []Shape{{AnyWindow, 28}}, DF: NoDF, MaxTTL: 59, TTLs: RandomNeeded, Sure: 4,
	},
	{
		Tool: "masscan", Name: "window 1024, length 40, TTL from 255 (1.0.3 to 1.3.2)", Source: "masscan src/templ-pkt.c",
		Class: SYN, Without: event.HasSeq, Shapes: []Shape{{1024, 40}}, DF: NoDF, MinTTL: 129, Least: 3, Half: true,
	},
	{
		Tool: "masscan", Name: "window 1025, length 44 (git since 2023-11)", Source: "masscan src/templ-pkt.c, commit 4f89257",
		Class: SYN, Without: event.HasSeq, Shapes: []Shape{{1025, 44}}, DF: NoDF, Options: "mss=1460", Least: 3, Half: true,
	},
	{
		Tool: "masscan", Name: "ping: length 76, TTL from 255", Source: "masscan src/templ-pkt.c",
		Class: Echo, Shapes: []Shape{{AnyWindow, 76}}, MinTTL: 129, Least: 3,
	},
	{
		Tool: "zmap", Name: "window 65535, length 52 without DF (from 4.1)", Source: "zmap commits c88db29, 5d90505",
		Class: SYN, Without: event.HasOptions, Shapes: []Shape{{65535, 52}}, DF: NoDF, MaxTTL: 64, Least: 3, Half: true,
	},
	{
		Tool: port6000, Name: "source port 6000, window 16384, length 40", Source: "14 independent public log lines, SANS ISC 2010-01-09",
		Class: SYN, Shapes: []Shape{{16384, 40}}, DF: NoDF, MaxTTL: 128, SrcPort: 6000,
	},
}

// port6000 names a family of scanners that was never published.
const port6000 = "source-port-6000 scanner"

const masscanNeeds = event.HasID | event.HasSeq | event.HasDst | event.HasDstPort

// masscanEquation is how masscan fills the IP ID, in all versions.
func masscanEquation(e *event.Event) bool {
	return e.Dst.Is4() && e.ID == uint16(e.Dst.V4())^e.DstPort^uint16(e.Seq)
}

// miraiEquation: the bot puts the target's address into the sequence number, so
// that it needs no table of its probes.
func miraiEquation(e *event.Event) bool { return e.Dst.Is4() && e.Seq == e.Dst.V4() }

// osDetectionACK: nmap's OS probes have an acknowledgment number though they
// have no ACK flag (p0f's quirk "ack+"); only that for ECN (window 3) has none.
func osDetectionACK(e *event.Event) bool {
	return !e.Has(event.HasAck) || e.Ack != 0 || e.Window == 3
}

func osDetectionFlags(e *event.Event) bool {
	if e.Flags == 0 {
		return e.Window == 128 && e.Has(event.DF)
	}
	return e.Window == 65535 && !e.Has(event.DF)
}

func osDetectionEcho(e *event.Event) bool {
	if e.Len == 148 {
		return e.ICMPCode == 9 && e.Has(event.DF)
	}
	return e.ICMPCode == 0 && e.Has(event.HasTOS) && e.TOS == 4
}
