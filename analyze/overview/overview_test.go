package overview

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"
	_ "time/tzdata"

	"fwreport/analyze"
	"fwreport/analyze/analyzetest"
	"fwreport/reader/event"
)

func TestLaws(t *testing.T) {
	analyzetest.Laws(t, Analyzer, analyzetest.Events, analyzetest.ByTime("timeline"))
}

func TestLawsInAZoneWithSummerTime(t *testing.T) {
	berlin, err := time.LoadLocation("Europe/Berlin")
	if err != nil {
		t.Fatal(err)
	}
	analyzetest.Laws(t, Analyzer, analyzetest.Events, analyzetest.ByTime("timeline"),
		analyzetest.WithEnv(func(sym *event.Symbols) *analyze.Env {
			env := analyzetest.Env(sym)
			env.Zone = berlin
			return env
		}))
}

func BenchmarkAdd(b *testing.B) { analyzetest.Benchmark(b, Analyzer) }

// oracle counts with maps of strings, and knows nothing of the state.
type oracle struct {
	rows map[string][]*event.Event
}

func group(events []event.Event, key func(*event.Event) string) *oracle {
	o := &oracle{map[string][]*event.Event{}}
	for i := range events {
		k := key(&events[i])
		o.rows[k] = append(o.rows[k], &events[i])
	}
	return o
}

// lines are "count | key | rest", by count, then key.
func (o *oracle) lines(rest func([]*event.Event) string) []string {
	keys := []string{}
	for k := range o.rows {
		keys = append(keys, k)
	}
	slices.Sort(keys)
	slices.SortStableFunc(keys, func(a, b string) int { return sum(o.rows[b]) - sum(o.rows[a]) })
	lines := []string{}
	for _, k := range keys {
		lines = append(lines, fmt.Sprintf("%d | %s | %s", sum(o.rows[k]), k, rest(o.rows[k])))
	}
	return lines
}

func sum(events []*event.Event) int {
	n := 0
	for _, e := range events {
		n += int(e.Count)
	}
	return n
}

// extent is "first | last" of the events' stamps.
func extent(events []*event.Event) string {
	first, last := "-", "-"
	for _, e := range events {
		if e.Time == event.NoTime {
			continue
		}
		s := time.Unix(0, e.Time).UTC().Format("2006-01-02T15:04:05.000000000Z")
		if first == "-" || s < first {
			first = s
		}
		if last == "-" || s > last {
			last = s
		}
	}
	return trimZeros(first) + " | " + trimZeros(last)
}

func trimZeros(s string) string {
	if s == "-" {
		return s
	}
	return strings.TrimSuffix(strings.TrimRight(strings.TrimSuffix(s, "Z"), "0"), ".") + "Z"
}

func TestAgainstANaiveCount(t *testing.T) {
	sym := event.NewSymbols()
	events := analyzetest.Events(rand.New(rand.NewPCG(11, 12)), sym, 4000)
	s := analyzetest.SectionOf(t, Analyzer, sym, nil, events)

	actions := group(events, func(e *event.Event) string { return sym.Name(e.Action) + " | " + e.Verdict.String() })
	same(t, "actions", analyzetest.Lines(t, analyzetest.Table(t, s, "actions"), "count", "action", "verdict", "first", "last"),
		actions.lines(extent))

	hosts := group(events, func(e *event.Event) string { return orDash(sym.Name(e.Host)) })
	same(t, "hosts", analyzetest.Lines(t, analyzetest.Table(t, s, "hosts")), hosts.lines(func(es []*event.Event) string {
		denied := 0
		for _, e := range es {
			if e.Verdict == event.Denied {
				denied += int(e.Count)
			}
		}
		return fmt.Sprint(denied) + " | " + extent(es)
	}))
}

func orDash(s string) string {
	if s == "" {
		return "-"
	}
	return s
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

func TestTimelineHoldsAllEventsWithATime(t *testing.T) {
	sym := event.NewSymbols()
	events := analyzetest.Events(rand.New(rand.NewPCG(13, 14)), sym, 3000)
	table := analyzetest.Table(t, analyzetest.SectionOf(t, Analyzer, sym, nil, events), "timeline")
	var want, got [3]uint64
	for i := range events {
		if events[i].Time != event.NoTime {
			want[events[i].Verdict] += uint64(events[i].Count)
		}
	}
	for row := range table.Rows {
		got[event.Denied] += row[1].Uint()
		got[event.Accepted] += row[2].Uint()
		got[event.Undetermined] += row[3].Uint()
	}
	if got != want {
		t.Errorf("bins hold %v, want %v", got, want)
	}
	if table.TotalCount != want[0]+want[1]+want[2] {
		t.Errorf("total %d, want the sum of %v", table.TotalCount, want)
	}
}

// one makes an event at a time.
func one(t *testing.T, sym *event.Symbols, stamp string, v event.Verdict, n uint32) event.Event {
	t.Helper()
	e := event.Event{Time: event.NoTime, Count: n, Verdict: v, Action: sym.Of("LOG"), Ref: event.MakeRef(0, 1)}
	if stamp != "" {
		s, err := time.Parse(time.RFC3339, stamp)
		if err != nil {
			t.Fatal(err)
		}
		e.Time = s.UnixNano()
	}
	return e
}

func TestTimelineByHand(t *testing.T) {
	sym := event.NewSymbols()
	berlin, err := time.LoadLocation("Europe/Berlin")
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		name   string
		events []event.Event
		want   []string
	}{
		{"none", nil, []string{}},
		{"no stamp", []event.Event{one(t, sym, "", event.Denied, 3)}, []string{}},
		{"minutes, gap filled", []event.Event{
			one(t, sym, "2026-03-01T10:00:59Z", event.Denied, 1), one(t, sym, "2026-03-01T10:02:00Z", event.Accepted, 2),
			one(t, sym, "2026-03-01T10:00:00Z", event.Undetermined, 5), one(t, sym, "", event.Denied, 9),
		}, []string{"2026-03-01T10:00:00Z | 1 | 0 | 5", "2026-03-01T10:01:00Z | 0 | 0 | 0", "2026-03-01T10:02:00Z | 0 | 2 | 0"}},
		{"too long a span for its gaps", []event.Event{
			one(t, sym, "1999-01-01T00:00:00+01:00", event.Denied, 1), one(t, sym, "2026-07-01T23:59:00+02:00", event.Denied, 1),
			one(t, sym, "2026-07-01T00:00:00+02:00", event.Accepted, 1),
		}, []string{"1998-12-31T23:00:00Z | 1 | 0 | 0", "2026-06-30T22:00:00Z | 1 | 1 | 0"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			env := analyzetest.Env(sym)
			env.Zone = berlin
			s := analyzetest.SectionOf(t, Analyzer, sym, env, c.events)
			same(t, "timeline", analyzetest.Lines(t, analyzetest.Table(t, s, "timeline")), c.want)
		})
	}
}

