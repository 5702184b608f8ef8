package interfaces

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"fwreport/analyze/analyzetest"
	"fwreport/reader/event"
)

func TestLaws(t *testing.T) { analyzetest.Laws(t, Analyzer, analyzetest.Events) }

func TestByHand(t *testing.T) {
	sym := event.NewSymbols()
	ev := func(in, out, action string, p event.Proto, n uint32) event.Event {
		return event.Event{In: sym.Of(in), Out: sym.Of(out), Action: sym.Of(action), Proto: p, Count: n, Time: event.NoTime}
	}
	s := analyzetest.SectionOf(t, Analyzer, sym, nil, []event.Event{
		ev("eth1", "", "DROP", event.TCP, 1), ev("eth0", "", "DROP", event.UDP, 2), ev("eth0", "br0", "DROP", event.UDP, 2),
		ev("", "eth0", "ACCEPT", event.NoProto, 2), ev("eth1", "", "DROP", event.TCP, 4), ev("eth0", "", "DROP", event.ARP, 2),
	})
	table := analyzetest.Table(t, s, "interfaces")
	want := []string{"5 | eth1 | - | DROP | TCP", "2 | - | eth0 | ACCEPT | -", "2 | eth0 | - | DROP | ARP",
		"2 | eth0 | - | DROP | UDP", "2 | eth0 | br0 | DROP | UDP"}
	if got := analyzetest.Lines(t, table); !slices.Equal(got, want) {
		t.Errorf("got\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
	if table.TotalCount != 13 {
		t.Errorf("total %d, want 13", table.TotalCount)
	}
}

func TestAgainstANaiveCount(t *testing.T) {
	sym := event.NewSymbols()
	events := analyzetest.Events(rand.New(rand.NewPCG(31, 32)), sym, 4000)
	sums := map[string]int{}
	for i := range events {
		e := &events[i]
		sums[strings.Join([]string{sym.Name(e.In), sym.Name(e.Out), sym.Name(e.Action), e.Proto.String()}, "\x00")] += int(e.Count)
	}
	keys := []string{}
	for k := range sums {
		keys = append(keys, k)
	}
	slices.Sort(keys)
	slices.SortStableFunc(keys, func(a, b string) int { return sums[b] - sums[a] })
	var want [][]string
	for _, k := range keys {
		row := append([]string{fmt.Sprint(sums[k])}, strings.Split(k, "\x00")...)
		for i := range row {
			if row[i] == "" {
				row[i] = "-"
			}
		}
		want = append(want, row)
	}
	got := analyzetest.Rows(t, analyzetest.Table(t, analyzetest.SectionOf(t, Analyzer, sym, nil, events), "interfaces"))
	if !slices.EqualFunc(got, want, slices.Equal) {
		t.Errorf("got %d rows\n%q\nwant %d\n%q", len(got), got, len(want), want)
	}
}
