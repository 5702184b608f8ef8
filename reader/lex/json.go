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
	if j.done {
		return false
	}
	if j.slow != nil {
		return j.nextSlow()
	}
	first := j.pos == 0
	if first {
		if i := j.blank(0); i < len(j.text) && j.text[i] == '{' {
			j.pos = i + 1
		} else {
			return j.doubt()
		}
	}
	i := j.blank(j.pos)
	if i >= len(j.text) {
		return j.doubt()
	}
	if j.text[i] == '}' {
		return j.end(i + 1)
	}
	if !first {
		if j.text[i] != ',' {
			return j.doubt()
		}
		i = j.blank(i + 1)
	}
	return j.member(i)
}

// end is behind the closing brace: only white space may follow.
func (j *JSON) end(i int) bool {
	if j.blank(i) != len(j.text) {
		return j.doubt()
	}
	j.done = true
	return false
}

// member reads "key": value from i on.
func (j *JSON) member(i int) bool {
	k, ok := j.str(i)
	if !ok {
		return j.doubt()
	}
	j.Key = j.text[i+1 : k-1]
	i = j.blank(k)
	if i >= len(j.text) || j.text[i] != ':' {
		return j.doubt()
	}
	i = j.blank(i + 1)
	if i >= len(j.text) {
		return j.doubt()
	}
	if j.text[i] == '"' {
		end, ok := j.str(i)
		if !ok {
			return j.doubt()
		}
		j.Kind, j.Value, j.pos = JSONString, j.text[i+1:end-1], end
		return true
	}
	return j.integer(i) || j.literal(i) || j.doubt()
}

// blank skips white space from i on.
func (j *JSON) blank(i int) int {
	for i < len(j.text) && (j.text[i] == ' ' || j.text[i] == '\t' || j.text[i] == '\r' || j.text[i] == '\n') {
		i++
	}
	return i
}

// str finds the end of the string that begins at i, behind its closing quote.
// It refuses escapes, control characters and what is not UTF-8.
func (j *JSON) str(i int) (end int, ok bool) {
	if i >= len(j.text) || j.text[i] != '"' {
		return 0, false
	}
	start, high := i+1, false
	for i = start; ; i++ {
		i += plain(j.text[i:])
		if i >= len(j.text) {
			return 0, false
		}
		switch c := j.text[i]; {
		case c == '"':
			return i + 1, !high || utf8.Valid(j.text[start:i])
		case c == '\\' || c < ' ':
			return 0, false
		}
		high = true
	}
}

// plain counts the bytes at b's start that are ASCII and end no string: neither
// quote, backslash nor control character. It looks at eight bytes at once; a
// borrow can make a byte look like a hit only above a true one.
func plain(b []byte) int {
	const ones, tops = 0x0101010101010101, 0x8080808080808080
	n := 0
	for len(b)-n >= 8 {
		x := binary.LittleEndian.Uint64(b[n:])
		quote, slash := x^(ones*'"'), x^(ones*'\\')
		hit := ((quote-ones)&^quote | (slash-ones)&^slash | (x-ones*' ')&^x | x) & tops
		if hit != 0 {
			return n + bits.TrailingZeros64(hit)/8
		}
		n += 8
	}
	for n < len(b) && b[n] != '"' && b[n] != '\\' && b[n]-' ' < 0x80-' ' {
		n++
	}
	return n
}

// integer reads a decimal integer without sign, fraction or exponent.
func (j *JSON) integer(start int) bool {
	n, i := uint64(0), start
	for ; i < len(j.text) && j.text[i]-'0' <= 9; i++ {
		n = n*10 + uint64(j.text[i]-'0')
	}
	size := i - start
	if size == 0 || size > 19 || size > 1 && j.text[start] == '0' || i >= len(j.text) {
		return false
	}
	if c := j.text[i]; c == '.' || c|0x20 == 'e' {
		return false
	}
	j.Kind, j.Int, j.Value, j.pos = JSONInt, n, j.text[start:i], i
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

func (j *JSON) nextSlow() bool {
	if len(j.order) == 0 {
		j.done = true
		return false
	}
	j.Key = []byte(j.order[0])
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
