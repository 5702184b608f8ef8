package main

import (
	"errors"
	"fmt"
	"strings"
	"unicode/utf8"

	"github.com/BurntSushi/toml"
)

// The library parses TOML, but tells the line of a key only in its own errors.
// So the document, once it is found to be valid, is cut into its statements
// ([header] or key = value), and the library parses each by itself: then the
// line of every key is known. Decoding into a struct was rejected: the keys are
// the flags of the command, and the struct would be their second list.

// leaf is one value of a config file.
type leaf struct {
	path  []string
	value any // as the library decodes it; nil for a [header] by itself
	line  int
	item  int // in an array of tables, its number in the file, from 1; else 0
}

// statement is a part of a TOML document, with the number of its first line.
type statement struct {
	text string
	line int
}

// parseTOML reads a document. name is what errors call it.
func parseTOML(name, text string) ([]leaf, error) {
	text = strings.TrimPrefix(text, "\ufeff")
	if line, ok := invalidLine(text); ok {
		return nil, usageError{fmt.Errorf("%s:%d: the file is not UTF-8", name, line)}
	}
	if _, err := toml.Decode(text, new(map[string]any)); err != nil {
		return nil, syntaxError(name, 0, err)
	}
	d := document{}
	for _, s := range statements(text) {
		if err := d.add(s); err != nil {
			return nil, syntaxError(name, s.line-1, err)
		}
	}
	return d.leaves, nil
}

// invalidLine finds the first line that is not UTF-8.
func invalidLine(text string) (int, bool) {
	n := 0
	for line := range strings.Lines(text) {
		n++
		if !utf8.ValidString(line) {
			return n, true
		}
	}
	return 0, false
}

// syntaxError words an error of the library in what begins after so many lines.
func syntaxError(name string, before int, err error) error {
	var p toml.ParseError
	if !errors.As(err, &p) {
		return usageError{fmt.Errorf("%s: %w", name, err)}
	}
	what := p.Message
	if what == "" {
		what = p.Error()
	}
	return usageError{fmt.Errorf("%s:%d: %s", name, before+max(p.Position.Line, 1), what)}
}

// statements cuts a valid document.
func statements(text string) []statement {
	var all []statement
	line := 1
	for at := 0; at < len(text); {
		n := statementEnd(text[at:])
		raw := text[at : at+n]
		if t := strings.TrimSpace(raw); t != "" && t[0] != '#' {
			all = append(all, statement{t, line})
		}
		line += strings.Count(raw, "\n")
		at += n
	}
	return all
}

// statementEnd is the length of the statement at the start of text with its line
// feed: it ends at the first one that stands in no bracket and no string.
func statementEnd(text string) int {
	depth := 0
	for i := 0; i < len(text); i++ {
		switch c := text[i]; c {
		case '\n':
			if depth <= 0 {
				return i + 1
			}
		case '[', '{':
			depth++
		case ']', '}':
			depth--
		case '#':
			if n := strings.IndexByte(text[i:], '\n'); n >= 0 {
				i += n - 1
			} else {
				i = len(text)
			}
		case '"', '\'':
			i += stringEnd(text[i:]) - 1
		}
	}
	return len(text)
}

// stringEnd is the length of the string at the start of text, quotes included.
func stringEnd(text string) int {
	quote, escapes := text[:1], text[0] == '"'
	triple := strings.Repeat(quote, 3)
	if !strings.HasPrefix(text, triple) {
		return closing(text, 1, quote, escapes)
	}
	end := closing(text, 3, triple, escapes)
	for range 2 { // quotes may stand directly before the closing ones
		if strings.HasPrefix(text[end:], quote) {
			end++
		}
	}
	return end
}

// closing is where the quote that closes a string ends, from a place within it.
func closing(text string, from int, quote string, escapes bool) int {
	for i := from; i < len(text); i++ {
		if escapes && text[i] == '\\' {
			i++
			continue
		}
		if strings.HasPrefix(text[i:], quote) {
			return i + len(quote)
		}
	}
	return len(text)
}

// document collects the leaves of its statements.
type document struct {
	leaves []leaf
	header []string
	items  int // arrays' tables met so far
	item   int // the one that the header began
}

func (d *document) add(s statement) error {
	if !strings.HasPrefix(s.text, "[") {
		return d.addPair(s)
	}
	md, err := toml.Decode(s.text, new(map[string]any))
	if err != nil {
		return err
	}
	keys := md.Keys()
	d.header, d.item = keys[len(keys)-1], 0
	if strings.HasPrefix(s.text, "[[") {
		d.items++
		d.item = d.items
	}
	d.leaves = append(d.leaves, leaf{path: d.header, line: s.line, item: d.item})
	return nil
}

func (d *document) addPair(s statement) error {
	m := map[string]any{}
	md, err := toml.Decode(s.text, &m)
	if err != nil {
		return err
	}
	order := map[string][]string{} // keys of each table as they stand there
	for _, k := range md.Keys() {
		for i, part := range k {
			order[k[:i].String()] = append(order[k[:i].String()], part)
		}
	}
	d.flatten(nil, m, leaf{line: s.line, item: d.item}, order)
	return nil
}

// flatten adds what a value holds; path is that of the value in its statement.
func (d *document) flatten(path toml.Key, value any, at leaf, order map[string][]string) {
	if m, ok := value.(map[string]any); ok && (len(m) > 0 || len(path) == 0) {
		done := map[string]bool{}
		for _, k := range order[path.String()] {
			if v, has := m[k]; has && !done[k] {
				done[k] = true
				d.flatten(append(path[:len(path):len(path)], k), v, at, order)
			}
		}
		return
	}
	if list, ok := tables(value); ok {
		for _, m := range list {
			d.items++
			at.item = d.items
			d.flatten(path, m, at, order)
		}
		return
	}
	at.path, at.value = append(d.header[:len(d.header):len(d.header)], path...), value
	d.leaves = append(d.leaves, at)
}

// tables reports whether a value is an array of tables.
func tables(value any) ([]map[string]any, bool) {
	switch v := value.(type) {
	case []map[string]any:
		return v, len(v) > 0
	case []any:
		var list []map[string]any
		for _, x := range v {
			m, ok := x.(map[string]any)
			if !ok {
				return nil, false
			}
			list = append(list, m)
		}
		return list, len(list) > 0
	}
	return nil, false
}
