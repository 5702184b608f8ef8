package invalid

import (
	"fmt"
	"slices"
	"strings"

	"fwreport/analyze"
	"fwreport/analyze/count"
	"fwreport/report"
)

// gatherer has the tables of the parts, and what adds up over them. Links are
// known by host and interface: parts number them each for itself.
type gatherer struct {
	facts           map[count.Words]fact // of all parts, after Survey
	facing          map[count.Words]bool // links with rows that hold for them as Internet-facing
	unplaced        uint64
	certain, likely claim
	invalid, bogons []report.Table
}

// Take implements analyze.Gatherer.
func (g *gatherer) Take(env *analyze.Env, st analyze.State) {
	s := st.(*state)
	g.unplaced += s.bogons.unplaced
	rows := g.judge(s.bogons, env)
	for i := range rows {
		if r := &rows[i]; r.why.always() {
			g.certain.add(env, r)
		} else {
			g.likely.add(env, r)
		}
	}
	g.invalid = append(g.invalid, env.Keep(env.Names.WithNetworks(s.invalid.table(env))))
	g.bogons = append(g.bogons, env.Keep(env.Names.WithNetworks(bogonTable(env, rows))))
}

// Section implements analyze.Gatherer.
func (g *gatherer) Section(env *analyze.Env) *report.Section {
	return &report.Section{
		Findings: append(g.certain.finding(env, report.Observed,
			"came from source addresses that no host can use there (%s): they are forged or misrouted and must not be held against the address's owner."),
			g.likely.finding(env, report.Inferred,
				"came from source addresses that do not belong on their interface (%s): forged, or leaked from a network that is wrongly set up.")...),
		Notes:  g.notes(env),
		Tables: []report.Table{report.Merged(g.invalid), report.Merged(g.bogons)},
	}
}

// maxEvidence is how many rows of a claim lead to their records.
const maxEvidence = 3

// claim is what is said of all rows that hold for certain, or of all others.
type claim struct {
	events uint64
	first  [len(whyTexts)]bogon // by reason: the row that comes first in the table
	top    []bogon              // the first rows whose records have a place
}

// add adds a row; those of a part come in the table's order.
func (c *claim) add(env *analyze.Env, r *bogon) {
	c.events += r.Count
	if f := &c.first[r.why]; f.Count == 0 || r.compare(f) < 0 {
		*f = *r
	}
	if n := len(c.top); n == maxEvidence && r.compare(&c.top[n-1]) > 0 || env.Evidence(r.FirstRef()).IsNull() {
		return
	}
	c.top = append(c.top, *r)
	slices.SortFunc(c.top, func(a, b bogon) int { return a.compare(&b) })
	c.top = c.top[:min(len(c.top), maxEvidence)]
}

// finding is one, or none if there are no such rows. Its reasons stand in the
// order of the table.
func (c *claim) finding(env *analyze.Env, word report.Confidence, format string) []report.Finding {
	if c.events == 0 {
		return nil
	}
	first := slices.DeleteFunc(slices.Clone(c.first[:]), func(r bogon) bool { return r.Count == 0 })
	slices.SortFunc(first, func(a, b bogon) int { return a.compare(&b) })
	var whys []string
	for i := range first {
		whys = append(whys, first[i].why.String())
	}
	f := report.Finding{Confidence: word, Text: numbered(c.events, "event") + " " + fmt.Sprintf(format, strings.Join(whys, "; "))}
	for i := range c.top {
		f.Evidence = append(f.Evidence, env.Evidence(c.top[i].FirstRef()).Str())
	}
	return []report.Finding{f}
}

// notes tell what was taken for granted, and what was not examined.
func (g *gatherer) notes(env *analyze.Env) []string {
	var notes []string
	if facing := g.names(env, func(k count.Words, _ *fact) bool { return g.facing[k] }); len(facing) > 0 {
		notes = append(notes, "Taken as facing the Internet, because at least half of the distinct sources there are public: "+listed(facing)+".")
	}
	if masked := g.names(env, func(_ count.Words, f *fact) bool { return f.anonymised() }); len(masked) > 0 {
		notes = append(notes, "At least half of the sources on "+listed(masked)+" are documentation addresses (RFC 5737, RFC 3849, RFC 9637): "+
			"the evidence was anonymised or made up. They are taken as what they stand for, public addresses, and not listed as impossible.")
	}
	if g.unplaced > 0 {
		notes = append(notes, numbered(g.unplaced, "event")+" without an interface could not be examined for impossible sources.")
	}
	return notes
}

// names lists the links that choose takes, in order, with their host if it is known.
func (g *gatherer) names(env *analyze.Env, choose func(count.Words, *fact) bool) []string {
	var names []string
	for k, f := range g.facts {
		if !choose(k, &f) {
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
