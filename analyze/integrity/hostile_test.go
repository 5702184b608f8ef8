package integrity

import (
	"fmt"
	"math/rand/v2"
	"runtime"
	"strings"
	"testing"

	"fwreport/analyze"
	"fwreport/analyze/analyzetest"
	"fwreport/reader/event"
	"fwreport/report"
)

// forger writes the i-th record of a log that is made to cost time and memory.
// Stamp, uptime, host and number of repeats are whatever it likes.
type forger func(r *rand.Rand, sym *event.Symbols, e *event.Event, i int)

// forgers are logs made up to bring out what is slow. Each says how many rows of
// the table clock it may bring about at most, of so many records.
var forgers = []struct {
	name  string
	forge forger
	odd   func(n int) int
	kinds string // of the oddities
}{
	{"random uptimes", func(r *rand.Rand, sym *event.Symbols, e *event.Event, _ int) {
		e.Host, e.Time, e.Uptime = sym.Of("gw"), start+r.Int64N(365*day), r.Int64N(900*day)/1000
	}, one, "crowded"},
	{"random uptimes of many hosts", func(r *rand.Rand, sym *event.Symbols, e *event.Event, i int) {
		e.Host, e.Time, e.Uptime = sym.Of(fmt.Sprint("host", i/400)), start+r.Int64N(30*day), r.Int64N(900*day)/1000
	}, all, "contradiction crowded misplaced overlap step uptime reset"},
	{"every record a boot", func(_ *rand.Rand, sym *event.Symbols, e *event.Event, i int) {
		e.Host, e.Time, e.Uptime = sym.Of("gw"), start+int64(i)*minute, 1e6
	}, none, ""},
	{"every record a boot, backwards", func(_ *rand.Rand, sym *event.Symbols, e *event.Event, i int) {
		e.Host, e.Time, e.Uptime = sym.Of("gw"), start-int64(i)*minute, 1e6
	}, none, ""},
	{"one stamp", func(_ *rand.Rand, sym *event.Symbols, e *event.Event, i int) {
		e.Host, e.Time, e.Uptime = sym.Of("gw"), start, int64(i%2_000_000)*20e6
	}, one, "crowded"},
	{"one stamp, many hosts", func(_ *rand.Rand, sym *event.Symbols, e *event.Event, i int) {
		e.Host, e.Time, e.Uptime = sym.Of(fmt.Sprint("host", i/crowd)), start, int64(i%crowd)*600e6
	}, all, "step"},
	{"alternating clocks", func(_ *rand.Rand, sym *event.Symbols, e *event.Event, i int) {
		e.Host, e.Time, e.Uptime = sym.Of("gw"), start+int64(i)*minute+int64(i%2)*3*hour, int64(i)*60e6
	}, one, "contradiction overlap"},
	{"boots abreast", func(_ *rand.Rand, sym *event.Symbols, e *event.Event, i int) {
		k := int64(i / 2 % crowd)
		e.Host, e.Uptime = sym.Of(fmt.Sprint("host", i/2/crowd)), (hour*int64(i%2*5000)+k*second)/1000
		e.Time = start + k*hour + e.Uptime*1000
	}, all, "crowded overlap"},
	{"boots within boots", func(_ *rand.Rand, sym *event.Symbols, e *event.Event, i int) {
		k := int64(i % 500) // the first half of the records of a host stand around those of the other
		e.Host, e.Count = sym.Of(fmt.Sprint("host", i/500)), 1+uint32(1-k/250)*8
		e.Uptime = 1e6 * (1 + k/250)
		e.Time = start + k*day
	}, all, "misplaced"},
	{"a host a record", func(_ *rand.Rand, sym *event.Symbols, e *event.Event, i int) {
		e.Host, e.Time, e.Uptime = sym.Of(fmt.Sprintf("host-%09d", i*7919%1_000_003)), start+int64(i)*second, int64(i)*1000
	}, none, ""},
	{"silent spans", func(_ *rand.Rand, sym *event.Symbols, e *event.Event, i int) {
		e.Host, e.Fields, e.Count = sym.Of("gw"), 0, 900
		e.Time = start + int64(i)*31*minute + int64(i/20)*2*hour
	}, none, ""},
	{"silent spans of many hosts", func(_ *rand.Rand, sym *event.Symbols, e *event.Event, i int) {
		k := int64(i % 3000)
		e.Host, e.Fields, e.Count = sym.Of(fmt.Sprint("host", i/3000)), 0, 900
		e.Time = start + k*31*minute + k/20*2*hour
	}, none, ""},
	{"silent spans in regular hours", func(_ *rand.Rand, sym *event.Symbols, e *event.Event, i int) {
		e.Host, e.Fields, e.Count = sym.Of("gw"), 0, 900
		e.Time = start + int64(i)*15*minute + int64(i/200)*hour
	}, none, ""},
	{"any numbers", func(r *rand.Rand, sym *event.Symbols, e *event.Event, _ int) {
		e.Host, e.Time, e.Uptime = sym.Of(fmt.Sprint("host", r.IntN(5))), int64(r.Uint64()), int64(r.Uint64()>>r.IntN(60))
	}, all, "contradiction crowded misplaced overlap step uptime reset"},
}

const start = int64(1_772_323_200) * second // 2026-03-01

func none(int) int  { return 0 }
func one(int) int   { return 1 }
func all(n int) int { return n }

