package sqlite

import (
	"bytes"
	"errors"

	"fwreport/reader"
	"fwreport/reader/event"
	"fwreport/reader/ulogd"
)

// Format is the databases of ulogd2's SQLITE3 output.
var Format = &reader.Format{
	Name:        "ulogd-sqlite",
	Doc:         "ulogd2's SQLite 3 databases: one packet or flow a row, in any table whose columns are ulogd's keys",
	Sniff:       sniff,
	Open:        open,
	NewSplitter: reader.NewLineSplitter,
	NewParser:   func(opt *reader.Options) reader.Parser { return newParser(opt) },
}

// sniff refuses the databases of other programs, of which a disk has many, if
// their schema stands in the head as a whole.
func sniff(head []byte, _ bool) error {
	if !bytes.HasPrefix(head, []byte(magic)) {
		return errors.New("does not begin with SQLite format 3")
	}
	f, err := openFile(bytes.NewReader(head), int64(len(head)))
	if err != nil {
		return nil // damaged, which Open says
	}
	whole := true
	s := f.schema(func(error) { whole = false })
	if whole && len(s.tables) == 0 && len(s.unread) == 0 {
		return errors.New("is a SQLite database without a table whose columns are ulogd's keys")
	}
	return nil
}

// parser decodes the lines that a stream makes.
type parser struct {
	dec  *ulogd.Decoder
	line []byte // the row as ulogd's JSON
	row  fields
}

func newParser(opt *reader.Options) *parser { return &parser{dec: ulogd.NewDecoder(opt)} }

// Parse implements reader.Parser.
func (p *parser) Parse(b *reader.Batch, c *reader.Chunk) {
	if c.Oversize {
		b.Reject(c, 0, "row longer than 1 MiB", c.Data)
		return
	}
	i := uint64(0)
	for rest := c.Data; len(rest) > 0; i++ {
		var line []byte
		line, rest = reader.NextLine(rest)
		p.decode(b, c, i, line)
	}
}

// decode accounts for the i-th row of c.
func (p *parser) decode(b *reader.Batch, c *reader.Chunk, i uint64, raw []byte) {
	err := p.row.read(raw)
	switch {
	case err != nil:
		b.Reject(c, i, err.Error(), raw)
		return
	case p.row.damaged:
		b.Reject(c, i, string(p.row.reason), raw)
		return
	case !p.row.known:
		b.Other++
		return
	}
	line, net, ok := p.row.translate(p.line[:0])
	p.line = line
	if !ok {
		b.Reject(c, i, "address makes no sense", raw)
		return
	}
	n := len(b.Events)
	p.dec.Decode(b, c, i, line, raw)
	if net && len(b.Events) > n {
		b.Events[n].Fields |= event.AddrNet64
	}
}
