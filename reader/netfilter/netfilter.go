// Package netfilter decodes the text that the kernel's LOG target prints
//
//	[prefix] IN=<if> OUT=<if> [PHYSIN= PHYSOUT=] [link] SRC= DST= … PROTO= … [UID= GID=] [MARK=]
//
// as written by net/netfilter/nf_log_syslog.c and its ancestors since Linux 2.4,
// and by ulogd's LOGEMU in imitation of it. It knows nothing of syslog: the
// caller takes the envelope off and hands over the message.
//
// The decoder is positional, because keys repeat: the second LEN or ID belongs
// to layer 4, the packet quoted in an ICMP error stands in brackets and never
// touches the outer one. A last-wins map of KEY=value, as other tools use, was
// what this package must not be.
//
// Nothing of an Event refers to the message. A Parser serves one goroutine and
// does not allocate for a record whose names it has seen, unless details are
// asked for.
package netfilter

import (
	"bytes"

	"fwreport/reader"
	"fwreport/reader/action"
	"fwreport/reader/event"
	"fwreport/reader/lex"
)

// Outcome says what a message is.
type Outcome uint8

// The outcomes.
const (
	None      Outcome = iota // no firewall record
	Packet                   // a record, decoded
	Malformed                // a record that could not be decoded; see the reason
)

// Parser decodes messages.
type Parser struct {
	opt     *reader.Options
	names   *lex.Interner
	in, out lex.Slot
	layouts lex.Slot
	plain   bool // no short cuts: what Usual is tested against

	known   knownHeads
	macs    [32]knownMAC
	dsts    knownQuads
	room    [reach]byte // of widened
	decided map[event.Sym]*decision

	labels   map[string]*decision // by prefix and label, of records that have both
	labelKey []byte
}

// decision is an action.Decision with its words interned.
type decision struct {
	action.Decision
	sym                event.Sym
	action, by, reason event.Sym
}

// NewParser returns a Parser for one worker.
func NewParser(opt *reader.Options, names *lex.Interner) *Parser {
	return &Parser{opt: opt, names: names, decided: map[event.Sym]*decision{}}
}

// Parse decodes msg into e, whose envelope fields the caller sets, and into d if
// that is not nil. The reason is for Malformed. e must be zero, d as NewDetail
// makes it.
func (p *Parser) Parse(e *event.Event, d *event.Detail, msg []byte) (Outcome, string) {
	if d == nil && !p.plain {
		if p.Usual(e, msg, 0) == len(msg) && len(msg) > 0 {
			return Packet, ""
		}
		*e = event.Event{}
	}
	h, damaged, ok := findHeader(msg)
	if !ok {
		return None, ""
	}
	prefix := msg[:h.start]
	if damaged {
		e.Fields |= event.DamagedBefore
		prefix = p.skipRemnant(e, prefix)
	}
	dec := p.decision(p.names.Sym(prefix))
	p.head(e, &h, dec)
	if d != nil {
		dec.describe(d)
	} else if !damaged {
		p.remember(msg[:h.end], &h, dec)
	}
	b := body{p: p, e: e, d: d, text: msg[h.end:]}
	b.run()
	return b.finish(complete(msg))
}

// complete reports whether msg ends with the space that the kernel prints after
// every token.
func complete(msg []byte) bool { return len(msg) > 0 && msg[len(msg)-1] == ' ' }

// skipRemnant cuts the remains of another record off the prefix; the stamp of
// the record itself stands behind them.
func (p *Parser) skipRemnant(e *event.Event, prefix []byte) []byte {
	prefix = prefix[afterRemnant(prefix):]
	if us, n := Uptime(prefix); n > 0 {
		e.Uptime = us
		e.Fields |= event.HasUptime
		prefix = prefix[n:]
	}
	return prefix
}

// head sets what stands before the packet, and what its prefix decides.
func (p *Parser) head(e *event.Event, h *header, dec *decision) {
	e.In = p.in.Sym(p.names, h.in)
	e.Out = p.out.Sym(p.names, h.out)
	if len(h.physIn) > 0 {
		e.PhysIn = p.names.Sym(h.physIn)
	}
	e.Prefix, e.Action, e.DecidedBy, e.Reason, e.Verdict = dec.sym, dec.action, dec.by, dec.reason, dec.Verdict
	if dec.Assumed {
		e.Fields |= event.Assumed
	}
}

// describe fills in what the prefix tells besides.
func (dec *decision) describe(d *event.Detail) {
	d.Class, d.ActionSource = dec.Class, dec.DecidedBy
	d.FrontEnd, d.Chain, d.Rule, d.Category = dec.FrontEnd, dec.Chain, dec.Rule, dec.Category
}

// decision is what a prefix says; it is asked for once a prefix.
func (p *Parser) decision(prefix event.Sym) *decision {
	dec := p.decided[prefix]
	if dec == nil {
		text := p.opt.Symbols.Name(prefix)
		dec = &decision{Decision: p.opt.Actions.Decide(text), sym: prefix}
		dec.action = p.opt.Symbols.Of(dec.Action)
		dec.by = p.opt.Symbols.Of(dec.DecidedBy)
		dec.reason = p.opt.Symbols.Of(dec.Reason)
		if len(p.decided) >= maxDecided {
			clear(p.decided)
		}
		p.decided[prefix] = dec
	}
	return dec
}

// maxDecided bounds the cache against forged logs with a prefix a line.
const maxDecided = 1 << 14

// begin tells IPv6 from IPv4 by what follows SRC=, since the meaning of FRAG
// and of a missing PROTO depends on it.
func (b *body) begin() {
	i := 0
	if !bytes.HasPrefix(b.text, srcKey[1:]) { // not MACSRC=, which holds colons too
		if i = bytes.Index(b.text, srcKey) + 1; i == 0 {
			return
		}
	}
	v, _ := word(b.text, i+4)
	if bytes.IndexByte(v, ':') >= 0 {
		b.e.Fields |= event.IPv6
	}
}
