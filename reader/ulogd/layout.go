package ulogd

import (
	"bytes"
	"encoding/binary"
	"math"
	"slices"

	"fwreport/reader"
	"fwreport/reader/event"
	"fwreport/reader/lex"
)

// A layout is what the objects of one kind of packet have in common: the same
// keys in the same order, and most values: of the fifty of a TCP packet a dozen
// differ from line to line. So a line is compared with the text between these,
// some hundred bytes at once, and only what differs is read.
//
// A layout is learnt from lines that usual has read: a value that was once found
// to differ is one that differs from then on. A line that has no layout is read
// as before, so that layouts decide about speed and nothing else; FuzzLayouts
// holds both ways to the same batch.
//
// It keeps a text of its own, not lines of a chunk, and the memory of a layout
// that is given up is used for the next.
type layout struct {
	text    []byte   // a line with its end
	members []member // of text
	blanks  []blank  // the members that differ
	tail    []byte   // the text behind the last blank

	rec   record // of the line that is read; what does not differ is always there
	goals goals
	begun event.Event
	again parts // that begun lacks, for they depend on what differs
}

// member is a key with its value in a line.
type member struct {
	spelling uint8
	text     bool // in quotes
	differs  bool
	at, end  int // of the value, without quotes
}

// blank is a value that differs, and the text of the layout before it.
type blank struct {
	lead []byte
	max  uint64
	key  key
	text bool
}

// maxLayouts is enough for the protocols and chains that one firewall logs.
const maxLayouts = 8

// maxLayoutLine and maxMembers bound a layout's memory. ulogd has no object that
// comes near.
const maxLayoutLine, maxMembers = 4096, len(spellings)

// layouts are those that a parser knows, those first that are met more often.
type layouts struct {
	known   []*layout
	members []member
	spell   speller
	wait    int // lines before the next attempt to learn
}

// pause is how many lines without a layout are not learnt from after one that
// cost another its place, or had nothing to teach: a log whose every line is of
// another kind must not be learnt from for ever.
const pause = 16

// known decodes the record that data begins with if its layout is known, and
// returns its size with the line's end, else 0.
func (p *parser) known(b *reader.Batch, c *reader.Chunk, i uint64, data []byte) (size int) {
	all := p.layouts.known
	for n, l := range all {
		if size = l.read(data); size == 0 {
			continue
		}
		if n > 0 {
			all[n-1], all[n] = l, all[n-1]
		}
		p.rec = &l.rec
		p.complete(b, c, i, data[:size-1], &l.begun, l.again)
		p.rec = p.own
		return size
	}
	return 0
}

// read fills l's record from the line that data begins with; size is 0 if it is
// of another layout, or too near to the end of data to tell.
func (l *layout) read(data []byte) (size int) {
	pos := 0
	for i := range l.blanks {
		b := &l.blanks[i]
		at := pos + len(b.lead)
		if len(data) < at+room || string(data[pos:at]) != string(b.lead) {
			return 0
		}
		n := 0
		if value := data[at:]; b.text {
			n = l.fillText(b.key, value)
		} else if n = l.rec.fillNumber(b, value); n == 0 {
			return 0
		}
		pos = at + n
	}
	end := pos + len(l.tail)
	if len(data) < end || string(data[pos:end]) != string(l.tail) {
		return 0
	}
	return end
}

// room is how many bytes of a value are read without asking whether they are
// there: more than those of the longest number or IPv4 address.
const room = 17

// fillNumber takes over the number that data begins with, and returns its length,
// 0 if it is none. That of an ignored key goes where nobody looks.
func (r *record) fillNumber(b *blank, data []byte) int {
	v, size := lex.Decimal(binary.LittleEndian.Uint64(data))
	n := uint64(v)
	if size == 8 {
		n, size = digits(data)
	}
	if n > b.max || data[0] == '0' && size > 1 {
		return 0
	}
	r.num[b.key] = n
	return size
}

// fillText takes over the string that data begins with, and returns its length.
// What ends it is told by the text that must follow.
func (l *layout) fillText(k key, data []byte) int {
	r := &l.rec
	if k == kSrc {
		if v4, n := lex.IPv4Prefix(data[:16]); n > 0 {
			r.text[kSrc-numbers], r.src, r.srcRead = data[:n], event.AddrFrom4(v4), true
			r.given.add(kSrc)
			return n
		}
		r.srcRead = false
	}
	n := lex.PlainJSON(data)
	switch k {
	case kIgnored:
		return n
	case kDst:
		r.dst, r.dstRead = l.goals.of(data, n)
	}
	r.text[k-numbers] = data[:n]
	if n > 0 || k == kPrefix {
		r.given.add(k)
	} else {
		r.given.drop(k)
	}
	return n
}

// goals remembers addresses by their texts: most packets go to few destinations.
type goals [64]struct {
	text [2]uint64 // filled up with zeros, which no text has; none is {}
	addr event.Addr
}

// of is the address that the text in the first n bytes of data is, 16 at least; ok
// is false for what is none, or may be one that is too long to be remembered.
func (g *goals) of(data []byte, n int) (a event.Addr, ok bool) {
	if n == 0 || n > 16 {
		return a, false
	}
	text := [2]uint64{binary.LittleEndian.Uint64(data), binary.LittleEndian.Uint64(data[8:])}
	if n < 8 {
		text[0], text[1] = text[0]&(1<<(8*n)-1), 0
	} else {
		text[1] &= 1<<(8*n-64) - 1
	}
	const odd = 0x9e3779b97f4a7c15 // spreads over the upper bits
	known := &g[(text[0]*odd^text[1])*odd>>58]
	if known.text == text {
		return known.addr, true
	}
	if a, ok = addr(data[:n]); ok {
		known.text, known.addr = text, a
	}
	return a, ok
}

