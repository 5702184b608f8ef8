package sqlite

import (
	"bytes"
	"testing"

	"fwreport/reader/readertest"
)

// BenchmarkRow is the parsing of rows, without the reading of the database.
func BenchmarkRow(b *testing.B) {
	var data []byte
	for _, ex := range readertest.OfKind(b, "sqlite_row") {
		data = append(append(data, ex.Input...), '\n')
	}
	readertest.Benchmark(b, Format, bytes.Repeat(data, 50))
}
