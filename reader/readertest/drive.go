package readertest

import (
	"bytes"
	"slices"
	"testing"
	"time"

	"fwreport/reader"
	"fwreport/reader/event"
)

// Parse reads data with f's splitter and a parser of its own, and returns what
// all chunks gave together. The bytes arrive in the pieces that cuts (offsets in
// data, in any order) make of them; each chunk is a copy and gets its look-back
// as reader.Chunk describes. A splitter that refuses data ends the input, as it
// does in a run.
func Parse(f *reader.Format, opt *reader.Options, in *reader.Input, data []byte, cuts ...int) *reader.Batch {
	b := &reader.Batch{}
	p := f.NewParser(opt)
	drive(f, in, data, cuts, func(c *reader.Chunk) { p.Parse(b, c) })
	return b
}

// Chunks are the chunks of data, as Parse would hand them to a parser.
func Chunks(f *reader.Format, in *reader.Input, data []byte, cuts ...int) []*reader.Chunk {
	var all []*reader.Chunk
	drive(f, in, data, cuts, func(c *reader.Chunk) { all = append(all, c) })
	return all
}

// stream imitates the cutting of an input in memory.
type stream struct {
	in    *reader.Input
	data  []byte
	at    int // end of what was cut
	back  int // where look-back may begin
	first uint64
	seq   int
	emit  func(*reader.Chunk)
}

// drive cuts data into chunks and returns the number of records in them.
func drive(f *reader.Format, in *reader.Input, data []byte, cuts []int, emit func(*reader.Chunk)) uint64 {
	ends := slices.DeleteFunc(slices.Sorted(slices.Values(cuts)), func(n int) bool { return n <= 0 || n >= len(data) })
	ends = append(ends, len(data))
	s := stream{in: in, data: data, first: 1, emit: emit}
	split := f.NewSplitter()
	for _, end := range ends {
		if !s.feed(split, end, end == len(data)) {
			break
		}
	}
	return s.first - 1
}

// feed lets the splitter see data[:end] and takes all that it cuts.
func (s *stream) feed(split reader.Splitter, end int, atEOF bool) bool {
	for s.at < end {
		cut, err := split.Split(s.data[s.at:end], atEOF)
		s.take(cut)
		if err != nil {
			return false
		}
		if cut.Skip+cut.N == 0 {
			return !atEOF
		}
	}
	return true
}

func (s *stream) take(cut reader.Cut) {
	if cut.Skip > 0 {
		s.at += cut.Skip
		s.back = s.at
	}
	if cut.N == 0 {
		return
	}
	c := &reader.Chunk{
		Input: s.in, Seq: s.seq, Offset: int64(s.at), First: s.first, Records: cut.Records,
		Data: bytes.Clone(s.data[s.at : s.at+cut.N]), Meta: cut.Meta, Oversize: cut.Oversize,
	}
	if !s.in.Packets() {
		c.Prev = bytes.Clone(lookBack(s.data[s.back:s.at]))
	}
	s.at += cut.N
	s.first += cut.Records
	s.seq++
	if cut.Oversize {
		s.back = s.at
	}
	s.emit(c)
}

// lookBack is the end of done from a line's start on, reader.LookBack bytes at
// most.
func lookBack(done []byte) []byte {
	if len(done) <= reader.LookBack {
		return done
	}
	tail := done[len(done)-reader.LookBack-1:]
	if i := bytes.IndexByte(tail, '\n'); i >= 0 {
		return tail[i+1:]
	}
	return nil
}

// input is in, or an input that stands for none in particular: its stamps
// without a year are those of the year before 6 January 2025, as in the examples.
func input(f *reader.Format, in *reader.Input) *reader.Input {
	if in != nil {
		return in
	}
	ref := time.Date(2025, 1, 6, 0, 0, 0, 0, time.UTC)
	return &reader.Input{Path: "input", Format: f, YearRef: ref.UnixNano()}
}

// withDetail is opt with Detail set or not and with identities asked for; nil is
// the default options.
func withDetail(t testing.TB, opt *reader.Options, detail bool) *reader.Options {
	if opt == nil {
		opt = Options(t, "")
	}
	o := *opt
	o.Detail = detail
	if o.Identify == nil {
		o.Identify = event.NewIdentifier()
	}
	return &o
}
