package json

import (
	"bufio"
	"encoding/json"
	"math"
	"strconv"
	"time"
	"unicode/utf8"

	"fwreport/report"
)

// emitter writes JSON as it goes. After the first error it writes nothing more.
type emitter struct {
	w     *bufio.Writer
	depth int
	fresh bool   // nothing stands in the innermost object or list yet
	buf   []byte // one row
	err   error
}

func (e *emitter) fail(err error) {
	if e.err == nil {
		e.err = err
	}
}

func (e *emitter) write(b []byte) {
	if e.err == nil {
		_, e.err = e.w.Write(b)
	}
}

func (e *emitter) byte(c byte) {
	if e.err == nil {
		e.err = e.w.WriteByte(c)
	}
}

func (e *emitter) text(s string) {
	if e.err == nil {
		_, e.err = e.w.WriteString(s)
	}
}

func (e *emitter) flush() error {
	if e.err == nil {
		e.err = e.w.Flush()
	}
	return e.err
}

func (e *emitter) open(bracket byte) {
	e.byte(bracket)
	e.depth++
	e.fresh = true
}

func (e *emitter) close(bracket byte) {
	e.depth--
	if !e.fresh {
		e.line()
	}
	e.byte(bracket)
	e.fresh = false
}

func (e *emitter) line() {
	e.byte('\n')
	for range e.depth {
		e.text("  ")
	}
}

// next begins the next element of the innermost object or list.
func (e *emitter) next() {
	if !e.fresh {
		e.byte(',')
	}
	e.line()
	e.fresh = false
}

func (e *emitter) key(name string) {
	e.next()
	e.text(`"` + name + `": `) // names are our own, plain ASCII
}

func (e *emitter) value(v any) {
	b, err := json.Marshal(v)
	if err != nil {
		e.fail(err)
	}
	e.write(b)
}

func (e *emitter) field(name string, v any) {
	e.key(name)
	e.value(v)
}

func (e *emitter) item(v any) {
	e.next()
	e.value(v)
}

// list writes a list, one element a line.
func list[T any](e *emitter, name string, items []T, wire func(T) any) {
	e.key(name)
	e.open('[')
	for _, item := range items {
		e.item(wire(item))
	}
	e.close(']')
}

func (e *emitter) row(row []report.Value) {
	e.next()
	b := append(e.buf[:0], '[')
	for i, v := range row {
		if i > 0 {
			b = append(b, ',')
		}
		b = appendCell(b, v)
	}
	e.buf = append(b, ']')
	e.write(e.buf)
}

func appendCell(b []byte, v report.Value) []byte {
	switch v.Kind() {
	case "":
		return append(b, "null"...)
	case report.Count, report.Bytes, report.Port, report.Number:
		return strconv.AppendUint(b, v.Uint(), 10)
	case report.Ratio:
		return appendRatio(b, v.Float())
	case report.Time:
		b = append(b, '"')
		b = v.Time(nil).AppendFormat(b, time.RFC3339Nano)
		return append(b, '"')
	case report.Duration:
		return appendText(b, v.String())
	}
	return appendText(b, v.Str())
}

func appendRatio(b []byte, f float64) []byte {
	if math.IsNaN(f) || math.IsInf(f, 0) {
		return append(b, "null"...)
	}
	return strconv.AppendFloat(b, f, 'f', -1, 64)
}

// appendText appends s as a JSON string. Most cells are plain ASCII and are
// copied; the rest takes encoding/json's way.
func appendText(b []byte, s string) []byte {
	for i := range len(s) {
		if c := s[i]; c < ' ' || c >= utf8.RuneSelf || c == '"' || c == '\\' || c == '<' || c == '>' || c == '&' {
			quoted, _ := json.Marshal(valid(s)) // a string cannot fail
			return append(b, quoted...)
		}
	}
	b = append(b, '"')
	b = append(b, s...)
	return append(b, '"')
}

// valid is s with every byte that is not UTF-8 spelled out as \xNN.
func valid(s string) string {
	if utf8.ValidString(s) {
		return s
	}
	const hex = "0123456789abcdef"
	b := make([]byte, 0, len(s)+16)
	for i := 0; i < len(s); {
		r, n := utf8.DecodeRuneInString(s[i:])
		if r == utf8.RuneError && n == 1 {
			b = append(b, '\\', 'x', hex[s[i]>>4], hex[s[i]&15])
		} else {
			b = append(b, s[i:i+n]...)
		}
		i += n
	}
	return string(b)
}
