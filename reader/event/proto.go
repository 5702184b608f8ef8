package event

import "strconv"

// Proto is the protocol of the outer packet: an IP protocol number plus one, so
// that the zero value is "not given", or one of the values above 256.
type Proto uint16

// Protocols that the program treats by name.
const (
	NoProto Proto = 0
	ICMP    Proto = 1 + 1
	IGMP    Proto = 2 + 1
	TCP     Proto = 6 + 1
	UDP     Proto = 17 + 1
	DCCP    Proto = 33 + 1
	GRE     Proto = 47 + 1
	ESP     Proto = 50 + 1
	AH      Proto = 51 + 1
	ICMPv6  Proto = 58 + 1
	SCTP    Proto = 132 + 1
	UDPLite Proto = 136 + 1

	ARP     Proto = 0x200 // not an IP protocol
	AHorESP Proto = 0x201 // ulogd's LOGEMU cannot tell them apart
)

// IPProto is the Proto of an IP protocol number.
func IPProto(n uint8) Proto { return Proto(n) + 1 }

// Number is the IP protocol number; ok is false for what is none.
func (p Proto) Number() (n uint8, ok bool) {
	if p == NoProto || p > 256 {
		return 0, false
	}
	return uint8(p - 1), true
}

// HasPorts reports whether p's header begins with two ports.
func (p Proto) HasPorts() bool {
	return p == TCP || p == UDP || p == UDPLite || p == SCTP || p == DCCP
}

// String is the one spelling that reports use: the kernel's own for those the
// kernel names, else IANA's keyword, else the decimal number; "" if not given.
func (p Proto) String() string {
	switch p {
	case NoProto:
		return ""
	case ARP:
		return "ARP"
	case AHorESP:
		return "AH|ESP"
	}
	n, ok := p.Number()
	if !ok {
		return strconv.Itoa(int(p))
	}
	if k, ok := ianaKeywords[n]; ok {
		return k
	}
	return strconv.Itoa(int(n))
}

// ianaKeywords are the keywords of IANA's "Assigned Internet Protocol Numbers"
// registry, with the kernel's spelling (net/netfilter/nf_log_syslog.c) for the
// protocols that it names: ICMPv6 and UDPLITE.
var ianaKeywords = map[uint8]string{
	0: "HOPOPT", 1: "ICMP", 2: "IGMP", 3: "GGP", 4: "IPv4", 5: "ST", 6: "TCP", 7: "CBT", 8: "EGP", 9: "IGP",
	10: "BBN-RCC-MON", 11: "NVP-II", 12: "PUP", 13: "ARGUS", 14: "EMCON", 15: "XNET", 16: "CHAOS", 17: "UDP",
	18: "MUX", 19: "DCN-MEAS", 20: "HMP", 21: "PRM", 22: "XNS-IDP", 23: "TRUNK-1", 24: "TRUNK-2", 25: "LEAF-1",
	26: "LEAF-2", 27: "RDP", 28: "IRTP", 29: "ISO-TP4", 30: "NETBLT", 31: "MFE-NSP", 32: "MERIT-INP", 33: "DCCP",
	34: "3PC", 35: "IDPR", 36: "XTP", 37: "DDP", 38: "IDPR-CMTP", 39: "TP++", 40: "IL", 41: "IPv6", 42: "SDRP",
	43: "IPv6-Route", 44: "IPv6-Frag", 45: "IDRP", 46: "RSVP", 47: "GRE", 48: "DSR", 49: "BNA", 50: "ESP", 51: "AH",
	52: "I-NLSP", 53: "SWIPE", 54: "NARP", 55: "Min-IPv4", 56: "TLSP", 57: "SKIP", 58: "ICMPv6", 59: "IPv6-NoNxt",
	60: "IPv6-Opts", 62: "CFTP", 64: "SAT-EXPAK", 65: "KRYPTOLAN", 66: "RVD", 67: "IPPC", 69: "SAT-MON", 70: "VISA",
	71: "IPCV", 72: "CPNX", 73: "CPHB", 74: "WSN", 75: "PVP", 76: "BR-SAT-MON", 77: "SUN-ND", 78: "WB-MON",
	79: "WB-EXPAK", 80: "ISO-IP", 81: "VMTP", 82: "SECURE-VMTP", 83: "VINES", 84: "IPTM", 85: "NSFNET-IGP",
	86: "DGP", 87: "TCF", 88: "EIGRP", 89: "OSPFIGP", 90: "Sprite-RPC", 91: "LARP", 92: "MTP", 93: "AX.25",
	94: "IPIP", 95: "MICP", 96: "SCC-SP", 97: "ETHERIP", 98: "ENCAP", 100: "GMTP", 101: "IFMP", 102: "PNNI",
	103: "PIM", 104: "ARIS", 105: "SCPS", 106: "QNX", 107: "A/N", 108: "IPComp", 109: "SNP", 110: "Compaq-Peer",
	111: "IPX-in-IP", 112: "VRRP", 113: "PGM", 115: "L2TP", 116: "DDX", 117: "IATP", 118: "STP", 119: "SRP",
	120: "UTI", 121: "SMP", 122: "SM", 123: "PTP", 124: "ISIS over IPv4", 125: "FIRE", 126: "CRTP", 127: "CRUDP",
	128: "SSCOPMCE", 129: "IPLT", 130: "SPS", 131: "PIPE", 132: "SCTP", 133: "FC", 134: "RSVP-E2E-IGNORE",
	135: "Mobility Header", 136: "UDPLITE", 137: "MPLS-in-IP", 138: "manet", 139: "Shim6", 140: "WESP", 141: "ROHC",
	142: "Ethernet", 143: "AGGFRAG", 144: "NSH",
}

// ParseProto finds the Proto of a name as any source prints it (kernel keyword,
// IANA keyword or decimal number, any case).
func ParseProto(s string) (Proto, bool) {
	if n, err := strconv.ParseUint(s, 10, 8); err == nil {
		return IPProto(uint8(n)), true
	}
	if equalFold(s, "ARP") {
		return ARP, true
	}
	if equalFold(s, "IPV6-ICMP") {
		return ICMPv6, true
	}
	for n, k := range ianaKeywords {
		if equalFold(s, k) {
			return IPProto(n), true
		}
	}
	return NoProto, false
}

func equalFold(a, b string) bool {
	if len(a) != len(b) {
		return false
	}
	for i := range len(a) {
		x, y := a[i], b[i]
		if x != y && (x|0x20 != y|0x20 || x|0x20 < 'a' || x|0x20 > 'z') {
			return false
		}
	}
	return true
}
