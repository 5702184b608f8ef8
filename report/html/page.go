package html

import (
	"html/template"

	"fwreport/reader/evidence"
	"fwreport/report"
	"fwreport/templates"
)

// page is all that the templates see. Its strings have passed shown; the three
// typed HTML values are our own embedded files.
type page struct {
	Policy        string
	Style, Script template.HTML

	Title, Generator, Command string
	Zone, Window, Evidence    string
	First, Last               moment

	Summary  summary
	Sections []section
	Proof    proof // the section on the evidence
	Verify   verify
}

func newPage(r *report.Report, opt Options) *page {
	b := tabler{clock: newClock(r), limit: opt.Limit}
	css, js := templates.PageCSS(), templates.PageJS()
	results, proof := r.SplitEvidence()
	p := &page{
		Policy: policy(css, js), Style: styleElement(css), Script: scriptElement(js),
		Title:     shown(r.Title),
		Generator: shown(r.Generator.Name + " " + r.Generator.Version),
		Command:   commandLine(r.Generator.Name, r.Command),
		Zone:      shown(b.clock.Label()),
		Window:    windowText(b.clock, r.Window),
		Evidence:  evidenceText(&r.Evidence),
		First:     b.clock.moment(r.Span.First), Last: b.clock.moment(r.Span.Last),
		Summary: newSummary(r),
		Proof:   newProof(r, proof, b),
	}
	for _, s := range results {
		p.Sections = append(p.Sections, newSection(s, b))
	}
	p.Verify = newVerify(r, p.Generator, p.Command)
	return p
}

// windowText is the question's window in words.
func windowText(c clock, w report.Window) string {
	switch {
	case w.Since == report.NoTime && w.Until == report.NoTime:
		return "all times"
	case w.Until == report.NoTime:
		return "from " + c.Full(w.Since)
	case w.Since == report.NoTime:
		return "before " + c.Full(w.Until)
	}
	return "from " + c.Full(w.Since) + ", before " + c.Full(w.Until)
}

func evidenceText(m *evidence.Manifest) string {
	var bytes uint64
	for i := range m.Inputs {
		bytes += uint64(max(m.Inputs[i].Size, 0))
	}
	return plural(uint64(len(m.Inputs)), "input", "inputs") + ", " + size(bytes) + ", " +
		plural(m.Totals.Read, "record", "records")
}

// section is one module's part.
type section struct {
	ID, Title, Doc string
	Notes          []string
	Findings       []finding
	Timelines      []timeline
	Bars           []barChart
	Tables         []table
}

func newSection(s *report.Section, b tabler) section {
	v := section{
		ID: anchor("s", s.ID), Title: shown(s.Title), Doc: prose(s.Doc), Notes: allProse(s.Notes),
	}
	for i := range s.Findings {
		v.Findings = append(v.Findings, newFinding(&s.Findings[i]))
	}
	charted := make(map[string]bool)
	for i := range s.Charts {
		c := &s.Charts[i]
		charted[c.Table] = v.chart(s, c, b) || charted[c.Table]
	}
	for i := range s.Tables {
		t := b.table(&s.Tables[i])
		t.Folded = charted[s.Tables[i].ID]
		v.Tables = append(v.Tables, t)
	}
	return v
}

// chart adds the view of a chart, and reports whether it says all that its
// table says, as a timeline does.
func (v *section) chart(s *report.Section, c *report.Chart, b tabler) bool {
	t := sectionTable(s, c.Table)
	if t == nil || t.Column(c.X) < 0 {
		return false
	}
	if c.Kind == report.StackedBars && t.Columns[t.Column(c.X)].Kind == report.Time {
		if chart, ok := newTimeline(c, t, b.clock); ok {
			v.Timelines = append(v.Timelines, chart)
			return true
		}
		return false
	}
	if chart, ok := newBars(c, t, b); ok {
		v.Bars = append(v.Bars, chart)
	}
	return false
}

func sectionTable(s *report.Section, id string) *report.Table {
	for i := range s.Tables {
		if s.Tables[i].ID == id {
			return &s.Tables[i]
		}
	}
	return nil
}

// finding is a finding as the templates show it.
type finding struct {
	Word, Class, Text     string
	Evidence              []string
	Section, SectionTitle string // where it comes from; empty inside that section
}

func newFinding(f *report.Finding) finding {
	return finding{
		Word: shown(string(f.Confidence)), Class: wordClass(string(f.Confidence)),
		Text: prose(f.Text), Evidence: allShown(f.Evidence),
	}
}