// learn makes line, an object that usual has read and its end, one of a layout.
func (p *parser) learn(line []byte) {
	ls := &p.layouts
	switch {
	case p.detail || len(line) > maxLayoutLine: // details are made from all values: there is little to gain
		return
	case ls.wait > 0:
		ls.wait--
		return
	}
	ls.members = ls.spell.members(ls.members[:0], line)
	l := ls.place(line)
	if l == nil {
		ls.wait = pause
		return
	}
	l.members, ls.members = ls.members, l.members
	l.text = append(l.text[:0], line...)
	l.rec.usual(l.text[:len(l.text)-1], &ls.spell)
	l.cut()
	p.prepare(l)
}

// members appends those of line, which usual has read.
func (s *speller) members(ms []member, line []byte) []member {
	s.last = start
	for pos := len("{"); ; pos += len(", ") {
		pos, _ = s.named(line, pos)
		m := member{spelling: s.last, text: line[pos] == '"', at: pos}
		if m.text {
			m.at++
			m.end = m.at + lex.PlainJSON(line[m.at:])
			pos = m.end + 1
		} else {
			_, n := digits(line[m.at:])
			m.end = m.at + n
			pos = m.end
		}
		if ms = append(ms, m); line[pos] == '}' {
			return ms
		}
	}
}

// newLayout has room for all that a line can have, so that learning more of it
// takes no memory.
func newLayout() *layout {
	return &layout{members: make([]member, 0, maxMembers), blanks: make([]blank, 0, maxMembers), text: make([]byte, 0, maxLayoutLine)}
}

// place finds the layout for the members of line: the one of their kind, told what
// differs, or a new one. It is nil if there is nothing to learn.
func (ls *layouts) place(line []byte) *layout {
	if !unique(ls.members) {
		return nil
	}
	for _, l := range ls.known {
		if l.sameKeys(ls.members) {
			if !l.differ(ls.members, line) {
				return nil
			}
			return l
		}
	}
	return ls.add()
}

// add returns a new layout, at the price of the last if there are many. It stands
// amid the others: behind those that are met often, before those that are not.
func (ls *layouts) add() *layout {
	n := len(ls.known)
	if n < maxLayouts {
		ls.known = append(ls.known, newLayout())
		return ls.known[n]
	}
	ls.wait = pause
	const at = maxLayouts / 2
	l := ls.known[n-1]
	copy(ls.known[at+1:], ls.known[at:])
	ls.known[at] = l
	return l
}

// unique reports whether no key stands twice: a layout could not tell which of
// the two is the last.
func unique(ms []member) bool {
	var met keySet
	for i := range ms {
		k := spellings[ms[i].spelling].key
		if met.has(k) {
			return false
		}
		if k != kIgnored {
			met.add(k)
		}
	}
	return true
}

// sameKeys reports whether a line with the members ms is of the layout's kind.
func (l *layout) sameKeys(ms []member) bool {
	return slices.EqualFunc(l.members, ms, func(a, b member) bool { return a.spelling == b.spelling && a.text == b.text })
}

// differ notes in ms, the members of line, which values are known to differ. It
// reports whether line adds to them.
func (l *layout) differ(ms []member, line []byte) (more bool) {
	for i := range ms {
		a, b := &l.members[i], &ms[i]
		b.differs = a.differs
		if !b.differs && !bytes.Equal(l.text[a.at:a.end], line[b.at:b.end]) {
			b.differs, more = true, true
		}
	}
	return more
}

// cut makes the blanks of the layout's text.
func (l *layout) cut() {
	l.blanks, l.tail = l.blanks[:0], l.text
	done := 0
	for i := range l.members {
		m := &l.members[i]
		if !m.differs {
			continue
		}
		sp := &spellings[m.spelling]
		b := blank{lead: l.text[done:m.at], key: sp.key, text: m.text, max: sp.max}
		if sp.key == kIgnored {
			b.max = math.MaxUint64
		}
		done = m.end
		l.blanks, l.tail = append(l.blanks, b), l.text[done:]
	}
}

// prepare makes what events of the layout have in common.
func (p *parser) prepare(l *layout) {
	l.begun, l.again = event.Event{Count: 1, Time: event.NoTime}, l.depends()
	l.rec.flagged, l.rec.srcRead, l.rec.dstRead = false, false, false
	if l.rec.kind() == flow {
		l.again = whole
		return
	}
	p.rec = &l.rec
	if l.rec.flagged = l.again&flagging == 0; l.rec.flagged {
		l.rec.flagBits = l.rec.flagsOf()
	}
	if l.again&placing == 0 {
		p.place(&l.begun)
	}
	if l.again&linking == 0 {
		p.rec.link(&l.begun)
	}
	if l.again&deciding == 0 {
		p.decide(&l.begun)
	}
	p.rec = p.own
}

// depends are the parts of an event that depend on values that differ.
func (l *layout) depends() (again parts) {
	for i := range l.blanks {
		again |= partOf(l.blanks[i].key)
	}
	return again
}

// partOf is the part that asks for k, 0 if none does.
func partOf(k key) parts {
	switch k {
	case kDevice, kIn, kOut, kIfIn, kIfOut, kHook, kFamily, kMark, kUID:
		return placing
	case kMACSrc, kMACDst, kMAC, kLinkType:
		return linking
	case kPrefix, kLabel:
		return deciding
	case kFIN, kSYN, kRST, kPSH, kACK, kURG, kRes2:
		return flagging
	}
	return 0
}