// forged is a State of n records.
func forged(f forger, n int) (analyze.State, *event.Symbols) {
	sym := event.NewSymbols()
	st := Analyzer.New(&analyze.Shared{Symbols: sym})
	r := rand.New(rand.NewPCG(7, 0x666f726765))
	batch := make([]event.Event, 64)
	for i := 0; i < n; i += len(batch) {
		for j := range batch {
			batch[j] = event.Event{Count: 1, Fields: event.HasUptime, Ref: event.MakeRef(0, uint64(i+j+1))}
			f(r, sym, &batch[j], i+j)
		}
		st.Add(batch[:min(len(batch), n-i)])
	}
	return st, sym
}

// read reads all rows.
func read(s *report.Section) (rows int) {
	for i := range s.Tables {
		for range s.Tables[i].Rows {
			rows++
		}
	}
	return rows
}

// TestForgedLogs: whatever a log says, the section is made with memory in
// proportion to the State, its findings are few, and its rows are no more than
// the records.
func TestForgedLogs(t *testing.T) {
	const n = 120_000
	for _, f := range forgers {
		before := heap()
		st, sym := forged(f.forge, n)
		state := heap() - before
		e := env(sym)
		var s *report.Section
		taken := allocated(func() { s = st.Result(e) })
		if most := 4*state + 1<<20; taken > most {
			t.Errorf("%s: Result took %d bytes, want %d at most: the State has %d", f.name, taken, most, state)
		}
		if most := 3 * mostFindings; len(s.Findings) > most || len(s.Notes) > 3 {
			t.Errorf("%s: %d findings, %d notes", f.name, len(s.Findings), len(s.Notes))
		}
		odd := analyzetest.Table(t, s, "clock")
		if odd.TotalRows > f.odd(n) {
			t.Errorf("%s: %d rows of oddities, want %d at most", f.name, odd.TotalRows, f.odd(n))
		}
		for row := range odd.Rows {
			if k := row[odd.Column("kind")].Str(); !strings.Contains(f.kinds, k) {
				t.Errorf("%s: an oddity of kind %s", f.name, k)
				break
			}
		}
		if rows := read(s); rows > 2*n {
			t.Errorf("%s: %d rows", f.name, rows)
		}
		runtime.KeepAlive(st)
	}
}

// TestBoundsOfForgedLogs: what is told of one source is bounded, and the rest is
// counted.
func TestBoundsOfForgedLogs(t *testing.T) {
	for _, c := range []struct {
		name        string
		forger      string
		n           int
		table       string
		rows        int
		boots       int
		note, first string
	}{
		// 512 boots from one hour to the next run for 5000 hours: 32 are told, 31 of them
		// beside the first, and 480 of 2 records each are counted in one row.
		{"boots abreast", "boots abreast", 2 * crowd, "clock", abreast, abreast, "", "fit 480 overlapping boots"},
		// All lives end at one stamp. At that stamp one boot begins: it is not among them.
		{"a crowd", "one stamp", crowd + 2, "clock", 1, 1, "", "fit 513 overlapping boots"},
		{"no crowd", "one stamp, many hosts", crowd, "clock", crowd - 2, 2, "Oddities of clocks: 510 in all", "the clock was set back"},
		// A silence of 151 minutes after every twentieth record: 5000 of them, all
		// improbable by their neighbours of 31 minutes.
		{"silent spans", "silent spans", 100_000, "gaps", mostSpans, 0, "of 1 sources are so many that only the 256 longest", "nothing was logged for"},
	} {
		for _, f := range forgers {
			if f.name != c.forger {
				continue
			}
			st, sym := forged(f.forge, c.n)
			s := st.Result(env(sym))
			if n := analyzetest.Table(t, s, c.table).TotalRows; n != c.rows {
				t.Errorf("%s: %d rows, want %d", c.name, n, c.rows)
			}
			if n := analyzetest.Table(t, s, "boots").TotalRows; n != c.boots {
				t.Errorf("%s: %d boots, want %d", c.name, n, c.boots)
			}
			if len(s.Findings) == 0 || !strings.Contains(s.Findings[0].Text, c.first) {
				t.Errorf("%s: findings %v, want %q first", c.name, s.Findings, c.first)
			}
			if !strings.Contains(strings.Join(s.Notes, "\n"), c.note) {
				t.Errorf("%s: notes %q, want %q", c.name, s.Notes, c.note)
			}
		}
	}
}

// allocated is how many bytes f allocates.
func allocated(f func()) int64 {
	var a, b runtime.MemStats
	runtime.ReadMemStats(&a)
	f()
	runtime.ReadMemStats(&b)
	return int64(b.TotalAlloc - a.TotalAlloc)
}

// BenchmarkResult makes the section of two million forged records.
func BenchmarkResult(b *testing.B) {
	const n = 2_000_000
	for _, f := range forgers {
		b.Run(strings.ReplaceAll(f.name, " ", "-"), func(b *testing.B) {
			st, sym := forged(f.forge, n)
			runtime.GC()
			b.ReportAllocs()
			b.ResetTimer()
			for b.Loop() {
				st.Result(env(sym))
			}
			s := st.(*state)
			b.ReportMetric(float64(len(s.stripes.Keys)), "stripes")
			b.ReportMetric(float64(len(s.slots.Keys)), "slots")
		})
	}
}
