package netfilter

import (
	"bytes"

	"fwreport/reader/event"
)

// finish judges what was decoded. complete tells that the message ends with the
// space that the kernel prints after every token: then its last value is whole
// even if the record was cut there.
func (b *body) finish(complete bool) (Outcome, string) {
	e := b.e
	if b.bad != "" {
		return Malformed, b.bad
	}
	if e.Has(event.HasSrc) {
		e.Fields &^= event.NonIP
	}
	if b.fragOffset {
		b.dropL4()
	}
	b.finishFlags()
	b.checkCut(complete)
	b.checkARP()
	if b.d != nil {
		b.describe()
	}
	return b.verdict()
}

// verdict says whether it is a packet record: it must have both addresses, or
// be ARP, a non-IP frame, or cut by the kernel itself.
func (b *body) verdict() (Outcome, string) {
	e := b.e
	switch {
	case e.Has(event.HasSrc | event.HasDst):
		return Packet, ""
	case b.arp || e.Proto == event.ARP || e.Has(event.AddrUnknown):
		return Packet, ""
	case e.Has(event.HasSrc) || e.Has(event.Truncated) && !b.incomplete:
		return Malformed, "cut before the addresses are complete"
	case b.incomplete:
		return Packet, ""
	case e.Has(event.NonIP) && b.link:
		return Packet, ""
	case b.headerOnly():
		e.Fields |= event.AddrUnknown
		return Packet, ""
	}
	return Malformed, "header without a packet"
}

// headerOnly is ulogd's record of a packet without payload: no addresses, and
// zeros for the rest (LEN=0 TOS=00 … PROTO=0).
func (b *body) headerOnly() bool {
	if !b.l4 || !b.e.Has(event.HasLen) || b.e.Len != 0 {
		return false
	}
	b.e.Fields &^= event.HasLen | event.HasTTL | event.HasTOS | event.HasID
	b.e.Proto = event.NoProto
	return true
}

// dropL4 forgets what stands behind the protocol of a later fragment: the kernel
// prints nothing there, ulogd prints payload as if it were a header.
func (b *body) dropL4() {
	const l4 = event.HasSrcPort | event.HasDstPort | event.HasSeq | event.HasAck | event.HasWindow | event.HasFlags |
		event.HasICMP | event.HasICMPCode | event.HasOptions
	b.e.Fields &^= l4
	b.flags = 0
	if b.d != nil {
		b.d.L4Len, b.d.URGP, b.d.Res, b.d.ICMPID, b.d.ICMPSeq = -1, -1, -1, -1, -1
	}
}

func (b *body) finishFlags() {
	if b.e.Proto == event.TCP && !b.fragOffset && (b.urgp || b.flags != 0) {
		b.e.Flags = b.flags
		b.e.Fields |= event.HasFlags
	}
}

// checkCut finds records that end too early by what they lack, and takes back
// the last value, which may be cut itself ("DPT=80" of 8080).
func (b *body) checkCut(complete bool) {
	if !b.unclosed && (b.incomplete || b.trailer || b.arp || !b.lacking()) {
		return
	}
	e := b.e
	e.Fields |= event.Truncated
	if e.Proto == event.TCP && !b.urgp {
		e.Fields &^= event.HasFlags // more may have followed
		e.Flags = 0
	}
	if !complete && !b.unclosed {
		e.Fields &^= b.last
	}
}

// lacking reports whether something must have followed the last token.
func (b *body) lacking() bool {
	e := b.e
	switch {
	case b.half:
		return true
	case e.Has(event.NonIP):
		return false
	case b.own:
		return !e.Has(event.HasDst) && !b.arp
	case !e.Has(event.HasDst):
		return e.Has(event.HasSrc)
	case !b.l4 && e.Has(event.IPv6):
		return !b.flow
	case !b.l4:
		return !b.fragOffset
	case b.fragOffset:
		return false
	}
	switch e.Proto {
	case event.TCP:
		return !b.urgp
	case event.UDP, event.UDPLite:
		return !b.l4len
	case event.ICMP, event.ICMPv6:
		return !b.code || b.echo() && e.ICMPCode == 0 && !b.seqICMP
	}
	return false
}

// checkARP drops the addresses that ulogd up to 2.0.8 prints for ARP: they are
// bytes of a memory address, ten apart.
func (b *body) checkARP() {
	e := b.e
	if e.Proto != event.ARP || !e.Has(event.HasSrc|event.HasDst) || !e.Src.Is4() || !e.Dst.Is4() {
		return
	}
	if littleEndian(e.Dst.V4())-littleEndian(e.Src.V4()) == 10 {
		e.Fields &^= event.HasSrc | event.HasDst
		e.Fields |= event.AddrUnknown
	}
}

func littleEndian(v uint32) uint32 { return v>>24 | v>>8&0xff00 | v<<8&0xff0000 | v<<24 }

// describe fills in what is derived for the Detail.
func (b *body) describe() {
	d, e := b.d, b.e
	d.Kind = "packet"
	if e.Has(event.NonIP) && !e.Has(event.HasSrc) {
		d.Kind = "nonip"
	}
	if e.In != 0 && e.In == e.Out && b.link && e.Fields&event.HasMACSrc == 0 && d.MACRaw == "" && linkLocalSource(e) {
		e.Fields |= event.OutLocal
	}
}

// linkLocalSource reports whether the source is fe80::/10 or "::": with IN and
// OUT the same and an empty MAC= it is a neighbour-discovery packet that the
// host sent itself, seen in POSTROUTING.
func linkLocalSource(e *event.Event) bool {
	if !e.Has(event.HasSrc | event.IPv6) {
		return false
	}
	hi, lo := e.Src.Halves()
	return hi>>54 == 0xfe80>>6 || hi == 0 && lo == 0
}

// Anchored reports whether msg holds something that looks like the header of a
// record: the envelope needs to know before it takes a word for a tag.
func Anchored(msg []byte) bool { return bytes.Contains(msg, inKey) && bytes.Contains(msg, outKey) }
