package xlsx

import (
	"math"
	"strings"
	"testing"
	"time"
	_ "time/tzdata"
	"unicode/utf16"

	"fwreport/report"
	"fwreport/report/reporttest"

	"github.com/xuri/excelize/v2"
)

func TestCells(t *testing.T) {
	berlin, err := time.LoadLocation("Europe/Berlin")
	if err != nil {
		t.Fatal(err)
	}
	r := &report.Report{Zone: "Europe/Berlin", Location: berlin,
		Span: report.Span{First: reporttest.Time("2026-01-01T00:00:00Z"), Last: reporttest.Time("2026-12-01T00:00:00Z")}}
	b := &book{clock: r.Clock(), styles: styles{text: 1, wrap: 2, count: 3, port: 4, share: 5, time: 6, timeFraction: 7, length: 8, lengthFraction: 9, textRight: 10}}
	at := func(s string) report.Value { return report.TimeOf(reporttest.Time(s)) }
	for _, tt := range []struct {
		v     report.Value
		style int
		value any
	}{
		{report.CountOf(999_999_999_999_999), 3, uint64(999_999_999_999_999)},
		{report.CountOf(1_000_000_000_000_000), 1, "1,000,000,000,000,000"},
		{report.BytesOf(math.MaxUint64), 1, "18,446,744,073,709,551,615"},
		{report.PortOf(65535), 4, uint64(65535)},
		{report.RatioOf(0.5), 5, 0.5},
		{at("2026-01-01T11:00:00Z"), 6, 46023.5},               // 12:00 in winter
		{at("2026-07-01T10:00:00Z"), 6, 46204.5},               // 12:00 in summer
		{at("2026-01-01T11:00:00.0009Z"), 6, 46023.5},          // below a millisecond
		{at("2026-01-01T11:00:00.250Z"), 7, 46023.50000289352}, // 12:00:00.250
		{at("1900-02-28T22:00:00Z"), 1, "1900-02-28T22:00:00Z"},
		{at("1900-02-28T23:00:00Z"), 6, 61.0}, // 1 March 1900 in Berlin, the first day on which Excel's calendar is right
		{report.DurationOf(int64(36 * time.Hour)), 8, 1.5},
		{report.DurationOf(int64(1500 * time.Millisecond)), 9, 1.5 / 86400},
		{report.DurationOf(-1), 8, 0.0},
		{report.DurationOf(-int64(83 * time.Minute)), 10, "-1:23:00"},
		{report.DurationOf(-int64(100*time.Hour + 1500*time.Millisecond)), 10, "-100:00:01.500"},
		{report.TextOf("DROP"), 1, "DROP"},
		{report.TextOf(strings.Repeat("x", maxWidth+1)), 2, strings.Repeat("x", maxWidth+1)},
		{report.RatioOf(math.NaN()), 0, nil},
		{report.Null, 0, nil},
	} {
		var c excelize.Cell
		if !b.cell(&c, tt.v) {
			c = excelize.Cell{}
		}
		if c.StyleID != tt.style || c.Value != tt.value {
			t.Errorf("%v: style %d, %v; want %d, %v", tt.v, c.StyleID, c.Value, tt.style, tt.value)
		}
	}
}

// TestOffsetOfHeader has a file of the summer in a report on the winter: its
// time stands below a header that says UTC+01:00.
func TestOffsetOfHeader(t *testing.T) {
	berlin, err := time.LoadLocation("Europe/Berlin")
	if err != nil {
		t.Fatal(err)
	}
	r := reporttest.Sample()
	r.Zone, r.Location = "Europe/Berlin", berlin
	r.Evidence.Inputs[0].MTime = reporttest.Time("2026-07-01T10:00:00Z")
	f := open(t, render(t, r, Options{}))
	check(t, f, "Inputs", []want{{"O1", text, "Modified (UTC+01:00)", "Modified (UTC+01:00)"}, {"O2", number, "46204.45833333333", "2026-07-01 11:00:00"}})
	check(t, f, "Denied", []want{{"I1", text, "First (UTC+01:00)", "First (UTC+01:00)"}, {"I2", number, "46082.04168981481", "2026-03-01 01:00:02"}})
	r.Span.Last = reporttest.Time("2026-08-01T00:00:00Z")
	f = open(t, render(t, r, Options{}))
	check(t, f, "Inputs", []want{{"O1", text, "Modified (Europe/Berlin)", "Modified (Europe/Berlin)"}, {"O2", number, "46204.5", "2026-07-01 12:00:00"}})
	check(t, f, "Summary", []want{{"B8", text, "Europe/Berlin (UTC+01:00; UTC+02:00 from 2026-03-29 01:00:00 UTC)",
		"Europe/Berlin (UTC+01:00; UTC+02:00 from 2026-03-29 01:00:00 UTC)"}})
}

func TestTextOf(t *testing.T) {
	const most = excelize.TotalCellChars
	for _, tt := range []struct {
		name, in, want string
	}{
		{"fits exactly", strings.Repeat("x", most), strings.Repeat("x", most)},
		{"one too many", strings.Repeat("x", most+1), strings.Repeat("x", most-6) + cutMark},
		{"more bytes than units", strings.Repeat("é", most), strings.Repeat("é", most)},
		{"two units a character", strings.Repeat("🔥", most/2), strings.Repeat("🔥", most/2)},
		{"two units, too many", strings.Repeat("🔥", most), strings.Repeat("🔥", (most-6)/2) + cutMark},
		{"grows when made visible", strings.Repeat("\x00", most/2), strings.Repeat(`\x00`, (most-6)/4) + `\` + cutMark},
	} {
		got := textOf(tt.in)
		if n := len(utf16.Encode([]rune(got))); n > most {
			t.Errorf("%s: %d units", tt.name, n)
		}
		if got != tt.want {
			t.Errorf("%s: %d bytes ending in %q, want %d ending in %q", tt.name, len(got), got[len(got)-20:], len(tt.want), tt.want[len(tt.want)-20:])
		}
	}
}

func TestNames(t *testing.T) {
	n := names{}
	for _, tt := range []struct{ title, id, want string }{
		{"Summary", "", "Summary"},
		{"summary", "s", "s"},
		{"SUMMARY", "S", "SUMMARY #2"},
		{"", "denied", "denied"},
		{"", "", "Table #2"},
		{"History", "history", "History #2"},
		{"a:b\\c/d?e*f[g]h'i", "x", "a b c d e f g h i"},
		{"'quoted'", "x2", "quoted"},
		{"\x1b[31m\u202e", "x3", `x1b 31m u202e`},
		{strings.Repeat("n", 40), "x4", strings.Repeat("n", 31)},
		{strings.Repeat("n", 41), strings.Repeat("n", 42), strings.Repeat("n", 28) + " #2"},
		{strings.Repeat("🔥", 40), "x5", strings.Repeat("🔥", 15)},
	} {
		got := n.of(tt.title, tt.id)
		if got != tt.want {
			t.Errorf("%q, %q: %q, want %q", tt.title, tt.id, got, tt.want)
		}
		if _, err := excelize.NewFile().NewSheet(got); err != nil {
			t.Errorf("excelize refuses %q: %v", got, err)
		}
	}
	if got := n.part("quoted", 2); got != "quoted (2)" {
		t.Errorf("part %q", got)
	}
	if got := n.part(strings.Repeat("n", 31), 12); got != strings.Repeat("n", 26)+" (12)" {
		t.Errorf("part %q", got)
	}
}
