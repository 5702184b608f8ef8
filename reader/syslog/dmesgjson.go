package syslog

import (
	"bytes"
	"errors"
	"iter"

	"fwreport/reader"
	"fwreport/reader/event"
	"fwreport/reader/lex"
)

// FormatDmesg is "dmesg --json", one object that holds an array of messages.
// A record is a message: an object of the array, on one line or on several, so
// its place is its number.
//
// The array is not read as JSON, of which a file that was cut or damaged is
// none, but cut into its objects; each is read by itself.
var FormatDmesg = &reader.Format{
	Name:        "dmesg-json",
	Doc:         "what dmesg --json prints, an array of messages",
	Packets:     true,
	Identifies:  true,
	Sniff:       sniffDmesg,
	NewSplitter: func() reader.Splitter { return &dmesgSplitter{} },
	NewParser:   func(opt *reader.Options) reader.Parser { return &dmesgParser{p: newParser(opt).(*parser)} },
	Records:     dmesgRecords,
}

var dmesgKey = []byte(`"dmesg"`)

func sniffDmesg(head []byte, _ bool) error {
	rest := bytes.TrimLeft(bytes.TrimPrefix(head, bom), jsonSpaces)
	if rest, ok := bytes.CutPrefix(rest, []byte{'{'}); ok {
		if rest, ok = bytes.CutPrefix(bytes.TrimLeft(rest, jsonSpaces), dmesgKey); ok {
			if rest = bytes.TrimLeft(rest, jsonSpaces); len(rest) > 0 && rest[0] == ':' {
				return nil
			}
		}
	}
	return errors.New(`does not begin with { "dmesg":`)
}

const jsonSpaces = " \t\r\n"

// between reports whether a byte may stand between two messages: spaces, what
// opens and closes arrays and objects, a byte order mark.
func between(c byte) bool {
	switch c {
	case ' ', '\t', '\r', '\n', ',', '[', ']', '}', 0xef, 0xbb, 0xbf:
		return true
	}
	return false
}

// dmesgObject finds the first message of data; end is 0 if data ends before it
// does. What is no message is one up to the end of its line.
func dmesgObject(data []byte, atEOF bool) (start, end int) {
	i := 0
	for i < len(data) {
		switch c := data[i]; {
		case between(c):
			i++
		case c != '{':
			return i, garbageEnd(data, i, atEOF)
		default:
			n, more := opening(data[i:])
			switch {
			case more && !atEOF:
				return 0, 0
			case n == 0 || more:
				return i, objectEnd(data, i, atEOF)
			}
			i += n
		}
	}
	return i, 0
}

// opening is the length of `{ "dmesg":`, if data begins with it; more is set if
// data ends before that can be told.
func opening(data []byte) (n int, more bool) {
	rest := bytes.TrimLeft(data[1:], jsonSpaces)
	if len(rest) < len(dmesgKey) && bytes.HasPrefix(dmesgKey, rest) {
		return 0, true
	}
	rest, ok := bytes.CutPrefix(rest, dmesgKey)
	rest = bytes.TrimLeft(rest, jsonSpaces)
	switch {
	case !ok:
		return 0, false
	case len(rest) == 0:
		return 0, true
	case rest[0] != ':':
		return 0, false
	}
	return len(data) - len(rest) + 1, false
}

// objectEnd is the end of the object that begins at i. A message holds neither a
// line end in a string nor an object: there it was cut, and the next one begins.
// Where a cut took a quote with it, `{"pri` seems to stand in a string.
func objectEnd(data []byte, i int, atEOF bool) int {
	quoted := false
	for i++; i < len(data); i++ {
		switch c := data[i]; {
		case quoted && c == '\\' && i+1 < len(data) && data[i+1] != '\n':
			i++
		case c == '"':
			quoted = !quoted
		case quoted && c == '\n':
			return i + 1
		case !quoted && c == '}':
			return i + 1
		case c == '{' && (!quoted || i+2 < len(data) && data[i+1] == '"' && data[i+2]-'a' < 26):
			return i
		}
	}
	return cutAt(data, atEOF)
}

// garbageEnd is the end of what is no object and begins at i.
func garbageEnd(data []byte, i int, atEOF bool) int {
	if n := objectOrLine(data[i:]); n >= 0 {
		return i + n
	}
	return cutAt(data, atEOF)
}

func cutAt(data []byte, atEOF bool) int {
	if atEOF {
		return len(data)
	}
	return 0
}

// objectOrLine is where the next object or line begins, -1 if there is none. In
// a string the quote behind a brace would be escaped. It looks no further than
// that, or garbage without line ends would be gone through once for each piece.
func objectOrLine(data []byte) int {
	for i, c := range data {
		switch {
		case c == '\n':
			return i + 1
		case c == '{' && i+1 < len(data) && data[i+1] == '"':
			return i
		}
	}
	return -1
}

