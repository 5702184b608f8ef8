package integrity

import (
	"math"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"fwreport/analyze/analyzetest"
	"fwreport/reader/event"
	"fwreport/report"
)

// arrivals makes records without uptime at the times that next gives, from a
// start on, until it gives one past the end.
func arrivals(sym *event.Symbols, host string, from, to int64, next func(now int64) int64) []event.Event {
	var events []event.Event
	for now := next(from); now < to; now = next(now) {
		events = append(events, event.Event{Time: now, Count: 1, Host: sym.Of(host), Ref: event.MakeRef(0, uint64(len(events)+1))})
	}
	return events
}

// without leaves out the records of a span.
func without(events []event.Event, from, to int64) []event.Event {
	var kept []event.Event
	for _, e := range events {
		if e.Time < from || e.Time >= to {
			kept = append(kept, e)
		}
	}
	return kept
}

// hosts are the kinds of honest hosts, each with a random clock of its own: when
// the next record comes after one.
var hosts = []struct {
	name string
	days int64
	next func(r *rand.Rand) func(int64) int64
}{
	{"steady", 20, func(r *rand.Rand) func(int64) int64 { return exponential(r, 90*second) }},
	{"steady for a day", 1, func(r *rand.Rand) func(int64) int64 { return exponential(r, 10*second) }},
	{"quiet", 60, func(r *rand.Rand) func(int64) int64 { return exponential(r, 5*hour) }},
	{"rare", 200, func(r *rand.Rand) func(int64) int64 { return exponential(r, 3*day) }},
	{"a little quiet", 30, func(r *rand.Rand) func(int64) int64 { return exponential(r, 20*minute) }},
	{"daytime only", 45, func(r *rand.Rand) func(int64) int64 { return awake(exponential(r, 2*minute), false) }},
	{"daytime only, three days", 3, func(r *rand.Rand) func(int64) int64 { return awake(exponential(r, 2*minute), false) }},
	{"working days only", 60, func(r *rand.Rand) func(int64) int64 { return awake(exponential(r, minute), true) }},
	{"working days only, twelve days", 12, func(r *rand.Rand) func(int64) int64 { return awake(exponential(r, minute), true) }},
	{"bursts", 30, func(r *rand.Rand) func(int64) int64 { return bursts(r, exponential(r, 7*hour)) }},
	{"bursts with a heavy tail", 60, func(r *rand.Rand) func(int64) int64 { return bursts(r, pareto(r, hour, 1.4)) }},
	{"single records with a heavy tail", 60, func(r *rand.Rand) func(int64) int64 { return pareto(r, 5*minute, 1.5) }},
	{"a job every six hours", 30, func(*rand.Rand) func(int64) int64 { return jobs }},
}

func exponential(r *rand.Rand, mean int64) func(int64) int64 {
	return func(now int64) int64 { return now + 1 + int64(r.ExpFloat64()*float64(mean)) }
}

func pareto(r *rand.Rand, least int64, alpha float64) func(int64) int64 {
	return func(now int64) int64 {
		return now + int64(float64(least)*math.Pow(1-r.Float64(), -1/alpha))
	}
}

// awake skips nights, 20:00 to 07:00, and week ends.
func awake(next func(int64) int64, week bool) func(int64) int64 {
	return func(now int64) int64 {
		for {
			now = next(now)
			t := time.Unix(0, now).UTC()
			if t.Hour() >= 7 && t.Hour() < 20 && !(week && (t.Weekday() == time.Saturday || t.Weekday() == time.Sunday)) {
				return now
			}
			now = max(now, now/hour*hour+hour-minute)
		}
	}
}

// bursts logs scans of 50 records on the average, a second apart.
func bursts(r *rand.Rand, pause func(int64) int64) func(int64) int64 {
	return func(now int64) int64 {
		if r.IntN(50) == 0 {
			return pause(now)
		}
		return now + second
	}
}

// jobs logs a hundred records at 00:00, 06:00, 12:00 and 18:00.
func jobs(now int64) int64 {
	if now%(6*hour) < 100*second {
		return now + second
	}
	return now/(6*hour)*(6*hour) + 6*hour
}

