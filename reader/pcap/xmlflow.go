package pcap

import (
	"bytes"

	"fwreport/reader/event"
	"fwreport/reader/lex"
)

// A flow of ulogd2's XML output is one element a line too
// (libnetfilter_conntrack, src/conntrack/snprintf_xml.c):
//
//	<flow><meta direction="original"><layer3 …><src/><dst/></layer3><layer4 …><sport/><dport/></layer4><counters/></meta>
//	<meta direction="reply">…</meta><meta direction="independent">…<mark/><deltatime/></meta><when>…</when></flow>
//
// Its only time is again that of writing, and the duration is in whole seconds.
// ulogd gives the library no message type, so nothing tells the beginning of a
// connection from its end where ulogd writes both (hash_enable=0).

var (
	xmlFlowTag = []byte("<flow")
	xmlFlowEnd = []byte("</flow>")
	xmlWhenEnd = []byte("</when>")
)

// xmlFlow is what a flow's elements say.
type xmlFlow struct {
	way      [2]xmlWay // original, reply
	at       int       // the direction that is being read; 2 is independent of direction
	six      bool
	when     []byte
	event    []byte // type= of <flow>, which ulogd does not write
	mark     uint32
	marked   bool
	duration int64 // in seconds, -1 if absent
}

// xmlWay is one direction of a flow.
type xmlWay struct {
	src, dst       event.Addr
	sport, dport   uint16
	proto          event.Proto
	has            event.Fields
	packets, bytes int64 // -1 if absent
}

// flowRecord decodes one flow; reason says why that cannot be done.
func (p *xmlParser) flowRecord(t target, line []byte) (reason string) {
	if !bytes.HasSuffix(line, xmlFlowEnd) {
		return "record is cut short"
	}
	f := xmlFlow{duration: -1}
	for i := range f.way {
		f.way[i].packets, f.way[i].bytes = -1, -1
	}
	if reason = f.read(line); reason != "" {
		return reason
	}
	at, flags, ok := localTime(f.when, p.zone)
	if !ok {
		return "time makes no sense"
	}
	t.e.Time = at
	t.e.Fields |= flags
	f.original(t.e)
	p.passed.apply(t)
	if t.det != nil {
		t.det.Kind, t.det.Flow = "flow", f.detail(t.e)
	}
	return ""
}

// read goes through the tags of a flow; its values are numbers and addresses,
// so that no text can look like one.
func (f *xmlFlow) read(b []byte) (reason string) {
	for len(b) > 0 {
		end := bytes.IndexByte(b, '>')
		if b[0] != '<' || end < 0 {
			return "is no element of ulogd's XML"
		}
		tag := b[1:end]
		b = b[end+1:]
		if string(tag) == "when" {
			n := max(bytes.Index(b, xmlWhenEnd), 0)
			f.when, b = b[:n], b[n:]
			continue
		}
		n := bytes.IndexByte(b, '<')
		if n < 0 {
			n = len(b)
		}
		if !f.open(tag) && !f.value(tag, b[:n]) {
			return "a value makes no sense"
		}
		b = b[n:]
	}
	return ""
}

// open takes a tag that has attributes; false if tag has none.
func (f *xmlFlow) open(tag []byte) bool {
	name, rest, ok := bytes.Cut(tag, []byte{' '})
	if !ok {
		return false
	}
	switch string(name) {
	case "flow":
		f.event = attribute(rest, `type="`)
	case "meta":
		f.at = 2
		switch string(attribute(rest, `direction="`)) {
		case "original":
			f.at = 0
		case "reply":
			f.at = 1
		}
	case "layer4":
		if n, ok := lex.Uint8(attribute(rest, `protonum="`)); ok && f.at < 2 {
			f.way[f.at].proto = event.IPProto(n)
		}
	}
	return true
}

// attribute is the value behind name, which ends with =".
func attribute(b []byte, name string) []byte {
	_, v, ok := bytes.Cut(b, []byte(name))
	if !ok {
		return nil
	}
	v, _, _ = bytes.Cut(v, []byte{'"'})
	return v
}

// value takes a leaf; false if its value is none. Elements that say nothing to
// an Event are passed over.
func (f *xmlFlow) value(tag, v []byte) (ok bool) {
	if f.at == 2 {
		return f.independent(tag, v)
	}
	w := &f.way[f.at]
	switch string(tag) {
	case "src":
		w.src, ok = f.address(v)
		w.has |= event.HasSrc
	case "dst":
		w.dst, ok = f.address(v)
		w.has |= event.HasDst
	case "sport":
		w.sport, ok = lex.Uint16(v)
		w.has |= event.HasSrcPort
	case "dport":
		w.dport, ok = lex.Uint16(v)
		w.has |= event.HasDstPort
	case "packets":
		w.packets, ok = counter(v)
	case "bytes":
		w.bytes, ok = counter(v)
	default:
		return true
	}
	return ok
}

func (f *xmlFlow) independent(tag, v []byte) (ok bool) {
	switch string(tag) {
	case "mark":
		f.mark, f.marked = lex.Uint(v)
		return f.marked
	case "deltatime":
		n, ok := lex.Uint(v)
		f.duration = int64(n)
		return ok
	}
	return true
}

func (f *xmlFlow) address(v []byte) (event.Addr, bool) {
	f.six = f.six || bytes.IndexByte(v, ':') >= 0
	return lex.Addr(v)
}

func counter(v []byte) (int64, bool) {
	n, ok := lex.Uint64(v)
	return int64(n), ok && n < 1<<63
}

// original sets e to the original direction.
func (f *xmlFlow) original(e *event.Event) {
	w := &f.way[0]
	e.Src, e.Dst, e.Proto, e.Mark = w.src, w.dst, w.proto, f.mark
	e.Fields |= event.Flow | w.has&(event.HasSrc|event.HasDst)
	if w.proto.HasPorts() {
		e.SrcPort, e.DstPort = w.sport, w.dport
		e.Fields |= w.has & (event.HasSrcPort | event.HasDstPort)
	}
	if f.marked {
		e.Fields |= event.HasMark
	}
	if f.six {
		e.Fields |= event.IPv6
	}
	if !e.Has(event.HasSrc | event.HasDst) {
		e.Fields |= event.AddrUnknown
	}
	if string(f.event) == "new" || string(f.event) == "update" {
		e.Fields |= event.FlowOpen
	}
}

func (f *xmlFlow) detail(e *event.Event) *event.FlowDetail {
	d, back := event.NewFlowDetail(), &f.way[1]
	d.Event = string(f.event)
	d.OrigPackets, d.OrigBytes = f.way[0].packets, f.way[0].bytes
	d.ReplyPackets, d.ReplyBytes = back.packets, back.bytes
	if ports := event.HasSrcPort | event.HasDstPort; e.Proto.HasPorts() && back.has&ports == ports {
		d.ReplySrcPort, d.ReplyDstPort = int(back.sport), int(back.dport)
	}
	if both := event.HasSrc | event.HasDst; back.has&both == both {
		d.Replied(e, back.src, back.dst)
	}
	if f.duration >= 0 {
		d.DurationUS = f.duration * 1e6
	}
	return d
}
