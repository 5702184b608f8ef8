package spill

import (
	"bufio"
	"fmt"
	"io"
	"iter"

	"fwreport/report"
)

// Tables keeps the rows of tables in one file of a Space.
type Tables struct {
	file *File
	out  *bufio.Writer
	row  []byte
	err  error // of reading back, met where no error can be returned
}

// NewTables makes a file for tables.
func NewTables(s *Space) (*Tables, error) {
	f, err := s.Create()
	if err != nil {
		return nil, err
	}
	return &Tables{file: f, out: bufio.NewWriterSize(f, 1<<18)}, nil
}

// Keep writes the first limit rows of a table (0: all) and returns the table with
// the rows on disk: what made them may be given up. Its totals stay those of all
// rows.
func (t *Tables) Keep(table report.Table, limit int) (report.Table, error) {
	if err := t.out.Flush(); err != nil {
		return table, err
	}
	off := t.file.Size()
	for row := range table.Head(limit) {
		t.row = report.AppendRow(t.row[:0], row)
		if _, err := t.out.Write(t.row); err != nil {
			return table, err
		}
	}
	if err := t.out.Flush(); err != nil {
		return table, err
	}
	table.Rows = t.rows(off, t.file.Size()-off, len(table.Columns))
	return table, nil
}

// rows reads rows back. A row is valid until the next one.
func (t *Tables) rows(off, size int64, columns int) iter.Seq[[]report.Value] {
	return func(yield func([]report.Value) bool) {
		r := bufio.NewReaderSize(t.file.Section(off, size), 1<<16)
		row := make([]report.Value, columns)
		for {
			switch err := report.ReadRow(r, row); {
			case err == io.EOF:
				return
			case err != nil:
				t.err = fmt.Errorf("reading rows back from temporary space: %w", err)
				return
			}
			if !yield(row) {
				return
			}
		}
	}
}

// Err is the first error of reading rows back; a table that met one is cut.
func (t *Tables) Err() error { return t.err }
