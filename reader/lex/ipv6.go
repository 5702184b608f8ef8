package lex

import "fwreport/reader/event"

// IPv6 parses an IPv6 address in any spelling of RFC 4291, section 2.2: groups
// of one to four hex digits, one "::" at most, an IPv4 address as the last two
// groups. A zone is refused. It accepts what netip.ParseAddr accepts, without
// the allocation that a string costs.
func IPv6(b []byte) (event.Addr, bool) {
	var group [8]uint16
	n, gap := 0, -1 // groups read, and how many of them stand before "::"
	if len(b) >= 2 && b[0] == ':' && b[1] == ':' {
		gap, b = 0, b[2:]
	}
	for n < 8 && len(b) > 0 {
		if v4, ok := IPv4(b); ok {
			if n > 6 {
				return event.Addr{}, false
			}
			group[n], group[n+1] = uint16(v4>>16), uint16(v4)
			n, b = n+2, nil
			break
		}
		v, size := hexGroup(b)
		if size == 0 {
			return event.Addr{}, false
		}
		group[n], b = v, b[size:]
		n++
		var ok bool
		if b, gap, ok = separator(b, n, gap); !ok {
			return event.Addr{}, false
		}
	}
	if len(b) > 0 || gap < 0 && n < 8 || gap >= 0 && n == 8 {
		return event.Addr{}, false
	}
	return spread(&group, n, gap), true
}

// hexGroup reads one to four hex digits; size is 0 if there are none or more.
func hexGroup(b []byte) (v uint16, size int) {
	for size < len(b) && nibbles[b[size]] != 0xff {
		if size == 4 {
			return 0, 0
		}
		v = v<<4 | uint16(nibbles[b[size]])
		size++
	}
	return v, size
}

// separator takes ":" or "::" off b, which stands behind the n-th group.
func separator(b []byte, n, gap int) (rest []byte, newGap int, ok bool) {
	switch {
	case len(b) == 0:
		return b, gap, true
	case b[0] != ':' || len(b) == 1:
		return b, gap, false
	case b[1] != ':':
		return b[1:], gap, true
	}
	return b[2:], n, gap < 0
}

// spread puts the groups behind the gap at the end.
func spread(group *[8]uint16, n, gap int) event.Addr {
	if gap >= 0 {
		for i := 1; i <= n-gap; i++ {
			group[8-i] = group[n-i]
		}
		for i := gap; i < gap+8-n; i++ {
			group[i] = 0
		}
	}
	var half [2]uint64
	for i, g := range group {
		half[i>>2] = half[i>>2]<<16 | uint64(g)
	}
	return event.AddrFromHalves(half[0], half[1])
}
