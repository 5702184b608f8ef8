package overview

import (
	"fwreport/analyze"
	"fwreport/analyze/count"
	"fwreport/reader/event"
	"fwreport/report"
)

// actionTable has the verdict as a second key column: an action word may come
// with several verdicts, where one was assumed or two hosts differ.
func (s *whole) actionTable(env *analyze.Env) report.Table {
	ranks := count.SymRanks(env.Symbols)
	order := make([]count.Row, s.actions.Len())
	for i, k := range s.actions.Keys {
		order[i] = count.Row{Count: s.actions.Vals[i].Count, Hi: uint64(ranks[k.A]), Lo: verdictRank(k.B), Index: uint32(i)}
	}
	count.SortRows(order)
	return report.Table{
		ID: "actions", Title: "Actions",
		Doc: "All events by the action word of the record or its prefix, and the verdict that it stands for.",
		Columns: []report.Column{
			report.Col("count", "Count", report.Count), report.KeyCol("action", "Action", report.Text),
			report.KeyCol("verdict", "Verdict", report.Text), report.Col("share", "Share", report.Ratio),
			report.Col("first", "First", report.Time), report.Col("last", "Last", report.Time),
		},
		Rows: func(yield func([]report.Value) bool) {
			for _, r := range order {
				k, v := s.actions.Keys[r.Index], &s.actions.Vals[r.Index]
				if !yield([]report.Value{report.CountOf(v.Count), env.Name(event.Sym(k.A)),
					report.TextOf(event.Verdict(k.B).String()), report.RatioOf(float64(v.Count) / float64(s.all.Count)),
					report.TimeOf(v.First()), report.TimeOf(v.Last())}) {
					return
				}
			}
		},
		TotalRows: len(order), TotalCount: s.all.Count,
	}
}

// verdictRank orders verdicts by their names: accepted, denied, undetermined.
func verdictRank(v uint64) uint64 {
	return [verdicts]uint64{event.Accepted: 0, event.Denied: 1, event.Undetermined: 2}[v]
}

func (s *whole) hostTable(env *analyze.Env) report.Table {
	ranks := count.SymRanks(env.Symbols)
	order := make([]count.Row, s.hosts.Len())
	for i, k := range s.hosts.Keys {
		order[i] = count.Row{Count: s.hosts.Vals[i].Count, Hi: uint64(ranks[k.A]), Index: uint32(i)}
	}
	count.SortRows(order)
	return report.Table{
		ID: "hosts", Title: "Hosts",
		Doc: "All events by the host that logged them, as its records spell it. A row without a host is of records that name none.",
		Columns: []report.Column{
			report.Col("count", "Count", report.Count), report.KeyCol("host", "Host", report.Text),
			report.Col("denied", "Denied", report.Count),
			report.Col("first", "First", report.Time), report.Col("last", "Last", report.Time),
		},
		Rows: func(yield func([]report.Value) bool) {
			for _, r := range order {
				h := &s.hosts.Vals[r.Index]
				if !yield([]report.Value{report.CountOf(h.Count), env.Name(event.Sym(s.hosts.Keys[r.Index].A)),
					report.CountOf(h.denied), report.TimeOf(h.First()), report.TimeOf(h.Last())}) {
					return
				}
			}
		},
		TotalRows: len(order), TotalCount: s.all.Count,
	}
}
