package pcap

import (
	"fwreport/reader"
	"fwreport/reader/event"
)

// usual decodes the packets that nearly all captures are made of: IPv4 without
// options and in one piece, behind an Ethernet header or none, with a whole
// header of TCP, UDP or ICMP. It writes the event once, where the general way
// goes over it layer by layer, and leaves all other packets to that, as well as
// those whose details are wanted. FuzzUsual holds both to the same result.
func (d *decoder) usual(b *reader.Batch, ref event.Ref, f *frame) bool {
	var fields event.Fields
	ip := f.data
	switch f.link {
	case linkEthernet:
		if len(ip) < etherLen || ip[12] != etherIPv4>>8 || ip[13] != etherIPv4&0xff {
			return false
		}
		ip, fields = ip[etherLen:], event.HasMACDst|event.HasMACSrc
	case linkRaw:
	default:
		return false
	}
	if d.opt.Detail || !ordinary4(ip) {
		return false
	}
	e := appended(b)
	*e = event.Event{
		Time: f.time, Ref: ref, Count: 1,
		Src: event.AddrFrom4(be32(ip[12:])), Dst: event.AddrFrom4(be32(ip[16:])),
		Len: uint32(be16(ip[2:])), ID: be16(ip[4:]), TTL: ip[8], TOS: ip[1], Proto: event.IPProto(ip[9]),
		Action: d.capture.word, DecidedBy: d.capture.by, Reason: d.capture.reason, Verdict: d.capture.Verdict,
		Fields: f.fields | fields | d.capture.fields | flagFields[ip[6]>>6&3] |
			event.HasSrc | event.HasDst | event.HasLen | event.HasTOS | event.HasID | event.HasTTL,
	}
	if fields != 0 {
		e.MACDst, e.MACSrc = [6]byte(f.data), [6]byte(f.data[6:])
	}
	if f.dir == outbound {
		e.Out = f.iface
	} else {
		e.In = f.iface
	}
	d.usualTransport(e, ip[20:])
	return true
}

// flagFields are the bits of an IPv4 header's reserved and DF flags.
var flagFields = [4]event.Fields{0, event.DF, event.Evil, event.Evil | event.DF}

// appended is the event behind b's last one, whatever its memory held before.
func appended(b *reader.Batch) *event.Event {
	n := len(b.Events)
	if n == cap(b.Events) {
		b.Events = append(b.Events, event.Event{})
	}
	b.Events = b.Events[:n+1]
	return &b.Events[n]
}

// usualTransport takes a transport header that ordinary4 has found whole.
func (d *decoder) usualTransport(e *event.Event, h []byte) {
	switch e.Proto {
	case event.TCP:
		h := h[:20:len(h)]
		e.SrcPort, e.DstPort = be16(h), be16(h[2:])
		e.Seq, e.Ack, e.Window, e.Flags = be32(h[4:]), be32(h[8:]), be16(h[14:]), tcpFlags(h)
		e.Fields |= event.HasSrcPort | event.HasDstPort | event.HasSeq | event.HasAck | event.HasWindow | event.HasFlags | event.HasOptions
		if size := int(h[12]>>4) * 4; size > 20 {
			e.Options = d.layouts.of(d, h[20:size])
		}
	case event.UDP:
		e.SrcPort, e.DstPort = be16(h), be16(h[2:])
		e.Fields |= event.HasSrcPort | event.HasDstPort
	default:
		e.ICMPType, e.ICMPCode = h[0], h[1]
		e.Fields |= event.HasICMP | event.HasICMPCode
	}
}
