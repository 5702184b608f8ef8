package ulogd

import (
	"bytes"
	"errors"

	"fwreport/reader"
	"fwreport/reader/lex"
)

// FormatNACCT is the output of ulogd2's NACCT plugin: eight columns with tabs
// between them, a flow a line. The counters are those of the replies only. Flows
// are other records (see the package's doc), but a line that is none is
// malformed: a damaged file is not to look like a sound one.
var FormatNACCT = &reader.Format{
	Name:        "ulogd-nacct",
	Doc:         "ulogd2's NACCT output: one flow a line; flows are no packets and are counted as other records",
	Sniff:       func(head []byte, complete bool) error { return sniffHead(head, complete, accounted) },
	NewSplitter: reader.NewLineSplitter,
	NewParser:   func(*reader.Options) reader.Parser { return nacctParser{} },
}

type nacctParser struct{}

// Parse implements reader.Parser.
func (nacctParser) Parse(b *reader.Batch, c *reader.Chunk) {
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
		} else if err := accounted(line); err != nil {
			b.Reject(c, i, err.Error(), raw)
		} else {
			b.Other++
		}
	}
}

var (
	errColumns = errors.New("is no flow of eight columns with tabs between them")
	errFlow    = errors.New("a column of the flow makes no sense")
)

// accounted says why line is no flow: flow.end.sec, protocol, source, its port
// or ICMP type, destination, its port or ICMP code, packets, bytes.
func accounted(line []byte) error {
	var column [8][]byte
	for i := range column {
		end := bytes.IndexByte(line, '\t')
		if last := i == len(column)-1; last != (end < 0) {
			return errColumns
		} else if last {
			end = len(line)
		}
		column[i] = line[:end]
		line = line[min(end+1, len(line)):]
	}
	for i, b := range column {
		if !plausibleColumn(i, b) {
			return errFlow
		}
	}
	return nil
}

func plausibleColumn(i int, b []byte) (ok bool) {
	switch i {
	case 1:
		_, ok = lex.Uint8(b)
	case 2, 4:
		_, ok = lex.Addr(b)
	case 3, 5:
		_, ok = lex.Uint16(b)
	default:
		_, ok = lex.Uint64(b)
	}
	return ok
}
