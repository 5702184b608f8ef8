package netfilter

import (
	"bytes"

	"fwreport/reader/event"
	"fwreport/reader/lex"
)

// fast decodes tokens in the one order in which the kernel prints those of a
// common record, without looking for keys. It stops, token by token, at the
// first that is not the next expected one, and leaves the rest to the general
// loop: both set the same state, so it makes no difference but speed.
//
//	[MAC=] SRC= DST= LEN= TOS= PREC= TTL= ID= [DF] PROTO= SPT= DPT= (WINDOW= RES= … | LEN=)
func (b *body) fast() {
	b.fastMAC()
	if !b.at(" SRC=") || !b.fastIPv4(&b.e.Src, event.HasSrc) || !b.at(" DST=") || !b.fastIPv4(&b.e.Dst, event.HasDst) {
		return
	}
	if !b.fastHeader() || !b.fastProto() {
		return
	}
	if !b.at(" SPT=") || !b.fastPort(&b.e.SrcPort, event.HasSrcPort) ||
		!b.at(" DPT=") || !b.fastPort(&b.e.DstPort, event.HasDstPort) {
		return
	}
	if b.e.Proto == event.TCP {
		b.fastTCP()
	} else {
		b.fastUDP()
	}
}

// at reports whether the next token is the one expected. It is inlined, and with
// a constant key becomes two comparisons of words: so the functions that parse
// values are called behind it and get the key's length only.
func (b *body) at(key string) bool {
	return len(b.text)-b.pos >= len(key) && string(b.text[b.pos:b.pos+len(key)]) == key
}

// macLen is the length of an Ethernet header in MAC=: 14 bytes.
const macLen = 14*3 - 1

// fastMAC is the MAC= of an Ethernet device. It is the same for most records of
// an interface (the router's and its own), so the last one is kept decoded.
func (b *body) fastMAC() {
	if !b.at(" MAC=") {
		return
	}
	start, end := b.pos+5, b.pos+5+macLen
	if end >= len(b.text) || b.text[end] != ' ' || b.text[start] == ' ' || b.d != nil {
		return
	}
	v, c := b.text[start:end], &b.p.lastMAC
	switch {
	case string(v) == string(c.text[:]):
		b.e.MACDst, b.e.MACSrc = c.dst, c.src
		b.e.Fields |= c.fields
		b.link = true
	case bytes.IndexByte(v, ' ') >= 0:
		return
	default:
		before := b.e.Fields
		b.mac(v)
		copy(c.text[:], v)
		c.dst, c.src, c.fields = b.e.MACDst, b.e.MACSrc, b.e.Fields&^before
	}
	b.last, b.pos = 0, end
}

// macCache is the last MAC= decoded.
type macCache struct {
	text     [macLen]byte
	dst, src [6]byte
	fields   event.Fields
}

// fastIPv4 parses " KEY=a.b.c.d", a key of three letters, followed by a space.
func (b *body) fastIPv4(a *event.Addr, f event.Fields) bool {
	start := b.pos + len(" KEY=")
	v, n := lex.IPv4Prefix(b.text[start:])
	end := start + n
	if n == 0 || end >= len(b.text) || b.text[end] != ' ' {
		return false
	}
	*a = event.AddrFrom4(v)
	b.e.Fields |= f
	b.last, b.pos = f, end
	return true
}

// fastUint parses the number behind a key of that length, followed by a space or
// the end.
func (b *body) fastUint(key int, most uint32) (uint32, bool) {
	t := b.text[b.pos+key:]
	n := uint32(0)
	for i, c := range t {
		if d := c - '0'; d <= 9 && i < 9 {
			n = n*10 + uint32(d)
			continue
		}
		if c != ' ' || i == 0 || n > most {
			return 0, false
		}
		b.pos += key + i
		return n, true
	}
	if len(t) == 0 || n > most {
		return 0, false
	}
	b.pos = len(b.text)
	return n, true
}

// fastHex parses the two hex digits behind a key of that length.
func (b *body) fastHex(key int) (uint8, bool) {
	end := b.pos + key + 2
	if end > len(b.text) || end < len(b.text) && b.text[end] != ' ' {
		return 0, false
	}
	n, ok := lex.HexByte(b.text[end-2], b.text[end-1])
	if ok {
		b.pos = end
	}
	return n, ok
}

// fastHeader is the IPv4 header.
func (b *body) fastHeader() bool {
	if !b.at(" LEN=") {
		return false
	}
	n, ok := b.fastUint(5, 1<<32-1)
	if !ok {
		return false
	}
	b.e.Len, b.last = n, event.HasLen
	b.e.Fields |= event.HasLen
	if !b.fastTOS() || !b.at(" TTL=") {
		return false
	}
	if n, ok = b.fastUint(5, 255); !ok {
		return false
	}
	b.e.TTL, b.last = uint8(n), event.HasTTL
	b.e.Fields |= event.HasTTL
	if !b.at(" ID=") {
		return false
	}
	if n, ok = b.fastUint(4, 65535); !ok {
		return false
	}
	b.e.ID, b.last = uint16(n), event.HasID
	b.e.Fields |= event.HasID
	if b.at(" DF ") {
		b.e.Fields |= event.DF
		b.last = event.DF
		b.pos += len(" DF")
	}
	return true
}

func (b *body) fastTOS() bool {
	if !b.at(" TOS=0x") {
		return false
	}
	tos, ok := b.fastHex(7)
	if !ok {
		return false
	}
	b.last = 0
	b.tosPart(tos, &b.tos)
	if !b.at(" PREC=0x") {
		return false
	}
	prec, ok := b.fastHex(8)
	if ok {
		b.last = 0
		b.tosPart(prec, &b.prec)
	}
	return ok
}

// fastProto is PROTO=TCP or UDP.
func (b *body) fastProto() bool {
	switch {
	case b.at(" PROTO=TCP "):
		b.e.Proto = event.TCP
	case b.at(" PROTO=UDP "):
		b.e.Proto = event.UDP
	default:
		return false
	}
	b.l4 = true
	b.last = 0
	b.pos += len(" PROTO=TCP")
	return true
}

func (b *body) fastPort(port *uint16, f event.Fields) bool {
	n, ok := b.fastUint(5, 65535)
	if ok {
		*port = uint16(n)
		b.e.Fields |= f
		b.last = f
	}
	return ok
}

// fastTCP is the rest of the TCP header, up to the flags.
func (b *body) fastTCP() {
	if !b.at(" WINDOW=") {
		return
	}
	n, ok := b.fastUint(8, 65535)
	if !ok {
		return
	}
	b.e.Window, b.last = uint16(n), event.HasWindow
	b.e.Fields |= event.HasWindow
	if b.at(" RES=0x00 SYN URGP=0 ") { // most of what a firewall denies
		b.flags |= event.SYN
		b.urgp = true
		b.last = 0
		b.pos += len(" RES=0x00 SYN URGP=0 ")
		if b.d != nil {
			b.d.Res, b.d.URGP = 0, 0
		}
	}
}

// fastUDP is UDP's own length, which ends the record.
func (b *body) fastUDP() {
	if !b.at(" LEN=") {
		return
	}
	if n, ok := b.fastUint(5, 1<<32-1); ok {
		b.l4len = true
		b.last = 0
		if b.d != nil {
			b.d.L4Len = int(n)
		}
		if string(b.text[b.pos:]) == " " {
			b.pos++
		}
	}
}
