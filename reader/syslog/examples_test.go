package syslog

import (
	"slices"
	"testing"

	"fwreport/reader/readertest"
)

// pending are examples of forms that this package does not read: records of
// flows, for which there is no Event.
var pending = []string{
	"logemu_printflow_icmp_swapped",
	"logemu_printflow_tcp",
}

func TestExamples(t *testing.T) {
	var waiting []string
	for _, ex := range readertest.OfKind(t, "message", "syslog", "pve", "sophos", "audit", "ulogdlog") {
		if slices.Contains(pending, ex.Name) {
			waiting = append(waiting, ex.Name)
			continue
		}
		f, input := Format, []byte(ex.Input+"\n")
		if FormatExport.Sniff(input, true) == nil {
			f = FormatExport
		}
		t.Run(ex.Name, func(t *testing.T) { ex.Run(t, f, input) })
	}
	t.Logf("%d examples pending: %q", len(waiting), waiting)
}
