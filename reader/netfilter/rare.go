package netfilter

import (
	"bytes"
	"strings"

	"fwreport/reader/event"
	"fwreport/reader/lex"
)

// rare decodes the keys that few records have.
func (b *body) rare(key string, v []byte) {
	switch key {
	case "MAC":
		b.mac(v)
	case "MACSRC", "MACDST":
		b.macPair(key, v)
	case "PHYSIN":
		b.e.PhysIn = b.p.names.Sym(v)
	case "PHYSOUT":
		b.e.PhysOut = b.p.names.Sym(v)
	case "TC":
		b.trafficClass(v)
	case "FLOWLBL":
		b.flow = true
		b.detailInt(v, func(d *event.Detail, n int) { d.FlowLabel = n })
	case "FRAG":
		b.proxmoxFragment(v)
	case "GID":
		b.trailer = true
		b.detailInt(v, func(d *event.Detail, n int) { d.GID, d.HasGID = uint32(n), true })
	case "INCOMPLETEMARK": // ulogd prints no space between the two
		b.cut(0)
		b.mark(v)
	case "MACPROTO", "VPROTO", "VID":
		b.vlan(key, v)
	default:
		if b.d != nil {
			b.detail(key, v)
		}
	}
}

// detail decodes what no table counts.
func (b *body) detail(key string, v []byte) {
	d := b.d
	number := func(n *int) {
		if x, ok := lex.Uint(v); ok {
			*n = int(x)
		}
	}
	hex := func(n *int) {
		if x, ok := lex.Hex(v); ok {
			*n = int(x)
		}
	}
	switch key {
	case "RES":
		hex(&d.Res)
	case "MTU":
		number(&d.MTU)
	case "SPI":
		b.spi(v)
	case "GATEWAY":
		b.gateway(v)
	case "PARAMETER":
		b.detailInt(v, func(d *event.Detail, n int) { d.Param = int64(n) })
	case "POINTER":
		if x, ok := lex.Hex(v); ok {
			d.Pointer = int64(x)
		}
	case "TUNNEL":
		if src, dst, ok := strings.Cut(string(v), "->"); ok {
			d.TunnelSrc, d.TunnelDst = src, dst
		}
	case "HTYPE", "PTYPE", "OPCODE", "IPSRC", "IPDST", "REPLY_MAC":
		b.arpValue(key, v)
	default:
		d.Extra = append(d.Extra, key+"="+string(v))
	}
}

func (b *body) spi(v []byte) {
	if x, ok := lex.Hex(v); ok {
		b.d.SPI, b.d.HasSPI = x, true
	}
}

// gateway is part of redirects only; ulogd prints it for every code 5.
func (b *body) gateway(v []byte) {
	if a, ok := lex.Addr(v); ok && (b.e.Proto != event.ICMP || b.e.ICMPType == 5) {
		b.d.Gateway = a.String()
	}
}

func (b *body) trafficClass(v []byte) {
	if n, ok := lex.Uint8(v); ok {
		b.e.TOS = n
		b.set(event.HasTOS)
		if b.d != nil {
			b.d.TC = int(n)
		}
	}
}

// rareWord decodes bare words that few records have.
func (b *body) rareWord(w []byte) {
	switch {
	case bytes.HasPrefix(w, []byte("FRAG:")):
		b.fragment(w[5:])
	case bytes.HasPrefix(w, []byte("ID:")):
		b.fragID(w[3:])
	case string(w) == "INCOMPLETE":
		b.incompleteWord()
	case string(w) == "NAK", bytes.HasPrefix(w, []byte("CODE=")):
	}
}

// fragment is the offset: in units of 8 bytes under IPv4, in bytes under IPv6.
// ulogd puts a space before the number.
func (b *body) fragment(v []byte) {
	if len(v) == 0 {
		v = b.nextWord()
	}
	n, ok := lex.Uint(v)
	if !ok {
		return
	}
	if !b.e.Has(event.IPv6) {
		n *= 8
	}
	b.e.FragOff = n
	if n > 0 {
		b.fragOffset = true
		b.e.Fields |= event.Fragment
	}
	if b.d != nil {
		b.d.HasFragOff = true
	}
	// "INCOMPLETE" behind an IPv6 offset means that more fragments follow.
	if b.e.Has(event.IPv6) && bytes.HasPrefix(b.text[b.pos:], []byte(" INCOMPLETE ID:")) {
		b.pos += len(" INCOMPLETE")
		b.e.Fields |= event.MF
	}
}

