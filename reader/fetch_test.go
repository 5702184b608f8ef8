package reader

import (
	"bytes"
	"errors"
	"io"
	"slices"
	"strings"
	"testing"
	"time"
)

// backwards is a format that needs random access: its records are the lines of
// the input from the last to the first. A line BAD cannot be read.
var backwards = &Format{
	Name: "backwards",
	Sniff: func(head []byte, _ bool) error {
		if !bytes.HasPrefix(head, []byte("BACKWARDS\n")) {
			return errors.New("does not begin with BACKWARDS")
		}
		return nil
	},
	Open:        openBackwards,
	NewSplitter: NewLineSplitter,
}

func openBackwards(src io.ReaderAt, size int64) (io.ReadCloser, error) {
	b := make([]byte, size)
	if _, err := src.ReadAt(b[1:], 1); err != nil && err != io.EOF { // not from the start on
		return nil, err
	}
	if bytes.Contains(b, []byte("REFUSED")) {
		return nil, errors.New("it cannot be opened")
	}
	lines := strings.SplitAfter(strings.TrimSuffix(string(b), "\n")+"\n", "\n")
	lines = lines[1 : len(lines)-1]
	slices.Reverse(lines)
	end := io.EOF
	if i := slices.Index(lines, "BAD\n"); i >= 0 {
		lines, end = slices.Delete(lines, i, i+1), errors.New("line BAD could not be read")
	}
	return &backwardsStream{strings.NewReader(strings.Join(lines, "")), end}, nil
}

type backwardsStream struct {
	r   *strings.Reader
	end error
}

func (s *backwardsStream) Read(p []byte) (int, error) {
	n, err := s.r.Read(p)
	if err == io.EOF {
		err = s.end
	}
	return n, err
}
func (*backwardsStream) Close() error    { return nil }
func (*backwardsStream) Notes() []string { return []string{"was read backwards"} }

// TestFetch: a format that needs random access reads a file in its place, in
// memory where it is compressed or passes by, and the hash is that of the file.
func TestFetch(t *testing.T) {
	plain := []byte("BACKWARDS\none\ntwo\nthree\n")
	set := []packed{{name: "db", data: plain}}
	forms := archiveForms(t, set)
	forms["plain"], forms["gz"] = plain, gz(t, plain, time.Time{})
	for name, data := range forms {
		t.Run(name, func(t *testing.T) {
			inputs := open(t, OpenOptions{Formats: []*Format{backwards}}, write(t, t.TempDir(), "input", data))
			got, sum, notes := "", "", []string(nil)
			for _, in := range inputs {
				got += read(t, in)
				if in.Format != nil {
					sum, notes = in.Facts.SHA256, in.Facts.Notes
				}
			}
			if got != "three\ntwo\none\n" || !slices.Contains(notes, "was read backwards") {
				t.Errorf("%q was read, notes %q", got, notes)
			}
			want := sumOf(plain)
			if name == "gz" {
				want = sumOf(data)
			}
			if sum != want {
				t.Errorf("hash %s, want %s", sum, want)
			}
		})
	}
	in := open(t, OpenOptions{Formats: []*Format{backwards}, Stdin: bytes.NewReader(plain)}, "-")[0]
	if got := read(t, in); got != "three\ntwo\none\n" || in.Facts.SHA256 != sumOf(plain) {
		t.Errorf("from standard input %q was read, hash %s", got, in.Facts.SHA256)
	}
}

// TestFetchDamage: what such a format could not read is told in its words, and so
// is what is too large for memory.
func TestFetchDamage(t *testing.T) {
	plain := []byte("BACKWARDS\none\nBAD\nthree\n")
	large := append([]byte("BACKWARDS\n"), bytes.Repeat([]byte("line\n"), 5000)...)
	small := append([]byte("BACKWARDS\n"), bytes.Repeat([]byte("line\n"), 1000)...)
	cut := gz(t, small, time.Time{})
	refused := []byte("BACKWARDS\nREFUSED\n")
	lim := usualLimits()
	lim.spool = 10000
	for _, c := range []struct {
		name       string
		data       []byte
		want, note string
	}{
		{"a bad line", plain, "three\none\n", "line BAD could not be read"},
		{"a bad line, compressed", gz(t, plain, time.Time{}), "three\none\n", "line BAD could not be read"},
		{"cut while compressed", cut[:len(cut)-4], strings.Repeat("line\n", 1000), "its gzip data is cut short: 5010 bytes could be decompressed"},
		{"refused", refused, "", "it cannot be opened"},
		{"refused, compressed", gz(t, refused, time.Time{}), "", "it cannot be opened"},
		{"large, in its place", large, strings.Repeat("line\n", 5000), ""},
		{"large, compressed", gz(t, large, time.Time{}), "", "held in memory, where 10000 bytes are the limit"},
	} {
		t.Run(c.name, func(t *testing.T) {
			in := open(t, OpenOptions{Formats: []*Format{backwards}, limits: &lim}, write(t, t.TempDir(), "input", c.data))[0]
			got := read(t, in)
			said := strings.Join(in.Facts.Notes, "; ")
			if got != c.want || !strings.Contains(said, c.note) || in.Facts.Incomplete != (c.note != "") {
				t.Errorf("%q was read, incomplete %v: %s", got, in.Facts.Incomplete, said)
			}
			if in.Facts.SHA256 != sumOf(c.data) {
				t.Errorf("the hash is not that of the file")
			}
			if !lim.holding.TryLock() {
				t.Fatal("the memory is still held")
			}
			lim.holding.Unlock()
		})
	}
}

// TestLogsBesideDatabases: rows that stand in a log beside their database are
// missing, and it is said how to get them.
func TestLogsBesideDatabases(t *testing.T) {
	dir := t.TempDir()
	write(t, dir, "ulogd.db-wal", []byte("\x37\x7f\x06\x82\x00\x2d\xe2\x18\x00\x00\x10\x00"))
	write(t, dir, "ulogd.db-journal", []byte("\xd9\xd5\x05\xf9\x20\xa1\x63\xd7\x00\x00\x00\x01"))
	write(t, dir, "old.db-journal", make([]byte, 512)) // of a transaction that ended
	for _, in := range open(t, OpenOptions{}, dir) {
		hot := !strings.HasSuffix(in.Path, "old.db-journal")
		if in.Facts.Incomplete != hot || strings.Contains(in.Facts.Skipped, "sqlite3") != hot {
			t.Errorf("%s: incomplete %v, %s", in.Path, in.Facts.Incomplete, in.Facts.Skipped)
		}
	}
}
