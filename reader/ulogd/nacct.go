package ulogd

import (
	"bytes"
	"errors"

	"fwreport/reader"
	"fwreport/reader/event"
	"fwreport/reader/lex"
)

// FormatNACCT is the output of ulogd2's NACCT plugin: eight columns with tabs
// between them, a flow a line. The counters are those of the replies only, and
// there is no event word: a line without an end is that of a connection which
// has not ended, as ulogd writes them if it keeps no table of its own
// (hash_enable=0). What is no such line is malformed.
var FormatNACCT = &reader.Format{
	Name:        "ulogd-nacct",
	Doc:         "ulogd2's NACCT output: one flow of conntrack a line",
	Sniff:       func(head []byte, complete bool) error { return sniffHead(head, complete, accounted) },
	NewSplitter: reader.NewLineSplitter,
	NewParser: func(opt *reader.Options) reader.Parser {
		return &nacctParser{flow: newFlowNames(opt.Symbols), detail: opt.Detail}
	},
}

type nacctParser struct {
	flow   flowNames
	detail bool
}

// account is the content of a line.
type account struct {
	end             uint64 // seconds, 0 if the flow has not ended
	proto           uint8
	src, dst        event.Addr
	from, to        uint16 // ports, or ICMP type and code
	packets, octets uint64 // of the replies
}

// Parse implements reader.Parser.
func (p *nacctParser) Parse(b *reader.Batch, c *reader.Chunk) {
	if c.Oversize {
		b.Reject(c, 0, longLine, c.Data)
		return
	}
	i := uint64(0)
	for rest := c.Data; len(rest) > 0; i++ {
		var raw []byte
		raw, rest = reader.NextLine(rest)
		line := trim(raw)
		if len(line) == 0 {
			b.Other++
			continue
		}
		a, err := readAccount(line)
		if err != nil {
			b.Reject(c, i, err.Error(), raw)
			continue
		}
		p.event(b, c.Ref(i), &a)
	}
}

func (p *nacctParser) event(b *reader.Batch, ref event.Ref, a *account) {
	b.Events = append(b.Events, event.Event{Ref: ref, Count: 1})
	e := &b.Events[len(b.Events)-1]
	a.fill(e)
	p.flow.pass(e)
	if p.detail {
		d := newFlowDetail()
		d.Flow.ReplyPackets, d.Flow.ReplyBytes = int64(a.packets), int64(a.octets)
		b.Details = append(b.Details, d)
	}
}

// fill sets all but the decision. Protocols without ports have zeros in the
// columns of the ports.
func (a *account) fill(e *event.Event) {
	e.Src, e.Dst, e.Proto = a.src, a.dst, event.IPProto(a.proto)
	e.Fields = event.Flow | event.HasSrc | event.HasDst
	e.Time = int64(a.end) * 1e9
	if a.end == 0 {
		e.Time = event.NoTime
		e.Fields |= event.FlowOpen
	}
	if !a.src.Is4() {
		e.Fields |= event.IPv6
	}
	switch {
	case e.Proto == event.ICMP:
		e.ICMPType, e.ICMPCode = uint8(a.from), uint8(a.to)
		e.Fields |= event.HasICMP | event.HasICMPCode
	case e.Proto.HasPorts():
		e.SrcPort, e.DstPort = a.from, a.to
		e.Fields |= event.HasSrcPort | event.HasDstPort
	}
}

var (
	errColumns = errors.New("is no flow of eight columns with tabs between them")
	errFlow    = errors.New("a column of the flow makes no sense")
)

// accounted says why line is no flow.
func accounted(line []byte) error {
	_, err := readAccount(line)
	return err
}

// readAccount reads flow.end.sec, protocol, source, its port or ICMP type,
// destination, its port or ICMP code, packets, bytes.
func readAccount(line []byte) (a account, err error) {
	for i := range 8 {
		end := bytes.IndexByte(line, '\t')
		if last := i == 7; last != (end < 0) {
			return a, errColumns
		} else if last {
			end = len(line)
		}
		if !a.column(i, line[:end]) {
			err = errFlow
		}
		line = line[min(end+1, len(line)):]
	}
	if a.proto == 1 && (a.from > u8 || a.to > u8) {
		err = errFlow
	}
	return a, err
}

// column takes the i-th column; false if it makes no sense.
func (a *account) column(i int, b []byte) (ok bool) {
	switch i {
	case 0:
		a.end, ok = lex.Uint64(b)
		return ok && a.end <= maxSec
	case 1:
		a.proto, ok = lex.Uint8(b)
	case 2:
		a.src, ok = lex.Addr(b)
	case 3:
		a.from, ok = lex.Uint16(b)
	case 4:
		a.dst, ok = lex.Addr(b)
	case 5:
		a.to, ok = lex.Uint16(b)
	case 6:
		a.packets, ok = lex.Uint64(b)
		return ok && a.packets <= counter
	case 7:
		a.octets, ok = lex.Uint64(b)
		return ok && a.octets <= counter
	}
	return ok
}
