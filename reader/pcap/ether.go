package pcap

import (
	"encoding/hex"

	"fwreport/reader/event"
)

// EtherTypes (IANA, "IEEE 802 Numbers").
const (
	minEtherType = 0x0600 // below: a length, then an 802.2 header
	etherIPv4    = 0x0800
	etherARP     = 0x0806
	etherRARP    = 0x8035
	etherVLAN    = 0x8100
	etherIPv6    = 0x86dd
	etherMPLS    = 0x8847
	etherMPLSm   = 0x8848
	etherPPPoE   = 0x8864
	etherQinQ    = 0x88a8
	etherQinQOld = 0x9100
)

// Stand-ins for the EtherType where there is none.
const (
	anyIP    = 0 // decide by the version nibble
	notIP    = 1 // some other protocol
	etherLLC = 4 // an 802.2 header follows
)

const etherLen = 14

// ethernet reads an Ethernet header.
func ethernet(t target, b []byte) (uint16, []byte, fate) {
	if len(b) < etherLen {
		return 0, nil, fate{cut, "Ethernet header cut"}
	}
	t.e.MACDst, t.e.MACSrc = [6]byte(b), [6]byte(b[6:])
	t.e.Fields |= event.HasMACDst | event.HasMACSrc
	kind := be16(b[12:])
	if kind < minEtherType {
		kind = etherLLC
	}
	return kind, b[etherLen:], fate{}
}

// sender takes the link address of a cooked header, if it is a MAC address.
func sender(t target, addr []byte, n int) {
	if n == 6 {
		t.e.MACSrc = [6]byte(addr)
		t.e.Fields |= event.HasMACSrc
	}
}

// network decodes what follows a link header, through tags and labels.
func (d *decoder) network(t target, kind uint16, b []byte) fate {
	for {
		var r fate
		switch kind {
		case etherIPv4, etherIPv6, anyIP, etherARP, etherRARP:
			t.etherType(kind)
			return d.payload(t, kind, b)
		case etherVLAN, etherQinQ, etherQinQOld:
			kind, b, r = vlan(t, kind, b)
		case etherPPPoE:
			kind, b, r = pppoe(b)
		case etherMPLS, etherMPLSm:
			kind, b, r = mpls(b)
		case etherLLC:
			kind, b, r = llc(b)
		default:
			t.etherType(kind)
			return fate{class: foreign}
		}
		if r.class != kept {
			return r
		}
	}
}

// payload decodes an IP packet or an ARP message.
func (d *decoder) payload(t target, kind uint16, b []byte) fate {
	switch kind {
	case etherIPv4:
		return d.ipv4(t, b)
	case etherIPv6:
		return d.ipv6(t, b)
	case etherARP, etherRARP:
		return arp(t, b)
	}
	if len(b) == 0 {
		return fate{cut, "packet is empty"}
	}
	switch b[0] >> 4 {
	case 4:
		return d.ipv4(t, b)
	case 6:
		return d.ipv6(t, b)
	}
	return fate{class: foreign}
}

// etherType notes the EtherType, if it is one.
func (t target) etherType(kind uint16) {
	if t.det != nil && kind >= minEtherType {
		t.det.EtherType = hex16(kind)
	}
}

// vlan reads an 802.1Q or 802.1ad tag. The outermost is the one noted, as in
// the kernel's log.
func vlan(t target, tpid uint16, b []byte) (uint16, []byte, fate) {
	if len(b) < 4 {
		return 0, nil, fate{cut, "VLAN tag cut"}
	}
	if t.det != nil && t.det.VLAN < 0 {
		tci := be16(b)
		t.det.VProto, t.det.VLAN, t.det.VLANPrio = hex16(tpid), int(tci&0xfff), int(tci>>13)
	}
	kind := be16(b[2:])
	if kind < minEtherType {
		kind = etherLLC
	}
	return kind, b[4:], fate{}
}

// mpls skips MPLS labels up to the bottom of the stack (RFC 3032); what is below
// is told by its version nibble only.
func mpls(b []byte) (uint16, []byte, fate) {
	for len(b) >= 4 {
		bottom := b[2]&1 != 0
		if b = b[4:]; bottom {
			return anyIP, b, fate{}
		}
	}
	return 0, nil, fate{cut, "MPLS label cut"}
}

// llc reads an 802.2 header; IP stands behind SNAP with Ethernet's OUI (RFC 1042).
func llc(b []byte) (uint16, []byte, fate) {
	if len(b) < 8 || be32(b) != 0xaaaa0300 || be16(b[4:]) != 0 {
		return notIP, nil, fate{}
	}
	if kind := be16(b[6:]); kind >= minEtherType {
		return kind, b[8:], fate{}
	}
	return notIP, nil, fate{}
}

func hex16(v uint16) string { return hex.EncodeToString([]byte{byte(v >> 8), byte(v)}) }
