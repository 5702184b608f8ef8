package syslog

import (
	"bytes"

	"fwreport/reader/lex"
)

// kmsg is a copy of /dev/kmsg: "4,530,12345678901,-;text" with priority, sequence
// number, microseconds since boot and flags (kernel/printk/printk.c, which writes
// what is not printable ASCII, and backslashes, as \x09).
func (p *parser) kmsg(env *envelope, rest []byte) bool {
	head, msg, ok := bytes.Cut(rest, []byte{';'})
	if !ok || len(head) > 80 {
		return false
	}
	var number [3]uint64
	for i := range number {
		var w []byte
		if w, head, ok = bytes.Cut(head, []byte{','}); !ok {
			return false
		}
		if number[i], ok = lex.Uint64(w); !ok {
			return false
		}
	}
	if number[0] > 1<<15 || number[1] > 1<<62 || number[2] > 1<<62 {
		return false
	}
	env.pri, env.kmsgSeq, env.hasSeq = int(number[0]), int64(number[1]), true
	env.uptime, env.hasUptime = int64(number[2]), true
	if i := bytes.IndexByte(msg, '\\'); i >= 0 {
		msg = p.unescaped(msg, i)
	}
	env.msg = stripUptime(env, msg)
	return true
}

// unescaped is msg with the bytes that /dev/kmsg escapes, of which the first is
// msg[i]. It is valid until the next line.
func (p *parser) unescaped(msg []byte, i int) []byte {
	p.unkmsg = append(p.unkmsg[:0], msg[:i]...)
	for i < len(msg) {
		if c, ok := hexEscape(msg[i:]); ok {
			p.unkmsg = append(p.unkmsg, c)
			i += len(`\x09`)
			continue
		}
		p.unkmsg = append(p.unkmsg, msg[i])
		i++
	}
	return p.unkmsg
}

// hexEscape is the byte that \x and two hexadecimal digits stand for.
func hexEscape(b []byte) (byte, bool) {
	if len(b) < 4 || b[0] != '\\' || b[1] != 'x' {
		return 0, false
	}
	hi, ok1 := hexDigit(b[2])
	lo, ok2 := hexDigit(b[3])
	return hi<<4 | lo, ok1 && ok2
}

func hexDigit(c byte) (byte, bool) {
	switch {
	case c-'0' <= 9:
		return c - '0', true
	case c|0x20 >= 'a' && c|0x20 <= 'f':
		return c | 0x20 - 'a' + 10, true
	}
	return 0, false
}
