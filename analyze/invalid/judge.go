package invalid

import (
	"cmp"
	"slices"
	"strings"

	"fwreport/analyze"
	"fwreport/analyze/count"
	"fwreport/reader/event"
	"fwreport/report"
)

// tally is how many distinct sources of a link are of which kind. Blocks that
// say nothing about where a link leads (multicast, IPv6 link-local and so on)
// are not counted.
type tally struct{ public, inner, documented uint64 }

func (t *tally) add(a event.Addr, block event.Special) {
	switch block {
	case event.NotSpecial, event.Translated:
		t.public++
	case event.Documentation:
		t.documented++
	case event.Private, event.SharedSpace, event.Benchmarking, event.Protocol:
		t.inner++
	case event.LinkLocal:
		if a.Is4() {
			t.inner++
		}
	}
}

func (t *tally) merge(o *tally) {
	t.public += o.public
	t.inner += o.inner
	t.documented += o.documented
}

func (t *tally) all() uint64 { return t.public + t.inner + t.documented }

// anonymised reports whether documentation addresses are no minority: then they
// stand for the genuine addresses of evidence that was anonymised.
func (t *tally) anonymised() bool { return t.documented > 0 && 2*t.documented >= t.all() }

// fact is what the judgement of a link follows from.
type fact struct {
	tally
	innerDst, outerDst uint64 // see link
}

// facesInternet reports whether at least half of the sources are public ones (or
// what stands for them), unless the link itself uses inner addresses: packets to
// the machine's own private address come from a network behind NAT or of a
// cloud, where private neighbours are nothing odd.
func (f *fact) facesInternet() bool {
	public := f.public
	if f.anonymised() {
		public += f.documented
	}
	return public > 0 && 2*public >= f.all() && f.innerDst <= f.outerDst
}

func (s *bogonState) tallies() []tally {
	tallies := make([]tally, s.links.Len()+1)
	note := func(id, link uint32) { tallies[link].add(s.addrs.Addr(id), s.sources[id].block) }
	for id, src := range s.sources {
		if src.link != 0 {
			note(uint32(id), src.link)
		}
	}
	for _, k := range s.more.Keys {
		note(keyID(k), keyLink(k))
	}
	return tallies
}

// bogon is a row of the table. It refers to no part.
type bogon struct {
	count.Stat
	src event.Addr
	why why
	in  string
}

// compare orders rows as they stand in the table.
func (r *bogon) compare(o *bogon) int {
	if r.Count != o.Count {
		return cmp.Compare(o.Count, r.Count)
	}
	return cmp.Or(r.src.Compare(o.src), strings.Compare(r.why.String(), o.why.String()), strings.Compare(r.in, o.in))
}

// Survey adds up what is known of the links. It implements analyze.Surveyor.
func (g *gatherer) Survey(_ *analyze.Env, st analyze.State) {
	s := st.(*state).bogons
	tallies := s.tallies()
	for i, k := range s.links.Keys {
		l, f := &s.links.Vals[i], g.facts[k]
		f.tally.merge(&tallies[l.id])
		f.innerDst += l.innerDst
		f.outerDst += l.outerDst
		g.facts[k] = f
	}
}

// judge decides on the candidates of a part, and gives the rows in the table's
// order. Rows of equal interfaces of several hosts are one row, as the table
// knows no hosts.
func (g *gatherer) judge(s *bogonState, env *analyze.Env) []bogon {
	rows := count.NewPacked[bogon]() // by source and interface in A, and why in B
	facts := make([]fact, s.links.Len())
	for i, k := range s.links.Keys {
		facts[i] = g.facts[k]
	}
	for i, k := range s.candidates.Keys {
		l, w := keyLink(k)-1, why(k.B)
		f, link := &facts[l], s.links.Keys[l]
		outside := w.facing() && f.facesInternet()
		if !w.always() && !outside && !(w == documentation && !f.anonymised()) {
			continue
		}
		if outside {
			g.facing[link] = true
		}
		rows.At(count.Words{A: uint64(keyID(k))<<32 | uint64(linkInterface(link)), B: k.B}).Merge(&s.candidates.Vals[i])
	}
	for i, k := range rows.Keys {
		r := &rows.Vals[i]
		r.src, r.why, r.in = s.addrs.Addr(uint32(k.A>>32)), why(k.B), env.Symbols.Name(event.Sym(k.A))
	}
	slices.SortFunc(rows.Vals, func(a, b bogon) int { return a.compare(&b) })
	return rows.Vals
}

// bogonTable is the table of a part's rows.
func bogonTable(env *analyze.Env, all []bogon) report.Table {
	t := report.Table{
		ID:    "bogons",
		Title: "Impossible sources",
		Doc: "Inbound events whose source address cannot be genuine on that interface, whatever their verdict. What is said of " +
			"Internet-facing interfaces is inferred: at least half of the interface's distinct sources are public.",
		Columns: []report.Column{
			report.Col("count", "Count", report.Count),
			report.KeyCol("src", "Source", report.Address),
			report.KeyCol("why", "Why", report.Text),
			report.KeyCol("in", "Interface", report.Text),
			report.Col("first", "First", report.Time),
			report.Col("last", "Last", report.Time),
			report.Col("evidence_first", "First record", report.Evidence),
		},
		TotalRows: len(all),
	}
	for i := range all {
		t.TotalCount += all[i].Count
	}
	t.Rows = func(yield func([]report.Value) bool) {
		cells := make([]report.Value, 7)
		for i := range all {
			r := &all[i]
			cells[0], cells[1] = report.CountOf(r.Count), report.AddressOf(r.src)
			cells[2], cells[3] = report.TextOf(r.why.String()), report.TextOf(r.in)
			cells[4], cells[5] = report.TimeOf(r.First()), report.TimeOf(r.Last())
			cells[6] = env.Evidence(r.FirstRef())
			if !yield(cells) {
				return
			}
		}
	}
	return t
}
