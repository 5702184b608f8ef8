package engine

import (
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"

	"fwreport/analyze/codec"
	"fwreport/reader"
	"fwreport/reader/event"
	"fwreport/reader/evidence"
	"fwreport/report"
)

// Piece is what was counted of one input by itself, copies of records that other
// inputs hold left out. It can be kept in a file (Save, LoadPiece) and be made part
// of a later report (Join), under another path, if that has the same inputs before
// it (Order.Before). The Sets of a piece wait on disk.
type Piece struct {
	facts   evidence.Input // what counting told; the path stands as anyPath
	span    report.Span    // of the events counted
	assumed uint64
	windowy bool // some notes depend on the window
	comparison

	input uint32 // the input's number in the Sets
	noted int    // how many notes were there before it was read
	sets  []savedSet
}

// savedSet is a Set in a file.
type savedSet struct {
	size int64
	open func() (io.ReadCloser, error)
}

// anyPath stands for the path of the input in its notes.
const anyPath = "\x00input\x00"

// nameless is the input without its path.
func nameless(in *reader.Input) *reader.Input {
	n := *in
	n.Path = anyPath
	return &n
}

// complete takes over the facts that counting told; t is nil if there were no records.
func (p *Piece) complete(f *evidence.Input, t *tally, c *comparison) {
	p.facts, p.comparison = *f, *c
	p.facts.Notes = slices.Clone(f.Notes[p.noted:])
	p.windowy = t != nil && t.windowy()
}

// windowy reports whether notes tell of the events counted, not of all records.
func (t *tally) windowy() bool {
	return t.timeless+t.undated+t.folded+t.gap+t.announced > 0
}

// Extent is the time of all firewall records of the input.
func (p *Piece) Extent() Extent { return Extent{p.facts.First, p.facts.Last} }

// Windowy reports whether something that is noted of the input depends on the
// window: the piece does not serve a report with one, wherever the input lies.
func (p *Piece) Windowy() bool { return p.windowy }

// adopt is what is known of an input with what counting it told. outside tells
// that all of it lies outside the window.
func (p *Piece) adopt(in *reader.Input, outside bool) evidence.Input {
	f, c := in.Facts, &p.facts
	f.Size, f.SHA256, f.YearFrom, f.ZoneFrom = c.Size, c.SHA256, c.YearFrom, c.ZoneFrom
	f.First, f.Last, f.Timeless, f.Records = c.First, c.Last, c.Timeless, c.Records
	f.Rejects, f.Reasons, f.Losses = c.Rejects, c.Reasons, c.Losses
	f.Incomplete = f.Incomplete || c.Incomplete
	f.Notes = slices.Clip(f.Notes)
	for _, n := range c.Notes {
		f.Notes = append(f.Notes, strings.ReplaceAll(n, anyPath, in.Path))
	}
	if r := &f.Records; outside {
		r.Outside = r.Events + r.Duplicates + r.Filtered
		r.Events, r.Duplicates, r.Filtered, r.Repeats = 0, 0, 0, 0
	}
	return f
}

const pieceSection = "piece"

// Save writes the piece: eight bytes that tell the length of its head, the head, and
// the Sets. name is its own name, and b what it was counted after; both must be
// given to read it again. The error is that of w.
func (p *Piece) Save(w io.Writer, program, name string, b *Before) error {
	var head strings.Builder
	c := codec.NewWriter(&head, event.NewSymbols())
	c.Section(pieceSection)
	c.Text(program)
	c.Text(name)
	c.Time(p.span.First)
	c.Time(p.span.Last)
	c.Uvarint(p.assumed)
	c.Bool(p.windowy)
	for _, n := range p.records {
		c.Uvarint(n)
	}
	if err := p.saveShared(c, b); err != nil {
		return err
	}
	c.Uvarint(uint64(p.input))
	saveList(c, p.sets, func(c *codec.Writer, s *savedSet) { c.Uvarint(uint64(s.size)) })
	c.Section(manifestSection)
	saveInput(c, &p.facts)
	if err := c.Close(); err != nil {
		return err
	}
	if _, err := w.Write(binary.LittleEndian.AppendUint64(nil, uint64(head.Len()))); err != nil {
		return err
	}
	if _, err := io.WriteString(w, head.String()); err != nil {
		return err
	}
	for _, s := range p.sets {
		if err := s.copy(w); err != nil {
			return err
		}
	}
	return nil
}

