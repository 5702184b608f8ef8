package ulogd

import (
	"math/bits"
	"strconv"

	"fwreport/reader"
	"fwreport/reader/event"
	"fwreport/reader/lex"
)

// Ethertypes that ulogd decodes (oob.protocol).
const (
	typeIPv4 = 0x0800
	typeARP  = 0x0806
	typeIPv6 = 0x86dd
)

// Values of oob.family (AF_INET6, NFPROTO_ARP, NFPROTO_NETDEV).
const (
	familyARP    = 3
	familyNetdev = 5
	familyIPv6   = 10
)

// parts of an Event depend on few keys each, which rarely change from record to
// record.
type parts uint8

const (
	placing  parts = 1 << iota // where the packet was logged
	linking                    // MAC addresses
	deciding                   // the decision
	flagging                   // TCP flags; of the record, for not each Event gets them
	whole    = placing | linking | deciding | flagging
)

// event makes an event of the record that was read from raw, a packet or a flow.
// flags are what is to be known about the record as a whole.
func (p *parser) event(b *reader.Batch, c *reader.Chunk, i uint64, raw []byte, flags event.Fields) {
	p.complete(b, c, i, raw, &event.Event{Count: 1, Fields: flags, Time: event.NoTime}, whole)
}

// complete is event for one that is begun: missing are the parts named, and all
// that is no part.
func (p *parser) complete(b *reader.Batch, c *reader.Chunk, i uint64, raw []byte, begun *event.Event, missing parts) {
	n := len(b.Events)
	b.Events = append(b.Events, *begun)
	e := &b.Events[n]
	e.Ref = c.Ref(i)
	isFlow := p.rec.kind() == flow
	reason := p.rec.trouble()
	switch {
	case reason != "":
	case isFlow:
		reason = p.fillFlow(e)
	default:
		reason = p.fill(e, missing)
	}
	p.sequences(b, c.First+i, e.Time)
	if reason != "" {
		b.Events = b.Events[:n]
		b.Reject(c, i, reason, shown(raw))
		return
	}
	b.TZAssumed = b.TZAssumed || e.Has(event.TZAssumed)
	p.conclude(b, e, isFlow, missing)
	if p.identify != nil {
		b.Bodies = append(b.Bodies, p.identify.Of(trim(raw), 1))
	}
}

// conclude sets the decision and the details, for which it must be missing.
func (p *parser) conclude(b *reader.Batch, e *event.Event, isFlow bool, missing parts) {
	if isFlow {
		p.flow.pass(e)
		if p.detail {
			b.Details = append(b.Details, p.flowDetails(e))
		}
		return
	}
	if missing&deciding == 0 {
		return
	}
	a := p.decide(e)
	if p.detail {
		b.Details = append(b.Details, p.details(e, a))
	}
}

// sequences hands on the numbers that NFLOG gave the packet. They count even if
// the record does not: it was not lost.
func (p *parser) sequences(b *reader.Batch, record uint64, at int64) {
	r := p.rec
	if r.has(kSeqLocal) {
		b.Sequences = append(b.Sequences, reader.Sequence{Record: record, Time: at, Stream: reader.NFLOGLocal, N: r.num[kSeqLocal]})
	}
	if r.has(kSeqGlobal) {
		b.Sequences = append(b.Sequences, reader.Sequence{Record: record, Time: at, Stream: reader.NFLOGGlobal, N: r.num[kSeqGlobal]})
	}
}

// fill sets all but the decision; reason says why that cannot be done.
func (p *parser) fill(e *event.Event, missing parts) (reason string) {
	if !p.when(e) {
		return "timestamp makes no sense"
	}
	if missing&placing != 0 {
		p.place(e)
	}
	if missing&linking != 0 {
		p.rec.link(e)
	}
	switch {
	case p.rec.isARP():
		e.Proto = event.ARP
		if p.rec.falseARP() {
			e.Fields |= event.AddrUnknown
		}
		return ""
	case p.rec.isNonIP():
		e.Fields |= event.NonIP
		return ""
	}
	if !p.rec.addresses(e) {
		return "address makes no sense"
	}
	p.rec.network(e)
	if !e.Has(event.Fragment) {
		p.rec.transport(e)
	}
	return ""
}

// place sets where the packet was logged: host, interfaces, hook, mark, owner.
func (p *parser) place(e *event.Event) {
	r := p.rec
	if r.has(kDevice) && string(r.str(kDevice)) != "Netfilter" { // ulogd's default
		e.Host = p.host.Sym(p.names, r.str(kDevice))
	}
	e.In = p.iface(&p.in, kIn, kIfIn)
	e.Out = p.iface(&p.out, kOut, kIfOut)
	if h, ok := r.hook(); ok {
		e.Hook = h
		e.Fields |= event.HasHook
	}
	give(r, kMark, &e.Mark, e, event.HasMark)
	give(r, kUID, &e.UID, e, event.HasUID)
}

