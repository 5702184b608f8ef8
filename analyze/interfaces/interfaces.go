// Package interfaces counts all events by the interfaces they came in and went
// out by, the action and the protocol: the table that shows at a glance whether
// a rule sits on the side it was meant for.
//
// Bridge ports (PHYSIN, PHYSOUT) are not told apart: on a bridge the rules that
// log match the bridge's name.
package interfaces

import (
	"fwreport/analyze"
	"fwreport/analyze/count"
	"fwreport/reader/event"
	"fwreport/report"
)

// Analyzer makes the section interfaces.
var Analyzer = &analyze.Analyzer{
	Name:  "interfaces",
	Title: "Interfaces",
	Doc: "All events by incoming and outgoing interface, action and protocol. Packets to the machine itself have no outgoing " +
		"interface, packets from it no incoming one.",
	New: func(*analyze.Shared) analyze.State { return &state{count.NewCached[uint64]()} },
}

// state counts events by key.
type state struct{ *count.Cached[uint64] }

func keyOf(e *event.Event) count.Words {
	return count.Words{A: uint64(e.In)<<32 | uint64(e.Out), B: uint64(e.Action)<<32 | uint64(e.Proto)}
}

// Add counts all events.
func (s *state) Add(events []event.Event) {
	for i := range events {
		*s.At(keyOf(&events[i])) += uint64(events[i].Count)
	}
}

// Merge adds another state.
func (s *state) Merge(other analyze.State, _ count.Remap) {
	o := other.(*state)
	for i, k := range o.Keys {
		*s.At(k) += o.Vals[i]
	}
}

// Result makes the section.
func (s *state) Result(env *analyze.Env) *report.Section {
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
