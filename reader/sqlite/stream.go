package sqlite

import (
	"errors"
	"fmt"
	"io"
	"strings"
)

// open makes the stream of rows: see the package's doc.
func open(src io.ReaderAt, size int64) (io.ReadCloser, error) {
	f, err := openFile(src, size)
	if err != nil {
		return nil, err
	}
	s := &stream{f: f}
	s.schema = f.schema(s.damaged)
	switch whole := int64(f.pages) * int64(f.pageSize); {
	case f.claimed > f.pages:
		s.problem(fmt.Errorf("it is cut short: %d of its %d pages are there", f.pages, f.claimed))
	case f.claimed == 0 && size != whole:
		s.problem(fmt.Errorf("its last page is cut short: %d of %d bytes are there", size-whole, f.pageSize))
	}
	for _, name := range s.schema.unread {
		s.problem(fmt.Errorf("table %s holds its rows in an index or elsewhere, which is not read", shortName(name)))
	}
	s.judgeOrder()
	f.rewind()
	return s, nil
}

// stream is the rows of all tables as lines.
type stream struct {
	f      *file
	schema schema
	order  order
	notes  []string

	table    int // being read
	cursor   *cursor
	line     []byte
	rest     []byte // of line, not yet handed over
	text     []byte
	problems []error // the first ones
	count    int     // of all
	silent   bool    // while rows are looked at beforehand
}

// maxProblems is how many of a database's faults are named.
const maxProblems = 3

// damaged takes note of what could not be read of the current table.
func (s *stream) damaged(err error) {
	if s.silent {
		return
	}
	if s.cursor != nil && s.table < len(s.schema.tables) {
		err = fmt.Errorf("table %s: %w", shortName(s.schema.tables[s.table].name), err)
	}
	s.problem(err)
}

func (s *stream) problem(err error) {
	if s.count++; s.count <= maxProblems {
		s.problems = append(s.problems, err)
	}
}

// Close implements io.Closer; the source is its owner's.
func (s *stream) Close() error { return nil }

// Read implements io.Reader. After the last row it returns what could not be
// read, if anything.
func (s *stream) Read(p []byte) (n int, err error) {
	for n < len(p) {
		if len(s.rest) == 0 && !s.advance() {
			if n > 0 {
				return n, nil
			}
			return 0, s.end()
		}
		k := copy(p[n:], s.rest)
		n, s.rest = n+k, s.rest[k:]
	}
	return n, nil
}

// advance makes the next line; false after the last.
func (s *stream) advance() bool {
	for s.table < len(s.schema.tables) {
		t := &s.schema.tables[s.table]
		if s.cursor == nil {
			s.cursor = &cursor{f: s.f, root: t.root, damage: s.damaged}
		}
		if r, ok := s.cursor.next(); ok {
			s.line = s.appendLine(s.line[:0], t, r)
			s.rest = s.line
			return true
		}
		s.table, s.cursor = s.table+1, nil
	}
	return false
}

func (s *stream) end() error {
	if s.count == 0 {
		return io.EOF
	}
	var b strings.Builder
	for i, err := range s.problems {
		if i > 0 {
			b.WriteString("; ")
		}
		b.WriteString(err.Error())
	}
	if more := s.count - len(s.problems); more > 0 {
		fmt.Fprintf(&b, "; and %d more", more)
	}
	return errors.New("the database is damaged, what could be read of it was read: " + b.String())
}

// Notes implements reader.Noter.
func (s *stream) Notes() []string {
	notes := s.notes
	if len(s.schema.tables) == 0 {
		notes = append(notes, "none of its tables has columns that are named as ulogd's keys")
	}
	if n := s.schema.count; n > 0 {
		list := strings.Join(s.schema.others, ", ")
		if n > len(s.schema.others) {
			list += ", …"
		}
		notes = append(notes, fmt.Sprintf("%d of its tables are not ulogd's and were not read: %s", n, list))
	}
	if s.f.wal {
		notes = append(notes, "it was written with a write-ahead log: the newest rows may stand in a file beside it whose name ends in -wal, which is not read")
	}
	return notes
}

// judgeSample is how many rows of each table are looked at for the byte order,
// judgeLeast how many addresses have to be known to decide against little-endian.
const (
	judgeSample = 5000
	judgeLeast  = 8
)

// judgeOrder decides the byte order of raw numbers once for the database, before
// it is read. The file does not tell it. Nearly all machines are little-endian;
// if under that order the addresses are such as no traffic has, and under the
// other they are not, the writer was another machine.
func (s *stream) judgeOrder() {
	s.silent = true
	defer func() { s.silent = false }()
	seen := map[int64]bool{}
	for i := range s.schema.tables {
		s.f.rewind()
		s.sample(&s.schema.tables[i], seen)
	}
	var asLittle, asBig int
	for n := range seen {
		if strange(little, n) {
			asLittle++
		}
		if strange(big, n) {
			asBig++
		}
	}
	what := fmt.Sprintf("of %d different addresses that were looked at, read as little-endian numbers %d fall into 0/8, 127/8 or 224/3, as big-endian ones %d", len(seen), asLittle, asBig)
	switch {
	case len(seen) >= judgeLeast && asLittle*10 >= len(seen)*9 && asBig*10 <= len(seen):
		s.order = big
		s.notes = append(s.notes, "its addresses were taken for big-endian numbers: "+what)
	case asLittle*2 > len(seen) && asBig*2 < asLittle:
		s.notes = append(s.notes, "its addresses may be of a big-endian machine, though they were taken for little-endian numbers: "+what)
	}
}

// sample adds the raw numbers of IPv4 addresses in the first rows of t to seen.
func (s *stream) sample(t *table, seen map[int64]bool) {
	c := cursor{f: s.f, root: t.root, damage: s.damaged}
	for range judgeSample {
		r, ok := c.next()
		if !ok {
			return
		}
		if r.bad != nil {
			continue
		}
		rec, err := newRecord(r.payload)
		if err != nil {
			continue
		}
		for i := range t.columns {
			v, ok := rec.next()
			if !ok {
				break
			}
			if m := &t.columns[i].means; m.form == rawNumber && m.slot < 6 && v.kind == integer && v.num != 0 && !isHalf(v.num, 0) {
				seen[int64(uint32(v.num))] = true
			}
		}
	}
}

// strange reports whether n is an address that hardly any packet has.
func strange(o order, n int64) bool {
	first := o.four(n).V4() >> 24
	return first == 0 || first == 127 || first >= 224
}