func TestDaysAreLocalDays(t *testing.T) {
	sym := event.NewSymbols()
	berlin, err := time.LoadLocation("Europe/Berlin")
	if err != nil {
		t.Fatal(err)
	}
	env := analyzetest.Env(sym)
	env.Zone = berlin
	s := analyzetest.SectionOf(t, Analyzer, sym, env, []event.Event{ // 301 days, both changes of the clock among them
		one(t, sym, "2026-01-01T00:00:00+01:00", event.Denied, 1), one(t, sym, "2026-10-28T23:59:59+01:00", event.Denied, 1),
	})
	rows := analyzetest.Lines(t, analyzetest.Table(t, s, "timeline"), "time")
	if len(rows) != 301 {
		t.Errorf("%d rows, want 301", len(rows))
	}
	for i, want := range map[int]string{0: "2025-12-31T23:00:00Z", 87: "2026-03-28T23:00:00Z", 88: "2026-03-29T22:00:00Z",
		297: "2026-10-24T22:00:00Z", 298: "2026-10-25T23:00:00Z", 300: "2026-10-27T23:00:00Z"} {
		if at(rows, i) != want {
			t.Errorf("row %d: %s, want %s", i, at(rows, i), want)
		}
	}
}

func TestWords(t *testing.T) {
	sym := event.NewSymbols()
	events := []event.Event{
		one(t, sym, "2026-03-01T10:00:00Z", event.Denied, 6), one(t, sym, "2026-03-01T10:01:00Z", event.Accepted, 1),
		one(t, sym, "", event.Undetermined, 2), one(t, sym, "2026-03-01T10:00:30Z", event.Undetermined, 1),
		one(t, sym, "2026-03-01T10:00:30Z", event.Denied, 2),
	}
	events[2].Prefix, events[3].Prefix = sym.Of("log \x1b[31m"), sym.Of("log \x1b[31m  ")
	events[4].Fields |= event.Assumed
	for i := range events {
		events[i].Ref = event.MakeRef(0, uint64(i+1))
	}
	got := analyzetest.Render(analyzetest.SectionOf(t, Analyzer, sym, nil, events))
	for _, want := range []string{
		`finding observed: 12 events from 2026-03-01 10:00:00+00:00 to 2026-03-01 10:01:00+00:00: ` +
			`8 denied (66.7%), 1 accepted (8.3%), 3 undetermined (25.0%). ["kern.log:1" "kern.log:2"]`,
		`finding observed: The busiest minute began 2026-03-01 10:00:00+00:00 with 9 events, 8 of them denied. []`,
		`note The verdict of 3 events (25.0%) is undetermined, by prefix: "log \x1b[31m" 3. ` +
			`--action-map PREFIX=ACTION decides a prefix, --assume deny or accept all of them.`,
		`note The verdict denied of 2 events was assumed: their records name none (--assume).`,
		`note 2 events without a time stamp: counted, but not in the timeline.`,
	} {
		if !strings.Contains(got, want+"\n") {
			t.Errorf("not said: %s\nbut\n%s", want, got)
		}
	}
}

func TestUndeterminedPrefixesAreTheTopFive(t *testing.T) {
	sym := event.NewSymbols()
	var events []event.Event
	for i := range 7 {
		e := one(t, sym, "", event.Undetermined, uint32(10-i/2))
		e.Prefix = sym.Of(strings.Repeat("p", i))
		events = append(events, e)
	}
	s := analyzetest.SectionOf(t, Analyzer, sym, nil, events)
	const want = `by prefix: "p" 10, no prefix 10, "pp" 9, "ppp" 9, "pppp" 8, and 2 further.`
	if !strings.Contains(s.Notes[0], want) {
		t.Errorf("got %s, want in it %s", s.Notes[0], want)
	}
}
