package invalid

import "fwreport/reader/event"

// why is the reason for which a source cannot be genuine.
type why uint8

// The first group holds wherever the packet came in; the second where the
// interface faces the Internet (see bogonState.judge).
const (
	genuine why = iota
	loopback
	multicast
	broadcast
	unspecified
	reserved
	discard
	compatible
	badTunnel
	mapped
	land

	private
	shared
	linkLocal
	benchmarking
	protocol

	documentation // where most sources are not
)

var whyTexts = [...]string{
	loopback:      "loopback address on a network interface",
	multicast:     "multicast address as source",
	broadcast:     "broadcast address as source",
	unspecified:   "unspecified address as source",
	reserved:      "reserved or unallocated address",
	discard:       "discard-only address",
	compatible:    "IPv4-compatible IPv6 address",
	badTunnel:     "6to4 address of a special IPv4 address",
	mapped:        "IPv4-mapped address in an IPv6 packet",
	land:          "source equals destination (land)",
	private:       "private address on an Internet-facing interface",
	shared:        "carrier-grade NAT address on an Internet-facing interface",
	linkLocal:     "link-local address on an Internet-facing interface",
	benchmarking:  "benchmarking address on an Internet-facing interface",
	protocol:      "protocol assignment address on an Internet-facing interface",
	documentation: "documentation address",
}

func (w why) String() string { return whyTexts[w] }

// facing reports whether w holds on Internet-facing interfaces only.
func (w why) facing() bool { return w >= private && w <= protocol }

// always reports whether w holds on every interface.
func (w why) always() bool { return w >= loopback && w <= land }

// ofBlock is the reason that a block of addresses gives by itself.
var ofBlock = [...]why{
	event.NotSpecial: genuine, event.Translated: genuine,
	event.Loopback: loopback, event.Multicast: multicast, event.Broadcast: broadcast, event.Unspecified: unspecified,
	event.Reserved: reserved, event.Discard: discard, event.Compatible: compatible, event.BadTunnel: badTunnel,
	event.Private: private, event.SharedSpace: shared, event.LinkLocal: linkLocal, event.Benchmarking: benchmarking,
	event.Protocol: protocol, event.Documentation: documentation,
}

// suspect is why e's source, which lies in block, may be no genuine one.
func suspect(e *event.Event, block event.Special) why {
	w := ofBlock[block]
	switch {
	case w == unspecified && beforeAddress(e):
		w = genuine
	case w == linkLocal && !e.Src.Is4(): // every IPv6 node has one, on every link
		w = genuine
	}
	switch {
	case w.always():
		return w
	case e.Src.Is4() && e.Has(event.IPv6):
		return mapped
	case e.SrcID == e.DstID && e.In != e.Out: // in and out by one interface is NAT's hairpin: a host that calls its own published port
		return land
	}
	return w
}

// beforeAddress reports whether e is a packet that a host may send before it
// has an address: DHCP (RFC 2131), IGMP (RFC 4541 section 2.1.1), and of ICMPv6
// router and neighbour solicitation (RFC 4861, RFC 4862) and multicast listener
// messages (RFC 3590). What of this cannot be seen in the record counts as so.
func beforeAddress(e *event.Event) bool {
	if e.Src.Is4() {
		if e.Src.V4() != 0 {
			return false
		}
		dhcp := e.SrcPort == 68 && e.DstPort == 67
		return e.Proto == event.IGMP || e.Proto == event.NoProto ||
			e.Proto == event.UDP && (dhcp || !e.Has(event.HasSrcPort|event.HasDstPort))
	}
	if e.Proto == event.ICMPv6 && e.Has(event.HasICMP) {
		switch e.ICMPType {
		case 131, 132, 133, 135, 143:
			return true
		}
		return false
	}
	return e.Proto == event.ICMPv6 || e.Proto == event.NoProto
}
