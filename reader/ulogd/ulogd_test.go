package ulogd

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"fwreport/reader"
	"fwreport/reader/action"
	"fwreport/reader/event"
	"fwreport/reader/readertest"
)

// captured is where the genuine records are: written by ulogd 2.0.8 on a real
// kernel.
const captured = "../../../shared/reference/captured"

func capture(t testing.TB, name string) []byte {
	t.Helper()
	data, err := os.ReadFile(filepath.Join(captured, name))
	if err != nil {
		t.Skipf("the captured records are not here: %v", err)
	}
	return data
}

func parse(t testing.TB, opt *reader.Options, text string) *reader.Batch {
	t.Helper()
	if opt == nil {
		opt = readertest.Options(t, "")
	}
	return readertest.Parse(Format, opt, &reader.Input{Format: Format, YearRef: event.NoTime}, []byte(text))
}

// TestExamples runs all golden packets and flows.
func TestExamples(t *testing.T) {
	for _, ex := range readertest.OfKind(t, "ulogd_json") {
		ex.Run(t, Format, []byte(ex.Input))
	}
}

const record0 = `"oob.time.sec": 1735787045, "oob.prefix": "x ", "oob.in": "eth0", "oob.out": "", "oob.protocol": 2048, `

// TestFields pins single fields that the examples leave out.
func TestFields(t *testing.T) {
	const tcp = `"ip.protocol": 6, "src_ip": "192.0.2.1", "dest_ip": "192.0.2.2", `
	for _, c := range []struct {
		text string
		want map[string]any
	}{
		// The payload bbbb… of a captured fragment: byte 13 of what was taken for a
		// TCP header is 0x62, so res2 = 1 is ECE, URG and SYN are set.
		{tcp + `"tcp.urg": 1, "tcp.ack": 0, "tcp.psh": 0, "tcp.rst": 0, "tcp.syn": 1, "tcp.fin": 0, "tcp.res1": 2, "tcp.res2": 1, "tcp.urgp": 7`,
			map[string]any{"flags": []any{"ECE", "URG", "SYN"}, "urgp": 7.0}},
		{tcp + `"tcp.syn": 0, "tcp.res2": 2`, map[string]any{"flags": []any{"CWR"}}},
		{tcp + `"tcp.syn": 0`, map[string]any{"flags": []any{}}},
		{tcp + `"tcp.seq": 4294967295, "tcp.ackseq": 0, "tcp.window": 0`, map[string]any{"seq": 4294967295.0, "ack": 0.0, "window": 0.0, "flags": nil}},
		{tcp + `"tcp.sport": 1, "tcp.dport": 65535`, map[string]any{"spt": 1.0, "dpt": 65535.0}},
		{tcp + `"src_port": "40000", "ip.ttl": null`, map[string]any{"spt": 40000.0, "ttl": nil}},
		{tcp + `"src_port": 1, "src_port": 2`, map[string]any{"spt": 2.0}},
		{tcp + `"ip.fragoff": 57344`, map[string]any{"ce": true, "df": true, "mf": true, "frag_off": nil}},
		{tcp + `"ip.fragoff": 8192, "src_port": 9`, map[string]any{"mf": true, "spt": 9.0}},
		{tcp + `"ip.fragoff": 8193, "src_port": 9, "tcp.syn": 1, "tcp.seq": 1, "tcp.ackseq": 1, "tcp.window": 1`,
			map[string]any{"mf": true, "frag_off": 8.0, "spt": nil, "flags": nil, "seq": nil, "ack": nil, "window": nil}},
		{`"ip.protocol": 1, "ip.fragoff": 1, "icmp.type": 98, "icmp.code": 98, "src_ip": "192.0.2.1", "dest_ip": "192.0.2.2"`,
			map[string]any{"proto": "icmp", "icmp_type": nil, "icmp_code": nil}},
		{`"ip.protocol": 1, "icmp.type": 3, "icmp.code": 4, "icmp.fragmtu": 1400, "src_ip": "192.0.2.1", "dest_ip": "192.0.2.2", "src_port": 5`,
			map[string]any{"icmp_type": 3.0, "icmp_code": 4.0, "mtu": 1400.0, "spt": nil, "flags": nil}},
		{`"ip.protocol": 50, "src_port": 5, "ip.saddr.str": "192.0.2.1", "ip.daddr": "192.0.2.2"`, map[string]any{"proto": "esp", "spt": nil, "src": "192.0.2.1", "dst": "192.0.2.2"}},
		{`"ip.protocol": 6, "ip.ttl": 1`, map[string]any{"kind": "packet", "proto": "tcp", "src": nil, "addr_unknown": true}},
		{`"oob.uid": 0, "oob.gid": 33, "oob.mark": 4294967295`, map[string]any{"uid": 0.0, "gid": 33.0, "mark": 4294967295.0, "addr_unknown": true}},
		{`"oob.in": "", "oob.ifindex_in": 7`, map[string]any{"in": "if#7"}},
		{`"oob.in": "", "oob.ifindex_in": 0`, map[string]any{"in": nil}},
		{`"oob.in": null, "oob.family": 7, "oob.hook": 5`, map[string]any{"hook": nil}},
		{`"oob.family": 3, "oob.hook": 1, "oob.protocol": 2054`, map[string]any{"hook": "OUTPUT", "proto": "arp"}},
		{`"oob.family": 5, "oob.hook": 0`, map[string]any{"hook": nil}},
		{`"oob.hook": 4`, map[string]any{"hook": "POSTROUTING"}},
		{`"oob.protocol": 35020`, map[string]any{"kind": "nonip", "ethertype": "88cc", "addr_unknown": nil}},
		{`"arp.operation": 1, "arp.hwtype": 1, "arp.protocoltype": 2048, "arp.saddr.str": "192.0.2.77", "arp.daddr.str": "192.0.2.10"`,
			map[string]any{"proto": "arp", "src": nil, "addr_unknown": nil, "arp": map[string]any{"op": 1.0, "htype": 1.0, "ptype": "0800", "ip_src": "192.0.2.77", "ip_dst": "192.0.2.10"}}},
		{`"mac.str": "02:00:5e:00:53:10:02:00:5e:00:53:01:81:00:60:0a:08:00"`,
			map[string]any{"mac_dst": "02:00:5e:00:53:10", "mac_src": "02:00:5e:00:53:01", "vlan": 10.0, "vlan_prio": 3.0, "vproto": "8100"}},
		{`"raw.type": 65534, "mac.str": "45:00:00:54"`, map[string]any{"mac_src": nil, "mac_raw": "45:00:00:54"}},
		{`"ip6.payloadlen": 40, "ip6.hoplimit": 0, "ip6.priority": 184, "ip6.nexthdr": 17, "ip6.fragoff": 1480, "ip6.fragid": 43981, "src_port": 5, "src_ip": "2001:db8::1", "dest_ip": "::"`,
			map[string]any{"len": 80.0, "ttl": 0.0, "tc": 184.0, "proto": "udp", "frag_off": 1480.0, "frag_id": 43981.0, "spt": nil, "dst": "::"}},
		{`"ip6.fragoff": 0, "ip6.hoplimit": 1`, map[string]any{"frag_off": 0.0}},
		{`"dvc": "Netfilter"`, map[string]any{"host": nil}},
		{`"dvc": "fw1"`, map[string]any{"host": "fw1"}},
		{`"action": "blocked", "oob.prefix": "ACCEPT "`, map[string]any{"action": "accept"}},
		{`"action": "allowed", "oob.prefix": ""`, map[string]any{"action": "accept", "action_source": "ulogd-label"}},
		{`"oob.prefix": "a\"b\u00fc "`, map[string]any{"prefix": "a\"bü "}},
		{`"x.nested": {"oob.prefix": "no"}, "y": [1, 2]`, map[string]any{"prefix": "x "}},
	} {
		opt := readertest.Options(t, "")
		b := parse(t, opt, "{"+record0+c.text+"}")
		if len(b.Events) != 1 {
			t.Errorf("%s: no event: %+v", c.text, b.Rejects)
			continue
		}
		readertest.Check(t, readertest.Example{Name: c.text, Expect: c.want}, readertest.CanonicalBatch(opt.Symbols, b))
	}
}

