package invalid

import (
	"cmp"
	"iter"
	"slices"
	"strings"

	"fwreport/analyze"
	"fwreport/analyze/count"
	"fwreport/reader/event"
	"fwreport/report"
)

// invalidTable groups invalid events by source, destination port and protocol.
type invalidTable struct {
	*count.Packed[invalidGroup]
}

type invalidGroup struct {
	count.Stat
	srcPort count.Same
	dst     count.Same // handle
	reason  count.Same // event.Sym
}

// The key: A is source handle, port and protocol, B whether there is a port.
func invalidKey(e *event.Event) count.Words {
	k := count.Words{A: uint64(e.SrcID)<<32 | uint64(e.Proto)}
	if e.Has(event.HasDstPort) {
		k.A |= uint64(e.DstPort) << 16
		k.B = 1
	}
	return k
}

func keySource(k count.Words) uint32     { return uint32(k.A >> 32) }
func keyPort(k count.Words) uint16       { return uint16(k.A >> 16) }
func keyProto(k count.Words) event.Proto { return event.Proto(k.A) }

func (t invalidTable) add(e *event.Event) {
	g := t.At(invalidKey(e))
	g.Stat.Add(e)
	g.srcPort.Add(uint32(e.SrcPort), e.Has(event.HasSrcPort))
	g.dst.Add(e.DstID, e.DstID != 0)
	g.reason.Add(uint32(e.Reason), e.Reason != 0)
}

func (t invalidTable) merge(o invalidTable, r count.Remap) {
	for i, k := range o.Keys {
		k.A = uint64(r[keySource(k)])<<32 | k.A&0xffffffff
		g, from := t.At(k), &o.Vals[i]
		g.Stat.Merge(&from.Stat)
		g.srcPort.Merge(from.srcPort, nil)
		g.dst.Merge(from.dst, func(id uint32) uint32 { return r[id] })
		g.reason.Merge(from.reason, nil)
	}
}

func (t invalidTable) table(env *analyze.Env) report.Table {
	var total uint64
	for i := range t.Vals {
		total += t.Vals[i].Count
	}
	return report.Table{
		ID:    "invalid_sources",
		Title: "Sources of invalid packets",
		Doc:   "Events with the action INVALID by source, destination port and protocol. The reason is conntrack's, where it gave one and the same for all.",
		Columns: []report.Column{
			report.Col("count", "Count", report.Count),
			report.KeyCol("src", "Source", report.Address),
			report.Col("sport", "Source port", report.Port),
			report.Col("dst", "Destination", report.Address),
			report.KeyCol("dport", "Port", report.Port),
			report.KeyCol("proto", "Protocol", report.Text),
			report.Col("reason", "Reason", report.Text),
			report.Col("first", "First", report.Time),
			report.Col("last", "Last", report.Time),
			report.Col("evidence_first", "First record", report.Evidence),
			report.Col("evidence_last", "Last record", report.Evidence),
		},
		Rows:       t.rows(env),
		TotalRows:  t.Len(),
		TotalCount: total,
	}
}

// order is the groups' indices by count, source, port (none first) and
// protocol. Only these few sources are compared: ranks of all addresses of the
// run (count.Addrs.Ranks) would cost more than they save.
func (t invalidTable) order(env *analyze.Env) []int {
	order := make([]int, t.Len())
	for i := range order {
		order[i] = i
	}
	slices.SortFunc(order, func(i, j int) int {
		a, b := t.Keys[i], t.Keys[j]
		return cmp.Or(cmp.Compare(t.Vals[j].Count, t.Vals[i].Count), env.Addrs.Compare(keySource(a), keySource(b)),
			cmp.Compare(a.B, b.B), cmp.Compare(keyPort(a), keyPort(b)), strings.Compare(keyProto(a).String(), keyProto(b).String()))
	})
	return order
}

func (t invalidTable) rows(env *analyze.Env) iter.Seq[[]report.Value] {
	order := t.order(env)
	return func(yield func([]report.Value) bool) {
		cells := make([]report.Value, 11)
		for _, i := range order {
			t.cells(env, i, cells)
			if !yield(cells) {
				return
			}
		}
	}
}

func (t invalidTable) cells(env *analyze.Env, i int, cells []report.Value) {
	k, g := t.Keys[i], &t.Vals[i]
	clear(cells)
	cells[0] = report.CountOf(g.Count)
	cells[1] = env.Address(keySource(k))
	if v, ok := g.srcPort.Value(); ok {
		cells[2] = report.PortOf(uint16(v))
	}
	if v, ok := g.dst.Value(); ok {
		cells[3] = env.Address(v)
	}
	if k.B != 0 {
		cells[4] = report.PortOf(keyPort(k))
	}
	cells[5] = report.TextOf(keyProto(k).String())
	if v, ok := g.reason.Value(); ok {
		cells[6] = env.Name(event.Sym(v))
	}
	cells[7], cells[8] = report.TimeOf(g.First()), report.TimeOf(g.Last())
	cells[9], cells[10] = env.Evidence(g.FirstRef()), env.Evidence(g.LastRef())
}
