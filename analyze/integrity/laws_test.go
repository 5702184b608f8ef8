package integrity

import (
	"math/rand/v2"
	"runtime"
	"testing"

	"fwreport/analyze"
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

// TestMemoryOfMadeUpRecords: another host, stamp and uptime in every record take
// no more than the package's doc says.
func TestMemoryOfMadeUpRecords(t *testing.T) {
	const n, bound = 200_000, 500
	sym := event.NewSymbols()
	st := Analyzer.New(&analyze.Shared{Symbols: sym})
	batch := make([]event.Event, 64)
	before := heap()
	for i := 0; i < n; i += len(batch) {
		for j := range batch {
			k := int64(i + j)
			batch[j] = event.Event{Count: 1, Host: event.Sym(k), Time: k * 7919 * second, Uptime: k * 1e6,
				Fields: event.HasUptime, Ref: event.MakeRef(0, uint64(k+1))}
		}
		st.Add(batch)
	}
	if per := (heap() - before) / n; per > bound {
		t.Errorf("%d bytes an event, want %d at most", per, bound)
	}
	runtime.KeepAlive(st)
}

func heap() int64 {
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return int64(m.HeapAlloc)
}

// TestAnyNumbers: stamps and uptimes of a capture or a hostile log may be any
// number; no rule may trip over them.
func TestAnyNumbers(t *testing.T) {
	analyzetest.Laws(t, Analyzer, func(r *rand.Rand, sym *event.Symbols, n int) []event.Event {
		events := analyzetest.Events(r, sym, n)
		for i := range events {
			e := &events[i]
			e.Fields |= event.HasUptime
			e.Uptime = int64(r.Uint64()) >> r.IntN(60)
			if r.IntN(3) > 0 {
				e.Time = int64(r.Uint64()) >> r.IntN(8)
			}
		}
		return events
	})
}
