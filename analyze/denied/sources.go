package denied

import (
	"slices"

	"fwreport/analyze"
	"fwreport/analyze/count"
	"fwreport/analyze/groups"
	"fwreport/reader/event"
	"fwreport/report"
)

// source is what is known of a source of denied events.
type source struct {
	count.Stat
	id      uint32 // address handle; 0 for events without a source address
	ports   uint64 // distinct destination port numbers
	probed  uint64 // of these, without what looks like answers: see isAnswer
	targets uint64 // distinct destination addresses
}

type sources struct {
	env   *analyze.Env
	list  []source // in the table's order
	total uint64
}

// rollUp sums up the denied groups of each source.
func rollUp(env *analyze.Env, g *groups.State, targets []uint64, ranks *ranks) *sources {
	stats := make([]count.Stat, env.Addrs.Len())
	for i, packed := range g.Keys {
		k := groups.Key(packed)
		if k.Verdict() == event.Denied {
			stats[k.Src()].Merge(&g.Vals[i].Stat)
		}
	}
	var order []count.Row
	s := &sources{env: env}
	for id := range stats {
		if n := stats[id].Count; n > 0 {
			order = append(order, count.Row{Count: n, Hi: uint64(ranks.addrs[id]), Index: uint32(id)})
			s.total += n
		}
	}
	count.SortRows(order)
	ports := distinctPorts(g, len(stats), func(groups.Key, *groups.Group) bool { return true })
	probed := distinctPorts(g, len(stats), func(k groups.Key, v *groups.Group) bool { return !isAnswer(k, v) })
	s.list = make([]source, len(order))
	for i, r := range order {
		s.list[i] = source{stats[r.Index], r.Index, ports[r.Index], probed[r.Index], targets[r.Index]}
	}
	return s
}

// distinctPorts is the number of distinct destination ports of each source's
// denied groups that are wanted. A port counts once, whatever the protocol and
// the action.
func distinctPorts(g *groups.State, sources int, want func(groups.Key, *groups.Group) bool) []uint64 {
	var pairs []uint64
	for i, packed := range g.Keys {
		k := groups.Key(packed)
		if p, ok := k.Port(); ok && k.Verdict() == event.Denied && want(k, &g.Vals[i]) {
			pairs = append(pairs, uint64(k.Src())<<16|uint64(p))
		}
	}
	slices.Sort(pairs)
	n := make([]uint64, sources)
	for _, pair := range slices.Compact(pairs) {
		n[pair>>16]++
	}
	return n
}

// isAnswer reports whether a group looks like late answers of a service (from a
// well-known port, to a port that clients take): a busy web or name server whose
// answers come after the connection was forgotten is denied on thousands of
// ports, and scans nothing.
func isAnswer(k groups.Key, g *groups.Group) bool {
	const wellKnown = 1024
	from, ok := g.SrcPort.Value()
	to, _ := k.Port()
	return ok && from < wellKnown && to >= wellKnown
}

func (s *sources) table(tool func(src uint32) string) report.Table {
	return report.Table{
		ID: "sources", Title: "Sources",
		Doc: "Denied events by source. Ports and targets are the distinct destination ports and addresses; a tool is named where " +
			"the headers of its probes give it away (see the section of fingerprints).",
		Columns: []report.Column{
			report.Col("count", "Count", report.Count), report.KeyCol("src", "Source", report.Address),
			report.Col("country", "Country", report.Text), report.Col("asn", "ASN", report.Number),
			report.Col("org", "Organisation", report.Text), report.Col("ports", "Ports", report.Count),
			report.Col("targets", "Targets", report.Count), report.Col("tool", "Tool", report.Text),
			report.Col("first", "First", report.Time), report.Col("last", "Last", report.Time),
			report.Col("evidence_first", "First record", report.Evidence), report.Col("evidence_last", "Last record", report.Evidence),
		},
		Rows: func(yield func([]report.Value) bool) {
			var cells []report.Value
			for i := range s.list {
				cells = s.appendCells(cells[:0], &s.list[i], tool)
				if !yield(cells) {
					return
				}
			}
		},
		TotalRows: len(s.list), TotalCount: s.total,
	}
}

func (s *sources) appendCells(cells []report.Value, v *source, tool func(src uint32) string) []report.Value {
	place := s.env.Place(v.id)
	name := report.Null
	if v.id != 0 {
		name = report.TextOf(tool(v.id))
	}
	return append(cells,
		report.CountOf(v.Count), s.env.Address(v.id), report.TextOf(place.Country), asn(place), report.TextOf(place.Org),
		report.CountOf(v.ports), report.CountOf(v.targets), name, report.TimeOf(v.First()), report.TimeOf(v.Last()),
		s.env.Evidence(v.FirstRef()), s.env.Evidence(v.LastRef()),
	)
}
