package netfilter

import (
	"bytes"
	"encoding/binary"

	"fwreport/reader/lex"
)

var (
	inKey  = []byte("IN=")
	outKey = []byte("OUT=")
	physIn = []byte("PHYSIN=")
	srcKey = []byte(" SRC=")
)

// header is where the kernel's own text begins and what it begins with.
type header struct {
	start           int // of IN=: all before it is the prefix
	end             int // of the OUT= token
	in, out, physIn []byte
}

// findHeader finds the anchor of a record: the last
//
//	IN=\S* (PHYSIN=\S* )?OUT=\S*( |$)
//
// that does not begin inside PHYSIN=. The prefix is free text and may hold a
// forged "IN=" itself; the kernel prints its own after it. damaged tells that an
// earlier header with an address stands before it: two records on one line.
func findHeader(msg []byte) (h header, damaged, ok bool) {
	for from := 0; ; {
		i := bytes.Index(msg[from:], inKey)
		if i < 0 {
			return h, damaged, ok
		}
		i += from
		from = i + len(inKey)
		if i > 0 && msg[i-1] == 'S' && i >= 4 && string(msg[i-4:i]) == "PHYS" {
			continue
		}
		next, match := matchHeader(msg, i)
		if !match {
			continue
		}
		damaged = ok && bytes.Contains(msg[h.end:i], srcKey)
		h, ok, from = next, true, next.end
	}
}

// matchHeader matches the anchor at i, where IN= stands.
func matchHeader(msg []byte, i int) (header, bool) {
	h := header{start: i}
	var p int
	if h.in, p = word(msg, i+len(inKey)); p == len(msg) {
		return h, false
	}
	p++
	if bytes.HasPrefix(msg[p:], physIn) {
		if h.physIn, p = word(msg, p+len(physIn)); p == len(msg) {
			return h, false
		}
		p++
	}
	if !bytes.HasPrefix(msg[p:], outKey) {
		return h, false
	}
	h.out, h.end = word(msg, p+len(outKey))
	return h, true
}

// word is what stands from p up to the next space or the end, and where that is.
func word(b []byte, p int) ([]byte, int) {
	for i := p; i < len(b); i++ {
		if b[i] == ' ' {
			return b[p:i], i
		}
	}
	return b[p:], len(b)
}

// afterRemnant is the prefix of the second of two records on one line: what
// follows the syslog priority or the kernel's stamp that begins it, and where
// in prefix it starts.
func afterRemnant(prefix []byte) int {
	if i := bytes.LastIndexByte(prefix, '<'); i >= 0 {
		if j := bytes.IndexByte(prefix[i:], '>'); j > 1 && j <= 4 && digits(prefix[i+1:i+j]) {
			return i + j + 1
		}
	}
	for i := len(prefix) - 1; i >= 0; i-- {
		if prefix[i] != '[' {
			continue
		}
		if _, n := Uptime(prefix[i:]); n > 0 {
			return i
		}
	}
	// No mark: the remnant's last KEY=value token ends it.
	if i := bytes.LastIndexByte(prefix, '='); i >= 0 {
		_, end := word(prefix, i)
		return min(end+1, len(prefix))
	}
	return 0
}

func digits(b []byte) bool {
	for _, c := range b {
		if c < '0' || c > '9' {
			return false
		}
	}
	return len(b) > 0
}

// Uptime parses a kernel stamp "[12345.678901]" (printk prints six decimals)
// at the start of b, with a caller id "[    C0]" directly after it, and one
// space. It returns microseconds since boot and the length, 0 if there is none.
func Uptime(b []byte) (us int64, n int) {
	if len(b) < 10 || b[0] != '[' {
		return 0, 0
	}
	if us, n = usualUptime(b); n > 0 && n < len(b) && b[n] == ' ' {
		return us, n + 1
	}
	if n == 0 {
		us, n = paddedUptime(b)
	}
	if n == 0 {
		return 0, 0
	}
	if n < len(b) && b[n] == '[' {
		n += callerID(b[n:])
	}
	if n < len(b) && b[n] == ' ' {
		n++
	}
	return us, n
}

// usualUptime is the stamp up to its bracket, of one to eight digits before the
// point; n is 0 for any other, right or wrong.
func usualUptime(b []byte) (us int64, n int) {
	if len(b) < 1+8+1+8 {
		return 0, 0
	}
	sec, n := lex.Decimal(binary.LittleEndian.Uint64(b[1:]))
	if n == 0 {
		return 0, 0
	}
	micro, ok := lex.Micros(binary.LittleEndian.Uint64(b[1+n:]))
	if !ok {
		return 0, 0
	}
	return int64(sec)*1e6 + int64(micro), 9 + n
}

// paddedUptime is any stamp up to its bracket.
func paddedUptime(b []byte) (us int64, n int) {
	i := 1
	for i < len(b) && b[i] == ' ' {
		i++
	}
	start := i
	for ; i < len(b) && b[i]-'0' <= 9; i++ {
		us = us*10 + int64(b[i]-'0')
	}
	if i == start || i-start > 12 || i+8 > len(b) || b[i] != '.' || b[i+7] != ']' {
		return 0, 0
	}
	for _, c := range b[i+1 : i+7] {
		if c-'0' > 9 {
			return 0, 0
		}
		us = us*10 + int64(c-'0')
	}
	return us, i + 8
}

// callerID is the length of CONFIG_PRINTK_CALLER's "[    C0]" or "[  T123]".
func callerID(b []byte) int {
	if len(b) < 4 || b[0] != '[' {
		return 0
	}
	i := 1
	for i < len(b) && b[i] == ' ' {
		i++
	}
	if i == len(b) || b[i] != 'C' && b[i] != 'T' {
		return 0
	}
	end := bytes.IndexByte(b[i:], ']')
	if end < 2 || end > 11 || !digits(b[i+1:i+end]) {
		return 0
	}
	return i + end + 1
}
