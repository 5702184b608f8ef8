package filter

import (
	"fmt"
	"net/netip"
	"strconv"
	"strings"

	"fwreport/reader/event"
)

// negated cuts a leading "!" off.
func negated(s string) (bool, string) {
	t, not := strings.CutPrefix(strings.TrimSpace(s), "!")
	return not, strings.TrimSpace(t)
}

// ParseNetwork parses an address or a CIDR, with a leading ! to negate.
func ParseNetwork(s string) (Network, error) {
	not, t := negated(s)
	if a, err := netip.ParseAddr(t); err == nil && a.Zone() == "" {
		a = a.Unmap()
		return Network{not, netip.PrefixFrom(a, a.BitLen())}, nil
	}
	p, err := netip.ParsePrefix(t)
	if err != nil {
		return Network{}, fmt.Errorf("%q is no address and no network such as 198.51.100.0/24 or 2001:db8::/32", t)
	}
	return Network{not, p.Masked()}, nil
}

// ParsePorts parses a port or a range, "22" or "1000-2000", with a leading ! to negate.
func ParsePorts(s string) (Ports, error) {
	not, t := negated(s)
	from, to, ranged := strings.Cut(t, "-")
	if !ranged {
		to = from
	}
	a, err1 := strconv.ParseUint(from, 10, 16)
	b, err2 := strconv.ParseUint(to, 10, 16)
	if err1 != nil || err2 != nil || a > b {
		return Ports{}, fmt.Errorf("%q is no port (0 to 65535) and no range such as 1000-2000", t)
	}
	return Ports{not, uint16(a), uint16(b)}, nil
}

// ParseProto parses a protocol's name or number, with a leading ! to negate.
func ParseProto(s string) (Proto, error) {
	not, t := negated(s)
	p, ok := event.ParseProto(t)
	if !ok {
		return Proto{}, fmt.Errorf("%q is no protocol: use a name such as tcp, udp, icmp, icmpv6, gre, or a number up to 255", t)
	}
	return Proto{not, p}, nil
}

// ParsePattern parses a name in which * stands for any text, with a leading !
// to negate.
func ParsePattern(s string) Pattern {
	t, not := strings.CutPrefix(s, "!")
	return Pattern{not, t}
}
