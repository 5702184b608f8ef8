package analyzetest

import (
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"fwreport/analyze"
	"fwreport/analyze/codec"
	"fwreport/analyze/count"
	"fwreport/reader/event"
	"fwreport/report"
)

// hostState counts events by host, the smallest module that keeps the laws.
type hostState struct {
	*count.Cached[count.Stat]
	arrival bool // break the law of order: rows as they were met
}

func hosts(arrival bool) *analyze.Analyzer {
	return &analyze.Analyzer{Name: "hosts", New: func(*analyze.Shared) analyze.State {
		return &hostState{count.NewCached[count.Stat](), arrival}
	}}
}

func hostKey(s event.Sym) count.Words { return count.Words{A: uint64(s)} }

func (s *hostState) Add(events []event.Event) {
	for i := range events {
		s.At(hostKey(events[i].Host)).Add(&events[i])
	}
}

func (s *hostState) Merge(other analyze.State, _ count.Remap) {
	o := other.(*hostState)
	for i, k := range o.Keys {
		s.At(k).Merge(&o.Vals[i])
	}
}

func (s *hostState) Save(w *codec.Writer) {
	count.SaveTable(w, s.Keys, s.Vals, func(k count.Words, w *codec.Writer) { w.Sym(event.Sym(k.A)) }, (*count.Stat).Save)
}

func (s *hostState) Load(r *codec.Reader) {
	count.LoadTable(r, s, func(r *codec.Reader) count.Words { return hostKey(r.Sym()) }, (*count.Stat).Load)
}

func (s *hostState) Result(env *analyze.Env) *report.Section {
	var rows [][]report.Value
	var total uint64
	for i, k := range s.Keys {
		v := &s.Vals[i]
		total += v.Count
		rows = append(rows, []report.Value{report.CountOf(v.Count), env.Name(event.Sym(k.A)), report.TimeOf(v.First()),
			env.Evidence(v.LastRef())})
	}
	if !s.arrival {
		slices.SortFunc(rows, func(a, b []report.Value) int {
			if a[0].Uint() != b[0].Uint() {
				return int(b[0].Uint()) - int(a[0].Uint())
			}
			return strings.Compare(a[1].Str(), b[1].Str())
		})
	}
	return &report.Section{Tables: []report.Table{{ID: "hosts", Columns: []report.Column{
		report.Col("count", "Count", report.Count), report.KeyCol("host", "Host", report.Text),
		report.Col("first", "First", report.Time), report.Col("evidence_last", "Last record", report.Evidence),
	}, Rows: report.RowsOf(rows), TotalRows: len(rows), TotalCount: total}}}
}

func TestLawsAcceptALawfulModule(t *testing.T) { Laws(t, hosts(false), Events) }

func TestArrivalOrderShows(t *testing.T) {
	sym := event.NewSymbols()
	l := &laws{analyzer: hosts(true), env: Env}
	r := rand.New(rand.NewPCG(1, 1))
	events := Events(r, sym, 100)
	first := l.render(l.deal(r, sym, events, 1)[0], sym)
	for range 20 {
		if l.render(l.deal(r, sym, events, 3)[0], sym) != first {
			return
		}
	}
	t.Error("20 shuffles of the events, and the order of arrival never showed")
}

func TestEventsHoldWhatModulesTripOver(t *testing.T) {
	sym := event.NewSymbols()
	events := Events(rand.New(rand.NewPCG(3, 4)), sym, 3000)
	refs := map[event.Ref]bool{}
	verdicts := map[event.Verdict]int{}
	var timeless, repeats, v6, noSource, noPort, portZero, icmpBare, noPrefix, ties int
	var before int64
	for i := range events {
		e := &events[i]
		refs[e.Ref] = true
		verdicts[e.Verdict]++
		timeless += bit(e.Time == event.NoTime)
		repeats += bit(e.Count > 1)
		v6 += bit(e.Has(event.HasSrc) && !e.Src.Is4())
		noSource += bit(!e.Has(event.HasSrc))
		noPort += bit(e.Proto == event.TCP && !e.Has(event.HasDstPort))
		portZero += bit(e.Has(event.HasDstPort) && e.DstPort == 0)
		icmpBare += bit(e.Proto == event.ICMP && !e.Has(event.HasICMP))
		noPrefix += bit(e.Prefix == 0)
		ties += bit(e.Time == before)
		before = e.Time
	}
	if len(refs) != len(events) {
		t.Errorf("%d places for %d events", len(refs), len(events))
	}
	if len(verdicts) != 3 {
		t.Errorf("verdicts %v, want all three", verdicts)
	}
	for i, n := range []int{timeless, repeats, v6, noSource, noPort, portZero, icmpBare, noPrefix, ties} {
		if n == 0 {
			t.Errorf("oddity %d never occurs", i)
		}
	}
}

func TestCompareCells(t *testing.T) {
	ordered := []report.Value{report.Null, report.PortOf(0), report.PortOf(9), report.PortOf(80), report.PortOf(443)}
	checkAscending(t, ordered)
	checkAscending(t, []report.Value{report.Null, report.AddressText("9.0.0.1"), report.AddressText("10.0.0.1"),
		report.AddressText("::"), report.AddressText("2001:db8::9"), report.AddressText("2001:db8::10")})
	checkAscending(t, []report.Value{report.Null, report.EmptyText(""), report.EmptyText("A"), report.EmptyText("a")})
	checkAscending(t, []report.Value{report.TimeOf(-5), report.TimeOf(3)})
}

func checkAscending(t *testing.T, ordered []report.Value) {
	t.Helper()
	for i := 1; i < len(ordered); i++ {
		if compareCells(ordered[i-1], ordered[i]) >= 0 || compareCells(ordered[i], ordered[i-1]) <= 0 {
			t.Errorf("%v does not stand before %v", ordered[i-1], ordered[i])
		}
	}
}
