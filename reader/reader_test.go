package reader

import (
	"bytes"
	"compress/zlib"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/klauspost/compress/gzip"
	"github.com/klauspost/compress/zstd"

	"fwreport/reader/event"
)

// textFormat is a Format for tests: every text, stamps of RFC 3164.
var textFormat = &Format{
	Name: "text",
	Sniff: func(head []byte, _ bool) error {
		if bytes.IndexByte(head, 0) >= 0 {
			return errors.New("holds NUL bytes")
		}
		return nil
	},
	NewSplitter: NewLineSplitter,
	YearLess: func(line []byte) (Stamp, bool) {
		t, err := time.Parse("Jan _2 15:04:05", string(line[:min(len(line), 15)]))
		return Stamp{Month: t.Month(), Day: t.Day(), Hour: t.Hour(), Min: t.Minute(), Sec: t.Second()}, err == nil
	},
}

func open(t *testing.T, opt OpenOptions, paths ...string) []*Input {
	t.Helper()
	if opt.Formats == nil {
		opt.Formats = []*Format{textFormat}
	}
	inputs, err := Open(context.Background(), paths, opt)
	if err != nil {
		t.Fatal(err)
	}
	return inputs
}

// read reads an input and returns its chunks' data put together, after checking
// that numbers, offsets and look-back fit.
func read(t *testing.T, in *Input) string {
	t.Helper()
	var all []byte
	var records uint64
	err := in.Chunks(nil, func(c *Chunk) error {
		if int(c.Offset) != len(all) && !c.Oversize && c.Prev != nil {
			t.Errorf("chunk %d begins at %d, want %d", c.Seq, c.Offset, len(all))
		}
		if c.First != records+1 {
			t.Errorf("chunk %d begins with record %d, want %d", c.Seq, c.First, records+1)
		}
		if !bytes.HasSuffix(all, c.Prev) {
			t.Errorf("the look-back of chunk %d is not what stands before it", c.Seq)
		}
		all = append(all, c.Data...)
		records += c.Records
		c.Release()
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return string(all)
}

func write(t *testing.T, dir, name string, data []byte) string {
	t.Helper()
	path := filepath.Join(dir, name)
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, data, 0o644); err != nil {
		t.Fatal(err)
	}
	return path
}

func gz(t *testing.T, data []byte, written time.Time) []byte {
	t.Helper()
	var b bytes.Buffer
	w := gzip.NewWriter(&b)
	w.ModTime = written
	if _, err := w.Write(data); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func manyLines(n int) []byte {
	var b bytes.Buffer
	for i := range n {
		fmt.Fprintf(&b, "Mar  1 00:00:%02d line %d %s\n", i%60, i, strings.Repeat("x", i%300))
	}
	return b.Bytes()
}

func TestPlainAndCompressedGiveTheSameBytes(t *testing.T) {
	text := manyLines(5000)
	dir := t.TempDir()
	forms := map[string][]byte{"": text, "gzip": gz(t, text, time.Time{}), "zstd": zst(t, text), "zlib": zlibbed(t, text)}
	for _, tool := range []string{"bzip2", "xz", "lz4"} {
		if out, ok := external(tool, text); ok {
			forms[tool] = out
		} else {
			t.Logf("%s is not installed: its form is not tested", tool)
		}
	}
	for form, data := range forms {
		path := write(t, dir, "log-"+form, data) // no extension: content decides
		in := open(t, OpenOptions{}, path)[0]
		if got := read(t, in); got != string(text) {
			t.Errorf("%q: %d bytes, want %d", form, len(got), len(text))
		}
		sum := sha256.Sum256(data)
		f := in.Facts
		if f.Compression != form || f.SHA256 != hex.EncodeToString(sum[:]) || f.Size != int64(len(data)) || f.Incomplete || len(f.Notes) > 0 {
			t.Errorf("%q: facts are %+v", form, f)
		}
	}
}

func zst(t *testing.T, data []byte) []byte {
	t.Helper()
	e, err := zstd.NewWriter(nil)
	if err != nil {
		t.Fatal(err)
	}
	return e.EncodeAll(data, nil)
}

func zlibbed(t *testing.T, data []byte) []byte {
	t.Helper()
	var b bytes.Buffer
	w := zlib.NewWriter(&b)
	_, err := w.Write(data)
	if err = errors.Join(err, w.Close()); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func external(tool string, data []byte) ([]byte, bool) {
	path, err := exec.LookPath(tool)
	if err != nil {
		return nil, false
	}
	cmd := exec.Command(path, "-c")
	cmd.Stdin = bytes.NewReader(data)
	out, err := cmd.Output()
	return out, err == nil
}

func TestGzipDamage(t *testing.T) {
	text := manyLines(20000)
	whole := gz(t, text, time.Time{})
	two := append(gz(t, text[:1000], time.Time{}), gz(t, text[1000:], time.Time{})...)
	tests := []struct {
		name       string
		data       []byte
		all        bool // all of text comes out
		incomplete bool
		note       string
	}{
		{"two members", two, true, false, ""},
		{"NUL padding", append(slices.Clone(whole), make([]byte, 777)...), true, false, ""},
		{"garbage behind", append(slices.Clone(whole), "garbage"...), true, true, "7 bytes follow"},
		{"cut short", whole[:len(whole)/2], false, true, "cut short"},
		{"cut in the trailer", whole[:len(whole)-3], true, true, "cut short"},
		{"second member cut", two[:len(two)-2000], false, true, "cut short"},
		{"wrong checksum", flip(whole, len(whole)-6), true, true, "damaged"},
		{"bare header", whole[:10], false, true, "cannot be decompressed"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			in := open(t, OpenOptions{}, write(t, t.TempDir(), "log.gz", tt.data))[0]
			got := read(t, in)
			if !strings.HasPrefix(string(text), got) || tt.all != (got == string(text)) {
				t.Errorf("%d of %d bytes came out", len(got), len(text))
			}
			said := strings.Join(append(in.Facts.Notes, in.Facts.Skipped), "; ")
			if in.Facts.Incomplete != tt.incomplete || !strings.Contains(said, tt.note) {
				t.Errorf("incomplete %v, said %q", in.Facts.Incomplete, said)
			}
			if in.Facts.Skipped == "" && in.Facts.SHA256 == "" {
				t.Error("no hash")
			}
		})
	}
}

func flip(b []byte, i int) []byte {
	b = slices.Clone(b)
	b[i] ^= 0x55
	return b
}

func TestOversizedLine(t *testing.T) {
	long := strings.Repeat("y", 3*MaxRecord)
	path := write(t, t.TempDir(), "log", []byte("first\n"+long+"\nlast\n"))
	in := open(t, OpenOptions{}, path)[0]
	var got []string
	err := in.Chunks(nil, func(c *Chunk) error {
		s := fmt.Sprintf("%d+%d", c.First, c.Records)
		if c.Oversize {
			s += " oversize"
		} else {
			s += " " + strings.ReplaceAll(string(c.Data), "\n", "|")
		}
		got = append(got, s)
		c.Release()
		return nil
	})
	if want := []string{"1+1 first|", "2+1 oversize", "3+1 last|"}; err != nil || !slices.Equal(got, want) {
		t.Errorf("got %q, want %q (%v)", got, want, err)
	}
}

func TestWalk(t *testing.T) {
	dir := t.TempDir()
	for _, name := range []string{
		"kern.log", "kern.log.1", "kern.log.2.gz", "kern.log.10.gz", "messages-20260101", "messages-20260108", "messages", "app/z.log",
	} {
		write(t, dir, name, []byte("Mar  1 00:00:00 "+name+"\n"))
	}
	write(t, dir, "binary", []byte{0, 1, 2, 3})
	write(t, dir, "empty", nil)
	write(t, dir, "system.journal", []byte("LPKSHHRHxxxxxxxx"))
	if err := os.Symlink("kern.log", filepath.Join(dir, "link")); err != nil {
		t.Skipf("no symbolic links here: %v", err)
	}
	var got []string
	for i, in := range open(t, OpenOptions{}, dir, dir+"/kern.log") {
		rel, _ := filepath.Rel(dir, in.Path)
		state := "read"
		if in.Facts.Skipped != "" {
			state = "skipped"
		}
		if in.Facts.Incomplete {
			state = "missing"
		}
		if in.Index != uint32(i) {
			t.Errorf("%s has number %d, want %d", rel, in.Index, i)
		}
		got = append(got, filepath.ToSlash(rel)+" "+state)
	}
	want := []string{
		"app/z.log read", "binary skipped", "empty skipped",
		"kern.log.10.gz read", "kern.log.2.gz read", "kern.log.1 read", "kern.log read", "link skipped",
		"messages-20260101 read", "messages-20260108 read", "messages read", "system.journal missing",
	}
	if !slices.Equal(got, want) {
		t.Errorf("got\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
}

func TestEqualFilesAreReadOnce(t *testing.T) {
	dir := t.TempDir()
	text, other := manyLines(3000), manyLines(3000)
	other[len(other)-2] ^= 1 // of the same size and beginning
	write(t, dir, "a/kern.log", text)
	write(t, dir, "b/copy of it", text)
	write(t, dir, "c/other", other)
	write(t, dir, "d/empty", nil)
	write(t, dir, "e/empty", nil)
	sum := sha256.Sum256(text)
	var got []string
	for _, in := range open(t, OpenOptions{Year: 2026}, dir) {
		rel, _ := filepath.Rel(dir, in.Path)
		what := filepath.ToSlash(rel)
		if in.Facts.Skipped != "" {
			what += ": " + strings.ReplaceAll(in.Facts.Skipped, dir+string(filepath.Separator), "")
		}
		if strings.HasPrefix(rel, "b") && in.Facts.SHA256 != hex.EncodeToString(sum[:]) {
			t.Errorf("the copy has the hash %q", in.Facts.SHA256)
		}
		if in.Facts.Incomplete {
			t.Errorf("%s is incomplete", rel)
		}
		got = append(got, filepath.ToSlash(what))
	}
	want := []string{"a/kern.log", "b/copy of it: its content is that of a/kern.log, which is read", "c/other", "d/empty: it is empty", "e/empty: it is empty"}
	if !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
}

func TestRotationOf(t *testing.T) {
	tests := []struct {
		name, family string
		number       int
		date         string
	}{
		{"/l/kern.log", "/l/kern.log", 0, ""},
		{"/l/kern.log.1", "/l/kern.log", 2, ""},
		{"/l/kern.log.0", "/l/kern.log", 1, ""},
		{"/l/kern.log.12.gz", "/l/kern.log", 13, ""},
		{"/l/messages-20260101", "/l/messages", 0, "2026-01-01"},
		{"/l/messages-20260101.xz", "/l/messages", 0, "2026-01-01"},
		{"/l/messages-20260101-1767225600.zst", "/l/messages", 0, "2026-01-01"},
		{"/l/kern-20260101.log.gz", "/l/kern.log", 0, "2026-01-01"},
		{"/l/kern.log.2026-01-01.bz2", "/l/kern.log", 0, "2026-01-01"},
		{"/l/messages-20261345", "/l/messages-20261345", 0, ""},
		{"/l/20260101", "/l/20260101", 0, ""},
	}
	for _, tt := range tests {
		r := rotationOf(tt.name)
		date := ""
		if !r.date.IsZero() {
			date = r.date.Format("2006-01-02")
		}
		if r.family != tt.family || r.number != tt.number || date != tt.date {
			t.Errorf("rotationOf(%q) = %q %d %q, want %q %d %q", tt.name, r.family, r.number, date, tt.family, tt.number, tt.date)
		}
	}
}

func TestStampResolve(t *testing.T) {
	berlin, err := time.LoadLocation("Europe/Berlin")
	if err != nil {
		t.Fatal(err)
	}
	tests := []struct {
		stamp Stamp
		ref   string // the day of grace included
		zone  *time.Location
		want  string
	}{
		{Stamp{Month: 3, Day: 1}, "2026-03-01T00:00:00Z", time.UTC, "2026-03-01T00:00:00Z"},
		{Stamp{Month: 3, Day: 1, Sec: 1}, "2026-03-01T00:00:00Z", time.UTC, "2025-03-01T00:00:01Z"},
		{Stamp{Month: 12, Day: 31, Hour: 23}, "2026-01-01T12:00:00Z", time.UTC, "2025-12-31T23:00:00Z"},
		{Stamp{Month: 1, Day: 1}, "2025-12-31T23:30:00Z", berlin, "2025-12-31T23:00:00Z"},
		{Stamp{Month: 2, Day: 29}, "2026-03-01T00:00:00Z", time.UTC, "2024-02-29T00:00:00Z"},
		{Stamp{Month: 2, Day: 29}, "2024-02-28T00:00:00Z", time.UTC, "2020-02-29T00:00:00Z"},
		{Stamp{Month: 2, Day: 29}, "2103-03-01T00:00:00Z", time.UTC, "2096-02-29T00:00:00Z"},
	}
	for _, tt := range tests {
		ref, err := time.Parse(time.RFC3339, tt.ref)
		if err != nil {
			t.Fatal(err)
		}
		got, ok := tt.stamp.Resolve(ref.UnixNano(), tt.zone)
		if !ok || got.UTC().Format(time.RFC3339) != tt.want {
			t.Errorf("%+v at %s: %v %v, want %s", tt.stamp, tt.ref, got, ok, tt.want)
		}
	}
	if _, ok := (Stamp{Month: 1, Day: 1}).Resolve(event.NoTime, time.UTC); ok {
		t.Error("a stamp was resolved without a reference")
	}
}

func TestReferenceOrder(t *testing.T) {
	dir := t.TempDir()
	mtime := time.Date(2025, 6, 1, 0, 0, 0, 0, time.UTC)
	header := time.Date(2024, 6, 1, 0, 0, 0, 0, time.UTC)
	now := time.Date(2026, 6, 1, 0, 0, 0, 0, time.UTC)
	line := []byte("Mar  1 00:00:00 x\n")
	touch := func(path string, at time.Time) string {
		if err := os.Chtimes(path, at, at); err != nil {
			t.Fatal(err)
		}
		return path
	}
	tests := []struct {
		path, from string
		at         time.Time
	}{
		{touch(write(t, dir, "a", line), mtime), "mtime", mtime},
		{touch(write(t, dir, "b.gz", gz(t, line, header)), mtime), "gzip header", header},
		{touch(write(t, dir, "c.gz", gz(t, line, time.Time{})), mtime), "mtime", mtime},
		{touch(write(t, dir, "d-20230601", line), time.Unix(0, 0)), "file name", time.Date(2023, 6, 2, 0, 0, 0, 0, time.UTC)},
		{touch(write(t, dir, "e", line), time.Unix(0, 0)), "clock", now},
	}
	for _, tt := range tests {
		in := open(t, OpenOptions{Now: now}, tt.path)[0]
		if in.YearSource() != tt.from || in.YearRef != tt.at.Add(24*time.Hour).UnixNano() {
			t.Errorf("%s: %s %v, want %s %v", tt.path, in.YearSource(), time.Unix(0, in.YearRef).UTC(), tt.from, tt.at)
		}
	}
}

// TestYear: the last record of the family is of that year, the others follow
// backwards, through a turn of the year.
func TestYear(t *testing.T) {
	dir := t.TempDir()
	write(t, dir, "kern.log.2.gz", gz(t, []byte("Oct  1 00:00:00 x\nNov 30 00:00:00 x\n"), time.Time{}))
	write(t, dir, "kern.log.1", []byte("Dec  1 00:00:00 x\nJan 31 00:00:00 x\n"))
	write(t, dir, "kern.log", []byte("Feb  1 00:00:00 x\nMar  1 00:00:00 x\n"))
	inputs := open(t, OpenOptions{Year: 2020, Zone: time.UTC}, dir)
	want := map[string][2]int{"kern.log.2.gz": {2019, 2019}, "kern.log.1": {2019, 2020}, "kern.log": {2020, 2020}}
	for _, in := range inputs {
		lines := strings.Split(read(t, in), "\n")
		for i, year := range want[filepath.Base(in.Path)] {
			s, _ := textFormat.YearLess([]byte(lines[i]))
			got, ok := s.Resolve(in.YearRef, time.UTC)
			if !ok || got.Year() != year {
				t.Errorf("%s, line %d: %v, want %d", in.Path, i+1, got, year)
			}
		}
		if !strings.HasPrefix(in.YearSource(), "--year") {
			t.Errorf("%s: year from %q", in.Path, in.YearSource())
		}
	}
}

func TestStdin(t *testing.T) {
	for _, data := range [][]byte{manyLines(2000), gz(t, manyLines(2000), time.Time{})} {
		in := open(t, OpenOptions{Stdin: iotestOneByte{bytes.NewReader(data)}}, "-")[0]
		if got := read(t, in); got != string(manyLines(2000)) {
			t.Errorf("%d bytes came out of standard input", len(got))
		}
		if sum := sha256.Sum256(data); in.Facts.SHA256 != hex.EncodeToString(sum[:]) {
			t.Error("the hash of standard input is wrong")
		}
	}
}

// iotestOneByte gives a byte at a time, as a slow pipe may.
type iotestOneByte struct{ r io.Reader }

func (r iotestOneByte) Read(p []byte) (int, error) { return r.r.Read(p[:min(len(p), 1)]) }

func TestErrors(t *testing.T) {
	ctx := context.Background()
	if _, err := Open(ctx, []string{"/does/not/exist"}, OpenOptions{}); err == nil || !errors.Is(err, os.ErrNotExist) {
		t.Errorf("a missing path gives %v", err)
	}
	if _, err := Open(ctx, []string{"/dev/null"}, OpenOptions{}); err == nil || !strings.Contains(err.Error(), "device") {
		t.Errorf("a device gives %v", err)
	}
	if os.Getuid() == 0 {
		t.Log("running as root: an unreadable file cannot be made")
		return
	}
	path := write(t, t.TempDir(), "secret", []byte("x"))
	if err := os.Chmod(path, 0); err != nil {
		t.Fatal(err)
	}
	if in := open(t, OpenOptions{}, path)[0]; !in.Facts.Incomplete || in.Facts.Skipped == "" {
		t.Errorf("an unreadable file gives %+v", in.Facts)
	}
}
