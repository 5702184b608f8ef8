package ulogd

import (
	"bytes"
	"errors"

	"fwreport/reader"
)

// FormatGPRINT is the output of ulogd2's GPRINT plugin: key=value,key=value… in
// one line a record, a packet, a flow or a sum; sums are other records.
//
// Nothing is escaped in it, and a prefix may hold commas: a value ends before
// the comma that a known key follows. A prefix that imitates a key is taken for
// one; the true value stands behind it, and the last one counts.
var FormatGPRINT = &reader.Format{
	Name:        "ulogd-gprint",
	Doc:         "ulogd2's GPRINT output: key=value pairs, one packet or flow a line",
	Sniff:       func(head []byte, complete bool) error { return sniffHead(head, complete, sniffGPRINT) },
	NewSplitter: reader.NewLineSplitter,
	NewParser:   func(opt *reader.Options) reader.Parser { return newGPRINT(opt) },
	InOrder:     true,
	Identifies:  true,
}

type gprintParser struct{ textParser }

func newGPRINT(opt *reader.Options) *gprintParser {
	return &gprintParser{textParser{parser: *newIdentifying(opt)}}
}

// sniffGPRINT says why line is no record of GPRINT.
func sniffGPRINT(line []byte) error {
	switch {
	case !isKey(line):
		return errNoKey
	case bytes.IndexByte(line, ',') < 0: // OPRINT writes one key a line
		return errors.New("is no list of key=value with commas between them")
	}
	p := gprintParser{textParser{parser: parser{spell: newSpeller(), rec: &record{}}}}
	p.read(line)
	if p.rec.kind() == foreign {
		return errors.New("has no key that tells a packet, a flow or a sum (oob.prefix, ct.id, sum.name …)")
	}
	return nil
}

// Parse implements reader.Parser.
func (p *gprintParser) Parse(b *reader.Batch, c *reader.Chunk) {
	if c.Oversize {
		b.Reject(c, 0, longLine, c.Data)
		return
	}
	p.zone = c.Zone(p.opt)
	i := uint64(0)
	for rest := c.Data; len(rest) > 0; i++ {
		var line []byte
		line, rest = reader.NextLine(rest)
		p.line(b, c, i, line)
	}
}

func (p *gprintParser) line(b *reader.Batch, c *reader.Chunk, i uint64, raw []byte) {
	line := bytes.TrimLeft(trimText(raw), "\x00")
	switch {
	case len(line) == 0:
		b.Other++
	case !isKey(line):
		b.Reject(c, i, errNoKey.Error(), shown(raw))
	default:
		p.read(line)
		p.record(b, c, i, raw, straight)
	}
}

// straight is GPRINT's byte order of IPv4 addresses: that of the packet.
func straight(*textParser) bool { return true }

// read fills the record from one line.
func (p *gprintParser) read(line []byte) {
	p.begin()
	for len(line) > 0 {
		i, n := p.spell.name(line)
		if i == unknown {
			n = 0
		}
		end := valueEnd(line, n, i)
		if i == unknown && end == len(line) && bytes.IndexByte(line, '=') < 0 {
			p.cut = true
		}
		p.take(i, line[n:end])
		line = line[min(end+1, len(line)):]
	}
}

// valueEnd is where the value that begins at n ends. Of a prefix, and of keys
// that are not known, a comma is a part unless a known key follows; other
// values hold none.
func valueEnd(line []byte, n int, i uint8) int {
	plain := i != unknown && spellings[i].key != kPrefix
	for at := n; ; at++ {
		comma := bytes.IndexByte(line[at:], ',')
		if comma < 0 {
			return len(line)
		}
		if at += comma; plain || isKey(line[at+1:]) {
			return at
		}
	}
}

// trimText takes off what is no part of a line of text. Blanks at the end are:
// of a prefix.
func trimText(line []byte) []byte {
	return bytes.TrimRight(bytes.TrimPrefix(line, []byte("\ufeff")), "\x00\r")
}
