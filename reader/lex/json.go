package lex

import (
	"bytes"
	"encoding/binary"
	"encoding/json"
	"errors"
	"io"
	"maps"
	"math/bits"
	"slices"
	"unicode/utf8"
)

// JSONKind is the type of a JSON value.
type JSONKind uint8

// The kinds of JSON values. Int is a number that is written as a decimal
// integer of up to 19 digits, Number is any other.
const (
	JSONString JSONKind = iota
	JSONInt
	JSONNumber
	JSONBool
	JSONNull
	JSONNested // an object or an array
)

// What is wrong with a JSON text.
var (
	ErrJSON       = errors.New("invalid JSON")
	ErrJSONCut    = errors.New("JSON is cut short")
	ErrJSONObject = errors.New("JSON, but no object")
)

// JSON goes through the members of one JSON object:
//
//	j := lex.NewJSON(line)
//	for j.Next() { use(j.Key, j.Kind, j.Value, j.Int) }
//	if j.Err != nil { the text is not valid, members seen before do not count }
//
// It is strict: it accepts what encoding/json accepts, and a test compares the
// two. A flat object of plain strings and integers, as loggers write them, is
// scanned at about the speed of memory and without an allocation. On anything
// else (an escape, a nested value, bytes that are not UTF-8, an error) the whole
// text is given to encoding/json and its members follow, once each, sorted by
// key: those seen before come again. As with a key that stands twice, the last
// value is the one that counts.
//
// Key and Value point into the text, or into memory of their own after an
// escape. They are valid as long as the text is.
type JSON struct {
	Key   []byte
	Value []byte // a string's content, a number's digits, a nested value's text
	Int   uint64 // of JSONInt; 1 for true
	Kind  JSONKind
	Err   error

	// Guess is what the caller expects the next key to be, a text without
	// anything that JSON escapes; Hit says that the guess was right. Records of
	// one source have their keys in one order, and comparing is cheaper than
	// looking for the key's end.
	Guess string
	Hit   bool

	// Lead is Guess as the source writes it behind another member, with all
	// that stands before the value: `, "key": `. "" if that is not known; what
	// is written otherwise is compared with Guess alone.
	Lead string

	text  []byte
	pos   int // 0: before the opening brace
	done  bool
	slow  map[string]json.RawMessage
	order []string
}

// NewJSON returns a JSON over one object. White space may surround it.
func NewJSON(text []byte) JSON { return JSON{text: text} }

// Next goes to the next member. It is false at the end and on an error.
func (j *JSON) Next() bool {
	if j.slow != nil || j.done {
		return j.nextSlow()
	}
	if j.led() {
		j.Hit, j.Key = true, j.text[j.pos+3:j.pos+len(j.Lead)-3]
		return j.value(j.text, j.pos+len(j.Lead))
	}
	t, i := j.text, skip(j.text, j.pos)
	if i >= len(t) {
		return j.doubt()
	}
	switch c := t[i]; {
	case c == ',' && j.pos > 0:
		return j.member(t, skip(t, i+1))
	case c == '{' && j.pos == 0:
		if i = skip(t, i+1); i < len(t) && t[i] == '}' {
			return j.end(i + 1)
		}
		return j.member(t, i)
	case c == '}' && j.pos > 0:
		return j.end(i + 1)
	}
	return j.doubt()
}

// led reports whether Lead comes next.
func (j *JSON) led() bool {
	end := j.pos + len(j.Lead)
	return j.Lead != "" && j.pos > 0 && end <= len(j.text) && string(j.text[j.pos:end]) == j.Lead
}

// end is behind the closing brace: only white space may follow.
func (j *JSON) end(i int) bool {
	if skip(j.text, i) != len(j.text) {
		return j.doubt()
	}
	j.done = true
	return false
}

// member reads "key": value from i on.
func (j *JSON) member(t []byte, i int) bool {
	k := j.guessed(t, i)
	if k < 0 {
		k = str(t, i)
	}
	if k < 0 {
		return j.doubt()
	}
	j.Key = t[i+1 : k-1]
	if k = skip(t, k); k >= len(t) || t[k] != ':' {
		return j.doubt()
	}
	return j.value(t, k+1)
}

// value reads the value that begins at i, or behind white space.
func (j *JSON) value(t []byte, i int) bool {
	if i = skip(t, i); i >= len(t) {
		return j.doubt()
	}
	if t[i] != '"' {
		return j.integer(t, i) || j.negative(t, i) || j.literal(i) || j.doubt()
	}
	end := str(t, i)
	if end < 0 {
		return j.doubt()
	}
	j.Kind, j.Value, j.pos = JSONString, t[i+1:end-1], end
	return true
}

// guessed is str if the string is Guess, else -1.
func (j *JSON) guessed(t []byte, i int) int {
	end := i + 1 + len(j.Guess)
	j.Hit = end < len(t) && t[end] == '"' && t[i] == '"' && string(t[i+1:end]) == j.Guess
	if !j.Hit {
		return -1
	}
	return end + 1
}

// skip is the first place from i on that is no white space.
func skip(t []byte, i int) int {
	for i < len(t) && t[i] <= ' ' && (t[i] == ' ' || t[i] == '\t' || t[i] == '\r' || t[i] == '\n') {
		i++
	}
	return i
}