// dmesgSplitter cuts behind messages.
type dmesgSplitter struct{ skipping bool }

func (s *dmesgSplitter) Split(data []byte, atEOF bool) (reader.Cut, error) {
	if s.skipping {
		return s.skip(data, atEOF), nil
	}
	cut := wholeRecords(data, atEOF, dmesgObject)
	switch {
	case cut.N > 0:
		return cut, nil
	case atEOF:
		return reader.Cut{Skip: len(data)}, nil
	case len(data) < reader.MaxRecord:
		return reader.Cut{Want: len(data) + 1}, nil
	}
	if start, _ := dmesgObject(data, false); start == len(data) { // nothing but spaces
		return reader.Cut{Skip: len(data)}, nil
	}
	s.skipping = true
	return reader.Cut{N: len(data), Records: 1, Oversize: true}, nil
}

// skip drops the rest of an oversized message.
func (s *dmesgSplitter) skip(data []byte, atEOF bool) reader.Cut {
	if i := objectOrLine(data); i >= 0 {
		s.skipping = false
		if i > 0 {
			return reader.Cut{Skip: i}
		}
		cut, _ := s.Split(data, atEOF)
		return cut
	}
	if n := len(data); !atEOF && n > 0 && data[n-1] == '{' {
		return reader.Cut{Skip: n - 1, Want: n + 1}
	}
	return reader.Cut{Skip: len(data)}
}

// dmesgRecords is Format.Records.
func dmesgRecords(c *reader.Chunk) iter.Seq[[]byte] {
	return func(yield func([]byte) bool) {
		for rest := c.Data; ; {
			start, end := dmesgObject(rest, true)
			if end == 0 || !yield(bytes.TrimRight(rest[start:end], "\r\n")) {
				return
			}
			rest = rest[end:]
		}
	}
}

// dmesgParser reads messages.
type dmesgParser struct{ p *parser }

// Parse implements reader.Parser.
func (d *dmesgParser) Parse(b *reader.Batch, c *reader.Chunk) {
	d.p.clock.in(c.Zone(d.p.opt))
	i := uint64(0)
	for text := range dmesgRecords(c) {
		d.message(b, c, i, text)
		i++
	}
}

func (d *dmesgParser) message(b *reader.Batch, c *reader.Chunk, i uint64, text []byte) {
	p := d.p
	if text[0] != '{' {
		p.open(&p.env, text, c.Input.YearRef)
		p.settle(b, c, i, noLookBack, text)
		return
	}
	env := &p.env
	*env = envelope{pri: -1, pid: -1, time: event.NoTime}
	if err := env.dmesgObject(text); err != nil {
		env.msg = nil
		if bytes.Contains(text, outKey) {
			env.reject = "the JSON around the record: " + err.Error()
		}
	}
	env.msg = stripUptime(env, env.msg)
	p.settle(b, c, i, noLookBack, text)
}

// dmesgObject takes the members of a message. What was cut is not looked into:
// finding out what is wrong with it costs twenty times what reading does.
func (env *envelope) dmesgObject(text []byte) error {
	if text[len(text)-1] != '}' {
		return lex.ErrJSONCut
	}
	j := lex.NewJSON(text)
	for j.Next() {
		env.dmesgMember(&j)
	}
	return j.Err
}

// dmesgMember takes a member of a message (util-linux, sys-utils/dmesg.c,
// print_record). Before 2.39 the text of each message from a file goes on to the
// file's end; a message of the kernel's LOG is one line.
func (env *envelope) dmesgMember(j *lex.JSON) {
	switch string(j.Key) {
	case "msg":
		if j.Kind == lex.JSONString {
			env.msg, _, _ = bytes.Cut(j.Value, []byte{'\n'})
		}
	case "time":
		if us, ok := seconds(j.Value); ok {
			env.uptime, env.hasUptime = us, true
		}
	case "pri":
		if n, ok := lex.Uint16(j.Value); ok && n < 192 {
			env.pri = int(n)
		} else if knownLevel(j.Value) {
			env.level = j.Value
		}
	case "fac":
		if knownFacility(j.Value) {
			env.facility = j.Value
		}
	}
}

// seconds is "12345.678901" in microseconds.
func seconds(b []byte) (us int64, ok bool) {
	sec, micro, ok := bytes.Cut(bytes.Trim(b, " "), []byte{'.'})
	s, ok1 := lex.Uint(sec)
	m, ok2 := lex.Uint(micro)
	return int64(s)*1e6 + int64(m), ok && ok1 && ok2 && len(micro) == 6
}