func (s *savedSet) copy(w io.Writer) error {
	r, err := s.open()
	if err != nil {
		return err
	}
	_, err = io.Copy(w, r)
	return errors.Join(err, r.Close())
}

// saveShared names families by their place among those that were counted before.
func (p *Piece) saveShared(c *codec.Writer, b *Before) error {
	c.Uvarint(uint64(len(p.shared)))
	for _, family := range slices.Sorted(maps.Keys(p.shared)) {
		place := slices.Index(b.families, family)
		if place < 0 {
			return fmt.Errorf("copies in a family that was not read before")
		}
		c.Uvarint(uint64(place))
		c.Uvarint(p.shared[family])
	}
	return nil
}

// File is a file that can be read in any place.
type File interface {
	io.ReaderAt
	io.Closer
}

// LoadPiece reads a piece of size bytes, but for its Sets, which open opens again
// when they are wanted. It is an error if it is of another program or has another
// name. b is what comes before its input now; nil if only its Extent is asked for.
func LoadPiece(open func() (File, error), size int64, program, name string, b *Before) (*Piece, error) {
	f, err := open()
	if err != nil {
		return nil, err
	}
	defer f.Close()
	var length [8]byte
	if _, err := f.ReadAt(length[:], 0); err != nil {
		return nil, fmt.Errorf("reading the length of its head: %w", err)
	}
	n := binary.LittleEndian.Uint64(length[:])
	if n > uint64(size) {
		return nil, errors.New("it is cut")
	}
	r, err := codec.NewReader(io.NewSectionReader(f, 8, int64(n)), event.NewSymbols())
	if err != nil {
		return nil, err
	}
	p, sizes := &Piece{}, []int64(nil)
	if sizes, err = p.load(r, program, name, b); err != nil {
		return nil, err
	}
	return p, p.place(open, sizes, 8+int64(n), size)
}

// load reads the head and returns the sizes of the Sets.
func (p *Piece) load(r *codec.Reader, program, name string, b *Before) ([]int64, error) {
	if err := expect(r, pieceSection); err != nil {
		return nil, err
	}
	if got := r.Text(mostText); r.Err() == nil && got != program {
		return nil, fmt.Errorf("it was written by %s", clean(got))
	}
	if got := r.Text(mostText); r.Err() == nil && got != name {
		return nil, errors.New("it is under the name of another")
	}
	p.span = report.Span{First: r.Time(), Last: r.Time()}
	p.assumed, p.windowy = r.Uvarint(), r.Bool()
	for i := range p.records {
		p.records[i] = r.Uvarint()
	}
	p.loadShared(r, b)
	p.input = uint32(r.Below(event.MaxInputs, "input"))
	sizes := loadList(r, mostEntries, func(r *codec.Reader) int64 { return int64(r.Below(1<<62, "size")) })
	if err := expect(r, manifestSection); err != nil {
		return nil, err
	}
	p.facts = loadInput(r)
	return sizes, r.Close()
}

func (p *Piece) loadShared(r *codec.Reader, b *Before) {
	p.shared = map[int]uint64{}
	for n := r.Below(event.MaxInputs, "families"); n > 0 && r.Err() == nil; n-- {
		place, copies := int(r.Below(event.MaxInputs, "family")), r.Uvarint()
		switch {
		case b == nil:
		case place < len(b.families):
			p.shared[b.families[place]] = copies
		default:
			r.Fail("copies in a family that was not read before")
		}
	}
}

// place says where the Sets stand in the file.
func (p *Piece) place(open func() (File, error), sizes []int64, at, end int64) error {
	for _, size := range sizes {
		if size > end-at {
			return errors.New("it is cut")
		}
		from := at
		p.sets = append(p.sets, savedSet{size: size, open: func() (io.ReadCloser, error) {
			f, err := open()
			if err != nil {
				return nil, err
			}
			return part{io.NewSectionReader(f, from, size), f}, nil
		}})
		at += size
	}
	if at != end {
		return errors.New("bytes after its end")
	}
	return nil
}

// part is a part of an open file.
type part struct {
	io.Reader
	io.Closer
}

// Check reads the Sets and tells whether they are whole and undamaged.
func (p *Piece) Check() error {
	for _, s := range p.sets {
		r, err := s.open()
		if err != nil {
			return err
		}
		if err := errors.Join(codec.Check(r), r.Close()); err != nil {
			return err
		}
	}
	return nil
}
