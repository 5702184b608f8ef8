package reader

import (
	"os"
	"path/filepath"
	"testing"
	"time"

	"fwreport/reader/event"
)

// yearsOf are the years of the lines of a file, under the reference found.
func yearsOf(t *testing.T, in *Input) (years []int) {
	t.Helper()
	data, err := os.ReadFile(in.Path)
	if err != nil {
		t.Fatal(err)
	}
	for line := range lines(data) {
		s, ok := textFormat.YearLess(line)
		if !ok {
			t.Fatalf("%q has no stamp", line)
		}
		at, _ := s.Resolve(in.YearRef, time.UTC)
		years = append(years, at.Year())
	}
	return years
}

func lines(data []byte) func(func([]byte) bool) {
	return func(yield func([]byte) bool) {
		for len(data) > 0 {
			var line []byte
			if line, data = NextLine(data); !yield(line) {
				return
			}
		}
	}
}

// TestYearByItsEnd: a log that was copied long after its last record. Its first
// stamp cannot be later than its last.
func TestYearByItsEnd(t *testing.T) {
	copied := time.Date(2026, 12, 20, 0, 0, 0, 0, time.UTC)
	tests := []struct {
		name, text string
		want       []int
		from       string
	}{
		{"within the year", "Mar  1 00:00:00\nNov  1 00:00:00\n", []int{2026, 2026}, "mtime"},
		{"over New Year, copied at once", "Dec 25 00:00:00\nDec 20 12:00:00\n", []int{2025, 2026}, "mtime"},
		{"over New Year, copied in December", "Dec 10 00:00:00\nDec 31 00:00:00\nJan  5 00:00:00\n", []int{2025, 2025, 2026}, "mtime, by its last record"},
		{"disorder is no New Year", "Nov  3 00:00:00\nNov  2 00:00:00\nNov  1 12:00:00\n", []int{2026, 2026, 2026}, "mtime"},
		{"a router boots with its clock not set", "Mar  5 00:00:00\nJan  1 00:00:12\n", []int{2026, 2026}, "mtime"},
		{"one record", "Dec 10 00:00:00\n", []int{2026}, "mtime"},
	}
	for _, tt := range tests {
		path := write(t, t.TempDir(), "kern.log", []byte(tt.text))
		if err := os.Chtimes(path, copied, copied); err != nil {
			t.Fatal(err)
		}
		in := open(t, OpenOptions{Now: copied.AddDate(1, 0, 0)}, path)[0]
		for i, year := range yearsOf(t, in) {
			if year != tt.want[i] {
				t.Errorf("%s: line %d is of %d, want %d", tt.name, i+1, year, tt.want[i])
			}
		}
		if in.YearSource() != tt.from {
			t.Errorf("%s: from %q, want %q", tt.name, in.YearSource(), tt.from)
		}
	}
}

// TestYearByTheNextFile: where nothing but the clock tells a year, the next
// newer file of the family does.
func TestYearByTheNextFile(t *testing.T) {
	dir := t.TempDir()
	unset := time.Unix(0, 0)
	for name, text := range map[string]string{"kern.log.1": "May  1 00:00:00\n", "kern.log": "Apr  1 00:00:00\nApr  9 00:00:00\n"} {
		if err := os.Chtimes(write(t, dir, name, []byte(text)), unset, unset); err != nil {
			t.Fatal(err)
		}
	}
	inputs := open(t, OpenOptions{Now: time.Date(2026, 6, 1, 0, 0, 0, 0, time.UTC)}, dir)
	for i, want := range []struct {
		year int
		from string
	}{{2025, "the next file of the family"}, {2026, "clock"}} {
		if got := yearsOf(t, inputs[i])[0]; got != want.year || inputs[i].YearSource() != want.from {
			t.Errorf("%s: %d from %q", inputs[i].Path, got, inputs[i].YearSource())
		}
	}
}

// TestAround: a file opened alone has the zone and the years that it has in its
// folder.
func TestAround(t *testing.T) {
	dir := machineOnDisk(t, []etcFile{
		{name: "fw/var/log/kern.log", content: "Jan 20 00:00:00\nFeb  1 00:00:00\n"},
		{name: "fw/var/log/kern.log.1", content: "Dec 20 00:00:00\nDec 31 00:00:00\n"},
		{name: "fw/var/log/ulog/ulogd.json", content: string(hintText(3600, inWinter))},
		{name: "fw/var/log/old.tar", content: string(tarOf(t, packed{name: "x", data: hintText(7200, inWinter)}))},
		{name: "loose/kern.log", content: "Jan 20 00:00:00\n"},
		{name: "loose/ulogd.json", content: string(hintText(3600, inWinter))},
		{name: "loose/deeper/ulogd.json", content: string(hintText(7200, inWinter))},
	})
	opt := OpenOptions{Formats: []*Format{hintFormat, textFormat}, Year: 2026}
	folder := map[string]*Input{}
	for _, in := range open(t, opt, dir) {
		folder[in.Path] = in
	}
	opt.Around = true
	check := func(from, path string) {
		t.Helper()
		in, want := open(t, opt, path)[0], folder[filepath.Join(dir, from)]
		if in.YearRef != want.YearRef || in.StampZone(&Options{}).String() != "UTC+01:00" || want.StampZone(&Options{}).String() != "UTC+01:00" {
			t.Errorf("%s: %v in %v, in its folder %v in %v", path, time.Unix(0, in.YearRef).UTC(), in.Zone, time.Unix(0, want.YearRef).UTC(), want.Zone)
		}
	}
	for _, name := range []string{"fw/var/log/kern.log", "fw/var/log/kern.log.1", "loose/kern.log"} {
		check(name, filepath.Join(dir, name))
	}
	t.Chdir(filepath.Join(dir, "fw/var/log"))
	check("fw/var/log/kern.log.1", "kern.log.1")
}

// FuzzYear: the year rule against a search over all years.
func FuzzYear(f *testing.F) {
	f.Add(byte(2), byte(29), byte(23), int64(1772344800), int16(60))
	f.Add(byte(12), byte(31), byte(23), int64(1767225599), int16(-210))
	f.Add(byte(1), byte(1), byte(0), int64(1767225600), int16(840))
	f.Add(byte(2), byte(29), byte(0), int64(4133894400), int16(0))
	f.Fuzz(func(t *testing.T, month, day, hour byte, ref int64, offset int16) {
		if month < 1 || month > 12 || day < 1 || day > 28 && (month != 2 || day != 29) || hour > 23 ||
			ref < 0 || ref > 9e9 || offset < -840 || offset > 840 {
			t.Skip()
		}
		s := Stamp{Month: time.Month(month), Day: int(day), Hour: int(hour)}
		zone := time.FixedZone("", int(offset)*60)
		got, ok := s.Resolve(ref*1e9, zone)
		want := time.Time{}
		for year := 1950; year < 2300; year++ {
			at := time.Date(year, s.Month, s.Day, s.Hour, 0, 0, 0, zone)
			if at.Month() == s.Month && at.Unix() <= ref {
				want = at
			}
		}
		if !ok || !got.Equal(want) {
			t.Errorf("%+v at %d: %v %v, want %v", s, ref, got, ok, want)
		}
		if _, ok := s.Resolve(event.NoTime, zone); ok {
			t.Error("resolved without a reference")
		}
	})
}
