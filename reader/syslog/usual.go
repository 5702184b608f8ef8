package syslog

import (
	"bytes"
	"encoding/binary"
	"slices"

	"fwreport/reader"
	"fwreport/reader/event"
	"fwreport/reader/lex"
	"fwreport/reader/netfilter"
)

// usual accounts for the line that text begins with if it is a kernel's record
// of the usual shape from the host of the one before, and returns its length
// with its end; 0 if it is not, and then nothing has happened. It goes over the
// line once, so its end is found on the way: looking for it first, filling an
// envelope and handing that on took as long again as all that is done here.
func (p *parser) usual(b *reader.Batch, c *reader.Chunk, i uint64, text []byte) int {
	at, marks, n := p.clock.sameMinute(text, c.Input.YearRef)
	if n == 0 {
		at, marks, n = p.usualStamp(text, c.Input.YearRef)
	}
	uptime, k := p.sameTag(text, n)
	if k == 0 {
		if uptime, k = p.usualTag(text, n); k == 0 {
			return 0
		}
	}
	e := spare(b)
	msg := text[k:]
	if n = p.body.Usual(e, msg); n == 0 {
		return 0
	}
	b.Events = b.Events[:len(b.Events)+1]
	e.Time, e.Ref, e.Count, e.Host = at, c.Ref(i), 1, p.hostSym
	if uptime >= 0 {
		e.Uptime, marks = uptime, marks|event.HasUptime
	}
	e.Fields |= marks
	if marks&^p.told != 0 {
		p.told |= marks
		b.YearInferred = b.YearInferred || marks&event.YearInferred != 0
		b.TZAssumed = b.TZAssumed || marks&event.TZAssumed != 0
	}
	if p.opt.Identify != nil {
		p.said = msg[:n]
		p.identify(b, 1)
	}
	return min(len(text), k+n+1)
}

// sameTag is usualTag for an uptime of as many digits as that of the line before,
// or none. It calls nothing, so all that it needs stays in the processor's
// registers.
func (p *parser) sameTag(text []byte, n int) (uptime int64, end int) {
	const reach, most = 160, 31 // stamp, tag and uptime end well before
	if len(text) < reach || uint(n-1) >= most || p.tag.size == 0 {
		return 0, 0
	}
	w := (*[reach]byte)(text)
	if w[n] != ' ' {
		return 0, 0
	}
	n++
	for i, word := range p.tag.words[:p.tag.whole] {
		if binary.LittleEndian.Uint64(w[n+8*i:]) != word {
			return 0, 0
		}
	}
	q := (n + p.tag.size) & 127
	if binary.LittleEndian.Uint64(w[q-8:]) != p.tag.last {
		return 0, 0
	}
	if w[q] != '[' || w[q+1] > '9' {
		if c := w[q]; c == ' ' || c == kernelTag[0] || c == messageWord[0] {
			return 0, 0
		}
		return -1, q
	}
	sec, ok1 := lex.Digits(binary.LittleEndian.Uint64(w[q+1:]), p.digits)
	micros, ok2 := lex.Micros(binary.LittleEndian.Uint64(w[q+1+int(p.digits):]))
	q = (q + 1 + int(p.digits) + 8) & 127
	if c := w[q+1]; !ok1 || !ok2 || w[q] != ' ' || c == '[' && w[q+2] <= '9' || c == messageWord[0] {
		return 0, 0
	}
	return int64(sec)*1e6 + int64(micros), q + 1
}

// usualTag is what stands between stamp and record, from the host of the line
// before on: the uptime, -1 if there is none, and where it ends; 0 if it is
// something else.
func (p *parser) usualTag(text []byte, n int) (uptime int64, end int) {
	if n == 0 || p.hostLen == 0 || len(text) <= n || text[n] != ' ' || !bytes.HasPrefix(text[n+1:], p.hostTag) {
		return 0, 0
	}
	msg := text[n+1+len(p.hostTag):]
	if len(msg) == 0 || msg[0] == ' ' || bytes.HasPrefix(msg, kernelTag) {
		return 0, 0
	}
	uptime, k := netfilter.Uptime(msg)
	if k == 0 {
		uptime = -1
	} else {
		p.digits = 0
		if digits := bytes.IndexByte(msg[:k], '.') - 1; digits <= 8 {
			p.digits = uint8(digits)
		}
	}
	msg = msg[k:]
	for k > 0 && len(msg) > 1 && msg[0] == '[' && msg[1] <= '9' { // another, of which there are few
		_, k = netfilter.Uptime(msg)
		msg = msg[k:]
	}
	if len(msg) == 0 || bytes.HasPrefix(msg, messageWord) {
		return 0, 0
	}
	return uptime, len(text) - len(msg)
}

// usualStamp is the stamp of RFC 3164 or the ISO one; n is 0 if there is none.
func (p *parser) usualStamp(text []byte, ref int64) (at int64, marks event.Fields, n int) {
	if len(text) == 0 || text[0]-'0' > 9 {
		return p.clock.rfc3164(text, ref)
	}
	at, marks, n, comma := p.clock.iso(text)
	if comma { // dmesg's, which has no host
		n = 0
	}
	return at, marks, n
}

// nextEvent appends an event, which may hold anything, and returns its place:
// append would make one elsewhere and copy it.
func nextEvent(b *reader.Batch) *event.Event {
	e := spare(b)
	b.Events = b.Events[:len(b.Events)+1]
	return e
}

// spare is the place of the event that would be appended next.
func spare(b *reader.Batch) *event.Event {
	n := len(b.Events)
	if n == cap(b.Events) {
		b.Events = slices.Grow(b.Events, 1)
	}
	return &b.Events[:n+1][n]
}

// knownTag is a text in words: those that are whole, and the last eight bytes.
type knownTag struct {
	words [8]uint64
	whole int
	last  uint64
	size  int
}

// set makes t a text, or nothing if it is shorter or longer than t can be.
func (t *knownTag) set(text []byte) {
	*t = knownTag{}
	if len(text) < 8 || len(text) > 8*len(t.words) {
		return
	}
	t.size, t.whole = len(text), (len(text)-1)/8
	for i := range t.whole {
		t.words[i] = binary.LittleEndian.Uint64(text[8*i:])
	}
	t.last = binary.LittleEndian.Uint64(text[t.size-8:])
}
