// Package countries lists the countries and the autonomous systems that denied
// events came from.
//
// It counts nothing itself: the counts of each source are summed up from the
// State of package groups at the end, and each source is looked up once, however
// many events it has. What no country or autonomous system is known of keeps its
// rows too, so both tables add up to all denied events: addresses that cannot
// have a place (private and other special ones), addresses that the data does
// not know, and records without a source address are told apart.
package countries

import (
	"fmt"

	"fwreport/analyze"
	"fwreport/analyze/count"
	"fwreport/analyze/groups"
	"fwreport/reader/event"
	"fwreport/report"
)

// Analyzer is the section of countries and autonomous systems.
var Analyzer = &analyze.Analyzer{
	Name:  "geo",
	Title: "Countries and networks",
	Doc: "Where the sources of denied packets are, by the data named below: a country or network is that of the address, " +
		"not of the person behind it. A source may be forged, or a relay for someone elsewhere. Shares are of all denied events.",
	Requires: []*analyze.Analyzer{groups.Analyzer},
	New:      func(*analyze.Shared) analyze.State { return state{} },
	Gather:   func() analyze.Gatherer { return &gatherer{byCountry: newRollup(), byASN: newRollup()} },
}

// noter is a Locator that has something to say about its data: source, date,
// licence, and whether they fit the log.
type noter interface {
	Note(report.Span) []string
}

// state is empty: see the package's documentation.
type state struct{}

func (state) Add([]event.Event)                {}
func (state) Merge(analyze.State, count.Remap) {}

// Result makes the section.
func (s state) Result(env *analyze.Env) *report.Section { return analyze.Gather(env, Analyzer, s) }

// gatherer has the rows, which add up over parts: a source is in one of them.
type gatherer struct {
	byCountry, byASN *rollup
	total            uint64
}

// Take rolls the groups up. It implements analyze.Gatherer. Sources are looked up in
// the order of their addresses: neighbours stand in the same memory, and often have
// the same place.
func (g *gatherer) Take(env *analyze.Env, _ analyze.State) {
	counts := countSources(env)
	var here sources
	for _, id := range byAddress(env) {
		if counts[id] == 0 {
			continue
		}
		if p, missing := env.Locate(id), reason(env, id); p != here.place || missing != here.missing {
			g.add(&here)
			here = sources{place: p, missing: missing}
		}
		here.count += counts[id]
		if id != 0 {
			here.n++
		}
	}
	g.add(&here)
}

// sources are some that have the same place, or lack one for the same reason.
type sources struct {
	place    analyze.Place
	missing  string
	count, n uint64 // denied events, addresses
}

func (g *gatherer) add(s *sources) {
	if s.count == 0 {
		return
	}
	g.total += s.count
	g.byCountry.add(countryKey(s.place, s.missing), s)
	g.byASN.add(asnKey(s.place, s.missing), s)
}

// byAddress are the address handles in the order of the addresses.
func byAddress(env *analyze.Env) []uint32 {
	ranks := env.Ranks()
	ids := make([]uint32, len(ranks))
	for id, r := range ranks {
		ids[r] = uint32(id)
	}
	return ids
}

// Section implements analyze.Gatherer.
func (g *gatherer) Section(env *analyze.Env) *report.Section {
	countries, asns := g.byCountry.sorted(), g.byASN.sorted()
	return &report.Section{
		Findings: append(findings(countries, g.total, inCountry), findings(asns, g.total, ofSystem)...),
		Notes:    notes(env),
		Charts: []report.Chart{{ID: "countries", Title: "Denied events by country", Kind: report.Bars, Table: "countries",
			X: "name", Y: []string{"count"}}},
		Tables: []report.Table{countryTable(countries, g.total), asnTable(asns, g.total)},
	}
}

// countSources is the number of denied events of each source, by its handle (0
// for records without a source).
func countSources(env *analyze.Env) []uint64 {
	g := env.State(groups.Analyzer).(*groups.State)
	counts := make([]uint64, env.Addrs.Len())
	for _, e := range g.All() {
		if k := groups.Key(e.Key); k.Verdict() == event.Denied {
			counts[k.Src()] += e.Val.Count
		}
	}
	return counts
}

// reason is why a source may be without a place.
func reason(env *analyze.Env, id uint32) string {
	switch {
	case id == 0:
		return "no source address"
	case env.Addrs.Addr(id).Special() != event.NotSpecial:
		return "private or special address"
	}
	return "unknown"
}

func notes(env *analyze.Env) []string {
	if env.Geo == nil {
		return []string{"No country data was used: countries and autonomous systems are not known."}
	}
	if n, ok := env.Geo.(noter); ok {
		return n.Note(env.Span)
	}
	return nil
}

// A country or network is pointed out from half of all denied events on, if
// there are enough of them for a share to mean something.
const (
	remarkableShare  = 0.5
	remarkableEvents = 100
)

// findings makes one for each remarkable row: at most two.
func findings(rows []row, total uint64, where func(*row) string) []report.Finding {
	var list []report.Finding
	for i := range rows {
		r := &rows[i]
		if r.missing == "" && total >= remarkableEvents && float64(r.count) >= remarkableShare*float64(total) {
			list = append(list, finding(r, total, where(r)))
		}
	}
	return list
}

func inCountry(r *row) string {
	if r.name == "" {
		return "in " + r.country
	}
	return fmt.Sprintf("in %s (%s)", r.name, r.country)
}

func ofSystem(r *row) string {
	if r.org == "" {
		return fmt.Sprintf("of AS%d", r.asn)
	}
	return fmt.Sprintf("of AS%d (%s)", r.asn, r.org)
}

func finding(r *row, total uint64, where string) report.Finding {
	sources := "1 source"
	if r.sources != 1 {
		sources = fmt.Sprintf("%d sources", r.sources)
	}
	return report.Finding{Confidence: report.Observed, Text: fmt.Sprintf(
		"%.1f %% of all denied events (%d of %d, from %s) came from addresses %s.",
		100*float64(r.count)/float64(total), r.count, total, sources, where)}
}
