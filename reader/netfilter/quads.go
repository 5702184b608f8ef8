package netfilter

import (
	"encoding/binary"
	"math/bits"

	"fwreport/reader/lex"
)

// knownQuads are dotted quads with the space behind them that have been read,
// each at a place that its text gives. They are used for destinations: those are
// few behind one firewall, and to compare two words takes a third of the time
// that reading four numbers does. Sources are many, and were slower with it.
type knownQuads [64]knownQuad

// knownQuad is the text up to the first space, that included, and zeros behind:
// without the space a text with zeros in it would be taken for a shorter one. So
// nothing is equal to the zero value either.
type knownQuad struct {
	lo, hi uint64
	addr   uint32
}

// quad is lex.Quad.
func (k *knownQuads) quad(b *[16]byte) (addr uint32, n int) {
	lo, hi := binary.LittleEndian.Uint64(b[:]), binary.LittleEndian.Uint64(b[8:])
	end := spaces(hi)
	if spaces(lo) != 0 || end == 0 {
		return lex.Quad(b) // of less than eight bytes, or none
	}
	hi &= end&-end<<8 - 1
	length := 8 + bits.TrailingZeros64(end)>>3
	q := &k[(lo^hi*0x9e3779b97f4a7c15)*0x9e3779b97f4a7c15>>58]
	if q.lo == lo && q.hi == hi {
		return q.addr, length
	}
	if addr, n = lex.Quad(b); n == length {
		*q = knownQuad{lo, hi, addr}
	}
	return addr, n
}

// spaces has the lowest bit of the first byte of w set that is a space, and
// nothing below; above may be anything. It is 0 if there is none.
func spaces(w uint64) uint64 {
	const each = 0x0101010101010101
	w ^= each * ' '
	return (w - each) & ^w & (each << 7) >> 7
}
