package syslog

import (
	"bytes"

	"fwreport/reader"
	"fwreport/reader/event"
	"fwreport/reader/netfilter"
)

// usual accounts for the line that text begins with if it is a kernel's record
// of the usual shape from the host of the one before, and returns its length
// with its end; 0 if it is not, and then nothing has happened. It goes over the
// line once, so its end is found on the way: looking for it first, filling an
// envelope and handing that on took as long again as all that is done here.
func (p *parser) usual(b *reader.Batch, c *reader.Chunk, i uint64, text []byte) int {
	if p.hostLen == 0 || p.opt.Detail {
		return 0
	}
	marks, n := p.clock.rfcMarks, len("Jan  2 03:04:05")
	at, ok := p.clock.sameMinute(text, c.Input.YearRef)
	if !ok {
		at, marks, n = p.usualStamp(text, c.Input.YearRef)
	}
	if n == 0 || len(text) <= n || text[n] != ' ' || !bytes.HasPrefix(text[n+1:], p.hostTag) {
		return 0
	}
	msg := text[n+1+len(p.hostTag):]
	if len(msg) == 0 || msg[0] == ' ' || msg[0] == kernelTag[0] && bytes.HasPrefix(msg, kernelTag) {
		return 0
	}
	uptime, k := netfilter.Uptime(msg)
	if k > 0 {
		msg, marks = msg[k:], marks|event.HasUptime
		for len(msg) > 1 && msg[0] == '[' && msg[1] <= '9' { // another, of which there are few
			if _, k = netfilter.Uptime(msg); k == 0 {
				break
			}
			msg = msg[k:]
		}
	}
	if len(msg) == 0 || msg[0] == messageWord[0] && bytes.HasPrefix(msg, messageWord) {
		return 0
	}
	e := nextEvent(b)
	n = p.body.Usual(e, msg)
	if n == 0 {
		b.Events = b.Events[:len(b.Events)-1]
		return 0
	}
	e.Time, e.Ref, e.Count, e.Uptime, e.Host = at, c.Ref(i), 1, uptime, p.hostSym
	e.Fields |= marks
	b.YearInferred = b.YearInferred || marks&event.YearInferred != 0
	b.TZAssumed = b.TZAssumed || marks&event.TZAssumed != 0
	if p.opt.Identify != nil {
		p.said = msg[:n]
		p.identify(b, 1)
	}
	return min(len(text)-len(msg)+n+1, len(text))
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
	if n := len(b.Events); n < cap(b.Events) {
		b.Events = b.Events[:n+1]
	} else {
		b.Events = append(b.Events, event.Event{})
	}
	return &b.Events[len(b.Events)-1]
}
