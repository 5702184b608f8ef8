// Package rules counts all events by log prefix, with what was made of it: the
// action word, the verdict, and what decided them. It is where a reader sees
// which rules log, and whether the program understood their prefixes.
//
// Prefixes are counted as logged but shown without trailing spaces, for the
// same rule logs "DROP: " through the kernel and "DROP:" through a collector
// that trims: rows that look alike are one row. That is done in Result. Trimming
// in Add would have cost a map from names to names in each worker, and trimming
// in the readers the evidence, which is verbatim. Spaces in front stay.
//
// It counts nothing itself: its table is rolled up at the end from the State of
// package kinds.
package rules

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"fwreport/analyze"
	"fwreport/analyze/count"
	"fwreport/analyze/kinds"
	"fwreport/reader/event"
	"fwreport/report"
)

// Analyzer makes the section rules.
var Analyzer = &analyze.Analyzer{
	Name:  "rules",
	Title: "Log prefixes",
	Doc: "All events by the prefix that the logging rule gave them, and how prefix or record was understood. A rule without a " +
		"prefix cannot be told from another; captures have none.",
	Requires: []*analyze.Analyzer{kinds.Analyzer},
	New:      func(*analyze.Shared) analyze.State { return state{} },
}

// state is empty: see the package's documentation.
type state struct{}

func (state) Add([]event.Event)                {}
func (state) Merge(analyze.State, count.Remap) {}

// shown identifies a row by what it shows.
type shown struct{ prefix, action, verdict, decidedBy string }

type row struct {
	shown
	count.Stat
}

// rows merges what is shown alike and orders it.
func rowsOf(s *kinds.State, sym *event.Symbols) []row {
	index := map[shown]int{}
	var list []row
	for i := range s.Keys {
		k := &s.Keys[i]
		r := shown{
			prefix:    strings.TrimRight(sym.Name(k.Prefix()), " "),
			action:    sym.Name(k.Action()),
			verdict:   k.Verdict().String(),
			decidedBy: sym.Name(k.DecidedBy()),
		}
		at, ok := index[r]
		if !ok {
			at = len(list)
			index[r] = at
			list = append(list, row{shown: r})
		}
		list[at].Merge(s.Vals[i])
	}
	slices.SortFunc(list, func(a, b row) int {
		return cmp.Or(cmp.Compare(b.Count, a.Count), strings.Compare(a.prefix, b.prefix), strings.Compare(a.action, b.action),
			strings.Compare(a.verdict, b.verdict), strings.Compare(a.decidedBy, b.decidedBy))
	})
	return list
}

// Result makes the section.
func (state) Result(env *analyze.Env) *report.Section {
	rows := rowsOf(env.State(kinds.Analyzer).(*kinds.State), env.Symbols)
	var total uint64
	for i := range rows {
		total += rows[i].Count
	}
	return &report.Section{
		Notes: notes(rows),
		Tables: []report.Table{{
			ID: "prefixes", Title: "Prefixes",
			Doc: "All events by log prefix, shown without trailing spaces. A prefix that was understood in several ways has several rows.",
			Columns: []report.Column{
				report.Col("count", "Count", report.Count), report.KeyCol("prefix", "Prefix", report.Text),
				report.KeyCol("action", "Action", report.Text), report.KeyCol("verdict", "Verdict", report.Text),
				report.KeyCol("decided_by", "Decided by", report.Text), report.Col("first", "First", report.Time),
				report.Col("last", "Last", report.Time),
			},
			Rows: func(yield func([]report.Value) bool) {
				for i := range rows {
					r := &rows[i]
					if !yield([]report.Value{report.CountOf(r.Count), report.EmptyText(r.prefix), report.TextOf(r.action),
						report.TextOf(r.verdict), report.TextOf(r.decidedBy), report.TimeOf(r.First()), report.TimeOf(r.Last())}) {
						return
					}
				}
			},
			TotalRows: len(rows), TotalCount: total,
		}},
	}
}

// notes says how many prefixes have more than one verdict: counts by action
// then mix rules that do different things.
func notes(rows []row) []string {
	verdicts := map[string]string{}
	mixed := map[string]bool{}
	for i := range rows {
		r := &rows[i]
		if v, ok := verdicts[r.prefix]; ok && v != r.verdict && r.prefix != "" {
			mixed[r.prefix] = true
		}
		verdicts[r.prefix] = r.verdict
	}
	switch len(mixed) {
	case 0:
		return nil
	case 1:
		return []string{"1 prefix comes with more than one verdict: see its rows for what decided them."}
	}
	return []string{fmt.Sprintf("%s prefixes come with more than one verdict: see their rows for what decided them.",
		report.Group(uint64(len(mixed))))}
}
