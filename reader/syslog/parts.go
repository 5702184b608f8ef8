package syslog

import (
	"bytes"

	"fwreport/reader"
	"fwreport/reader/event"
	"fwreport/reader/netfilter"
)

// Container runtimes cut a line of more than 16 KiB into parts and write each as
// a line of its own: CRI's are marked P but for the last, marked F; docker's
// end without a line end but for the last. Between them the other stream's
// lines may stand.
//
// A part is no record, it is counted as other; the last one is read together
// with those before it, which are looked up in the text before the line, as far
// back as reader.LookBack. Keeping parts until the last one comes was rejected:
// it would be a fact about the input that a parser had to carry from one chunk to
// the next. The price is that a part at the very end of an input stays a part:
// nothing in it says that no more will come.
//
// Only the outermost wrapper is looked at: what is wrapped twice, or stands
// behind a priority, was not written by the runtime, and is read line by line.

// piece is a line as a container's runtime writes it.
type piece struct {
	docker bool   // by docker's json-file, not by CRI
	stderr bool   // it came from that stream, not from stdout
	part   bool   // the line goes on in another piece
	text   []byte // for docker with JSON's escapes in it
	time   int64
	marks  event.Fields
}

// openLine takes the envelope off the line that stands where p.back says.
func (p *parser) openLine(env *envelope, line []byte, ref int64) {
	of, ok := p.piece(line)
	switch {
	case !ok:
		p.open(env, line, ref)
	case of.part && !p.entire(&of):
		*env = envelope{pri: -1, pid: -1, time: of.time, marks: of.marks, part: true}
	default:
		*env = envelope{pri: -1, pid: -1, time: event.NoTime}
		text, headless := p.join(&of)
		p.inside(env, text, of.time, of.marks)
		env.headless = headless
	}
}

// piece recognises a line of a container's runtime. What docker's says without
// escapes is in p.unjson until the next call.
func (p *parser) piece(line []byte) (of piece, ok bool) {
	switch {
	case len(line) < len(dockerLog):
	case line[0] == '{':
		return p.dockerPiece(line)
	case line[0]-'0' <= 9:
		return p.criPiece(line)
	}
	return of, false
}

// longestStamp is more than an ISO stamp with nanoseconds and offset is long.
const longestStamp = 40

// criPiece is "2025-01-02T03:04:05.123456789+01:00 stdout F text". Behind P or F
// other tags may follow, after colons (Kubernetes' kubelet-cri-logging design).
func (p *parser) criPiece(line []byte) (of piece, ok bool) {
	i := bytes.IndexByte(line[:min(len(line), longestStamp)], ' ')
	if i < 0 || len(line) < i+len(" stdout F ") {
		return of, false
	}
	switch string(line[i : i+len(" stdout ")]) {
	case " stdout ":
	case " stderr ":
		of.stderr = true
	default:
		return of, false
	}
	tags, text := cutWord(line[i+len(" stdout "):])
	if len(tags) == 0 || tags[0] != 'F' && tags[0] != 'P' || len(tags) > 1 && tags[1] != ':' || text == nil {
		return of, false
	}
	t, marks, n, comma := p.clock.iso(line[:i])
	of.part, of.text, of.time, of.marks = tags[0] == 'P', text, t, marks
	return of, n == i && !comma
}

// join puts the parts before a line's last piece together with it. headless
// tells that they began before what may be looked at. The text is valid until
// the next call.
func (p *parser) join(last *piece) (text []byte, headless bool) {
	p.joined = p.joined[:0]
	if last.docker {
		p.joined = append(p.joined, p.unjson...) // before other pieces come there
	}
	headless = p.partsBefore(last)
	switch {
	case len(p.parts) == 0 && last.docker:
		return p.joined, false
	case len(p.parts) == 0:
		return last.text, false
	}
	p.joined = p.joined[:0]
	for i := len(p.parts) - 1; i >= 0; i-- {
		p.joined = appendPiece(p.joined, p.parts[i], last.docker)
	}
	clear(p.parts) // they keep the chunk's memory
	p.joined = appendPiece(p.joined, last.text, last.docker)
	return p.joined, headless
}

// partsBefore collects in p.parts, from the last to the first, the parts that go
// on in a piece.
func (p *parser) partsBefore(last *piece) (headless bool) {
	p.parts = p.parts[:0]
	w, first := p.back, p.back.pos
	for line, ok := w.next(); ok; line, ok = w.next() {
		first = w.pos
		of, ok := p.piece(bare0(line))
		if !ok || of.docker != last.docker {
			return false
		}
		if of.stderr != last.stderr {
			continue
		}
		if !of.part || p.entire(&of) {
			return false
		}
		p.parts = append(p.parts, of.text)
	}
	return len(p.parts) > 0 && w.c.Offset+int64(first) > 0
}

// appendPiece appends what a piece says.
func appendPiece(dst, text []byte, docker bool) []byte {
	if docker {
		dst, _ = unescape(dst, text) // what a piece has is valid
		return dst
	}
	return append(dst, text...)
}

// entire tells that a piece without an end, which p.piece has just returned, is
// no part all the same. Docker cuts at 16 KiB; a shorter piece without an end is
// the last one before its container stopped, or somebody stripped the end off all
// lines. So if there is a whole record in it, that one shall count.
func (p *parser) entire(of *piece) bool {
	if !of.docker || len(p.unjson) >= dockerPart {
		return false
	}
	saved := p.env
	p.env = envelope{pri: -1, pid: -1, time: event.NoTime}
	p.inside(&p.env, p.unjson, event.NoTime, 0)
	outcome, _ := p.record(&p.trial, p.env.msg)
	e := &p.trial.Events[0]
	whole := outcome == netfilter.Packet && !e.Has(event.Truncated) && e.Proto != event.NoProto &&
		!bytes.HasSuffix(p.unjson, []byte{'='})
	p.drop(&p.trial)
	p.env = saved
	return whole
}

// bare0 is a line without what crashes and editors put before it.
func bare0(line []byte) []byte {
	if len(line) > 0 && line[0] == 0 {
		line = bytes.TrimLeft(line, "\x00")
	}
	if len(line) > 2 && line[0] == bomBytes[0] {
		line = bytes.TrimPrefix(line, bom)
	}
	return line
}

// linesBefore is the place from which the parts of a chunk's line are looked up.
func linesBefore(c *reader.Chunk, start int) backwards {
	return backwards{c: c, pos: start, limit: start - reader.LookBack}
}
