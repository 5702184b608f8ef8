package html

import (
	"cmp"
	"slices"

	"fwreport/report"
)

// noticeTable sums the notices of all inputs by class; nil if there are none, or if
// a table of the report lists them.
func noticeTable(r *report.Report, b tabler) *table {
	classes := make(map[string]*noticeSum)
	if r.Table("losses") != nil {
		return nil
	}
	for i := range r.Evidence.Inputs {
		for _, l := range r.Evidence.Inputs[i].Losses {
			s := classes[l.Class]
			if s == nil {
				s = &noticeSum{class: l.Class}
				classes[l.Class] = s
			}
			s.notices, s.lost, s.inputs = s.notices+l.Notices, s.lost+l.Lost, s.inputs+1
			s.meaning, s.effect = l.Meaning(), "none"
			if l.LowersCounts() {
				s.effect = "lower bounds"
			}
		}
	}
	if len(classes) == 0 {
		return nil
	}
	v := b.table(noticeReport(classes))
	return &v
}

type noticeSum struct {
	class, meaning, effect string
	notices, lost, inputs  uint64
}

func noticeReport(classes map[string]*noticeSum) *report.Table {
	sums := make([]*noticeSum, 0, len(classes))
	for _, s := range classes {
		sums = append(sums, s)
	}
	slices.SortFunc(sums, func(a, b *noticeSum) int {
		return cmp.Or(cmp.Compare(b.notices, a.notices), cmp.Compare(a.class, b.class))
	})
	t := &report.Table{
		ID: "loss_notices", Title: "Losses and boundaries",
		Doc: "What kernel, daemons and captures say of themselves: that records were lost or suppressed, and what else bounds what can be compared. " +
			"Where firewall records may be among what was lost, counts are lower bounds.",
		TotalRows: len(sums),
		Columns: []report.Column{
			report.Col("notices", "Notices", report.Count), report.KeyCol("class", "Class", report.Text),
			report.Col("meaning", "Meaning", report.Text), report.Col("effect", "Effect on counts", report.Text),
			report.Col("lost", "Records they name", report.Count), report.Col("inputs", "Inputs", report.Count),
		},
	}
	var rows [][]report.Value
	for _, s := range sums {
		lost := report.CountOf(s.lost)
		if s.lost == 0 {
			lost = report.Null // they give no number
		}
		rows = append(rows, []report.Value{report.CountOf(s.notices), report.TextOf(s.class),
			report.TextOf(s.meaning), report.TextOf(s.effect), lost, report.CountOf(s.inputs)})
	}
	t.Rows = report.RowsOf(rows)
	return t
}
