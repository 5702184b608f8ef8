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

// usual accounts for the line at that place if it is a kernel's record of the
// usual shape from the host of the one before, and returns where it ends; 0 if it
// is not, and then nothing has happened. It goes over the line once, so its end is
// found on the way: looking for it first, filling an envelope and handing that on
// took as long again as all that is done here.
func (p *parser) usual(b *reader.Batch, c *reader.Chunk, i uint64, at int) int {
	if p.hostLen == 0 || p.opt.Detail {
		return 0
	}
	when, marks, uptime, k := p.usualHead(c, at)
	if k == 0 {
		return 0
	}
	e := spare(b)
	end := p.body.Usual(e, c.Data, k)
	if end == 0 {
		return 0
	}
	b.Events = b.Events[:len(b.Events)+1]
	e.Time, e.Ref, e.Count, e.Host = when, c.Ref(i), 1, p.hostSym
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
		p.said = c.Data[k:end]
		p.identify(b, 1)
	}
	return end
}

// lineReach is how many bytes are read of a line without asking how long it is:
// stamp, tag and uptime end well before.
const lineReach = 160

// usualHead is what stands before a record: the stamp, the uptime, -1 if there is
// none, and where the record begins; 0 if it is something else.
func (p *parser) usualHead(c *reader.Chunk, at int) (when int64, marks event.Fields, uptime int64, end int) {
	if len(c.Data)-at >= lineReach && p.clock.rfcOK && p.clock.rfcRef == c.Input.YearRef {
		w := (*[lineReach]byte)(c.Data[at : at+lineReach : at+lineReach])
		if t, ok := p.clock.sameMinute(w); ok {
			if uptime, end = p.sameTag(w, len("Jan  2 03:04:05")); end > 0 {
				return t, p.clock.rfcMarks, uptime, at + end
			}
		}
	}
	text := c.Data[at:]
	when, marks, n := p.usualStamp(text, c.Input.YearRef)
	if len(text) >= lineReach && uint(n-1) < 32 {
		if uptime, end = p.sameTag((*[lineReach]byte)(text), n); end > 0 {
			return when, marks, uptime, at + end
		}
	}
	if uptime, end = p.usualTag(text, n); end == 0 {
		return 0, 0, 0, 0
	}
	return when, marks, uptime, at + end
}

// sameTag is usualTag for an uptime of as many digits as that of the line before,
// or none; n is less than 33. It calls nothing, so all that it needs stays in the
// processor's registers.
func (p *parser) sameTag(w *[lineReach]byte, n int) (uptime int64, end int) {
	t := &p.tag
	n &= 63
	if w[n] != ' ' || t.size == 0 || binary.LittleEndian.Uint64(w[n+1:]) != t.words[0] {
		return 0, 0
	}
	for i := 1; i < t.whole; i++ {
		if binary.LittleEndian.Uint64(w[n+1+8*(i&7):]) != t.words[i&7] {
			return 0, 0
		}
	}
	q := (n + t.size) & 127
	if binary.LittleEndian.Uint64(w[max(q-7, 0):]) != t.last {
		return 0, 0
	}
	q++
	if w[q] != '[' || w[q+1] > '9' {
		return -1, beforeMessage(w[q], q)
	}
	digits := int(p.digits & 15)
	sec, ok1 := lex.Digits(binary.LittleEndian.Uint64(w[q+1:]), p.digits)
	micros, ok2 := lex.Micros(binary.LittleEndian.Uint64(w[q+1+digits:]))
	q += 1 + digits + 8
	if !ok1 || !ok2 || w[q] != ' ' || w[q+1] == '[' && w[q+2] <= '9' {
		return 0, 0
	}
	return int64(sec)*1e6 + int64(micros), beforeMessage(w[q+1], q+1)
}

// beforeMessage is q, if what begins with c there can be told from words that
// daemons put before messages by that alone; 0 if not.
func beforeMessage(c byte, q int) int {
	if c == ' ' || c == 'k' || c == 'm' { // "kernel:" again, "message repeated"
		return 0
	}
	return q
}

// usualTag is what stands between stamp and record, from the host of the line
// before on: the uptime, -1 if there is none, and where it ends; 0 if it is
// something else.
func (p *parser) usualTag(text []byte, n int) (uptime int64, end int) {
	if n == 0 || len(text) <= n || text[n] != ' ' || !bytes.HasPrefix(text[n+1:], p.hostTag) {
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
