// Package text writes a report for people at a terminal, or for a mail or a
// file where it is piped: what matters first, then the evidence with its ledger,
// then aligned tables.
//
// # Widths
//
// With a width, a table that is too wide first loses the columns with nothing in
// them, then has its long texts cut, visibly (…; places in evidence from the
// left, their line number is what counts). Then columns are left out: evidence,
// long texts, and so on (column.rank); never the key columns nor the first. What was
// left out is named below the table. Numbers, addresses and times are not cut.
// Without a width nothing is cut and nothing left out.
//
// A table is read twice, once to measure and once to write, and is never held:
// holding the cells of all rows was rejected, --limit 0 may mean millions.
//
// # What log text cannot do here
//
// All text goes through report.Visible: no escape sequence, line break,
// zero-width or direction-changing character of a log reaches the terminal. A
// cell pads its neighbours to padLimit cells at most, so one long text does not
// make every row long.
package text

import (
	"bufio"
	"fmt"
	"io"
	"strings"

	"fwreport/report"

	"github.com/mattn/go-runewidth"
)

// Options of Render.
type Options struct {
	Limit  int  // rows a table, and inputs; 0 is all
	Width  int  // cells of a line; 0 is unlimited
	Colour bool // bold and colour by ANSI escapes (ours alone)
}

// Render writes r.
func Render(w io.Writer, r *report.Report, opt Options) error {
	p := &printer{
		w: bufio.NewWriterSize(w, 64<<10), opt: opt, clock: r.Clock(),
		cells: runewidth.Condition{StrictEmojiNeutral: true}, // not DefaultCondition: it depends on the environment
	}
	p.head(r)
	p.summary(r)
	results, proof := r.SplitEvidence()
	p.evidence(r, proof)
	for _, s := range results {
		p.section(s)
	}
	if p.err == nil {
		p.err = p.w.Flush()
	}
	if p.err != nil {
		return fmt.Errorf("writing the report as text: %w", p.err)
	}
	return nil
}

// printer writes lines. After the first error it writes nothing more.
type printer struct {
	w     *bufio.Writer
	opt   Options
	clock report.Clock
	cells runewidth.Condition
	err   error
}

func (p *printer) line(parts ...string) {
	for _, s := range parts {
		if p.err == nil {
			_, p.err = p.w.WriteString(s)
		}
	}
	if p.err == nil {
		p.err = p.w.WriteByte('\n')
	}
}

// The styles: SGR parameters of ECMA-48.
const (
	bold   = "1"
	dim    = "2"
	yellow = "33"
)

func (p *printer) style(sgr, s string) string {
	if !p.opt.Colour || s == "" {
		return s
	}
	return "\x1b[" + sgr + "m" + s + "\x1b[0m"
}

// heading writes a title underlined with mark.
func (p *printer) heading(title, mark string) {
	title = report.Visible(title)
	p.line(p.style(bold, title))
	n := p.cells.StringWidth(title)
	if p.opt.Width > 0 {
		n = min(n, p.opt.Width)
	}
	p.line(p.style(bold, strings.Repeat(mark, n)))
}

func (p *printer) head(r *report.Report) {
	p.heading(r.Title, "=")
	p.fact("Made by", r.Generator.Name+" "+r.Generator.Version)
	if len(r.Command) > 0 {
		p.fact("Command", r.CommandLine())
	}
	p.fact("Window", p.window(r.Window))
	p.fact("Span", p.span(r.Span))
	p.fact("Zone", p.clock.Label())
	l := r.Evidence.Totals
	p.fact("Read", fmt.Sprintf("%s from %s: %s",
		quantity(l.Read, "record"), quantity(uint64(len(r.Evidence.Inputs)), "input"), quantity(l.Events+l.Repeats, "event")))
}

// fact writes one line of the head, wrapped under itself.
func (p *printer) fact(name, text string) {
	p.wrapped(p.style(bold, name)+strings.Repeat(" ", 9-len(name)), 9, text)
}

