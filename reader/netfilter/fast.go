package netfilter

import (
	"bytes"
	"encoding/binary"

	"fwreport/reader/event"
	"fwreport/reader/lex"
)

// Usual decodes the record that begins at that place of data, which may go on behind
// it, in one pass without looking for keys: the prefix, IN= and OUT= have been met
// before, and what follows stands in the one order in which the kernel prints
// it, up to a line end or the end of text.
//
//	[MAC=] SRC= DST= LEN= TOS= PREC= TTL= ID= [DF] PROTO= …
//	[MAC=] SRC= DST= LEN= TC= HOPLIMIT= FLOWLBL= PROTO= …
//	TCP:  SPT= DPT= [SEQ= ACK=] WINDOW= RES= flags URGP= [OPT (…)]
//	UDP:  SPT= DPT= LEN=
//	ICMP: TYPE= CODE= [ID= SEQ=] | TYPE= CODE= [quoted packet]
//	[UID= GID=] [MARK=]
//
// It returns where the record ends, and 0 for everything else: that is left to
// Parse, which gives the same for what Usual decodes. e is overwritten in any
// case. All or nothing keeps it free of the state that the general parser needs
// to judge what is cut; an earlier one that stopped at the first unusual token
// and left the rest to the general parser took twice the time.
func (p *Parser) Usual(e *event.Event, data []byte, at int) int {
	before, whole := 0, len(data)
	if whole-at < reach {
		before, whole = at, whole-at
		data, at = p.widened(data[at:]), 0
	}
	w := (*[reach]byte)(data[at : at+reach : at+reach])
	h, from := p.known.guess(w)
	if from == 0 || string(w[:from]) != string(h.whole) {
		if h, from = p.findLink(e, w); from == 0 {
			return 0
		}
	}
	*e = h.linked
	end := p.usualIPv4(e, w, from)
	if end == 0 {
		end = usualIPv6(e, data[at:], from)
	}
	if tail := usualSYN(e, w, end); tail > 0 && string(w[tail:tail+2]) == " \n" && at+tail < whole {
		return before + at + tail + 1
	}
	if end = p.afterIP(e, data[at:], end); end == 0 || at+end > whole {
		return 0
	}
	return before + at + end
}

// afterIP is all that stands behind the IP header, up to the record's end; 0 if it is
// something else.
func (p *Parser) afterIP(e *event.Event, text []byte, at int) int {
	at = p.usualTransport(e, text, at)
	return recordEnd(text, usualTrailer(e, text, at))
}

// failed is a place behind the end of text: nothing is next there, and it is no
// end either. So what reads a value need not be asked whether there was one.
func failed(text []byte) int { return len(text) + 1 }

// next reports whether key is next. It is inlined, and with a constant key
// becomes comparisons of words.
func next(text []byte, at int, key string) bool {
	return len(text)-at >= len(key) && string(text[at:at+len(key)]) == key
}

// recordEnd is at, if the record ends there or behind one space; 0 if not.
func recordEnd(text []byte, at int) int {
	if at < len(text) && text[at] == ' ' {
		at++
	}
	if at == len(text) || at < len(text) && text[at] == '\n' {
		return at
	}
	return 0
}

// wordEnds reports whether a value ends at that place.
func wordEnds(text []byte, at int) bool {
	return at >= len(text) || text[at] == ' ' || text[at] == '\n'
}

// usualMAC is the MAC= of an Ethernet device, 14 bytes. What it says is kept by
// text: records from one sender come in numbers.
func (p *Parser) usualMAC(e *event.Event, text []byte, at int) int {
	end := at + macLen
	if end >= len(text) || text[end] != ' ' {
		return failed(text)
	}
	v := text[at:end]
	c := &p.macs[(v[28]+v[31]*7+v[34]*31)%uint8(len(p.macs))] // digits of the source
	if string(v) != string(c.text[:]) || c.text[0] == 0 {
		dst, ok1 := lex.MAC(v[:17])
		src, ok2 := lex.MAC(v[18:35])
		if !ok1 || !ok2 || bytes.IndexByte(v, ' ') >= 0 || bytes.IndexByte(v, '\n') >= 0 {
			return failed(text)
		}
		c.text, c.dst, c.src = [macLen]byte(v), dst, src
	}
	e.MACDst, e.MACSrc = c.dst, c.src
	e.Fields |= event.HasMACSrc | event.HasMACDst
	return end
}

// macLen is the length of an Ethernet header in MAC=: 14 bytes.
const macLen = 14*3 - 1

// knownMAC is a MAC= that has been decoded.
type knownMAC struct {
	text     [macLen]byte
	dst, src [6]byte
}

