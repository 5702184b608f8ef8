package pcap

import (
	"bytes"
	"encoding/hex"
	"errors"
	"time"

	"fwreport/reader"
	"fwreport/reader/action"
	"fwreport/reader/event"
	"fwreport/reader/lex"
)

// FormatXML is the output of ulogd2's XML plugin: one element a line, a packet
// with its bytes in hex. It is read here and not in package ulogd because what
// it holds is a packet, to be decoded as one; or a flow (xmlflow.go). Sums are
// other records.
//
// It is read by lines, not as a document: the closing tag is written only when
// ulogd stops, and the prefix is not escaped, so a prefix of <a>&" makes the
// document ill-formed (libnetfilter_log, src/nlmsg.c: nflog_snprintf_xml). The
// prefix is cut out between <prefix> and the last </prefix><hook> first.
//
// The only time is the local one of writing, a second late at times. Neither
// family nor owner are in it: an ARP packet's hook is named only for a bridge.
var FormatXML = &reader.Format{
	Name:        "ulogd-xml",
	Doc:         "ulogd2's XML output: a packet a line, its bytes in hex, or a flow",
	Sniff:       sniffXML,
	NewSplitter: reader.NewLineSplitter,
	NewParser:   func(o *reader.Options) reader.Parser { return newXMLParser(o) },
}

var (
	xmlRecord    = []byte("<log><when><hour>")
	xmlEnd       = []byte("</log>")
	xmlPrefix    = []byte("<prefix>")
	xmlPrefixEnd = []byte("</prefix>")
	xmlHook      = []byte("</prefix><hook>")
)

// sniffXML accepts a file from its beginning, or from a record on.
func sniffXML(head []byte, _ bool) error {
	head = bytes.TrimLeft(bytes.TrimPrefix(head, []byte("\ufeff")), "\x00 \t\r\n")
	if bytes.HasPrefix(head, []byte("<?xml")) {
		_, head = reader.NextLine(head)
	}
	for _, s := range []string{"<packet>", "<conntrack>", "<sum>", "<log><when>", "<flow><meta ", "<flow type="} {
		if bytes.HasPrefix(head, []byte(s)) {
			return nil
		}
	}
	return errors.New("does not begin with <packet>, <conntrack> or <sum>")
}

type xmlParser struct {
	*decoder
	bytes  []byte         // of the packet
	zone   *time.Location // of the chunk's stamps, which name none
	passed decided        // of flows
}

func newXMLParser(o *reader.Options) *xmlParser {
	d := newDecoder(o)
	return &xmlParser{decoder: d, passed: d.intern(action.Flow())}
}

// xmlPacket is what a record's elements say.
type xmlPacket struct {
	flags   event.Fields
	when    []byte
	prefix  []byte
	hw      []byte
	payload []byte // in hex
	hook    uint32
	hooked  bool
}

// Parse implements reader.Parser.
func (p *xmlParser) Parse(b *reader.Batch, c *reader.Chunk) {
	if c.Oversize {
		b.Reject(c, 0, "line longer than 1 MiB", c.Data)
		return
	}
	p.zone = c.Zone(p.opt)
	i := uint64(0)
	for rest := c.Data; len(rest) > 0; i++ {
		var line []byte
		line, rest = reader.NextLine(rest)
		p.line(b, c, i, bytes.Trim(line, "\x00 \t\r"))
	}
}

func (p *xmlParser) line(b *reader.Batch, c *reader.Chunk, i uint64, line []byte) {
	at := bytes.LastIndex(line, xmlRecord)
	if at < 0 {
		p.noPacket(b, c, i, line)
		return
	}
	p.recordLine(b, c, i, line, at, xmlEnd, p.record)
}

