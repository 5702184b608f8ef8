// Package ulogd reads what ulogd2 writes as keys with values: JSON, one object a
// line (stack NFLOG, BASE, IFINDEX, IP2STR, HWHDR, JSON; all versions, with and
// without eventv1), and the text of its plugins GPRINT and OPRINT.
//
// A flow (NFCT) is an event too, marked as such: one connection that passed, not
// one packet, with the addresses of its original direction (flow.go). NACCT's
// accounts are flows (nacct.go). Sums (NFACCT), counters without any address,
// are recognised and counted as other records.
//
// A record is read in two steps. The members of the object go into a table of
// values by key (record.go), so that their order, their spelling by version and
// a key that stands twice make no difference; then the table becomes an Event
// (packet.go), where ulogd's traps are dealt with: ports that are payload
// bytes in later fragments, packets without any address, ARP addresses that are
// memory addresses, times without a zone beside exact ones.
//
// Objects as ulogd itself writes them are read in one pass (usual.go), all others
// by lex.JSON. Most are not even read whole: where the keys and most values are
// those of earlier lines, comparing is enough (layout.go). Fuzzing holds the three
// ways to the same.
//
// Rejected: to compare each object with the one before it, key by key: it gained
// a tenth of the parser, and tied the lines' memory together. Rejected: to set the
// Event's fields while scanning. What a key means depends on keys that come
// later: ports stand before the addresses, and are void if ip.fragoff, which may be
// behind them in a version to come, says so.
//
// Memory: an Event holds no part of the line. A parser keeps names and decisions
// that it has seen, and a few layouts, bounded in number.
package ulogd

import (
	"bytes"
	"errors"
	"fmt"
	"time"

	"fwreport/reader"
	"fwreport/reader/event"
	"fwreport/reader/lex"
)

// Format is ulogd2's JSON output.
var Format = &reader.Format{
	Name:        "ulogd-json",
	Doc:         "ulogd2's JSON output: one packet or flow a line, all versions",
	Sniff:       func(head []byte, complete bool) error { return sniffHead(head, complete, sniffLine) },
	NewSplitter: reader.NewLineSplitter,
	NewParser:   func(opt *reader.Options) reader.Parser { return newIdentifying(opt) },
	InOrder:     true,
	Identifies:  true,
	ZoneHint:    zoneHint,
}

// sniffLines is how many lines are looked at: enough to get over the damage of
// a rotation, few enough not to search a foreign file for a lucky line.
const sniffLines = 16

// sniffHead accepts a head of whose first lines most are ulogd's: refuse says
// why one is not.
func sniffHead(head []byte, complete bool, refuse func([]byte) error) error {
	var why error
	ours, lines := 0, 0
	for rest := head; len(rest) > 0 && lines < sniffLines; {
		var line []byte
		line, rest = reader.NextLine(rest)
		if line = trim(line); len(line) == 0 || rest == nil && !complete && lines > 0 {
			continue
		}
		lines++
		if err := refuse(line); err == nil {
			ours++
		} else if why == nil {
			why = err
		}
	}
	switch {
	case lines == 0:
		return errors.New("is empty")
	case 2*ours > lines:
		return nil
	}
	return why
}

// sniffLine says why line is no record of ulogd.
func sniffLine(line []byte) error {
	if line[0] != '{' {
		return fmt.Errorf("begins with %q, not with {", line[:1])
	}
	var r record
	s := newSpeller()
	if err := r.read(line, &s); err != nil {
		return fmt.Errorf("its first line: %w", err)
	}
	if r.kind() == foreign && !r.has(kDevice) {
		return errors.New("is JSON without any key of ulogd (oob.prefix, ip.protocol, dvc …)")
	}
	return nil
}

// trim takes off what is no part of a record: a byte order mark, the NULs that
// a crash leaves where a file was longer than what reached the disk, blanks.
func trim(line []byte) []byte {
	line = bytes.TrimPrefix(line, []byte("\ufeff"))
	if n := len(line); n > 0 && line[0] == '{' && line[n-1] == '}' {
		return line
	}
	return bytes.Trim(line, "\x00 \t\r")
}