// silences is the gap findings of events.
func silences(t *testing.T, sym *event.Symbols, events []event.Event) []string {
	t.Helper()
	var list []string
	for _, f := range section(t, sym, events).Findings {
		list = append(list, string(f.Confidence)+": "+f.Text)
	}
	return list
}

func TestHonestHostsHaveNoGaps(t *testing.T) {
	for _, h := range hosts {
		wrong := 0
		const rounds = 5
		for seed := range uint64(rounds) {
			sym := event.NewSymbols()
			from := at("2026-03-01T00:00:00Z") + int64(seed)*day
			list := silences(t, sym, arrivals(sym, "gw", from, from+h.days*day, h.next(rand.New(rand.NewPCG(seed, 0x67617073)))))
			if len(list) > 0 {
				wrong++
				t.Logf("%s, %d: %q", h.name, seed, list)
			}
		}
		if wrong > 0 {
			t.Errorf("%s: findings in %d of %d honest logs", h.name, wrong, rounds)
		}
	}
}

func TestRemovedSpansAreFound(t *testing.T) {
	for _, c := range []struct {
		host        string
		from        string
		length      int64
		want        string
		least, most uint64
	}{
		{"steady", "2026-03-08T02:10:00Z", 7*hour + 12*minute, "nothing was logged for 7h1", 250, 300},
		{"steady", "2026-03-08T02:10:00Z", 100 * minute, "nothing was logged for 1h4", 45, 80},
		{"steady for a day", "2026-03-01T11:30:00Z", 2 * hour, "nothing was logged for 2h0m", 600, 800},
		{"a little quiet", "2026-03-15T00:00:00Z", 4 * day, "nothing was logged for 9", 230, 330},
		{"daytime only", "2026-03-18T09:00:00Z", 4 * hour, "nothing was logged for 4h", 100, 130},
		{"working days only", "2026-03-18T09:00:00Z", 3 * hour, "nothing was logged for 3h", 150, 200},
	} {
		for _, h := range hosts {
			if h.name != c.host {
				continue
			}
			sym := event.NewSymbols()
			start := at("2026-03-01T00:00:00Z")
			events := arrivals(sym, "gw", start, start+h.days*day, h.next(rand.New(rand.NewPCG(9, 9))))
			events = without(events, at(c.from), at(c.from)+c.length)
			s := section(t, sym, events)
			rows := analyzetest.Rows(t, analyzetest.Table(t, s, "gaps"))
			if len(rows) != 1 || len(s.Findings) != 1 || !strings.Contains(s.Findings[0].Text, c.want) ||
				s.Findings[0].Confidence != report.Inferred || len(s.Findings[0].Evidence) != 2 {
				t.Errorf("%s without %s: %s", c.host, length(c.length), analyzetest.Render(s))
				continue
			}
			for row := range analyzetest.Table(t, s, "gaps").Rows {
				if n := row[0].Uint(); n < c.least || n > c.most {
					t.Errorf("%s without %s: %d expected, want %d to %d", c.host, length(c.length), n, c.least, c.most)
				}
			}
		}
	}
}

// TestTwoEqualOutages: one gap does not hide the other.
func TestTwoEqualOutages(t *testing.T) {
	sym := event.NewSymbols()
	start := at("2026-03-01T00:00:00Z")
	events := arrivals(sym, "gw", start, start+12*day, exponential(rand.New(rand.NewPCG(1, 9)), minute))
	for _, from := range []string{"2026-03-04T05:00:00Z", "2026-03-09T20:00:00Z"} {
		events = without(events, at(from), at(from)+8*hour)
	}
	if list := silences(t, sym, events); len(list) != 2 {
		t.Errorf("%q, want two", list)
	}
}

func TestFiltersForbidGaps(t *testing.T) {
	sym := event.NewSymbols()
	start := at("2026-03-01T00:00:00Z")
	events := without(arrivals(sym, "gw", start, start+12*day, exponential(rand.New(rand.NewPCG(1, 9)), minute)),
		start+5*day, start+5*day+6*hour)
	e := env(sym)
	e.Inputs[0].Records.Filtered = 3
	s := analyzetest.SectionOf(t, Analyzer, sym, e, events)
	if len(s.Findings) != 0 || len(s.Notes) != 1 || !strings.Contains(s.Notes[0], "3 records were left out by a filter") {
		t.Error(analyzetest.Render(s))
	}
}
