package html

import (
	"cmp"
	"slices"

	"fwreport/reader/evidence"
	"fwreport/report"
)

// ledger is the accounting of records.
type ledger struct {
	Terms  []term
	Spoken string // the equation for those who hear it
	Checks []check
	Losses *table
}

// term is one number of the equation.
type term struct{ Operator, Label, Count, Class, Doc string }

// check is a sum that was compared.
type check struct {
	OK   bool
	Text string
}

// account is a column of the ledger.
type account struct {
	id, title, doc string
	of             func(*evidence.Ledger) uint64
}

var accounts = []account{
	{"read", "read", "", func(l *evidence.Ledger) uint64 { return l.Read }},
	{"events", "events", "Firewall records: what the tables count.", func(l *evidence.Ledger) uint64 { return l.Events }},
	{"other", "other", "Records that are no firewall record.", func(l *evidence.Ledger) uint64 { return l.Other }},
	{"malformed", "malformed", "Records that look like one and could not be decoded; each has a reason, see the inputs.", func(l *evidence.Ledger) uint64 { return l.Malformed }},
	{"duplicates", "duplicates", "The same record in a second log family, counted once.", func(l *evidence.Ledger) uint64 { return l.Duplicates }},
	{"outside", "outside", "Records outside the window asked for.", func(l *evidence.Ledger) uint64 { return l.Outside }},
	{"filtered", "filtered", "Records left out by a filter of the command line.", func(l *evidence.Ledger) uint64 { return l.Filtered }},
	{"repeats", "repeats", "Events without a record of their own (“message repeated N times”), on top of the records read.", func(l *evidence.Ledger) uint64 { return l.Repeats }},
}

func newLedger(r *report.Report, b tabler) ledger {
	total := r.Evidence.Totals
	v := ledger{Checks: newChecks(r), Losses: lossTable(r, b)}
	for i, a := range accounts {
		t := term{Operator: "+", Label: a.title, Count: group(a.of(&total)), Class: a.id, Doc: a.doc}
		switch i {
		case 0:
			t.Operator = ""
		case 1:
			t.Operator = "="
		}
		if a.of(&total) == 0 {
			t.Class += " zero"
		}
		if a.id == "repeats" {
			t.Operator, t.Label = "", "repeats, on top"
		}
		v.Spoken += spokenTerm(t)
		v.Terms = append(v.Terms, t)
	}
	return v
}

func spokenTerm(t term) string {
	switch t.Operator {
	case "":
		if t.Label == "read" {
			return t.Count + " " + t.Label
		}
		return "; " + t.Count + " " + t.Label
	case "=":
		return " equals " + t.Count + " " + t.Label
	}
	return " plus " + t.Count + " " + t.Label
}

// newChecks compares the sums again, on the report itself.
func newChecks(r *report.Report) []check {
	total := r.Evidence.Totals
	list := []check{{true, "The records read are all accounted for."}}
	if err := total.Check(); err != nil {
		list[0] = check{false, shown(err.Error())}
	}
	list = append(list, inputsCheck(&r.Evidence))
	if t := r.Table("actions"); t != nil {
		events := total.Events + total.Repeats
		c := check{t.TotalCount == events, "Events and repeats are " + group(events) + ", and so is the sum of the table of actions."}
		if !c.OK {
			c.Text = "Events and repeats are " + group(events) + ", but the table of actions sums to " + group(t.TotalCount) + "."
		}
		list = append(list, c)
	}
	return list
}

func inputsCheck(m *evidence.Manifest) check {
	var sum evidence.Ledger
	for i := range m.Inputs {
		in := &m.Inputs[i]
		if err := in.Records.Check(); err != nil {
			return check{false, shown(in.Path) + ": " + shown(err.Error())}
		}
		sum.Add(in.Records)
	}
	if sum != m.Totals {
		return check{false, "The records of the inputs do not sum to the totals."}
	}
	return check{true, "So are those of each input, and they sum to these totals."}
}

// lossTable sums the notices of loss by class; nil if there are none.
func lossTable(r *report.Report, b tabler) *table {
	classes := make(map[string]*lossSum)
	for i := range r.Evidence.Inputs {
		for _, l := range r.Evidence.Inputs[i].Losses {
			s := classes[l.Class]
			if s == nil {
				s = &lossSum{class: l.Class}
				classes[l.Class] = s
			}
			s.notices, s.lost, s.inputs = s.notices+l.Notices, s.lost+l.Lost, s.inputs+1
		}
	}
	if len(classes) == 0 {
		return nil
	}
	v := tabler{clock: b.clock}.table(lossReport(classes))
	return &v
}

type lossSum struct {
	class                 string
	notices, lost, inputs uint64
}

func lossReport(classes map[string]*lossSum) *report.Table {
	sums := make([]*lossSum, 0, len(classes))
	for _, s := range classes {
		sums = append(sums, s)
	}
	slices.SortFunc(sums, func(a, b *lossSum) int {
		return cmp.Or(cmp.Compare(b.notices, a.notices), cmp.Compare(a.class, b.class))
	})
	t := &report.Table{
		ID: "loss_notices", Title: "Notices of loss",
		Doc:       "The logs themselves say that records are missing. Counts are lower bounds for the time around these notices.",
		TotalRows: len(sums),
		Columns: []report.Column{
			report.Col("notices", "Notices", report.Count), report.KeyCol("class", "Class", report.Text),
			report.Col("lost", "Records they name", report.Count), report.Col("inputs", "Inputs", report.Count),
		},
	}
	var rows [][]report.Value
	for _, s := range sums {
		lost := report.CountOf(s.lost)
		if s.lost == 0 {
			lost = report.Null // they give no number
		}
		rows = append(rows, []report.Value{report.CountOf(s.notices), report.TextOf(s.class), lost, report.CountOf(s.inputs)})
	}
	t.Rows = report.RowsOf(rows)
	return t
}