// iface is the name of an interface. One that has vanished, or a stack without
// IFINDEX, leaves only its number: it is shown as if#3.
func (p *parser) iface(slot *lex.Slot, name, index key) event.Sym {
	r := p.rec
	switch {
	case r.has(name):
		return slot.Sym(p.names, r.str(name))
	case r.has(index) && r.num[index] != 0:
		p.buf = strconv.AppendUint(append(p.buf[:0], "if#"...), r.num[index], 10)
		return slot.Sym(p.names, p.buf)
	}
	return 0
}

// hook is the netfilter hook. ARP numbers its hooks in its own way; those of the
// netdev family (ingress, egress) and a bridge's brouting are none of the five.
func (r *record) hook() (event.Hook, bool) {
	if !r.has(kHook) {
		return 0, false
	}
	n, family := r.num[kHook], uint64(0)
	if r.has(kFamily) {
		family = r.num[kFamily]
	}
	switch {
	case family == familyNetdev:
		return 0, false
	case family == familyARP && n < 3:
		return [...]event.Hook{event.Input, event.Output, event.Forward}[n], true
	}
	return event.Hook(n), n <= uint64(event.Postrouting)
}

// link sets the MAC addresses: ulogd's own, or those of the whole link header
// if it is Ethernet's.
func (r *record) link(e *event.Event) {
	src, dst := r.macs()
	if m, ok := lex.MAC(src); ok {
		e.MACSrc = m
		e.Fields |= event.HasMACSrc
	}
	if m, ok := lex.MAC(dst); ok {
		e.MACDst = m
		e.Fields |= event.HasMACDst
	}
}

func (r *record) macs() (src, dst []byte) {
	if r.has(kMACSrc) {
		src = r.str(kMACSrc)
	}
	if r.has(kMACDst) {
		dst = r.str(kMACDst)
	}
	if m := r.ethernet(); m != nil && src == nil && dst == nil {
		return m[18:35], m[:17]
	}
	return src, dst
}

// ethernet is mac.str if it is a whole Ethernet header: dst:src:type.
func (r *record) ethernet() []byte {
	const arphrdEther = 1
	if !r.has(kMAC) || r.has(kLinkType) && r.num[kLinkType] != arphrdEther || len(r.str(kMAC)) < 14*3-1 {
		return nil
	}
	return r.str(kMAC)
}

// What tells the kind of a packet.
var (
	arpKeys = setOf(kARPOp, kARPSrc, kARPDst)
	ipKeys  = setOf(kProto, kSrc, kPayloadLen)
	ip6Keys = setOf(kPayloadLen, kHopLimit, kNextHdr)
	ip4Keys = setOf(kTotalLen, kTTL)
)

func (r *record) isARP() bool {
	return r.has(kEtherType) && r.num[kEtherType] == typeARP || r.given.meets(&arpKeys)
}

// falseARP tells the addresses that ulogd up to 2.0.8 writes for ARP: not those
// of the packet but the numbers of the memory cells that hold them, which stand
// ten bytes apart.
func (r *record) falseARP() bool {
	if !r.has(kARPSrc) || !r.has(kARPDst) {
		return false
	}
	src, ok1 := lex.IPv4(r.str(kARPSrc))
	dst, ok2 := lex.IPv4(r.str(kARPDst))
	return ok1 && ok2 && bits.ReverseBytes32(dst)-bits.ReverseBytes32(src) == 10
}

// isNonIP reports whether the frame holds neither IP nor ARP. Numbers below
// 0x600 are no ethertypes.
func (r *record) isNonIP() bool {
	t := r.num[kEtherType]
	return r.has(kEtherType) && t >= 0x600 && t != typeIPv4 && t != typeIPv6 && !r.given.meets(&ipKeys)
}

// addresses sets source and destination. A packet that was logged without
// anything behind its IP header has none, and no other ip.* key either.
func (r *record) addresses(e *event.Event) (ok bool) {
	if r.has(kSrc) {
		if e.Src = r.src; !r.srcRead {
			if e.Src, ok = addr(r.str(kSrc)); !ok {
				return false
			}
		}
		e.Fields |= event.HasSrc
	}
	if r.has(kDst) {
		if e.Dst = r.dst; !r.dstRead {
			if e.Dst, ok = addr(r.str(kDst)); !ok {
				return false
			}
		}
		e.Fields |= event.HasDst
	}
	if !e.Has(event.HasSrc | event.HasDst) {
		e.Fields |= event.AddrUnknown
	}
	return true
}

// addr is lex.Addr. A dotted quad is read together with what stands behind it in
// the line's memory, which is faster than up to an end, if that is none of it.
func addr(b []byte) (event.Addr, bool) {
	if cap(b) >= 16 {
		if v4, n := lex.IPv4Prefix(b[:16]); n == len(b) && n > 0 {
			return event.AddrFrom4(v4), true
		}
	}
	return lex.Addr(b)
}
