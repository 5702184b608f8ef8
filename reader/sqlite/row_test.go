package sqlite

import (
	"bytes"
	"strings"
	"testing"

	"fwreport/reader"
	"fwreport/reader/event"
	"fwreport/reader/readertest"
)

// TestRows: rows as a stream makes them, with what they mean by hand (FORMATS.md
// 3.6; addresses in the order of their bytes).
func TestRows(t *testing.T) {
	type want map[string]any
	for _, c := range []struct {
		name, row string
		want      want
	}{
		{"unsigned, up to 2.0.8", `{"ip_saddr": 3362010054, "ip_daddr": 167903424}`, want{"src": "198.51.100.200", "dst": "192.0.2.10", "kind": "packet"}},
		{"signed, from 2.0.9", `{"ip_saddr": -932957242, "ip_daddr": 167903424}`, want{"src": "198.51.100.200", "dst": "192.0.2.10"}},
		{"of a big-endian machine", `{"sqlite.order": "big", "ip_saddr": 3325256711, "ip_daddr": -1073741302}`, want{"src": "198.51.100.7", "dst": "192.0.2.10"}},
		{"half of IPv6 of a big-endian machine", `{"sqlite.order": "big", "ip_saddr": 2306139568115548160, "oob_family": 10}`, want{"src": "2001:db8::/64"}},
		{"half of IPv6 above 2^63", `{"ip_saddr": -9216155367723171552}`, want{"src": "2001:db8:85a3:1980::/64"}},
		{"small, IPv6 by its family", `{"ip_saddr": 33022, "oob_family": 10}`, want{"src": "fe80::/64"}},
		{"small, IPv6 by the ethertype on a bridge", `{"ip_saddr": 33022, "oob_family": 7, "oob_protocol": 34525}`, want{"src": "fe80::/64"}},
		{"small, IPv4 on a bridge", `{"ip_saddr": 33022, "oob_family": 7, "oob_protocol": 2048}`, want{"src": "254.128.0.0"}},
		{"text wins, wherever it stands", `{"ip_saddr_str": "203.0.113.9", "ip_saddr": 124007366, "ip_daddr": 1, "ip_daddr_str": "2001:db8::1"}`, want{"src": "203.0.113.9", "dst": "2001:db8::1"}},
		{"text that is NULL does not", `{"ip_saddr_str": null, "ip_saddr": 124007366}`, want{"src": "198.51.100.7"}},
		{"text in the column of the number", `{"ip_saddr": "198.51.100.7", "ip_daddr": "2001:db8::1"}`, want{"src": "198.51.100.7", "dst": "2001:db8::1"}},
		{"IP2BIN", `{"ip_saddr_bin": "0x00000000000000000000ffffc6336407", "ip_daddr_bin": "0x20010db8000000000000000000000001"}`, want{"src": "198.51.100.7", "dst": "2001:db8::1"}},
		{"blobs", `{"ip_saddr": "x'c6336407'", "ip_daddr": "x'20010db8000000000000000000000001'"}`, want{"src": "198.51.100.7", "dst": "2001:db8::1"}},
		{"IP2HBIN, whatever the order", `{"ip_hsaddr": 3325256711, "ip_hdaddr": -1073741302}`, want{"src": "198.51.100.7", "dst": "192.0.2.10"}},
		{"IP2HBIN has no IPv6", `{"ip_hsaddr": 0, "oob_family": 10, "oob_prefix": "x"}`, want{"src": nil, "addr_unknown": true}},
		{"a REAL column", `{"ip_saddr": 124007366.0, "tcp_dport": 22.0, "ip_protocol": 6.0}`, want{"src": "198.51.100.7", "dpt": 22, "proto": "tcp"}},
		{"numbers above 2^31", `{"ip_saddr": 124007366, "ip_protocol": 6, "tcp_seq": -2, "tcp_ackseq": -1, "oob_mark": -2147483648, "oob_time_sec": -2147483648}`,
			want{"seq": 4294967294, "ack": 4294967295, "mark": 2147483648, "ts": "2038-01-19T03:14:08Z"}},
		{"a later fragment's ports are payload", `{"ip_saddr": 124007366, "ip_protocol": 6, "ip_fragoff": 185, "tcp_sport": 25186, "tcp_dport": 25186, "tcp_syn": 1}`,
			want{"frag_off": 1480, "spt": nil, "dpt": nil, "flags": nil}},
		{"a first fragment's are not", `{"ip_saddr": 124007366, "ip_protocol": 17, "ip_fragoff": 8192, "udp_sport": 5353, "udp_dport": 53}`, want{"mf": true, "spt": 5353, "dpt": 53}},
		{"ports of the protocol that has them", `{"ip_saddr": 124007366, "ip_protocol": 17, "udp_sport": 5353, "udp_dport": 53, "tcp_sport": null, "tcp_dport": null}`, want{"spt": 5353, "dpt": 53}},
		{"no address", `{"raw_pktlen": 44, "oob_prefix": "IPT: DROP ", "oob_time_sec": 1735787045, "oob_time_usec": 123456, "oob_uid": null}`,
			want{"src": nil, "addr_unknown": true, "prefix": "IPT: DROP ", "ts": "2025-01-02T03:04:05.123456Z", "uid": nil}},
		{"a flow", `{"flow_start_sec": 1735787045, "flow_start_usec": 66970, "flow_end_sec": 1735787048, "flow_end_usec": 66891, "orig_ip_saddr": 124007366, "orig_ip_daddr": 167903424, "orig_l4_sport": 40000, "orig_l4_dport": 22, "orig_ip_protocol": 6, "orig_raw_pktlen": 44, "orig_raw_pktcount": 1, "reply_raw_pktlen": 40, "reply_raw_pktcount": 1, "ct_mark": 0}`,
			want{"kind": "flow", "src": "198.51.100.7", "dst": "192.0.2.10", "spt": 40000, "dpt": 22, "proto": "tcp", "ts": "2025-01-02T03:04:08.066891Z", "mark": 0,
				"flow": map[string]any{"orig_packets": 1, "orig_bytes": 44, "reply_packets": 1, "reply_bytes": 40, "duration_us": 2999921}}},
		{"a flow behind NAT", `{"orig_ip_saddr": 124007366, "orig_ip_daddr": 167903424, "reply_ip_saddr": -932957242, "reply_ip_daddr": 124007366, "orig_ip_protocol": 1, "icmp_type": 8, "icmp_code": 0, "flow_start_sec": 1735787045, "flow_end_sec": null}`,
			want{"kind": "flow", "icmp_type": 8, "ts": "2025-01-02T03:04:05Z", "flow": map[string]any{"reply_src": "198.51.100.200", "dnat": true, "snat": false}}},
		{"a password is not ulogd's to show", `{"pwsniff_pass": "(not shown)", "ip_saddr": 124007366}`, want{"src": "198.51.100.7"}},
		{"attacks in names and values", `{"\"><script>": "x", "oob_prefix": "\"}\n=cmd|' /C calc'!A0", "ip_saddr": 124007366}`, want{"src": "198.51.100.7", "prefix": "\"}\n=cmd|' /C calc'!A0"}},
		{"an address that is none", `{"ip_saddr": "198.51.100.256"}`, want{"kind": "damaged"}},
		{"a host number that is none", `{"ip_hsaddr": 4294967296}`, want{"kind": "damaged"}},
		{"a port that is none", `{"ip_saddr": 124007366, "ip_protocol": 6, "tcp_dport": 65536}`, want{"kind": "damaged"}},
		{"a row that is damaged", `{"sqlite.table": "t", "sqlite.damage": "the row does not fit its page"}`, want{"kind": "damaged"}},
		{"no JSON", `{"ip_saddr": `, want{"kind": "damaged"}},
		{"nothing of ulogd", `{"sqlite.table": "t", "url": "x", "oob_time_sec": 5}`, want{"kind": "other"}},
	} {
		ex := readertest.Example{Name: c.name, Input: c.row, Expect: normal(c.want)}
		ex.Run(t, Format, []byte(c.row))
	}
}

