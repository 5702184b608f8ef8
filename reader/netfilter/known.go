package netfilter

import (
	"encoding/binary"

	"fwreport/reader/event"
)

// knownHeads are beginnings of records, from the prefix to OUT=, and what they say.
// They are kept by their text, so it makes no difference which have been met.
type knownHeads struct {
	heads  [16]head
	n      int
	oldest int
}

// head is one of them.
type head struct {
	text []byte
	tail uint64 // the last eight bytes of text
	seed event.Event
}

// A head holds "IN= OUT=" at least, and one longer than any that the kernel can
// print (127 bytes of nft's prefix, four names of interfaces) is not kept.
const (
	minHead = len("IN= OUT=")
	maxHead = 256
)

func tailOf(text []byte) uint64 { return binary.LittleEndian.Uint64(text[len(text)-8:]) }

// recall makes e what the known head says with which text begins, and returns
// its length; 0 if there is none.
func (p *Parser) recall(e *event.Event, text []byte) int {
	for i := range p.known.heads[:p.known.n] {
		h := &p.known.heads[i]
		n := len(h.text)
		if len(text) > n && text[n] == ' ' && tailOf(text[:n]) == h.tail && string(text[:n]) == string(h.text) {
			*e = h.seed
			return n
		}
	}
	return 0
}

// remember keeps a head that the general parser has found.
func (p *Parser) remember(text []byte, h *header, dec *decision) {
	k := &p.known
	if len(text) < minHead || len(text) > maxHead || k.has(text) {
		return
	}
	if k.n < len(k.heads) {
		k.n++
	}
	next := &k.heads[k.oldest]
	k.oldest = (k.oldest + 1) % len(k.heads)
	next.text = append(next.text[:0], text...)
	next.tail = tailOf(text)
	next.seed = event.Event{}
	p.head(&next.seed, h, dec)
}

func (k *knownHeads) has(text []byte) bool {
	for i := range k.heads[:k.n] {
		if string(k.heads[i].text) == string(text) {
			return true
		}
	}
	return false
}
