package event

import (
	"cmp"
	"encoding/binary"
	"net/netip"
)

// Addr is an IP address in 16 bytes without a pointer. IPv4 is kept as
// ::ffff:a.b.c.d, so an IPv6 packet that carries such an address (which no
// router should forward) is shown as the IPv4 address that it claims.
// Whether there is an address at all is said by HasSrc and HasDst: the zero
// value is the genuine address "::". netip.Addr was rejected here for its
// 24 bytes and its pointer: maps keyed by it hash a third slower and are
// scanned by every garbage collection.
type Addr struct{ hi, lo uint64 }

const v4Mapped = 0xffff << 32

// AddrFrom4 makes an Addr of an IPv4 address in host order.
func AddrFrom4(v uint32) Addr { return Addr{0, v4Mapped | uint64(v)} }

// AddrFrom16 makes an Addr of 16 bytes in network order.
func AddrFrom16(b [16]byte) Addr {
	return Addr{binary.BigEndian.Uint64(b[:8]), binary.BigEndian.Uint64(b[8:])}
}

// AddrFromHalves makes an Addr of the two halves of an IPv6 address.
func AddrFromHalves(hi, lo uint64) Addr { return Addr{hi, lo} }

// AddrFrom makes an Addr of a netip.Addr; a zone is dropped.
func AddrFrom(a netip.Addr) Addr { return AddrFrom16(a.As16()) }

// Is4 reports whether a is an IPv4 address.
func (a Addr) Is4() bool { return a.hi == 0 && a.lo>>32 == 0xffff }

// V4 is the IPv4 address in host order; only for Is4.
func (a Addr) V4() uint32 { return uint32(a.lo) }

// Halves are the two halves of the 128 bits.
func (a Addr) Halves() (hi, lo uint64) { return a.hi, a.lo }

// Netip is a as a netip.Addr, IPv4 unmapped.
func (a Addr) Netip() netip.Addr {
	var b [16]byte
	binary.BigEndian.PutUint64(b[:8], a.hi)
	binary.BigEndian.PutUint64(b[8:], a.lo)
	return netip.AddrFrom16(b).Unmap()
}

func (a Addr) String() string { return a.Netip().String() }

// Compare orders IPv4 before IPv6, and each by value.
func (a Addr) Compare(b Addr) int {
	if a4, b4 := a.Is4(), b.Is4(); a4 != b4 {
		if a4 {
			return -1
		}
		return 1
	}
	if c := cmp.Compare(a.hi, b.hi); c != 0 {
		return c
	}
	return cmp.Compare(a.lo, b.lo)
}
