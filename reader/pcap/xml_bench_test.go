package pcap

import (
	"bytes"
	"testing"

	"fwreport/reader/readertest"
)

func BenchmarkXML(b *testing.B) {
	readertest.Benchmark(b, FormatXML, bytes.Repeat(append(xmlSeeds(b), xmlFlowText+"\n"...), 50))
}
