package netfilter

import (
	"bytes"

	"fwreport/reader/event"
	"fwreport/reader/lex"
)

// body decodes the text after the anchor, token by token. What a token means
// depends on what came before it: the first LEN is the IP packet's, one after
// DPT is UDP's; ID before PROTO is IP's, after CODE it is ICMP's.
type body struct {
	p *Parser
	e *event.Event
	d *event.Detail // nil unless details are asked for

	text  []byte
	pos   int
	inner bool // decoding the packet quoted in an ICMP error

	tos, prec  uint8
	fragOffset bool // a FRAG with an offset other than 0
	l4         bool // PROTO has been seen
	code       bool // ICMP CODE has been seen
	urgp       bool // URGP ends every TCP header
	l4len      bool // the LEN after UDP's ports
	seqICMP    bool // ICMP's SEQ has been seen
	flow       bool // FLOWLBL has been seen: the IPv6 header is complete
	trailer    bool // UID, GID or MARK: the packet part is complete
	incomplete bool // the kernel itself said INCOMPLETE or TRUNCATED
	arp, link  bool
	own        bool // another logger's text: other things tell that it is cut
	opts       int  // OPT ( … ) groups
	bad        string
	last       event.Fields // bits that the last token set
	lastKey    string
	half       bool // the protocol's name is cut
	unclosed   bool
	flags      event.TCPFlags
	icmpID     int
}

// run decodes all tokens.
func (b *body) run() {
	if !b.e.Has(event.HasSrc) {
		if bytes.HasPrefix(b.text, ebtablesMark) {
			b.ebtables()
			return
		}
		b.begin()
	}
	for b.pos < len(b.text) {
		switch b.text[b.pos] {
		case ' ':
			b.pos++
		case '[':
			b.quoted()
		case ']', ')':
			b.pos++
		default:
			b.token()
		}
	}
}

// at reports whether key is next.
func (b *body) at(key string) bool { return next(b.text, b.pos, key) }

// token decodes KEY=value or a bare word.
func (b *body) token() {
	start, eq := b.pos, -1
	i := start
	for ; i < len(b.text) && b.text[i] != ' '; i++ {
		if b.text[i] == '=' && eq < 0 {
			eq = i
		}
	}
	b.pos = i
	b.last, b.lastKey = 0, ""
	if eq < 0 {
		b.word(b.text[start:i])
		return
	}
	b.value(b.text[start:eq], b.text[eq+1:i])
}

// value decodes one KEY=value. Keys are dispatched in the order of frequency
// groups: network header, layer 4, link, rest.
func (b *body) value(key, v []byte) {
	switch string(key) {
	case "SRC":
		b.address(v, &b.e.Src, event.HasSrc, "SRC")
	case "DST":
		b.address(v, &b.e.Dst, event.HasDst, "DST")
	case "LEN":
		b.length(v)
	case "TOS":
		b.tosBits(v, &b.tos)
	case "PREC":
		b.tosBits(v, &b.prec)
	case "TTL", "HOPLIMIT":
		b.ttl(v)
	case "ID":
		b.id(v)
	case "PROTO":
		b.proto(v)
	case "SPT":
		b.port(v, &b.e.SrcPort, event.HasSrcPort)
	case "DPT":
		b.port(v, &b.e.DstPort, event.HasDstPort)
	case "WINDOW":
		b.window(v)
	case "URGP":
		b.urgp = true
		b.detailInt(v, func(d *event.Detail, n int) { d.URGP = n })
	case "TYPE":
		b.icmpByte(v, &b.e.ICMPType, event.HasICMP)
	case "CODE":
		b.code = true
		b.icmpByte(v, &b.e.ICMPCode, event.HasICMPCode)
	case "SEQ":
		b.seq(v)
	case "ACK":
		b.number(v, &b.e.Ack, event.HasAck)
	case "MARK", "mark":
		b.mark(v)
	case "UID":
		b.trailer = true
		b.number(v, &b.e.UID, event.HasUID)
	default:
		b.rare(string(key), v)
	}
}

func (b *body) set(f event.Fields) {
	b.e.Fields |= f
	b.last |= f
}

func (b *body) address(v []byte, a *event.Addr, f event.Fields, what string) {
	addr, ok := lex.Addr(v)
	if !ok {
		if b.pos < len(b.text) { // else it is cut: the record is judged by what it lacks
			b.bad = what + " is no address"
		}
		return
	}
	*a = addr
	b.set(f)
	b.lastKey = what
}

func (b *body) number(v []byte, n *uint32, f event.Fields) {
	if x, ok := lex.Uint(v); ok {
		*n = x
		b.set(f)
	}
}

// length is the IP packet's length, or UDP's after the ports.
func (b *body) length(v []byte) {
	if !b.l4 {
		b.number(v, &b.e.Len, event.HasLen)
		return
	}
	b.l4len = true
	v = b.glued(v)
	b.detailInt(v, func(d *event.Detail, n int) { d.L4Len = n })
}

