package duplicates

import (
	"encoding/binary"

	"fwreport/reader/event"
)

// PacketID is the identity of the packet that a record tells of, whatever told
// it: a log line and a capture agree on addresses, ports, protocol, length, IP
// identification, TTL and ICMP type. ok is false if the record says too little.
func PacketID(id *event.Identifier, e *event.Event) (p event.Identity, ok bool) {
	const needs = event.HasSrc | event.HasDst | event.HasLen | event.HasTTL
	if !e.Has(needs) || e.Has(event.Flow) || e.Has(event.Repeat) {
		return event.Identity{}, false
	}
	var b [56]byte
	src, dst := e.Src.Netip().As16(), e.Dst.Netip().As16()
	copy(b[0:], src[:])
	copy(b[16:], dst[:])
	binary.LittleEndian.PutUint32(b[32:], e.Len)
	binary.LittleEndian.PutUint16(b[36:], uint16(e.Proto))
	binary.LittleEndian.PutUint16(b[38:], e.SrcPort)
	binary.LittleEndian.PutUint16(b[40:], e.DstPort)
	binary.LittleEndian.PutUint16(b[42:], e.ID)
	b[44], b[45], b[46] = e.TTL, e.ICMPType, e.ICMPCode
	binary.LittleEndian.PutUint32(b[48:], e.FragOff)
	return id.Of(b[:], 1), true
}
