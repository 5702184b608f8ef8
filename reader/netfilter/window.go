package netfilter

import (
	"encoding/binary"
	"strings"

	"fwreport/reader/event"
	"fwreport/reader/lex"
)

// window is how many bytes can be read behind a place without asking whether
// the text goes on so far: more than the longest IPv4 or TCP header takes.
const window = 192

// widened is text with line ends behind it, which end a record as the end of
// text does. It is valid until the next call.
func (p *Parser) widened(text []byte) []byte {
	n := copy(p.room[:], text)
	return p.room[:n+copy(p.room[n:], lineEnds)]
}

var lineEnds = strings.Repeat("\n", 2*window)

// usualNetwork is the header of IPv4 or IPv6, from SRC= on. There must be a window.
//
// It, and usualSYN, go through a window of fixed size: what is read at a place
// that is masked to be in its first half needs no check, and no mask changes a
// place, since all that is before it is bounded. One value at a time by
// functions that can stand anywhere in a text took twice the time.
func (p *Parser) usualNetwork(e *event.Event, text []byte, at int) int {
	w := (*[window]byte)(text[at:])
	if string(w[:5]) != " SRC=" {
		return failed(text)
	}
	src, n := lex.Quad((*[16]byte)(w[5:]))
	if n == 0 {
		return usualIPv6(e, text, at)
	}
	q := (5 + n) & 127
	if string(w[q:q+5]) != " DST=" {
		return failed(text)
	}
	dst, n := p.dsts.quad((*[16]byte)(w[q+5:]))
	q = (q + 5 + n) & 127
	if n == 0 || string(w[q:q+5]) != " LEN=" {
		return failed(text)
	}
	length, n := lex.Decimal(binary.LittleEndian.Uint64(w[q+5:]))
	if n-1 > 4 || n == 0 {
		return failed(text)
	}
	q = (q + 5 + n) & 127
	tos, n := usualTOS(w, q)
	e.Src, e.Dst, e.Len, e.TOS = event.AddrFrom4(src), event.AddrFrom4(dst), length, tos
	q = (q + n) & 127
	ttl, n := lex.Decimal(binary.LittleEndian.Uint64(w[q:]))
	q = (q + n) & 127
	if n-1 > 4 || n == 0 || ttl > 255 || string(w[q:q+4]) != " ID=" {
		return failed(text)
	}
	id, n := lex.Decimal(binary.LittleEndian.Uint64(w[q+4:]))
	q = (q + 4 + n) & 127
	if n-1 > 4 || n == 0 || id > 65535 {
		return failed(text)
	}
	e.TTL, e.ID = uint8(ttl), uint16(id)
	df := 0
	if binary.LittleEndian.Uint32(w[q:]) == ' '|'D'<<8|'F'<<16|' '<<24 {
		df = len(" DF") // no branch: about half of all packets have it
	}
	e.Fields |= event.HasSrc | event.HasDst | event.HasLen | event.HasTOS | event.HasTTL | event.HasID | event.DF*event.Fields(df&1)
	return at + q + df
}

// usualTOS is what stands between the length and the number of TTL=; its length
// is such that no number follows if it is something else.
func usualTOS(w *[window]byte, q int) (tos uint8, n int) {
	q &= 127
	const plain = " TOS=0x00 PREC=0x00 TTL="
	if string(w[q:q+16]) == plain[:16] && string(w[q+16:q+24]) == plain[16:] {
		return 0, len(plain)
	}
	v, ok1 := lex.HexByte(w[q+7], w[q+8])
	prec, ok2 := lex.HexByte(w[q+17], w[q+18])
	if !ok1 || !ok2 || string(w[q:q+7]) != plain[:7] || string(w[q+9:q+17]) != plain[9:17] || string(w[q+19:q+24]) != plain[19:] {
		return 0, 0 // there is a space, or a digit too many
	}
	return v | prec, len(plain)
}

// usualSYN is TCP's header, from the number of SPT= on, of most of what a
// firewall denies: it has no flag but SYN. It returns 0 for any other.
func usualSYN(e *event.Event, text []byte, at int) int {
	if len(text)-at < window {
		return 0
	}
	w := (*[window]byte)(text[at:])
	src, n := lex.Decimal(binary.LittleEndian.Uint64(w[:]))
	q := n & 127
	if n-1 > 4 || n == 0 || src > 65535 || string(w[q:q+5]) != " DPT=" {
		return 0
	}
	dst, n := lex.Decimal(binary.LittleEndian.Uint64(w[q+5:]))
	q = (q + 5 + n) & 127
	if n-1 > 4 || n == 0 || dst > 65535 || string(w[q:q+8]) != " WINDOW=" {
		return 0
	}
	size, n := lex.Decimal(binary.LittleEndian.Uint64(w[q+8:]))
	q = (q + 8 + n) & 127
	if n-1 > 4 || n == 0 || size > 65535 {
		return 0
	}
	const syn = " RES=0x00 SYN URGP=0 "
	if string(w[q:q+16]) != syn[:16] || string(w[q+16:q+21]) != syn[16:] {
		return 0
	}
	e.SrcPort, e.DstPort, e.Window, e.Flags = uint16(src), uint16(dst), uint16(size), event.SYN
	e.Fields |= event.HasSrcPort | event.HasDstPort | event.HasWindow | event.HasFlags
	return at + q + len(syn) - 1
}
