package reader

import "bytes"

// NewLineSplitter returns a Splitter for text: a record is a line, with or
// without its end at EOF. A line of more than MaxRecord bytes is given up: its
// head is one malformed record, its rest is skipped.
func NewLineSplitter() Splitter { return &lineSplitter{} }

type lineSplitter struct{ skipping bool }

func (s *lineSplitter) Split(data []byte, atEOF bool) (Cut, error) {
	if s.skipping {
		return s.skip(data), nil
	}
	n := bytes.LastIndexByte(data, '\n') + 1
	switch {
	case atEOF && n < len(data):
		return Cut{N: len(data), Records: uint64(bytes.Count(data[:n], newline)) + 1}, nil
	case n > 0:
		return Cut{N: n, Records: uint64(bytes.Count(data[:n], newline))}, nil
	case len(data) >= MaxRecord:
		s.skipping = true
		return Cut{N: len(data), Records: 1, Oversize: true}, nil
	}
	return Cut{Want: len(data) + 1}, nil
}

// skip drops the rest of an oversized line.
func (s *lineSplitter) skip(data []byte) Cut {
	i := bytes.IndexByte(data, '\n')
	if i < 0 {
		return Cut{Skip: len(data)}
	}
	s.skipping = false
	return Cut{Skip: i + 1}
}

var newline = []byte{'\n'}

// NextLine cuts the first line off data: the line without its end (LF or CRLF)
// and what follows.
func NextLine(data []byte) (line, rest []byte) {
	i := bytes.IndexByte(data, '\n')
	if i < 0 {
		return data, nil
	}
	line, rest = data[:i], data[i+1:]
	if i > 0 && line[i-1] == '\r' {
		line = line[:i-1]
	}
	return line, rest
}
