package syslog

import (
	"bytes"

	"fwreport/reader"
	"fwreport/reader/event"
	"fwreport/reader/lex"
	"fwreport/reader/netfilter"
)

var (
	repeatedWord = []byte("repeated ")
	messageWord  = []byte("message repeated ")
	timesColon   = []byte(" times: [")
)

// repeatedBracket recognises rsyslog's "message repeated 4 times: [ <message>]",
// which stands for four occurrences of the message that it quotes. The quote is
// cut at 800 bytes by rsyslog itself.
func repeatedBracket(msg []byte) (n uint32, inner []byte, ok bool) {
	if len(msg) == 0 || msg[0] != 'm' || !bytes.HasPrefix(msg, messageWord) {
		return 0, nil, false
	}
	num, rest := cutWord(msg[len(messageWord):])
	n, ok = lex.Uint(num)
	if !ok || n == 0 || !bytes.HasPrefix(rest, timesColon[1:]) {
		return 0, nil, false
	}
	inner = bytes.TrimSuffix(rest[len(timesColon)-1:], []byte{']'})
	return n, inner, true
}

// repeats recognises a line that says that an earlier message occurred n more
// times (sysklogd, old rsyslog, syslog-ng). quote is the beginning of that
// message where syslog-ng gives it.
func repeats(msg []byte) (n uint32, quote []byte, ok bool) {
	i := bytes.Index(msg, repeatedWord)
	if i < 0 || i > 64 {
		return 0, nil, false
	}
	num, rest := cutWord(msg[i+len(repeatedWord):])
	n, ok = lex.Uint(num)
	if !ok || n == 0 || !bytes.HasPrefix(rest, []byte("times")) {
		return 0, nil, false
	}
	switch before := string(bytes.TrimSpace(msg[:i])); before {
	case "last message", "message", "msg", "--- last message", "Last message":
		return n, nil, true
	default:
		quote, ok = bytes.CutPrefix(msg[:i], []byte("Last message '"))
		quote = bytes.TrimSuffix(quote, []byte("' "))
		return n, quote, ok
	}
}

// repeat adds an event for n more occurrences of the host's previous message,
// if that was a firewall record. It stands at the time and place of the notice:
// the last of the n happened then, and nothing is known of the others.
func (p *parser) repeat(b *reader.Batch, c *reader.Chunk, i uint64, start int, n uint32, quote []byte) {
	notice := p.env
	host := string(notice.host)
	p.joined, p.spare = p.spare, p.joined // the notice may stand there
	w := linesBefore(c, start)
	for line, ok := w.next(); ok; line, ok = w.next() {
		p.back = w
		p.openLine(&p.env, bare0(line), c.Input.YearRef)
		if p.env.part || string(p.env.host) != host {
			continue
		}
		if _, _, again := repeats(p.env.msg); again || quote != nil && !bytes.HasPrefix(p.env.msg, quote) {
			continue
		}
		break
	}
	if !w.ok {
		p.env = notice
		return
	}
	msg := p.env.msg
	if _, inner, ok := repeatedBracket(msg); ok {
		msg = stripUptime(&p.env, skipSpaces(inner))
	}
	outcome, _ := p.record(b, msg)
	p.env = notice
	if outcome != netfilter.Packet {
		p.drop(b)
		return
	}
	p.complete(b, c.Ref(i), n)
	b.Events[len(b.Events)-1].Fields |= event.Repeat
	p.identifyRepeat(b, n)
}

// backwards walks the lines before a place, through the chunk and then through
// its look-back.
type backwards struct {
	c     *reader.Chunk
	pos   int // start of the line last returned, in Data; negative in Prev
	limit int // no line that starts before this is returned
	ok    bool
}

func (w *backwards) next() (line []byte, ok bool) {
	text, end := w.c.Data, w.pos
	if w.pos <= 0 {
		text, end = w.c.Prev, len(w.c.Prev)+w.pos
	}
	w.ok = false
	if end <= 0 {
		return nil, false
	}
	start := bytes.LastIndexByte(text[:end-1], '\n') + 1
	if w.pos -= end - start; w.pos < w.limit {
		return nil, false
	}
	w.ok = true
	line, _ = reader.NextLine(text[start:end])
	return line, true
}
