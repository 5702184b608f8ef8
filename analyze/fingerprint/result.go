package fingerprint

import (
	"cmp"
	"fmt"
	"maps"
	"slices"

	"fwreport/analyze"
	"fwreport/analyze/count"
	"fwreport/report"
)

// attributions yields every source that is attributed to a rule.
func (s *State) attributions(yield func(k key, m *match, against uint64, c report.Confidence)) {
	for _, e := range s.matched.All() {
		k, m := key(e.Key), &e.Val
		var against, syns uint64
		if n := s.against.Find(e.Key); n != nil {
			against = *n
		}
		if v := s.senders.Find(k.src()); v != nil {
			syns = v.syns
		}
		if c, ok := rules[k.rule()].judge(m, against, syns); ok {
			yield(k, m, against, c)
		}
	}
}

// finding is a row of the table fingerprints: a rule at one level of confidence.
type finding struct {
	count.Stat
	rule       *Rule
	confidence report.Confidence
	sources    uint64
	against    uint64
}

// gatherer has the rows of both tables, which add up over parts: a source, and all
// that it is attributed to, is in one of them.
type gatherer struct {
	found   map[findingKey]*finding
	known   known
	windows *windowRows
}

type findingKey struct {
	rule       int
	confidence report.Confidence
}

func newGatherer() *gatherer {
	return &gatherer{found: map[findingKey]*finding{}, windows: newWindowRows()}
}

// Take implements analyze.Gatherer.
func (g *gatherer) Take(_ *analyze.Env, state analyze.State) {
	s := state.(*State)
	s.attributions(g.add)
	g.known.merge(s.known)
	g.windows.take(s.windows, s.sourcesOf())
}

// add counts a source that is attributed to a rule.
func (g *gatherer) add(k key, m *match, against uint64, c report.Confidence) {
	rk := findingKey{k.rule(), c}
	f := g.found[rk]
	if f == nil {
		f = &finding{rule: &rules[rk.rule], confidence: c}
		g.found[rk] = f
	}
	f.Stat.Merge(&m.Stat)
	f.sources++
	f.against += against
}

// Section implements analyze.Gatherer.
func (g *gatherer) Section(env *analyze.Env) *report.Section {
	found := g.findings()
	return &report.Section{
		Findings: sentences(env, found),
		Notes:    g.known.notes(),
		Tables:   []report.Table{fingerprints(env, found), g.windows.table(env)},
	}
}

// findings are the rows of the table fingerprints, in its order.
func (g *gatherer) findings() []*finding {
	return slices.SortedFunc(maps.Values(g.found), func(a, b *finding) int {
		return cmp.Or(cmp.Compare(b.Count, a.Count), cmp.Compare(a.rule.Tool, b.rule.Tool),
			cmp.Compare(a.rule.Name, b.rule.Name), cmp.Compare(a.confidence, b.confidence))
	})
}

// Result makes the section.
func (s *State) Result(env *analyze.Env) *report.Section { return analyze.Gather(env, Analyzer, s) }

var fingerprintColumns = []report.Column{
	report.Col("count", "Count", report.Count),
	report.KeyCol("tool", "Tool", report.Text),
	report.KeyCol("rule", "Rule", report.Text),
	report.KeyCol("confidence", "Confidence", report.Text),
	report.Col("sources", "Sources", report.Count),
	report.Col("contradicted", "Contradicted", report.Count),
	report.Col("first", "First", report.Time),
	report.Col("last", "Last", report.Time),
	report.Col("evidence_first", "First record", report.Evidence),
}

// fingerprints makes the table fingerprints.
func fingerprints(env *analyze.Env, found []*finding) report.Table {
	var rows [][]report.Value
	var total uint64
	for _, f := range found {
		total += f.Count
		rows = append(rows, []report.Value{
			report.CountOf(f.Count), report.TextOf(f.rule.Tool), report.TextOf(f.rule.Name),
			report.TextOf(string(f.confidence)), report.CountOf(f.sources), report.CountOf(f.against),
			report.TimeOf(f.First()), report.TimeOf(f.Last()), env.Evidence(f.FirstRef()),
		})
	}
	return report.Table{
		ID: "fingerprints", Title: "Tools by fingerprint",
		Doc: "Probes that fit a rule, from sources that are attributed to it, for each confidence. A source is inferred from " +
			"three probes with the rule's mark (Mirai: one) if at most one in ten of its probes with the rule's header lacks " +
			"the mark; possible with fewer, with up to half of them lacking it, or if the rule knows a header only. " +
			"\"Contradicted\" counts the probes of these sources that lack it and fit no other rule.",
		Columns: fingerprintColumns, Rows: report.RowsOf(rows), TotalRows: len(rows), TotalCount: total,
	}
}

