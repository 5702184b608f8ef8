package syslog

import (
	"bytes"
	"strings"
	"testing"

	"fwreport/reader/readertest"
)

func BenchmarkExport(b *testing.B) {
	readertest.Benchmark(b, FormatExport, bytes.Repeat(append(exportText(), '\n', '\n'), 50))
}

func BenchmarkVerbose(b *testing.B) {
	readertest.Benchmark(b, FormatVerbose, []byte(strings.Repeat(head+"    _HOSTNAME=fw1\n    MESSAGE="+rec+"\n", 200)))
}

func BenchmarkDmesgJSON(b *testing.B) {
	message := `{"pri": 4, "time": "  12345.678901", "msg": "` + rec + `"}`
	readertest.Benchmark(b, FormatDmesg, []byte(`{ "dmesg": [ `+strings.Repeat(message+",\n", 200)+message+` ] }`))
}

// BenchmarkParts are records that are all cut in two.
func BenchmarkParts(b *testing.B) {
	readertest.Benchmark(b, Format, []byte(strings.Repeat(wrapCRI("stdout", "P", rec[:80])+wrapCRI("stdout", "F", rec[80:]), 200)))
}
