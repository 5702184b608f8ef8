package pcap

import "fwreport/reader/event"

// Decoding by hand of what is not for gopacket: see the package's doc. Each
// function takes what is there and marks what is cut.

// within is b without what stands behind the packet's own length (Ethernet
// padding, a frame check sequence). A length of 0 is left by segmentation
// offload and by jumbograms: then all of b is the packet.
func within(b []byte, length int) []byte {
	if length == 0 || length >= len(b) {
		return b
	}
	return b[:length]
}

func (d *decoder) handIPv4(t target, b []byte) fate {
	if len(b) < 20 {
		return fate{cut, "IPv4 header cut"}
	}
	size := int(b[0]&15) * 4
	if b[0]>>4 != 4 || size < 20 {
		return fate{damaged, "IPv4 header has an impossible version or length"}
	}
	t.setIPv4(b[1], be16(b[2:]), be16(b[4:]), be16(b[6:]), b[8], be32(b[12:]), be32(b[16:]))
	t.e.Proto = event.IPProto(b[9])
	b = within(b, int(be16(b[2:])))
	if len(b) < size {
		t.truncate(b)
		return fate{}
	}
	t.describeIPv4(b[:size])
	if !t.e.Has(event.Fragment) {
		d.transport(t, b[9], b[size:])
	}
	return fate{}
}

func (d *decoder) handIPv6(t target, b []byte) fate {
	if len(b) < 40 {
		return fate{cut, "IPv6 header cut"}
	}
	if b[0]>>4 != 6 {
		return fate{damaged, "IPv6 header has an impossible version"}
	}
	t.setIPv6(b[0]<<4|b[1]>>4, be16(b[4:]), b[7], b[8:24], b[24:40])
	t.describeIPv6(b[:40])
	d.extensions(t, b[6], within(b[40:], int(be16(b[4:]))))
	return fate{}
}

// extensions walks IPv6 extension headers to the transport protocol. A later
// fragment's protocol is what its fragment header names. Each header is at
// least 8 bytes long, so the walk ends.
func (d *decoder) extensions(t target, next uint8, b []byte) {
	for isExtension(next) {
		size := extensionSize(next, b)
		if len(b) < size {
			t.truncate(b)
			return
		}
		if t.det != nil {
			t.det.ExtHeaders++
		}
		if next == protoFragment {
			t.setFragment(uint32(be16(b[2:])&^7), b[3]&1 != 0)
			t.describeFragment(b)
			if t.e.Has(event.Fragment) {
				t.e.Proto = event.IPProto(b[0])
				return
			}
		}
		next, b = b[0], b[size:]
	}
	t.e.Proto = event.IPProto(next)
	d.transport(t, next, b)
}

// isExtension reports whether the kernel walks over a header to find the
// protocol (ipv6_ext_hdr, net/ipv6/exthdrs_core.c). ESP is the end: what follows
// it is encrypted.
func isExtension(proto uint8) bool {
	switch proto {
	case protoHopByHop, protoRouting, protoFragment, protoAH, protoDestOpts:
		return true
	}
	return false
}

// extensionSize is the size of the extension header that b begins with, 8 if
// too little of it is there to tell. AH counts in words of four bytes less two
// (RFC 4302), the others in eights less one (RFC 8200).
func extensionSize(kind uint8, b []byte) int {
	switch {
	case kind == protoFragment || len(b) < 2:
		return 8
	case kind == protoAH:
		return max((int(b[1])+2)*4, 8)
	}
	return (int(b[1]) + 1) * 8
}

// transport decodes the transport header that b begins with.
func (d *decoder) transport(t target, proto uint8, b []byte) {
	switch event.IPProto(proto) {
	case event.TCP:
		d.handTCP(t, b)
	case event.UDP, event.UDPLite:
		t.handPorts(b, 8)
		t.describeUDP(b)
	case event.SCTP, event.DCCP:
		t.handPorts(b, 12)
	case event.ICMP:
		t.handICMP(b)
		d.describeICMP(t, b)
	case event.ICMPv6:
		t.handICMP(b)
		d.describeICMPv6(t, b)
	case event.AH:
		t.describeSPI(b, 4, 12)
	case event.ESP:
		t.describeSPI(b, 0, 8)
	}
}

// handPorts takes the ports; size is the least that the header has.
func (t target) handPorts(b []byte, size int) {
	if len(b) >= 4 {
		t.setPorts(be16(b), be16(b[2:]))
	}
	if len(b) < size {
		t.truncate(b)
	}
}

// handTCP takes as much of a TCP header as is there. Options are taken only if
// all of them are: a layout that ends early would be another one.
func (d *decoder) handTCP(t target, b []byte) {
	t.handPorts(b, 20)
	e := t.e
	if len(b) >= 8 {
		e.Seq = be32(b[4:])
		e.Fields |= event.HasSeq
	}
	if len(b) >= 12 {
		e.Ack = be32(b[8:])
		e.Fields |= event.HasAck
	}
	if len(b) >= 14 {
		e.Flags = tcpFlags(b)
		e.Fields |= event.HasFlags
	}
	if len(b) >= 16 {
		e.Window = be16(b[14:])
		e.Fields |= event.HasWindow
	}
	if len(b) < 20 {
		return
	}
	t.describeTCP(b)
	switch size := int(b[12]>>4) * 4; {
	case size < 20: // impossible: where the options end is unknown
	case size > len(b):
		t.truncate(b)
	default:
		d.setOptions(t, b[20:size])
	}
}

// handICMP takes type and code, of either version.
func (t target) handICMP(b []byte) {
	if len(b) >= 1 {
		t.e.ICMPType = b[0]
		t.e.Fields |= event.HasICMP
	}
	if len(b) >= 2 {
		t.e.ICMPCode = b[1]
		t.e.Fields |= event.HasICMPCode
	}
	if len(b) < 8 {
		t.truncate(b)
	}
}
