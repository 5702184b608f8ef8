package denied

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"fwreport/analyze/analyzetest"
	"fwreport/reader/event"
)

func TestLaws(t *testing.T) { analyzetest.Laws(t, Analyzer, analyzetest.Events) }

func TestLawsWithFindings(t *testing.T) { analyzetest.Laws(t, Analyzer, attacks) }

func BenchmarkAdd(b *testing.B) { analyzetest.Benchmark(b, Analyzer) }

// attacks is a stream in which a few sources scan, and more sweep and knock on logins
// than are shown.
func attacks(r *rand.Rand, sym *event.Symbols, n int) []event.Event {
	events := analyzetest.Events(r, sym, n)
	for i := range events {
		e := &events[i]
		e.Proto, e.Verdict = event.TCP, event.Denied
		e.Fields |= event.HasSrc | event.HasDst | event.HasDstPort
		k := r.IntN(9)
		if k%3 != 0 { // more than a report shows
			k += 9 * r.IntN(2)
		}
		e.Src, e.Dst = event.AddrFrom4(192<<24|2<<8|uint32(k)), event.AddrFrom4(198<<24|51<<16|100<<8|uint32(r.IntN(25)))
		switch k % 3 {
		case 0:
			e.DstPort = uint16(r.IntN(1000))
		case 1:
			e.DstPort = 8080
		case 2:
			e.DstPort = [...]uint16{22, 22, 22, 22, 3389}[r.IntN(5)]
		}
	}
	return events
}

func TestGroupsAgainstANaiveCount(t *testing.T) {
	sym := event.NewSymbols()
	events := analyzetest.Events(rand.New(rand.NewPCG(21, 22)), sym, 5000)
	s := analyzetest.SectionOf(t, Analyzer, sym, nil, events)
	for id, v := range map[string]event.Verdict{"denied": event.Denied, "undetermined": event.Undetermined} {
		var want []string
		for _, g := range group(events, v, func(e *event.Event) (string, string) {
			proto, action := e.Proto.String(), sym.Name(e.Action)
			return strings.Join([]string{addrKey(e), portKey(e), proto, action}, "\x00"), ""
		}) {
			e := g.events[0]
			want = append(want, strings.Join([]string{fmt.Sprint(g.count()), src(e), g.same(sport), g.same(dst), dport(e),
				orDash(e.Proto.String()), sym.Name(e.Action), geo(e, false), g.extent()}, " | "))
		}
		same(t, id, analyzetest.Lines(t, analyzetest.Table(t, s, id)), want)
	}
}

func TestSourcesAgainstANaiveCount(t *testing.T) {
	sym := event.NewSymbols()
	events := analyzetest.Events(rand.New(rand.NewPCG(23, 24)), sym, 5000)
	s := analyzetest.SectionOf(t, Analyzer, sym, nil, events)
	var want []string
	for _, g := range group(events, event.Denied, func(e *event.Event) (string, string) { return addrKey(e), "" }) {
		e := g.events[0]
		want = append(want, strings.Join([]string{fmt.Sprint(g.count()), src(e), geo(e, true), fmt.Sprint(g.distinct(dport)),
			fmt.Sprint(g.distinct(dst)), g.extent()}, " | "))
	}
	got := analyzetest.Lines(t, analyzetest.Table(t, s, "sources"), "count", "src", "country", "asn", "org", "ports", "targets",
		"first", "last", "evidence_first", "evidence_last")
	same(t, "sources", got, want)
}

func same(t *testing.T, what string, got, want []string) {
	t.Helper()
	for i := range max(len(got), len(want)) {
		if i >= len(got) || i >= len(want) || got[i] != want[i] {
			t.Errorf("%s: row %d of %d, want %d rows\n got %s\nwant %s", what, i, len(got), len(want), at(got, i), at(want, i))
			return
		}
	}
}

func at(lines []string, i int) string {
	if i < len(lines) {
		return lines[i]
	}
	return "(none)"
}
