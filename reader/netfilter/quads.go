package netfilter

import (
	"encoding/binary"
	"fwreport/reader/lex"
)

// knownQuads are dotted quads with the space behind them that have been read,
// each at a place that its text gives. They are used for destinations: those are
// few behind one firewall, and to compare two words takes a third of the time
// that reading four numbers does. Sources are many, and were slower with it.
type knownQuads [64]knownQuad

// knownQuad is one of them: its text with the space and zeros behind. The zero
// value is none, since it has no space.
type knownQuad struct {
	lo, hi uint64
	addr   uint32
}

// quad is lex.Quad. A space must be at n.
func (k *knownQuads) quad(b *[20]byte, n int) (addr uint32, ok bool) {
	lo, hi := binary.LittleEndian.Uint64(b[:]), binary.LittleEndian.Uint64(b[8:])
	hi &= 1<<(8*uint(n-7)&127) - 1
	q := &k[(lo^hi*0x9e3779b97f4a7c15)*0x9e3779b97f4a7c15>>58]
	if q.lo != lo || q.hi != hi {
		if addr, ok = lex.Quad(b, n); ok {
			*q = knownQuad{lo, hi, addr}
		}
		return addr, ok
	}
	return q.addr, true
}