// usualIPv6 is the header of IPv6; the kernel prints all of an address's digits.
func usualIPv6(e *event.Event, text []byte, at int) int {
	const size = len("2001:0db8:0000:0000:0000:0000:0000:0001")
	dst := at + size
	if !next(text, dst, " DST=") || !next(text, dst+5+size, " LEN=") {
		return failed(text)
	}
	var ok1, ok2 bool
	e.Src, ok1 = lex.Addr(text[dst-size : dst])
	e.Dst, ok2 = lex.Addr(text[dst+5 : dst+5+size])
	length, at := usualNumber(text, dst+5+size+5, 99999)
	if !ok1 || !ok2 || !next(text, at, " TC=") {
		return failed(text)
	}
	class, at := usualNumber(text, at+4, 255)
	if !next(text, at, " HOPLIMIT=") {
		return failed(text)
	}
	limit, at := usualNumber(text, at+10, 255)
	if !next(text, at, " FLOWLBL=") {
		return failed(text)
	}
	e.Len, e.TOS, e.TTL = length, uint8(class), uint8(limit)
	e.Fields |= event.HasSrc | event.HasDst | event.HasLen | event.HasTOS | event.HasTTL | event.IPv6
	return usualWord(text, at+9)
}

// usualTransport is PROTO= and what stands behind it.
func (p *Parser) usualTransport(e *event.Event, text []byte, at int) int {
	const key, tcp = " PROTO=", " PROTO=TCP SPT="
	if next(text, at, tcp) {
		e.Proto = event.TCP
		return p.usualTCP(e, text, at+len(tcp))
	}
	if !next(text, at, key) {
		return failed(text)
	}
	switch at += len(key); {
	case next(text, at, "UDP SPT="):
		e.Proto = event.UDP
		if at = usualPorts(e, text, at+8); !next(text, at, " LEN=") {
			return failed(text)
		}
		_, at = usualNumber(text, at+5, 99999)
		return at
	case next(text, at, "ICMP TYPE="):
		e.Proto = event.ICMP
		return usualICMP(e, text, at+10, 0, 8)
	case next(text, at, "ICMPv6 TYPE="):
		e.Proto = event.ICMPv6
		return usualICMP(e, text, at+12, 129, 128)
	}
	return failed(text)
}

// usualPorts are both ports; SPT= is taken already.
func usualPorts(e *event.Event, text []byte, at int) int {
	src, at := usualNumber(text, at, 65535)
	if !next(text, at, " DPT=") {
		return failed(text)
	}
	dst, at := usualNumber(text, at+5, 65535)
	e.SrcPort, e.DstPort = uint16(src), uint16(dst)
	e.Fields |= event.HasSrcPort | event.HasDstPort
	return at
}

// usualTCP is TCP's header, from the number of SPT= on.
func (p *Parser) usualTCP(e *event.Event, text []byte, at int) int {
	end := usualFlagged(e, text, usualPorts(e, text, at))
	if next(text, end, " OPT (") {
		return p.usualOptions(e, text, end+6)
	}
	return end
}

// usualFlagged is TCP's header behind the ports, up to the options.
func usualFlagged(e *event.Event, text []byte, at int) int {
	if next(text, at, " SEQ=") {
		if at = usualSequence(e, text, at); at > len(text) {
			return at
		}
	}
	if !next(text, at, " WINDOW=") {
		return failed(text)
	}
	size, at := usualNumber(text, at+8, 65535)
	e.Window = uint16(size)
	e.Fields |= event.HasWindow | event.HasFlags
	_, at = usualHex(text, at, " RES=0x")
	return usualFlags(e, text, at)
}

// usualSequence is SEQ= and ACK=, which --log-tcp-sequence adds.
func usualSequence(e *event.Event, text []byte, at int) int {
	end := usualWord(text, at+5)
	seq, ok1 := lex.Uint(text[at+5 : min(end, len(text))])
	if !ok1 || !next(text, end, " ACK=") {
		return failed(text)
	}
	at, end = end+5, usualWord(text, end+5)
	ack, ok2 := lex.Uint(text[at:min(end, len(text))])
	if !ok2 {
		return failed(text)
	}
	e.Seq, e.Ack = seq, ack
	e.Fields |= event.HasSeq | event.HasAck
	return end
}