func TestPrefixLost(t *testing.T) {
	opt := readertest.Options(t, "")
	b := parse(t, opt, `{"oob.mark": 0, "oob.in": "eth0"}`+"\n"+`{"oob.mark": 0, "oob.prefix": ""}`)
	by := func(i int) string { return opt.Symbols.Name(b.Events[i].DecidedBy) }
	if by(0) != "prefix-lost" || by(1) == "prefix-lost" {
		t.Errorf("decided by %q and %q; want prefix-lost for the first only", by(0), by(1))
	}
}

func TestInterfaceNumber(t *testing.T) {
	opt := readertest.Options(t, "")
	b := parse(t, opt, `{"oob.prefix": "", "oob.ifindex_in": 3, "oob.out": "", "oob.ifindex_out": 0}`)
	if e := b.Events[0]; opt.Symbols.Name(e.In) != "if#3" || e.Out != 0 {
		t.Errorf("in %q, out %q; want if#3 and none", opt.Symbols.Name(e.In), opt.Symbols.Name(e.Out))
	}
}

func TestAssumed(t *testing.T) {
	opt := readertest.Options(t, "")
	opt.Actions = action.NewTable(action.Options{Assume: event.Denied})
	if e := parse(t, opt, `{"oob.prefix": "hello "}`).Events[0]; e.Verdict != event.Denied || !e.Has(event.Assumed) {
		t.Errorf("verdict %v, fields %b: want denied by assumption", e.Verdict, e.Fields)
	}
}

