package syslog

import (
	"bytes"

	"fwreport/reader"
)

// identify appends the Identity of the record in hand, which stands for count
// events.
func (p *parser) identify(b *reader.Batch, count uint32) {
	if id := p.opt.Identify; id != nil {
		b.Bodies = append(b.Bodies, id.Of(p.bare(p.said), count))
	}
}

// identifyRepeat appends the Identity of a notice that the record in hand came n
// more times. It is neither that of the record nor that of a line that quotes it.
func (p *parser) identifyRepeat(b *reader.Batch, n uint32) {
	if id := p.opt.Identify; id != nil {
		of := id.Of(p.bare(p.said), n)
		of.B = ^of.B
		b.Bodies = append(b.Bodies, of)
	}
}

// bare is what all syslog daemons make of one message: without the spaces before
// it, of which rsyslog's RFC 5424 template leaves one too many, and with control
// characters as they are, which rsyslog writes as "#011" (parser.escapeControlCharactersOnReceive).
// The result is valid until the next call.
func (p *parser) bare(body []byte) []byte {
	body = skipSpaces(body)
	i := bytes.IndexByte(body, '#')
	if i < 0 {
		return body
	}
	p.plain = append(p.plain[:0], body[:i]...)
	for i < len(body) {
		if c, ok := octal(body[i:]); ok {
			p.plain = append(p.plain, c)
			i += 4
			continue
		}
		p.plain = append(p.plain, body[i])
		i++
	}
	return p.plain
}

// octal is the byte that "#" and three octal digits stand for.
func octal(b []byte) (byte, bool) {
	if len(b) < 4 || b[0] != '#' {
		return 0, false
	}
	x, y, z := b[1]-'0', b[2]-'0', b[3]-'0'
	return x<<6 | y<<3 | z, x <= 3 && y <= 7 && z <= 7
}
