package reader

import (
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"fwreport/reader/event"
)

// dayFormat is a Format for tests: a line is a number of seconds since 1970, with
// a y before it if the year was inferred; events are lines that end with an e.
var dayFormat = &Format{
	Name:        "day",
	Sniff:       func([]byte, bool) error { return nil },
	NewSplitter: NewLineSplitter,
	InOrder:     true,
	NewParser:   func(*Options) Parser { return dayParser{} },
}

type dayParser struct{}

func (p dayParser) Parse(b *Batch, c *Chunk) {
	for line := range strings.Lines(string(c.Data)) {
		if event, ok := strings.CutSuffix(strings.TrimSpace(line), "e"); ok {
			b.Events = append(b.Events, eventAt(p, c, event))
		} else {
			b.Other++
		}
	}
}

func eventAt(p dayParser, c *Chunk, line string) (e event.Event) {
	e.Time, e.Fields = p.TimeOf(c.Input, []byte(line))
	return e
}

func (dayParser) TimeOf(_ *Input, line []byte) (t int64, marks event.Fields) {
	text, yearless := strings.CutPrefix(strings.TrimSuffix(string(line), "e"), "y")
	if yearless {
		marks = event.YearInferred
	}
	if _, err := fmt.Sscan(text, &t); err != nil {
		return event.NoTime, 0
	}
	return t, marks
}

func TestHeadTimes(t *testing.T) {
	none := noTimes()
	for _, c := range []struct {
		name, text string
		want       Times
	}{
		{"nothing", "x\ny\n", none},
		{"one line", "7\n", Times{First: 7, Low: 7, High: 7}},
		{"the end of a line may be missing", "7\n8", Times{First: 7, Low: 7, High: 8}},
		{"the first that tells, the lowest, the highest and the largest step back", "?\n5\n9\n6\n2\n8\n3\n", Times{First: 5, Low: 2, High: 9, Back: 7}},
		{"years inferred", "5\ny6\n", Times{First: 5, Low: 5, High: 6, Yearless: true}},
		{"before 1970", "-5\n-9\n", Times{First: -5, Low: -9, High: -5, Back: 4}},
	} {
		t.Run(c.name, func(t *testing.T) {
			path := write(t, t.TempDir(), "kern.log", []byte(c.text))
			in := open(t, OpenOptions{Formats: []*Format{dayFormat}}, path)[0]
			if diff := cmp.Diff(c.want, in.HeadTimes(&Options{})); diff != "" {
				t.Errorf("head: %s", diff)
			}
			tail, ok := in.TailTimes(&Options{})
			if diff := cmp.Diff(c.want, tail); diff != "" || !ok {
				t.Errorf("tail, %t: %s", ok, diff)
			}
		})
	}
}

// Head and tail are 64 KiB of whole lines; of a compressed file only the head is
// looked at.
func TestTimesOfEnds(t *testing.T) {
	dir := t.TempDir()
	var text strings.Builder
	for i := range 20000 { // 8 bytes each
		fmt.Fprintf(&text, "%7d\n", i+1)
	}
	write(t, dir, "kern.log", []byte(text.String()))
	write(t, dir, "kern.log.1.gz", gz(t, []byte(text.String()), time.Time{}))
	inputs := open(t, OpenOptions{Formats: []*Format{dayFormat}}, dir)
	if len(inputs) != 2 || inputs[0].compression == nil {
		t.Fatalf("opened are %d inputs", len(inputs))
	}
	for _, in := range inputs {
		if got, want := in.HeadTimes(&Options{}), (Times{First: 1, Low: 1, High: 8192}); got != want {
			t.Errorf("%s: head %+v, want %+v", in.Path, got, want)
		}
	}
	if _, ok := inputs[0].TailTimes(&Options{}); ok {
		t.Error("the tail of a compressed file was looked at")
	}
	got, ok := inputs[1].TailTimes(&Options{})
	if !ok || got.High != 20000 || got.First < 20000-8192 || got.Back != 0 {
		t.Errorf("tail %+v, %t", got, ok)
	}
	if len(inputs[0].Facts.Notes)+len(inputs[1].Facts.Notes) > 0 {
		t.Error("looking left notes")
	}
}