func TestTime(t *testing.T) {
	for _, c := range []struct {
		zone, keys, want string
		flags            event.Fields
	}{
		{"", `"timestamp": "2025-01-02T03:04:05.123456"`, "2025-01-02T03:04:05.123456Z", event.TZAssumed},
		{"Europe/Berlin", `"timestamp": "2025-01-02T03:04:05"`, "2025-01-02T02:04:05Z", event.TZAssumed},
		{"Europe/Berlin", `"timestamp": "2025-01-02T03:04:05Z"`, "2025-01-02T03:04:05Z", 0},
		{"Europe/Berlin", `"@timestamp": "2026-11-21T06:14:18.269949-0330"`, "2026-11-21T09:44:18.269949Z", 0},
		{"", `"timestamp": "2025-07-01T00:30:00+05:45"`, "2025-06-30T18:45:00Z", 0},
		{"Europe/Berlin", `"timestamp": "2025-10-26T02:30:00"`, "2025-10-26T00:30:00Z", event.TZAssumed | event.TimeFolded},
		{"Europe/Berlin", `"timestamp": "2025-03-30T02:30:00"`, "2025-03-30T01:30:00Z", event.TZAssumed | event.TimeGap},
		{"", `"timestamp": "2024-02-29T23:59:60"`, "2024-03-01T00:00:00Z", event.TZAssumed},
		{"Europe/Berlin", `"timestamp": "1999-01-01T00:00:00", "oob.time.sec": 1735787045`, "2025-01-02T03:04:05Z", 0},
		{"", `"oob.time.sec": 1735787045, "oob.time.usec": 7`, "2025-01-02T03:04:05.000007Z", 0},
	} {
		b := parse(t, readertest.Options(t, c.zone), `{"oob.mark": 0, `+c.keys+`}`)
		if len(b.Events) != 1 {
			t.Errorf("%s: no event: %+v", c.keys, b.Rejects)
			continue
		}
		e := b.Events[0]
		stampFlags := e.Fields & (event.TZAssumed | event.TimeFolded | event.TimeGap)
		if got := time.Unix(0, e.Time).UTC().Format(time.RFC3339Nano); got != c.want || stampFlags != c.flags {
			t.Errorf("%s in %q: got %s with flags %x, want %s with %x", c.keys, c.zone, got, stampFlags, c.want, c.flags)
		}
		if b.TZAssumed != (c.flags&event.TZAssumed != 0) {
			t.Errorf("%s: batch says zone assumed: %v", c.keys, b.TZAssumed)
		}
	}
	if e := parse(t, nil, `{"oob.mark": 0}`).Events[0]; e.Time != event.NoTime {
		t.Errorf("without any stamp: time %d, want none", e.Time)
	}
}