// recordLine accounts for a line whose record begins at at; end is the end of one
// that stands before it, decode says why the record cannot be decoded.
func (p *xmlParser) recordLine(b *reader.Batch, c *reader.Chunk, i uint64, line []byte, at int, end []byte, decode func(target, []byte) string) {
	if bytes.HasSuffix(line[:at], end) {
		b.Reject(c, i, "two records in one line", line)
		return
	}
	t := p.open(b)
	t.e.Ref, t.e.Count, t.e.Time = c.Ref(i), 1, event.NoTime
	if at > 0 {
		t.e.Fields |= event.DamagedBefore
	}
	if reason := decode(t, line[at:]); reason != "" {
		p.drop(b)
		b.Reject(c, i, reason, line)
		return
	}
	b.TZAssumed = true
}

// noPacket accounts for a line without a packet: a flow, another element, or
// text that has no place here.
func (p *xmlParser) noPacket(b *reader.Batch, c *reader.Chunk, i uint64, line []byte) {
	at := bytes.LastIndex(line, xmlFlowTag)
	switch {
	case bytes.HasPrefix(line, []byte("<log>")):
		b.Reject(c, i, "record is cut short or has no time", line)
	case at >= 0:
		p.recordLine(b, c, i, line, at, xmlFlowEnd, p.flowRecord)
	case len(line) == 0 || line[0] == '<' || string(line) == "\ufeff":
		b.Other++
	default:
		b.Reject(c, i, "is no element of ulogd's XML", line)
	}
}

// record decodes one record; reason says why that cannot be done.
func (p *xmlParser) record(t target, line []byte) (reason string) {
	var x xmlPacket
	if reason = p.elements(t, &x, line[len("<log>"):]); reason != "" {
		return reason
	}
	at, flags, ok := localTime(x.when, p.zone)
	if !ok {
		return "time makes no sense"
	}
	t.e.Time = at
	t.e.Fields |= flags | x.flags
	prefix, decision := p.decide(x.prefix)
	t.e.Prefix = prefix
	decision.apply(t)
	r := nflogRecord{}
	if !r.hardware(t, x.hw) {
		return "value of hw makes no sense"
	}
	if x.hooked {
		t.setHook(xmlFamily(&r, t), uint8(x.hook))
	}
	if x.payload == nil {
		return ""
	}
	if p.bytes, ok = appendHex(p.bytes[:0], x.payload); !ok {
		return "payload is not in hex"
	}
	r.payload = p.bytes
	p.logged(t, &r)
	return ""
}

// xmlFamily stands for the address family, which the record does not tell: one
// whose hooks are the five of IP, or for an ARP packet that is not on a bridge
// one whose hooks have no name.
func xmlFamily(r *nflogRecord, t target) uint8 {
	if r.protocol == etherARP && t.e.PhysIn == 0 && t.e.PhysOut == 0 {
		return familyNetdev
	}
	return familyIPv4
}

// elements takes the elements of a record apart. A record that ends inside its
// payload has all but the packet's end.
func (p *xmlParser) elements(t target, x *xmlPacket, b []byte) (reason string) {
	for len(b) > 0 && !bytes.HasPrefix(b, xmlEnd) {
		if bytes.HasPrefix(b, xmlPrefix) {
			end := prefixEnd(b)
			if end < 0 {
				return "record is cut short"
			}
			x.prefix, b = b[len(xmlPrefix):end], b[end+len(xmlPrefixEnd):]
			continue
		}
		name, value, rest, whole := element(b)
		if !whole && string(name) != "payload" {
			return "record is cut short"
		}
		if !whole {
			x.flags |= event.Truncated
			value = value[:len(value)&^1]
		}
		if !p.element(t, x, name, value) {
			return "a number makes no sense"
		}
		b = rest
	}
	return ""
}

// prefixEnd is where the prefix that b begins with ends; it may hold anything.
func prefixEnd(b []byte) int {
	if i := bytes.LastIndex(b, xmlHook); i >= 0 {
		return i
	}
	return bytes.LastIndex(b, xmlPrefixEnd)
}

