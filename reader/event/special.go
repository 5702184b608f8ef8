package event

// Special is the special-purpose block that an address lies in. The blocks are
// those of IANA's "IPv4 Special-Purpose Address Registry" and "IPv6
// Special-Purpose Address Registry" (RFC 6890, RFC 8190) that cannot belong to
// a host somewhere on the Internet, with multicast and what is not allocated
// at all. Blocks that IANA marks as globally reachable (AS112, AMT, Teredo) are
// not special here.
type Special uint8

// The blocks.
const (
	NotSpecial    Special = iota // an ordinary address of the Internet
	Private                      // RFC 1918, unique local fc00::/7 (RFC 4193), the former site-local fec0::/10
	SharedSpace                  // 100.64.0.0/10, carrier-grade NAT (RFC 6598)
	Loopback                     // 127.0.0.0/8, ::1
	LinkLocal                    // 169.254.0.0/16 (RFC 3927), fe80::/10
	Multicast                    // 224.0.0.0/4, ff00::/8
	Broadcast                    // 255.255.255.255
	Unspecified                  // 0.0.0.0/8 "this network" (RFC 791), ::
	Documentation                // RFC 5737, RFC 3849, RFC 9637
	Benchmarking                 // 198.18.0.0/15 (RFC 2544), 2001:2::/48 (RFC 5180)
	Protocol                     // 192.0.0.0/24, IETF protocol assignments (RFC 6890)
	Reserved                     // 240.0.0.0/4 (RFC 1112), IPv6 outside 2000::/3, ORCHID
	Discard                      // 100::/64 (RFC 6666)
	Translated                   // 64:ff9b::/96 and 64:ff9b:1::/48 (RFC 6052, RFC 8215): an IPv4 host behind NAT64
	Compatible                   // ::a.b.c.d, deprecated (RFC 4291 section 2.5.5.1)
	BadTunnel                    // 2002::/16 of an IPv4 address that is itself special (RFC 3964)
)

var specialNames = [...]string{
	NotSpecial: "public", Private: "private", SharedSpace: "shared (carrier-grade NAT)", Loopback: "loopback",
	LinkLocal: "link-local", Multicast: "multicast", Broadcast: "broadcast", Unspecified: "unspecified",
	Documentation: "documentation", Benchmarking: "benchmarking", Protocol: "protocol assignment",
	Reserved: "reserved", Discard: "discard-only", Translated: "translated (NAT64)",
	Compatible: "IPv4-compatible", BadTunnel: "6to4 of a special address",
}

func (s Special) String() string { return specialNames[s] }

// Special tells which special-purpose block a lies in.
func (a Addr) Special() Special {
	if a.Is4() {
		return special4(a.V4())
	}
	return special6(a.hi, a.lo)
}

func special4(v uint32) Special {
	switch {
	case v>>24 == 10, v>>20 == 0xac1, v>>16 == 0xc0a8:
		return Private
	case v>>24 == 127:
		return Loopback
	case v>>16 == 0xa9fe:
		return LinkLocal
	case v>>22 == 0x6440>>6:
		return SharedSpace
	case v>>24 == 0:
		return Unspecified
	case v == 0xffffffff:
		return Broadcast
	case v>>28 == 0xe:
		return Multicast
	case v>>28 == 0xf:
		return Reserved
	}
	return special4Rare(v)
}

func special4Rare(v uint32) Special {
	switch v >> 8 {
	case 0xc00002, 0xc63364, 0xcb0071: // 192.0.2, 198.51.100, 203.0.113
		return Documentation
	case 0xc00000:
		return Protocol
	}
	if v>>17 == 0xc612>>1 {
		return Benchmarking
	}
	return NotSpecial
}

func special6(hi, lo uint64) Special {
	switch {
	case hi>>61 == 1: // 2000::/3
		return specialGlobal(hi)
	case hi>>54 == 0xfe80>>6:
		return LinkLocal
	case hi>>57 == 0xfc>>1, hi>>54 == 0xfec0>>6:
		return Private
	case hi>>56 == 0xff:
		return Multicast
	case hi == 0:
		return specialZero(lo)
	case hi == 0x100<<48:
		return Discard
	case hi == 0x64ff9b<<32 && lo>>32 == 0, hi>>16 == 0x64ff9b0001:
		return Translated
	}
	return Reserved
}

// specialGlobal looks for the blocks inside 2000::/3, the one range from which
// IANA allocates.
func specialGlobal(hi uint64) Special {
	switch {
	case hi>>32 == 0x20010db8, hi>>44 == 0x3fff0:
		return Documentation
	case hi>>16 == 0x200100020000:
		return Benchmarking
	case hi>>36 == 0x2001001, hi>>36 == 0x2001002: // ORCHID, ORCHIDv2: never on the wire
		return Reserved
	case hi>>48 == 0x2002 && special4(uint32(hi>>16)) != NotSpecial:
		return BadTunnel
	}
	return NotSpecial
}

// specialZero looks into ::/64.
func specialZero(lo uint64) Special {
	switch {
	case lo == 0:
		return Unspecified
	case lo == 1:
		return Loopback
	case lo>>32 == 0:
		return Compatible
	}
	return Reserved
}
