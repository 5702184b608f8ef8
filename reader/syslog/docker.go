package syslog

import (
	"bytes"
	"encoding/json"
	"unicode/utf8"
)

// dockerPart is the number of bytes at which docker cuts a line (moby,
// daemon/logger/copier.go: defaultBufSize). Where they are not UTF-8 it writes
// more.
const dockerPart = 16 << 10

var (
	dockerLog    = []byte(`{"log":"`)
	dockerStdout = []byte(`","stream":"stdout"`)
	dockerStderr = []byte(`","stream":"stderr"`)
	dockerAttrs  = []byte(`,"attrs":`)
	dockerTime   = []byte(`,"time":"`)
	dockerEnd    = []byte(`"}`)
)

// dockerPiece is a line exactly as docker's json-file driver writes it:
//
//	{"log":"text\n","stream":"stdout","attrs":{},"time":"2025-01-02T03:04:05.123456789Z"}
//
// attrs is there only if asked for. Any other JSON is read as such, and never
// as a part: shippers leave the line ends out of all lines.
func (p *parser) dockerPiece(line []byte) (of piece, ok bool) {
	rest, ok := bytes.CutPrefix(line, dockerLog)
	if !ok {
		return of, false
	}
	n := stringEnd(rest)
	of.docker, of.text, rest = true, rest[:n], rest[n:]
	if rest, ok = bytes.CutPrefix(rest, dockerStdout); !ok {
		of.stderr = true
		if rest, ok = bytes.CutPrefix(rest, dockerStderr); !ok {
			return of, false
		}
	}
	if attrs, ok := bytes.CutPrefix(rest, dockerAttrs); ok {
		k := bytes.LastIndex(attrs, dockerTime)
		if k < 2 || attrs[0] != '{' || !json.Valid(attrs[:k]) {
			return of, false
		}
		rest = attrs[k:]
	}
	stamp, ok1 := bytes.CutPrefix(rest, dockerTime)
	stamp, ok2 := bytes.CutSuffix(stamp, dockerEnd)
	t, marks, n, _ := p.clock.iso(stamp)
	if !ok1 || !ok2 || n == 0 || n != len(stamp) {
		return of, false
	}
	of.time, of.marks = t, marks
	p.unjson, ok = unescape(p.unjson[:0], of.text)
	of.part = !bytes.HasSuffix(p.unjson, []byte{'\n'})
	return of, ok
}

// stringEnd is where the quote stands that ends a JSON string, or len(b).
func stringEnd(b []byte) int {
	for i := 0; ; i++ {
		k := bytes.IndexByte(b[i:], '"')
		if k < 0 {
			return len(b)
		}
		i += k
		escapes := i - len(bytes.TrimRight(b[:i], `\`))
		if escapes%2 == 0 {
			return i
		}
	}
}

// unescape appends what a JSON string says to dst. It is false for what is
// not valid and for surrogates, which docker does not write.
func unescape(dst, text []byte) ([]byte, bool) {
	if !utf8.Valid(text) {
		return dst, false
	}
	for {
		i := bytes.IndexByte(text, '\\')
		run := text
		if i >= 0 {
			run = text[:i]
		}
		for _, c := range run {
			if c < ' ' {
				return dst, false
			}
		}
		dst = append(dst, run...)
		if i < 0 {
			return dst, true
		}
		var n int
		if dst, n = escape(dst, text[i+1:]); n == 0 {
			return dst, false
		}
		text = text[i+1+n:]
	}
}

// escape appends what the escape behind a backslash says; n is its length, 0
// if it is none.
func escape(dst, b []byte) (to []byte, n int) {
	if len(b) == 0 {
		return dst, 0
	}
	switch c := b[0]; c {
	case '"', '\\', '/':
		return append(dst, c), 1
	case 'n':
		return append(dst, '\n'), 1
	case 't':
		return append(dst, '\t'), 1
	case 'r':
		return append(dst, '\r'), 1
	case 'b':
		return append(dst, '\b'), 1
	case 'f':
		return append(dst, '\f'), 1
	case 'u':
		return unicodeEscape(dst, b)
	}
	return dst, 0
}

// unicodeEscape is escape for the four hexadecimal digits behind u.
func unicodeEscape(dst, b []byte) (to []byte, n int) {
	if len(b) < 5 {
		return dst, 0
	}
	r := rune(0)
	for _, c := range b[1:5] {
		d, ok := hexDigit(c)
		if !ok {
			return dst, 0
		}
		r = r<<4 | rune(d)
	}
	if r >= 0xd800 && r < 0xe000 {
		return dst, 0
	}
	return utf8.AppendRune(dst, r), 5
}
