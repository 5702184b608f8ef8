package html

import (
	"strings"

	"fwreport/report"
)

// summary is what a reader sees first.
type summary struct {
	Alerts   []alert
	Figures  []figure
	Findings []finding
	Words    []word
	Notes    []string
}

// alert is something without which the figures would be misread.
type alert struct {
	Title, Text string
	Items       []alertItem
}

type alertItem struct {
	Name  string
	Lines []string
}

// figure is one number or name with what it is of.
type figure struct {
	Label, Value, Sub string
	Class, Href       string
	Mono              bool
}

// word explains a confidence word.
type word struct{ Word, Class, Meaning string }

func newSummary(r *report.Report) summary {
	s := summary{Alerts: newAlerts(r), Figures: newFigures(r), Notes: allProse(r.Notes)}
	used := make(map[report.Confidence]bool)
	for i := range r.Sections {
		sec := &r.Sections[i]
		for j := range sec.Findings {
			f := newFinding(&sec.Findings[j])
			f.Section, f.SectionTitle = anchor("s", sec.ID), shown(sec.Title)
			s.Findings = append(s.Findings, f)
			used[sec.Findings[j].Confidence] = true
		}
	}
	for _, w := range []struct {
		word    report.Confidence
		meaning string
	}{
		{report.Observed, "counted from the records"},
		{report.Inferred, "follows from the records by a stated rule"},
		{report.Possible, "one explanation of several"},
	} {
		if used[w.word] {
			s.Words = append(s.Words, word{string(w.word), wordClass(string(w.word)), w.meaning})
		}
	}
	return s
}

func newAlerts(r *report.Report) []alert {
	var list []alert
	if err := r.Evidence.Totals.Check(); err != nil {
		list = append(list, alert{Title: "The records do not add up", Text: shown(err.Error())})
	}
	if a := incomplete(r); len(a.Items) > 0 {
		list = append(list, a)
	}
	if n, lost := report.LowerBounds(&r.Evidence); n > 0 {
		a := alert{Title: "Counts are lower bounds", Text: "The logs hold " +
			plural(n, "notice", "notices") + " that records were lost or suppressed"}
		if lost > 0 {
			a.Text += ", of " + plural(lost, "record", "records") + " where they give a number"
		}
		a.Text += ". They are listed with the evidence."
		list = append(list, a)
	}
	return list
}

// incomplete names every input of which something is missing, and why.
func incomplete(r *report.Report) alert {
	var a alert
	for i := range r.Evidence.Inputs {
		in := &r.Evidence.Inputs[i]
		if !in.Incomplete && (in.Skipped == "" || in.HashedOnly) {
			continue
		}
		item := alertItem{Name: shown(in.Path)}
		if in.Skipped != "" {
			item.Lines = append(item.Lines, "not read: "+shown(in.Skipped)+".")
		}
		item.Lines = append(item.Lines, allProse(in.Notes)...)
		a.Items = append(a.Items, item)
	}
	a.Title = "Evidence is incomplete: " + groupInt(len(a.Items)) + " of " +
		plural(uint64(len(r.Evidence.Inputs)), "input", "inputs")
	a.Text = "What these inputs could not give is missing from every figure below."
	return a
}

// newFigures are the key numbers.
func newFigures(r *report.Report) []figure {
	total := r.Evidence.Totals
	events := total.Events + total.Repeats
	list := []figure{{
		Label: "Events", Value: group(events), Href: "ledger",
		Sub: "of " + plural(total.Read, "record", "records") + " read",
	}}
	if total.Check() == nil {
		list[0].Sub += ", all accounted for"
	}
	list = append(list, verdictFigures(r)...)
	if t := r.Table("sources"); t != nil {
		list = append(list, figure{
			Label: "Denied sources", Value: groupInt(t.TotalRows), Href: anchor("t", t.ID), Sub: "distinct addresses",
		})
	}
	for _, l := range leaders {
		if f, ok := l.figure(r); ok {
			list = append(list, f)
		}
	}
	return list
}

// verdictFigures sums the table of actions by verdict.
func verdictFigures(r *report.Report) []figure {
	t := r.Table("actions")
	if t == nil || t.Column("verdict") < 0 || t.Column("count") < 0 {
		return nil
	}
	verdict, count := t.Column("verdict"), t.Column("count")
	sums, all := make(map[string]uint64), uint64(0)
	for row := range t.Rows {
		sums[row[verdict].Str()] += row[count].Uint()
		all += row[count].Uint()
	}
	var list []figure
	for _, v := range []struct{ word, label string }{
		{"denied", "Denied"}, {"accepted", "Accepted"}, {"undetermined", "Undetermined"},
	} {
		list = append(list, figure{
			Label: v.label, Value: group(sums[v.word]), Class: v.word,
			Sub: share(sums[v.word], all) + " of events", Href: anchor("t", t.ID),
		})
	}
	return list
}

// leader is a figure made of a table's first row that has the column.
type leader struct {
	label, table, column string
	also                 []string // columns of the same row that say more
	mono                 bool
}

var leaders = []leader{
	{"Top source", "sources", "src", []string{"country", "org"}, true},
	{"Top port", "denied_ports", "dport", []string{"proto", "service"}, false},
	{"Top country", "countries", "country", []string{"name"}, false},
	{"Top tool", "fingerprints", "tool", []string{"confidence"}, false},
}

func (l leader) figure(r *report.Report) (figure, bool) {
	t := r.Table(l.table)
	if t == nil || t.Column(l.column) < 0 {
		return figure{}, false
	}
	for row := range t.Rows {
		v := row[t.Column(l.column)]
		if v.IsNull() {
			continue
		}
		f := figure{Label: l.label, Value: shown(v.String()), Href: anchor("t", t.ID), Mono: l.mono}
		f.Sub = l.sub(t, row)
		return f, true
	}
	return figure{}, false
}

// sub is the rest of the row in a line: "1 234 events · NL · Example Org".
func (l leader) sub(t *report.Table, row []report.Value) string {
	var parts []string
	if i := t.Column("count"); i >= 0 {
		parts = append(parts, plural(row[i].Uint(), "event", "events"))
	}
	for _, id := range l.also {
		if i := t.Column(id); i >= 0 && !row[i].IsNull() {
			parts = append(parts, shown(row[i].String()))
		}
	}
	return strings.Join(parts, " · ")
}