func (b *body) fragID(v []byte) {
	if len(v) == 0 {
		v = b.nextWord()
	}
	if n, ok := lex.Hex(v); ok && b.d != nil {
		b.d.FragID, b.d.HasFragID = n, true
	}
}

func (b *body) nextWord() []byte {
	for b.pos < len(b.text) && b.text[b.pos] == ' ' {
		b.pos++
	}
	w, end := word(b.text, b.pos)
	b.pos = end
	return w
}

// incompleteWord is "INCOMPLETE [8 bytes]": the packet was cut, the record is not.
func (b *body) incompleteWord() {
	rest := b.text[b.pos:]
	n := 0
	if bytes.HasPrefix(rest, []byte(" [")) {
		if end := bytes.IndexByte(rest, ']'); end > 0 {
			w, _, _ := bytes.Cut(rest[2:end], []byte(" "))
			if x, ok := lex.Uint(w); ok {
				n = int(x)
			}
			b.pos += end + 1
		}
	}
	b.cut(n)
}

func (b *body) cut(bytesPresent int) {
	b.incomplete = true
	if b.d != nil {
		b.d.Incomplete = bytesPresent
	}
}

// options is "OPT (HEX)" of IPv4 or TCP, "OPT (TRUNCATED)", or one "OPT ( … )"
// group of IPv6, which may hold FRAG, AH or ESP or nothing.
func (b *body) options() {
	rest := b.text[b.pos:]
	if !bytes.HasPrefix(rest, []byte(" (")) {
		return
	}
	end := bytes.IndexByte(rest, ')')
	if end < 0 {
		b.unclosed = true
		b.pos = len(b.text)
		return
	}
	b.pos += end + 1
	content := rest[2:end]
	switch {
	case len(content) > 0 && content[0] == ' ':
		b.extensionHeader(bytes.TrimSpace(content))
	case b.l4:
		b.tcpOptions(content)
	case b.d != nil:
		b.d.IPOptions = string(content)
	}
}

func (b *body) tcpOptions(content []byte) {
	if b.d != nil {
		b.d.TCPOptions = string(content)
	}
	if string(content) == "TRUNCATED" {
		b.incomplete = true
		b.e.Fields |= event.Truncated
		return
	}
	if layout, ok := b.p.layout(content); ok {
		b.e.Options = layout
		b.set(event.HasOptions)
	}
}

// layout names the layout of TCP options in hex.
func (p *Parser) layout(hex []byte) (event.Sym, bool) {
	var room [512]byte
	layout, ok := lex.OptionLayoutHex(room[:0], hex)
	if !ok {
		return 0, false
	}
	return p.layouts.Sym(p.names, layout), true
}

// extensionHeader is the inside of an IPv6 "OPT ( … )" group.
func (b *body) extensionHeader(content []byte) {
	b.opts++
	if b.d != nil {
		b.d.ExtHeaders = b.opts
	}
	sub := *b
	sub.text, sub.pos = content, 0
	for sub.pos < len(content) {
		switch w := sub.nextWord(); {
		case string(w) == "ESP":
			sub.e.Proto, sub.l4 = event.ESP, true
		case bytes.HasPrefix(w, []byte("FRAG:")):
			sub.fragment(w[5:])
		case bytes.HasPrefix(w, []byte("ID:")):
			sub.fragID(w[3:])
		case bytes.HasPrefix(w, []byte("SPI=")) && sub.d != nil:
			sub.spi(w[4:])
		}
	}
	b.l4, b.fragOffset = sub.l4, sub.fragOffset
}

// quoted is "[" and the packet inside an ICMP error. It may itself hold
// "INCOMPLETE [8 bytes]", so its end is found by depth.
func (b *body) quoted() {
	start, depth := b.pos+1, 0
	for i := b.pos; i < len(b.text); i++ {
		switch b.text[i] {
		case '[':
			depth++
		case ']':
			if depth--; depth == 0 {
				b.pos = i + 1
				b.inside(b.text[start:i])
				return
			}
		}
	}
	b.unclosed = true
	b.pos = len(b.text)
	b.inside(b.text[start:])
}

// inside decodes a quoted packet into the Detail; without one it is passed over:
// nothing of it may count.
func (b *body) inside(text []byte) {
	b.last, b.lastKey = 0, ""
	if b.d == nil || b.inner {
		return
	}
	in := &event.Inner{Detail: event.NewDetail()}
	sub := body{p: b.p, e: &in.Event, d: &in.Detail, text: text, inner: true}
	sub.run()
	sub.finish(len(text) > 0 && text[len(text)-1] == ' ')
	b.d.Inner = in
}
