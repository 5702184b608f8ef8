package stream

import (
	"encoding/binary"
	"slices"
)

// IP is the packet as it stands on the wire, from the IP header on, with
// correct lengths and checksums.
func (p *Packet) IP() []byte {
	if p.Is6() {
		return p.ip6()
	}
	return p.ip4()
}

func (p *Packet) ip4() []byte {
	body := p.transport()
	h := make([]byte, 20, 20+len(body))
	h[0], h[1] = 0x45, p.TOS
	binary.BigEndian.PutUint16(h[2:], uint16(20+len(body)))
	binary.BigEndian.PutUint16(h[4:], p.ID)
	binary.BigEndian.PutUint16(h[6:], p.fragWord())
	h[8], h[9] = p.TTL, p.Proto
	copy(h[12:], p.Src.AsSlice())
	copy(h[16:], p.Dst.AsSlice())
	binary.BigEndian.PutUint16(h[10:], fold(sum(0, h)))
	return append(h, body...)
}

// fragWord is IPv4's word of flags and fragment offset.
func (p *Packet) fragWord() uint16 {
	w := p.FragOff
	if p.DF {
		w |= 0x4000
	}
	if p.MF {
		w |= 0x2000
	}
	return w
}

func (p *Packet) ip6() []byte {
	body := p.transport()
	next := p.Proto
	if p.fragmented() {
		frag := []byte{next, 0, 0, 0, 0, 0, 0, 0}
		w := p.FragOff << 3
		if p.MF {
			w |= 1
		}
		binary.BigEndian.PutUint16(frag[2:], w)
		binary.BigEndian.PutUint32(frag[4:], p.FragID)
		body, next = append(frag, body...), 44
	}
	h := make([]byte, 40, 40+len(body))
	binary.BigEndian.PutUint32(h, 6<<28|uint32(p.TOS)<<20|p.Flow&0xfffff)
	binary.BigEndian.PutUint16(h[4:], uint16(len(body)))
	h[6], h[7] = next, p.TTL
	copy(h[8:], p.Src.AsSlice())
	copy(h[24:], p.Dst.AsSlice())
	return append(h, body...)
}

func (p *Packet) fragmented() bool { return p.MF || p.FragOff > 0 }

// transport is what follows the IP headers.
func (p *Packet) transport() []byte {
	if p.Later() {
		return p.Data
	}
	switch p.Proto {
	case TCP:
		return p.tcp()
	case UDP, UDPLite:
		return p.udp()
	case ICMP, ICMPv6:
		return p.icmp()
	case AH:
		h := make([]byte, 12)
		h[0], h[1] = 59, 1 // no next header; length in words less 2
		binary.BigEndian.PutUint32(h[4:], p.SPI)
		return append(h, p.Data...)
	case ESP:
		return append(binary.BigEndian.AppendUint32(nil, p.SPI), p.Data...)
	}
	return p.Data
}

func (p *Packet) tcp() []byte {
	h := make([]byte, 20, 20+len(p.Options)+len(p.Data))
	binary.BigEndian.PutUint16(h, p.SrcPort)
	binary.BigEndian.PutUint16(h[2:], p.DstPort)
	binary.BigEndian.PutUint32(h[4:], p.Seq)
	binary.BigEndian.PutUint32(h[8:], p.Ack)
	binary.BigEndian.PutUint16(h[12:], uint16(5+len(p.Options)/4)<<12|uint16(p.Flags))
	binary.BigEndian.PutUint16(h[14:], p.Window)
	binary.BigEndian.PutUint16(h[18:], p.Urgent)
	h = append(append(h, p.Options...), p.Data...)
	binary.BigEndian.PutUint16(h[16:], p.checksum(h))
	return h
}

// udp is UDP's or UDP-Lite's header, the latter with a checksum over all.
func (p *Packet) udp() []byte {
	h := make([]byte, 8, 8+len(p.Data))
	binary.BigEndian.PutUint16(h, p.SrcPort)
	binary.BigEndian.PutUint16(h[2:], p.DstPort)
	binary.BigEndian.PutUint16(h[4:], uint16(8+len(p.Data)))
	h = append(h, p.Data...)
	c := p.checksum(h)
	if c == 0 {
		c = 0xffff // zero means "not computed" (RFC 768)
	}
	binary.BigEndian.PutUint16(h[6:], c)
	return h
}

func (p *Packet) icmp() []byte {
	h := []byte{p.Type, p.Code, 0, 0}
	h = binary.BigEndian.AppendUint32(h, p.Rest)
	h = append(append(h, p.quoted()...), p.Data...)
	if p.Proto == ICMPv6 {
		binary.BigEndian.PutUint16(h[2:], p.checksum(h))
	} else {
		binary.BigEndian.PutUint16(h[2:], fold(sum(0, h)))
	}
	return h
}

// checksum is that of a transport header with its pseudo-header, the checksum
// field still zero. That of a first fragment covers data which are not here;
// what stands in its place does not matter to any reader.
func (p *Packet) checksum(b []byte) uint16 {
	s := sum(sum(0, p.Src.AsSlice()), p.Dst.AsSlice())
	return fold(sum(s+uint32(p.Proto)+uint32(len(b)), b))
}

// sum adds b's 16-bit words (RFC 1071).
func sum(s uint32, b []byte) uint32 {
	for len(b) > 1 {
		s += uint32(b[0])<<8 | uint32(b[1])
		b = b[2:]
	}
	if len(b) > 0 {
		s += uint32(b[0]) << 8
	}
	return s
}

func fold(s uint32) uint16 {
	for s > 0xffff {
		s = s>>16 + s&0xffff
	}
	return ^uint16(s)
}

// frame is the packet with its Ethernet header, which has zero addresses if the
// model has none.
func (p *Packet) frame() []byte { return slices.Concat(p.linkHeader(), p.IP()) }

// linkHeader is the Ethernet header: destination, source, type.
func (p *Packet) linkHeader() []byte {
	return binary.BigEndian.AppendUint16(slices.Concat(p.MACDst[:], p.MACSrc[:]), p.etherType())
}

func (p *Packet) etherType() uint16 {
	if p.Is6() {
		return 0x86dd
	}
	return 0x0800
}