// element cuts <name>value</name> off b. If its end is missing, value is what
// there is of it.
func element(b []byte) (name, value, rest []byte, whole bool) {
	end := bytes.IndexByte(b, '>')
	if b[0] != '<' || end < 0 {
		return nil, nil, nil, false
	}
	name, b = b[1:end], b[end+1:]
	for at := 0; ; at += 2 {
		i := bytes.Index(b[at:], []byte("</"))
		if i < 0 {
			return name, b, nil, false
		}
		at += i
		tail := b[at+2:]
		if len(tail) > len(name) && tail[len(name)] == '>' && bytes.HasPrefix(tail, name) {
			return name, b[:at], tail[len(name)+1:], true
		}
	}
}

// xmlNumbers are the elements with a number that NFLOG has too.
var xmlNumbers = [...]struct {
	name string
	tlv  uint16
}{
	{"mark", tlvMark}, {"indev", tlvIn}, {"outdev", tlvOut},
	{"physindev", tlvPhysIn}, {"physoutdev", tlvPhysOut}, {"uid", tlvUID}, {"gid", tlvGID},
}

// element takes one element; false if its number is none.
func (p *xmlParser) element(t target, x *xmlPacket, name, value []byte) (ok bool) {
	switch string(name) {
	case "when":
		x.when = value
	case "hw":
		x.hw = value
	case "payload":
		x.payload = value
	case "hook":
		x.hook, x.hooked = lex.Uint(value)
		return x.hooked && x.hook <= 0xff
	}
	for i := range xmlNumbers {
		if string(name) != xmlNumbers[i].name {
			continue
		}
		n, ok := lex.Uint(value)
		if ok {
			p.number(t, xmlNumbers[i].tlv, n)
		}
		return ok
	}
	return true
}

// hardware takes the link's protocol and the sender's address.
func (r *nflogRecord) hardware(t target, b []byte) bool {
	var buf [8]byte
	for len(b) > 0 {
		name, value, rest, whole := element(b)
		if !whole {
			return false
		}
		b = rest
		raw, ok := buf[:0], len(value) <= 2*len(buf)
		if ok {
			raw, ok = appendHex(raw, value)
		}
		switch {
		case string(name) == "proto" && ok && len(raw) == 2:
			r.protocol = be16(raw)
		case string(name) == "src" && ok && len(raw) == 6:
			sender(t, raw, 6)
		case string(name) == "src" && t.det != nil:
			t.det.MACRaw = string(value)
		case string(name) == "proto":
			return false
		}
	}
	return true
}

func appendHex(dst, text []byte) ([]byte, bool) {
	dst, err := hex.AppendDecode(dst, text)
	return dst, err == nil
}

// localTime reads <hour>9</hour><min>42</min>… in zone: the time of writing.
func localTime(b []byte, zone *time.Location) (ns int64, flags event.Fields, ok bool) {
	var f [6]int // year, month, day, hour, minute, second
	seen := 0
	for len(b) > 0 {
		name, value, rest, whole := element(b)
		if !whole {
			return 0, 0, false
		}
		b = rest
		at := timePart(name)
		if at < 0 {
			continue
		}
		n, ok := lex.Uint16(value)
		if !ok {
			return 0, 0, false
		}
		f[at] = int(n)
		seen |= 1 << at
	}
	if seen != 1<<len(f)-1 || !possible(f) {
		return 0, 0, false
	}
	sec, fold := lex.LocalInstant(f[0], time.Month(f[1]), f[2], f[3], f[4], f[5], zone)
	return sec * 1e9, fold | event.TZAssumed | event.TimeImprecise, true
}

func timePart(name []byte) int {
	for i, s := range [...]string{"year", "month", "day", "hour", "min", "sec"} {
		if string(name) == s {
			return i
		}
	}
	return -1
}

// possible reports whether there is such a time; 60 is a leap second. Years are
// those that fit Unix nanoseconds.
func possible(f [6]int) bool {
	if f[0] < 1970 || f[0] > 2242 || f[1] < 1 || f[1] > 12 || f[2] < 1 || f[3] > 23 || f[4] > 59 || f[5] > 60 {
		return false
	}
	return f[2] <= time.Date(f[0], time.Month(f[1])+1, 0, 0, 0, 0, 0, time.UTC).Day()
}
