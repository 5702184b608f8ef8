// Package icmp counts ICMP and ICMPv6 events by source, destination, type, code
// and action: pings, errors and neighbour discovery have no ports, so the tables
// of groups say little of them.
//
// The packet that an ICMP error quotes is not counted: whoever sends the error
// writes it.
package icmp

import (
	"fwreport/analyze"
	"fwreport/analyze/count"
	"fwreport/reader/event"
	"fwreport/report"
)

// Analyzer makes the section icmp.
var Analyzer = &analyze.Analyzer{
	Name:  "icmp",
	Title: "ICMP",
	Doc: "ICMP and ICMPv6 events of any action, by addresses, type and code. Of an ICMP error the sender counts, not the packet " +
		"that it quotes.",
	New:    func(*analyze.Shared) analyze.State { return state{count.NewPacked[count.Stat]()} },
	Gather: func() analyze.Gatherer { return &gatherer{} },
}

// state counts events by key.
type state struct {
	*count.Packed[count.Stat]
}

// key is, from the top, in A the source and the destination, in B the type plus
// one, the code plus one (0: the record has none), the protocol and the action.
type key count.Words

const (
	typeShift = 48
	codeShift = 36
	v6Bit     = 1 << 32
)

func keyOf(e *event.Event) count.Words {
	k := count.Words{A: uint64(e.SrcID)<<32 | uint64(e.DstID), B: uint64(e.Action)}
	if e.Proto == event.ICMPv6 {
		k.B |= v6Bit
	}
	if e.Has(event.HasICMP) {
		k.B |= (uint64(e.ICMPType) + 1) << typeShift
	}
	if e.Has(event.HasICMPCode) {
		k.B |= (uint64(e.ICMPCode) + 1) << codeShift
	}
	return k
}

func (k key) src() uint32       { return uint32(k.A >> 32) }
func (k key) dst() uint32       { return uint32(k.A) }
func (k key) action() event.Sym { return event.Sym(k.B) }

// typ and code are below 0 if the record has none.
func (k key) typ() int  { return int(k.B>>typeShift) - 1 }
func (k key) code() int { return int(k.B>>codeShift&0xfff) - 1 }

func (k key) proto() event.Proto {
	if k.B&v6Bit != 0 {
		return event.ICMPv6
	}
	return event.ICMP
}

// Add counts ICMP and ICMPv6 events.
func (s state) Add(events []event.Event) {
	for i := range events {
		if e := &events[i]; e.Proto == event.ICMP || e.Proto == event.ICMPv6 {
			s.At(keyOf(e)).Add(e)
		}
	}
}

// Merge adds another state.
func (s state) Merge(other analyze.State, r count.Remap) {
	o := other.(state)
	for i, k := range o.Keys {
		k.A = uint64(r[key(k).src()])<<32 | uint64(r[key(k).dst()])
		s.At(k).Merge(&o.Vals[i])
	}
}

// order is the rows in the table's order. B orders as its columns do, but for
// the action, of which it holds the handle.
func (s state) order(env *analyze.Env) (order []count.Row, total uint64) {
	addrs, names := env.Ranks(), count.SymRanks(env.Symbols)
	order = make([]count.Row, s.Len())
	for i, w := range s.Keys {
		k := key(w)
		total += s.Vals[i].Count
		order[i] = count.Row{
			Count: s.Vals[i].Count,
			Hi:    uint64(addrs[k.src()])<<32 | uint64(addrs[k.dst()]),
			Lo:    k.B&^0xffffffff | uint64(names[k.action()]),
			Index: uint32(i),
		}
	}
	count.SortRows(order)
	return order, total
}

// Result makes the section.
func (s state) Result(env *analyze.Env) *report.Section { return analyze.Gather(env, Analyzer, s) }

// gatherer has the tables of the parts.
type gatherer struct{ tables []report.Table }

// Take implements analyze.Gatherer.
func (g *gatherer) Take(env *analyze.Env, s analyze.State) {
	g.tables = append(g.tables, env.Keep(s.(state).table(env)))
}

// Section implements analyze.Gatherer.
func (g *gatherer) Section(*analyze.Env) *report.Section {
	return &report.Section{Tables: []report.Table{report.Merged(g.tables)}}
}

func (s state) table(env *analyze.Env) report.Table {
	order, total := s.order(env)
	return report.Table{
		ID: "icmp", Title: "ICMP",
		Doc: "ICMP and ICMPv6 events by source, destination, type, code and action. Names are those of IANA's registries.",
		Columns: []report.Column{
			report.Col("count", "Count", report.Count), report.KeyCol("src", "Source", report.Address),
			report.KeyCol("dst", "Destination", report.Address), report.KeyCol("type", "Type", report.Number),
			report.KeyCol("code", "Code", report.Number), report.Col("name", "Name", report.Text),
			report.KeyCol("proto", "Protocol", report.Text), report.KeyCol("action", "Action", report.Text),
			report.Col("first", "First", report.Time), report.Col("last", "Last", report.Time),
			report.Col("evidence_first", "First record", report.Evidence), report.Col("evidence_last", "Last record", report.Evidence),
		},
		Rows: func(yield func([]report.Value) bool) {
			var cells []report.Value
			for _, r := range order {
				cells = appendCells(cells[:0], env, key(s.Keys[r.Index]), &s.Vals[r.Index])
				if !yield(cells) {
					return
				}
			}
		},
		TotalRows: len(order), TotalCount: total,
	}
}

func appendCells(cells []report.Value, env *analyze.Env, k key, v *count.Stat) []report.Value {
	return append(cells,
		report.CountOf(v.Count), env.Address(k.src()), env.Address(k.dst()), number(k.typ()), number(k.code()),
		report.TextOf(Name(k.proto(), k.typ(), k.code())), report.TextOf(k.proto().String()), env.Name(k.action()),
		report.TimeOf(v.First()), report.TimeOf(v.Last()), env.Evidence(v.FirstRef()), env.Evidence(v.LastRef()),
	)
}

func number(n int) report.Value {
	if n < 0 {
		return report.Null
	}
	return report.NumberOf(uint64(n))
}
