package engine_test

import (
	"archive/tar"
	"bytes"
	"context"
	"crypto/sha256"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/klauspost/compress/gzip"

	"fwreport/analyze/engine"
	"fwreport/reader"
	"fwreport/reader/action"
	"fwreport/reader/event"
	"fwreport/report"
)

// leaf is one file of a rotation: a record at each of the days (and hours) after
// its beginning.
type leaf struct {
	name  string
	begin string // 2026-01-01
	days  []float64
	form  string  // bsd, iso, json, or a text as it is
	mtime string  // ""; end
	end   float64 // when it was last written to, in days; 0: its last record
	head  string  // time in the header of gzip; "": the last record's, "-": none
}

// week is so many records in the first two hours and a half that no more is seen of
// the beginning, then n of them, evenly over a week from the beginning on.
func week(n int) (days []float64) {
	for i := range 400 {
		days = append(days, 0.1*float64(i)/400)
	}
	for i := range n {
		days = append(days, 7*float64(i)/float64(n))
	}
	return days
}

func at(day string) time.Time {
	t, err := time.Parse(time.DateOnly, day)
	if err != nil {
		panic(err)
	}
	return t
}

// record is one line of a form.
func record(form string, t time.Time, n int) string {
	const body = "[UFW BLOCK] IN=eth0 OUT= MAC= SRC=198.51.100.%d DST=192.0.2.10 LEN=40 TOS=0x00 PREC=0x00 TTL=51 ID=%d PROTO=TCP SPT=4000 DPT=%d WINDOW=1024 RES=0x00 SYN URGP=0"
	msg := fmt.Sprintf(body, n%250, n%65536, n%1000+1)
	switch form {
	case "bsd":
		return t.Format(time.Stamp) + " fw1 kernel: " + msg + "\n"
	case "iso":
		return t.Format("2006-01-02T15:04:05.000000Z07:00") + " fw1 kernel: " + msg + "\n"
	case "json":
		return fmt.Sprintf(`{"timestamp": %q, "oob.time.sec": %d, "oob.time.usec": 0, "oob.prefix": "[UFW BLOCK] ", "oob.in": "eth0", "ip.saddr.str": "198.51.100.%d", "ip.daddr.str": "192.0.2.10", "ip.protocol": 6, "ip.totlen": 40, "ip.ttl": 51, "tcp.sport": 4000, "tcp.dport": %d, "tcp.syn": 1}`+"\n",
			t.Format("2006-01-02T15:04:05"), t.Unix(), n%250, n%1000+1)
	}
	return form + "\n"
}

// write puts the leaf into a folder.
func (l *leaf) write(t *testing.T, dir string) {
	t.Helper()
	var text strings.Builder
	begin, last := at(l.begin), at(l.begin)
	for i, d := range l.days {
		last = begin.Add(time.Duration(d * 24 * float64(time.Hour)))
		text.WriteString(record(l.form, last, i+begin.YearDay()))
	}
	if l.end != 0 {
		last = begin.Add(time.Duration(l.end * 24 * float64(time.Hour)))
	}
	mtime, data := last, []byte(text.String())
	if l.mtime != "" {
		mtime = at(l.mtime)
	}
	if strings.HasSuffix(l.name, ".gz") {
		header := last
		if l.head == "-" {
			header = time.Time{}
		} else if l.head != "" {
			header = at(l.head)
		}
		data = gzippedAt(t, data, header)
	}
	path := filepath.Join(dir, l.name)
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		t.Fatal(err)
	}
	file(t, path, string(data), mtime)
}

