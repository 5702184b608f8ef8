package xlsx

import (
	"strings"

	"fwreport/report"

	"github.com/xuri/excelize/v2"
)

// page writes rows of the Summary.
type page struct {
	*book
	stream *excelize.StreamWriter
	name   string
	row    int
	err    error
}

// columnWidths of the Summary, in characters.
var columnWidths = [5]int{40, 100, 14, 14, 14}

// add writes a row as high as its wrapped texts.
func (p *page) add(values ...any) {
	p.row++
	high := 1
	for i, v := range values {
		if c, ok := v.(excelize.Cell); ok && c.StyleID == p.styles.wrap {
			high = max(high, lines(c.Value.(string), columnWidths[i], 20))
		}
	}
	opt := excelize.RowOpts{}
	if high > 1 {
		opt.Height = rowHeight(high)
	}
	if p.err == nil {
		p.err = p.stream.SetRow(cellName(1, p.row), values, opt)
	}
}

func (p *page) textCell(style int, s string) excelize.Cell {
	return excelize.Cell{StyleID: style, Value: textOf(s)}
}

func (p *page) fact(label, text string) {
	p.add(p.textCell(p.styles.label, label), p.textCell(p.styles.wrap, text))
}

func (p *page) moment(label string, ns int64) {
	cell := excelize.Cell{StyleID: p.styles.text, Value: "no events with a time"}
	p.book.cell(&cell, report.TimeOf(ns))
	p.add(p.textCell(p.styles.label, label), cell)
}

func (p *page) heading(titles ...string) {
	p.add()
	values := make([]any, 5)
	for i := range values {
		values[i] = excelize.Cell{StyleID: p.styles.heading, Value: ""}
		if i < len(titles) {
			values[i] = p.textCell(p.styles.heading, titles[i])
		}
	}
	p.add(values...)
}

// summary fills the first sheet.
func (b *book) summary(name string) error {
	stream, err := b.newStream(name)
	if err != nil {
		return err
	}
	p := &page{book: b, stream: stream, name: name}
	for i, width := range columnWidths {
		if err := stream.SetColWidth(i+1, i+1, float64(width)); err != nil {
			return err
		}
	}
	p.head()
	p.findings()
	if len(b.report.Notes) > 0 {
		p.heading("Notes")
		for _, n := range b.report.Notes {
			p.add(nil, p.textCell(b.styles.wrap, n))
		}
	}
	p.sectionNotes()
	p.sheets()
	if p.err != nil {
		return p.err
	}
	return stream.Flush()
}

func (p *page) head() {
	r := p.report
	p.add(p.textCell(p.styles.title, r.Title))
	p.add()
	p.fact("Made by", r.Generator.Name+" "+r.Generator.Version)
	if len(r.Command) > 0 {
		p.fact("Command", r.CommandLine())
	}
	p.fact("Window", p.window())
	p.moment("First event", r.Span.First)
	p.moment("Last event", r.Span.Last)
	p.fact("Zone of all dates", p.clock.Label())
	l := r.Evidence.Totals
	p.count("Inputs", uint64(len(r.Evidence.Inputs)))
	p.count("Records read", l.Read)
	p.count("Events counted, repeats included", l.Events+l.Repeats)
	if err := l.Check(); err != nil {
		p.fact("Ledger", err.Error())
		return
	}
	p.fact("Ledger", "reconciles: every record read is accounted for, see the sheet of the inputs")
}

func (p *page) count(label string, n uint64) {
	style, value := p.number(n, p.styles.factCount)
	p.add(p.textCell(p.styles.label, label), excelize.Cell{StyleID: style, Value: value})
}

func (p *page) window() string {
	w := p.report.Window
	var parts []string
	if w.Since != report.NoTime {
		parts = append(parts, "from "+p.clock.Full(w.Since))
	}
	if w.Until != report.NoTime {
		parts = append(parts, "before "+p.clock.Full(w.Until))
	}
	if len(parts) == 0 {
		return "all that was found"
	}
	return strings.Join(parts, ", ")
}

func (p *page) findings() {
	first := true
	for i := range p.report.Sections {
		for _, f := range p.report.Sections[i].Findings {
			if first {
				p.heading("Findings")
				first = false
			}
			text := f.Text
			if len(f.Evidence) > 0 {
				text += " [" + strings.Join(f.Evidence, ", ") + "]"
			}
			p.fact(string(f.Confidence), text)
		}
	}
}

// sectionNotes writes the notes on sections. What the section on the evidence
// looks for, and what it cannot tell, is one of them: it holds for tables that
// are empty as well, which have no sheet.
func (p *page) sectionNotes() {
	first := true
	for i := range p.report.Sections {
		s := &p.report.Sections[i]
		notes := s.Notes
		if s.ID == report.EvidenceSection && s.Doc != "" {
			notes = append([]string{s.Doc}, notes...)
		}
		for _, n := range notes {
			if first {
				p.heading("Notes on sections")
				first = false
			}
			p.add(p.textCell(p.styles.label, s.Title), p.textCell(p.styles.wrap, n))
		}
	}
}

// sheets writes the index: a link a sheet, what it holds, and how much of it.
func (p *page) sheets() {
	p.heading("Sheets", "What they hold", "Rows here", "Rows in all", "Events")
	for _, e := range p.index {
		if len(e.sheets) == 0 {
			p.add(p.entry(e)...)
		}
		for i, sheet := range e.sheets {
			values := []any{p.textCell(p.styles.link, sheet), p.textCell(p.styles.wrap, "continued")}
			if i == 0 {
				values = p.entry(e)
			}
			p.add(values...)
			link := "'" + sheet + "'!A1" // names hold no apostrophe
			if p.err == nil && p.row <= excelize.TotalSheetHyperlinks {
				p.err = p.file.SetCellHyperLink(p.name, cellName(1, p.row), link, "Location")
			}
		}
	}
}

func (p *page) entry(e entry) []any {
	what := e.title
	if e.doc != "" {
		what += ": " + e.doc
	}
	name := p.textCell(p.styles.text, "(no sheet: no rows)")
	if len(e.sheets) > 0 {
		name = p.textCell(p.styles.link, e.sheets[0])
	}
	values := []any{name, p.textCell(p.styles.wrap, what)}
	numbers := []uint64{uint64(e.rows), uint64(e.table.TotalRows), e.table.TotalCount}
	if e.other || e.table.Column("count") < 0 && e.table.ID != "inputs" {
		numbers = numbers[:2]
	}
	for _, n := range numbers {
		style, value := p.number(n, p.styles.count)
		values = append(values, excelize.Cell{StyleID: style, Value: value})
	}
	return values
}