// TestLedger holds what becomes of records that are no packets.
func TestLedger(t *testing.T) {
	const good = `{"oob.mark": 0, "src_ip": "192.0.2.1", "dest_ip": "192.0.2.2"}`
	for _, c := range []struct {
		text                     string
		events, other, malformed int
		reason                   string
	}{
		{good, 1, 0, 0, ""},
		{good + "\n", 1, 0, 0, ""},
		{good + "\r\n" + good + "\r\n", 2, 0, 0, ""},
		{"\ufeff" + good + "\n", 1, 0, 0, ""},
		{"\x00\x00\x00" + good + "\n" + good + "\x00\x00", 2, 0, 0, ""},
		{"\n\n\r\n\x00\x00\n   ", 0, 5, 0, ""},
		{`{"timestamp": "2025-01-02T03:04:05", "dvc": "Netfilter", "sum.name": "http", "sum.pkts": 10, "sum.bytes": 600, "oob.time.sec": 1}`, 0, 1, 0, ""},
		{`{"orig.ip.protocol": 6, "src_ip": "192.0.2.1", "oob.family": 2}`, 1, 0, 0, ""},
		{`{"ct.id": 6, "src_ip": "192.0.2.x"}`, 0, 0, 1, "address makes no sense"},
		{`{"ct.id": 6, "reply.ip.daddr.str": "192.0.2.x"}`, 0, 0, 1, "address makes no sense"},
		{`{"ct.id": 6, "flow.end.usec": 1000000}`, 0, 0, 1, "value of flow.end.usec makes no sense"},
		{`{"ct.id": 6, "timestamp": "soon"}`, 0, 0, 1, "timestamp makes no sense"},
		{`{"timestamp": "2025-01-02T03:04:05", "src_ip": "192.0.2.1", "event_type": "alert"}`, 0, 1, 0, ""},
		{`{"timestamp": 12, "action": {"a": 1}}`, 0, 1, 0, ""},
		{`{}`, 0, 1, 0, ""},
		{`[]`, 0, 1, 0, ""},
		{`17`, 0, 1, 0, ""},
		{good[:20], 0, 0, 1, "JSON is cut short"},
		{good + "x", 0, 0, 1, "invalid JSON"},
		{good + good, 0, 0, 1, "invalid JSON"},
		{"plain text", 0, 0, 1, "does not begin with {: no JSON object"},
		{`2", "oob.mark": 0}`, 0, 0, 1, "does not begin with {: no JSON object"},
		{`{"oob.mark": 0, "src_ip": "300.1.2.3"}`, 0, 0, 1, "address makes no sense"},
		{`{"oob.mark": 0, "src_port": 65536}`, 0, 0, 1, "value of src_port makes no sense"},
		{`{"oob.mark": -1}`, 0, 0, 1, "value of oob.mark makes no sense"},
		{`{"oob.mark": 1.0}`, 0, 0, 1, "value of oob.mark makes no sense"},
		{`{"oob.prefix": 5}`, 0, 0, 1, "value of oob.prefix makes no sense"},
		{`{"oob.mark": {"a": 1}}`, 0, 0, 1, "value of oob.mark makes no sense"},
		{`{"oob.mark": 0, "oob.time.usec": 1000000}`, 0, 0, 1, "value of oob.time.usec makes no sense"},
		{`{"oob.mark": 0, "timestamp": "yesterday"}`, 0, 0, 1, "timestamp makes no sense"},
		{`{"oob.mark": 0, "timestamp": "2025-02-29T00:00:00"}`, 0, 0, 1, "timestamp makes no sense"},
		{`{"oob.mark": 0, "timestamp": "2025-02-28T00:00:00+2500"}`, 0, 0, 1, "timestamp makes no sense"},
		{`{"oob.mark": 0, "timestamp": "2025-02-28T00:00:00."}`, 0, 0, 1, "timestamp makes no sense"},
	} {
		b := parse(t, nil, c.text)
		if len(b.Events) != c.events || int(b.Other) != c.other || int(b.Malformed) != c.malformed {
			t.Errorf("%.90q: %d events, %d other, %d malformed; want %d, %d, %d", c.text, len(b.Events), b.Other, b.Malformed, c.events, c.other, c.malformed)
		} else if c.malformed > 0 && b.Rejects[0].Reason != c.reason {
			t.Errorf("%.90q: reason %q, want %q", c.text, b.Rejects[0].Reason, c.reason)
		}
	}
}

func TestOversize(t *testing.T) {
	data := []byte(`{"oob.prefix": "` + strings.Repeat("x", reader.MaxRecord) + "\"}\n{\"oob.mark\": 0}\n")
	b := readertest.Parse(Format, readertest.Options(t, ""), &reader.Input{Format: Format}, data, reader.MaxRecord)
	if len(b.Events) != 1 || b.Malformed != 1 || b.Rejects[0].Reason != "line longer than 1 MiB" {
		t.Errorf("%d events, rejects %.100v; want one of each", len(b.Events), b.Rejects)
	}
}

// TestTorn is a record that was not written to its end before ulogd was started
// again.
func TestTorn(t *testing.T) {
	opt := readertest.Options(t, "")
	b := parse(t, opt, `{"timestamp": "2025-01-02T03:04:05", "oob.prefix": "DR{"timestamp": "2025-01-02T03:04:06", "oob.prefix": "DROP ", "oob.in": "eth1"}`)
	if len(b.Events) != 1 || b.Malformed != 0 {
		t.Fatalf("%d events, %d malformed; want the second record", len(b.Events), b.Malformed)
	}
	want := map[string]any{"damaged_before": true, "prefix": "DROP ", "in": "eth1", "ts": "2025-01-02T03:04:06Z"}
	readertest.Check(t, readertest.Example{Name: "torn", Expect: want}, readertest.CanonicalBatch(opt.Symbols, b))
}

