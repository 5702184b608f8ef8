package main

import (
	"io"
	"math/rand/v2"
	"testing"

	"fwreport/analyze"
	"fwreport/analyze/analyzetest"
	"fwreport/analyze/groups"
	"fwreport/analyze/kinds"
	"fwreport/reader"
	"fwreport/reader/event"
	"fwreport/report"
	"fwreport/report/csv"
	"fwreport/report/html"
	"fwreport/report/json"
	"fwreport/report/reporttest"
	"fwreport/report/text"
	"fwreport/report/xlsx"
)

// The steps of a run one by one, in a form for benchstat.

// BenchmarkAdd is each module's Add; groups and kinds count for those that only roll
// up.
func BenchmarkAdd(b *testing.B) {
	for _, m := range append([]*analyze.Analyzer{groups.Analyzer, kinds.Analyzer}, analyzers...) {
		b.Run(m.Name, func(b *testing.B) { analyzetest.Benchmark(b, m) })
	}
}

const setEvents = 200_000

// fullSet is all modules with events counted.
func fullSet(sym *event.Symbols, events []event.Event) *analyze.Set {
	s := analyze.NewSet(analyzers, sym)
	s.Add(events)
	return s
}

// BenchmarkMerge merges what two workers counted.
func BenchmarkMerge(b *testing.B) {
	sym := event.NewSymbols()
	events := analyzetest.Events(rand.New(rand.NewPCG(1, 2)), sym, setEvents)
	b.ReportAllocs()
	for b.Loop() {
		b.StopTimer()
		one, other := fullSet(sym, events[:setEvents/2]), fullSet(sym, events[setEvents/2:])
		b.StartTimer()
		one.Merge(other)
	}
	b.ReportMetric(setEvents*float64(b.N)/b.Elapsed().Seconds(), "events/s")
}

// BenchmarkResult makes each module's section, with what it requires, and reads
// all rows of its tables. Its events are of all hosts, times and kinds.
func BenchmarkResult(b *testing.B) {
	sym := event.NewSymbols()
	events := analyzetest.Events(rand.New(rand.NewPCG(1, 2)), sym, setEvents)
	for _, m := range analyzers {
		set := analyze.NewSet([]*analyze.Analyzer{m}, sym)
		set.Add(events)
		b.Run(m.Name, func(b *testing.B) {
			b.ReportAllocs()
			rows := 0
			for b.Loop() {
				for _, s := range set.Sections(analyzetest.Env(sym)) {
					rows += countRows(&s)
				}
			}
			b.ReportMetric(float64(rows)/b.Elapsed().Seconds(), "rows/s")
		})
	}
}

func countRows(s *report.Section) (n int) {
	for i := range s.Tables {
		for range s.Tables[i].Rows {
			n++
		}
	}
	return n
}

// BenchmarkRender writes a table of 100,000 rows, all of them.
func BenchmarkRender(b *testing.B) {
	const rows = 100_000
	r := reporttest.Big(rows)
	for _, f := range []struct {
		name   string
		render func(w io.Writer, r *report.Report) error
	}{
		{"text", func(w io.Writer, r *report.Report) error { return text.Render(w, r, text.Options{}) }},
		{"html", func(w io.Writer, r *report.Report) error { return html.Render(w, r, html.Options{}) }},
		{"json", func(w io.Writer, r *report.Report) error { return json.Render(w, r, json.Options{}) }},
		{"xlsx", func(w io.Writer, r *report.Report) error {
			return xlsx.Render(w, r, xlsx.Options{TempDir: b.TempDir()})
		}},
		{"csv", func(_ io.Writer, r *report.Report) error { return csv.Write(thrownAway, r, csv.Options{}) }},
	} {
		b.Run(f.name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if err := f.render(io.Discard, r); err != nil {
					b.Fatal(err)
				}
			}
			b.ReportMetric(rows*float64(b.N)/b.Elapsed().Seconds(), "rows/s")
		})
	}
}

// thrownAway opens a file that keeps nothing.
func thrownAway(string) (io.WriteCloser, error) { return nowhere{io.Discard}, nil }

type nowhere struct{ io.Writer }

func (nowhere) Close() error { return nil }

// BenchmarkRead is reading, hashing, decompressing and cutting into chunks.
func BenchmarkRead(b *testing.B) {
	l := newLaboratory(b)
	for _, name := range []string{"kern.log", "kern.log.gz", "kern.log.zst"} {
		e := l.write(name, 500_000, 1)
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			records, size := uint64(0), int64(0)
			for b.Loop() {
				inputs, err := reader.Open(b.Context(), e.paths, reader.OpenOptions{Formats: formats})
				if err != nil {
					b.Fatal(err)
				}
				for _, in := range inputs {
					err = in.Chunks(func(int) {}, func(c *reader.Chunk) error {
						records, size = records+c.Records, size+int64(len(c.Data))
						c.Release()
						return nil
					})
					if err != nil {
						b.Fatal(err)
					}
				}
			}
			b.SetBytes(size / int64(b.N))
			b.ReportMetric(float64(records)/b.Elapsed().Seconds(), "records/s")
		})
	}
}
