package ulogd

import (
	"strings"
	"testing"
	"time"

	"fwreport/reader"
	"fwreport/reader/event"
	"fwreport/reader/readertest"
)

// TestFlowFields pins what the captured flows do not show.
func TestFlowFields(t *testing.T) {
	const head = "orig.ip.protocol=6,orig.l4.sport=40000,orig.l4.dport=80,"
	for _, c := range []struct {
		f    *reader.Format
		text string
		want map[string]any
		bits event.Fields
	}{
		{Format, `{"ct.id": 1, "ct.event": 2, "ct.mark": 4294967295, "dvc": "fw1", "timestamp": "2025-01-02T03:04:05"}`,
			map[string]any{"kind": "flow", "mark": 4294967295.0, "host": "fw1", "ts": "2025-01-02T03:04:05Z", "ts_flags": []any{"tz_assumed", "time_imprecise"}, "flow": map[string]any{"event": "update"}}, event.FlowOpen | event.AddrUnknown},
		{Format, `{"ct.id": 1, "flow.start.sec": 5}`, map[string]any{"ts": "1970-01-01T00:00:05Z", "flow": map[string]any{"event": nil, "duration_us": nil}}, event.FlowOpen},
		{Format, `{"ct.id": 1, "flow.start.sec": 5, "flow.end.sec": 7, "flow.end.usec": 1}`, map[string]any{"ts": "1970-01-01T00:00:07.000001Z", "flow": map[string]any{"duration_us": 2000001.0}}, 0},
		{Format, `{"ct.id": 1, "ct.event": 8}`, map[string]any{"ts": nil, "flow": map[string]any{"event": nil}}, 0},
		{Format, `{"orig.ip.protocol": 58, "icmpv6.type": 128, "icmpv6.code": 0, "oob.family": 10}`, map[string]any{"proto": "icmpv6", "icmp_type": 128.0, "icmp_code": 0.0}, event.IPv6},
		{Format, `{"orig.ip.protocol": 47, "orig.l4.sport": 7}`, map[string]any{"proto": "gre", "spt": nil}, 0},
		{Format, `{"ct.id": 1, "orig.ip.saddr.str": "192.0.2.1", "orig.ip.daddr.str": "192.0.2.2", "reply.ip.saddr.str": "192.0.2.2", "reply.ip.daddr.str": "203.0.113.9"}`,
			map[string]any{"src": "192.0.2.1", "dst": "192.0.2.2", "addr_unknown": nil, "flow": map[string]any{"snat": true, "dnat": false}}, 0},
		{Format, `{"orig.ip.protocol": 6, "orig.l4.sport": 4, "orig.l4.dport": 80, "reply.l4.sport": 80, "reply.l4.dport": 5, "src_ip": "192.0.2.1", "dest_ip": "192.0.2.2", "reply.ip.saddr.str": "192.0.2.2", "reply.ip.daddr.str": "192.0.2.1"}`,
			map[string]any{"flow": map[string]any{"snat": true, "dnat": nil, "reply_dst": "192.0.2.1"}}, 0},
		{FormatGPRINT, head + "orig.ip.saddr=192.0.2.1,orig.ip.daddr=192.0.2.2,reply.ip.saddr=192.0.2.3,reply.ip.daddr=192.0.2.1",
			map[string]any{"src": "192.0.2.1", "dst": "192.0.2.2", "dpt": 80.0, "flow": map[string]any{"reply_src": "192.0.2.3", "dnat": true}}, 0},
		{FormatGPRINT, head + "orig.ip.saddr=32.1.13.184,orig.ip.daddr=32.1.13.184,oob.family=10", map[string]any{"src": nil, "dst": nil}, event.IPv6 | event.AddrUnknown},
		{FormatGPRINT, head + "orig.ip.saddr=2001:db8::1,orig.ip.daddr=2001:db8::2,oob.family=10", map[string]any{"src": "2001:db8::1", "dst": "2001:db8::2"}, event.IPv6},
		{FormatGPRINT, head + "orig.ip.saddr=192.0.2.1,orig.ip.daddr=192.0.2.2,ct.mar", map[string]any{"src": "192.0.2.1", "truncated": true}, 0},
		{FormatOPRINT, "===>PACKET BOUNDARY\norig.ip.saddr=7.100.51.198\norig.ip.daddr=10.2.0.192\norig.ip.protocol=17\n", map[string]any{"src": nil, "proto": "udp"}, event.AddrUnknown},
		{FormatOPRINT, "===>PACKET BOUNDARY\norig.ip.saddr=7.100.51.198\norig.ip.saddr.str=198.51.100.7\norig.ip.daddr.str=192.0.2.10\nct.mark=<none>\n",
			map[string]any{"src": "198.51.100.7", "dst": "192.0.2.10", "mark": nil}, 0},
	} {
		opt := readertest.Options(t, "")
		b := parseAs(t, c.f, opt, c.text)
		if len(b.Events) != 1 {
			t.Errorf("%s: no event: %+v", c.text, b.Rejects)
			continue
		}
		e := &b.Events[0]
		const asked = event.FlowOpen | event.IPv6
		if !e.Has(event.Flow|c.bits) || e.Fields&asked != c.bits&asked || e.Verdict != event.Accepted || e.Count != 1 || e.Prefix != 0 {
			t.Errorf("%s: %+v", c.text, e)
		}
		if word, by := opt.Symbols.Name(e.Action), opt.Symbols.Name(e.DecidedBy); word != "FLOW" || by != "conntrack record" {
			t.Errorf("%s: action %q by %q", c.text, word, by)
		}
		readertest.Check(t, readertest.Example{Name: c.text, Expect: c.want}, readertest.CanonicalBatch(opt.Symbols, b))
	}
}