// usualFlags are the words between RES= and URGP=, and that.
func usualFlags(e *event.Event, text []byte, at int) int {
	for len(text)-at >= 5 && text[at+4] == ' ' {
		switch string(text[at : at+4]) {
		case " SYN":
			e.Flags |= event.SYN
		case " ACK":
			e.Flags |= event.ACK
		case " RST":
			e.Flags |= event.RST
		case " PSH":
			e.Flags |= event.PSH
		case " FIN":
			e.Flags |= event.FIN
		case " URG":
			e.Flags |= event.URG
		case " ECE":
			e.Flags |= event.ECE
		case " CWR":
			e.Flags |= event.CWR
		default:
			return failed(text)
		}
		at += 4
	}
	if !next(text, at, " URGP=") {
		return failed(text)
	}
	_, at = usualNumber(text, at+6, 65535)
	return at
}

// usualOptions are TCP's options in hex and the bracket that closes them.
func (p *Parser) usualOptions(e *event.Event, text []byte, at int) int {
	n := bytes.IndexByte(text[at:min(len(text), at+2*maxOptions+1)], ')')
	if n < 0 {
		return failed(text)
	}
	layout, ok := p.layout(text[at : at+n])
	if !ok {
		return failed(text)
	}
	e.Options = layout
	e.Fields |= event.HasOptions
	return at + n + 1
}

// maxOptions is the room for options in a TCP header, in bytes.
const maxOptions = 40

// usualICMP is ICMP's header behind TYPE=. Echo has an identifier and a number,
// errors quote the packet that they are about, of which nothing counts.
func usualICMP(e *event.Event, text []byte, at int, reply, request uint8) int {
	typ, at := usualNumber(text, at, 255)
	if !next(text, at, " CODE=") {
		return failed(text)
	}
	code, at := usualNumber(text, at+6, 255)
	e.ICMPType, e.ICMPCode = uint8(typ), uint8(code)
	e.Fields |= event.HasICMP | event.HasICMPCode
	if next(text, at, " ID=") && (e.ICMPType == reply || e.ICMPType == request) {
		_, at = usualNumber(text, at+4, 65535)
		if !next(text, at, " SEQ=") {
			return failed(text)
		}
		_, at = usualNumber(text, at+5, 65535)
		return at
	}
	if e.ICMPType == reply || e.ICMPType == request {
		return failed(text)
	}
	if next(text, at, " [SRC=") {
		return quoteEnd(text, at+2)
	}
	return at
}

// quoteEnd is the place behind the bracket that closes a quoted packet, if that
// holds no other bracket, nor what might be another record.
func quoteEnd(text []byte, at int) int {
	for i := at; i < len(text); i++ {
		switch text[i] {
		case ']':
			if bytes.Contains(text[at:i], inKey) {
				return failed(text)
			}
			return i + 1
		case '[', '\n':
			return failed(text)
		}
	}
	return failed(text)
}

// usualTrailer is what the kernel knows besides the packet.
func usualTrailer(e *event.Event, text []byte, at int) int {
	if next(text, at, " UID=") {
		end := usualWord(text, at+5)
		uid, ok := lex.Uint(text[at+5 : min(end, len(text))])
		if !ok || !next(text, end, " GID=") {
			return failed(text)
		}
		e.UID = uid
		e.Fields |= event.HasUID
		at = usualWord(text, end+5)
	}
	if next(text, at, " MARK=") {
		end := usualWord(text, at+6)
		mark, ok := lex.Hex(text[at+6 : min(end, len(text))])
		if !ok {
			return failed(text)
		}
		e.Mark = mark
		e.Fields |= event.HasMark
		at = end
	}
	return at
}

// usualNumber reads a number of at most five digits that ends with its word.
func usualNumber(text []byte, at int, most uint32) (v uint32, end int) {
	var n int
	if len(text)-at >= 8 {
		v, n = lex.Decimal(binary.LittleEndian.Uint64(text[at:]))
	} else {
		for ; at+n < len(text) && text[at+n]-'0' <= 9; n++ {
			v = v*10 + uint32(text[at+n]-'0')
		}
	}
	if n-1 > 4 || n == 0 || v > most || !wordEnds(text, at+n) {
		return 0, failed(text)
	}
	return v, at + n
}

// usualWord is the end of the word of digits of any base at that place.
func usualWord(text []byte, at int) int {
	for i := at; i < len(text); i++ {
		if c := text[i]; c == ' ' || c == '\n' {
			return i
		} else if c-'0' > 9 && c|0x20-'a' > 'z'-'a' {
			return failed(text)
		}
	}
	return len(text)
}

// usualHex reads two hex digits behind key.
func usualHex(text []byte, at int, key string) (uint8, int) {
	end := at + len(key) + 2
	if end > len(text) || string(text[at:end-2]) != key || !wordEnds(text, end) {
		return 0, failed(text)
	}
	v, ok := lex.HexByte(text[end-2], text[end-1])
	if !ok {
		return 0, failed(text)
	}
	return v, end
}