func TestPasswordsAreNotShown(t *testing.T) {
	b := parse(t, nil, `{"oob.mark": 0, "pwsniff.user": "alice", "pwsniff.pass": "secret"`)
	if b.Malformed != 1 || strings.Contains(b.Rejects[0].Text, "alice") || strings.Contains(b.Rejects[0].Text, "secret") {
		t.Errorf("rejects %+v: want one, without the credentials", b.Rejects)
	}
}

func TestSniff(t *testing.T) {
	const good = `{"timestamp": "2025-01-02T03:04:05", "dvc": "Netfilter", "oob.prefix": ""}` + "\n"
	for _, c := range []struct {
		head string
		want string // "" if it is to be accepted
	}{
		{good, ""},
		{"\n\n" + good, ""},
		{`{"dvc": "fw1"}`, ""},
		{`{"sum.name": "x"}`, ""},
		{`{"orig.ip.protocol": 6, "ct.id": 1}`, ""},
		{"4, \"oob.mark\": 0}\n" + good + good, ""},
		{good + good + good[:30], ""},
		{"", "is empty"},
		{"\n \n", "is empty"},
		{"Jan  2 03:04:05 fw1 kernel: IN=eth0\n", `begins with "J", not with {`},
		{"Jan  2 03:04:05 x\n" + good + "Jan  2 03:04:05 x\n", `begins with "J", not with {`},
		{`[{"oob.prefix": ""}]`, `begins with "[", not with {`},
		{`{"timestamp": "x", "src_ip": "192.0.2.1", "event_type": "alert"}`, "is JSON without any key of ulogd (oob.prefix, ip.protocol, dvc …)"},
		{"{\n  \"oob.prefix\": \"\"\n}\n", "its first line: JSON is cut short"},
	} {
		err := Format.Sniff([]byte(c.head), true)
		if c.want == "" && err != nil || c.want != "" && (err == nil || err.Error() != c.want) {
			t.Errorf("%q: %v, want %q", c.head, err, c.want)
		}
	}
	if err := Format.Sniff([]byte(good+good[:30]), false); err != nil {
		t.Errorf("a head that ends inside a line: %v", err)
	}
}

// mixed is records of all kinds, enough for some cuts.
func mixed(t testing.TB) []byte {
	var data []byte
	for _, ex := range readertest.OfKind(t, "ulogd_json") {
		data = append(data, ex.Input...)
		data = append(data, "\r\n"[len(data)%2:]...)
	}
	data = fmt.Appendf(data, "\n\x00\x00\n{\"oob.mark\": -1}\n%s{\"oob.prefix\": \"a\\nb\", \"timestamp\": \"2025-01-02T03:04:05\"}\nend", bytes.Repeat([]byte("{}\n"), 3))
	return data
}

func TestLaws(t *testing.T) {
	for seed := range uint64(4) {
		readertest.AnyCut(t, Format, nil, nil, mixed(t), seed)
	}
	readertest.NoAlias(t, Format, nil, nil, mixed(t))
}

func TestNoAlloc(t *testing.T) {
	var data []byte
	for _, ex := range readertest.OfKind(t, "ulogd_json") {
		data = append(append(data, ex.Input...), '\n')
	}
	readertest.NoAlloc(t, Format, nil, data)
}

func FuzzParse(f *testing.F) {
	for _, ex := range readertest.OfKind(f, "ulogd_json") {
		f.Add([]byte(ex.Input))
	}
	f.Add(mixed(f))
	f.Add([]byte("{\"oob.prefix\": \"a\\u0000\"}\r\n\ufeff{\"mac.str\": \"\", \"oob.in\": \"\"}{\"raw.type\":1}"))
	f.Add([]byte(`{"mac.str": "02:00:5e:00:53:10:02:00:5e:00:53:01:81:00:60:0a:08:00", "arp.saddr.str": "1.2.3.4"}`))
	f.Fuzz(func(t *testing.T, data []byte) { readertest.Fuzz(t, Format, nil, data) })
}

func BenchmarkParse(b *testing.B) {
	ex := readertest.OfKind(b, "ulogd_json")[0]
	data := bytes.Repeat([]byte(ex.Input+"\n"), 200)
	opt := readertest.Options(b, "")
	opt.Detail = false
	c := readertest.Chunks(Format, &reader.Input{Format: Format}, data)[0]
	p, batch := Format.NewParser(opt), &reader.Batch{}
	b.SetBytes(int64(len(data)))
	b.ReportAllocs()
	n := 0
	for b.Loop() {
		batch.Reset()
		p.Parse(batch, c)
		n += len(batch.Events)
	}
	b.ReportMetric(float64(n)/b.Elapsed().Seconds(), "events/s")
}
