package html

import (
	"fwreport/reader/evidence"
	"fwreport/report"
)

// ledger is the accounting of records.
type ledger struct {
	Terms  []term
	Spoken string // the equation for those who hear it
	Checks []check
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
	{"malformed", "malformed", "Records that look like one and could not be decoded; each has a reason.", func(l *evidence.Ledger) uint64 { return l.Malformed }},
	{"duplicates", "duplicates", "The same record in a second log family, counted once.", func(l *evidence.Ledger) uint64 { return l.Duplicates }},
	{"outside", "outside", "Records outside the window asked for.", func(l *evidence.Ledger) uint64 { return l.Outside }},
	{"filtered", "filtered", "Records left out by a filter of the command line.", func(l *evidence.Ledger) uint64 { return l.Filtered }},
	{"repeats", "repeats", "Events without a record of their own (“message repeated N times”), on top of the records read.", func(l *evidence.Ledger) uint64 { return l.Repeats }},
}

func newLedger(r *report.Report) ledger {
	total := r.Evidence.Totals
	v := ledger{Checks: newChecks(r)}
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
