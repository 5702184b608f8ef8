package denied

import (
	"iter"
	"math"
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
	ports   uint32 // distinct destination port numbers
	probed  uint32 // of these, without what looks like answers: see answerBit
	targets uint32 // distinct destination addresses
	port    uint16 // the largest destination port: of a source of one port, that
}

// sources are the sources of a part, by handle. That of 0 is the events without a
// source address; those of which nothing was denied are empty.
type sources struct {
	env   *analyze.Env
	of    []source
	order []uint32 // handles in the table's order
	total uint64
}

// rollUp sums up the denied groups of each source.
func rollUp(env *analyze.Env, g *groups.State, targets *state, ranks *ranks) *sources {
	s := &sources{env: env, of: make([]source, env.Addrs.Len())}
	for _, e := range g.All() {
		if k := groups.Key(e.Key); k.Verdict() == event.Denied {
			s.of[k.Src()].Merge(&e.Val.Stat)
		}
	}
	s.countPorts(g)
	targets.countTargets(s.of)
	s.sort(ranks)
	return s
}

func (s *sources) sort(ranks *ranks) {
	var rows []count.Row
	for id := range s.of {
		if n := s.of[id].Count; n > 0 {
			rows = append(rows, count.Row{Count: n, Hi: uint64(ranks.addrs[id]), Index: uint32(id)})
			s.total += n
		}
	}
	count.SortRows(rows)
	s.order = make([]uint32, len(rows))
	for i := range rows {
		s.order[i] = rows[i].Index
	}
}

// countPorts counts the distinct destination ports of each source's denied groups.
// A port counts once, whatever the protocol and the action. Most sources have one
// group; only the ports of the others are sorted.
func (s *sources) countPorts(g *groups.State) {
	for k, v := range deniedPorts(g) {
		s.of[k.Src()].addPort(k, v)
	}
	var ports []uint64 // source, port, and whether all is answers there
	for k, v := range deniedPorts(g) {
		if s.of[k.Src()].ports > 1 {
			port, _ := k.Port()
			ports = append(ports, uint64(k.Src())<<17|uint64(port)<<1|answerBit(k, v))
		}
	}
	slices.Sort(ports)
	for _, p := range ports {
		s.of[p>>17].ports, s.of[p>>17].probed = 0, 0
	}
	last := uint64(math.MaxUint64)
	for _, p := range ports {
		if p>>1 != last {
			last = p >> 1
			s.of[p>>17].ports++
			s.of[p>>17].probed += 1 - uint32(p&1)
		}
	}
}

// addPort counts the port of a group as one of its own.
func (v *source) addPort(k groups.Key, g *groups.Group) {
	port, _ := k.Port()
	v.port = max(v.port, port)
	v.ports++
	v.probed += 1 - uint32(answerBit(k, g))
}

// deniedPorts yields the denied groups that have a destination port.
func deniedPorts(g *groups.State) iter.Seq2[groups.Key, *groups.Group] {
	return func(yield func(groups.Key, *groups.Group) bool) {
		for _, e := range g.All() {
			k := groups.Key(e.Key)
			if _, ok := k.Port(); ok && k.Verdict() == event.Denied && !yield(k, &e.Val) {
				return
			}
		}
	}
}

// answerBit is 1 if a group looks like late answers of a service (from a
// well-known port, to a port that clients take): a busy web or name server whose
// answers come after the connection was forgotten is denied on thousands of
// ports, and scans nothing.
func answerBit(k groups.Key, g *groups.Group) uint64 {
	const wellKnown = 1024
	from, ok := g.SrcPort()
	if to, _ := k.Port(); ok && from < wellKnown && to >= wellKnown {
		return 1
	}
	return 0
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
			for _, id := range s.order {
				cells = s.appendCells(cells[:0], id, tool)
				if !yield(cells) {
					return
				}
			}
		},
		TotalRows: len(s.order), TotalCount: s.total,
	}
}

func (s *sources) appendCells(cells []report.Value, id uint32, tool func(src uint32) string) []report.Value {
	v, place, name := &s.of[id], s.env.Place(id), report.Null
	if id != 0 {
		name = report.TextOf(tool(id))
	}
	return append(cells,
		report.CountOf(v.Count), s.env.Address(id), report.TextOf(place.Country), asn(place), report.TextOf(place.Org),
		report.CountOf(uint64(v.ports)), report.CountOf(uint64(v.targets)), name, report.TimeOf(v.First()), report.TimeOf(v.Last()),
		s.env.Evidence(v.FirstRef()), s.env.Evidence(v.LastRef()),
	)
}