// detailInt gives a decimal value to the Detail, if there is one.
func (b *body) detailInt(v []byte, set func(*event.Detail, int)) {
	if b.d == nil {
		return
	}
	if n, ok := lex.Uint(v); ok {
		set(b.d, int(n))
	}
}

func (b *body) tosBits(v []byte, part *uint8) {
	if n, ok := lex.Hex(v); ok && n <= 0xff {
		b.tosPart(uint8(n), part)
	}
}

// tosPart sets TOS or PREC; the byte is both together.
func (b *body) tosPart(n uint8, part *uint8) {
	*part = n
	b.e.TOS = b.tos | b.prec
	b.set(event.HasTOS)
	if b.d != nil {
		b.d.TOS, b.d.Prec = int(b.tos), int(b.prec)
	}
}

func (b *body) ttl(v []byte) {
	if n, ok := lex.Uint8(v); ok {
		b.e.TTL = n
		b.set(event.HasTTL)
	}
}

// id is the IP header's identification before PROTO, ICMP's after CODE.
func (b *body) id(v []byte) {
	n, ok := lex.Uint16(v)
	switch {
	case !ok:
	case !b.l4:
		b.e.ID = n
		b.set(event.HasID)
	default:
		b.icmpID = int(n)
		if b.d != nil && b.echo() {
			b.d.ICMPID = int(n)
		}
	}
}

// echo reports whether the ICMP message has an identifier and a sequence
// number. ulogd prints both by code, not by type, for anything of code 0.
func (b *body) echo() bool {
	switch b.e.Proto {
	case event.ICMP:
		return b.e.ICMPType == 0 || b.e.ICMPType == 8
	case event.ICMPv6:
		return b.e.ICMPType == 128 || b.e.ICMPType == 129
	}
	return false
}

func (b *body) seq(v []byte) {
	if b.code {
		b.seqICMP = true
		if b.d != nil && b.echo() {
			b.detailInt(v, func(d *event.Detail, n int) { d.ICMPSeq = n })
		}
		return
	}
	b.number(v, &b.e.Seq, event.HasSeq)
}

func (b *body) port(v []byte, port *uint16, f event.Fields) {
	n, ok := lex.Uint16(v)
	if !ok {
		if _, number := lex.Uint(v); number {
			b.bad = "a port is above 65535"
		}
		return
	}
	*port = n
	b.set(f)
}

func (b *body) window(v []byte) {
	if n, ok := lex.Uint16(v); ok {
		b.e.Window = n
		b.set(event.HasWindow)
	}
}

func (b *body) icmpByte(v []byte, n *uint8, f event.Fields) {
	if x, ok := lex.Uint8(v); ok {
		*n = x
		b.set(f)
	}
}

func (b *body) mark(v []byte) {
	b.trailer = true
	if n, ok := lex.Hex(v); ok {
		b.e.Mark = n
		b.set(event.HasMark)
	}
}

// proto is a name or a number. ulogd prints 0 where it does not know under
// IPv6, and "ARP REQUEST" for ARP.
func (b *body) proto(v []byte) {
	b.l4 = true
	switch string(v) {
	case "TCP":
		b.e.Proto = event.TCP
	case "UDP":
		b.e.Proto = event.UDP
	case "ICMP":
		b.e.Proto = event.ICMP
	case "ICMPv6":
		b.e.Proto = event.ICMPv6
	default:
		b.e.Proto = b.otherProto(v)
	}
}

func (b *body) otherProto(v []byte) event.Proto {
	if n, ok := lex.Uint8(v); ok {
		if n == 0 && (b.e.Has(event.IPv6) || !b.e.Has(event.HasSrc)) {
			return event.NoProto
		}
		return event.IPProto(n)
	}
	if string(v) == "AH" && b.e.Has(event.IPv6) && bytes.HasPrefix(b.text[b.pos:], []byte(" INCOMPLETE")) {
		return event.AHorESP
	}
	p, ok := event.ParseProto(string(v))
	switch {
	case ok:
	case len(v) > 0 && b.pos < len(b.text):
		b.bad = "PROTO is unknown"
	default:
		b.half = true
	}
	return p
}

// words are the bare words of the IP and TCP headers.
func (b *body) word(w []byte) {
	switch string(w) {
	case "SYN":
		b.flags |= event.SYN
	case "ACK":
		b.flags |= event.ACK
	case "DF":
		b.set(event.DF)
	case "RST":
		b.flags |= event.RST
	case "PSH":
		b.flags |= event.PSH
	case "FIN":
		b.flags |= event.FIN
	case "URG":
		b.flags |= event.URG
	case "ECE":
		b.flags |= event.ECE
	case "CWR":
		b.flags |= event.CWR
	case "AE":
		b.flags |= event.AE
	case "MF":
		b.set(event.MF)
	case "CE":
		b.set(event.Evil)
	case "OPT":
		b.options()
	case "ARP":
		b.arp = true
		b.e.Proto = event.ARP
	case "TRUNCATED":
		b.incomplete = true
		b.e.Fields |= event.Truncated
	default:
		b.rareWord(w)
	}
}
