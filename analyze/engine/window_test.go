package engine_test

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"fwreport/analyze/window"
	"fwreport/reader/event"
	"fwreport/report"
)

// yearless is a log with stamps that have neither year nor zone: one line a
// stamp, whose destination port is its number, from 1.
func yearless(stamps ...string) string {
	var b strings.Builder
	for i, s := range stamps {
		fmt.Fprintf(&b, "%s fw1 kernel: IPT: DROP IN=eth0 OUT= MAC= SRC=198.51.100.7 DST=192.0.2.10 LEN=40 TOS=0x00 PREC=0x00 TTL=51 ID=1 PROTO=TCP SPT=4000 DPT=%d WINDOW=1024 RES=0x00 SYN URGP=0 \n", s, i+1)
	}
	return b.String()
}

// file writes a log that was last changed at mtime.
func file(t *testing.T, path, content string, mtime time.Time) {
	t.Helper()
	if err := os.WriteFile(path, []byte(content), 0o644); err != nil {
		t.Fatal(err)
	}
	if err := os.Chtimes(path, mtime, mtime); err != nil {
		t.Fatal(err)
	}
}

// border parses what a user gives to --since and --until; "" is open.
func border(t *testing.T, text string, zone *time.Location) int64 {
	t.Helper()
	if text == "" {
		return event.NoTime
	}
	at, err := window.ParseTime(text, time.Date(2030, 1, 1, 0, 0, 0, 0, time.UTC), zone)
	if err != nil {
		t.Fatal(err)
	}
	return at.UnixNano()
}

// kept are the lines that were counted, and in what instants the report saw
// the first and the last of them.
func kept(t *testing.T, rep *report.Report) (lines []int, first, last string) {
	t.Helper()
	tb := tables(rep)["denied"]
	port := slices.Index(tb.Columns, "dport")
	for _, row := range tb.Rows {
		var n int
		fmt.Sscan(row[port], &n)
		lines = append(lines, n)
	}
	slices.Sort(lines)
	if rep.Span.First == event.NoTime {
		return lines, "", ""
	}
	return lines, report.FormatTime(rep.Span.First), report.FormatTime(rep.Span.Last)
}