// TestSequences: NFLOG's numbers are handed on, of a record that is rejected too:
// it was not lost.
func TestSequences(t *testing.T) {
	for f, text := range map[*reader.Format]string{
		Format: `{"oob.time.sec": 5, "oob.seq.local": 4294967295, "oob.seq.global": 7}` + "\n" + `{"oob.seq.local": 0}` + "\n" +
			`{"oob.time.sec": 6, "oob.seq.local": 1, "oob.mark": -1}` + "\n",
		FormatGPRINT: "oob.time.sec=5,oob.seq.local=4294967295,oob.seq.global=7\noob.seq.local=0,oob.mark=1\noob.time.sec=6,oob.seq.local=1,oob.mark=-1\n",
	} {
		want := []reader.Sequence{
			{Record: 1, Time: 5e9, Stream: reader.NFLOGLocal, N: 1<<32 - 1}, {Record: 1, Time: 5e9, Stream: reader.NFLOGGlobal, N: 7},
			{Record: 2, Time: event.NoTime, Stream: reader.NFLOGLocal}, {Record: 3, Time: event.NoTime, Stream: reader.NFLOGLocal, N: 1},
		}
		b := parseAs(t, f, nil, text)
		if len(b.Sequences) != len(want) || b.Malformed != 1 {
			t.Errorf("%s: %+v, rejects %+v", f.Name, b.Sequences, b.Rejects)
			continue
		}
		for i, w := range want {
			if b.Sequences[i] != w {
				t.Errorf("%s: %+v, want %+v", f.Name, b.Sequences[i], w)
			}
		}
	}
	b := parseAs(t, FormatOPRINT, nil, "\n===>PACKET BOUNDARY\noob.seq.local=3\n")
	if len(b.Sequences) != 1 || b.Sequences[0].Record != 2 || b.Sequences[0].N != 3 {
		t.Errorf("OPRINT: %+v, want 3 in line 2", b.Sequences)
	}
}

// TestIdentities: equal lines have one identity, whatever a line's end.
func TestIdentities(t *testing.T) {
	for f, line := range map[*reader.Format]string{Format: `{"oob.mark": 1, "oob.prefix": "a"}`, FormatGPRINT: "oob.prefix=a,oob.mark=1"} {
		opt := readertest.Options(t, "")
		text := line + "\n" + line + "\r\n" + strings.Replace(line, "1", "2", 1) + "\n"
		if b := parseAs(t, f, opt, text); len(b.Bodies) != 0 {
			t.Errorf("%s: %d identities that nobody asked for", f.Name, len(b.Bodies))
		}
		opt.Identify = event.NewIdentifier()
		b := parseAs(t, f, opt, text)
		if len(b.Bodies) != 3 || b.Bodies[0] != b.Bodies[1] || b.Bodies[0] == b.Bodies[2] || b.Bodies[0] != opt.Identify.Of([]byte(line), 1) {
			t.Errorf("%s: identities %x", f.Name, b.Bodies)
		}
	}
}

// TestZoneOfInput: a parser that serves several inputs takes each one's zone.
func TestZoneOfInput(t *testing.T) {
	for f, text := range map[*reader.Format]string{
		Format:       `{"oob.mark": 1, "timestamp": "2025-01-02T03:04:05"}`,
		FormatGPRINT: "timestamp=2025/01/02-03:04:05,oob.mark=1",
		FormatOPRINT: "===>PACKET BOUNDARY\ntimestamp=2025/01/02-03:04:05\noob.mark=1\n",
	} {
		p := f.NewParser(readertest.Options(t, "Europe/Berlin"))
		for _, c := range []struct {
			zone *time.Location
			want string
		}{{nil, "02:04:05"}, {time.FixedZone("", 3*3600), "00:04:05"}, {time.UTC, "03:04:05"}, {nil, "02:04:05"}} {
			b := &reader.Batch{}
			for _, chunk := range readertest.Chunks(f, &reader.Input{Format: f, Zone: c.zone}, []byte(text)) {
				p.Parse(b, chunk)
			}
			if got := time.Unix(0, b.Events[0].Time).UTC().Format(time.TimeOnly); got != c.want {
				t.Errorf("%s, zone %v: %s, want %s", f.Name, c.zone, got, c.want)
			}
		}
	}
}
