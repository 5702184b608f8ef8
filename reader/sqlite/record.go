package sqlite

import (
	"encoding/binary"
	"errors"
	"math"
	"unicode/utf16"
	"unicode/utf8"
)

// kind is the type of a stored value.
type kind uint8

const (
	null kind = iota
	integer
	real
	text
	blob
)

// value is one stored value.
type value struct {
	kind  kind
	num   int64
	float float64
	bytes []byte // of text (in the database's encoding) and blob
}

var errRecord = errors.New("the row's header makes no sense")

// record goes through the values of a row (fileformat2, section 2.1).
type record struct {
	types, body []byte
}

// newRecord checks that the values fit the payload, so that a row is taken as a
// whole or not at all.
func newRecord(payload []byte) (record, error) {
	size, n := varint(payload)
	if n == 0 || size < uint64(n) || size > uint64(len(payload)) {
		return record{}, errRecord
	}
	r := record{payload[n:size], payload[size:]}
	left := uint64(len(r.body))
	for t := r.types; len(t) > 0; {
		serial, n := varint(t)
		length := serialSize(serial)
		if n == 0 || serial == 10 || serial == 11 || length > left {
			return record{}, errRecord
		}
		t, left = t[n:], left-length
	}
	return r, nil
}

// serialSize is the length of a value of a serial type.
func serialSize(serial uint64) uint64 {
	if serial >= 12 {
		return (serial - 12) / 2
	}
	return [...]uint64{0, 1, 2, 3, 4, 6, 8, 8, 0, 0, 0, 0}[serial]
}

// next is the next value; false at the end.
func (r *record) next() (v value, ok bool) {
	if len(r.types) == 0 {
		return v, false
	}
	serial, n := varint(r.types)
	size := serialSize(serial)
	b := r.body[:size]
	r.types, r.body = r.types[n:], r.body[size:]
	switch {
	case serial == 0:
	case serial == 7:
		v.kind, v.float = real, math.Float64frombits(binary.BigEndian.Uint64(b))
	case serial < 8:
		v.kind, v.num = integer, signed(b)
	case serial < 10:
		v.kind, v.num = integer, int64(serial-8)
	case serial%2 == 0:
		v.kind, v.bytes = blob, b
	default:
		v.kind, v.bytes = text, b
	}
	return v, true
}

// signed reads a big-endian number in two's complement of up to eight bytes.
func signed(b []byte) int64 {
	n := int64(int8(b[0]))
	for _, c := range b[1:] {
		n = n<<8 | int64(c)
	}
	return n
}

// appendText appends text of the database's encoding as UTF-8.
func (f *file) appendText(dst, b []byte) []byte {
	var order binary.ByteOrder = binary.LittleEndian
	switch f.encoding {
	case 2:
	case 3:
		order = binary.BigEndian
	default:
		return append(dst, b...)
	}
	for ; len(b) >= 2; b = b[2:] {
		r := rune(order.Uint16(b))
		if utf16.IsSurrogate(r) && len(b) >= 4 {
			if r2 := utf16.DecodeRune(r, rune(order.Uint16(b[2:]))); r2 != utf8.RuneError {
				r, b = r2, b[2:]
			}
		}
		dst = utf8.AppendRune(dst, r)
	}
	return dst
}