func gzippedAt(t *testing.T, data []byte, header time.Time) []byte {
	t.Helper()
	var b bytes.Buffer
	w := gzip.NewWriter(&b)
	w.ModTime = header
	if _, err := w.Write(data); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// opened are the inputs of a folder as the command opens them.
func opened(t *testing.T, dir string, year int) []*reader.Input {
	t.Helper()
	inputs, err := reader.Open(context.Background(), []string{dir}, reader.OpenOptions{
		Formats: formats, Year: year, Now: time.Date(2030, 1, 1, 0, 0, 0, 0, time.UTC),
	})
	if err != nil {
		t.Fatal(err)
	}
	return inputs
}

func options() reader.Options {
	return reader.Options{Symbols: event.NewSymbols(), Actions: action.NewTable(action.Options{})}
}

// asideOf names the inputs of a folder that are set aside, the oldest first.
func asideOf(t *testing.T, dir string, year int, since, until string) (names []string) {
	t.Helper()
	inputs, opt := opened(t, dir, year), options()
	win := report.Window{Since: border(t, since, time.UTC), Until: border(t, until, time.UTC)}
	n := engine.SetAside(context.Background(), inputs, win, &opt)
	for _, in := range inputs {
		if in.Format != nil && in.Facts.Skipped != "" {
			name, err := filepath.Rel(dir, in.Path)
			if err != nil {
				t.Fatal(err)
			}
			names = append(names, name)
		}
	}
	if n != len(names) {
		t.Errorf("%d are set aside, %v say so", n, names)
	}
	return names
}

// weekly is a family of a form, a file a week from 1 January 2026 on: .5.gz has
// the first week, .2.gz the fourth, .1 that from 29 January and kern.log, plain,
// that from 5 February.
func weekly(form string) []leaf {
	days := week(14)
	return []leaf{
		{name: "kern.log.5.gz", begin: "2026-01-01", days: days, form: form},
		{name: "kern.log.4.gz", begin: "2026-01-08", days: days, form: form},
		{name: "kern.log.3.gz", begin: "2026-01-15", days: days, form: form},
		{name: "kern.log.2.gz", begin: "2026-01-22", days: days, form: form},
		{name: "kern.log.1", begin: "2026-01-29", days: days, form: form},
		{name: "kern.log", begin: "2026-02-05", days: days, form: form},
	}
}

// with is a family with one file changed.
func with(list []leaf, name string, change func(*leaf)) []leaf {
	list = slices.Clone(list)
	i := slices.IndexFunc(list, func(l leaf) bool { return l.name == name })
	change(&list[i])
	return list
}

func forAll(list []leaf, change func(*leaf)) []leaf {
	list = slices.Clone(list)
	for i := range list {
		change(&list[i])
	}
	return list
}

func without(list []leaf, name string) []leaf {
	return slices.DeleteFunc(slices.Clone(list), func(l leaf) bool { return l.name == name })
}

// Which files are set aside, by hand: a file before the window, if the next one
// begins more than 48 hours before it; one after the window, if it begins 7 days
// after it; none where anything is doubtful.
func TestSetAside(t *testing.T) {
	iso, bsd := weekly("iso"), weekly("bsd")
	copied := func(l *leaf) { l.mtime = "2026-03-01" }
	bare := func(l *leaf) { l.mtime, l.head = "2026-03-01", "-" }
	all5 := []string{"kern.log.5.gz", "kern.log.4.gz", "kern.log.3.gz", "kern.log.2.gz", "kern.log.1"}
	for _, c := range []struct {
		name         string
		files        []leaf
		since, until string
		want         []string
	}{
		{"no window", iso, "", "", nil},
		{"since", iso, "2026-02-10", "", all5},
		{"since, 48 hours after the last file begins", iso, "2026-02-07T00:00:00Z", "", all5[:4]},
		{"since, 3 hours more: all that is seen lies before", iso, "2026-02-07T03:00:00Z", "", all5},
		{"since, in the middle", iso, "2026-01-20", "", all5[:2]},
		{"since, after all: the last file's end is unknown", iso, "2026-04-01", "", all5},
		{"until", iso, "", "2026-01-22", []string{"kern.log.1", "kern.log"}},
		{"until, 7 days before", iso, "", "2026-01-22T00:00:01Z", []string{"kern.log"}},
		{"until, before all", iso, "", "2025-06-01", append(slices.Clone(all5), "kern.log")},
		{"both", iso, "2026-01-20", "2026-01-21", []string{"kern.log.5.gz", "kern.log.4.gz", "kern.log.1", "kern.log"}},
		{"JSON", weekly("json"), "2026-01-20", "2026-01-21", []string{"kern.log.5.gz", "kern.log.4.gz", "kern.log.1", "kern.log"}},

		{"years by when files were written", bsd, "2026-01-20", "2026-01-21", []string{"kern.log.5.gz", "kern.log.4.gz", "kern.log.1", "kern.log"}},
		{"copied, all times equal; stamps have years", forAll(iso, bare), "2026-02-10", "", all5},
		{"copied; gzip's header tells the year", forAll(bsd, copied), "2026-02-10", "", all5[:4]},
		{"copied; nothing tells the year", forAll(bsd, bare), "2026-02-10", "", nil},
		{"copied, until; nothing tells the year", forAll(bsd, bare), "", "2026-01-10", nil},
		{"a reference in the window", with(bsd, "kern.log.5.gz", func(l *leaf) { l.head = "2026-02-10" }), "2026-02-10", "", all5[1:]},

		{"gzip's header tells another time than stamps", with(iso, "kern.log.5.gz", func(l *leaf) { l.head = "2026-02-10" }), "2026-02-10", "", all5[1:]},
		{"and of until", with(iso, "kern.log.2.gz", func(l *leaf) { l.head = "2026-01-09" }), "", "2026-01-10", []string{"kern.log.1", "kern.log"}},
		{"the first line of one was delivered late", with(with(iso, "kern.log.1", func(l *leaf) { l.days = append([]float64{-5}, week(9)...) }), "kern.log.2.gz", func(l *leaf) { l.head = "-" }), "2026-01-27", "", all5[:3]},

		{"a file alone", iso[:1], "2026-02-10", "", nil},
		{"two files", iso[4:], "2026-02-10", "", all5[4:]},
		{"out of order", with(with(iso, "kern.log.4.gz", func(l *leaf) { l.begin = "2026-01-15" }), "kern.log.3.gz", func(l *leaf) { l.begin = "2026-01-08" }), "2026-02-10", "", nil},
		{"out of order by a day", with(with(iso, "kern.log.4.gz", func(l *leaf) { l.begin = "2026-01-16" }), "kern.log.3.gz", func(l *leaf) { l.begin = "2026-01-15" }), "2026-02-10", "", nil},
		{"numbered the other way round", func() []leaf {
			list := slices.Clone(iso)
			for i := range list {
				list[i].begin = iso[len(iso)-1-i].begin
			}
			return list
		}(), "2026-02-10", "", nil},
		{"two in one place", append(slices.Clone(iso), leaf{name: "kern.log.3", begin: "2026-01-15", days: week(9), form: "iso"}), "2026-02-10", "", nil},
		{"one is missing", without(iso, "kern.log.3.gz"), "2026-02-10", "", []string{"kern.log.5.gz", "kern.log.1"}},
		{"the log itself is not there", without(iso, "kern.log"), "2026-02-10", "", all5[:4]},
		{"one tells of no time", with(iso, "kern.log.3.gz", func(l *leaf) { l.form = "nothing" }), "2026-02-10", "", []string{"kern.log.5.gz", "kern.log.4.gz", "kern.log.2.gz", "kern.log.1"}},
		{"one is of another format", with(iso, "kern.log.3.gz", func(l *leaf) { l.form = "json" }), "2026-02-10", "", nil},
		{"a clock jumps back a day and more at the beginning of one", with(iso, "kern.log.3.gz", func(l *leaf) { l.days = append([]float64{0, 2, 0.9}, week(9)...) }), "2026-02-10", "", nil},
		{"a clock is behind at the beginning of one", with(iso, "kern.log.3.gz", func(l *leaf) { l.days = append([]float64{-9}, week(9)...) }), "2026-02-10", "", nil},
		{"a clock is ahead of the next file", with(iso, "kern.log.3.gz", func(l *leaf) { l.days = []float64{0, 1, 2, 9.5} }), "2026-02-10", "", nil},
		{"a plain file ends in the window", with(iso, "kern.log.1", func(l *leaf) { l.days = append(week(600), 12) }), "2026-02-08", "2026-02-20", all5[:4]},
	} {
		t.Run(c.name, func(t *testing.T) {
			dir := t.TempDir()
			for i := range c.files {
				c.files[i].write(t, dir)
			}
			if got := asideOf(t, dir, 0, c.since, c.until); !slices.Equal(got, c.want) {
				t.Errorf("set aside are %v, want %v", got, c.want)
			}
		})
	}
}

// Stamps without a year across New Year, in files that cover more than a year,
// and with the year given.
func TestSetAsideYears(t *testing.T) {
	days := week(14)
	winter := []leaf{
		{name: "kern.log.4.gz", begin: "2025-12-15", days: days, form: "bsd"},
		{name: "kern.log.3.gz", begin: "2025-12-22", days: days, form: "bsd"},
		{name: "kern.log.2.gz", begin: "2025-12-29", days: days, form: "bsd"}, // the New Year is in it
		{name: "kern.log.1.gz", begin: "2026-01-05", days: days, form: "bsd"},
	}
	// The younger file begins in September 2025, which the year rule takes for
	// September 2026, and has a record of July 2026.
	long := []leaf{
		{name: "kern.log.2.gz", begin: "2025-08-20", days: days, form: "bsd"},
		{name: "kern.log.1.gz", begin: "2025-09-03", days: append(week(0), 330, 440), form: "bsd"},
	}
	for _, c := range []struct {
		name         string
		files        []leaf
		year         int
		since, until string
		want         []string
	}{
		{"since", winter, 0, "2026-01-08", "", []string{"kern.log.4.gz", "kern.log.3.gz", "kern.log.2.gz"}},
		{"since in the old year", winter, 0, "2025-12-28", "", []string{"kern.log.4.gz"}},
		{"until in the old year", winter, 0, "2025-12-10", "2025-12-20", []string{"kern.log.2.gz", "kern.log.1.gz"}},
		{"until, and no since: a clock that is ahead gets the year before", winter, 0, "", "2025-12-20", nil},
		{"the same, as the window is a year ago", winter, 0, "2025-01-08", "2025-12-20", []string{"kern.log.2.gz"}},
		{"year given, since", winter, 2026, "2026-01-08", "", []string{"kern.log.4.gz", "kern.log.3.gz", "kern.log.2.gz"}},
		{"year given, until: it may be wrong", winter, 2026, "", "2025-12-20", nil},
		{"year given, until more than a year before", winter, 2026, "", "2024-12-20", []string{"kern.log.4.gz", "kern.log.3.gz", "kern.log.2.gz", "kern.log.1.gz"}},
		{"more than a year in one file", long, 0, "2026-07-01", "2026-08-10", nil},
		{"and copied", with(long, "kern.log.2.gz", func(l *leaf) { l.head, l.mtime = "-", "2026-11-20" }), 0, "2026-07-01", "2026-08-10", nil},
		{"touched later", with(long, "kern.log.1.gz", func(l *leaf) { l.days, l.head, l.mtime = days, "-", "2026-11-20" }), 0, "2026-07-01", "2026-08-10", nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			dir := t.TempDir()
			for i := range c.files {
				c.files[i].write(t, dir)
			}
			if got := asideOf(t, dir, c.year, c.since, c.until); !slices.Equal(got, c.want) {
				t.Errorf("set aside are %v, want %v", got, c.want)
			}
		})
	}
}

