package text

import (
	"bytes"
	"errors"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"
	_ "time/tzdata"

	"fwreport/report"
	"fwreport/report/reporttest"

	"github.com/google/go-cmp/cmp"
	"github.com/mattn/go-runewidth"
)

var update = flag.Bool("update", false, "write the golden files anew")

func render(t *testing.T, r *report.Report, opt Options) string {
	t.Helper()
	var b bytes.Buffer
	if err := Render(&b, r, opt); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

// TestLayout keeps the layout as a person last looked at it.
func TestLayout(t *testing.T) {
	for _, width := range []int{0, 80, 160} {
		got := render(t, reporttest.Sample(), Options{Limit: 12, Width: width})
		golden := filepath.Join("testdata", fmt.Sprintf("sample-%d.txt", width))
		if *update {
			if err := os.WriteFile(golden, []byte(got), 0o644); err != nil {
				t.Fatal(err)
			}
		}
		want, err := os.ReadFile(golden)
		if err != nil {
			t.Fatal(err)
		}
		if d := cmp.Diff(string(want), got); d != "" {
			t.Errorf("width %d: -want +got:\n%s", width, d)
		}
		if again := render(t, reporttest.Sample(), Options{Limit: 12, Width: width}); again != got {
			t.Errorf("width %d: other bytes the second time", width)
		}
	}
}

// The section on the evidence is one: the ledger, then the section's tables,
// those without rows in one line, and no counts of events where none are counted.
func TestEvidence(t *testing.T) {
	r := reporttest.Sample()
	r.Sections = append(r.Sections, reporttest.Evidence())
	got := render(t, r, Options{Width: 120})
	if n := strings.Count(got, "\nEvidence\n--------\n"); n != 1 {
		t.Errorf("%d headings of the evidence, want 1", n)
	}
	got = got[strings.Index(got, "\nEvidence\n--------\n"):strings.Index(got, "\nOverview\n")]
	want := `12,360 read = 12,000 events + 300 other + 5 malformed + 20 duplicates + 25 outside the window + 10 filtered; 7 repeats
on top
! logs/=cap.pcap: incomplete: cut inside packet 361
! -: skipped: no format took it
* logs/kern.log.2.gz: the year is that of the file's time; malformed, bad port: 1; malformed, no SRC: 4

What the records and files say about themselves.
* Silent spans were not looked for.

Clock
Count  Host  Time                       Step  Kind           Record after
-----  ----  -------------------  ----------  -------------  ---------------------
  500  gw1   2026-03-04 03:41:05    -1h23m0s  step           logs/kern.log.2.gz:17
   30  gw1   2026-03-05 10:36:24  49d0h15m4s  contradiction  logs/kern.log.2.gz:17
    1  gw1   2026-03-06 10:36:24      -12.5s  step           logs/kern.log.2.gz:17
3 rows

Overlaps
In both  Family         Other family
-------  -------------  ------------
     20  logs/kern.log  logs/syslog
1 row

Notices
Lost  Class        Effect on counts
----  -----------  ----------------
  40  kernel_lost  lower bounds
   -  boot         none
2 rows

Nothing to list: Gaps.

`
	if !strings.HasSuffix(got, want) {
		t.Errorf("-want +got:\n%s", cmp.Diff(want, got))
	}
}

// Where keys alone are too wide for the line, texts are cut before times, and
// lengths never; of a path the end is shown.
func TestNarrowKeys(t *testing.T) {
	r := reporttest.Sample()
	r.Sections = append(r.Sections, reporttest.Evidence())
	got := render(t, r, Options{Width: 55})
	for _, want := range []string{
		"  500  gw1   2026-03-04 03:41:05    -1h23m0s  step\n",
		"   30  gw1   2026-03-05 10:36:24  49d0h15m4s  contradi…\n",
	} {
		if !strings.Contains(got, want) {
			t.Errorf("%q is not in\n%s", want, got)
		}
	}
	if got := render(t, r, Options{Width: 30}); !strings.Contains(got, "     20  …kern.log  …gs/syslog") {
		t.Errorf("paths are not cut from the left in\n%s", got)
	}
}

func TestDuration(t *testing.T) {
	for d, want := range map[time.Duration]string{
		0: "0s", 1500 * time.Millisecond: "1.5s", -90 * time.Second: "-1m30s", 59999 * time.Millisecond: "59.999s",
		28*time.Hour + 11*time.Minute + 2988*time.Millisecond: "1d4h11m3s", -48 * time.Hour: "-2d0h0m0s",
		24*time.Hour - time.Millisecond: "1d0h0m0s",
	} {
		if got := duration(d); got != want {
			t.Errorf("duration(%v) = %q, want %q", d, got, want)
		}
	}
}

// table renders one table alone.
func table(t *testing.T, tab report.Table, opt Options) string {
	t.Helper()
	r := &report.Report{Span: report.Span{First: report.NoTime, Last: report.NoTime}, Sections: []report.Section{{Title: "T", Tables: []report.Table{tab}}}}
	_, out, _ := strings.Cut(render(t, r, opt), "\nT\n=\n\n")
	return out
}

func small() report.Table {
	rows := [][]report.Value{
		{report.CountOf(12345), report.AddressText("203.0.113.7"), report.Null, report.TextOf("An organisation of a long name"),
			report.TimeOf(reporttest.Time("2026-03-01T10:20:30.9Z")), report.EvidenceOf("var/log/kern.log.2.gz:18233")},
		{report.CountOf(1), report.AddressText("2001:db8::1"), report.Null, report.Null, report.Null, report.Null},
	}
	return report.Table{ID: "t", Title: "T", TotalRows: 831, TotalCount: 20000, Rows: report.RowsOf(rows), Columns: []report.Column{
		report.Col("count", "Count", report.Count), report.KeyCol("src", "Source", report.Address), report.Col("sport", "Port", report.Port),
		report.Col("org", "Organisation", report.Text), report.Col("last", "Last", report.Time), report.Col("evidence_first", "First record", report.Evidence)}}
}

func TestTable(t *testing.T) {
	for _, tt := range []struct {
		width int
		want  string
	}{
		{0, `
 Count  Source       Port  Organisation                    Last                 First record
------  -----------  ----  ------------------------------  -------------------  ---------------------------
12,345  203.0.113.7     -  An organisation of a long name  2026-03-01 10:20:30  var/log/kern.log.2.gz:18233
     1  2001:db8::1     -  -                               -                    -
2 of 831 rows; 20,000 events
`},
		{100, `
 Count  Source       Organisation                   Last                 First record
------  -----------  -----------------------------  -------------------  ---------------------------
12,345  203.0.113.7  An organisation of a long na…  2026-03-01 10:20:30  var/log/kern.log.2.gz:18233
     1  2001:db8::1  -                              -                    -
2 of 831 rows; 20,000 events
Left out, empty or 0 in these rows: sport.
`},
		{80, `
 Count  Source       Organisation        Last                 First record
------  -----------  ------------------  -------------------  ------------------
12,345  203.0.113.7  An organisation o…  2026-03-01 10:20:30  …rn.log.2.gz:18233
     1  2001:db8::1  -                   -                    -
2 of 831 rows; 20,000 events
Left out, empty or 0 in these rows: sport.
`},
		{60, `
 Count  Source       Organisation        Last
------  -----------  ------------------  -------------------
12,345  203.0.113.7  An organisation o…  2026-03-01 10:20:30
     1  2001:db8::1  -                   -
2 of 831 rows; 20,000 events
Left out to fit 60 columns: evidence_first.
Left out, empty or 0 in these rows: sport.
`},
		{40, `
 Count  Source       Last
------  -----------  -------------------
12,345  203.0.113.7  2026-03-01 10:20:30
     1  2001:db8::1  -
2 of 831 rows; 20,000 events
Left out to fit 40 columns: org,
evidence_first.
Left out, empty or 0 in these rows:
sport.
`},
		{16, `
 Count  Source
------  --------
12,345  203.0.1…
     1  2001:db…
2 of 831 rows; 20,000 events
`},
	} {
		got := table(t, small(), Options{Width: tt.width})
		if tt.width == 16 {
			got, _, _ = strings.Cut(got, "Left out")
		}
		if d := cmp.Diff(tt.want[1:], got); d != "" {
			t.Errorf("width %d: -want +got:\n%s", tt.width, d)
		}
	}
}

func TestLimit(t *testing.T) {
	for _, tt := range []struct {
		rows, limit int
		want        string
	}{
		{100, 3, "3 of 100 rows; 5,050 events"}, {3, 3, "3 rows; 6 events"}, {1, 0, "1 row; 1 event"}, {0, 10, "0 rows; 0 events"}, {2000, 0, "2,000 rows; 2,001,000 events"},
	} {
		out := render(t, reporttest.Big(tt.rows), Options{Limit: tt.limit})
		if !strings.Contains(out, "\n"+tt.want+"\n") {
			t.Errorf("%d rows, limit %d: no line %q", tt.rows, tt.limit, tt.want)
		}
	}
}

func TestWidthHolds(t *testing.T) {
	for _, width := range []int{60, 72, 80, 100, 120, 160, 200} {
		for _, line := range strings.Split(render(t, reporttest.Sample(), Options{Width: width}), "\n") {
			if n := runewidth.StringWidth(line); n > width {
				t.Errorf("width %d: a line of %d cells: %q", width, n, line)
			}
		}
	}
}

var sgr = regexp.MustCompile(`\x1b\[(1|2|33|0)m`)

func TestNothingHidden(t *testing.T) {
	r := reporttest.Sample()
	evil := strings.Join(reporttest.Attacks(), "")
	r.Title, r.Zone, r.Notes, r.Command = evil, evil, []string{evil}, []string{evil}
	r.Generator.Version = evil
	r.Evidence.Inputs[0].Path, r.Evidence.Inputs[1].Notes, r.Evidence.Inputs[2].Skipped = evil, []string{evil}, evil
	s := &r.Sections[1]
	s.Title, s.Doc, s.Notes, s.Tables[0].Title, s.Tables[0].Columns[0].Title = evil, evil, []string{evil}, evil, evil
	s.Tables[0].Columns[2].ID = evil
	s.Findings = []report.Finding{{Confidence: report.Confidence(evil), Text: evil, Evidence: []string{evil}}}
	for _, opt := range []Options{{}, {Width: 80}, {Colour: true}, {Width: 30, Colour: true}} {
		out := render(t, r, opt)
		if opt.Colour {
			if !strings.Contains(out, "\x1b[1mSummary\x1b[0m") {
				t.Error("no colour")
			}
			out = sgr.ReplaceAllString(out, "")
		}
		for i, line := range strings.Split(out, "\n") {
			if visible := report.Visible(line); visible != line {
				t.Errorf("%+v: line %d holds what nobody sees: %q", opt, i+1, line)
			}
		}
	}
}

func TestLongCellDoesNotWiden(t *testing.T) {
	out := render(t, reporttest.Sample(), Options{})
	if !strings.Contains(out, reporttest.Long()) {
		t.Error("the long text is cut although there is no width")
	}
	if len(out) > 200_000 {
		t.Errorf("%d bytes: other rows are padded to the long one", len(out))
	}
}

func TestChart(t *testing.T) {
	at := reporttest.Time("2026-03-01T00:00:00Z")
	counts := []uint64{0, 1, 7, 14, 0, 0}
	var rows [][]report.Value
	for i, n := range counts {
		rows = append(rows, []report.Value{report.TimeOf(at + int64(i)*int64(time.Hour)), report.CountOf(n), report.CountOf(0)})
	}
	r := &report.Report{Span: report.Span{First: at, Last: at + int64(5*time.Hour)}, Sections: []report.Section{{Title: "S",
		Charts: []report.Chart{{Kind: report.StackedBars, Table: "t", X: "time", Y: []string{"a", "b"}}},
		Tables: []report.Table{{ID: "t", Title: "T", TotalRows: 6, Rows: report.RowsOf(rows), Columns: []report.Column{
			report.KeyCol("time", "Time", report.Time), report.Col("a", "A", report.Count), report.Col("b", "B", report.Count)}}}}}}
	want := ".▂▅█..\n2026-03-01 00:00:00 to 2026-03-01 05:00:00, highest 14 at 2026-03-01 03:00:00\n"
	if out := render(t, r, Options{Limit: 1}); !strings.Contains(out, want) {
		t.Errorf("no %q in\n%s", want, out)
	}
	s := read(&r.Sections[0].Tables[0], 0, []int{1, 2}, 3)
	if got := s.draw(); got != "▁█." || s.bins != 2 {
		t.Errorf("three marks: %q of %d bins, want ▁█. of 2", got, s.bins)
	}
}

func TestZones(t *testing.T) {
	berlin, err := time.LoadLocation("Europe/Berlin")
	if err != nil {
		t.Fatal(err)
	}
	r := reporttest.Sample()
	r.Zone, r.Location = "Europe/Berlin", berlin
	out := render(t, r, Options{})
	for _, want := range []string{
		"\nWindow   from 2026-03-01 01:00:00 +01:00\n",
		"\nSpan     first event 2026-03-01 01:00:02, last 2026-03-08 00:59:58\n",
		"\nZone     Europe/Berlin (UTC+01:00)\n",
		"  2026-03-01 01:00:02  2026-03-08 00:59:58  ",
	} {
		if !strings.Contains(out, want) {
			t.Errorf("no %q", want)
		}
	}
	r.Span.Last = reporttest.Time("2026-04-01T00:00:00Z")
	if out := render(t, r, Options{}); !strings.Contains(out, "  2026-03-01 01:00:02+01:00  ") {
		t.Error("where the offset changes, a cell does not carry its own")
	}
}

func TestWindow(t *testing.T) {
	since, until := reporttest.Time("2026-03-01T00:00:00Z"), reporttest.Time("2026-03-08T00:00:00Z")
	p := printer{clock: (&report.Report{}).Clock()}
	for want, w := range map[string]report.Window{
		"all that was found":                                           {Since: report.NoTime, Until: report.NoTime},
		"from 2026-03-01 00:00:00 UTC":                                 {Since: since, Until: report.NoTime},
		"before 2026-03-08 00:00:00 UTC":                               {Since: report.NoTime, Until: until},
		"from 2026-03-01 00:00:00 UTC, before 2026-03-08 00:00:00 UTC": {Since: since, Until: until},
	} {
		if got := p.window(w); got != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
}

func TestLedger(t *testing.T) {
	r := reporttest.Sample()
	out := render(t, r, Options{})
	for _, want := range []string{
		"Total                       12,360  12,000    300          5          20       25        10        7\n",
		"12,360 read = 12,000 events + 300 other + 5 malformed + 20 duplicates + 25 outside the window + 10 filtered; 7 repeats on top\n",
		"! logs/=cap.pcap: incomplete: cut inside packet 361\n", "! -: skipped: no format took it\n",
		strings.Repeat("0123456789abcdef", 4),
	} {
		if !strings.Contains(out, want) {
			t.Errorf("no %q", want)
		}
	}
	r.Evidence.Totals.Read++
	if out := render(t, r, Options{}); !strings.Contains(out, "! ledger does not reconcile: 12361 records read, 12360 accounted for\n") {
		t.Error("a ledger that does not come out is not said to be so")
	}
	if out := render(t, r, Options{Limit: 1}); !strings.Contains(out, "1 of 3 inputs; the totals are those of all\n") || !strings.Contains(out, "… and 1 input more\n") {
		t.Error("inputs beyond the limit are not mentioned")
	}
}

var errFull = errors.New("no space left")

type full struct{ room int }

func (f *full) Write(b []byte) (int, error) {
	if f.room -= len(b); f.room < 0 {
		return 0, errFull
	}
	return len(b), nil
}

func TestWriteError(t *testing.T) {
	for _, room := range []int{0, 70_000} {
		if err := Render(&full{room}, reporttest.Big(100_000), Options{}); !errors.Is(err, errFull) {
			t.Errorf("room %d: error is %v", room, err)
		}
	}
}
