package sqlite

import (
	"bytes"
	"encoding/hex"
	"math/bits"
	"strconv"

	"fwreport/reader/event"
)

// order is the byte order of the machine that wrote the numbers of addresses.
type order uint8

const (
	little order = iota
	big
)

// Values of oob_family, and the ethertype of IPv6 in oob_protocol.
const (
	familyIPv4   = 2
	familyBridge = 7
	familyIPv6   = 10
	typeIPv6     = 0x86dd
)

// version is which addresses a row's family leaves room for: 4, 6, or 0 if it
// does not say.
func version(family, ethertype int64) int {
	switch {
	case family == familyIPv4:
		return 4
	case family == familyIPv6 || family == familyBridge && ethertype == typeIPv6:
		return 6
	}
	return 0
}

// isHalf reports whether the raw number n is the first half of an IPv6 address,
// which is all that ulogd up to 2.0.8 has of one. Numbers of IPv4 are unsigned
// up to 2.0.8 and signed from 2.0.9 on, in 32 bits either way.
func isHalf(n int64, version int) bool {
	return version == 6 || n < -1<<31 || n > 1<<32-1
}

// four is the raw number n as an IPv4 address.
func (o order) four(n int64) event.Addr {
	v := uint32(n) // adds 2³² to a negative number
	if o == little {
		v = bits.ReverseBytes32(v)
	}
	return event.AddrFrom4(v)
}

// half is the raw number n as the network of an IPv6 address.
func (o order) half(n int64) event.Addr {
	v := uint64(n)
	if o == little {
		v = bits.ReverseBytes64(v)
	}
	return event.AddrFromHalves(v, 0)
}

// appendAddr appends a as a JSON string.
func appendAddr(dst []byte, a event.Addr) []byte {
	return append(a.Netip().AppendTo(append(dst, '"')), '"')
}

// appendNumber appends the address that a column of form f gives as the number n.
// net is true for half an address, ok is false for a number that is none.
func appendNumber(dst []byte, f form, n int64, o order, version int) (out []byte, net, ok bool) {
	switch {
	case f == hostNumber && (n < -1<<31 || n > 1<<32-1):
		return dst, false, false
	case f == hostNumber && n == 0 && version == 6: // IP2HBIN has no IPv6
		return dst, false, true
	case f == hostNumber:
		return appendAddr(dst, event.AddrFrom4(uint32(n))), false, true
	case isHalf(n, version):
		return appendAddr(dst, o.half(n)), true, true
	}
	return appendAddr(dst, o.four(n)), false, true
}

// appendBytes appends the address that text of a column gives: in its usual
// spelling, as 0x and 32 hex digits (IP2BIN), or as a blob of 4 or 16 bytes.
func appendBytes(dst, b []byte) []byte {
	digits, quoted := bytes.CutPrefix(b, []byte("x'"))
	if quoted {
		digits = bytes.TrimSuffix(digits, []byte("'"))
	} else {
		digits, quoted = bytes.CutPrefix(b, []byte("0x"))
	}
	var a [16]byte
	if !quoted || len(digits) > 2*len(a) {
		return appendString(dst, b)
	}
	switch n, err := hex.Decode(a[:], digits); {
	case err == nil && n == 4:
		v := uint32(a[0])<<24 | uint32(a[1])<<16 | uint32(a[2])<<8 | uint32(a[3])
		return appendAddr(dst, event.AddrFrom4(v))
	case err == nil && n == 16:
		return appendAddr(dst, event.AddrFrom16(a))
	}
	return appendString(dst, b)
}

// parseInt reads a JSON number that is an integer of 64 bits. A REAL column
// makes 44.0 of 44.
func parseInt(b []byte) (int64, bool) {
	if n, ok := decimal(b); ok {
		return n, true
	}
	f, err := strconv.ParseFloat(string(b), 64)
	if err != nil || f != float64(int64(f)) || f < -1<<53 || f > 1<<53 {
		return 0, false
	}
	return int64(f), true
}

// decimal is strconv.ParseInt without a string.
func decimal(b []byte) (int64, bool) {
	digits, negative := bytes.CutPrefix(b, []byte("-"))
	if len(digits) == 0 || len(digits) > 19 {
		return 0, false
	}
	var n uint64
	for _, c := range digits {
		if c < '0' || c > '9' {
			return 0, false
		}
		n = n*10 + uint64(c-'0')
	}
	switch {
	case negative && n <= 1<<63:
		return -int64(n), true
	case n < 1<<63:
		return int64(n), true
	}
	return 0, false
}
