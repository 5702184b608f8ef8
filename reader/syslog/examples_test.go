package syslog

import (
	"testing"

	"fwreport/reader/readertest"
)

func TestExamples(t *testing.T) {
	for _, ex := range readertest.OfKind(t, "message", "syslog", "pve", "sophos", "audit", "ulogdlog") {
		f, input := Format, []byte(ex.Input+"\n")
		if FormatExport.Sniff(input, true) == nil {
			f = FormatExport
		}
		t.Run(ex.Name, func(t *testing.T) { ex.Run(t, f, input) })
	}
}
