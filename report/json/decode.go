package json

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strconv"
	"time"

	"fwreport/reader/evidence"
	"fwreport/report"
)

// Decode reads a report that Render wrote: the same report, but for rows that a
// limit left out, and bytes that were not UTF-8. Unknown fields are skipped, a
// table's columns must stand before its rows. The zone is looked up by its name
// in Go's time zone database. Input that is not such a report is an error that
// names the place; it never panics.
func Decode(r io.Reader) (*report.Report, error) {
	d := &decoder{Decoder: json.NewDecoder(r)}
	d.UseNumber()
	out := &report.Report{
		Window: report.Window{Since: report.NoTime, Until: report.NoTime},
		Span:   report.Span{First: report.NoTime, Last: report.NoTime},
	}
	err := d.object(func(key string) error { return d.top(out, key) })
	if err == nil {
		err = d.finish(out)
	}
	if err != nil {
		return nil, fmt.Errorf("reading a report from JSON: %w", err)
	}
	return out, nil
}

type decoder struct {
	*json.Decoder
	schema string
}

func (d *decoder) finish(r *report.Report) error {
	if d.schema != report.Schema {
		return fmt.Errorf("schema is %q, not %q", d.schema, report.Schema)
	}
	if _, err := d.Token(); !errors.Is(err, io.EOF) {
		return fmt.Errorf("byte %d: something stands behind the report", d.InputOffset())
	}
	return zone(r)
}

// zone finds the location of r's zone: a name of the time zone database, or
// UTC±HH:MM.
func zone(r *report.Report) (err error) {
	if r.Zone == "" || r.Zone == "UTC" {
		r.Zone, r.Location = "UTC", time.UTC
		return nil
	}
	if t, err := time.Parse("UTC-07:00", r.Zone); err == nil {
		_, offset := t.Zone()
		r.Location = time.FixedZone(r.Zone, offset)
		return nil
	}
	if r.Zone == "Local" { // would be this machine's zone, not the report's
		return fmt.Errorf("zone %q is the name of no place", r.Zone)
	}
	if r.Location, err = time.LoadLocation(r.Zone); err != nil {
		return fmt.Errorf("zone %q: %w", r.Zone, err)
	}
	return nil
}

// object calls field with each key; field must read the key's value.
func (d *decoder) object(field func(key string) error) error {
	if err := d.delim('{'); err != nil {
		return err
	}
	for d.More() {
		key, err := d.Token()
		if err != nil {
			return err
		}
		if err := field(key.(string)); err != nil { // the decoder has checked that a key is a string
			return fmt.Errorf("%s: %w", key, err)
		}
	}
	return d.delim('}')
}

// list calls item before each element; item must read it.
func (d *decoder) list(item func(i int) error) error {
	if err := d.delim('['); err != nil {
		return err
	}
	for i := 0; d.More(); i++ {
		if err := item(i); err != nil {
			return fmt.Errorf("%d: %w", i+1, err)
		}
	}
	return d.delim(']')
}

func (d *decoder) delim(want json.Delim) error {
	t, err := d.Token()
	if err != nil {
		return unexpected(err)
	}
	if t != want {
		return fmt.Errorf("byte %d: %v where %v is due", d.InputOffset(), t, want)
	}
	return nil
}

func unexpected(err error) error {
	if errors.Is(err, io.EOF) {
		return io.ErrUnexpectedEOF
	}
	return err
}

// read reads one value.
func read[T any](d *decoder) (T, error) {
	var v T
	err := d.Decode(&v)
	return v, unexpected(err)
}

// set reads one value and hands it on.
func set[T any](d *decoder, use func(T)) error {
	v, err := read[T](d)
	if err == nil {
		use(v)
	}
	return err
}

// each reads a list and hands on its elements.
func each[T any](d *decoder, use func(T)) error {
	return d.list(func(int) error { return set(d, use) })
}

func (d *decoder) skip() error { return set(d, func(json.RawMessage) {}) }

func (d *decoder) top(r *report.Report, key string) error {
	switch key {
	case "schema":
		return set(d, func(s string) { d.schema = s })
	case "title":
		return set(d, func(s string) { r.Title = s })
	case "generator":
		return set(d, func(g generator) { r.Generator = report.Generator{Name: string(g.Name), Version: string(g.Version)} })
	case "command":
		return each(d, func(s string) { r.Command = append(r.Command, s) })
	case "zone":
		return set(d, func(s string) { r.Zone = s })
	case "window":
		return set(d, func(w window) { r.Window = report.Window{Since: int64(w.Since), Until: int64(w.Until)} })
	case "span":
		return set(d, func(s span) { r.Span = report.Span{First: int64(s.First), Last: int64(s.Last)} })
	case "notes":
		return each(d, func(s string) { r.Notes = append(r.Notes, s) })
	case "evidence":
		return d.object(func(key string) error { return d.manifest(&r.Evidence, key) })
	case "sections":
		return d.list(func(int) error {
			r.Sections = append(r.Sections, report.Section{})
			s := &r.Sections[len(r.Sections)-1]
			return d.object(func(key string) error { return d.section(s, key) })
		})
	}
	return d.skip()
}

