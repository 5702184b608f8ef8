// Package json writes a report in its canonical form, schema
// "fwreport.report/1", and reads it back: every other form can be made again
// from it.
//
// The form is that of REPORT.md. Beyond it stand the report's notes, the
// section's, table's and column's doc, and of an input its family, state,
// reject examples, reasons and loss notices. What is absent (an open window, a
// compression that there is not, an unknown size) is null, an empty list is [].
//
// # Layout
//
// Objects are indented by two spaces; what is a list of equal things (inputs,
// findings, notes, charts, columns, rows) stands one element a line, so that
// two reports can be compared with diff and searched with grep.
//
// # Text
//
// The output is valid UTF-8 whatever the log held. A byte that is not part of
// valid UTF-8 becomes the four characters \xNN (in JSON: "\\xNN"); all other
// text, controls included, is kept exactly. U+FFFD in its place was rejected:
// it forgets the byte. The characters <, >, & and U+2028, U+2029 are escaped as
// encoding/json does, so the file may be pasted into an HTML page.
//
// # Numbers
//
// Counts, bytes and ports are integers of up to 64 bits: readers that keep
// numbers as floats lose digits above 2^53. A share is the shortest decimal
// that reads back as the same float; one that is no number is null. A duration
// is text as Go spells it ("1m30s").
//
// # Memory
//
// Render writes row by row and holds one row. Decode holds the whole report.
// Marshalling one struct of the whole report was rejected: encoding/json
// buffers a value before it writes the first byte.
package json

import (
	"bufio"
	"fmt"
	"io"

	"fwreport/report"
)

// Options of Render.
type Options struct {
	Limit int // rows a table; 0 is all
}

// Render writes r.
func Render(w io.Writer, r *report.Report, opt Options) error {
	e := &emitter{w: bufio.NewWriterSize(w, 64<<10)}
	e.open('{')
	e.field("schema", report.Schema)
	e.field("title", text(r.Title))
	e.field("generator", generator{text(r.Generator.Name), text(r.Generator.Version)})
	e.field("command", texts(r.Command))
	e.field("zone", text(zoneName(r)))
	e.field("window", window{stamp(r.Window.Since), stamp(r.Window.Until)})
	e.field("span", span{stamp(r.Span.First), stamp(r.Span.Last)})
	list(e, "notes", r.Notes, func(s string) any { return text(s) })
	e.manifest(r)
	e.key("sections")
	e.open('[')
	for i := range r.Sections {
		e.section(&r.Sections[i], opt)
	}
	e.close(']')
	e.close('}')
	e.byte('\n')
	if err := e.flush(); err != nil {
		return fmt.Errorf("writing the report as JSON: %w", err)
	}
	return nil
}

func zoneName(r *report.Report) string {
	switch {
	case r.Zone != "":
		return r.Zone
	case r.Location != nil:
		return r.Location.String()
	}
	return "UTC"
}

func (e *emitter) manifest(r *report.Report) {
	e.key("evidence")
	e.open('{')
	e.field("totals", ledgerOf(r.Evidence.Totals))
	e.key("inputs")
	e.open('[')
	for i := range r.Evidence.Inputs {
		e.item(inputOf(&r.Evidence.Inputs[i]))
	}
	e.close(']')
	e.close('}')
}

func (e *emitter) section(s *report.Section, opt Options) {
	e.next()
	e.open('{')
	e.field("id", text(s.ID))
	e.field("title", text(s.Title))
	e.field("doc", text(s.Doc))
	list(e, "findings", s.Findings, func(f report.Finding) any {
		return finding{text(f.Confidence), text(f.Text), texts(f.Evidence)}
	})
	list(e, "notes", s.Notes, func(n string) any { return text(n) })
	list(e, "charts", s.Charts, func(c report.Chart) any {
		return chart{text(c.ID), text(c.Title), text(c.Kind), text(c.Table), text(c.X), texts(c.Y)}
	})
	e.key("tables")
	e.open('[')
	for i := range s.Tables {
		e.table(&s.Tables[i], opt)
	}
	e.close(']')
	e.close('}')
}

func (e *emitter) table(t *report.Table, opt Options) {
	e.next()
	e.open('{')
	e.field("id", text(t.ID))
	e.field("title", text(t.Title))
	if t.Doc != "" {
		e.field("doc", text(t.Doc))
	}
	list(e, "columns", t.Columns, func(c report.Column) any {
		return column{text(c.ID), text(c.Title), text(c.Kind), c.Key, text(c.Doc)}
	})
	e.key("rows")
	e.open('[')
	if t.Rows != nil {
		e.rows(t, opt)
	}
	e.close(']')
	e.field("total_rows", t.TotalRows)
	e.field("total_count", t.TotalCount)
	e.close('}')
}

func (e *emitter) rows(t *report.Table, opt Options) {
	n := 0
	for row := range t.Head(opt.Limit) {
		n++
		if err := check(row, t.Columns); err != nil {
			e.fail(fmt.Errorf("table %s, row %d: %w", t.ID, n, err))
		}
		if e.err != nil {
			return
		}
		e.row(row)
	}
}

// check refuses a row that Decode could not read: better no canonical form than
// one that no other form can be made from.
func check(row []report.Value, columns []report.Column) error {
	if len(row) != len(columns) {
		return fmt.Errorf("%d cells for %d columns", len(row), len(columns))
	}
	for i, v := range row {
		if k := v.Kind(); k != columns[i].Kind && k != "" {
			return fmt.Errorf("column %q is of kind %s, the cell of kind %s", columns[i].ID, columns[i].Kind, k)
		}
	}
	return nil
}