// str is the end of the string that begins at i, behind its closing quote, or
// -1: it refuses escapes, control characters and what is not UTF-8.
func str(t []byte, i int) int {
	if i >= len(t) || t[i] != '"' {
		return -1
	}
	i++
	end := i + plain(t[i:])
	if end >= len(t) {
		return -1
	}
	if t[end] == '"' {
		return end + 1
	}
	return wideStr(t, i, end)
}

// wideStr is str for a string that may have bytes beyond ASCII, from i on.
func wideStr(t []byte, start, i int) int {
	for i < len(t) && t[i] >= 0x80 {
		i++
		i += plain(t[i:])
	}
	if i >= len(t) || t[i] != '"' || !utf8.Valid(t[start:i]) {
		return -1
	}
	return i + 1
}

// PlainJSON counts the bytes at b's start that are ASCII and stand for themselves
// inside a JSON string: what comes next is its end if it is a quote.
func PlainJSON(b []byte) int { return plain(b) }

// plain counts the bytes at b's start that are ASCII and end no string: neither
// quote, backslash nor control character. It looks at eight bytes at once; a
// borrow can make a byte look like a hit only above a true one.
func plain(b []byte) int {
	const ones, tops = 0x0101010101010101, 0x8080808080808080
	n := 0
	for len(b) >= 8 {
		x := binary.LittleEndian.Uint64(b)
		quote, slash := x^(ones*'"'), x^(ones*'\\')
		hit := ((quote-ones)&^quote | (slash-ones)&^slash | (x-ones*' ')&^x | x) & tops
		if hit != 0 {
			return n + bits.TrailingZeros64(hit)/8
		}
		n, b = n+8, b[8:]
	}
	for i, c := range b {
		if c == '"' || c == '\\' || c-' ' >= 0x80-' ' {
			return n + i
		}
	}
	return n + len(b)
}

// integer reads a decimal integer without sign, fraction or exponent.
func (j *JSON) integer(t []byte, start int) bool {
	n, i := uint64(0), start
	for ; i < len(t) && t[i]-'0' <= 9; i++ {
		n = n*10 + uint64(t[i]-'0')
	}
	size := i - start
	if size == 0 || size > 19 || size > 1 && t[start] == '0' || i >= len(t) {
		return false
	}
	if c := t[i]; c == '.' || c|0x20 == 'e' {
		return false
	}
	j.Kind, j.Int, j.Value, j.pos = JSONInt, n, t[start:i], i
	return true
}

// negative reads an integer with a sign, which is a JSONNumber.
func (j *JSON) negative(t []byte, start int) bool {
	if t[start] != '-' || !j.integer(t, start+1) {
		return false
	}
	j.Kind, j.Value, j.Int = JSONNumber, t[start:j.pos], 0
	return true
}

// literal reads true, false and null.
func (j *JSON) literal(i int) bool {
	rest := j.text[i:]
	for _, l := range literals {
		if bytes.HasPrefix(rest, []byte(l.name)) {
			j.Kind, j.Int, j.Value, j.pos = l.kind, l.value, rest[:len(l.name)], i+len(l.name)
			return true
		}
	}
	return false
}

var literals = [...]struct {
	name  string
	kind  JSONKind
	value uint64
}{{"true", JSONBool, 1}, {"false", JSONBool, 0}, {"null", JSONNull, 0}}

// doubt gives the text to encoding/json.
func (j *JSON) doubt() bool {
	var slow map[string]json.RawMessage // not &j.slow: j would have to live on the heap
	if err := json.Unmarshal(j.text, &slow); err != nil || slow == nil {
		j.done, j.Err = true, wrong(j.text, err)
		return false
	}
	j.slow, j.order = slow, slices.Sorted(maps.Keys(slow))
	return j.nextSlow()
}

// wrong says what is wrong with text that Unmarshal refused with err.
func wrong(text []byte, err error) error {
	if err == nil || json.Valid(text) {
		return ErrJSONObject
	}
	var v json.RawMessage
	if err := json.NewDecoder(bytes.NewReader(text)).Decode(&v); errors.Is(err, io.ErrUnexpectedEOF) || errors.Is(err, io.EOF) {
		return ErrJSONCut
	}
	return ErrJSON
}

// nextSlow is Next for a text that encoding/json has decoded, and at the end.
func (j *JSON) nextSlow() bool {
	if j.done || len(j.order) == 0 {
		j.done = true
		return false
	}
	j.Key, j.Hit = []byte(j.order[0]), false
	j.Value, j.Int = j.slow[j.order[0]], 0
	j.order = j.order[1:]
	switch c := j.Value[0]; {
	case c == '"':
		var s string
		if err := json.Unmarshal(j.Value, &s); err != nil {
			j.done, j.Err = true, ErrJSON
			return false
		}
		j.Kind, j.Value = JSONString, []byte(s)
	case c == '{' || c == '[':
		j.Kind = JSONNested
	case c == 't' || c == 'f':
		j.Kind = JSONBool
		if c == 't' {
			j.Int = 1
		}
	case c == 'n':
		j.Kind = JSONNull
	default:
		j.number()
	}
	return true
}

// number classes the number in Value.
func (j *JSON) number() {
	j.Kind = JSONNumber
	if n, ok := Uint64(j.Value); ok {
		j.Kind, j.Int = JSONInt, n
	}
}
