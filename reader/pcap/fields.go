package pcap

import "fwreport/reader/event"

// The setters that both ways of decoding share.

// setIPv4 takes an IPv4 header; frag is the word of flags and fragment offset.
func (t target) setIPv4(tos uint8, length, id, frag uint16, ttl uint8, src, dst uint32) {
	e := t.e
	e.TOS, e.Len, e.ID, e.TTL = tos, uint32(length), id, ttl
	e.Src, e.Dst = event.AddrFrom4(src), event.AddrFrom4(dst)
	e.Fields |= event.HasSrc | event.HasDst | event.HasLen | event.HasTOS | event.HasID | event.HasTTL
	if frag&0x8000 != 0 {
		e.Fields |= event.Evil
	}
	if frag&0x4000 != 0 {
		e.Fields |= event.DF
	}
	t.setFragment(uint32(frag&0x1fff)*8, frag&0x2000 != 0)
}

// setIPv6 takes an IPv6 header.
func (t target) setIPv6(class uint8, payload uint16, hops uint8, src, dst []byte) {
	e := t.e
	e.TOS, e.Len, e.TTL = class, uint32(payload)+40, hops
	e.Src, e.Dst = event.AddrFrom16([16]byte(src)), event.AddrFrom16([16]byte(dst))
	e.Fields |= event.HasSrc | event.HasDst | event.HasLen | event.HasTOS | event.HasTTL | event.IPv6
}

// setFragment takes a fragment's offset in bytes.
func (t target) setFragment(offset uint32, more bool) {
	if more {
		t.e.Fields |= event.MF
	}
	if offset > 0 {
		t.e.FragOff = offset
		t.e.Fields |= event.Fragment
	}
}

func (t target) setPorts(src, dst uint16) {
	t.e.SrcPort, t.e.DstPort = src, dst
	t.e.Fields |= event.HasSrcPort | event.HasDstPort
}

func (t target) setTCP(seq, ack uint32, flags event.TCPFlags, window uint16) {
	t.e.Seq, t.e.Ack, t.e.Flags, t.e.Window = seq, ack, flags, window
	t.e.Fields |= event.HasSeq | event.HasAck | event.HasFlags | event.HasWindow
}

func (t target) setICMP(kind, code uint8) {
	t.e.ICMPType, t.e.ICMPCode = kind, code
	t.e.Fields |= event.HasICMP | event.HasICMPCode
}

// tcpFlags are the nine flag bits of a TCP header.
func tcpFlags(h []byte) event.TCPFlags { return event.TCPFlags(be16(h[12:]) & 0x1ff) }

// setOptions takes the whole option area of a TCP header.
func (d *decoder) setOptions(t target, raw []byte) {
	t.e.Fields |= event.HasOptions
	if len(raw) > 0 {
		t.e.Options = d.layouts.of(d, raw)
	}
}

// truncate notes that a header has only the bytes of b.
func (t target) truncate(b []byte) {
	t.e.Fields |= event.Truncated
	if t.det != nil {
		t.det.Incomplete = len(b)
	}
}
