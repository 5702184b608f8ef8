package lex

import "strconv"

// maxTCPOptions is the room that a TCP header has for options: a data offset of
// at most 15 words less the fixed header's 5 (RFC 9293, section 3.1).
const maxTCPOptions = 40

// Kinds of TCP options (IANA, "TCP Option Kind Numbers").
const (
	optEOL           = 0
	optNOP           = 1
	optMSS           = 2
	optWindowScale   = 3
	optSACKPermitted = 4
	optSACK          = 5
	optTimestamps    = 8
)

// OptionLayout appends the layout of raw TCP options to dst: their names in
// order, joined by commas, as in p0f:
//
//	eol nop mss=N ws=N sok sack ts ?KIND bad
//
// "ws" is the shift count, "sok" is "SACK permitted", "?KIND" any other option
// by its decimal number. "eol" ends the layout: what follows it is padding.
// "bad" ends it where a length is missing, runs over the end or is not the one
// that the option must have, and also where there are more than 40 bytes, which
// no header can hold. No options append nothing.
//
// Time stamps are left out on purpose: the layout is to be a name that few
// distinct values are seen of, so it can be interned. It allocates only if dst
// has no room.
func OptionLayout(dst, opts []byte) []byte {
	over := len(opts) > maxTCPOptions
	if over {
		opts = opts[:maxTCPOptions]
	}
	start := len(dst)
	for len(opts) > 0 {
		if len(dst) > start {
			dst = append(dst, ',')
		}
		size := optionSize(opts)
		if size == 0 {
			return append(dst, "bad"...)
		}
		dst = appendOption(dst, opts[:size])
		if opts[0] == optEOL {
			return dst
		}
		opts = opts[size:]
	}
	if over {
		dst = append(dst, ",bad"...)
	}
	return dst
}

// optionSize is the size of the option that opts begin with, 0 if it is malformed.
func optionSize(opts []byte) int {
	if opts[0] <= optNOP {
		return 1
	}
	if len(opts) < 2 {
		return 0
	}
	n := int(opts[1])
	if n < 2 || n > len(opts) || !sizeFits(opts[0], n) {
		return 0
	}
	return n
}

// sizeFits tells whether an option of this kind may have this size: RFC 9293
// for MSS, RFC 7323 for window scale and time stamps, RFC 2018 for SACK.
func sizeFits(kind byte, n int) bool {
	switch kind {
	case optMSS:
		return n == 4
	case optWindowScale:
		return n == 3
	case optSACKPermitted:
		return n == 2
	case optSACK:
		return n > 2 && (n-2)%8 == 0
	case optTimestamps:
		return n == 10
	}
	return true
}

func appendOption(dst, o []byte) []byte {
	switch o[0] {
	case optEOL:
		return append(dst, "eol"...)
	case optNOP:
		return append(dst, "nop"...)
	case optMSS:
		return strconv.AppendUint(append(dst, "mss="...), uint64(o[2])<<8|uint64(o[3]), 10)
	case optWindowScale:
		return strconv.AppendUint(append(dst, "ws="...), uint64(o[2]), 10)
	case optSACKPermitted:
		return append(dst, "sok"...)
	case optSACK:
		return append(dst, "sack"...)
	case optTimestamps:
		return append(dst, "ts"...)
	}
	return strconv.AppendUint(append(dst, '?'), uint64(o[0]), 10)
}

// OptionLayoutHex is OptionLayout of options in hex, as the kernel prints them
// between the parentheses of "OPT (020405B4)". Digits may be of either case.
// It reports false, and appends nothing, for text that is no whole number of
// hex bytes; text of more than 40 bytes is a layout that ends in "bad".
func OptionLayoutHex(dst, hex []byte) ([]byte, bool) {
	if len(hex)%2 != 0 {
		return dst, false
	}
	var raw [maxTCPOptions + 1]byte
	n := 0
	for i := 0; i < len(hex); i += 2 {
		b, ok := HexByte(hex[i], hex[i+1])
		if !ok {
			return dst, false
		}
		if n < len(raw) {
			raw[n] = b
			n++
		}
	}
	return OptionLayout(dst, raw[:n]), true
}
