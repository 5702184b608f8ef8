// Package csv writes a report as one file a table, TABLE.csv, for spreadsheets,
// databases and scripts, and the manifest with its ledger as inputs.csv.
//
// # Form
//
// RFC 4180 with "\n" line ends and UTF-8 without a byte order mark. The first
// line holds the column IDs. Numbers are plain decimals, times RFC 3339 in UTC
// with as many digits of the second as are known, shares 0 to 1, durations as
// Go spells them; null and the empty text are both empty. A table without rows
// is its header.
//
// # What log text cannot do here
//
// Whoever is logged writes part of the cells, and a spreadsheet runs a cell
// that begins like a formula (CWE-1236). Cells of text, addresses and evidence
// are therefore changed where they could do harm, and only there:
//
//   - what a reader would not see is spelled out as report.Visible does, so a
//     row is always one line and no terminal escape survives;
//   - a cell that begins with = + - @, a tab, carriage return, line feed, NUL or
//     the full-width ＝ ＋ － ＠, behind spaces or not, gets a leading '
//     (apostrophe), which spreadsheets take as "this is text";
//   - the same inside a cell behind a semicolon, which the spreadsheets of half
//     the world take for the field separator.
//
// Numbers, times and durations are ours and stay as they are. The exact text
// is in the JSON form and in the raw record that the evidence column names.
//
// # How gocsv is used
//
// gocsv marshals slices of structs, and the columns of a report are known only
// at run time. So each table's columns become a struct type (reflect.StructOf)
// of fields of type Cell with the tag `csv:"ID"`, and rows go through
// gocsv.MarshalCSV in batches of one reused slice: gocsv makes the header, finds
// each cell's MarshalCSV and does the quoting. Measured on 100,000 rows of 12
// columns (BenchmarkRows, two cores): 540,000 rows/s. Rejected: MarshalChan with
// the same types, 360,000 rows/s; it writes no header for an empty table and
// leaves its producer blocked after a write error. Handing finished strings to
// gocsv's CSVWriter reaches 870,000 rows/s, but leaves of gocsv no more than a
// lock around encoding/csv.
//
// # Memory
//
// One batch of rows a table being written; tables are written one by one.
package csv

import (
	"encoding/csv"
	"fmt"
	"io"
	"strings"

	"fwreport/report"

	"github.com/gocarina/gocsv"
)

// Options of Write.
type Options struct {
	Limit int // rows a table; 0 is all. inputs.csv always holds all inputs.
}

// Write writes r: inputs.csv, then one file a table. dir creates a file of the
// given plain name (no folder, lower case, ending in .csv); Write closes it.
func Write(dir func(name string) (io.WriteCloser, error), r *report.Report, opt Options) error {
	names := names{}
	inputs := r.InputsTable()
	if err := writeFile(dir, names.of(inputs.ID), &inputs, 0); err != nil {
		return err
	}
	for i := range r.Sections {
		for j := range r.Sections[i].Tables {
			t := &r.Sections[i].Tables[j]
			if err := writeFile(dir, names.of(t.ID), t, opt.Limit); err != nil {
				return err
			}
		}
	}
	return nil
}

func writeFile(dir func(string) (io.WriteCloser, error), name string, t *report.Table, limit int) error {
	f, err := dir(name)
	if err != nil {
		return fmt.Errorf("creating %s: %w", name, err)
	}
	err = writeTable(f, t, limit)
	if closeErr := f.Close(); err == nil {
		err = closeErr
	}
	if err != nil {
		return fmt.Errorf("writing %s: %w", name, err)
	}
	return nil
}

func writeTable(w io.Writer, t *report.Table, limit int) error {
	b, out := newBatch(t.Columns), gocsv.NewSafeCSVWriter(csv.NewWriter(w))
	if err := gocsv.MarshalCSV(b.none(), out); err != nil { // the header
		return err
	}
	if t.Rows == nil {
		return nil
	}
	n := 0
	for row := range t.Head(limit) {
		if n++; len(row) != len(t.Columns) {
			return fmt.Errorf("row %d: %d cells for %d columns", n, len(row), len(t.Columns))
		}
		if !b.add(row) {
			continue
		}
		if err := b.write(out); err != nil {
			return err
		}
	}
	return b.write(out)
}

// names gives out file names and keeps them apart.
type names map[string]bool

// of makes a file name of a table's ID. IDs are plain words; one that a foreign
// JSON file brought may be a path, or differ from another only in case.
func (n names) of(id string) string {
	base := strings.Map(func(r rune) rune {
		if r >= 'a' && r <= 'z' || r >= '0' && r <= '9' || r == '_' || r == '-' {
			return r
		}
		return '_'
	}, strings.ToLower(id))
	base = base[:min(len(base), 100)]
	if base == "" {
		base = "table"
	}
	name := base
	for i := 2; n[name]; i++ {
		name = fmt.Sprintf("%s-%d", base, i)
	}
	n[name] = true
	return name + ".csv"
}