// What names say of files that are missing, by hand.
func TestMissingBefore(t *testing.T) {
	for _, c := range []struct {
		names string // the oldest first
		want  string // those before which files are missing
	}{
		{"log.3.gz log.2.gz log.1 log", ""},
		{"log.3.gz log.1 log", "log.1"},
		{"log.2.gz log.1.gz log.0 ", ""},
		{"log.2.gz log.0", "log.0"},
		{"log.3 log", "log"},
		{"log.1 log", ""},
		{"log-20260101.gz log-20260108.gz log-20260115 log", ""},
		{"log-20260101.gz log-20260108.gz log-20260122 log-20260129", "log-20260122"},
		{"log-20260131 log-20260228 log-20260331 log-20260430 log-20260630", "log-20260630"},
		{"log-20260101", ""},
		{"log-20260101 log-20260102 log-20260103 log-20260104 log-20260106 log", "log-20260106"},
	} {
		var family []*Input
		for name := range strings.FieldsSeq(c.names) {
			family = append(family, &Input{Path: name, rotation: rotationOf(name)})
		}
		var got []string
		for i, missing := range MissingBefore(family) {
			if missing {
				got = append(got, family[i].Path)
			}
		}
		if !slices.Equal(got, strings.Fields(c.want)) {
			t.Errorf("%s: files are missing before %v, want %s", c.names, got, c.want)
		}
	}
}

// Written is told by the input's own header, time or name, not by others.
func TestWritten(t *testing.T) {
	day := time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)
	path := write(t, t.TempDir(), "kern.log", []byte("Mar  1 10:00:00 x\nMar  1 11:00:00 x\n"))
	if err := os.Chtimes(path, day, day); err != nil {
		t.Fatal(err)
	}
	in := open(t, OpenOptions{Now: day.AddDate(1, 0, 0)}, path)[0]
	if at, ok := in.Written(); !ok || !at.Equal(day) {
		t.Errorf("by its time: %v, %t", at, ok)
	}
	in = open(t, OpenOptions{Now: day.AddDate(1, 0, 0), Year: 2025}, path)[0]
	if at, ok := in.Written(); ok {
		t.Errorf("with a year given it says %v", at)
	}
}

// The copies of what is set aside say that it was not read; so does nothing else.
func TestSetAsideTwins(t *testing.T) {
	dir := t.TempDir()
	for name, text := range map[string]string{"kern.log": "9\n", "kern.log.1": "5\n", "old/kern.log": "5\n"} {
		write(t, dir, name, []byte(text))
	}
	inputs := open(t, OpenOptions{Formats: []*Format{dayFormat}}, dir)
	in := inputs[0]
	in.HeadTimes(&Options{})
	in.SetAside("it is old")
	if sum, err := in.ContentHash(t.Context()); sum != "" || err != nil {
		t.Errorf("a cache would take it: %q, %v", sum, err)
	}
	for _, in := range inputs {
		if err := in.Chunks(nil, func(c *Chunk) error { c.Release(); return nil }); err != nil {
			t.Fatal(err)
		}
	}
	twin := inputs[2]
	if want := "its content is that of " + in.Path + ", which is hashed only"; twin.Facts.Skipped != want || twin.Facts.SHA256 != in.Facts.SHA256 {
		t.Errorf("the twin %s is skipped as %q, want %q", twin.Path, twin.Facts.Skipped, want)
	}
	if !in.Facts.HashedOnly || in.Facts.Skipped != "it is old" || inputs[1].Facts.HashedOnly || twin.Facts.HashedOnly {
		t.Errorf("hashed only: %t %t %t", in.Facts.HashedOnly, inputs[1].Facts.HashedOnly, twin.Facts.HashedOnly)
	}
}
