package pcap

// Link types (tcpdump.org, "Link-layer header types"). 12 and 14 are DLT_RAW as
// numbered by most systems and by OpenBSD, which some programs write to disk.
const (
	linkNull      = 0
	linkEthernet  = 1
	linkPPP       = 9
	linkRawDLT    = 12
	linkRawBSD    = 14
	linkPPPSerial = 50
	linkPPPEther  = 51
	linkRaw       = 101
	linkCiscoHDLC = 104
	linkLoop      = 108
	linkSLL       = 113
	linkIPv4      = 228
	linkIPv6      = 229
	linkNFLOG     = 239
	linkSLL2      = 276
)

// linkHeader reads f's link header. It returns the EtherType of what follows,
// or one of the stand-ins of ether.go.
func (d *decoder) linkHeader(t target, f *frame) (kind uint16, payload []byte, r fate) {
	switch f.link {
	case linkEthernet:
		return ethernet(t, f.data)
	case linkRaw, linkRawDLT, linkRawBSD:
		return anyIP, f.data, fate{}
	case linkIPv4:
		return etherIPv4, f.data, fate{}
	case linkIPv6:
		return etherIPv6, f.data, fate{}
	case linkNull, linkLoop:
		return loopback(f)
	case linkSLL:
		return cooked(t, f)
	case linkSLL2:
		return d.cooked2(t, f)
	case linkPPP, linkPPPSerial:
		return ppp(f.data)
	case linkPPPEther:
		return pppoe(f.data)
	case linkCiscoHDLC:
		return ciscoHDLC(f.data)
	}
	return 0, nil, d.unsupportedLink(f.link)
}

// loopback reads the header of BSD loopback devices: an address family in the
// order of the machine that captured (NULL, so try both) or big-endian (LOOP).
// IPv6 has another number on each system; 10 is Linux', 23 Windows'.
func loopback(f *frame) (uint16, []byte, fate) {
	if len(f.data) < 4 {
		return 0, nil, fate{cut, "loopback header cut"}
	}
	family := be32(f.data)
	if f.link == linkNull && family > 0xffff {
		family = order(false).u32(f.data)
	}
	switch family {
	case 2:
		return etherIPv4, f.data[4:], fate{}
	case 10, 23, 24, 28, 30:
		return etherIPv6, f.data[4:], fate{}
	}
	return notIP, nil, fate{}
}

// Header lengths of Linux cooked captures.
const (
	cookedLen  = 16
	cooked2Len = 20
)

// cooked reads a Linux cooked header, version 1 (LINKTYPE_LINUX_SLL).
func cooked(t target, f *frame) (uint16, []byte, fate) {
	h := f.data
	if len(h) < cookedLen {
		return 0, nil, fate{cut, "Linux cooked header cut"}
	}
	f.dir = packetType(be16(h))
	sender(t, h[6:14], int(be16(h[4:])))
	return cookedKind(be16(h[2:]), be16(h[14:])), h[cookedLen:], fate{}
}

// cooked2 reads version 2 (LINKTYPE_LINUX_SLL2), which names the interface by
// number; that says more than the "any" which the capture was made on.
func (d *decoder) cooked2(t target, f *frame) (uint16, []byte, fate) {
	h := f.data
	if len(h) < cooked2Len {
		return 0, nil, fate{cut, "Linux cooked header cut"}
	}
	f.dir = packetType(uint16(h[10]))
	if n := be32(h[4:]); n != 0 {
		f.iface = d.indexName(n)
	}
	sender(t, h[12:20], int(h[11]))
	return cookedKind(be16(h[8:]), be16(h)), h[cooked2Len:], fate{}
}

// Linux device types whose protocol field is no EtherType (if_arp.h).
const (
	arphrdNetlink  = 824
	arphrdRadiotap = 803
)

// cookedKind is the EtherType behind a cooked header. Protocols below 0x0600
// are Linux' own; 4 is a frame with an 802.2 header.
func cookedKind(device, protocol uint16) uint16 {
	switch {
	case device == arphrdNetlink || device == arphrdRadiotap:
		return notIP
	case protocol == 4:
		return etherLLC
	case protocol < minEtherType:
		return notIP
	}
	return protocol
}

// PPP protocols (IANA, "PPP DLL Protocol Numbers").
const (
	pppIPv4 = 0x0021
	pppIPv6 = 0x0057
	pppMPLS = 0x0281
)

// ppp reads a PPP header, with or without HDLC's address and control bytes.
// LINKTYPE_PPP_HDLC may hold Cisco's framing instead.
func ppp(b []byte) (uint16, []byte, fate) {
	if len(b) >= 2 && b[0] == 0xff && b[1] == 0x03 {
		b = b[2:]
	} else if len(b) >= 2 && (b[0] == 0x0f || b[0] == 0x8f) && b[1] == 0 {
		return ciscoHDLC(b)
	}
	if len(b) < 2 {
		return 0, nil, fate{cut, "PPP header cut"}
	}
	if b[0]&1 != 0 { // protocol field compressed to one byte (RFC 1661)
		return pppKind(uint16(b[0])), b[1:], fate{}
	}
	return pppKind(be16(b)), b[2:], fate{}
}

func pppKind(p uint16) uint16 {
	switch p {
	case pppIPv4:
		return etherIPv4
	case pppIPv6:
		return etherIPv6
	case pppMPLS:
		return etherMPLS
	}
	return notIP
}

// pppoe reads a PPPoE header and the PPP protocol after it (RFC 2516). Only
// code 0 carries a session's data.
func pppoe(b []byte) (uint16, []byte, fate) {
	if len(b) < 8 {
		return 0, nil, fate{cut, "PPPoE header cut"}
	}
	if b[1] != 0 {
		return notIP, nil, fate{}
	}
	return pppKind(be16(b[6:])), b[8:], fate{}
}

// ciscoHDLC reads Cisco's framing: address, control, EtherType.
func ciscoHDLC(b []byte) (uint16, []byte, fate) {
	if len(b) < 4 {
		return 0, nil, fate{cut, "HDLC header cut"}
	}
	if k := be16(b[2:]); k >= minEtherType {
		return k, b[4:], fate{}
	}
	return notIP, nil, fate{}
}
