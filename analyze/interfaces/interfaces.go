// Package interfaces counts all events by the interfaces they came in and went
// out by, the action and the protocol: the table that shows at a glance whether
// a rule sits on the side it was meant for.
//
// Bridge ports (PHYSIN, PHYSOUT) are not told apart: on a bridge the rules that
// log match the bridge's name.
//
// It counts nothing itself: its table is rolled up at the end from the State of
// package kinds.
package interfaces

import (
	"fwreport/analyze"
	"fwreport/analyze/count"
	"fwreport/analyze/kinds"
	"fwreport/reader/event"
	"fwreport/report"
)

// Analyzer makes the section interfaces.
var Analyzer = &analyze.Analyzer{
	Name:  "interfaces",
	Title: "Interfaces",
	Doc: "All events by incoming and outgoing interface, action and protocol. Packets to the machine itself have no outgoing " +
		"interface, packets from it no incoming one.",
	Requires: []*analyze.Analyzer{kinds.Analyzer},
	New:      func(*analyze.Shared) analyze.State { return state{} },
}

// state is empty: see the package's documentation.
type state struct{}

func (state) Add([]event.Event)                {}
func (state) Merge(analyze.State, count.Remap) {}

// rollUp counts by both interfaces, in A, and action and protocol, in B.
func rollUp(all *kinds.State) *count.Packed[uint64] {
	sums := count.NewPacked[uint64]()
	for i := range all.Keys {
		k := &all.Keys[i]
		*sums.At(count.Words{
			A: uint64(k.In())<<32 | uint64(k.Out()),
			B: uint64(k.Action())<<32 | uint64(k.Proto()),
		}) += all.Vals[i].Count
	}
	return sums
}

// Result makes the section.
func (state) Result(env *analyze.Env) *report.Section {
	s := rollUp(env.State(kinds.Analyzer).(*kinds.State))
	names, protos := count.SymRanks(env.Symbols), count.ProtoRanks()
	order := make([]count.Row, s.Len())
	var total uint64
	for i, k := range s.Keys {
		total += s.Vals[i]
		order[i] = count.Row{
			Count: s.Vals[i],
			Hi:    uint64(names[k.A>>32])<<32 | uint64(names[uint32(k.A)]),
			Lo:    uint64(names[k.B>>32])<<32 | uint64(protos[uint32(k.B)]),
			Index: uint32(i),
		}
	}
	count.SortRows(order)
	return &report.Section{Tables: []report.Table{env.Names.WithInterfaces(report.Table{
		ID: "interfaces", Title: "Interfaces",
		Doc: "All events by interfaces, action and protocol. An empty cell: the record names none.",
		Columns: []report.Column{
			report.Col("count", "Count", report.Count), report.KeyCol("in", "In", report.Text),
			report.KeyCol("out", "Out", report.Text), report.KeyCol("action", "Action", report.Text),
			report.KeyCol("proto", "Protocol", report.Text),
		},
		Rows: func(yield func([]report.Value) bool) {
			for _, r := range order {
				k := s.Keys[r.Index]
				if !yield([]report.Value{report.CountOf(r.Count), env.Name(event.Sym(k.A >> 32)), env.Name(event.Sym(k.A)),
					env.Name(event.Sym(k.B >> 32)), report.TextOf(event.Proto(k.B).String())}) {
					return
				}
			}
		},
		TotalRows: len(order), TotalCount: total,
	})}}
}
