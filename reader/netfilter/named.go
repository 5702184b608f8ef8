package netfilter

import (
	"bytes"

	"fwreport/reader/event"
	"fwreport/reader/lex"
)

// labelled is the decision for a record that names its action itself, in a field
// beside its prefix. It is asked for once a pair.
func (p *Parser) labelled(prefix, label []byte) *decision {
	p.labelKey = append(append(append(p.labelKey[:0], prefix...), 0), label...)
	if dec := p.labels[string(p.labelKey)]; dec != nil {
		return dec
	}
	text := string(prefix)
	dec := &decision{Decision: p.opt.Actions.Recorded(text, string(label)), sym: p.names.Sym(prefix)}
	dec.action = p.opt.Symbols.Of(dec.Action)
	dec.by = p.opt.Symbols.Of(dec.DecidedBy)
	dec.reason = p.opt.Symbols.Of(dec.Reason)
	if p.labels == nil || len(p.labels) >= maxDecided {
		p.labels = map[string]*decision{}
	}
	p.labels[string(p.labelKey)] = dec
	return dec
}

// named is a record of KEY=value pairs whose keys are not those of nf_log.
type named struct {
	body
	header        header
	prefix, label []byte
	rule          []byte
	typ, code     []byte // ICMP's, whose keys may come before the protocol
}

// finishNamed decides the action and says what the pairs made.
func (n *named) finishNamed(frontEnd string) (Outcome, string) {
	p, e, d := n.p, n.e, n.d
	dec := p.labelled(n.prefix, n.label)
	p.head(e, &n.header, dec)
	if d != nil {
		dec.describe(d)
		d.Kind = "packet"
		if frontEnd != "" {
			d.FrontEnd = frontEnd
		}
		if len(n.rule) > 0 {
			d.Rule = string(n.rule)
		}
	}
	if e.Proto == event.ICMP || e.Proto == event.ICMPv6 {
		n.icmpByte(n.typ, &e.ICMPType, event.HasICMP)
		n.icmpByte(n.code, &e.ICMPCode, event.HasICMPCode)
	}
	n.finishFlags()
	switch {
	case n.bad != "":
		return Malformed, n.bad
	case e.Has(event.HasSrc|event.HasDst) || e.Has(event.AddrUnknown) || e.Proto == event.ARP:
		return Packet, ""
	}
	return Malformed, "no source or destination address"
}

// hostAddr is an address; "?" is the auditor's word for none.
func (n *named) hostAddr(v []byte, a *event.Addr, f event.Fields, what string) {
	if string(v) == "?" {
		n.e.Fields |= event.AddrUnknown
		return
	}
	if addr, ok := lex.Addr(v); ok {
		*a = addr
		n.set(f)
		if bytes.IndexByte(v, ':') >= 0 {
			n.e.Fields |= event.IPv6
		}
		return
	}
	n.bad = what + " is no address"
}

// ParseAudit decodes the pairs of an audit record NETFILTER_PKT behind its stamp.
// Since Linux 4.13 they are mark, saddr, daddr and proto only; before, action,
// hook, interfaces and ports too (net/netfilter/xt_AUDIT.c). e and d are as in
// Parse.
func (p *Parser) ParseAudit(e *event.Event, d *event.Detail, msg []byte) (Outcome, string) {
	n := named{body: body{p: p, e: e, d: d}}
	for len(msg) > 0 && n.bad == "" {
		w, end := word(msg, 0)
		msg = msg[min(end+1, len(msg)):]
		if key, v, ok := bytes.Cut(w, []byte{'='}); ok {
			n.audit(string(key), v)
		}
	}
	return n.finishNamed("")
}

func (n *named) audit(key string, v []byte) {
	e := n.e
	switch key {
	case "action":
		n.label = auditAction(v)
	case "hook":
		if x, ok := lex.Uint8(v); ok && x <= uint8(event.Postrouting) {
			e.Hook = event.Hook(x)
			e.Fields |= event.HasHook
		}
	case "inif":
		n.header.in = known(v)
	case "outif":
		n.header.out = known(v)
	case "mark":
		n.mark(v)
	case "smac":
		n.macPair("MACSRC", v)
	case "dmac":
		n.macPair("MACDST", v)
	case "macproto":
		n.ethernetType(v)
	case "saddr":
		n.hostAddr(v, &e.Src, event.HasSrc, "saddr")
	case "daddr":
		n.hostAddr(v, &e.Dst, event.HasDst, "daddr")
	default:
		n.auditL4(key, v)
	}
}

