package stream

import (
	"encoding/hex"
	"fmt"
	"io"
	"time"
)

// LOGEMU writes ps as that output of ulogd2 2.0.8 does (stack NFLOG, BASE,
// IFINDEX, IP2STR, HWHDR, PRINTPKT, LOGEMU): an imitation of the kernel's text.
func (u Ulogd) LOGEMU(w io.Writer, ps []Packet) error {
	return lines(w, ps, func(p *Packet) string {
		return p.Time.In(u.zone()).Format(time.Stamp) + " " + p.Host + " " + p.emulated() + "\n"
	})
}

// SYSLOG writes ps as that output hands them to syslog(3), in rsyslog's file format.
func (u Ulogd) SYSLOG(w io.Writer, ps []Packet) error {
	return lines(w, ps, func(p *Packet) string {
		return p.Time.In(u.zone()).Format(isoMicro) + " " + p.Host + " ulogd[812]: " + p.emulated() + "\n"
	})
}

// emulated is util/printpkt.c of ulogd2 2.0.8, as it prints what BASE decoded:
// the data of a later IPv4 fragment too.
func (p *Packet) emulated() string {
	var t text
	t.printf("%s IN=%s OUT=%s MAC=", p.Prefix, p.In, p.Out)
	if p.Link && p.In != "" {
		t.printf("%s", colons(p.linkHeader()))
	}
	t.printf(" SRC=%s DST=%s ", p.Src, p.Dst)
	wire := p.IP()
	if p.Is6() {
		t.emulated6(p, wire)
	} else {
		t.printf("LEN=%d TOS=%02X PREC=0x%02X TTL=%d ID=%d ", len(wire), p.TOS&0x1e, p.TOS&0xe0, p.TTL, p.ID)
		if p.DF {
			t.printf("DF ")
		}
		if p.MF {
			t.printf("MF ")
		}
		if p.FragOff > 0 {
			t.printf("FRAG:%d ", p.FragOff)
		}
		t.emulatedBody(p.Proto, wire[20:])
	}
	if p.Owner {
		t.printf("UID=%d GID=%d ", p.UID, p.GID)
	}
	t.printf("MARK=0x%x ", p.Mark)
	return t.String()
}

func (t *text) emulated6(p *Packet, wire []byte) {
	t.printf("LEN=%d TC=%d HOPLIMIT=%d FLOWLBL=%d ", len(wire), p.TOS, p.TTL, p.Flow)
	body := wire[40:]
	if p.fragmented() {
		t.printf("FRAG: %d ID: %08x ", p.FragOff*8, p.FragID)
		body = wire[48:]
	}
	if p.Later() {
		body = nil
	}
	t.emulatedBody(p.Proto, body)
}

func (t *text) emulatedBody(proto uint8, b []byte) {
	names := map[uint8]string{TCP: "TCP", UDP: "UDP", ICMP: "ICMP", ICMPv6: "ICMPv6", ESP: "ESP", AH: "AH"}
	sizes := map[uint8]int{TCP: 20, UDP: 8, ICMP: 8, ICMPv6: 8}
	name, known := names[proto]
	if !known {
		t.printf("PROTO=%d ", proto)
		return
	}
	t.printf("PROTO=%s ", name)
	if size, decoded := sizes[proto]; !decoded || len(b) < size {
		t.printf("INCOMPLETE")
		return
	}
	switch proto {
	case TCP:
		t.emulatedTCP(b)
	case UDP:
		t.printf("SPT=%d DPT=%d LEN=%d ", be16(b), be16(b[2:]), be16(b[4:]))
	default:
		t.printf("TYPE=%d CODE=%d ", b[0], b[1])
		if b[1] == 0 { // by code, where type is meant
			t.printf("ID=%d SEQ=%d ", be16(b[4:]), be16(b[6:]))
		}
	}
}

func (t *text) emulatedTCP(b []byte) {
	t.printf("SPT=%d DPT=%d SEQ=%d ACK=%d WINDOW=%d ", be16(b), be16(b[2:]), be32at(b[4:]), be32at(b[8:]), be16(b[14:]))
	for _, name := range Flags(b[13]).names() {
		t.printf("%s ", name)
	}
	urgent := uint64(0)
	if Flags(b[13])&URG != 0 {
		urgent = be16(b[18:])
	}
	t.printf("URGP=%d ", urgent)
}

func be32at(b []byte) uint64 { return be16(b)<<16 | be16(b[2:]) }

// XML writes ps as that output does (stack NFLOG, XML): the whole packet in hex,
// a prefix that is not escaped, and the local time of writing.
func (u Ulogd) XML(w io.Writer, ps []Packet) error {
	if _, err := io.WriteString(w, "<?xml version=\"1.0\" encoding=\"utf-8\"?>\n<packet>\n"); err != nil {
		return fmt.Errorf("writing XML: %w", err)
	}
	return lines(w, ps, u.log) // the closing tag is written when ulogd stops
}

func (u Ulogd) log(p *Packet) string {
	at := p.Time.Add(u.Late).In(u.zone())
	var t text
	t.printf("<log><when><hour>%d</hour><min>%02d</min><sec>%02d</sec><wday>%d</wday><day>%d</day><month>%d</month><year>%d</year></when>",
		at.Hour(), at.Minute(), at.Second(), at.Weekday()+1, at.Day(), at.Month(), at.Year())
	t.printf("<prefix>%s</prefix><hook>%d</hook><hw><proto>%04x</proto>", p.Prefix, p.Hook, p.etherType())
	if p.Link && p.In != "" {
		t.printf("<src>%x</src>", p.MACSrc[:])
	}
	t.printf("</hw>")
	for _, f := range [...]struct {
		name string
		n    uint32
	}{{"mark", p.Mark}, {"indev", u.Index[p.In]}, {"outdev", u.Index[p.Out]}} {
		if f.n != 0 {
			t.printf("<%[1]s>%[2]d</%[1]s>", f.name, f.n)
		}
	}
	t.printf("<payload>%s</payload></log>\n", hex.EncodeToString(p.IP()))
	return t.String()
}
