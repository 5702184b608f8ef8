package ulogd

import (
	"bytes"
	"errors"
	"math/bits"
	"net/netip"

	"fwreport/reader"
	"fwreport/reader/lex"
)

// FormatOPRINT is the output of ulogd2's OPRINT plugin: a block of lines a
// record, each key=value: a packet, a flow or a sum; sums are other records.
//
// The records of the ledger are lines, so that a place is a line as in any
// text: a packet's is the line with which its block begins, the others are
// counted as other lines. To count blocks was rejected: PATH:LINE would then
// name lines that no editor finds.
//
// Up to 2.0.8 an IPv4 address stands in it as the machine's byte order has it,
// reversed on most. Where the stack has no IP2STR, which prints it right, the
// checksum of the packet's header tells which way round is true; where that
// does not tell either, as in a flow, the address is unknown. Learning the order from other
// blocks of the file was rejected: it would make a block's meaning depend on
// where chunks begin, and a stack either has IP2STR or has it not.
var FormatOPRINT = &reader.Format{
	Name:        "ulogd-oprint",
	Doc:         "ulogd2's OPRINT output: a block of key=value lines for each packet or flow",
	Sniff:       sniffOPRINT,
	NewSplitter: func() reader.Splitter { return &blockSplitter{lines: reader.NewLineSplitter()} },
	NewParser:   func(opt *reader.Options) reader.Parser { return &oprintParser{textParser: newTextParser(opt)} },
}

var (
	boundary     = []byte("===>PACKET BOUNDARY")
	nextBoundary = []byte("\n===>PACKET BOUNDARY")
)

// sniffOPRINT accepts a head that begins with a block, or with the rest of one
// whose head a rotation cut away.
func sniffOPRINT(head []byte, _ bool) error {
	head = bytes.TrimLeft(trimText(head), "\x00\r\n")
	switch {
	case bytes.HasPrefix(head, boundary):
		return nil
	case isKey(head) && bytes.Contains(head, nextBoundary):
		return nil
	}
	return errors.New("does not begin with ===>PACKET BOUNDARY")
}

// blockSplitter cuts between blocks, and between lines where no block begins in
// reader.MaxRecord bytes.
type blockSplitter struct {
	lines reader.Splitter
	loose bool // inside of a line that is given up
}

// Split implements reader.Splitter.
func (s *blockSplitter) Split(data []byte, atEOF bool) (reader.Cut, error) {
	n := bytes.LastIndex(data, nextBoundary) + 1
	switch {
	case s.loose || atEOF:
	case n > 0:
		data = data[:n]
	case len(data) < reader.MaxRecord:
		return reader.Cut{Want: len(data) + 1}, nil
	}
	cut, err := s.lines.Split(data, atEOF)
	s.loose = cut.Oversize || s.loose && cut.Skip > 0 && data[cut.Skip-1] != '\n'
	return cut, err
}

type oprintParser struct{ textParser }

// Parse implements reader.Parser.
func (p *oprintParser) Parse(b *reader.Batch, c *reader.Chunk) {
	if c.Oversize {
		b.Reject(c, 0, longLine, c.Data)
		return
	}
	p.zone = c.Zone(p.opt)
	rest, i := c.Data, uint64(0)
	for len(rest) > 0 {
		n := bytes.Index(rest, nextBoundary) + 1
		if n == 0 {
			n = len(rest)
		}
		i = p.block(b, c, i, rest[:n])
		rest = rest[n:]
	}
}

// block decodes the block whose first line is the i-th of c, and returns the
// number of the line behind it.
func (p *oprintParser) block(b *reader.Batch, c *reader.Chunk, i uint64, block []byte) uint64 {
	first := i
	line, rest := reader.NextLine(block)
	whole := bytes.Equal(trimText(line), boundary)
	if !whole {
		rest = block
	} else {
		i++
	}
	p.begin()
	for len(rest) > 0 {
		unended := rest[len(rest)-1] != '\n' && bytes.IndexByte(rest, '\n') < 0
		line, rest = reader.NextLine(rest)
		p.line(trimText(line), unended)
		i++
	}
	b.Other += i - first - 1
	switch {
	case whole:
		p.record(b, c, first, block, (*textParser).orient)
	case p.rec.kind() == packet || p.rec.kind() == flow:
		b.Reject(c, first, "the beginning of the block is missing", shown(block))
	default:
		b.Other++
	}
	return i
}

// line takes one line of a block. If it has no end, its value may have none.
func (p *oprintParser) line(line []byte, unended bool) {
	if unended {
		p.cut = p.cut || len(line) > 0
		return
	}
	if i, n := p.spell.name(line); n > 0 {
		p.take(i, line[n:])
	}
}

// orient turns the bare IPv4 addresses round if that makes the header's
// checksum right, and reports whether they are right in the end. The sum of a
// reversed address is the sum of the address with its bytes swapped, so both
// cannot be right but by the rare chance that they are equal.
func (p *textParser) orient() bool {
	src, ok1 := lex.IPv4(p.bare.src)
	dst, ok2 := lex.IPv4(p.bare.dst)
	if !ok1 || !ok2 || !p.bare.summed || p.bare.ihl != 5 || !p.rec.all(kTOS, kTotalLen, kID, kFragOff, kTTL, kProto) {
		return false
	}
	asIs, turned := p.sums(src, dst), p.sums(bits.ReverseBytes32(src), bits.ReverseBytes32(dst))
	if asIs == turned {
		return false
	}
	if turned {
		p.turned = appendIPv4(p.turned[:0], bits.ReverseBytes32(src))
		n := len(p.turned)
		p.turned = appendIPv4(p.turned, bits.ReverseBytes32(dst))
		p.bare.src, p.bare.dst = p.turned[:n], p.turned[n:]
	}
	return true
}

// sums reports whether the IPv4 header with these addresses has the checksum
// that was logged (RFC 791): the sum of all its words is then 0xffff.
func (p *textParser) sums(src, dst uint32) bool {
	n := &p.rec.num
	sum := 0x4500 + n[kTOS] + n[kTotalLen] + n[kID] + n[kFragOff] + n[kTTL]<<8 + n[kProto] + p.bare.csum
	for _, a := range [...]uint32{src, dst} {
		sum += uint64(a>>16) + uint64(a&0xffff)
	}
	for sum > 0xffff {
		sum = sum>>16 + sum&0xffff
	}
	return sum == 0xffff
}

// appendIPv4 writes a in dotted form.
func appendIPv4(dst []byte, a uint32) []byte {
	return netip.AddrFrom4([4]byte{byte(a >> 24), byte(a >> 16), byte(a >> 8), byte(a)}).AppendTo(dst)
}
