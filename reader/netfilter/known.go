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
	last   [32]place // where a text with such a beginning was found last, or another that shares the number
}

// place is a head's number, and its length as a whole: the processor need not
// fetch the head to know where the next field begins.
type place struct{ head, whole uint16 }

// head is one of them.
type head struct {
	text []byte
	tail uint64 // the last eight bytes of text
	seed event.Event

	// It with what stood behind it last, a MAC= or nothing, and SRC=, and what both
	// say; empty if nothing else has.
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

// beginning is the number of a text in last. Prefixes differ in their first
// letters; those that do not share a number, which costs time only.
func beginning(w *[reach]byte) int {
	a, b, c := binary.LittleEndian.Uint64(w[:]), binary.LittleEndian.Uint64(w[8:]), binary.LittleEndian.Uint64(w[16:])
	return int((a + 2*b + 4*c) * 0x9e3779b97f4a7c15 >> 59)
}

// guess is the head that w may begin with, and how long that is with what stood
// behind it last, up to SRC= and that included; 0 if there is none. One place to
// look at, not a walk through all heads: which of them is next is random, and each
// wrong guess of the processor's costs as much as all this.
func (k *knownHeads) guess(w *[reach]byte) (h *head, whole int) {
	last := k.last[beginning(w)]
	return &k.heads[last.head&15], int(last.whole) & 511
}

// findLink is the head of the text in w if another has its place, or if what
// stands behind it has not done so just before. It returns 0 if there is none.
func (p *Parser) findLink(e *event.Event, w *[reach]byte) (h *head, whole int) {
	k := &p.known
	for i := range k.heads[:k.n] {
		h = &k.heads[i]
		n := len(h.text)
		if tailOf(w[:n]) != h.tail || w[n] != ' ' || string(w[:n]) != string(h.text) {
			continue
		}
		whole = p.link(e, w[:], h)
		k.last[beginning(w)] = place{uint16(i), uint16(whole)}
		return h, whole
	}
	return nil, 0
}

// link makes e what h says, with what stands between it and SRC=.
func (p *Parser) link(e *event.Event, text []byte, h *head) int {
	*e = h.seed
	at := len(h.text)
	if next(text, at, " MAC=") {
		at = p.usualMAC(e, text, at+len(" MAC="))
	}
	if !next(text, at, " SRC=") {
		return 0
	}
	at += len(" SRC=")
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