// Never set aside: what has no place in a rotation on disk, or no order.
func TestNeverSetAside(t *testing.T) {
	dir := t.TempDir()
	family := weekly("iso")
	for i := range family {
		family[i].write(t, dir)
	}
	var files []string
	for _, l := range family {
		files = append(files, l.name)
	}
	archived := t.TempDir()
	packed(t, filepath.Join(archived, "case.tar"), dir, files)
	if got := asideOf(t, archived, 0, "2026-02-10", ""); got != nil {
		t.Errorf("members of an archive: %v", got)
	}
	captures := t.TempDir()
	pcap, err := os.ReadFile("../../samples/evidence/captures/night.pcap")
	if err != nil {
		t.Skip(err)
	}
	for i, name := range []string{"fw.pcap.2", "fw.pcap.1", "fw.pcap"} {
		file(t, filepath.Join(captures, name), string(pcap)+strings.Repeat("\x00", i), at("2026-01-01"))
	}
	if got := asideOf(t, captures, 0, "2028-01-01", ""); got != nil {
		t.Errorf("captures: %v", got)
	}
}

// packed makes a tar of files in a folder.
func packed(t *testing.T, path, dir string, files []string) {
	t.Helper()
	var b bytes.Buffer
	w := tar.NewWriter(&b)
	for _, name := range files {
		data, err := os.ReadFile(filepath.Join(dir, name))
		if err != nil {
			t.Fatal(err)
		}
		if err := w.WriteHeader(&tar.Header{Name: "var/log/" + name, Mode: 0o644, Size: int64(len(data)), ModTime: at("2026-02-12")}); err != nil {
			t.Fatal(err)
		}
		if _, err := w.Write(data); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	file(t, path, b.String(), at("2026-02-12"))
}

// What was set aside is hashed as it stands, listed with what is known of it, and
// neither decompressed nor counted. A file that became another one since its
// beginning was looked at is read.
func TestAsideIsHashed(t *testing.T) {
	dir := t.TempDir()
	family := weekly("bsd")
	for i := range family {
		family[i].write(t, dir)
	}
	// Behind its beginning, this one is no gzip.
	damaged := filepath.Join(dir, "kern.log.4.gz")
	long := leaf{name: "kern.log.4.gz", begin: "2026-01-08", days: week(5000), form: "bsd"}
	long.write(t, dir)
	data, err := os.ReadFile(damaged)
	if err != nil {
		t.Fatal(err)
	}
	copy(data[len(data)*3/4:], bytes.Repeat([]byte{0xff}, 2000))
	file(t, damaged, string(data), at("2026-01-15"))

	inputs, opt := opened(t, dir, 0), options()
	win := report.Window{Since: border(t, "2026-02-10", time.UTC), Until: event.NoTime}
	if n := engine.SetAside(t.Context(), inputs, win, &opt); n != 5 {
		t.Errorf("%d are set aside, want 5", n)
	}
	changed := leaf{name: "kern.log.2.gz", begin: "2026-02-11", days: week(7), form: "iso"}
	changed.write(t, dir)
	res, err := engine.Run(t.Context(), engine.Config{Inputs: inputs, Modules: modules, Window: win, Jobs: 2, Options: opt})
	if err != nil {
		t.Fatal(err)
	}
	for _, in := range res.Manifest.Inputs {
		data, err := os.ReadFile(in.Path)
		if err != nil {
			t.Fatal(err)
		}
		name := filepath.Base(in.Path)
		if want := fmt.Sprintf("%x", sha256.Sum256(data)); in.SHA256 != want || in.Size != int64(len(data)) || in.Format != "syslog" || in.Incomplete {
			t.Errorf("%s: hash %s, want %s; size %d; format %q; incomplete %t %v", name, in.SHA256, want, in.Size, in.Format, in.Incomplete, in.Notes)
		}
		read := name == "kern.log" || name == "kern.log.2.gz"
		if in.HashedOnly == read || (in.Skipped == "") != read || (in.Records.Read > 0) != read {
			t.Errorf("%s: hashed only is %t, %q, %d records", name, in.HashedOnly, in.Skipped, in.Records.Read)
		}
		if in.Compression == "" == strings.HasSuffix(name, ".gz") || !read && in.YearFrom == "" {
			t.Errorf("%s: compression %q, year from %q", name, in.Compression, in.YearFrom)
		}
	}
	if want := "its records, from 2026-01-08T00:00:00Z on, end before " + filepath.Join(dir, "kern.log.3.gz") + " begins, at 2026-01-15T00:00:00Z, which is before --since"; res.Manifest.Inputs[1].Skipped != want {
		t.Errorf("it is skipped as %q,\nwant %q", res.Manifest.Inputs[1].Skipped, want)
	}
	if n := res.Manifest.Totals; n.Read != 414+407 || n.Events != 407+4 || n.Outside != 410 {
		t.Errorf("the totals are %+v", n)
	}
}
