package netfilter

import (
	"encoding/binary"
	"strings"

	"fwreport/reader/event"
	"fwreport/reader/lex"
)

// reach is how many bytes can be read without asking whether the text goes on so
// far: twice the longest head with its MAC=, of which the second half is more
// than the longest IPv4 and TCP headers take.
const reach = 768

// widened is text with line ends behind it, which end a record as the end of
// text does. It is valid until the next call.
func (p *Parser) widened(text []byte) []byte {
	n := copy(p.room[:], text)
	return p.room[:n+copy(p.room[n:], lineEnds)]
}

var lineEnds = strings.Repeat("\n", reach)

// usualIPv4 is the header of IPv4 at q, behind SRC=, with the TCP that most
// records have. It returns 0 for any other, and has done nothing then.
//
// It, and usualSYN, go through a window of fixed size: what is read at a place
// that is masked to be in its first half needs no check, and no mask changes a
// place, since all that is before it is bounded. One value at a time by
// functions that can stand anywhere in a text took twice the time.
func (p *Parser) usualIPv4(e *event.Event, w *[reach]byte, q int) int {
	q &= 511
	b := (*[20]byte)(w[q:])
	n := lex.QuadEnd(b)
	src, ok := lex.Quad(b, n)
	q = (q + n) & 511
	if !ok || string(w[q:q+5]) != " DST=" {
		return 0
	}
	b = (*[20]byte)(w[q+5:])
	n = lex.QuadEnd(b)
	dst, ok := p.dsts.quad(b, n)
	q = (q + 5 + n) & 511
	if n == 0 || !ok || string(w[q:q+5]) != " LEN=" {
		return 0
	}
	n = 2
	two, ok := lex.Two(binary.LittleEndian.Uint32(w[q+5:]))
	length := uint16(two)
	if !ok {
		length, n, ok = lex.Short(binary.LittleEndian.Uint64(w[q+5:]))
	}
	q = (q + 5 + n) & 511
	if !ok {
		return 0
	}
	tos := uint8(0)
	if string(w[q:q+8]) != " TOS=0x0" || string(w[q+8:q+16]) != "0 PREC=0" || string(w[q+16:q+24]) != "x00 TTL=" {
		if tos, ok = usualTOS((*[24]byte)(w[q:])); !ok {
			return 0
		}
	}
	n = 2
	ttl, ok := lex.Two(binary.LittleEndian.Uint32(w[q+24:]))
	if !ok {
		ttl, n, ok = lex.Tiny(binary.LittleEndian.Uint32(w[q+24:]))
	}
	q = (q + 24 + n) & 511
	if !ok || string(w[q:q+4]) != " ID=" {
		return 0
	}
	n = 5
	id, ok := lex.Five(binary.LittleEndian.Uint64(w[q+4:]))
	if !ok {
		id, n, ok = lex.Short(binary.LittleEndian.Uint64(w[q+4:]))
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

// usualTOS is what stands between the length and the number of TTL=.
func usualTOS(w *[24]byte) (tos uint8, ok bool) {
	v, ok1 := lex.HexByte(w[7], w[8])
	prec, ok2 := lex.HexByte(w[17], w[18])
	if !ok1 || !ok2 || string(w[:7]) != " TOS=0x" || string(w[9:17]) != " PREC=0x" || string(w[19:]) != " TTL=" {
		return 0, false
	}
	return v | prec, true
}

// usualSYN is PROTO= and TCP's header of most of what a firewall denies: it has no
// flag but SYN. It returns 0 for any other, and has done nothing then.
func usualSYN(e *event.Event, w *[reach]byte, q int) int {
	if q > reach-256 || string(w[q:q+8]) != " PROTO=T" || string(w[q+7:q+15]) != "TCP SPT=" { // a FLOWLBL= may be long
		return 0
	}
	n := 5
	src, ok := lex.Five(binary.LittleEndian.Uint64(w[q+15:]))
	if !ok {
		src, n, ok = lex.Short(binary.LittleEndian.Uint64(w[q+15:]))
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
	if !ok || string(w[q:q+8]) != " RES=0x0" || string(w[q+8:q+16]) != "0 SYN UR" || string(w[q+16:q+20]) != "GP=0" {
		return 0
	}
	e.Proto = event.TCP
	e.SrcPort, e.DstPort, e.Window, e.Flags = src, dst, size, event.SYN
	e.Fields |= event.HasSrcPort | event.HasDstPort | event.HasWindow | event.HasFlags
	return q + len(" RES=0x00 SYN URGP=0")
}
