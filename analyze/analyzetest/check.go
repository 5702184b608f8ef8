package analyzetest

import (
	"cmp"
	"net/netip"
	"slices"
	"strings"
	"testing"

	"fwreport/reader/event"
	"fwreport/report"
)

// same reports the first line in which two renderings differ.
func same(t *testing.T, what, want, got string) {
	t.Helper()
	if want == got {
		return
	}
	w, g := strings.Split(want, "\n"), strings.Split(got, "\n")
	for i := range max(len(w), len(g)) {
		if a, b := lineAt(w, i), lineAt(g, i); a != b {
			t.Errorf("%s: line %d of the section\n got %s\nwant %s", what, i+1, b, a)
			return
		}
	}
}

func lineAt(lines []string, i int) string {
	if i < len(lines) {
		return lines[i]
	}
	return "(no line)"
}

// checkSection checks every table, and that charts and findings make sense.
func checkSection(t *testing.T, s *report.Section, byTime map[string]bool) {
	t.Helper()
	for i := range s.Tables {
		checkTable(t, &s.Tables[i], byTime[s.Tables[i].ID])
	}
	for _, c := range s.Charts {
		table := Table(t, s, c.Table)
		for _, id := range append([]string{c.X}, c.Y...) {
			if table.Column(id) < 0 {
				t.Errorf("chart %s: table %s has no column %q", c.ID, c.Table, id)
			}
		}
	}
	for _, f := range s.Findings {
		if f.Text == "" || !slices.Contains([]report.Confidence{report.Observed, report.Inferred, report.Possible}, f.Confidence) {
			t.Errorf("finding %+v: no text or no known confidence", f)
		}
	}
}

// checkTable checks that the cells are of their columns' kinds, that the key
// columns are not the same in two rows, that rows are ordered by count,
// descending, then by the key columns (or by time), that TotalRows and
// TotalCount are what Rows adds up to, and that Rows stops when it is told.
func checkTable(t *testing.T, table *report.Table, byTime bool) {
	t.Helper()
	rows := cellsOf(t, table)
	if len(rows) != table.TotalRows {
		t.Errorf("table %s: TotalRows %d, but %d rows", table.ID, table.TotalRows, len(rows))
	}
	checkOrder(t, table, rows, byTime)
	checkKeys(t, table, rows)
	if n := len(slices.Collect(table.Head(1))); n != table.Shown(1) {
		t.Errorf("table %s: Head(1) yields %d rows, want %d", table.ID, n, table.Shown(1))
	}
	c := table.Column("count")
	if c < 0 {
		return
	}
	var sum uint64
	for _, row := range rows {
		sum += row[c].Uint()
	}
	if sum != table.TotalCount {
		t.Errorf("table %s: TotalCount %d, but the counts add up to %d", table.ID, table.TotalCount, sum)
	}
}

// cellsOf copies all rows and checks the kinds of their cells.
func cellsOf(t *testing.T, table *report.Table) [][]report.Value {
	t.Helper()
	var rows [][]report.Value
	for row := range table.Rows {
		if len(row) != len(table.Columns) {
			t.Fatalf("table %s: row of %d cells in %d columns", table.ID, len(row), len(table.Columns))
		}
		for i, v := range row {
			if k := table.Columns[i].Kind; !v.IsNull() && v.Kind() != k {
				t.Errorf("table %s: a cell of kind %s in column %s of kind %s", table.ID, v.Kind(), table.Columns[i].ID, k)
			}
		}
		rows = append(rows, slices.Clone(row))
	}
	return rows
}

func checkOrder(t *testing.T, table *report.Table, rows [][]report.Value, byTime bool) {
	t.Helper()
	for i := 1; i < len(rows); i++ {
		a, b := rows[i-1], rows[i]
		c := compareKeys(table, a, b)
		if n := table.Column("count"); n >= 0 && !byTime {
			c = cmp.Or(cmp.Compare(b[n].Uint(), a[n].Uint()), c)
		}
		if c > 0 {
			t.Errorf("table %s: row %q stands before %q", table.ID, texts(a), texts(b))
			return
		}
	}
}

func checkKeys(t *testing.T, table *report.Table, rows [][]report.Value) {
	t.Helper()
	seen := map[string]bool{}
	for _, row := range rows {
		var key []report.Value
		for i, col := range table.Columns {
			if col.Key {
				key = append(key, row[i])
			}
		}
		k := strings.Join(texts(key), "\x00")
		if seen[k] {
			t.Errorf("table %s: two rows with the key %q", table.ID, texts(key))
		}
		seen[k] = true
	}
}

func compareKeys(table *report.Table, a, b []report.Value) int {
	for i, col := range table.Columns {
		if !col.Key {
			continue
		}
		if c := compareCells(a[i], b[i]); c != 0 {
			return c
		}
	}
	return 0
}

// compareCells orders two cells of one column: null first, numbers and times by
// value, addresses IPv4 before IPv6 and each by value, texts by their bytes.
func compareCells(a, b report.Value) int {
	if a.IsNull() || b.IsNull() {
		return cmp.Compare(bit(!a.IsNull()), bit(!b.IsNull()))
	}
	switch a.Kind() {
	case report.Count, report.Bytes, report.Port, report.Number:
		return cmp.Compare(a.Uint(), b.Uint())
	case report.Time, report.Duration:
		return cmp.Compare(a.Nanos(), b.Nanos())
	case report.Ratio:
		return cmp.Compare(a.Float(), b.Float())
	case report.Address:
		x, errX := netip.ParseAddr(a.Str())
		y, errY := netip.ParseAddr(b.Str())
		if errX == nil && errY == nil {
			return event.AddrFrom(x).Compare(event.AddrFrom(y))
		}
	}
	return strings.Compare(a.Str(), b.Str())
}

func bit(b bool) int {
	if b {
		return 1
	}
	return 0
}
