package invalid

import (
	"math/rand/v2"
	"testing"

	"fwreport/analyze"
	"fwreport/analyze/analyzetest"
	"fwreport/reader/event"
)

func BenchmarkAdd(b *testing.B) {
	sym := event.NewSymbols()
	events := analyzetest.Events(rand.New(rand.NewPCG(1, 2)), sym, 2000)
	set := analyze.NewSet([]*analyze.Analyzer{Analyzer}, sym)
	b.ReportAllocs()
	for b.Loop() {
		set.Add(events)
	}
	b.ReportMetric(float64(b.N)*float64(len(events))/b.Elapsed().Seconds(), "events/s")
}