func (d *decoder) manifest(m *evidence.Manifest, key string) error {
	switch key {
	case "totals":
		return set(d, func(l ledger) { m.Totals = evidence.Ledger(l) })
	case "inputs":
		return d.list(func(int) error {
			wire := input{Size: -1, MTime: report.NoTime, First: report.NoTime, Last: report.NoTime}
			err := d.Decode(&wire)
			m.Inputs = append(m.Inputs, wire.evidence())
			return unexpected(err)
		})
	}
	return d.skip()
}

func (d *decoder) section(s *report.Section, key string) error {
	switch key {
	case "id":
		return set(d, func(v string) { s.ID = v })
	case "title":
		return set(d, func(v string) { s.Title = v })
	case "doc":
		return set(d, func(v string) { s.Doc = v })
	case "findings":
		return each(d, func(f finding) {
			s.Findings = append(s.Findings, report.Finding{Confidence: report.Confidence(f.Confidence), Text: string(f.Text), Evidence: stringsOf(f.Evidence)})
		})
	case "notes":
		return each(d, func(v string) { s.Notes = append(s.Notes, v) })
	case "charts":
		return each(d, func(c chart) {
			s.Charts = append(s.Charts, report.Chart{ID: string(c.ID), Title: string(c.Title),
				Kind: report.ChartKind(c.Kind), Table: string(c.Table), X: string(c.X), Y: stringsOf(c.Y)})
		})
	case "tables":
		return d.list(func(int) error {
			s.Tables = append(s.Tables, report.Table{})
			return d.table(&s.Tables[len(s.Tables)-1])
		})
	}
	return d.skip()
}

func (d *decoder) table(t *report.Table) error {
	var rows [][]report.Value
	err := d.object(func(key string) error {
		switch key {
		case "id":
			return set(d, func(v string) { t.ID = v })
		case "title":
			return set(d, func(v string) { t.Title = v })
		case "doc":
			return set(d, func(v string) { t.Doc = v })
		case "columns":
			return each(d, func(c column) {
				t.Columns = append(t.Columns, report.Column{ID: string(c.ID), Title: string(c.Title), Doc: string(c.Doc),
					Kind: report.Kind(c.Kind), Key: c.Key})
			})
		case "rows":
			return d.list(func(int) error {
				row, err := d.row(t.Columns)
				rows = append(rows, row)
				return err
			})
		case "total_rows":
			return set(d, func(n int) { t.TotalRows = n })
		case "total_count":
			return set(d, func(n uint64) { t.TotalCount = n })
		}
		return d.skip()
	})
	t.Rows = report.RowsOf(rows)
	if err != nil {
		return fmt.Errorf("table %q: %w", t.ID, err)
	}
	return nil
}

func (d *decoder) row(columns []report.Column) ([]report.Value, error) {
	wire, err := read[[]any](d)
	if err != nil {
		return nil, err
	}
	if len(wire) != len(columns) {
		return nil, fmt.Errorf("%d cells for %d columns", len(wire), len(columns))
	}
	row := make([]report.Value, len(wire))
	for i, v := range wire {
		if row[i], err = cell(columns[i].Kind, v); err != nil {
			return nil, fmt.Errorf("column %q: %w", columns[i].ID, err)
		}
	}
	return row, nil
}

// cell makes a value of a column's kind of what the decoder read.
func cell(kind report.Kind, v any) (report.Value, error) {
	switch v := v.(type) {
	case nil:
		return report.Null, nil
	case json.Number:
		return numberCell(kind, v.String())
	case string:
		return textCell(kind, v)
	}
	return report.Null, fmt.Errorf("%v is no cell of kind %q", v, kind)
}

func numberCell(kind report.Kind, s string) (report.Value, error) {
	switch kind {
	case report.Count:
		n, err := strconv.ParseUint(s, 10, 64)
		return report.CountOf(n), err
	case report.Bytes:
		n, err := strconv.ParseUint(s, 10, 64)
		return report.BytesOf(n), err
	case report.Port:
		n, err := strconv.ParseUint(s, 10, 16)
		return report.PortOf(uint16(n)), err
	case report.Number:
		n, err := strconv.ParseUint(s, 10, 64)
		return report.NumberOf(n), err
	case report.Ratio:
		f, err := strconv.ParseFloat(s, 64)
		return report.RatioOf(f), err
	}
	return report.Null, fmt.Errorf("the number %s is no cell of kind %q", s, kind)
}

func textCell(kind report.Kind, s string) (report.Value, error) {
	switch kind {
	case report.Text:
		return report.EmptyText(s), nil
	case report.Address:
		return report.AddressText(s), nil
	case report.Evidence:
		return report.EvidenceOf(s), nil
	case report.Time:
		ns, err := parseTime(s)
		return report.TimeOf(ns), err
	case report.Duration:
		length, err := time.ParseDuration(s)
		return report.DurationOf(int64(length)), err
	}
	return report.Null, fmt.Errorf("the text %q is no cell of kind %q", s, kind)
}
