package ulogd

import (
	"bytes"
	"testing"

	"fwreport/reader/readertest"
)

func BenchmarkGPRINT(b *testing.B) {
	readertest.Benchmark(b, FormatGPRINT, bytes.Repeat(textSeeds(b, "gprint"), 50))
}

func BenchmarkOPRINT(b *testing.B) {
	readertest.Benchmark(b, FormatOPRINT, bytes.Repeat(textSeeds(b, "oprint"), 50))
}

func BenchmarkNACCT(b *testing.B) {
	readertest.Benchmark(b, FormatNACCT, bytes.Repeat([]byte(accountLine), 200))
}

// BenchmarkKinds is a log of several kinds of packet in random order, at each line
// another.
func BenchmarkKinds(b *testing.B) {
	readertest.Benchmark(b, Format, manyKinds(1000))
}
