package xlsx

import (
	"fmt"

	"fwreport/report"

	"github.com/xuri/excelize/v2"
)

// firstNumber is the column of the ledger's first number, from 1: it stands
// behind path and format.
const firstNumber = 3

// inputs writes the manifest with its ledger, all inputs whatever the limit.
func (b *book) inputs() error {
	t := b.report.InputsTable()
	e := entry{title: t.Title, doc: t.Doc, table: &t}
	w := &tableWriter{book: b, table: &t, entry: &e, finish: b.ledger}
	if err := w.run(b.names.of(t.Title, t.ID), 0); err != nil {
		return err
	}
	b.index = append(b.index, e)
	return nil
}

// ledger writes below the inputs what they sum up to, what the report says they
// do, and what is not accounted for: nothing. The sums are formulas with their
// values where all inputs stand on one sheet.
func (b *book) ledger(w *tableWriter) error {
	var sums [8]uint64
	for i := range b.report.Evidence.Inputs {
		for j, n := range report.LedgerCells(b.report.Evidence.Inputs[i].Records) {
			sums[j] += n
		}
	}
	last := w.row
	w.row++ // a blank row keeps the totals out of the filter
	formula := func(int) string { return "" }
	if len(w.entry.sheets) == 1 && last > 1 {
		formula = func(i int) string {
			return fmt.Sprintf("SUM(%s:%s)", cellName(firstNumber+i, 2), cellName(firstNumber+i, last))
		}
	}
	if err := w.write(b.totals("Sum of the inputs", sums, formula), 1); err != nil {
		return err
	}
	if err := w.write(b.totals("Totals of the report", report.LedgerCells(b.report.Evidence.Totals), func(int) string { return "" }), 1); err != nil {
		return err
	}
	return w.write(b.unaccounted(w.row-1, sums), 1)
}

func (b *book) totals(label string, numbers [8]uint64, formula func(i int) string) []any {
	values := []any{excelize.Cell{StyleID: b.styles.totalLabel, Value: label}, excelize.Cell{StyleID: b.styles.totalLabel, Value: ""}}
	for i, n := range numbers {
		style, value := b.number(n, b.styles.total)
		cell := excelize.Cell{StyleID: style, Value: value}
		if style == b.styles.total {
			cell.Formula = formula(i)
		}
		values = append(values, cell)
	}
	return values
}

// unaccounted is the check of the sums in row: read less everything that a
// record can have become (the six columns behind it; repeats have no record).
func (b *book) unaccounted(row int, sums [8]uint64) []any {
	rest := int64(sums[0])
	for _, n := range sums[1:7] {
		rest -= int64(n)
	}
	formula := fmt.Sprintf("%s-SUM(%s:%s)", cellName(firstNumber, row), cellName(firstNumber+1, row), cellName(firstNumber+6, row))
	return []any{
		excelize.Cell{StyleID: b.styles.totalLabel, Value: "Read and not accounted for"}, excelize.Cell{StyleID: b.styles.totalLabel, Value: ""},
		excelize.Cell{StyleID: b.styles.total, Value: rest, Formula: formula},
	}
}
