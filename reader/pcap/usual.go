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
	t := d.templateOf(f.link)
	if t == nil || !t.fits(f.data) {
		return false
	}
	e := appended(b)
	*e = t.event
	e.Time, e.Ref = f.time, ref
	e.Fields |= f.fields
	if f.dir == outbound {
		e.Out = f.iface
	} else {
		e.In = f.iface
	}
	d.usualPacket(e, t, f.data)
	return true
}

// template is what the events of usual packets of one link type have in common.
type template struct {
	event  event.Event
	header int // length of the link header
}

// templateOf is the template for a link type, nil if there is none or details are
// wanted.
func (d *decoder) templateOf(link uint32) *template {
	switch {
	case d.opt.Detail:
		return nil
	case link == linkEthernet:
		return &d.usualEther
	case link == linkRaw:
		return &d.usualRaw
	}
	return nil
}

// newTemplate is what d's decision on captures and a link header give.
func (d *decoder) newTemplate(header int, fields event.Fields) template {
	return template{header: header, event: event.Event{
		Count:  1,
		Action: d.capture.word, DecidedBy: d.capture.by, Reason: d.capture.reason, Verdict: d.capture.Verdict,
		Fields: d.capture.fields | fields |
			event.HasSrc | event.HasDst | event.HasLen | event.HasTOS | event.HasID | event.HasTTL,
	}}
}

// fits reports whether frame is a usual packet.
func (t *template) fits(frame []byte) bool {
	if t.header == etherLen {
		if len(frame) < etherLen || frame[12] != etherIPv4>>8 || frame[13] != etherIPv4&0xff {
			return false
		}
		frame = frame[etherLen:]
	}
	return ordinary4(frame)
}

// usualPacket sets what a frame that fits t says.
func (d *decoder) usualPacket(e *event.Event, t *template, frame []byte) {
	if t.header == etherLen {
		e.MACDst, e.MACSrc = [6]byte(frame), [6]byte(frame[6:])
		frame = frame[etherLen:]
	}
	ip := frame[:28:len(frame)]
	e.Src, e.Dst = event.AddrFrom4(be32(ip[12:])), event.AddrFrom4(be32(ip[16:]))
	e.Len, e.ID, e.TTL, e.TOS, e.Proto = uint32(be16(ip[2:])), be16(ip[4:]), ip[8], ip[1], event.IPProto(ip[9])
	e.Fields |= flagFields[ip[6]>>6&3] | d.usualTransport(e, frame[20:])
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

// usualTransport takes a transport header that ordinary4 has found whole, and says
// what it gave.
func (d *decoder) usualTransport(e *event.Event, h []byte) event.Fields {
	switch e.Proto {
	case event.TCP:
		h := h[:20:len(h)]
		e.SrcPort, e.DstPort = be16(h), be16(h[2:])
		e.Seq, e.Ack, e.Window, e.Flags = be32(h[4:]), be32(h[8:]), be16(h[14:]), tcpFlags(h)
		if size := int(h[12]>>4) * 4; size > 20 {
			e.Options = d.layouts.of(d, h[20:size])
		}
		return event.HasSrcPort | event.HasDstPort | event.HasSeq | event.HasAck | event.HasWindow | event.HasFlags | event.HasOptions
	case event.UDP:
		e.SrcPort, e.DstPort = be16(h), be16(h[2:])
		return event.HasSrcPort | event.HasDstPort
	}
	e.ICMPType, e.ICMPCode = h[0], h[1]
	return event.HasICMP | event.HasICMPCode
}
