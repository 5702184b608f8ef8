package denied

import (
	"fwreport/analyze"
	"fwreport/analyze/count"
	"fwreport/analyze/groups"
	"fwreport/reader/event"
	"fwreport/report"
)

// ranks are the places of handles in the order of what stands behind them.
type ranks struct{ addrs, names, protos []uint32 }

func newRanks(env *analyze.Env) *ranks {
	return &ranks{env.Ranks(), count.SymRanks(env.Symbols), count.ProtoRanks()}
}

// row is the group's place in its table: source, port (none first), protocol,
// action.
func (r *ranks) row(k groups.Key, n uint64, index uint32) count.Row {
	hi := uint64(r.addrs[k.Src()]) << 32
	if port, ok := k.Port(); ok {
		hi |= uint64(port) + 1
	}
	return count.Row{Count: n, Hi: hi, Lo: uint64(r.protos[k.Proto()])<<32 | uint64(r.names[k.Action()]), Index: index}
}

// groupTable is the table of the groups with one verdict.
func groupTable(env *analyze.Env, g *groups.State, ranks *ranks, v event.Verdict, id, title, doc string) report.Table {
	rows, total := groupRows(g, ranks, v)
	order := count.NewOrder(rows)
	return report.Table{
		ID: id, Title: title,
		Doc: doc + " Source port and destination are given where all events of a row have the same.",
		Columns: []report.Column{
			report.Col("count", "Count", report.Count), report.KeyCol("src", "Source", report.Address),
			report.Col("sport", "Source port", report.Port), report.Col("dst", "Destination", report.Address),
			report.KeyCol("dport", "Port", report.Port), report.KeyCol("proto", "Protocol", report.Text),
			report.KeyCol("action", "Action", report.Text), report.Col("country", "Country", report.Text),
			report.Col("asn", "ASN", report.Number), report.Col("first", "First", report.Time),
			report.Col("last", "Last", report.Time), report.Col("evidence_first", "First record", report.Evidence),
			report.Col("evidence_last", "Last record", report.Evidence),
		},
		Rows: func(yield func([]report.Value) bool) {
			var cells []report.Value
			for i := range order.All() {
				e := g.Entry(i)
				cells = appendGroup(cells[:0], env, groups.Key(e.Key), &e.Val)
				if !yield(cells) {
					return
				}
			}
		},
		TotalRows: order.Len(), TotalCount: total,
	}
}

// groupRows is a row for each group with a verdict, and how many events they are.
func groupRows(g *groups.State, ranks *ranks, v event.Verdict) (rows []count.Row, total uint64) {
	n := 0
	for _, e := range g.All() {
		if groups.Key(e.Key).Verdict() == v {
			n++
		}
	}
	rows = make([]count.Row, 0, n)
	for i, e := range g.All() {
		if k := groups.Key(e.Key); k.Verdict() == v {
			rows = append(rows, ranks.row(k, e.Val.Count, i))
			total += e.Val.Count
		}
	}
	return rows, total
}

// appendGroup appends the cells of a row.
func appendGroup(cells []report.Value, env *analyze.Env, k groups.Key, g *groups.Group) []report.Value {
	sport, dst, dport := report.Null, report.Null, report.Null
	if v, ok := g.SrcPort(); ok {
		sport = report.PortOf(v)
	}
	if v, ok := g.Dst(); ok {
		dst = env.Address(v)
	}
	if p, ok := k.Port(); ok {
		dport = report.PortOf(p)
	}
	place := env.Place(k.Src())
	return append(cells,
		report.CountOf(g.Count), env.Address(k.Src()), sport, dst, dport, report.TextOf(k.Proto().String()),
		env.Name(k.Action()), report.TextOf(place.Country), asn(place), report.TimeOf(g.First()), report.TimeOf(g.Last()),
		env.Evidence(g.FirstRef()), env.Evidence(g.LastRef()),
	)
}

func asn(p analyze.Place) report.Value {
	if p.ASN == 0 {
		return report.Null
	}
	return report.NumberOf(uint64(p.ASN))
}
