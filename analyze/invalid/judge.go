package invalid

import (
	"cmp"
	"fmt"
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

func (t *tally) all() uint64 { return t.public + t.inner + t.documented }

// anonymised reports whether documentation addresses are no minority: then they
// stand for the genuine addresses of evidence that was anonymised.
func (t *tally) anonymised() bool { return t.documented > 0 && 2*t.documented >= t.all() }

// facesInternet reports whether at least half of the sources are public ones (or
// what stands for them), unless the link itself uses inner addresses: packets to
// the machine's own private address come from a network behind NAT or of a
// cloud, where private neighbours are nothing odd.
func (t *tally) facesInternet(l *link) bool {
	public := t.public
	if t.anonymised() {
		public += t.documented
	}
	return public > 0 && 2*public >= t.all() && l.innerDst <= l.outerDst
}

// judgement is what Result makes of a bogonState.
type judgement struct {
	rows     []bogon  // in the table's order
	facing   []string // names of links with rows that hold for them as Internet-facing
	masked   []string // names of links of anonymised evidence
	unplaced uint64
}

// bogon is a row of the table.
type bogon struct {
	count.Stat
	src uint32
	why why
	in  string
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

// judge decides on the candidates. Rows of equal interfaces of several hosts
// are one row, as the table knows no hosts.
func (s *bogonState) judge(env *analyze.Env) *judgement {
	j, tallies := &judgement{unplaced: s.unplaced}, s.tallies()
	type key struct {
		src uint32
		why why
		in  event.Sym
	}
	rows, facing := count.NewTable[key, bogon](), map[uint32]bool{}
	for i, k := range s.candidates.Keys {
		src, id, w := keyID(k), keyLink(k), why(k.B)
		t := &tallies[id]
		outside := w.facing() && t.facesInternet(&s.links.Vals[id-1])
		if !w.always() && !outside && !(w == documentation && !t.anonymised()) {
			continue
		}
		if outside {
			facing[id] = true
		}
		r := rows.At(key{src, w, linkInterface(s.links.Keys[id-1])})
		r.Merge(&s.candidates.Vals[i])
	}
	for i, k := range rows.Keys {
		r := &rows.Vals[i]
		r.src, r.why, r.in = k.src, k.why, env.Symbols.Name(k.in)
	}
	j.rows = rows.Vals
	j.sort(env.Addrs)
	j.facing = s.names(env, func(l *link) bool { return facing[l.id] })
	j.masked = s.names(env, func(l *link) bool { return tallies[l.id].anonymised() })
	return j
}

func (j *judgement) sort(addrs *count.Addrs) {
	slices.SortFunc(j.rows, func(a, b bogon) int {
		return cmp.Or(cmp.Compare(b.Count, a.Count), addrs.Compare(a.src, b.src),
			strings.Compare(a.why.String(), b.why.String()), strings.Compare(a.in, b.in))
	})
}

// names lists the links that choose takes, in order, with their host if it is known.
func (s *bogonState) names(env *analyze.Env, choose func(*link) bool) []string {
	var names []string
	for i, k := range s.links.Keys {
		if !choose(&s.links.Vals[i]) {
			continue
		}
		name := env.Symbols.Name(linkInterface(k))
		if host := env.Symbols.Name(linkHost(k)); host != "" {
			name += " of " + host
		}
		names = append(names, name)
	}
	slices.Sort(names)
	return names
}

func (j *judgement) table(env *analyze.Env) report.Table {
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
		TotalRows: len(j.rows),
	}
	for i := range j.rows {
		t.TotalCount += j.rows[i].Count
	}
	t.Rows = func(yield func([]report.Value) bool) {
		cells := make([]report.Value, 7)
		for i := range j.rows {
			r := &j.rows[i]
			cells[0], cells[1] = report.CountOf(r.Count), env.Address(r.src)
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

// findings are one for what holds anywhere and one for what is inferred of an
// interface; the evidence is that of their top rows.
func (j *judgement) findings(env *analyze.Env) []report.Finding {
	var list []report.Finding
	if f, ok := j.finding(env, report.Observed, why.always,
		"came from source addresses that no host can use there (%s): they are forged or misrouted and must not be held against the address's owner."); ok {
		list = append(list, f)
	}
	if f, ok := j.finding(env, report.Inferred, func(w why) bool { return !w.always() },
		"came from source addresses that do not belong on their interface (%s): forged, or leaked from a network that is wrongly set up."); ok {
		list = append(list, f)
	}
	return list
}

func (j *judgement) finding(env *analyze.Env, c report.Confidence, choose func(why) bool, format string) (report.Finding, bool) {
	f := report.Finding{Confidence: c}
	var events uint64
	var whys []string
	for i := range j.rows {
		r := &j.rows[i]
		if !choose(r.why) {
			continue
		}
		events += r.Count
		if w := r.why.String(); !slices.Contains(whys, w) {
			whys = append(whys, w)
		}
		if place := env.Evidence(r.FirstRef()); len(f.Evidence) < 3 && !place.IsNull() {
			f.Evidence = append(f.Evidence, place.Str())
		}
	}
	f.Text = numbered(events, "event") + " " + fmt.Sprintf(format, strings.Join(whys, "; "))
	return f, events > 0
}

// notes tell what was taken for granted, and what was not examined.
func (j *judgement) notes() []string {
	var notes []string
	if len(j.facing) > 0 {
		notes = append(notes, "Taken as facing the Internet, because at least half of the distinct sources there are public: "+listed(j.facing)+".")
	}
	if len(j.masked) > 0 {
		notes = append(notes, "At least half of the sources on "+listed(j.masked)+" are documentation addresses (RFC 5737, RFC 3849, RFC 9637): "+
			"the evidence was anonymised or made up. They are taken as what they stand for, public addresses, and not listed as impossible.")
	}
	if j.unplaced > 0 {
		notes = append(notes, numbered(j.unplaced, "event")+" without an interface could not be examined for impossible sources.")
	}
	return notes
}

func numbered(n uint64, what string) string {
	if n == 1 {
		return "1 " + what
	}
	return fmt.Sprintf("%d %ss", n, what)
}

// maxListed is how many names a note lists.
const maxListed = 8

func listed(names []string) string {
	if n := len(names); n > maxListed {
		return strings.Join(names[:maxListed], ", ") + fmt.Sprintf(" and %d more", n-maxListed)
	}
	return strings.Join(names, ", ")
}
