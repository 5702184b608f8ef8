package ulogd

import (
	"fmt"

	"fwreport/reader/event"
	"fwreport/reader/lex"
)

// details are what the record says beyond its Event.
func (p *parser) details(e *event.Event, a *answer) event.Detail {
	d, r := event.NewDetail(), p.rec
	d.Kind = "packet"
	if e.Has(event.NonIP) {
		d.Kind = "nonip"
	}
	d.Class, d.ActionSource, d.Category = a.Class, a.DecidedBy, a.Category
	d.Chain, d.Rule, d.FrontEnd = a.Chain, a.Rule, a.FrontEnd
	if r.has(kGID) {
		d.GID, d.HasGID = uint32(r.num[kGID]), true
	}
	r.linkDetail(&d)
	switch {
	case e.Proto == event.ARP:
		d.ARP = r.arp(e)
	case e.Has(event.IPv6):
		r.detail6(&d)
	}
	if !e.Has(event.Fragment) {
		r.transportDetail(e, &d)
	}
	return d
}

// linkDetail takes the ethertype, and the VLAN of a tagged link header.
func (r *record) linkDetail(d *event.Detail) {
	if r.has(kEtherType) && r.num[kEtherType] != 0 {
		d.EtherType = fmt.Sprintf("%04x", r.num[kEtherType])
	}
	if !r.has(kMAC) {
		return
	}
	m := r.ethernet()
	if m == nil {
		d.MACRaw = string(r.str(kMAC))
		return
	}
	if tag := string(m[36:41]); len(m) >= 18*3-1 && (tag == "81:00" || tag == "88:a8") {
		d.VProto = tag[:2] + tag[3:]
		hi, ok1 := lex.HexByte(m[42], m[43])
		lo, ok2 := lex.HexByte(m[45], m[46])
		if ok1 && ok2 {
			d.VLAN, d.VLANPrio = int(hi&0xf)<<8|int(lo), int(hi>>5)
		}
	}
}

// arp is the payload of an ARP packet; hardware addresses are not exported.
func (r *record) arp(e *event.Event) *event.ARPDetail {
	a := &event.ARPDetail{HType: r.int(kARPHType), Op: r.int(kARPOp)}
	if r.has(kARPPType) {
		a.PType = fmt.Sprintf("%04x", r.num[kARPPType])
	}
	if e.Has(event.AddrUnknown) {
		return a
	}
	if r.has(kARPSrc) {
		a.IPSrc = string(r.str(kARPSrc))
	}
	if r.has(kARPDst) {
		a.IPDst = string(r.str(kARPDst))
	}
	return a
}

// int is a number, or -1 if it is not given.
func (r *record) int(k key) int {
	if r.has(k) {
		return int(r.num[k])
	}
	return -1
}

func (r *record) detail6(d *event.Detail) {
	d.TC, d.FlowLabel = r.int(kClass6), r.int(kFlowLabel)
	d.HasFragOff = r.has(kFragOff6)
	if r.has(kFragID6) {
		d.FragID, d.HasFragID = uint32(r.num[kFragID6]), true
	}
}

func (r *record) transportDetail(e *event.Event, d *event.Detail) {
	switch e.Proto {
	case event.UDP, event.UDPLite:
		d.L4Len = r.int(kUDPLen)
	case event.TCP:
		d.URGP = r.int(kURGP)
	case event.ICMP:
		d.ICMPID, d.ICMPSeq, d.MTU = r.int(kEchoID), r.int(kEchoSeq), r.int(kMTU)
	case event.ICMPv6:
		d.ICMPID, d.ICMPSeq = r.int(kEchoID6), r.int(kEchoSeq6)
	}
}
