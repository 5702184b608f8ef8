package netfilter

import (
	"bytes"

	"fwreport/reader/action"
	"fwreport/reader/event"
	"fwreport/reader/lex"
)

// The text that ulogd2's filter PRINTFLOW makes of a conntrack record, and that
// its outputs LOGEMU and SYSLOG write (ulogd2, util/printflow.c):
//
//	[DESTROY] ORIG: SRC= DST= PROTO= [SPT= DPT=] PKTS= BYTES= , REPLY: SRC= … BYTES=
//
// It is no text of nf_log: nothing in it tells interfaces or a prefix, and the
// values behind TYPE= and CODE= are exchanged.

// flowWay is one direction of a connection.
type flowWay struct {
	src, dst       event.Addr
	sport, dport   uint16
	proto          event.Proto
	typ, code      uint8 // of ICMP
	has            event.Fields
	packets, bytes int64 // -1 if absent
}

// flowText is a record that is being read.
type flowText struct {
	way  [2]flowWay // original, reply
	at   int        // index of the direction that is being read
	six  bool       // an address is of IPv6
	last bool       // the token ends the text, without a space: it may be cut
	bad  string
}

var (
	flowOrig  = []byte("ORIG: ")
	flowReply = []byte(" REPLY: ")
)

// flowWords are the event words, as PRINTFLOW prints them.
var flowWords = [...]struct {
	text, name string
	open       bool
}{{"[DESTROY] ", "destroy", false}, {"[NEW] ", "new", true}, {"[UPDATE] ", "update", true}}

// ParseFlow decodes a message of PRINTFLOW; None if it is none. The event word
// may be missing, and so may ORIG:, which looks like a syslog tag. A record that
// is cut short has what it still tells. e and d are as in Parse.
func (p *Parser) ParseFlow(e *event.Event, d *event.Detail, msg []byte) (Outcome, string) {
	word, open, rest := flowWord(msg)
	named := bytes.HasPrefix(rest, flowOrig)
	if named {
		rest = rest[len(flowOrig):]
	}
	if !bytes.HasPrefix(rest, srcKey[1:]) || !named && !bytes.Contains(rest, flowReply) {
		return None, ""
	}
	var f flowText
	f.read(rest)
	if f.bad != "" {
		return Malformed, f.bad
	}
	if f.way[0].has&(event.HasSrc|event.HasDst) != event.HasSrc|event.HasDst {
		return Malformed, "no source or destination address"
	}
	f.original(e)
	if open {
		e.Fields |= event.FlowOpen
	}
	dec := action.Flow()
	e.Action, e.DecidedBy, e.Verdict = p.names.Sym(flowAction), p.names.Sym(flowBy), dec.Verdict
	if d != nil {
		d.Class, d.ActionSource = dec.Class, dec.DecidedBy
		d.Kind, d.Flow = "flow", f.detail(e, word)
	}
	return Packet, ""
}

var flowAction, flowBy = []byte(action.Flow().Action), []byte(action.Flow().DecidedBy)

// flowWord takes the event word off.
func flowWord(msg []byte) (name string, open bool, rest []byte) {
	for i := range flowWords {
		if w := &flowWords[i]; len(msg) > len(w.text) && string(msg[:len(w.text)]) == w.text {
			return w.name, w.open, msg[len(w.text):]
		}
	}
	return "", false, msg
}

// read goes through the tokens of both directions.
func (f *flowText) read(text []byte) {
	for i := range f.way {
		f.way[i].packets, f.way[i].bytes = -1, -1
	}
	for len(text) > 0 && f.bad == "" {
		w, end := word(text, 0)
		f.last = end == len(text)
		text = text[min(end+1, len(text)):]
		switch key, v, ok := bytes.Cut(w, []byte{'='}); {
		case ok:
			f.value(key, v)
		case string(w) == "REPLY:" && f.at == 0:
			f.at = 1
		case string(w) == "ORIG:" || string(w) == "REPLY:":
			f.bad = "two records in one line"
		}
	}
}