// sentences are the findings: all that is inferred, and what is merely possible
// of tools of which nothing is inferred.
func sentences(env *analyze.Env, found []*finding) []report.Finding {
	inferred := map[string]bool{}
	for _, f := range found {
		if f.confidence == report.Inferred {
			inferred[f.rule.Tool] = true
		}
	}
	var list []report.Finding
	for _, f := range found {
		if f.confidence == report.Possible && inferred[f.rule.Tool] {
			continue
		}
		s := report.Finding{Confidence: f.confidence, Text: f.sentence()}
		if place := env.Evidence(f.FirstRef()); !place.IsNull() {
			s.Evidence = []string{place.Str()}
		}
		list = append(list, s)
	}
	return list
}

func (f *finding) sentence() string {
	how := "with the marks of"
	if f.confidence == report.Possible {
		how = "that may be those of"
	}
	text := fmt.Sprintf("%s sent %s %s %s (%s)", number(f.sources, "source"), number(f.Count, "probe"), how,
		f.rule.Tool, f.rule.Name)
	if !f.rule.marked() {
		return text + "."
	}
	text += fmt.Sprintf("; the mark held on %d of their %s with that header", f.Count, number(f.Count+f.against, "probe"))
	if f.rule.Bits != 0 {
		text += fmt.Sprintf(", by chance it holds on 1 in %d", uint64(1)<<f.rule.Bits)
	}
	return text + "."
}

func number(n uint64, what string) string {
	if n == 1 {
		return "1 " + what
	}
	return fmt.Sprintf("%d %ss", n, what)
}

// notes say which rules could not be tried for want of a field.
func (k known) notes() []string {
	var notes []string
	if n := k.syns - k.seq; n > 0 {
		notes = append(notes, fmt.Sprintf("%d of %s carry no sequence number (the LOG target gives it with --log-tcp-sequence): "+
			"the equations of masscan and Mirai were not tried on them.", n, number(k.syns, "TCP SYN")))
	}
	if n := k.syns - k.options; n > 0 {
		notes = append(notes, fmt.Sprintf("%d of %s carry no TCP options (the LOG target gives them, where the packet has any, with "+
			"--log-tcp-options): rules that compare them used the rest of the header.", n, number(k.syns, "TCP SYN")))
	}
	return notes
}

// Tools tells the tool that a source, given by its handle, is attributed to: of
// several that with the most probes, of these the first by name; "" if none. A
// tool that is merely possible is followed by " (possible)". It is for modules
// that require [Analyzer].
func Tools(env *analyze.Env) func(src uint32) string {
	best := env.State(Analyzer).(*State).tools()
	return func(src uint32) string { return best[src].label() }
}

// attributed is a tool with the probes that speak for it.
type attributed struct {
	tool     string
	count    uint64
	inferred bool
}

func (a attributed) label() string {
	if a.tool == "" || a.inferred {
		return a.tool
	}
	return a.tool + " (possible)"
}

func (s *State) tools() map[uint32]attributed {
	type pair struct {
		src  uint32
		tool string
	}
	sums := map[pair]attributed{}
	s.attributions(func(k key, m *match, _ uint64, c report.Confidence) {
		p := pair{k.src(), rules[k.rule()].Tool}
		a := sums[p]
		sums[p] = attributed{p.tool, a.count + m.Count, a.inferred || c == report.Inferred}
	})
	best := make(map[uint32]attributed, len(sums))
	for p, a := range sums {
		b, ok := best[p.src]
		if !ok || a.count > b.count || a.count == b.count && a.tool < b.tool {
			best[p.src] = a
		}
	}
	return best
}
