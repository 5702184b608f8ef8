// Package syslog reads text logs that hold firewall records: RFC 3164 with and
// without priority, ISO 8601 stamps (rsyslog's and systemd's default), RFC 5424,
// what journalctl, dmesg and OpenWrt's logread print, the logs of Proxmox, Sophos
// and the auditor, and the lines that container runtimes wrap around another. It
// takes the envelope off each line and leaves the record itself
// to package netfilter.
//
// Each line is judged by itself, so files that mix envelopes (a relay's, a
// concatenation) need no special care: a form is told by its first bytes, and
// voting on one per file, as was tried first, saved nothing.
//
// FormatExport, FormatVerbose and FormatDmesg are formats of their own because
// their records are of several lines; what they hold is read in the same way.
//
// A Parser keeps caches only: the minute of the last stamp, the last names. What
// "last message repeated" speaks of, and the parts into which a container's
// runtime cut a long line, are looked up in the text before the line
// (Chunk.Prev), not remembered, so chunks can be parsed in any order.
package syslog

import (
	"bytes"
	"errors"
	"fmt"

	"fwreport/reader"
	"fwreport/reader/event"
	"fwreport/reader/lex"
	"fwreport/reader/netfilter"
)

// Format is the text log.
var Format = &reader.Format{
	Name:        "syslog",
	Doc:         "text logs with netfilter records: RFC 3164 and 5424, ISO stamps, journalctl, dmesg, logread, containers",
	Sniff:       sniff,
	NewSplitter: reader.NewLineSplitter,
	NewParser:   newParser,
	YearLess:    yearless,
	InOrder:     true,
	Identifies:  true,
}

// sniff takes every text but what is surely something else: a text without a
// firewall record is read and counted as such.
func sniff(head []byte, complete bool) error {
	text := bytes.TrimLeft(head, "\x00") // crashes pad logs with NUL
	if bytes.HasPrefix(text, []byte{0xff, 0xfe}) || bytes.HasPrefix(text, []byte{0xfe, 0xff}) {
		return errors.New("the text is UTF-16: convert it to UTF-8")
	}
	control := 0
	for _, c := range text {
		if c < ' ' && c != '\n' && c != '\t' && c != '\r' && c != 0x1b {
			control++
		}
	}
	if control*20 > len(text) {
		return fmt.Errorf("not text: %d of the first %d bytes are control characters", control, len(text))
	}
	line, _ := reader.NextLine(bytes.TrimLeft(text, " \r\n\t\ufeff"))
	switch {
	case len(line) > 1 && line[0] == '{' && bytes.HasSuffix(bytes.TrimRight(line, " "), []byte("}")) && !wrapper(line):
		return errors.New("begins with a JSON object")
	case bytes.HasPrefix(line, []byte("<?xml")):
		return errors.New("begins with an XML declaration")
	}
	return nil
}

// wrapper reports whether a line of JSON looks like one that holds a log line.
func wrapper(line []byte) bool {
	for _, key := range [...]string{`"__REALTIME_TIMESTAMP"`, `"MESSAGE"`, `"log"`, `"message"`} {
		if bytes.Contains(line, []byte(key)) {
			return true
		}
	}
	return false
}

type parser struct {
	opt   *reader.Options
	clock clock
	body  *netfilter.Parser
	names *lex.Interner
	host  lex.Slot
	env   envelope

	said  []byte // the body of the record in hand: what its Identity is made of
	plain []byte // scratch of bare

	unkmsg []byte // scratch of unescaped

	back   backwards    // from the line in hand
	parts  [][]byte     // scratch of join
	joined []byte       // what join returned
	spare  []byte       // to change places with joined
	unjson []byte       // what the last piece of docker's says
	trial  reader.Batch // scratch of entire

	hostTag []byte // "fw1 kernel: " of the last record
	hostLen int    // of the host in it
	hostSym event.Sym
	tag     knownTag     // of hostTag
	digits  uint8        // of the seconds in the last uptime
	told    event.Fields // marks that the batch knows of
}

func newParser(opt *reader.Options) reader.Parser {
	names := lex.NewInterner(opt.Symbols)
	return &parser{
		opt: opt, names: names, body: netfilter.NewParser(opt, names),
		clock: clock{zone: opt.Location()},
	}
}

// Parse implements reader.Parser.
func (p *parser) Parse(b *reader.Batch, c *reader.Chunk) {
	p.clock.in(c.Zone(p.opt))
	p.told = 0
	at := 0 // of the line in hand
	for i := uint64(0); at < len(c.Data); i++ {
		if end := p.usual(b, c, i, at); end > 0 {
			at = end + 1
			continue
		}
		line, rest := reader.NextLine(c.Data[at:])
		p.line(b, c, i, at, line)
		at = len(c.Data) - len(rest)
	}
}

// line accounts for one line; start is its offset in the chunk.
func (p *parser) line(b *reader.Batch, c *reader.Chunk, i uint64, start int, line []byte) {
	line = bare0(line)
	env := &p.env
	p.back = linesBefore(c, start)
	p.openLine(env, line, c.Input.YearRef)
	if env.hasSeq {
		b.Sequences = append(b.Sequences, reader.Sequence{
			Record: c.First + i, Time: env.time, Stream: reader.KernelMessages, N: uint64(env.kmsgSeq),
		})
	}
	p.settle(b, c, i, start, line)
}

