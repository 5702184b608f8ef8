package csv

import (
	"fmt"
	"reflect"
	"slices"
	"strconv"

	"fwreport/report"

	"github.com/gocarina/gocsv"
)

// batchRows is how many rows go to gocsv at once: enough that its look at the
// type costs nothing, few enough to stay in the processor's cache.
const batchRows = 256

// batch is a slice of structs, one field of type Cell a column, made for one
// table and used again and again.
type batch struct {
	rows   reflect.Value    // a slice of batchRows structs
	cells  [][]*Cell        // the fields of rows
	values [][]report.Value // what the cells show
	n      int              // rows in use
}

func newBatch(columns []report.Column) *batch {
	typ := rowType(columns)
	b := &batch{rows: reflect.MakeSlice(reflect.SliceOf(typ), batchRows, batchRows)}
	for i := range batchRows {
		row, values := make([]*Cell, len(columns)), make([]report.Value, len(columns))
		for j := range columns {
			row[j] = b.rows.Index(i).Field(j).Addr().Interface().(*Cell)
			row[j].value = &values[j]
		}
		b.cells, b.values = append(b.cells, row), append(b.values, values)
	}
	return b
}

// rowType is a struct of Cells whose csv tags are the column IDs.
func rowType(columns []report.Column) reflect.Type {
	fields := make([]reflect.StructField, len(columns))
	for i, c := range columns {
		fields[i] = reflect.StructField{
			Name: "C" + strconv.Itoa(i),
			Type: reflect.TypeFor[Cell](),
			Tag:  reflect.StructTag("csv:" + strconv.Quote(headerOf(c.ID, i))),
		}
	}
	return reflect.StructOf(fields)
}

// headerOf is a column's ID as gocsv can carry it: its tags are split at
// commas, and some words mean options. Our IDs are plain words; what a foreign
// JSON file brought is replaced.
func headerOf(id string, i int) string {
	plain := !slices.ContainsFunc([]byte(id), func(c byte) bool {
		return (c < 'a' || c > 'z') && (c < '0' || c > '9') && c != '_'
	})
	if !plain || id == "" || id == "omitempty" || len(id) >= 7 && id[:7] == "partial" {
		return fmt.Sprintf("column_%d", i+1)
	}
	return id
}

// add takes a copy of row and reports whether the batch is now full.
func (b *batch) add(row []report.Value) bool {
	copy(b.values[b.n], row)
	b.n++
	return b.n == batchRows
}

func (b *batch) none() any { return b.rows.Slice(0, 0).Interface() }

// write empties the batch into out.
func (b *batch) write(out gocsv.CSVWriter) error {
	n := b.n
	b.n = 0
	return gocsv.MarshalCSVWithoutHeaders(b.rows.Slice(0, n).Interface(), out)
}
