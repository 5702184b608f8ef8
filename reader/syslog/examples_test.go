package syslog

import (
	"slices"
	"testing"

	"fwreport/reader/readertest"
)

// pending are examples of forms that this package does not read: ebtables'
// own format, journalctl's and containers' envelopes, and flow records.
var pending = []string{
	"ebt_ip",
	"ebt_ip6",
	"ebt_arp",
	"ebt_incomplete",
	"env_journal_short_full",
	"env_journal_short_unix",
	"env_journal_short_monotonic",
	"env_journal_json",
	"env_journal_json_message_byte_array",
	"env_journal_json_message_null",
	"env_journal_export",
	"env_kmsg",
	"env_dmesg_T",
	"env_dmesg_x",
	"env_openwrt_logread",
	"env_openwrt_logread_t",
	"env_docker_json_file",
	"env_cri",
	"logemu_printflow_icmp_swapped",
	"logemu_printflow_tcp",
}

func TestExamples(t *testing.T) {
	var waiting []string
	for _, ex := range readertest.OfKind(t, "message", "syslog") {
		if slices.Contains(pending, ex.Name) {
			waiting = append(waiting, ex.Name)
			continue
		}
		t.Run(ex.Name, func(t *testing.T) { ex.Run(t, Format, []byte(ex.Input+"\n")) })
	}
	t.Logf("%d examples pending: %q", len(waiting), waiting)
}