func TestWindowBorders(t *testing.T) {
	utc := func(y int, m time.Month, d, h int) time.Time { return time.Date(y, m, d, h, 0, 0, 0, time.UTC) }
	newYear := []string{"Dec 31 23:59:58", "Dec 31 23:59:59", "Jan  1 00:00:00", "Jan  1 00:00:01"}
	leap := []string{"Feb 28 23:59:59", "Feb 29 00:00:00", "Feb 29 12:00:00", "Feb 29 23:59:59", "Mar  1 00:00:00"}
	// 29 March 2026: 01:59:59+01:00 is followed by 03:00:00+02:00.
	spring := []string{"Mar 29 01:59:59", "Mar 29 03:00:00", "Mar 29 03:00:01"}
	// 25 October 2026: 02:00 to 02:59:59 come twice, first at +02:00. A stamp
	// without zone is taken for the earlier one.
	autumn := []string{"Oct 25 01:59:59", "Oct 25 02:00:00", "Oct 25 02:59:59", "Oct 25 03:00:00"}
	for _, c := range []struct {
		name         string
		stamps       []string
		mtime        time.Time
		zone         *time.Location
		since, until string
		want         []int
		first, last  string
	}{
		{"new year, open", newYear, utc(2026, 1, 1, 3), time.UTC, "", "", []int{1, 2, 3, 4}, "2025-12-31T23:59:58Z", "2026-01-01T00:00:01Z"},
		{"new year, since is inclusive", newYear, utc(2026, 1, 1, 3), time.UTC, "2026-01-01", "", []int{3, 4}, "2026-01-01T00:00:00Z", "2026-01-01T00:00:01Z"},
		{"new year, until is exclusive", newYear, utc(2026, 1, 1, 3), time.UTC, "", "2026-01-01", []int{1, 2}, "2025-12-31T23:59:58Z", "2025-12-31T23:59:59Z"},
		{"new year, one second", newYear, utc(2026, 1, 1, 3), time.UTC, "2025-12-31T23:59:59", "2026-01-01T00:00:00", []int{2}, "2025-12-31T23:59:59Z", "2025-12-31T23:59:59Z"},
		{"new year in Berlin, borders of that zone", newYear, utc(2026, 1, 1, 3), berlin, "2026-01-01", "2026-01-01T00:00:01", []int{3}, "2025-12-31T23:00:00Z", "2025-12-31T23:00:00Z"},
		{"new year in Berlin, borders in UTC", newYear, utc(2026, 1, 1, 3), berlin, "2025-12-31T23:00:00Z", "", []int{3, 4}, "2025-12-31T23:00:00Z", "2025-12-31T23:00:01Z"},
		{"new year, file changed a year later", newYear, utc(2027, 1, 1, 3), time.UTC, "2026-12-31", "2027-01-01", []int{1, 2}, "2026-12-31T23:59:58Z", "2026-12-31T23:59:59Z"},

		{"spring, open", spring, utc(2026, 3, 29, 9), berlin, "", "", []int{1, 2, 3}, "2026-03-29T00:59:59Z", "2026-03-29T01:00:01Z"},
		{"spring, since the change", spring, utc(2026, 3, 29, 9), berlin, "2026-03-29T03:00", "", []int{2, 3}, "2026-03-29T01:00:00Z", "2026-03-29T01:00:01Z"},
		{"spring, until the change", spring, utc(2026, 3, 29, 9), berlin, "", "2026-03-29T03:00", []int{1}, "2026-03-29T00:59:59Z", "2026-03-29T00:59:59Z"},
		{"spring, until the change in UTC", spring, utc(2026, 3, 29, 9), berlin, "", "2026-03-29T01:00:00Z", []int{1}, "2026-03-29T00:59:59Z", "2026-03-29T00:59:59Z"},

		{"autumn, open", autumn, utc(2026, 10, 25, 9), berlin, "", "", []int{1, 2, 3, 4}, "2026-10-24T23:59:59Z", "2026-10-25T02:00:00Z"},
		{"autumn, since the first 02:00", autumn, utc(2026, 10, 25, 9), berlin, "2026-10-25T00:00:00Z", "", []int{2, 3, 4}, "2026-10-25T00:00:00Z", "2026-10-25T02:00:00Z"},
		{"autumn, until the first 02:00", autumn, utc(2026, 10, 25, 9), berlin, "", "2026-10-25T00:00:00Z", []int{1}, "2026-10-24T23:59:59Z", "2026-10-24T23:59:59Z"},
		{"autumn, the second hour is empty", autumn, utc(2026, 10, 25, 9), berlin, "2026-10-25T01:00:00Z", "2026-10-25T02:00:00Z", nil, "", ""},
		{"autumn, since 03:00", autumn, utc(2026, 10, 25, 9), berlin, "2026-10-25T03:00", "", []int{4}, "2026-10-25T02:00:00Z", "2026-10-25T02:00:00Z"},
		{"autumn, until 03:00", autumn, utc(2026, 10, 25, 9), berlin, "", "2026-10-25T03:00", []int{1, 2, 3}, "2026-10-24T23:59:59Z", "2026-10-25T00:59:59Z"},

		{"leap day, open", leap, utc(2024, 3, 1, 1), time.UTC, "", "", []int{1, 2, 3, 4, 5}, "2024-02-28T23:59:59Z", "2024-03-01T00:00:00Z"},
		{"leap day, that day", leap, utc(2024, 3, 1, 1), time.UTC, "2024-02-29", "2024-03-01", []int{2, 3, 4}, "2024-02-29T00:00:00Z", "2024-02-29T23:59:59Z"},
		{"leap day, since the day after", leap, utc(2024, 3, 1, 1), time.UTC, "2024-03-01", "", []int{5}, "2024-03-01T00:00:00Z", "2024-03-01T00:00:00Z"},
		{"leap day, until the day before it ends", leap, utc(2024, 3, 1, 1), time.UTC, "", "2024-02-29", []int{1}, "2024-02-28T23:59:59Z", "2024-02-28T23:59:59Z"},
		{"leap day, file changed two years later", leap[1:4], utc(2026, 3, 1, 1), time.UTC, "2024-02-29", "2024-03-01", []int{1, 2, 3}, "2024-02-29T00:00:00Z", "2024-02-29T23:59:59Z"},
	} {
		t.Run(c.name, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), "kern.log")
			file(t, path, yearless(c.stamps...), c.mtime)
			rep := run{zone: c.zone, win: &report.Window{Since: border(t, c.since, c.zone), Until: border(t, c.until, c.zone)}}.report(t, path)
			lines, first, last := kept(t, rep)
			if !slices.Equal(lines, c.want) || first != c.first || last != c.last {
				t.Errorf("kept lines %v, %s to %s; want %v, %s to %s", lines, first, last, c.want, c.first, c.last)
			}
			if out, want := rep.Evidence.Totals.Outside, uint64(len(c.stamps)-len(c.want)); out != want {
				t.Errorf("%d records outside, want %d", out, want)
			}
		})
	}
}

