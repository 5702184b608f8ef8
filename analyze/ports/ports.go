// Package ports lists the destination ports of denied events: how often each
// was tried, by how many sources, and which service is usually found there.
//
// It counts nothing itself: its table is rolled up at the end from the State of
// package groups, whose key holds source, port, protocol, action and verdict, so
// that within one row here every group is another source. A set of (source,
// port) pairs of its own was rejected: it would have cost a look-up an event for
// what the groups know already.
package ports

import (
	"cmp"
	"iter"
	"slices"
	"strings"

	"fwreport/analyze"
	"fwreport/analyze/count"
	"fwreport/analyze/groups"
	"fwreport/reader/event"
	"fwreport/report"
)

// Analyzer is the section of denied ports.
var Analyzer = &analyze.Analyzer{
	Name:  "ports",
	Title: "Ports",
	Doc: "Destination ports of denied packets, by protocol and action. The service is the one that is usually found at the port " +
		"(IANA's names, and what is commonly attacked there); the packet itself was not looked into. " +
		"Fragments and protocols without ports are not counted here.",
	Requires: []*analyze.Analyzer{groups.Analyzer},
	New:      func(*analyze.Shared) analyze.State { return state{} },
	Gather:   func() analyze.Gatherer { return &gatherer{count.NewCached[row]()} },
}

// state is empty: see the package's documentation.
type state struct{}

func (state) Add([]event.Event)                {}
func (state) Merge(analyze.State, count.Remap) {}

// Result makes the section.
func (s state) Result(env *analyze.Env) *report.Section { return analyze.Gather(env, Analyzer, s) }

// gatherer has the rows, which add up over parts: a source is in one of them.
type gatherer struct{ *count.Cached[row] }

// Take rolls the groups up. It implements analyze.Gatherer.
func (t *gatherer) Take(env *analyze.Env, _ analyze.State) {
	g := env.State(groups.Analyzer).(*groups.State)
	for _, e := range g.All() {
		k := groups.Key(e.Key)
		port, ok := k.Port()
		if !ok || k.Verdict() != event.Denied {
			continue
		}
		r := t.At(keyOf(port, k.Proto(), k.Action()))
		r.Merge(&e.Val.Stat)
		if k.Src() != 0 {
			r.sources++
		}
	}
}

// Section implements analyze.Gatherer.
func (t *gatherer) Section(env *analyze.Env) *report.Section {
	all := t.sorted(env.Symbols)
	table := report.Table{
		ID:    "denied_ports",
		Title: "Denied ports",
		Doc:   "Denied events with a destination port, by port, protocol and action.",
		Columns: []report.Column{
			report.Col("count", "Count", report.Count),
			report.KeyCol("dport", "Port", report.Port),
			report.Col("service", "Service", report.Text),
			report.KeyCol("proto", "Protocol", report.Text),
			report.KeyCol("action", "Action", report.Text),
			report.Col("sources", "Sources", report.Count),
			report.Col("first", "First", report.Time),
			report.Col("last", "Last", report.Time),
		},
		Rows:      rows(all),
		TotalRows: len(all),
	}
	for i := range all {
		table.TotalCount += all[i].Count
	}
	return &report.Section{
		Tables: []report.Table{table},
		Charts: []report.Chart{{ID: "denied_ports", Title: "Most tried ports", Kind: report.Bars, Table: "denied_ports",
			X: "dport", Y: []string{"count"}}},
	}
}

// keyOf is a row's key: the action in A, the protocol and the port in B.
func keyOf(port uint16, proto event.Proto, action event.Sym) count.Words {
	return count.Words{A: uint64(action), B: uint64(proto)<<16 | uint64(port)}
}

// row is what is counted of a key.
type row struct {
	count.Stat
	sources uint64
}

// named is a row with its key spelled out.
type named struct {
	*row
	port          uint16
	proto, action string
}

// sorted is the rows in the table's order.
func (t *gatherer) sorted(symbols *event.Symbols) []named {
	all := make([]named, t.Len())
	for i, k := range t.Keys {
		all[i] = named{&t.Vals[i], uint16(k.B), event.Proto(k.B >> 16).String(), symbols.Name(event.Sym(k.A))}
	}
	slices.SortFunc(all, func(a, b named) int {
		return cmp.Or(cmp.Compare(b.Count, a.Count), cmp.Compare(a.port, b.port),
			strings.Compare(a.proto, b.proto), strings.Compare(a.action, b.action))
	})
	return all
}

func rows(all []named) iter.Seq[[]report.Value] {
	return func(yield func([]report.Value) bool) {
		known := services()
		cells := make([]report.Value, 8)
		for i := range all {
			r := &all[i]
			cells[0] = report.CountOf(r.Count)
			cells[1] = report.PortOf(r.port)
			cells[2] = report.TextOf(known[service{r.port, r.proto}])
			cells[3] = report.TextOf(r.proto)
			cells[4] = report.TextOf(r.action)
			cells[5] = report.CountOf(r.sources)
			cells[6] = report.TimeOf(r.First())
			cells[7] = report.TimeOf(r.Last())
			if !yield(cells) {
				return
			}
		}
	}
}