func (n *named) auditL4(key string, v []byte) {
	e := n.e
	switch key {
	case "len":
		n.number(v, &e.Len, event.HasLen)
	case "ipid":
		if x, ok := lex.Uint16(v); ok {
			e.ID = x
			n.set(event.HasID)
		}
	case "proto":
		n.protoNumber(v)
	case "sport":
		n.port(v, &e.SrcPort, event.HasSrcPort)
	case "dport":
		n.port(v, &e.DstPort, event.HasDstPort)
	case "icmptype":
		n.typ = v
	case "icmpcode":
		n.code = v
	}
}

func (n *named) protoNumber(v []byte) {
	if x, ok := lex.Uint8(v); ok {
		n.e.Proto = event.IPProto(x)
	}
}

func (n *named) ethernetType(v []byte) {
	if len(v) == 6 && n.d != nil {
		n.d.EtherType = string(v[2:])
	}
}

// known is v, or nothing for the auditor's "?".
func known(v []byte) []byte {
	if string(v) == "?" {
		return nil
	}
	return v
}

// auditAction is the word for xt_AUDIT's number (include/uapi/linux/netfilter/xt_AUDIT.h).
func auditAction(v []byte) []byte {
	if n, ok := lex.Uint8(v); ok && int(n) < len(auditActions) {
		return auditActions[n]
	}
	return nil
}

var auditActions = [...][]byte{[]byte("ACCEPT"), []byte("DROP"), []byte("REJECT")}

var sophosMark = []byte(`sub="packetfilter"`)

// IsSophos reports whether msg is a packet record of Sophos UTM (Astaro): pairs
// of key="value", of which one names the packet filter.
func IsSophos(msg []byte) bool {
	return bytes.HasPrefix(msg, []byte(`id="`)) && bytes.Contains(msg, sophosMark)
}

// ParseSophos decodes a record that IsSophos. Its name is the prefix ("Packet
// dropped"), its action= the action. e and d are as in Parse.
func (p *Parser) ParseSophos(e *event.Event, d *event.Detail, msg []byte) (Outcome, string) {
	n := named{body: body{p: p, e: e, d: d}}
	for n.bad == "" {
		key, after, ok := bytes.Cut(msg, []byte(`="`))
		if !ok {
			break
		}
		v, rest, closed := bytes.Cut(after, []byte{'"'})
		if !closed {
			e.Fields |= event.Truncated // the value may be cut itself
			break
		}
		n.sophos(string(bytes.TrimLeft(key, " ")), v)
		msg = rest
	}
	return n.finishNamed("sophos")
}

func (n *named) sophos(key string, v []byte) {
	e := n.e
	switch key {
	case "name":
		n.prefix = v
	case "action":
		n.label = v
	case "fwrule":
		n.rule = v
	case "initf":
		n.header.in = v
	case "outitf":
		n.header.out = v
	case "srcip":
		n.hostAddr(v, &e.Src, event.HasSrc, "srcip")
	case "dstip":
		n.hostAddr(v, &e.Dst, event.HasDst, "dstip")
	case "srcmac":
		n.shortMAC(v, &e.MACSrc, event.HasMACSrc)
	case "dstmac":
		n.shortMAC(v, &e.MACDst, event.HasMACDst)
	case "length":
		n.number(v, &e.Len, event.HasLen)
	case "tos":
		n.tosBits(v, &n.tos)
	case "prec":
		n.tosBits(v, &n.prec)
	case "ttl", "hlim":
		n.ttl(v)
	default:
		n.sophosL4(key, v)
	}
}

func (n *named) sophosL4(key string, v []byte) {
	switch key {
	case "proto":
		n.protoNumber(v)
	case "srcport":
		n.port(v, &n.e.SrcPort, event.HasSrcPort)
	case "dstport":
		n.port(v, &n.e.DstPort, event.HasDstPort)
	case "type":
		n.typ = v
	case "code":
		n.code = v
	case "tcpflags":
		n.urgp = true
		for len(v) > 0 {
			w, end := word(v, 0)
			n.word(w)
			v = v[min(end+1, len(v)):]
		}
	}
}

// shortMAC parses six hex numbers with colons, without leading zeros.
func (n *named) shortMAC(v []byte, m *[6]byte, f event.Fields) {
	var addr [6]byte
	for i := range addr {
		w, rest, ok := bytes.Cut(v, []byte{':'})
		x, valid := lex.Hex(w)
		if !valid || x > 0xff || len(w) > 2 || ok != (i < 5) {
			return
		}
		addr[i], v = byte(x), rest
	}
	*m = addr
	n.set(f)
}