// TestWindowOfFamily: rotated files across a new year, their order given by the
// names, their year by --year.
func TestWindowOfFamily(t *testing.T) {
	dir := t.TempDir()
	now := time.Date(2031, 5, 1, 0, 0, 0, 0, time.UTC) // copied later: file times tell nothing
	file(t, filepath.Join(dir, "kern.log.2"), yearless("Dec 20 06:00:00", "Dec 28 05:59:59"), now)
	file(t, filepath.Join(dir, "kern.log.1"), yearless("Dec 28 06:00:00", "Dec 31 23:59:59", "Jan  1 00:00:00", "Jan  4 05:59:59"), now)
	file(t, filepath.Join(dir, "kern.log"), yearless("Jan  4 06:00:00", "Jan  9 12:00:00"), now)
	for _, c := range []struct {
		since, until string
		events       uint64
		first, last  string
	}{
		{"", "", 8, "2025-12-20T06:00:00Z", "2026-01-09T12:00:00Z"},
		{"2026-01-01", "", 4, "2026-01-01T00:00:00Z", "2026-01-09T12:00:00Z"},
		{"", "2026-01-01", 4, "2025-12-20T06:00:00Z", "2025-12-31T23:59:59Z"},
		{"2025-12-28T06:00", "2026-01-04T06:00", 4, "2025-12-28T06:00:00Z", "2026-01-04T05:59:59Z"},
	} {
		rep := run{year: 2026, jobs: 2, win: &report.Window{Since: border(t, c.since, time.UTC), Until: border(t, c.until, time.UTC)}}.report(t, dir)
		_, first, last := kept(t, rep)
		if n := rep.Evidence.Totals.Events; n != c.events || first != c.first || last != c.last {
			t.Errorf("%s to %s: %d events, %s to %s; want %d, %s to %s", c.since, c.until, n, first, last, c.events, c.first, c.last)
		}
	}
}

// TestTimeThatDoesNotExist: 02:30 on the morning when clocks go forward is read
// as if they had not, and the input's notes say so.
func TestTimeThatDoesNotExist(t *testing.T) {
	path := filepath.Join(t.TempDir(), "kern.log")
	file(t, path, yearless("Mar 29 02:30:00"), time.Date(2026, 3, 29, 9, 0, 0, 0, time.UTC))
	rep := run{zone: berlin}.report(t, path)
	if _, first, _ := kept(t, rep); first != "2026-03-29T01:30:00Z" {
		t.Errorf("02:30 is %s, want 2026-03-29T01:30:00Z", first)
	}
	if notes := strings.Join(rep.Evidence.Inputs[0].Notes, " "); !strings.Contains(notes, "does not exist") {
		t.Errorf("the notes do not tell of it: %q", notes)
	}
}
