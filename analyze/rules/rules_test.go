package rules

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"fwreport/analyze/analyzetest"
	"fwreport/reader/event"
)

func TestLaws(t *testing.T) { analyzetest.Laws(t, Analyzer, analyzetest.Events) }

func TestByHand(t *testing.T) {
	sym := event.NewSymbols()
	record := uint64(0)
	ev := func(second int, prefix, action string, v event.Verdict, by string, n uint32) event.Event {
		record++
		return event.Event{Time: time.Date(2026, 3, 1, 0, 0, second, 0, time.UTC).UnixNano(), Ref: event.MakeRef(0, record),
			Prefix: sym.Of(prefix), Action: sym.Of(action), Verdict: v, DecidedBy: sym.Of(by), Count: n}
	}
	s := analyzetest.SectionOf(t, Analyzer, sym, nil, []event.Event{
		ev(5, "IN: DROP ", "DROP", event.Denied, "keyword", 1), ev(3, "IN: DROP", "DROP", event.Denied, "keyword", 2),
		ev(9, "IN: DROP  ", "DROP", event.Denied, "keyword", 1), ev(1, "  x", "LOG", event.Undetermined, "none", 4),
		ev(2, "", "CAPTURE", event.Undetermined, "", 3), ev(2, "x", "LOG", event.Undetermined, "none", 3),
		ev(2, "x", "LOG", event.Denied, "assumption", 3), ev(2, "   ", "LOG", event.Undetermined, "none", 1),
	})
	table := analyzetest.Table(t, s, "prefixes")
	at := func(second int) string { return fmt.Sprintf("2026-03-01T00:00:%02dZ", second) }
	want := []string{
		"4 |   x | LOG | undetermined | none | " + at(1) + " | " + at(1),
		"4 | IN: DROP | DROP | denied | keyword | " + at(3) + " | " + at(9),
		"3 |  | CAPTURE | undetermined | - | " + at(2) + " | " + at(2),
		"3 | x | LOG | denied | assumption | " + at(2) + " | " + at(2),
		"3 | x | LOG | undetermined | none | " + at(2) + " | " + at(2),
		"1 |  | LOG | undetermined | none | " + at(2) + " | " + at(2),
	}
	if got := analyzetest.Lines(t, table); !slices.Equal(got, want) {
		t.Errorf("got\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
	if table.TotalCount != 18 {
		t.Errorf("total %d, want 18", table.TotalCount)
	}
	if want := []string{"1 prefix comes with more than one verdict: see its rows for what decided them."}; !slices.Equal(s.Notes, want) {
		t.Errorf("notes %q, want %q", s.Notes, want)
	}
}

func TestAgainstANaiveCount(t *testing.T) {
	sym := event.NewSymbols()
	events := analyzetest.Events(rand.New(rand.NewPCG(41, 42)), sym, 4000)
	sums := map[string]int{}
	for i := range events {
		e := &events[i]
		sums[strings.Join([]string{strings.TrimRight(sym.Name(e.Prefix), " "), sym.Name(e.Action), e.Verdict.String(),
			sym.Name(e.DecidedBy)}, "\x00")] += int(e.Count)
	}
	keys := []string{}
	for k := range sums {
		keys = append(keys, k)
	}
	slices.Sort(keys)
	slices.SortStableFunc(keys, func(a, b string) int { return sums[b] - sums[a] })
	var want []string
	for _, k := range keys {
		want = append(want, fmt.Sprint(sums[k])+" | "+strings.ReplaceAll(k, "\x00", " | "))
	}
	got := analyzetest.Lines(t, analyzetest.Table(t, analyzetest.SectionOf(t, Analyzer, sym, nil, events), "prefixes"),
		"count", "prefix", "action", "verdict", "decided_by")
	if !slices.Equal(got, want) {
		t.Errorf("got\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
}
