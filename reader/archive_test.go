package reader

import (
	"archive/tar"
	"archive/zip"
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"
)

// packed is one member of an archive to be made.
type packed struct {
	name string
	data []byte
	kind byte // of tar; 0 is a file
	link string
}

var packedAt = time.Date(2024, 5, 6, 7, 8, 10, 0, time.UTC)

func tarOf(t *testing.T, members ...packed) []byte {
	t.Helper()
	var b bytes.Buffer
	w := tar.NewWriter(&b)
	for _, m := range members {
		h := &tar.Header{Name: m.name, Size: int64(len(m.data)), Mode: 0o644, ModTime: packedAt, Typeflag: m.kind, Linkname: m.link}
		if m.kind == 0 {
			h.Typeflag = tar.TypeReg
		}
		if err := w.WriteHeader(h); err != nil {
			t.Fatal(err)
		}
		if _, err := w.Write(m.data); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func zipOf(t *testing.T, method uint16, members ...packed) []byte {
	t.Helper()
	var b bytes.Buffer
	w := zip.NewWriter(&b)
	for _, m := range members {
		f, err := w.CreateHeader(&zip.FileHeader{Name: m.name, Method: method, Modified: packedAt})
		if err != nil {
			t.Fatal(err)
		}
		if _, err := f.Write(m.data); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// evidenceSet is what every archive form is to give back: names of one rotation
// family and others, one of them compressed.
func evidenceSet(t *testing.T) []packed {
	t.Helper()
	return []packed{
		{name: "var/log/kern.log", data: manyLines(3000)},
		{name: "var/log/kern.log.2.gz", data: gz(t, manyLines(500), time.Unix(0, 0))},
		{name: "var/log/kern.log.1", data: manyLines(700)},
		{name: "var/log/empty", data: nil},
		{name: "notes.bin", data: []byte{0, 1, 2}},
	}
}

// contents reads all inputs and returns what each gave, by path. Chunks of an
// archive may be another input's.
func contents(t *testing.T, inputs []*Input) map[string]string {
	t.Helper()
	got := map[string]string{}
	for _, in := range inputs {
		err := in.Chunks(nil, func(c *Chunk) error {
			if inputs[c.Input.Index] != c.Input {
				t.Fatalf("%s has the number %d of another", c.Input.Path, c.Input.Index)
			}
			if n := strings.Count(got[c.Input.Path], "\n"); c.First != uint64(n)+1 {
				t.Errorf("%s: a chunk begins with record %d after %d", c.Input.Path, c.First, n)
			}
			got[c.Input.Path] += string(c.Data)
			c.Release()
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	return got
}

func sumOf(b []byte) string {
	s := sha256.Sum256(b)
	return hex.EncodeToString(s[:])
}

// archiveForms packs one set of logs in each form. What follows ! in the form's
// name is the name of the archive inside.
func archiveForms(t *testing.T, set []packed) map[string][]byte {
	t.Helper()
	plain := tarOf(t, set...)
	zipped := zipOf(t, zip.Deflate, set...)
	forms := map[string][]byte{
		"tar": plain, "tar.gz": gz(t, plain, time.Time{}), "tar.zst": zst(t, plain), "tar.zlib": zlibbed(t, plain),
		"zip": zipped, "stored.zip": zipOf(t, zip.Store, set...), "zip.gz": gz(t, zipped, time.Time{}),
		"tar in zip!in.tar":       zipOf(t, zip.Deflate, packed{name: "in.tar", data: plain}),
		"tar in tar!in.tar":       tarOf(t, packed{name: "in.tar", data: plain}),
		"tar.gz in tar!in.tgz":    tarOf(t, packed{name: "in.tgz", data: gz(t, plain, time.Time{})}),
		"tar in tar.gz!in.tar":    gz(t, tarOf(t, packed{name: "in.tar", data: plain}), time.Time{}),
		"tar.gz in tar.gz!in.tgz": gz(t, tarOf(t, packed{name: "in.tgz", data: gz(t, plain, time.Time{})}), time.Time{}),
		"zip in tar!in.zip":       tarOf(t, packed{name: "in.zip", data: zipped}),
		"zip in tar.gz!in.zip":    gz(t, tarOf(t, packed{name: "in.zip", data: zipped}), time.Time{}),
		"zip in zip!in.zip":       zipOf(t, zip.Deflate, packed{name: "in.zip", data: zipped}),
	}
	for _, tool := range []string{"xz", "bzip2", "lz4"} {
		if out, ok := external(tool, plain); ok {
			forms["tar."+tool] = out
		} else {
			t.Logf("%s is not installed: its form is not tested", tool)
		}
	}
	return forms
}

func TestArchiveFormsGiveTheSameRecords(t *testing.T) {
	set := evidenceSet(t)
	want := map[string]string{
		"var/log/kern.log": string(manyLines(3000)), "var/log/kern.log.1": string(manyLines(700)), "var/log/kern.log.2.gz": string(manyLines(500)),
	}
	for form, data := range archiveForms(t, set) {
		for _, stdin := range []bool{false, true} {
			t.Run(fmt.Sprintf("%s stdin=%v", form, stdin), func(t *testing.T) {
				name, inner, _ := strings.Cut(form, "!")
				path, opt := "-", OpenOptions{Stdin: bytes.NewReader(data)}
				if !stdin {
					path = write(t, t.TempDir(), name, data)
				}
				inputs := open(t, opt, path)
				got := contents(t, inputs)
				prefix := path + "!"
				if inner != "" {
					prefix += inner + "!"
				}
				for member, text := range want {
					if got[prefix+member] != text {
						t.Errorf("%s: %d bytes, want %d", member, len(got[prefix+member]), len(text))
					}
				}
				if len(got) != len(want) {
					t.Errorf("%d inputs gave records, want %d", len(got), len(want))
				}
				checkSet(t, inputs, path, prefix, data, set)
			})
		}
	}
}

// checkSet checks hashes, order, completeness and references.
func checkSet(t *testing.T, inputs []*Input, path, prefix string, archive []byte, set []packed) {
	t.Helper()
	var order []string
	for _, in := range inputs {
		f := in.Facts
		if f.Incomplete || len(f.Notes) > 0 {
			t.Errorf("%s: incomplete %v, notes %q", in.Path, f.Incomplete, f.Notes)
		}
		if in.Path == path {
			if f.SHA256 != sumOf(archive) || f.Format != "tar" && f.Format != "zip" || f.Size != int64(len(archive)) && path != "-" {
				t.Errorf("the archive's facts are %+v", f)
			}
		}
		name, ok := strings.CutPrefix(in.Path, prefix)
		if !ok {
			continue
		}
		order = append(order, name)
		m := set[slices.IndexFunc(set, func(m packed) bool { return m.name == name })]
		if f.Skipped == "" && (f.SHA256 != sumOf(m.data) || f.Size != int64(len(m.data))) {
			t.Errorf("%s: facts are %+v", in.Path, f)
		}
		if f.Skipped == "" && (in.YearSource() != "archive member" || in.YearRef != packedAt.Add(grace).UnixNano()) {
			t.Errorf("%s: year from %s, %v", in.Path, in.YearSource(), time.Unix(0, in.YearRef).UTC())
		}
		if strings.HasPrefix(name, "var/log/kern") && f.Family != prefix+"var/log/kern.log" {
			t.Errorf("%s is of the family %s", in.Path, f.Family)
		}
	}
	if want := []string{"notes.bin", "var/log/empty", "var/log/kern.log.2.gz", "var/log/kern.log.1", "var/log/kern.log"}; !slices.Equal(order, want) {
		t.Errorf("order is %q, want %q", order, want)
	}
}

func TestArchivesAreReadTwoDeep(t *testing.T) {
	data := tarOf(t, packed{name: "log", data: manyLines(3)})
	for i := range 3 {
		data = tarOf(t, packed{name: fmt.Sprintf("%d.tar", i), data: data})
	}
	inputs := open(t, OpenOptions{}, write(t, t.TempDir(), "a.tar", data))
	last := inputs[len(inputs)-1]
	if len(inputs) != 3 || !last.Facts.Incomplete || !strings.Contains(last.Facts.Skipped, "deeper than") {
		t.Errorf("%d inputs, the last %+v", len(inputs), last.Facts)
	}
}

// TestHostileMembers: names lead nowhere, links and devices are not followed.
func TestHostileMembers(t *testing.T) {
	line := manyLines(2)
	members := []packed{
		{name: "../../etc/passwd", data: line},
		{name: "/etc/shadow", data: line},
		{name: "a\x1b[2Jb\nc", data: line},
		{name: "<script>alert(1)</script>", data: line},
		{name: "twice", data: line},
		{name: "twice", data: line},
		{name: strings.Repeat("n", 5000), data: line},
		{name: "link", kind: tar.TypeSymlink, link: "/etc/passwd"},
		{name: "hard", kind: tar.TypeLink, link: "twice"},
		{name: "fifo", kind: tar.TypeFifo},
		{name: "null", kind: tar.TypeChar},
		{name: "dir/", kind: tar.TypeDir},
	}
	dir := t.TempDir()
	for _, data := range [][]byte{tarOf(t, members...), gz(t, tarOf(t, members...), time.Time{})} {
		path := write(t, dir, "in/a.tar", data)
		inputs := open(t, OpenOptions{}, path)
		got := contents(t, inputs)
		want := map[string]string{ // path: what is said
			"../../etc/passwd": "leads upwards", "/etc/shadow": "absolute", "a\x1b[2Jb\nc": "", "<script>alert(1)</script>": "",
			"twice": "", "twice (2)": "several members", strings.Repeat("n", maxName): "shown cut",
			"link": "symbolic link", "hard": "hard link", "fifo": "named pipe", "null": "device",
		}
		for _, in := range inputs[1:] {
			name := strings.TrimPrefix(in.Path, path+"!")
			said, known := want[name]
			if all := strings.Join(append(in.Facts.Notes, in.Facts.Skipped), " "); !known || !strings.Contains(all, said) || in.Facts.Incomplete {
				t.Errorf("%q: says %q, incomplete %v", name, all, in.Facts.Incomplete)
			}
			if (got[in.Path] == string(line)) == (in.Facts.Skipped != "") {
				t.Errorf("%q gave %q", name, got[in.Path])
			}
		}
		if len(inputs) != len(want)+1 {
			t.Errorf("%d inputs, want %d", len(inputs), len(want)+1)
		}
	}
	if entries, err := os.ReadDir(dir); err != nil || len(entries) != 1 {
		t.Errorf("something was written: %v %v", entries, err)
	}
}

// TestCutArchives: what stands before the cut comes out, and the cut is named.
func TestCutArchives(t *testing.T) {
	set := []packed{{name: "a", data: manyLines(2000)}, {name: "b", data: manyLines(2000)}}
	plain := tarOf(t, set...)
	deflated := zipOf(t, zip.Deflate, set...)
	badHeader := slices.Clone(plain)
	badHeader[512+(len(set[0].data)+511)/512*512+100] ^= 1 // in b's header
	tests := []struct {
		name  string
		data  []byte
		whole bool // a comes out whole
		part  bool // and some of b
		note  string
	}{
		{"tar", plain[:len(plain)*3/4], true, true, "cut short"},
		{"tar in the first", plain[:len(plain)/4], false, false, "cut short"},
		{"tar header", badHeader, true, false, "damaged"},
		{"tar.gz", cut(gz(t, plain, time.Time{}), 3), true, true, "cut short"},
		{"tar.zst", cut(zst(t, plain), 3), false, false, "cut short"},
		{"zip", deflated[:len(deflated)*3/4], true, true, "cut short"},
		{"zip directory", deflated[:len(deflated)-30], true, true, "cut short"},
		{"zip stored", cut(zipOf(t, zip.Store, packed{name: "a", data: manyLines(2000)}), 3), false, false, "cut short"},
		{"tar in zip", cut(zipOf(t, zip.Deflate, packed{name: "x.tar", data: plain}), 3), true, true, "cut short"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			inputs := open(t, OpenOptions{}, write(t, t.TempDir(), "x", tt.data))
			var a, b string
			for path, text := range contents(t, inputs) {
				if !strings.HasPrefix(string(set[0].data), text) {
					t.Errorf("%s gave other bytes than were packed", path)
				}
				if strings.HasSuffix(path, "!a") {
					a = text
				} else if strings.HasSuffix(path, "!b") {
					b = text
				}
			}
			if (a == string(set[0].data)) != tt.whole || (b != "") != tt.part {
				t.Errorf("%d of %d bytes of a, %d of b", len(a), len(set[0].data), len(b))
			}
			top := inputs[0].Facts
			if said := strings.Join(top.Notes, "; "); !top.Incomplete || !strings.Contains(said, tt.note) || top.SHA256 != sumOf(tt.data) {
				t.Errorf("incomplete %v, says %q, hash %s", top.Incomplete, said, top.SHA256)
			}
		})
	}
}

// cut leaves out the last n-th of b.
func cut(b []byte, n int) []byte { return b[:len(b)-len(b)/n] }

func TestArchiveChecksums(t *testing.T) {
	text := manyLines(100)
	stored := zipOf(t, zip.Store, packed{name: "a", data: text})
	stored[bytes.Index(stored, text)+50] ^= 1
	inputs := open(t, OpenOptions{}, write(t, t.TempDir(), "x.zip", stored))
	contents(t, inputs)
	if f := inputs[1].Facts; !f.Incomplete || !strings.Contains(strings.Join(f.Notes, ""), "checksum") {
		t.Errorf("a changed byte gives %+v", f)
	}
}

func TestBombs(t *testing.T) {
	zeros := bytes.Repeat([]byte("0\n"), 4<<20)
	small := limits{ratio: 20, free: 1 << 20, members: 3, depth: 2, spool: 1 << 20}
	many := []packed{{name: "1", data: []byte("x\n")}, {name: "2", data: []byte("x\n")}, {name: "3", data: []byte("x\n")}, {name: "4", data: []byte("x\n")}}
	zipped := zipOf(t, zip.Deflate, packed{name: "z", data: zeros})
	noise := make([]byte, 2<<20)
	for i, x := 0, uint32(1); i < len(noise); i++ {
		x = x*1664525 + 1013904223
		noise[i] = byte(x >> 24)
	}
	tests := []struct {
		name string
		data []byte
		note string
	}{
		{"gzip", gz(t, zeros, time.Time{}), "decompression bomb"},
		{"zip", zipped, "decompression bomb"},
		{"tar.gz", gz(t, tarOf(t, packed{name: "z", data: zeros}), time.Time{}), "decompression bomb"},
		{"members of tar", tarOf(t, many...), "more than 3 members"},
		{"members of zip", zipOf(t, zip.Store, many...), "more than 3 members"},
		{"spool", gz(t, zipOf(t, zip.Store, packed{name: "n", data: noise}), time.Time{}), "held in memory"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			dir := t.TempDir()
			write(t, dir, "a", tt.data)
			write(t, dir, "b", []byte("still read\n"))
			inputs := open(t, OpenOptions{limits: &small}, dir)
			got := contents(t, inputs)
			var said []string
			incomplete := false
			for _, in := range inputs {
				said = append(append(said, in.Facts.Notes...), in.Facts.Skipped)
				incomplete = incomplete || in.Facts.Incomplete
			}
			if all := strings.Join(said, "; "); !incomplete || !strings.Contains(all, tt.note) {
				t.Errorf("incomplete %v, says %q", incomplete, all)
			}
			if got[filepath.Join(dir, "b")] != "still read\n" {
				t.Error("the other file was not read")
			}
			for path, text := range got {
				if len(text) > 4<<20 {
					t.Errorf("%s gave %d bytes", path, len(text))
				}
			}
		})
	}
}

// TestDocuments: office files and Java archives are no evidence.
func TestDocuments(t *testing.T) {
	for _, name := range []string{"[Content_Types].xml", "META-INF/MANIFEST.MF"} {
		data := zipOf(t, zip.Deflate, packed{name: "log", data: manyLines(3)}, packed{name: name, data: []byte("x")})
		inputs := open(t, OpenOptions{}, write(t, t.TempDir(), "report.xlsx", data))
		if f := inputs[0].Facts; len(inputs) != 1 || f.Incomplete || !strings.Contains(f.Skipped, "document") {
			t.Errorf("%s: %d inputs, %+v", name, len(inputs), f)
		}
	}
}

// TestYearInArchives: --year needs the end of each member, in a stream as well.
func TestYearInArchives(t *testing.T) {
	set := []packed{
		{name: "kern.log", data: []byte("Feb  1 00:00:00 x\nMar  1 00:00:00 x\n")},
		{name: "kern.log.1", data: []byte("Dec  1 00:00:00 x\nJan 31 00:00:00 x\n")},
	}
	for form, data := range archiveForms(t, set) {
		name, _, _ := strings.Cut(form, "!")
		inputs := open(t, OpenOptions{Year: 2020, Zone: time.UTC}, write(t, t.TempDir(), name, data))
		want := map[string][2]int{"kern.log.1": {2019, 2020}, "kern.log": {2020, 2020}}
		seen := 0
		for path, text := range contents(t, inputs) {
			in := inputs[slices.IndexFunc(inputs, func(in *Input) bool { return in.Path == path })]
			seen++
			for i, year := range want[path[strings.LastIndex(path, "!")+1:]] {
				s, _ := textFormat.YearLess([]byte(strings.Split(text, "\n")[i]))
				if got, ok := s.Resolve(in.YearRef, time.UTC); !ok || got.Year() != year {
					t.Errorf("%s, line %d: %v, want %d", path, i+1, got, year)
				}
			}
		}
		if seen != len(want) {
			t.Errorf("%s: %d inputs gave records", form, seen)
		}
	}
}

func TestOldTarAndText(t *testing.T) {
	old := tarOf(t, packed{name: "log", data: manyLines(2)})
	copy(old[257:265], make([]byte, 8)) // a V7 header has no magic
	sum := 8 * int(' ')
	for i, b := range old[:512] {
		if i < 148 || i >= 156 {
			sum += int(b)
		}
	}
	copy(old[148:156], fmt.Sprintf("%06o\x00 ", sum))
	if archiveForm(old) != "tar" {
		t.Error("a V7 tar is not recognised")
	}
	if form := archiveForm(manyLines(50)); form != "" {
		t.Errorf("text is taken for %s", form)
	}
	if compressionOf([]byte("x^2 + y^2\n"+strings.Repeat("z", 1000))) != nil {
		t.Error("text is taken for zlib data")
	}
}

// TestTarWithoutEnd: a tar cut between two members is cut.
func TestTarWithoutEnd(t *testing.T) {
	whole := tarOf(t, packed{name: "a", data: manyLines(20)}, packed{name: "b", data: manyLines(20)})
	short := whole[:512+(len(manyLines(20))+511)/512*512]
	for _, data := range [][]byte{short, gz(t, short, time.Unix(0, 0))} {
		inputs := open(t, OpenOptions{}, write(t, t.TempDir(), "x", data))
		if f := inputs[0].Facts; len(inputs) != 2 || !f.Incomplete || !strings.Contains(strings.Join(f.Notes, ""), "cut short") {
			t.Errorf("%d inputs, %+v", len(inputs), f)
		}
	}
}

// FuzzArchive: no archive, however damaged, stops the program, and what is
// listed is numbered and read within the limits.
func FuzzArchive(f *testing.F) {
	t := new(testing.T)
	set := []packed{{name: "a", data: []byte("Mar  1 00:00:00 x\n")}, {name: "b", data: []byte("Mar  1 00:00:00 y\n")}}
	plain := tarOf(t, set...)
	for _, seed := range [][]byte{
		plain, plain[:1500], zipOf(t, zip.Deflate, set...), zipOf(t, zip.Store, set...), zipOf(t, zip.Deflate, set...)[:120],
		gz(t, plain, time.Unix(0, 0)), zst(t, plain), zlibbed(t, plain), tarOf(t, packed{name: "z", data: zipOf(t, zip.Deflate, set...)}),
	} {
		f.Add(seed)
	}
	small := limits{ratio: 100, free: 1 << 20, members: 20, depth: 2, spool: 1 << 20}
	f.Fuzz(func(t *testing.T, data []byte) {
		inputs := open(t, OpenOptions{Stdin: bytes.NewReader(data), Year: 2020, limits: &small}, "-")
		for path, text := range contents(t, inputs) {
			if len(text) > 4<<20 {
				t.Errorf("%q gave %d bytes", path, len(text))
			}
		}
	})
}