// normal has numbers as a JSON file has them.
func normal(m map[string]any) map[string]any {
	out := map[string]any{}
	for k, v := range m {
		switch v := v.(type) {
		case int:
			out[k] = float64(v)
		case map[string]any:
			out[k] = normal(v)
		default:
			out[k] = v
		}
	}
	return out
}

func TestFlagsOfHalves(t *testing.T) {
	opt := readertest.Options(t, "")
	in := &reader.Input{Path: "input", Format: Format}
	b := readertest.Parse(Format, opt, in, []byte(`{"ip_saddr": 190265844105504, "ip_protocol": 17, "udp_dport": 53}`+"\n"+`{"ip_saddr_str": "2001:db8::1"}`+"\n"+`{"ip_saddr": 124007366}`))
	for i, want := range []event.Fields{event.IPv6 | event.AddrNet64, event.IPv6, 0} {
		if got := b.Events[i].Fields & (event.IPv6 | event.AddrNet64); got != want {
			t.Errorf("row %d has the flags %x, want %x", i, got, want)
		}
	}
}

func TestLaws(t *testing.T) {
	lines, _, _ := rows(t, sample(t))
	data := []byte(strings.Join(lines, "\n") + "\n")
	readertest.AnyCut(t, Format, nil, nil, data, 1)
	readertest.NoAlias(t, Format, nil, nil, data)
	plain := bytes.ReplaceAll(data, []byte(`note, \"quoted\"`), []byte("note"))
	readertest.NoAlloc(t, Format, nil, plain)
}

// TestRejects: what is shown of a malformed row is the row.
func TestRejects(t *testing.T) {
	b := readertest.Parse(Format, readertest.Options(t, ""), &reader.Input{Path: "input", Format: Format}, []byte(`{"oob_prefix": "x", "tcp_dport": 70000}`+"\n"))
	if len(b.Rejects) != 1 || b.Rejects[0].Reason != "value of tcp.dport makes no sense" || b.Rejects[0].Text != `{"oob_prefix": "x", "tcp_dport": 70000}` {
		t.Errorf("%+v", b.Rejects)
	}
}
