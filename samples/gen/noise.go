package main

import (
	"encoding/binary"
	"net/netip"
	"slices"
	"time"

	"fwreport/samples/gen/stream"
)

// The background noise of the Internet: many sources, each a machine with one
// habit. The header shapes are those that the tools give their packets.

// probe makes the packet of one habit, from a source to dst.
type probe func(d *dice, s *source, dst netip.Addr) stream.Packet

// source is one machine that makes noise.
type source struct {
	addr  netip.Addr
	make  probe
	hops  uint8 // to us; taken off the initial TTL
	sport uint16
	word  uint16 // whatever its tool keeps constant
	count int    // probes so far
}

// habits are weighted by how often they stand here.
var habits = []probe{
	mirai, mirai, mirai, mirai, mirai, masscan, masscan, masscan, zmap, zmap, zmap4, port6000,
	linuxSYN, linuxSYN, windowsSYN, windowsSYN, sip, snmp, ssdp, ping, backscatter, backscatter,
}

// newSources makes n sources out of TEST-NET-2 and TEST-NET-3 (RFC 5737), their
// last bytes from low to high, so that different hosts see different ones.
func newSources(d *dice, n, low, high int) []*source {
	all := make([]*source, n)
	for i := range all {
		all[i] = &source{
			addr: bystander(d, low, high), make: pick(d, habits), hops: uint8(d.between(6, 21)),
			sport: uint16(d.between(1024, 65535)), word: uint16(d.next()),
		}
	}
	return all
}

// bystander is an address that nobody in the story has.
func bystander(d *dice, low, high int) netip.Addr {
	for {
		net := pick(d, [][3]byte{{198, 51, 100}, {203, 0, 113}})
		a := netip.AddrFrom4([4]byte{net[0], net[1], net[2], byte(d.between(low, high))})
		if !slices.Contains(cast, a) {
			return a
		}
	}
}

// noise makes n packets from sources to the addresses that target gives.
func noise(d *dice, sources []*source, n int, from, to time.Time, target func() netip.Addr) []stream.Packet {
	ps := make([]stream.Packet, n)
	for i := range ps {
		s := pick(d, sources)
		ps[i] = s.make(d, s, target())
		ps[i].Time = d.moment(from, to)
		s.count++
	}
	return ps
}

// packet begins a packet of s with an initial TTL.
func (s *source) packet(dst netip.Addr, ttl uint8) stream.Packet {
	return stream.Packet{Src: s.addr, Dst: dst, TTL: ttl - s.hops}
}

func (s *source) syn(dst netip.Addr, ttl uint8, sport, dport, window uint16, options ...byte) stream.Packet {
	p := s.packet(dst, ttl)
	p.Proto, p.SrcPort, p.DstPort, p.Window, p.Flags, p.Options = stream.TCP, sport, dport, window, stream.SYN, options
	return p
}

func v4(a netip.Addr) uint32 { b := a.As4(); return binary.BigEndian.Uint32(b[:]) }

// mirai: sequence number = destination, source port and window constant in one
// process, every tenth probe to port 2323.
func mirai(d *dice, s *source, dst netip.Addr) stream.Packet {
	dport := uint16(23)
	if s.count%10 == 9 {
		dport = 2323
	}
	p := s.syn(dst, 64, s.sport, dport, s.word)
	p.Seq, p.ID = v4(dst), uint16(d.next())
	return p
}

// masscan up to 1.3.2: window 1024, no options, TTL 255, ID made of address,
// port and sequence number.
func masscan(d *dice, s *source, dst netip.Addr) stream.Packet {
	dport := pick(d, []uint16{80, 443, 8080, 8443, 6379, 3306, 5900, 9200, 27017, 2375, 22, 21})
	p := s.syn(dst, 255, 40000+s.sport%20000, dport, 1024)
	p.Seq = uint32(d.next())
	p.ID = uint16(v4(dst) ^ uint32(dport) ^ p.Seq)
	return p
}

// zmap up to 3: ID 54321, window 65535, TTL 255.
func zmap(d *dice, s *source, dst netip.Addr) stream.Packet {
	p := s.syn(dst, 255, uint16(d.between(32768, 61000)), pick(d, []uint16{443, 80, 22, 8728, 5432, 25}), 65535, 2, 4, 5, 0xb4)
	p.Seq, p.ID = uint32(d.next()), 54321
	return p
}

// zmap4: since 4.1 the options of Windows, but TTL 64 and no DF.
func zmap4(d *dice, s *source, dst netip.Addr) stream.Packet {
	p := s.syn(dst, 64, uint16(d.between(32768, 61000)), pick(d, []uint16{443, 8443, 3389}), 65535, windowsOptions...)
	p.Seq, p.ID = uint32(d.next()), uint16(d.next())
	return p
}

// port6000: a tool without a name, known by ID 256, window 16384, LEN 40.
func port6000(d *dice, s *source, dst netip.Addr) stream.Packet {
	p := s.syn(dst, 128, 6000, pick(d, []uint16{1433, 1433, 1433, 22, 2967}), 16384)
	p.Seq, p.ID = uint32(d.next())<<16, 256
	return p
}

