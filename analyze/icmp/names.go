package icmp

import "fwreport/reader/event"

// kind is a message type and the codes that it has.
type kind struct {
	name  string
	codes map[uint8]string // nil where the type has code 0 only
}

// Name is what IANA's registries "ICMP Parameters" and "ICMPv6 Parameters" call
// a type and code: "echo request", "destination unreachable: port unreachable".
// Where they do not know the code, or it is absent (below 0), it is the type's
// name alone; "" where they do not know the type or it is absent.
func Name(p event.Proto, typ, code int) string {
	if typ < 0 || typ > 255 {
		return ""
	}
	types := v4
	if p == event.ICMPv6 {
		types = v6
	}
	k := types[uint8(typ)]
	if code < 0 || code > 255 || k.codes[uint8(code)] == "" {
		return k.name
	}
	return k.name + ": " + k.codes[uint8(code)]
}

var v4 = map[uint8]kind{
	0: {name: "echo reply"},
	3: {"destination unreachable", map[uint8]string{
		0: "net unreachable", 1: "host unreachable", 2: "protocol unreachable", 3: "port unreachable",
		4: "fragmentation needed", 5: "source route failed", 6: "destination network unknown",
		7: "destination host unknown", 8: "source host isolated", 9: "network administratively prohibited",
		10: "host administratively prohibited", 11: "network unreachable for type of service",
		12: "host unreachable for type of service", 13: "communication administratively prohibited",
		14: "host precedence violation", 15: "precedence cutoff in effect",
	}},
	4: {name: "source quench"},
	5: {"redirect", map[uint8]string{
		0: "for the network", 1: "for the host", 2: "for the type of service and network", 3: "for the type of service and host",
	}},
	6:  {name: "alternate host address"},
	8:  {name: "echo request"},
	9:  {"router advertisement", map[uint8]string{16: "does not route common traffic"}},
	10: {name: "router solicitation"},
	11: {"time exceeded", map[uint8]string{0: "time to live exceeded in transit", 1: "fragment reassembly time exceeded"}},
	12: {"parameter problem", map[uint8]string{0: "pointer indicates the error", 1: "missing a required option", 2: "bad length"}},
	13: {name: "timestamp request"},
	14: {name: "timestamp reply"},
	15: {name: "information request"},
	16: {name: "information reply"},
	17: {name: "address mask request"},
	18: {name: "address mask reply"},
	30: {name: "traceroute"},
	31: {name: "datagram conversion error"},
	32: {name: "mobile host redirect"},
	33: {name: "IPv6 where-are-you"},
	34: {name: "IPv6 I-am-here"},
	35: {name: "mobile registration request"},
	36: {name: "mobile registration reply"},
	37: {name: "domain name request"},
	38: {name: "domain name reply"},
	39: {name: "SKIP"},
	40: {"Photuris", map[uint8]string{
		0: "bad SPI", 1: "authentication failed", 2: "decompression failed", 3: "decryption failed",
		4: "need authentication", 5: "need authorization",
	}},
	41:  {name: "experimental mobility protocols"},
	42:  {name: "extended echo request"},
	43:  {"extended echo reply", extendedEcho},
	253: {name: "experiment 1"},
	254: {name: "experiment 2"},
}

// extendedEcho are the codes of RFC 8335, section 8, for both protocols.
var extendedEcho = map[uint8]string{
	1: "malformed query", 2: "no such interface", 3: "no such table entry", 4: "multiple interfaces satisfy query",
}

var v6 = map[uint8]kind{
	1: {"destination unreachable", map[uint8]string{
		0: "no route to destination", 1: "communication administratively prohibited", 2: "beyond scope of source address",
		3: "address unreachable", 4: "port unreachable", 5: "source address failed ingress/egress policy",
		6: "reject route to destination", 7: "error in source routing header", 8: "headers too long",
	}},
	2: {name: "packet too big"},
	3: {"time exceeded", map[uint8]string{0: "hop limit exceeded in transit", 1: "fragment reassembly time exceeded"}},
	4: {"parameter problem", map[uint8]string{
		0: "erroneous header field", 1: "unrecognized next header type", 2: "unrecognized IPv6 option",
		3: "first fragment has incomplete header chain", 4: "segment routing upper-layer header error",
		5: "unrecognized next header type by intermediate node", 6: "extension header too big",
		7: "extension header chain too long", 8: "too many extension headers", 9: "too many options in extension header",
		10: "option too big",
	}},
	100: {name: "private experimentation"},
	101: {name: "private experimentation"},
	128: {name: "echo request"},
	129: {name: "echo reply"},
	130: {name: "multicast listener query"},
	131: {name: "multicast listener report"},
	132: {name: "multicast listener done"},
	133: {name: "router solicitation"},
	134: {name: "router advertisement"},
	135: {name: "neighbor solicitation"},
	136: {name: "neighbor advertisement"},
	137: {name: "redirect"},
	138: {"router renumbering", map[uint8]string{0: "command", 1: "result", 255: "sequence number reset"}},
	139: {"node information query", map[uint8]string{0: "for an IPv6 address", 1: "for a name", 2: "for an IPv4 address"}},
	140: {"node information response", map[uint8]string{0: "successful", 1: "refused", 2: "unknown query type"}},
	141: {name: "inverse neighbor discovery solicitation"},
	142: {name: "inverse neighbor discovery advertisement"},
	143: {name: "multicast listener report, version 2"},
	144: {name: "home agent address discovery request"},
	145: {name: "home agent address discovery reply"},
	146: {name: "mobile prefix solicitation"},
	147: {name: "mobile prefix advertisement"},
	148: {name: "certification path solicitation"},
	149: {name: "certification path advertisement"},
	150: {name: "experimental mobility protocols"},
	151: {name: "multicast router advertisement"},
	152: {name: "multicast router solicitation"},
	153: {name: "multicast router termination"},
	154: {name: "FMIPv6 message"},
	155: {name: "RPL control message"},
	156: {name: "ILNPv6 locator update"},
	157: {name: "duplicate address request"},
	158: {name: "duplicate address confirmation"},
	159: {name: "MPL control message"},
	160: {name: "extended echo request"},
	161: {"extended echo reply", extendedEcho},
	200: {name: "private experimentation"},
	201: {name: "private experimentation"},
}
