package pcap

import (
	"github.com/google/gopacket"
	"github.com/google/gopacket/layers"

	"fwreport/reader/event"
)

// layerStack is gopacket's layers, decoded into the same memory again and again.
type layerStack struct {
	v4, v6 *gopacket.DecodingLayerParser
	ip4    layers.IPv4
	ip6    layers.IPv6
	tcp    layers.TCP
	udp    layers.UDP
	icmp4  layers.ICMPv4
	icmp6  layers.ICMPv6
	found  []gopacket.LayerType
}

func newLayerStack() *layerStack {
	s := &layerStack{found: make([]gopacket.LayerType, 0, 4)}
	s.v4 = stack(layers.LayerTypeIPv4, &s.ip4, &s.tcp, &s.udp, &s.icmp4)
	s.v6 = stack(layers.LayerTypeIPv6, &s.ip6, &s.tcp, &s.udp, &s.icmp6)
	return s
}

// stack makes a parser that begins with first. The sparse container looks a
// layer up by index; what has no decoder here is payload.
func stack(first gopacket.LayerType, decoders ...gopacket.DecodingLayer) *gopacket.DecodingLayerParser {
	c := gopacket.DecodingLayerContainer(gopacket.DecodingLayerSparse(nil))
	for _, d := range decoders {
		c = c.Put(d)
	}
	p := gopacket.NewDecodingLayerParser(first)
	p.SetDecodingLayerContainer(c)
	p.IgnoreUnsupported = true
	return p
}

// decode runs p over b, and reports whether both headers were decoded. A panic
// inside gopacket is an error here, and so is false.
func (s *layerStack) decode(p *gopacket.DecodingLayerParser, b []byte) bool {
	return p.DecodeLayers(b, &s.found) == nil && len(s.found) == 2
}

// IP protocol numbers.
const (
	protoHopByHop = 0
	protoICMP     = 1
	protoTCP      = 6
	protoUDP      = 17
	protoRouting  = 43
	protoFragment = 44
	protoESP      = 50
	protoAH       = 51
	protoICMPv6   = 58
	protoDestOpts = 60
)

// ordinary4 reports whether b is an IPv4 packet for gopacket: no IP options, no
// fragment, TCP, UDP or ICMP with the whole header inside both the captured
// bytes and the total length. See the package's doc for why the others are not.
func ordinary4(b []byte) bool {
	if len(b) < 28 || b[0] != 0x45 || b[6]&0x3f|b[7] != 0 {
		return false
	}
	total := int(be16(b[2:]))
	return total >= 28 && wholeTransport(b[9], protoICMP, b[20:min(total, len(b))])
}

// ordinary6 is the same of IPv6: no extension headers, no jumbogram.
func ordinary6(b []byte) bool {
	if len(b) < 48 || b[0]>>4 != 6 {
		return false
	}
	n := int(be16(b[4:]))
	return n >= 8 && wholeTransport(b[6], protoICMPv6, b[40:min(40+n, len(b))])
}

// wholeTransport reports whether b, of at least 8 bytes, begins with a whole
// header of protocol proto. A UDP length below its header's is an error to
// gopacket.
func wholeTransport(proto, icmp uint8, b []byte) bool {
	switch proto {
	case protoTCP:
		return len(b) >= 20 && b[12]>>4 >= 5 && int(b[12]>>4)*4 <= len(b)
	case protoUDP:
		n := be16(b[4:])
		return n == 0 || n >= 8
	}
	return proto == icmp
}

// ipv4 decodes an IPv4 packet.
func (d *decoder) ipv4(t target, b []byte) fate {
	s := d.layers
	if !ordinary4(b) || !s.decode(s.v4, b) {
		return d.handIPv4(t, b)
	}
	ip := &s.ip4
	t.setIPv4(ip.TOS, ip.Length, ip.Id, uint16(ip.Flags)<<13|ip.FragOffset, ip.TTL, be32(ip.SrcIP), be32(ip.DstIP))
	t.describeIPv4(b[:20])
	d.takeTransport(t, uint8(ip.Protocol), ip.Payload)
	return fate{}
}

// ipv6 decodes an IPv6 packet.
func (d *decoder) ipv6(t target, b []byte) fate {
	s := d.layers
	if !ordinary6(b) || !s.decode(s.v6, b) {
		return d.handIPv6(t, b)
	}
	ip := &s.ip6
	t.setIPv6(ip.TrafficClass, ip.Length, ip.HopLimit, ip.SrcIP, ip.DstIP)
	t.describeIPv6(b[:40])
	d.takeTransport(t, uint8(ip.NextHeader), ip.Payload)
	return fate{}
}

// takeTransport takes the transport layer that was decoded; raw are its bytes.
func (d *decoder) takeTransport(t target, proto uint8, raw []byte) {
	s := d.layers
	t.e.Proto = event.IPProto(proto)
	switch proto {
	case protoTCP:
		t.setPorts(uint16(s.tcp.SrcPort), uint16(s.tcp.DstPort))
		// gopacket keeps the flags as nine bools; two bytes are cheaper.
		t.setTCP(s.tcp.Seq, s.tcp.Ack, tcpFlags(raw), s.tcp.Window)
		d.setOptions(t, s.tcp.Contents[20:])
		t.describeTCP(raw)
	case protoUDP:
		t.setPorts(uint16(s.udp.SrcPort), uint16(s.udp.DstPort))
		t.describeUDP(raw)
	case protoICMP:
		t.setICMP(s.icmp4.TypeCode.Type(), s.icmp4.TypeCode.Code())
		d.describeICMP(t, raw)
	case protoICMPv6:
		t.setICMP(s.icmp6.TypeCode.Type(), s.icmp6.TypeCode.Code())
		d.describeICMPv6(t, raw)
	}
}
