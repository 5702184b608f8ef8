package ulogd

import (
	"bytes"
	"errors"

	"fwreport/reader"
	"fwreport/reader/event"
	"fwreport/reader/lex"
)

// What GPRINT and OPRINT have in common: keys with the names of the filter
// plugins, values as ulogd printed them.

// textParser is a parser for key=value text: what it adds to a record are the
// values that need to be judged together.
type textParser struct {
	parser
	bare   bare
	cut    bool   // the record ends inside a value or a name
	turned []byte // memory of bare addresses that were turned round
}

// bare are the values that tell an address where no text of it was logged.
type bare struct {
	src, dst           []byte // ip.saddr, ip.daddr, or orig.ip.saddr, orig.ip.daddr
	replySrc, replyDst []byte // reply.ip.saddr, reply.ip.daddr
	ihl, csum          uint64
	summed             bool // both are given
}

func newTextParser(opt *reader.Options) textParser { return textParser{parser: *newParser(opt)} }

// begin empties the record.
func (p *textParser) begin() {
	p.rec.given, p.rec.classes, p.rec.bad, p.spell.last = keySet{}, 0, unknown, start
	p.bare, p.cut = bare{}, false
}

// maxKey is longer than any name in spellings.
const maxKey = 32

// name finds the key that text begins with: its spelling and its length with
// the = behind it. n is 0 if no = is near.
func (s *speller) name(text []byte) (i uint8, n int) {
	if g := s.guess(); len(text) > len(g) && text[len(g)] == '=' && string(text[:len(g)]) == g {
		return s.find(nil, true), len(g) + 1
	}
	n = bytes.IndexByte(text[:min(len(text), maxKey)], '=') + 1
	if n == 0 {
		return unknown, 0
	}
	return s.find(text[:n-1], false), n
}

// isKey reports whether text begins with a known key and =.
func isKey(text []byte) bool {
	n := bytes.IndexByte(text[:min(len(text), maxKey)], '=')
	if n < 0 {
		return false
	}
	_, ok := byName[string(text[:n])]
	return ok
}

// take puts a value into the record. An unset value of OPRINT is none.
func (p *textParser) take(i uint8, value []byte) {
	if i == unknown {
		return
	}
	r, sp := p.rec, &spellings[i]
	r.classes |= sp.class
	if p.bare.take(sp, value) || sp.key == kIgnored {
		return
	}
	r.given.drop(sp.key)
	switch {
	case string(value) == "<none>":
	case sp.key < numbers:
		n, ok := lex.Uint64(value)
		if !ok || n > sp.max {
			r.bad = i
			return
		}
		r.num[sp.key] = n
		r.given.add(sp.key)
	case !plausibleName(sp.key, value):
		r.bad = i
	case len(value) > 0 || sp.key == kPrefix:
		r.text[sp.key-numbers] = value
		r.given.add(sp.key)
	}
}

// plausibleName holds the names of interfaces to what the kernel allows
// (IFNAMSIZ of include/uapi/linux/if.h): what is longer, or begins as a record
// does, are two records that run together.
func plausibleName(k key, value []byte) bool {
	const longest = 15
	return k != kIn && k != kOut || len(value) <= longest && !isKey(value)
}

// take keeps the values of the bare addresses and says whether it did.
func (b *bare) take(sp *spelling, value []byte) bool {
	switch {
	case sp.key == kSrc && sp.name == "ip.saddr":
		b.src = value
	case sp.key == kDst && sp.name == "ip.daddr":
		b.dst = value
	case sp.key != kIgnored:
		return false
	case sp.class == flow:
		return b.takeFlow(sp.name, value)
	case sp.name == "ip.ihl":
		b.ihl, _ = lex.Uint64(value)
	case sp.name == "ip.csum":
		b.csum, b.summed = lex.Uint64(value)
	default:
		return false
	}
	return true
}

// takeFlow is take for the addresses of a flow.
func (b *bare) takeFlow(name string, value []byte) bool {
	switch name {
	case "orig.ip.saddr":
		b.src = value
	case "orig.ip.daddr":
		b.dst = value
	case "reply.ip.saddr":
		b.replySrc = value
	case "reply.ip.daddr":
		b.replyDst = value
	default:
		return false
	}
	return true
}

// addresses sets the bare addresses where the record has no text of them
// (stacks without IP2STR). Up to 2.0.8 those of an IPv6 packet are its first
// four bytes: they say nothing, and are left out.
func (p *textParser) addresses(order func(*textParser) bool) {
	r := p.rec
	if r.has(kSrc) || r.has(kDst) || p.bare.src == nil || p.bare.dst == nil {
		return
	}
	if !r.isIPv6() && !order(p) {
		return
	}
	p.pair(kSrc, kDst, p.bare.src, p.bare.dst)
	p.pair(kReplySrc, kReplyDst, p.bare.replySrc, p.bare.replyDst)
}

// pair sets the addresses of one direction, unless they are remains of IPv6.
func (p *textParser) pair(srcKey, dstKey key, src, dst []byte) {
	r := p.rec
	if len(src) == 0 || len(dst) == 0 || r.isIPv6() && (bytes.IndexByte(src, ':') < 0 || bytes.IndexByte(dst, ':') < 0) {
		return
	}
	r.text[srcKey-numbers], r.text[dstKey-numbers] = src, dst
	r.given.add(srcKey)
	r.given.add(dstKey)
}

// record accounts for the i-th record of c, which was taken from raw.
func (p *textParser) record(b *reader.Batch, c *reader.Chunk, i uint64, raw []byte, order func(*textParser) bool) {
	if k := p.rec.kind(); k != packet && k != flow {
		b.Other++
		return
	}
	p.addresses(order)
	var flags event.Fields
	if p.cut {
		flags = event.Truncated
	}
	p.event(b, c, i, raw, flags)
}

var errNoKey = errors.New("begins with no key of ulogd (raw.pktlen, oob.prefix, timestamp …)")
