package readertest

import (
	"testing"

	"fwreport/reader"
)

// Benchmark measures the Parse of a format alone, in its steady state and
// without Details: bytes and events a second, and allocations.
func Benchmark(b *testing.B, f *reader.Format, data []byte) {
	b.Helper()
	opt := withDetail(b, nil, false)
	opt.Identify = nil // most runs have one family of logs
	chunks := Chunks(f, input(f, nil), data)
	p, batch := f.NewParser(opt), &reader.Batch{}
	events := 0
	parse := func() {
		for _, c := range chunks {
			batch.Reset()
			p.Parse(batch, c)
			events += len(batch.Events)
		}
	}
	if parse(); events == 0 {
		b.Fatal("the data holds no event")
	}
	b.SetBytes(int64(len(data)))
	b.ReportAllocs()
	b.ResetTimer()
	events = 0
	for b.Loop() {
		parse()
	}
	b.ReportMetric(float64(events)/b.Elapsed().Seconds(), "events/s")
}
