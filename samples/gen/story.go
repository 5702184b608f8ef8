package main

import (
	"fmt"
	"net/netip"
	"time"

	"fwreport/samples/gen/stream"
)

// The people of the story.
var (
	scanner   = netip.MustParseAddr("203.0.113.77")
	intruder  = netip.MustParseAddr("198.51.100.23")
	dropPoint = netip.MustParseAddr("203.0.113.200")
	victim    = netip.MustParseAddr("192.0.2.10")
	knocker   = netip.MustParseAddr("198.51.100.140")
	spammer   = netip.MustParseAddr("198.51.100.201")
	tunneller = netip.MustParseAddr("203.0.113.9")

	cast = []netip.Addr{scanner, intruder, dropPoint, knocker, spammer, tunneller}
)

// at is a moment of November 2026, UTC.
func at(day, hour, min, sec int) time.Time {
	return time.Date(2026, time.November, day, hour, min, sec, 0, time.UTC)
}

// services are the ports that the scanner tries: those below 1024 that have a
// name, and some above.
func services() []uint16 {
	var ports []uint16
	for p := uint16(1); p <= 1024; p += 3 {
		ports = append(ports, p)
	}
	return append(ports, 22, 23, 25, 53, 80, 110, 143, 389, 443, 445, 465, 587, 993, 995, 1433, 1521, 1723, 2049, 3128,
		3306, 3389, 4444, 5060, 5432, 5900, 5985, 6379, 8000, 8080, 8443, 9200, 11211, 27017)
}

// portScan is nmap's SYN scan of the victim: host discovery, one try a port in
// random order from one source port and with one sequence number, a second try
// of those that it has doubts about, and the probes for the operating system.
func portScan(d *dice, start time.Time) []stream.Packet {
	const sport, seq = 51230, 0x8d3f21c4
	s := &source{addr: scanner}
	now := start
	var ps []stream.Packet
	add := func(p stream.Packet, wait time.Duration) {
		p.TTL, p.ID = uint8(d.between(37, 59))-11, uint16(d.next())
		p.Time = now
		now = now.Add(wait + time.Duration(d.n(3000))*time.Microsecond)
		ps = append(ps, p)
	}
	discover(d, s, add)
	ports := services()
	for i := len(ports) - 1; i > 0; i-- {
		j := d.n(i + 1)
		ports[i], ports[j] = ports[j], ports[i]
	}
	try := func(port, delta uint16) {
		p := s.syn(victim, 0, sport+delta, port, 1024, 2, 4, 5, 0xb4)
		p.Seq = seq ^ uint32(delta)*0x10001
		add(p, 4*time.Millisecond)
	}
	for i, port := range ports {
		try(port, 0)
		if i >= 20 && i%4 == 0 { // it waited for these long enough
			try(ports[i-20], 2)
		}
	}
	detectSystem(s, seq, add)
	return ps
}

// discover is how nmap finds out whether a host is there.
func discover(d *dice, s *source, add func(stream.Packet, time.Duration)) {
	echo := s.packet(victim, 0)
	echo.Proto, echo.Type, echo.Rest = stream.ICMP, 8, stream.Echo(uint16(d.next()), 0)
	add(echo, 0)
	add(s.syn(victim, 0, 51486, 443, 1024, 2, 4, 5, 0xb4), 0)
	ack := s.syn(victim, 0, 51486, 80, 1024)
	ack.Flags, ack.Ack = stream.ACK, uint32(d.next())
	add(ack, 0)
	stamp := s.packet(victim, 0)
	stamp.Proto, stamp.Type, stamp.Data = stream.ICMP, 13, make([]byte, 12)
	add(stamp, 900*time.Millisecond)
}

// detectSystem are nmap's probes T2 to T7.
func detectSystem(s *source, seq uint32, add func(stream.Packet, time.Duration)) {
	options := []byte{3, 3, 10, 1, 2, 4, 1, 9, 8, 10, 255, 255, 255, 255, 0, 0, 0, 0, 4, 2}
	for i, t := range []struct {
		flags  stream.Flags
		window uint16
		dport  uint16
		df     bool
	}{
		{0, 128, 22, true}, {stream.SYN | stream.FIN | stream.URG | stream.PSH, 256, 22, false}, {stream.ACK, 1024, 22, true},
		{stream.SYN, 31337, 1, false}, {stream.ACK, 32768, 1, true}, {stream.FIN | stream.PSH | stream.URG, 65535, 1, false},
	} {
		p := s.syn(victim, 0, 51244+uint16(i), t.dport, t.window, options...)
		p.Flags, p.DF, p.Seq = t.flags, t.df, seq
		add(p, 25*time.Millisecond)
	}
}

// login is one try of the brute force: the connection and what sshd says of it.
type login struct {
	packet   stream.Packet
	accepted bool // by the firewall
	says     string
}

// bruteForce are the tries of one source at the victim's SSH over hours. The
// firewall lets three connections a minute pass and drops the others (CBLK).
func bruteForce(d *dice, start time.Time, tries int) []login {
	s := &source{addr: intruder, hops: 15}
	names := []string{"root", "admin", "ubuntu", "test", "oracle", "postgres", "git", "backup", "pi", "deploy"}
	now, minute, passed := start, -1, 0
	var all []login
	for i := range tries {
		p := s.syn(victim, 64, 33000+uint16(i*7%20000), 22, 64240, linuxOptions...)
		p.Time, p.Seq, p.ID, p.DF = now, uint32(d.next()), uint16(4100+i*3), true
		if now.Minute() != minute {
			minute, passed = now.Minute(), 0
		}
		l := login{packet: p, accepted: passed < 3 || i == tries-1}
		if l.accepted {
			passed++
			l.says = fmt.Sprintf("Failed password for invalid user %s from %s port %d ssh2", pick(d, names), intruder, p.SrcPort)
		}
		if i == tries-1 {
			l.says = fmt.Sprintf("Accepted password for backup from %s port %d ssh2", intruder, p.SrcPort)
		}
		all = append(all, l)
		now = now.Add(time.Duration(d.between(3000, 22000)) * time.Millisecond)
	}
	return all
}

// callHome is the victim's try to reach the intruder's machine from inside: one
// connection with the system's own repetitions, three times.
func callHome(d *dice, start time.Time) []stream.Packet {
	var ps []stream.Packet
	for try := range 3 {
		now := start.Add(time.Duration(try) * 5 * time.Minute)
		sport, seq, id := d.port(), uint32(d.next()), uint16(d.next())
		for repeat := range 5 {
			p := (&source{addr: victim, hops: 1}).syn(dropPoint, 64, sport, 4444, 64240, linuxOptions...)
			p.Time, p.Seq, p.ID, p.DF = now, seq, id+uint16(repeat), true
			ps = append(ps, p)
			now = now.Add(time.Second << repeat)
		}
	}
	return ps
}