// parser decodes chunks.
type parser struct {
	opt    *reader.Options
	names  *lex.Interner
	spell  speller
	rec    *record // that is read, or a layout's
	own    *record
	detail bool
	zone   *time.Location // of the chunk's stamps without one

	identify *event.Identifier // nil: identities are not wanted
	layouts  layouts
	flow     flowNames

	host, in, out lex.Slot
	verdicts      verdicts
	buf           []byte // for names made of numbers
}

func newParser(opt *reader.Options) *parser {
	names := lex.NewInterner(opt.Symbols)
	own := &record{}
	return &parser{
		opt: opt, names: names, detail: opt.Detail, spell: newSpeller(), rec: own, own: own,
		verdicts: newVerdicts(opt, names), zone: opt.Location(), flow: newFlowNames(opt.Symbols),
	}
}

// newIdentifying is newParser for records that are lines, as syslog daemons write
// them too.
func newIdentifying(opt *reader.Options) *parser {
	p := newParser(opt)
	p.identify = opt.Identify
	return p
}

const longLine = "line longer than 1 MiB"

// Parse implements reader.Parser.
func (p *parser) Parse(b *reader.Batch, c *reader.Chunk) {
	if c.Oversize {
		b.Reject(c, 0, longLine, c.Data)
		return
	}
	p.zone = c.Zone(p.opt)
	i := uint64(0)
	for rest := c.Data; len(rest) > 0; i++ {
		if size := p.known(b, c, i, rest); size > 0 {
			rest = rest[size:]
			continue
		}
		line, next := reader.NextLine(rest)
		if p.line(b, c, i, line) && len(line)+1+len(next) == len(rest) && next != nil {
			p.learn(rest[:len(line)+1])
		}
		rest = next
	}
}

// line decodes the i-th record of c. It reports whether that is an event, usual
// from the line's first byte to its last.
func (p *parser) line(b *reader.Batch, c *reader.Chunk, i uint64, raw []byte) (usual bool) {
	line := trim(raw)
	if len(line) == 0 {
		b.Other++
		return false
	}
	if usual = p.rec.usual(line, &p.spell); usual {
		p.account(b, c, i, raw, nil, 0)
		return len(line) == len(raw) && p.rec.kind()&(packet|flow) != 0
	}
	var flags event.Fields
	err := p.rec.general(line, &p.spell)
	if err != nil {
		if tail := remnant(line); tail != nil && p.rec.read(tail, &p.spell) == nil {
			err, flags = nil, event.DamagedBefore
		}
	}
	p.account(b, c, i, raw, err, flags)
	return false
}

// account puts the record, or why there is none, into b.
func (p *parser) account(b *reader.Batch, c *reader.Chunk, i uint64, raw []byte, err error, flags event.Fields) {
	switch {
	case errors.Is(err, lex.ErrJSONObject):
		b.Other++
	case err != nil:
		b.Reject(c, i, err.Error(), shown(raw))
	case p.rec.kind() == packet || p.rec.kind() == flow:
		p.event(b, c, i, raw, flags)
	default:
		b.Other++
	}
}

// remnant is the whole object at the end of a line that begins with the torn
// remnant of another: ulogd was killed while writing, and was started again.
// Two whole objects on a line are not taken apart: the first would be lost.
func remnant(line []byte) []byte {
	i := bytes.LastIndex(line, []byte(`{"`))
	if i <= 0 || bytes.HasSuffix(bytes.TrimRight(line[:i], " \x00"), []byte("}")) {
		return nil
	}
	return line[i:]
}

// shown is what of a malformed record may be shown: the PWSNIFF filter logs
// cleartext passwords, they and what follows are left out.
func shown(raw []byte) []byte {
	if i := bytes.Index(raw, []byte("pwsniff.")); i >= 0 {
		return raw[:i]
	}
	return raw
}
