package text

import (
	"fmt"
	"strings"

	"fwreport/report"
)

// ledgerView are the columns of the inputs that a terminal gets; the notes
// follow below the table.
var ledgerView = []string{"path", "format", "read", "events", "other", "malformed", "duplicates", "outside", "filtered", "repeats", "state", "sha256"}

// evidence writes the section on the evidence: the ledger, then what records and
// files say about themselves. Its findings are in the summary.
func (p *printer) evidence(r *report.Report, s *report.Section) {
	p.line()
	p.heading(s.Title, "-")
	p.ledger(r)
	if s.Doc != "" {
		p.line()
		p.wrapped("", 0, s.Doc)
	}
	p.notes(s.Notes)
	filled, empty := s.Split()
	for _, t := range filled {
		p.line()
		p.line(p.style(bold, report.Visible(t.Title)))
		p.table(t, extent)
	}
	if len(empty) > 0 {
		var titles []string
		for _, t := range empty {
			titles = append(titles, t.Title)
		}
		p.line()
		p.wrapped("", 0, "Nothing to list: "+strings.Join(titles, ", ")+".")
	}
}

// ledger writes one line an input, the totals, the sum that must come out, and
// what is missing or odd.
func (p *printer) ledger(r *report.Report) {
	t := r.InputsTable()
	g := p.measure(&t, ledgerView, p.clock.Full)
	for i := range g.columns {
		c := &g.columns[i]
		c.whole = c.id == "sha256" // half a hash proves nothing
	}
	g.total = ledgerTotal(r, g)
	shown := p.grid(&t, g)
	l := r.Evidence.Totals
	if shown != len(r.Evidence.Inputs) {
		p.line(p.style(dim, fmt.Sprintf("%d of %s; the totals are those of all", shown, quantity(uint64(len(r.Evidence.Inputs)), "input"))))
	}
	p.omissions(g)
	sum := fmt.Sprintf("%s read = %s events + %s other + %s malformed + %s duplicates + %s outside the window + %s filtered",
		report.Group(l.Read), report.Group(l.Events), report.Group(l.Other), report.Group(l.Malformed),
		report.Group(l.Duplicates), report.Group(l.Outside), report.Group(l.Filtered))
	if l.Repeats > 0 {
		sum += fmt.Sprintf("; %s on top", quantity(l.Repeats, "repeat"))
	}
	p.wrapped("", 0, sum)
	if err := l.Check(); err != nil {
		p.wrapped(p.style(yellow, "! "), 2, err.Error())
	}
	p.inputNotes(&t)
}

// ledgerTotal is the cells of the line of totals, by column of g.
func ledgerTotal(r *report.Report, g *grid) []string {
	total := make([]string, len(g.columns))
	total[0] = "Total"
	numbers := report.LedgerCells(r.Evidence.Totals)
	for i := range g.columns {
		if n := g.columns[i].index - 2; n >= 0 && n < len(numbers) { // the ledger stands behind path and format
			total[i] = report.Group(numbers[n])
			g.columns[i].empty = g.columns[i].empty && numbers[n] == 0
		}
	}
	return total
}

// inputNotes lists the inputs of which there is something to say: first those
// that are not complete, then the others, then those of which nothing was wanted,
// each at most the limit.
func (p *printer) inputNotes(t *report.Table) {
	state, notes := t.Column("state"), t.Column("notes")
	for group := range 3 {
		n := 0
		for row := range t.Rows {
			if noteGroup(row[state].Str()) != group || group > 0 && row[notes].IsNull() {
				continue
			}
			if n++; p.opt.Limit > 0 && n > p.opt.Limit {
				continue
			}
			p.inputNote(row[0].Str(), row[state].Str(), row[notes].Str())
		}
		if more := n - p.opt.Limit; p.opt.Limit > 0 && more > 0 {
			p.line(fmt.Sprintf("  … and %s more", quantity(uint64(more), "input")))
		}
	}
}

func noteGroup(state string) int {
	switch state {
	case "complete":
		return 1
	case "outside":
		return 2
	}
	return 0
}

func (p *printer) inputNote(path, state, notes string) {
	if noteGroup(state) > 0 {
		p.wrapped("* ", 2, path+": "+notes)
		return
	}
	if !strings.HasPrefix(notes, state) {
		notes = strings.TrimSuffix(state+": "+notes, ": ")
	}
	p.wrapped(p.style(yellow, "! "), 2, path+": "+notes)
}
