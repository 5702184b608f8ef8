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

	// It with the MAC= that stood behind it last, and what both say; empty if none has.
	whole  []byte
	linked event.Event
}

// A head holds "IN= OUT=" at least, and one longer than any that the kernel can
// print (127 bytes of nft's prefix, four names of interfaces) is not kept.
const (
	minHead = len("IN= OUT=")
	maxHead = 256
)

func tailOf(text []byte) uint64 { return binary.LittleEndian.Uint64(text[len(text)-8:]) }

// usualLink makes e what is known of the beginning of text, up to OUT= or MAC=,
// and returns its length; 0 if there is none.
func (p *Parser) usualLink(e *event.Event, text []byte) int {
	for i := range p.known.heads[:p.known.n] {
		h := &p.known.heads[i]
		n := len(h.text)
		if len(text) <= n || tailOf(text[:n]) != h.tail {
			continue
		}
		if n := len(h.whole); n > 0 && len(text) > n && string(text[:n]) == string(h.whole) {
			*e = h.linked
			return n
		}
		if text[n] == ' ' && string(text[:n]) == string(h.text) {
			return p.link(e, text, h)
		}
	}
	return 0
}

// link is usualLink with a MAC= that has not stood behind h just before.
func (p *Parser) link(e *event.Event, text []byte, h *head) int {
	*e = h.seed
	at := len(h.text)
	if !next(text, at, " MAC=") {
		return at
	}
	if at = p.usualMAC(e, text, at+len(" MAC=")); at > len(text) {
		return 0
	}
	h.whole, h.linked = append(h.whole[:0], text[:at]...), *e
	return at
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
	next.whole = next.whole[:0]
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