// noLookBack is the start of a record that has no lines before it.
const noLookBack = -1

// settle accounts for one record whose envelope is open.
func (p *parser) settle(b *reader.Batch, c *reader.Chunk, i uint64, start int, line []byte) {
	env := &p.env
	if env.part {
		b.Other++
		return
	}
	if env.reject != "" {
		p.reject(b, c, i, env.reject, line)
		return
	}
	msg, count := env.msg, uint32(1)
	if n, inner, ok := repeatedBracket(msg); ok {
		count, msg = n, stripUptime(env, skipSpaces(inner))
	}
	outcome, why := p.record(b, msg)
	switch outcome {
	case netfilter.Packet:
		p.complete(b, c.Ref(i), count)
		p.identify(b, count)
	case netfilter.Malformed:
		p.drop(b)
		p.reject(b, c, i, why, line)
	default:
		p.drop(b)
		if blob(msg) {
			p.reject(b, c, i, "journalctl left out a text that it does not print (blob data)", line)
			return
		}
		p.other(b, c, i, start)
	}
}

// reject counts a malformed record, with the host if the envelope names it.
func (p *parser) reject(b *reader.Batch, c *reader.Chunk, i uint64, why string, line []byte) {
	b.Reject(c, i, why, line)
	b.Rejects[len(b.Rejects)-1].Host = string(p.env.host)
}

var bomBytes = [3]byte{0xef, 0xbb, 0xbf}

// record appends an event and decodes msg into it.
func (p *parser) record(b *reader.Batch, msg []byte) (netfilter.Outcome, string) {
	*nextEvent(b) = event.Event{}
	var d *event.Detail
	if p.opt.Detail {
		b.Details = append(b.Details, event.NewDetail())
		d = &b.Details[len(b.Details)-1]
	}
	e := &b.Events[len(b.Events)-1]
	p.said = msg
	if p.env.body == proxmoxBody {
		return p.body.ParseProxmox(e, d, msg)
	}
	out, why := p.body.Parse(e, d, msg)
	if out == netfilter.None {
		return p.foreign(e, d, msg)
	}
	return out, why
}

// foreign are records in other words than the kernel's LOG text.
func (p *parser) foreign(e *event.Event, d *event.Detail, msg []byte) (netfilter.Outcome, string) {
	if netfilter.IsSophos(msg) {
		return p.body.ParseSophos(e, d, msg)
	}
	if t, n := auditHeader(msg); n > 0 {
		p.env.time, p.env.marks = t, 0
		p.said = msg[n:]
		return p.body.ParseAudit(e, d, msg[n:])
	}
	return p.body.ParseFlow(e, d, msg)
}

// drop takes the event back; it has no identity yet.
func (p *parser) drop(b *reader.Batch) {
	b.Events = b.Events[:len(b.Events)-1]
	if p.opt.Detail {
		b.Details = b.Details[:len(b.Details)-1]
	}
}

// complete sets the envelope's part of the last event.
func (p *parser) complete(b *reader.Batch, ref event.Ref, count uint32) {
	e, env := &b.Events[len(b.Events)-1], &p.env
	e.Time, e.Ref, e.Count = env.time, ref, count
	e.Fields |= env.marks
	if env.headless {
		e.Fields |= event.Truncated
	}
	if env.hasUptime && !e.Has(event.HasUptime) {
		e.Uptime = env.uptime
		e.Fields |= event.HasUptime
	}
	e.Host = p.host.Sym(p.names, env.host)
	b.YearInferred = b.YearInferred || env.marks&event.YearInferred != 0
	b.TZAssumed = b.TZAssumed || env.marks&event.TZAssumed != 0
	if p.opt.Detail {
		env.describe(&b.Details[len(b.Details)-1])
	}
}

// describe fills in the envelope's part of a Detail.
func (env *envelope) describe(d *event.Detail) {
	d.PRI, d.Tag = env.pri, string(env.tag)
	d.Facility, d.Level = string(env.facility), string(env.level)
	if env.pid >= 0 {
		d.PID, d.HasPID = env.pid, true
	}
	if env.hasSeq {
		d.KmsgSeq = env.kmsgSeq
	}
	if env.body == proxmoxBody {
		d.VMID, d.Chain = env.vmid, string(env.chain)
	}
	if len(env.transport) > 0 {
		d.Extra = append(d.Extra, "_TRANSPORT="+string(env.transport))
	}
}

// other is for lines without a record: repeats and loss notices count, the rest
// is none of our business. The line itself is no event in any case.
func (p *parser) other(b *reader.Batch, c *reader.Chunk, i uint64, start int) {
	b.Other++
	msg := p.env.msg
	if n, quote, ok := repeats(msg); ok && start != noLookBack {
		p.repeat(b, c, i, start, n, quote)
		return
	}
	if class, lost, known, ok := lossNotice(msg); ok {
		b.Notices = append(b.Notices, reader.Notice{
			Record: c.First + i, Time: p.env.time, Class: class, Count: lost, Known: known,
		})
	} else if p.env.dropped > 0 { // systemd 236 says it in a field only
		b.Notices = append(b.Notices, reader.Notice{
			Record: c.First + i, Time: p.env.time, Class: "service_suppressed", Count: p.env.dropped, Known: true,
		})
	}
}
