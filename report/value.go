package report

import (
	"math"
	"strconv"
	"time"

	"fwreport/reader/event"
)

// Zone is where times are shown; nil means UTC.
type Zone = *time.Location

// Value is one cell. The zero Value is null: absent, unknown, or not the same
// for the whole group.
type Value struct {
	kind Kind
	n    uint64 // count, bytes, port, number; the bits of a ratio, time or duration
	s    string // text, address, evidence
}

// Null is the absent cell.
var Null = Value{}

// TextOf makes a text cell; "" is null, as is the rule for names that are absent.
func TextOf(s string) Value {
	if s == "" {
		return Null
	}
	return Value{kind: Text, s: s}
}

// EmptyText makes a text cell that may be "": where emptiness is itself a key
// (no prefix, no interface).
func EmptyText(s string) Value { return Value{kind: Text, s: s} }

// CountOf makes a count cell.
func CountOf(n uint64) Value { return Value{kind: Count, n: n} }

// BytesOf makes a cell of a number of bytes.
func BytesOf(n uint64) Value { return Value{kind: Bytes, n: n} }

// PortOf makes a cell of a port number.
func PortOf(p uint16) Value { return Value{kind: Port, n: uint64(p)} }

// NumberOf makes a cell of an integer that is a name.
func NumberOf(n uint64) Value { return Value{kind: Number, n: n} }

// RatioOf makes a cell of a share, 0 to 1.
func RatioOf(f float64) Value { return Value{kind: Ratio, n: math.Float64bits(f)} }

// AddressOf makes an address cell.
func AddressOf(a event.Addr) Value { return Value{kind: Address, s: a.String()} }

// AddressText makes an address cell of text that is an address already.
func AddressText(s string) Value { return Value{kind: Address, s: s} }

// TimeOf makes a time cell of Unix nanoseconds; event.NoTime is null.
func TimeOf(ns int64) Value {
	if ns == event.NoTime {
		return Null
	}
	return Value{kind: Time, n: uint64(ns)}
}

// DurationOf makes a duration cell of nanoseconds.
func DurationOf(ns int64) Value { return Value{kind: Duration, n: uint64(ns)} }

// EvidenceOf makes an evidence cell, PATH:LINE or PATH#PACKET.
func EvidenceOf(place string) Value {
	if place == "" {
		return Null
	}
	return Value{kind: Evidence, s: place}
}

// IsNull reports whether v is absent.
func (v Value) IsNull() bool { return v.kind == "" }

// Kind is the kind of v, "" for null.
func (v Value) Kind() Kind { return v.kind }

// Uint is the number of a count, bytes, port or number cell.
func (v Value) Uint() uint64 { return v.n }

// Float is the number of a ratio cell.
func (v Value) Float() float64 { return math.Float64frombits(v.n) }

// Nanos is the Unix time of a time cell, or the length of a duration cell.
func (v Value) Nanos() int64 { return int64(v.n) }

// Time is a time cell in a zone (nil is UTC).
func (v Value) Time(z Zone) time.Time {
	if z == nil {
		z = time.UTC
	}
	return time.Unix(0, int64(v.n)).In(z)
}

// Str is the text of a text, address or evidence cell.
func (v Value) Str() string { return v.s }

// String is the cell in its canonical spelling, as in JSON but without quotes:
// numbers in decimal, times in RFC 3339 UTC, null as "".
func (v Value) String() string {
	switch v.kind {
	case "":
		return ""
	case Count, Bytes, Port, Number:
		return strconv.FormatUint(v.n, 10)
	case Ratio:
		return strconv.FormatFloat(v.Float(), 'f', -1, 64)
	case Time:
		return FormatTime(v.Nanos())
	case Duration:
		return time.Duration(v.n).String()
	}
	return v.s
}

// FormatTime is RFC 3339 in UTC with as many digits of the second as are needed.
func FormatTime(ns int64) string { return time.Unix(0, ns).UTC().Format(time.RFC3339Nano) }