// value takes one KEY=value. What may be cut counts only where nothing is
// missing behind it: as the record's last value.
func (f *flowText) value(key, v []byte) {
	if f.last && (f.at == 0 || string(key) != "BYTES") {
		return
	}
	w := &f.way[f.at]
	switch string(key) {
	case "SRC":
		f.address(&w.src, event.HasSrc, v)
	case "DST":
		f.address(&w.dst, event.HasDst, v)
	case "PROTO":
		w.proto = flowProto(v)
	case "SPT":
		f.port(&w.sport, event.HasSrcPort, v)
	case "DPT":
		f.port(&w.dport, event.HasDstPort, v)
	case "TYPE": // exchanged by ulogd
		f.icmp(&w.code, event.HasICMPCode, v)
	case "CODE":
		f.icmp(&w.typ, event.HasICMP, v)
	case "PKTS":
		f.counter(&w.packets, v)
	case "BYTES":
		f.counter(&w.bytes, v)
	}
}

func (f *flowText) address(a *event.Addr, has event.Fields, v []byte) {
	addr, ok := lex.Addr(v)
	if !ok {
		f.bad = "SRC or DST is no address"
		return
	}
	*a = addr
	f.way[f.at].has |= has
	f.six = f.six || bytes.IndexByte(v, ':') >= 0
}

func (f *flowText) port(port *uint16, has event.Fields, v []byte) {
	n, ok := lex.Uint16(v)
	if !ok {
		f.bad = "a port makes no sense"
		return
	}
	*port = n
	f.way[f.at].has |= has
}

func (f *flowText) icmp(b *uint8, has event.Fields, v []byte) {
	if n, ok := lex.Uint8(v); ok {
		*b = n
		f.way[f.at].has |= has
	}
}

func (f *flowText) counter(n *int64, v []byte) {
	if x, ok := lex.Uint64(v); ok && x < 1<<63 {
		*n = int64(x)
	}
}

// flowProto is a protocol as PRINTFLOW prints it: few by name, the others by
// number.
func flowProto(v []byte) event.Proto {
	if n, ok := lex.Uint8(v); ok {
		return event.IPProto(n)
	}
	switch string(v) {
	case "TCP":
		return event.TCP
	case "UDP":
		return event.UDP
	case "ICMP":
		return event.ICMP
	case "ESP":
		return event.ESP
	case "AH":
		return event.AH
	}
	p, _ := event.ParseProto(string(v)) // of a version to come
	return p
}

// original sets e to the original direction. The stamp before the text is the
// time of writing: conntrack's own are not in it.
func (f *flowText) original(e *event.Event) {
	w := &f.way[0]
	e.Src, e.Dst, e.SrcPort, e.DstPort, e.Proto = w.src, w.dst, w.sport, w.dport, w.proto
	e.ICMPType, e.ICMPCode = w.typ, w.code
	e.Fields |= w.has | event.Flow | event.TimeImprecise
	if f.six {
		e.Fields |= event.IPv6
	}
	if f.way[1].bytes < 0 {
		e.Fields |= event.Truncated
	}
}

func (f *flowText) detail(e *event.Event, word string) *event.FlowDetail {
	d, back := event.NewFlowDetail(), &f.way[1]
	d.Event = word
	d.OrigPackets, d.OrigBytes = f.way[0].packets, f.way[0].bytes
	d.ReplyPackets, d.ReplyBytes = back.packets, back.bytes
	if back.has&event.HasSrcPort != 0 {
		d.ReplySrcPort = int(back.sport)
	}
	if back.has&event.HasDstPort != 0 {
		d.ReplyDstPort = int(back.dport)
	}
	if both := event.HasSrc | event.HasDst; back.has&both == both {
		d.Replied(e, back.src, back.dst)
	}
	return d
}
