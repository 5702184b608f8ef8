package syslog

import (
	"bytes"
	"errors"
	"iter"
	"strconv"
	"time"

	"fwreport/reader"
	"fwreport/reader/event"
)

// FormatVerbose is "journalctl -o verbose": a line with the stamp and the
// cursor, then the fields, indented, each on a line of its own or on several. A
// record is an entry; a line that stands between two ("-- Boot …") is one too.
var FormatVerbose = &reader.Format{
	Name:        "journal-verbose",
	Doc:         "what journalctl -o verbose prints, entries of a stamp and indented NAME=value lines",
	Packets:     true,
	Identifies:  true,
	Sniff:       sniffVerbose,
	NewSplitter: func() reader.Splitter { return &verboseSplitter{} },
	NewParser:   func(opt *reader.Options) reader.Parser { return &verboseParser{p: newParser(opt).(*parser)} },
	Records:     verboseRecords,
}

// verboseSniffLines is how many lines may stand before the first entry.
const verboseSniffLines = 8

func sniffVerbose(head []byte, _ bool) error {
	rest := bytes.TrimPrefix(head, bom)
	for range verboseSniffLines {
		var line []byte
		if line, rest = reader.NextLine(rest); cursor(line) != nil {
			return nil
		}
	}
	return errors.New("does not begin with an entry's stamp and its cursor in brackets")
}

// cursor is the cursor at the end of an entry's first line, without its
// brackets; nil if the line is none. Cursors begin with the id of the sequence
// (systemd, sd_journal_get_cursor).
func cursor(line []byte) []byte {
	const zoned = len("Thu 2025-01-02 04:04:05 Z ")
	i := bytes.Index(line, []byte(" [s="))
	if i < zoned-1 || i > 80 || line[len(line)-1] != ']' || !weekday(line) || line[3] != ' ' {
		return nil
	}
	return line[i+2 : len(line)-1]
}

// realtimeOf is the t= of a cursor, microseconds since 1970 in hexadecimal.
func realtimeOf(cursor []byte) (t int64, ok bool) {
	_, rest, ok := bytes.Cut(cursor, []byte(";t="))
	if !ok {
		return event.NoTime, false
	}
	digits, _, _ := bytes.Cut(rest, []byte{';'})
	us, err := strconv.ParseUint(string(digits), 16, 64)
	if err != nil || us == 0 || us > uint64(1<<63-1)/1000 {
		return event.NoTime, false
	}
	return int64(us) * int64(time.Microsecond), true
}

// nextEntry is where the second entry of data begins: at the next line that is
// neither indented nor empty; -1 if there is none.
func nextEntry(data []byte) int {
	for i := 0; ; {
		k := bytes.IndexByte(data[i:], '\n')
		if i += k + 1; k < 0 || i == len(data) {
			return -1
		}
		if beginsEntry(data[i]) {
			return i
		}
	}
}

func beginsEntry(c byte) bool { return c != ' ' && c != '\n' && c != '\r' && c != '\t' }

// verboseSplitter cuts before the lines that are not indented.
type verboseSplitter struct{ skipping, atLine bool }

func (s *verboseSplitter) Split(data []byte, atEOF bool) (reader.Cut, error) {
	if s.skipping && (!s.atLine || len(data) == 0 || !beginsEntry(data[0])) {
		return s.skip(data), nil
	}
	s.skipping = false
	if blank := len(data) - len(bytes.TrimLeft(data, "\r\n")); blank > 0 {
		return reader.Cut{Skip: blank}, nil
	}
	cut := reader.Cut{}
	for i := nextEntry(data); i >= 0; i = nextEntry(data[cut.N:]) {
		cut.N += i
		cut.Records++
	}
	switch {
	case atEOF:
		return reader.Cut{N: len(data), Records: cut.Records + 1}, nil
	case cut.N > 0:
		return cut, nil
	case len(data) >= reader.MaxRecord:
		s.skipping, s.atLine = true, data[len(data)-1] == '\n'
		return reader.Cut{N: len(data), Records: 1, Oversize: true}, nil
	}
	return reader.Cut{Want: len(data) + 1}, nil
}

