package netfilter

import (
	"encoding/binary"
	"strings"

	"fwreport/reader/event"
	"fwreport/reader/lex"
)

// reach is how many bytes can be read without asking whether the text goes on so
// far: the longest head with its MAC=, the longest IPv4 and TCP headers, and what
// a mask of 511 adds to that.
const reach = 576

// widened is text with line ends behind it, which end a record as the end of
// text does. It is valid until the next call.
func (p *Parser) widened(text []byte) []byte {
	copy(p.room[copy(p.room[:], text):], lineEnds)
	return p.room[:]
}

var lineEnds = strings.Repeat("\n", reach)

// usualIPv4 is the header of IPv4 at q, behind SRC=, with what most records have
// in it. It returns where it ends; 0 for any other, and has done nothing then.
//
// It, and usualSYN, go through a window of fixed size: what is read at a place
// that is masked to be in its first half needs no check, and no mask changes a
// place, since all that is before it is bounded. One value at a time by
// functions that can stand anywhere in a text took twice the time.
//
// What costs most is that each field begins where the one before ends: reading a
// number takes twenty steps, one after the other. So a number is first taken for
// one of the usual length: the processor goes on behind it at once, and has to
// come back only if that was wrong.
func (p *Parser) usualIPv4(e *event.Event, w *[reach]byte, q int) int {
	src, dst, q := p.usualAddresses(w, q)
	if q == 0 || string(w[q:q+5]) != " LEN=" {
		return 0
	}
	n, digits := 2, binary.LittleEndian.Uint64(w[q+5:])
	two, ok := lex.Two(uint32(digits))
	length := uint16(two)
	if !ok {
		length, n, ok = lex.Short(digits)
	}
	q = (q + 5 + n) & 511
	if !ok {
		return 0
	}
	tos, k := uint8(0), (*[32]byte)(w[q:])
	if string(k[:8]) != " TOS=0x0" || string(k[8:16]) != "0 PREC=0" || string(k[16:24]) != "x00 TTL=" {
		if tos, ok = usualTOS(k); !ok {
			return 0
		}
	}
	n, digits = 2, binary.LittleEndian.Uint64(k[24:])
	ttl, ok := lex.Two(uint32(digits))
	if !ok {
		ttl, n, ok = lex.Tiny(uint32(digits))
	}
	q = (q + 24 + n) & 511
	if !ok || string(w[q:q+4]) != " ID=" {
		return 0
	}
	n, digits = 5, binary.LittleEndian.Uint64(w[q+4:])
	id, ok := lex.Five(digits)
	if !ok {
		id, n, ok = lex.Short(digits)
	}
	q = (q + 4 + n) & 511
	if !ok {
		return 0
	}
	df := 0
	if binary.LittleEndian.Uint32(w[q:]) == ' '|'D'<<8|'F'<<16|' '<<24 {
		df = len(" DF") // no branch: about half of all packets have it
	}
	e.Src, e.Dst, e.Len = event.AddrFrom4(src), event.AddrFrom4(dst), uint32(length)
	e.TOS, e.TTL, e.ID = tos, ttl, id
	e.Fields |= event.HasSrc | event.HasDst | event.HasLen | event.HasTOS | event.HasTTL | event.HasID | event.DF*event.Fields(df&1)
	return q + df
}

// usualAddresses are both, and what stands between them; the place is 0 if
// something else does.
func (p *Parser) usualAddresses(w *[reach]byte, q int) (src, dst uint32, end int) {
	q &= 511
	b := (*[20]byte)(w[q:])
	n := lex.QuadEnd(b)
	src, ok := lex.Quad(b, n)
	q = (q + n) & 511
	if !ok || string(w[q:q+5]) != " DST=" {
		return 0, 0, 0
	}
	b = (*[20]byte)(w[q+5:])
	n = lex.QuadEnd(b)
	known, is := p.dsts.find(b, n)
	if n == 0 || !is && !known.read(b, n) {
		return 0, 0, 0
	}
	return src, known.addr, (q + 5 + n) & 511
}

// usualTOS is what stands between the length and the number of TTL=.
func usualTOS(w *[32]byte) (tos uint8, ok bool) {
	v, ok1 := lex.HexByte(w[7], w[8])
	prec, ok2 := lex.HexByte(w[17], w[18])
	if !ok1 || !ok2 || string(w[:7]) != " TOS=0x" || string(w[9:17]) != " PREC=0x" || string(w[19:24]) != " TTL=" {
		return 0, false
	}
	return v | prec, true
}

// usualSYN is PROTO= and TCP's header of most of what a firewall denies: it has no
// flag but SYN. It returns 0 for any other, and has done nothing then.
func usualSYN(e *event.Event, w *[reach]byte, q int) int {
	if q > 448 || string(w[q:q+8]) != " PROTO=T" || string(w[q+7:q+15]) != "TCP SPT=" { // behind a long FLOWLBL=
		return 0
	}
	n, digits := 5, binary.LittleEndian.Uint64(w[q+15:])
	src, ok := lex.Five(digits)
	if !ok {
		src, n, ok = lex.Short(digits)
	}
	q = (q + 15 + n) & 511
	if !ok || string(w[q:q+5]) != " DPT=" {
		return 0
	}
	dst, n, ok := lex.Short(binary.LittleEndian.Uint64(w[q+5:]))
	q = (q + 5 + n) & 511
	if !ok || string(w[q:q+8]) != " WINDOW=" {
		return 0
	}
	size, n, ok := lex.Short(binary.LittleEndian.Uint64(w[q+8:]))
	q = (q + 8 + n) & 511
	k := (*[20]byte)(w[q:])
	if !ok || string(k[:8]) != " RES=0x0" || string(k[8:16]) != "0 SYN UR" || string(k[16:]) != "GP=0" {
		return 0
	}
	e.Proto = event.TCP
	e.SrcPort, e.DstPort, e.Window, e.Flags = src, dst, size, event.SYN
	e.Fields |= event.HasSrcPort | event.HasDstPort | event.HasWindow | event.HasFlags
	return q + len(" RES=0x00 SYN URGP=0")
}
