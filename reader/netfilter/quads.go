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

// find is where the quad of n bytes at the start of b belongs, and whether it is
// there. A space must be at n.
func (k *knownQuads) find(b *[20]byte, n int) (q *knownQuad, is bool) {
	lo, hi := quadText(b, n)
	q = &k[(lo^hi*0x9e3779b97f4a7c15)*0x9e3779b97f4a7c15>>58]
	return q, q.lo == lo && q.hi == hi
}

// read puts it there, if it is one.
func (q *knownQuad) read(b *[20]byte, n int) bool {
	addr, ok := lex.Quad(b, n)
	if ok {
		q.addr = addr
		q.lo, q.hi = quadText(b, n)
	}
	return ok
}

// quadText is the quad of n bytes with the space behind it.
func quadText(b *[20]byte, n int) (lo, hi uint64) {
	return binary.LittleEndian.Uint64(b[:]), binary.LittleEndian.Uint64(b[8:]) & (1<<(8*uint(n-7)&127) - 1)
}