// TCP options of a SYN: Linux (MSS, SACK, time stamp, window scale 7) and Windows.
var (
	linuxOptions   = []byte{2, 4, 5, 0xb4, 4, 2, 8, 10, 0x1a, 0x2b, 0x3c, 0x4d, 0, 0, 0, 0, 1, 3, 3, 7}
	windowsOptions = []byte{2, 4, 5, 0xb4, 1, 3, 3, 8, 1, 1, 4, 2}
)

func linuxSYN(d *dice, s *source, dst netip.Addr) stream.Packet {
	p := s.syn(dst, 64, d.port(), pick(d, []uint16{22, 22, 2222, 80, 443, 8080}), 64240, linuxOptions...)
	p.Seq, p.ID, p.DF = uint32(d.next()), uint16(d.next()), true
	return p
}

func windowsSYN(d *dice, s *source, dst netip.Addr) stream.Packet {
	p := s.syn(dst, 128, uint16(d.between(49152, 65535)), pick(d, []uint16{445, 445, 445, 3389, 139}), 64240, windowsOptions...)
	p.Seq, p.ID, p.DF = uint32(d.next()), uint16(int(s.word)+s.count), true
	return p
}

func (s *source) udp(dst netip.Addr, sport, dport uint16, data string) stream.Packet {
	p := s.packet(dst, 64)
	p.Proto, p.SrcPort, p.DstPort, p.Data = stream.UDP, sport, dport, []byte(data)
	p.ID, p.DF = s.word+uint16(s.count), true
	return p
}

func sip(d *dice, s *source, dst netip.Addr) stream.Packet {
	return s.udp(dst, s.sport, 5060, "OPTIONS sip:100@"+dst.String()+" SIP/2.0\r\nVia: SIP/2.0/UDP "+s.addr.String()+
		"\r\nFrom: <sip:100@example.org>\r\nTo: <sip:100@example.org>\r\nCSeq: 1 OPTIONS\r\nUser-Agent: friendly-scanner\r\nContent-Length: 0\r\n\r\n")
}

func snmp(d *dice, s *source, dst netip.Addr) stream.Packet {
	return s.udp(dst, d.port(), 161, "\x30\x29\x02\x01\x00\x04\x06public\xa0\x1c\x02\x04\x00\x00\x00\x01\x02\x01\x00\x02\x01\x00\x30\x0e\x30\x0c\x06\x08\x2b\x06\x01\x02\x01\x01\x01\x00\x05\x00")
}

func ssdp(d *dice, s *source, dst netip.Addr) stream.Packet {
	return s.udp(dst, d.port(), 1900, "M-SEARCH * HTTP/1.1\r\nHost:239.255.255.250:1900\r\nST:ssdp:all\r\nMan:\"ssdp:discover\"\r\nMX:3\r\n\r\n")
}

func ping(d *dice, s *source, dst netip.Addr) stream.Packet {
	p := s.packet(dst, 64)
	p.Proto, p.Type, p.ID = stream.ICMP, 8, uint16(d.next())
	p.Rest, p.Data = stream.Echo(s.word, uint16(s.count)), make([]byte, 56)
	return p
}

// backscatter is what the victims of a flood with made-up sources send us:
// SYN-ACKs, resets, and ICMP errors about packets that we never sent.
func backscatter(d *dice, s *source, dst netip.Addr) stream.Packet {
	p := s.packet(dst, 64)
	if d.n(3) == 0 {
		p.Proto, p.Type, p.Code, p.ID = stream.ICMP, 3, uint8(pick(d, []int{1, 3, 10, 13})), uint16(d.next())
		p.Quoted = &stream.Packet{Src: dst, Dst: s.addr, TTL: 49, ID: uint16(d.next()), Proto: stream.TCP,
			SrcPort: d.port(), DstPort: 80, Seq: uint32(d.next()), Window: 8192, Flags: stream.SYN}
		p.QuotedLen = pick(d, []int{28, 40})
		return p
	}
	p.Proto, p.SrcPort, p.DstPort, p.DF = stream.TCP, pick(d, []uint16{80, 443}), d.port(), true
	p.Ack, p.Flags = uint32(d.next()), stream.RST|stream.ACK
	if d.n(2) == 0 {
		p.Flags, p.Seq, p.Window, p.Options = stream.SYN|stream.ACK, uint32(d.next()), 65160, []byte{2, 4, 5, 0xb4}
	}
	return p
}

// resolvers are public anycast services. What comes from them is harmless:
// answers that came after the firewall had forgotten the question.
var resolvers = []netip.Addr{
	netip.MustParseAddr("8.8.8.8"), netip.MustParseAddr("8.8.4.4"), netip.MustParseAddr("1.1.1.1"), netip.MustParseAddr("9.9.9.9"),
}

// lateAnswer is an answer to a question about the sample network's own name.
func lateAnswer(d *dice, from, dst netip.Addr) stream.Packet {
	return stream.Packet{
		Src: from, Dst: dst, TTL: uint8(d.between(54, 58)), ID: uint16(d.next()), Proto: stream.UDP, SrcPort: 53, DstPort: d.port(),
		Data: append([]byte{byte(d.n(256)), byte(d.n(256)), 0x81, 0x80, 0, 1, 0, 0, 0, 0, 0, 0}, "\x03www\x07example\x03org\x00\x00\x01\x00\x01"...),
	}
}
