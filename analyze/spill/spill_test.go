package spill

import (
	"io"
	"os"
	"runtime"
	"slices"
	"strings"
	"testing"

	"fwreport/report"
)

// entries are the names in a folder.
func entries(t *testing.T, dir string) (names []string) {
	t.Helper()
	all, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range all {
		names = append(names, e.Name())
	}
	return names
}

func TestSpace(t *testing.T) {
	dir := t.TempDir()
	s, err := NewSpace(dir, 100)
	if err != nil {
		t.Fatal(err)
	}
	f, err := s.Create()
	if err != nil {
		t.Fatal(err)
	}
	if names := entries(t, dir); len(names) > 0 && runtime.GOOS != "windows" {
		t.Errorf("a killed run would leave %q", names)
	}
	for _, part := range []string{"one", "two", "three"} {
		if _, err := io.WriteString(f, part); err != nil {
			t.Fatal(err)
		}
	}
	if b, err := io.ReadAll(f.Section(3, 3)); string(b) != "two" || err != nil || f.Size() != 11 || s.Used() != 11 {
		t.Errorf("%q %v, %d bytes, %d used", b, err, f.Size(), s.Used())
	}
	other, err := s.Create()
	if err != nil {
		t.Fatal(err)
	}
	if _, err := other.Write(make([]byte, 90)); err == nil || !strings.Contains(err.Error(), "used up") {
		t.Errorf("beyond the limit: %v", err)
	}
	if err := s.Close(); err != nil || len(entries(t, dir)) > 0 {
		t.Errorf("%v, left %q", err, entries(t, dir))
	}
}

func TestNoFolder(t *testing.T) {
	s, err := NewSpace("no/such/folder", 0)
	if err == nil {
		_, err = s.Create()
	}
	if err == nil || !strings.Contains(err.Error(), "no/such/folder") {
		t.Errorf("%v", err)
	}
}

func TestTables(t *testing.T) {
	s, err := NewSpace(t.TempDir(), 0)
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	kept, err := NewTables(s)
	if err != nil {
		t.Fatal(err)
	}
	columns := []report.Column{report.Col("count", "", report.Count), report.KeyCol("name", "", report.Text)}
	var tables []report.Table
	for _, names := range [][]string{{"a", "c"}, {}, {"b"}} {
		var rows [][]report.Value
		for _, n := range names {
			rows = append(rows, []report.Value{report.CountOf(1), report.TextOf(n)})
		}
		table, err := kept.Keep(report.Table{Columns: columns, Rows: report.RowsOf(rows), TotalRows: len(rows)}, 0)
		if err != nil {
			t.Fatal(err)
		}
		tables = append(tables, table)
	}
	m := report.Merged(tables)
	for range 2 { // rows can be read again
		var got []string
		for row := range m.Rows {
			got = append(got, row[1].Str())
		}
		if !slices.Equal(got, []string{"a", "b", "c"}) || m.TotalRows != 3 || kept.Err() != nil {
			t.Errorf("%q, %d rows, %v", got, m.TotalRows, kept.Err())
		}
	}
}
