package main

import "encoding/binary"

const (
	frameSize   = 60 // Ethernet's smallest, without its checksum
	etherSize   = 14
	ipSize      = 20
	linkTypeEth = 1
)

// frame is an Ethernet frame with what all packets have in common: an IPv4 SYN to
// 192.0.2.0 that must not be fragmented, and six bytes of padding.
var frame = [frameSize]byte{
	0: 2, 2: 0x5e, 4: 0x53, 5: 0x10, 6: 2, 8: 0x5e, 10: 0x53, 11: 1, 12: 8,
	14: 0x45, 17: 40, 20: 0x40, 23: 6, 30: 192, 32: 2,
	46: 0x50, 47: 2,
}

// asPcap is a capture with microseconds, in little-endian order. The packets have
// TCP checksums of zero, which nobody looks at; the one of IP is right.
func asPcap() writer {
	le := binary.LittleEndian
	header := le.AppendUint32(nil, 0xa1b2c3d4)
	header = le.AppendUint16(le.AppendUint16(header, 2), 4)
	header = le.AppendUint32(append(header, make([]byte, 8)...), 65535)
	header = le.AppendUint32(header, linkTypeEth)
	return writer{header: header, record: func(b []byte, p *packet) []byte {
		b = le.AppendUint32(b, uint32(p.micros/1e6))
		b = le.AppendUint32(b, uint32(p.micros%1e6))
		b = le.AppendUint32(le.AppendUint32(b, frameSize), frameSize)
		b = append(b, frame[:]...)
		fill(b[len(b)-frameSize:], p)
		return b
	}}
}

// fill writes what is a packet's own.
func fill(f []byte, p *packet) {
	be := binary.BigEndian
	ip, tcp := f[etherSize:etherSize+ipSize], f[etherSize+ipSize:]
	be.PutUint16(ip[4:], p.id)
	ip[8], ip[19] = p.ttl, p.dst
	be.PutUint32(ip[12:], p.src)
	be.PutUint16(ip[10:], checksum(ip))
	be.PutUint16(tcp[0:], p.sport)
	be.PutUint16(tcp[2:], p.port)
	be.PutUint32(tcp[4:], uint32(p.n))
	be.PutUint16(tcp[14:], p.window)
}

// checksum is RFC 1071's, of a header whose own checksum is zero.
func checksum(header []byte) uint16 {
	sum := uint32(0)
	for i := 0; i < len(header); i += 2 {
		sum += uint32(binary.BigEndian.Uint16(header[i:]))
	}
	sum = sum>>16 + sum&0xffff
	return ^uint16(sum>>16 + sum&0xffff)
}
