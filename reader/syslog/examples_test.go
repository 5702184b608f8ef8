package syslog

import (
	"slices"
	"testing"

	"fwreport/reader/readertest"
)

// pending are examples of forms that this package does not read: ebtables'
// own format, journalctl's and containers' envelopes, and flow records.
var pending = []string{
	"env_journal_json",
	"env_journal_json_message_byte_array",
	"env_journal_json_message_null",
	"env_journal_export",
	"env_docker_json_file",
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
		t.Run(ex.Name, func(t *testing.T) { ex.Run(t, Format, []byte(ex.Input+"\n")) })
	}
	t.Logf("%d examples pending: %q", len(waiting), waiting)
}
