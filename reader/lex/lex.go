// Package lex holds what all text parsers need: numbers, addresses and names
// from bytes, without allocation. Functions take a slice that holds just the
// token and report whether all of it was valid; none of them guesses.
package lex

import "fwreport/reader/event"

// Uint parses a decimal number up to 2^32-1, of at most ten digits.
func Uint(b []byte) (uint32, bool) {
	n, ok := Uint64(b)
	return uint32(n), ok && len(b) <= 10 && n <= 1<<32-1
}

// Uint64 parses a decimal number of one to 19 digits.
func Uint64(b []byte) (uint64, bool) {
	if len(b) == 0 || len(b) > 19 {
		return 0, false
	}
	var n uint64
	for _, c := range b {
		d := c - '0'
		if d > 9 {
			return 0, false
		}
		n = n*10 + uint64(d)
	}
	return n, true
}

// Uint16 parses a decimal number up to 65535, of at most five digits.
func Uint16(b []byte) (uint16, bool) {
	n, ok := Uint64(b)
	return uint16(n), ok && len(b) <= 5 && n <= 0xffff
}

// Uint8 parses a decimal number up to 255.
func Uint8(b []byte) (uint8, bool) {
	n, ok := Uint16(b)
	return uint8(n), ok && n <= 255
}

// nibbles maps a hex digit to its value, everything else to 0xff.
var nibbles = func() (t [256]uint8) {
	for i := range t {
		t[i] = 0xff
	}
	for i := range 10 {
		t['0'+i] = uint8(i)
	}
	for i := range 6 {
		t['a'+i], t['A'+i] = uint8(10+i), uint8(10+i)
	}
	return t
}()

// Hex parses up to eight hex digits, with or without a leading 0x.
func Hex(b []byte) (uint32, bool) {
	if len(b) > 2 && b[0] == '0' && b[1]|0x20 == 'x' {
		b = b[2:]
	}
	if len(b) == 0 || len(b) > 8 {
		return 0, false
	}
	var n uint32
	for _, c := range b {
		d := nibbles[c]
		if d == 0xff {
			return 0, false
		}
		n = n<<4 | uint32(d)
	}
	return n, true
}

// HexByte parses two hex digits.
func HexByte(a, b byte) (uint8, bool) {
	x, y := nibbles[a], nibbles[b]
	return x<<4 | y, x != 0xff && y != 0xff
}

// IPv4 parses a dotted quad in host order. Leading zeros are refused: some
// readers take them for octal.
func IPv4(b []byte) (uint32, bool) {
	v, n := IPv4Prefix(b)
	return v, n > 0 && n == len(b)
}

// IPv4Prefix parses a dotted quad at the start of b and returns its length, 0 if
// there is none. What follows is not looked at.
func IPv4Prefix(b []byte) (addr uint32, n int) {
	if len(b) >= 16 && cap(b) >= 20 {
		w := (*[20]byte)(b[:20]) // no more than 16 bytes of it count
		n = fourthStop(w)
		if addr, ok := Quad(w, n); ok {
			return addr, n
		}
	}
	return quadByByte(b)
}

func quadByByte(b []byte) (addr uint32, n int) {
	var v uint32 // of the part that is being read
	digits, dots := 0, 0
	for i, c := range b {
		d := uint32(c - '0')
		switch {
		case d <= 9:
			if digits > 0 && v == 0 {
				return 0, 0
			}
			if v = v*10 + d; v > 255 {
				return 0, 0
			}
			digits++
		case c == '.' && digits > 0 && dots < 3:
			addr = addr<<8 | v
			v, digits = 0, 0
			dots++
		default:
			if dots < 3 || digits == 0 {
				return 0, 0
			}
			return addr<<8 | v, i
		}
	}
	if dots < 3 || digits == 0 {
		return 0, 0
	}
	return addr<<8 | v, len(b)
}

// fullIPv6 parses the kernel's spelling: eight groups of four hex digits.
func fullIPv6(b []byte) (event.Addr, bool) {
	var half [2]uint64
	for g := range 8 {
		p := b[g*5:]
		if g < 7 && p[4] != ':' {
			return event.Addr{}, false
		}
		w, x, y, z := nibbles[p[0]], nibbles[p[1]], nibbles[p[2]], nibbles[p[3]]
		if w|x|y|z > 15 {
			return event.Addr{}, false
		}
		half[g>>2] = half[g>>2]<<16 | uint64(w)<<12 | uint64(x)<<8 | uint64(y)<<4 | uint64(z)
	}
	return event.AddrFromHalves(half[0], half[1]), true
}

// Addr parses an IPv4 or IPv6 address in any spelling; a zone is refused.
func Addr(b []byte) (event.Addr, bool) {
	if len(b) == 39 {
		if a, ok := fullIPv6(b); ok {
			return a, true
		}
	}
	if v4, ok := IPv4(b); ok {
		return event.AddrFrom4(v4), true
	}
	return IPv6(b)
}

// MAC parses six hex pairs with colons.
func MAC(b []byte) (m [6]byte, ok bool) {
	if len(b) != 17 {
		return m, false
	}
	for i := range 6 {
		if i > 0 && b[3*i-1] != ':' {
			return m, false
		}
		v, ok := HexByte(b[3*i], b[3*i+1])
		if !ok {
			return m, false
		}
		m[i] = v
	}
	return m, true
}
