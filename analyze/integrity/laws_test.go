package integrity

import (
	"math/rand/v2"
	"testing"

	"fwreport/analyze/analyzetest"
	"fwreport/reader/event"
)

func TestLaws(t *testing.T) { analyzetest.Laws(t, Analyzer, withUptimes) }

func BenchmarkAdd(b *testing.B) { analyzetest.Benchmark(b, Analyzer) }

// withUptimes gives events uptimes: most of a few boots, some of none.
func withUptimes(r *rand.Rand, sym *event.Symbols, n int) []event.Event {
	events := analyzetest.Events(r, sym, n)
	for i := range events {
		e := &events[i]
		if e.Time == event.NoTime || r.IntN(10) == 0 {
			continue
		}
		e.Fields |= event.HasUptime
		boot := e.Time - e.Time%(5*day) + int64(r.IntN(3))*second
		switch r.IntN(60) {
		case 0:
			boot -= int64(r.IntN(9000)) * second
		case 1:
			boot = e.Time - int64(r.IntN(1<<30))*second/1000
		case 2:
			e.Uptime = -5
			continue
		}
		e.Uptime = (e.Time - boot) / 1000
	}
	return events
}
