package denied

import (
	"cmp"
	"iter"
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
	probed  uint32 // of these, without what looks like answers: see answers
	targets uint32 // distinct destination addresses
	port    uint16 // the largest destination port: of a source of one port, that
}

// sources are the sources of a part, by handle. That of 0 is the events without a
// source address; those of which nothing was denied are empty.
type sources struct {
	env   *analyze.Env
	of    []source
	doors *doors
	order *count.Order // of handles
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
	s.doors = doorsOf(g, len(s.of))
	s.countPorts()
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
	s.order = count.NewOrder(rows)
}

// countPorts counts the distinct destination ports of each source's denied groups.
// A port counts once, whatever the protocol and the action.
func (s *sources) countPorts() {
	for id := range s.of {
		v := &s.of[id]
		for port, groups := range s.doors.of(uint32(id)) {
			v.port = port // they ascend
			v.ports++
			if slices.ContainsFunc(groups, func(d door) bool { return !d.answers }) {
				v.probed++
			}
		}
	}
}

// doors are the denied groups that have a destination port, by source and port.
type doors struct {
	begin []uint32 // by source's handle; the end of the last stands behind it
	list  []door
}

// door is a group.
type door struct {
	group   uint32
	port    uint16
	answers bool // all of it looks like answers
}

// doorsOf sorts the groups of so many sources: by source with two passes, by port
// the few of each source.
func doorsOf(g *groups.State, n int) *doors {
	d := &doors{begin: make([]uint32, n+1)}
	for k := range deniedPorts(g) {
		d.begin[k.Src()+1]++
	}
	for i := range n {
		d.begin[i+1] += d.begin[i]
	}
	d.list = make([]door, d.begin[n])
	next := slices.Clone(d.begin)
	for k, i := range deniedPorts(g) {
		port, _ := k.Port()
		d.list[next[k.Src()]] = door{i, port, answers(k, &g.Entry(i).Val)}
		next[k.Src()]++
	}
	for i := range n {
		if own := d.list[d.begin[i]:d.begin[i+1]]; len(own) > 1 {
			slices.SortFunc(own, func(a, b door) int { return cmp.Compare(a.port, b.port) })
		}
	}
	return d
}

// of yields the ports of a source, ascending, with their groups.
func (d *doors) of(src uint32) iter.Seq2[uint16, []door] {
	return func(yield func(uint16, []door) bool) {
		own := d.list[d.begin[src]:d.begin[src+1]]
		for len(own) > 0 {
			n := 1
			for n < len(own) && own[n].port == own[0].port {
				n++
			}
			if !yield(own[0].port, own[:n]) {
				return
			}
			own = own[n:]
		}
	}
}

// deniedPorts yields the denied groups that have a destination port, and their
// indices.
func deniedPorts(g *groups.State) iter.Seq2[groups.Key, uint32] {
	return func(yield func(groups.Key, uint32) bool) {
		for i, e := range g.All() {
			k := groups.Key(e.Key)
			if _, ok := k.Port(); ok && k.Verdict() == event.Denied && !yield(k, i) {
				return
			}
		}
	}
}

// answers reports whether a group looks like late answers of a service (from a
// well-known port, to a port that clients take): a busy web or name server whose
// answers come after the connection was forgotten is denied on thousands of
// ports, and scans nothing.
func answers(k groups.Key, g *groups.Group) bool {
	const wellKnown = 1024
	from, ok := g.SrcPort()
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
			for id := range s.order.All() {
				cells = s.appendCells(cells[:0], id, tool)
				if !yield(cells) {
					return
				}
			}
		},
		TotalRows: s.order.Len(), TotalCount: s.total,
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
