package engine_test

import (
	"slices"
	"testing"

	"fwreport/report"
)

// Every table is ordered as report.Table.Compare says, so that tables of parts
// of the evidence can be merged.
func TestTablesAreOrdered(t *testing.T) {
	for _, paths := range [][]string{mixedFolder(t), {"../../samples/evidence"}, {"../../samples/captured"}} {
		rep := run{jobs: 2, damaged: true}.report(t, paths...)
		for _, s := range rep.Sections {
			for i := range s.Tables {
				ordered(t, &s.Tables[i])
			}
		}
	}
}

func ordered(t *testing.T, table *report.Table) {
	t.Helper()
	var before []report.Value
	n := 0
	for row := range table.Rows {
		if before != nil && table.Compare(before, row) >= 0 {
			t.Errorf("%s: row %d does not come after the one before it:\n%v\n%v", table.ID, n, before, row)
			return
		}
		before = slices.Clone(row)
		n++
	}
}
