package syslog

import (
	"bytes"
	"encoding/binary"
	"errors"
	"iter"

	"fwreport/reader"
	"fwreport/reader/event"
)

// FormatExport is the journal's export format (journalctl -o export, and what
// systemd-journal-remote takes). A record is an entry of several lines, so its
// place is the entry's number, as a packet's is in a capture.
var FormatExport = &reader.Format{
	Name:        "journal-export",
	Doc:         "the journal's export format, entries of NAME=value lines",
	Packets:     true,
	Identifies:  true,
	Sniff:       sniffExport,
	NewSplitter: func() reader.Splitter { return &exportSplitter{} },
	NewParser: func(opt *reader.Options) reader.Parser {
		return &exportParser{p: newParser(opt).(*parser)}
	},
	Records: exportRecords,
}

var exportKeys = [][]byte{[]byte("__CURSOR="), []byte("__REALTIME_TIMESTAMP="), []byte("__MONOTONIC_TIMESTAMP=")}

// sniffExport asks for an address field: each entry begins with those
// (systemd's JOURNAL_EXPORT_FORMATS).
func sniffExport(head []byte, _ bool) error {
	line, _ := reader.NextLine(bytes.TrimLeft(head, "\r\n"))
	for _, key := range exportKeys {
		if bytes.HasPrefix(line, key) {
			return nil
		}
	}
	return errors.New("does not begin with __CURSOR= or __REALTIME_TIMESTAMP=")
}

// exportField cuts one field off data: "NAME=value\n", or "NAME\n", a length in
// 64 bits and so many bytes. A blank line gives n = 1 and no name. more is set
// if data ends before the field does.
func exportField(data []byte) (name, value []byte, n int, more bool) {
	i := bytes.IndexByte(data, '\n')
	if i < 0 {
		i, more = len(data), true
	}
	n = min(i+1, len(data))
	name, value, ok := bytes.Cut(data[:i], []byte{'='})
	if ok || i == 0 || more {
		return name, value, n, more
	}
	if len(data) < n+8 {
		return name, nil, len(data), true
	}
	size := binary.LittleEndian.Uint64(data[n:])
	if size > reader.MaxRecord { // no length, so no binary field: the line stands for itself
		return name, nil, n, false
	}
	from := n + 8
	end := from + int(size)
	if len(data) <= end {
		return name, data[from:], len(data), true
	}
	return name, data[from:end], end + 1, false
}

// exportEntry cuts one entry with the blank lines before and behind it off data;
// n is 0 if data ends before it. Line ends that end the text are not part of it:
// how many there are may depend on where the chunk ends.
func exportEntry(data []byte, atEOF bool) (text []byte, n int) {
	start, end, n := exportBounds(data, atEOF)
	return bytes.TrimRight(data[start:end], "\n"), n
}

// exportBounds is where the text of an entry begins and ends, and what it takes.
func exportBounds(data []byte, atEOF bool) (start, end, n int) {
	for start < len(data) && data[start] == '\n' {
		start++
	}
	for n = start; n < len(data); {
		_, _, k, more := exportField(data[n:])
		switch {
		case more && !atEOF:
			return 0, 0, 0
		case more:
			return start, len(data), len(data)
		case k == 1 && data[n] == '\n':
			return start, n, n + 1
		}
		n += k
	}
	if !atEOF || start == len(data) {
		return 0, 0, 0
	}
	return start, len(data), len(data)
}

// wholeRecords takes the records that next finds at the beginning of data. next
// gives the length of one, 0 where there is none.
func wholeRecords[T any](data []byte, atEOF bool, next func([]byte, bool) (T, int)) (cut reader.Cut) {
	for {
		_, n := next(data[cut.N:], atEOF)
		if n == 0 {
			return cut
		}
		cut.N += n
		cut.Records++
	}
}

// exportSplitter cuts at the blank lines between entries.
type exportSplitter struct{ skipping bool }

func (s *exportSplitter) Split(data []byte, atEOF bool) (reader.Cut, error) {
	if s.skipping {
		return s.skip(data, atEOF), nil
	}
	cut := wholeRecords(data, atEOF, exportEntry)
	switch {
	case cut.N > 0:
		return cut, nil
	case atEOF:
		return reader.Cut{Skip: len(data)}, nil // blank lines
	case len(data) >= reader.MaxRecord && len(bytes.TrimLeft(data, "\n")) > 0:
		s.skipping = true
		return reader.Cut{N: len(data), Records: 1, Oversize: true}, nil
	case len(data) >= reader.MaxRecord:
		return reader.Cut{Skip: len(data)}, nil
	}
	return reader.Cut{Want: len(data) + 1}, nil
}

// skip drops the rest of an oversized entry, up to a blank line.
func (s *exportSplitter) skip(data []byte, atEOF bool) reader.Cut {
	i := bytes.Index(data, []byte("\n\n"))
	switch {
	case i >= 0:
		s.skipping = false
		return reader.Cut{Skip: i + 2}
	case atEOF || len(data) < 2:
		return reader.Cut{Skip: len(data)}
	}
	return reader.Cut{Skip: len(data) - 1} // its last byte may be the first of the two
}

// exportParser reads entries. A notice "last message repeated" has no meaning in
// a journal, so nothing is looked up behind the entry.
type exportParser struct{ p *parser }

// Parse implements reader.Parser.
func (x *exportParser) Parse(b *reader.Batch, c *reader.Chunk) {
	x.p.clock.in(c.Zone(x.p.opt))
	i := uint64(0)
	for text := range exportRecords(c) {
		x.entry(b, c, i, text)
		i++
	}
}

// exportRecords is Format.Records.
func exportRecords(c *reader.Chunk) iter.Seq[[]byte] {
	return func(yield func([]byte) bool) {
		rest := c.Data
		for range c.Records {
			text, n := exportEntry(rest, true)
			if !yield(text) {
				return
			}
			rest = rest[n:]
		}
	}
}

func (x *exportParser) entry(b *reader.Batch, c *reader.Chunk, i uint64, text []byte) {
	var e entry
	for at := 0; at < len(text); {
		name, value, n, _ := exportField(text[at:])
		e.named(name, value)
		at += n
	}
	p := x.p
	p.env = envelope{pri: -1, pid: -1, time: event.NoTime}
	p.journal(&p.env, &e)
	p.settle(b, c, i, noLookBack, text)
}