// skip drops the rest of an oversized entry.
func (s *verboseSplitter) skip(data []byte) reader.Cut {
	if i := nextEntry(data); i >= 0 {
		s.skipping = false
		return reader.Cut{Skip: i}
	}
	if len(data) > 0 {
		s.atLine = data[len(data)-1] == '\n'
	}
	return reader.Cut{Skip: len(data)}
}

// verboseRecords is Format.Records.
func verboseRecords(c *reader.Chunk) iter.Seq[[]byte] {
	return func(yield func([]byte) bool) {
		for rest := c.Data; len(rest) > 0; {
			end := nextEntry(rest)
			if end < 0 {
				end = len(rest)
			}
			if !yield(bytes.TrimRight(rest[:end], "\r\n")) {
				return
			}
			rest = rest[end:]
		}
	}
}

// verboseParser reads entries.
type verboseParser struct {
	p       *parser
	message []byte // of several lines, put together
}

// Parse implements reader.Parser.
func (v *verboseParser) Parse(b *reader.Batch, c *reader.Chunk) {
	v.p.clock.in(c.Zone(v.p.opt))
	i := uint64(0)
	for text := range verboseRecords(c) {
		v.entry(b, c, i, text)
		i++
	}
}

func (v *verboseParser) entry(b *reader.Batch, c *reader.Chunk, i uint64, text []byte) {
	p := v.p
	head, fields := reader.NextLine(text)
	at := cursor(head)
	if len(text) > 0 && text[0] == ' ' { // the end of an entry, at the input's start
		fields = text
	} else if at == nil && !bytes.Contains(text, verboseMessage) {
		p.open(&p.env, head, c.Input.YearRef)
		p.settle(b, c, i, noLookBack, text)
		return
	}
	var e entry
	v.fields(&e, fields)
	p.env = envelope{pri: -1, pid: -1, time: event.NoTime}
	p.journal(&p.env, &e)
	if p.env.time == event.NoTime {
		v.headTime(&p.env, head, at)
	}
	p.settle(b, c, i, noLookBack, text)
}

// headTime is for entries that do not say when they were sent: the cursor has
// the time of reception, exactly; the stamp before it is local.
func (v *verboseParser) headTime(env *envelope, head, cursor []byte) {
	if t, ok := realtimeOf(cursor); ok {
		env.time = t
		return
	}
	if len(head) < 24 {
		return
	}
	t, marks, n, _ := v.p.clock.iso(head[4:])
	if n == 0 || len(head) <= 4+n {
		return
	}
	zone, _ := cutWord(head[4+n+1:])
	env.time, env.marks = v.p.clock.abbreviated(t, marks, zone)
}

// verboseIndent stands before each field, and verboseMessage begins the message.
const verboseIndent = "    "

var verboseMessage = []byte("\n" + verboseIndent + "MESSAGE=")

// fields takes the fields of an entry. Only of the message are all lines wanted.
func (v *verboseParser) fields(e *entry, text []byte) {
	for len(text) > 0 {
		var line []byte
		line, text = reader.NextLine(text)
		name, value, ok := verboseField(line)
		if !ok {
			continue
		}
		if string(name) == "MESSAGE" {
			value = v.joined(value, text)
		}
		e.named(name, value)
	}
}

// verboseField is a line "    NAME=value". The further lines of a value are
// indented by its name's length more.
func verboseField(line []byte) (name, value []byte, ok bool) {
	line, ok = bytes.CutPrefix(line, []byte(verboseIndent))
	if !ok || len(line) == 0 || !beginsEntry(line[0]) {
		return nil, nil, false
	}
	return bytes.Cut(line, []byte{'='})
}

// joined is the message whose first line is given, with the lines of text that
// belong to it.
func (v *verboseParser) joined(first, text []byte) []byte {
	const indent = len(verboseIndent + "MESSAGE=")
	v.message = v.message[:0]
	for len(text) > 0 {
		line, rest := reader.NextLine(text)
		if spaces := len(line) - len(skipSpaces(line)); spaces < indent {
			break
		}
		if len(v.message) == 0 {
			v.message = append(v.message, first...)
		}
		v.message = append(append(v.message, '\n'), line[indent:]...)
		text = rest
	}
	if len(v.message) == 0 {
		return first
	}
	return v.message
}