func (p *printer) window(w report.Window) string {
	since, until := w.Since != report.NoTime, w.Until != report.NoTime
	switch {
	case since && until:
		return "from " + p.clock.Full(w.Since) + ", before " + p.clock.Full(w.Until)
	case since:
		return "from " + p.clock.Full(w.Since)
	case until:
		return "before " + p.clock.Full(w.Until)
	}
	return "all that was found"
}

func (p *printer) span(s report.Span) string {
	if s.First == report.NoTime || s.Last == report.NoTime {
		return "no events with a time"
	}
	return "first event " + p.clock.Text(s.First) + ", last " + p.clock.Text(s.Last)
}

// time is a time in a table. One outside the span may have another offset than
// the head says, and carries it.
func (p *printer) time(ns int64) string {
	if offset, ok := p.clock.Single(); ok && p.clock.Offset(ns) != offset {
		return p.clock.Full(ns)
	}
	return p.clock.Text(ns)
}

// summary writes all findings, then the notes on the report as a whole.
func (p *printer) summary(r *report.Report) {
	any := false
	for i := range r.Sections {
		for _, f := range r.Sections[i].Findings {
			if !any {
				any = true
				p.line()
				p.heading("Summary", "-")
			}
			p.finding(f)
		}
	}
	if len(r.Notes) > 0 {
		p.line()
		p.heading("Notes", "-")
		p.notes(r.Notes)
	}
}

func (p *printer) finding(f report.Finding) {
	text := f.Text
	if len(f.Evidence) > 0 {
		text += " [" + strings.Join(f.Evidence, ", ") + "]"
	}
	word := fmt.Sprintf("%-8s", report.Visible(string(f.Confidence)))
	p.wrapped(p.style(bold, word)+"  ", p.cells.StringWidth(word)+2, text)
}

func (p *printer) notes(notes []string) {
	for _, n := range notes {
		p.wrapped("* ", 2, n)
	}
}

func (p *printer) section(s *report.Section) {
	p.line()
	p.line()
	p.heading(s.Title, "=")
	if s.Doc != "" {
		p.wrapped("", 0, s.Doc)
	}
	p.notes(s.Notes)
	for i := range s.Tables {
		t := &s.Tables[i]
		p.line()
		if t.Title != s.Title || len(s.Tables) > 1 {
			p.line(p.style(bold, report.Visible(t.Title)))
		}
		for j := range s.Charts {
			if s.Charts[j].Table == t.ID {
				p.chart(&s.Charts[j], t)
			}
		}
		p.table(t, totals)
	}
}

// wrapped writes text behind a lead that is as wide as indent, broken at spaces
// where the line would be too long; what follows is indented.
func (p *printer) wrapped(lead string, indent int, text string) {
	for i, part := range p.wrap(report.Visible(text), p.opt.Width-indent) {
		if i > 0 {
			lead = strings.Repeat(" ", indent)
		}
		p.line(lead, part)
	}
}

// wrap breaks text into lines of width cells; a longer word has a line of its
// own. Nothing is broken without a sensible width.
func (p *printer) wrap(text string, width int) []string {
	if p.opt.Width <= 0 || width < 10 || p.cells.StringWidth(text) <= width {
		return []string{text}
	}
	var lines []string
	line, used := "", 0
	for _, word := range strings.Fields(text) {
		n := p.cells.StringWidth(word)
		if used > 0 && used+1+n > width {
			lines, line, used = append(lines, line), "", 0
		}
		if used > 0 {
			line, used = line+" ", used+1
		}
		line, used = line+word, used+n
	}
	return append(lines, line)
}

// quantity is "1 row", "10,000 rows".
func quantity(n uint64, thing string) string {
	if n == 1 {
		return "1 " + thing
	}
	return report.Group(n) + " " + thing + "s"
}
