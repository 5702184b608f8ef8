// Package report is the typed model of a report: sections of tables with typed
// columns, findings, notes and charts (views on tables, they hold no data). It
// knows nothing of rendering; each renderer is a child package and works from
// this model alone. The canonical form is JSON (package report/json), as laid
// down in schema "fwreport.report/1".
//
// Rows are a sequence, not a slice: a table of ten million rows is rendered
// from the analyzer's compact state without ever standing in memory as cells.
// A slice of slices of cells was rejected for that reason (40 bytes a cell).
package report

import (
	"iter"

	"fwreport/reader/event"
	"fwreport/reader/evidence"
)

// Schema names the JSON form.
const Schema = "fwreport.report/1"

// Report is everything that a run found out.
type Report struct {
	Title     string
	Generator Generator
	Command   []string // the arguments that bear on the content
	Zone      string   // name of the zone in which times are shown
	Location  Zone     // the zone itself; renderers of local times use it
	Window    Window
	Span      Span
	Evidence  evidence.Manifest
	Sections  []Section
	Notes     []string // on the report as a whole: incomplete evidence, assumed verdicts, age of geo data …
}

// Generator names the program.
type Generator struct{ Name, Version string }

// Window is what was asked for; event.NoTime is an open end. Since is
// inclusive, Until exclusive.
type Window struct{ Since, Until int64 }

// Open reports whether everything is in the window.
func (w Window) Open() bool { return w.Since == event.NoTime && w.Until == event.NoTime }

// Span is what was found: times of the first and last event counted;
// event.NoTime where there is none.
type Span struct{ First, Last int64 }

// Section is one module's part.
type Section struct {
	ID, Title, Doc string
	Findings       []Finding
	Notes          []string
	Charts         []Chart
	Tables         []Table
}

// Confidence is the word for how far a finding can be relied on.
type Confidence string

// The three words; they may be pasted into a legal report.
const (
	Observed Confidence = "observed" // counted from the records
	Inferred Confidence = "inferred" // follows from the records by a stated rule
	Possible Confidence = "possible" // one explanation of several
)

// Finding is one sentence that a reader should not miss.
type Finding struct {
	Confidence Confidence
	Text       string
	Evidence   []string // PATH:LINE or PATH#PACKET
}

// ChartKind is how a chart draws its table.
type ChartKind string

// The kinds of chart.
const (
	StackedBars ChartKind = "stacked-bars" // x a time or category, y the series stacked
	Bars        ChartKind = "bars"         // horizontal bars, one a row
)

// Chart is a view on a table of the same section.
type Chart struct {
	ID, Title string
	Kind      ChartKind
	Table     string   // the table's ID
	X         string   // column of the axis
	Y         []string // columns of the series
}

// Table is typed columns and rows, ordered by count, descending, then key.
type Table struct {
	ID, Title, Doc string
	Columns        []Column
	Rows           iter.Seq[[]Value] // all rows; a yielded slice is valid until the next one
	TotalRows      int               // rows of Rows, before any limit
	TotalCount     uint64            // sum of the count column over Rows, repeats included
}

// Kind is the type of a column's cells.
type Kind string

// The kinds of columns. The cells of a column are of its kind or null.
const (
	Text     Kind = "text"
	Count    Kind = "count"
	Bytes    Kind = "bytes"
	Ratio    Kind = "ratio"
	Address  Kind = "address"
	Port     Kind = "port"
	Number   Kind = "number" // an integer that is a name, not an amount: an AS number, a TCP window
	Time     Kind = "time"
	Duration Kind = "duration"
	Evidence Kind = "evidence"
)

// Column describes one column; Key columns identify a row.
type Column struct {
	ID, Title, Doc string
	Kind           Kind
	Key            bool
}

// Col makes a column.
func Col(id, title string, kind Kind) Column { return Column{ID: id, Title: title, Kind: kind} }

// KeyCol makes a key column.
func KeyCol(id, title string, kind Kind) Column {
	return Column{ID: id, Title: title, Kind: kind, Key: true}
}

// Head yields the first limit rows of t; all of them if limit is 0.
func (t *Table) Head(limit int) iter.Seq[[]Value] {
	return func(yield func([]Value) bool) {
		n := 0
		for row := range t.Rows {
			if limit > 0 && n >= limit || !yield(row) {
				return
			}
			n++
		}
	}
}

// Shown is the number of rows that Head(limit) yields.
func (t *Table) Shown(limit int) int {
	if limit > 0 && limit < t.TotalRows {
		return limit
	}
	return t.TotalRows
}

// Column is the index of the column with this ID, or -1.
func (t *Table) Column(id string) int {
	for i := range t.Columns {
		if t.Columns[i].ID == id {
			return i
		}
	}
	return -1
}

// Table finds a table of the report by its ID, nil if there is none.
func (r *Report) Table(id string) *Table {
	for i := range r.Sections {
		for j := range r.Sections[i].Tables {
			if t := &r.Sections[i].Tables[j]; t.ID == id {
				return t
			}
		}
	}
	return nil
}

// RowsOf makes a row sequence of cells that are in memory.
func RowsOf(rows [][]Value) iter.Seq[[]Value] {
	return func(yield func([]Value) bool) {
		for _, r := range rows {
			if !yield(r) {
				return
			}
		}
	}
}

// NoTime is re-exported for renderers, which need nothing else of package event.
const NoTime = event.NoTime
