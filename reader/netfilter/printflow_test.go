package netfilter

import (
	"bytes"
	"strings"
	"testing"

	"fwreport/reader/event"
	"fwreport/reader/lex"
	"fwreport/reader/readertest"
)

const flowLine = "[DESTROY] ORIG: SRC=198.51.100.7 DST=203.0.113.1 PROTO=TCP SPT=40000 DPT=80 PKTS=4 BYTES=440 , " +
	"REPLY: SRC=192.0.2.10 DST=198.51.100.7 PROTO=TCP SPT=8080 DPT=40000 PKTS=3 BYTES=1400 "

// parseFlow parses one message with details.
func parseFlow(t testing.TB, msg string) (Outcome, string, event.Event, map[string]any) {
	t.Helper()
	opt := readertest.Options(t, "")
	p := NewParser(opt, lex.NewInterner(opt.Symbols))
	var e event.Event
	e.Count, e.Time = 1, event.NoTime
	d := event.NewDetail()
	out, why := p.ParseFlow(&e, &d, []byte(msg))
	m := readertest.Canonical(opt.Symbols, &e, &d)
	m["word"], m["by"] = opt.Symbols.Name(e.Action), opt.Symbols.Name(e.DecidedBy)
	return out, why, e, m
}

func TestFlow(t *testing.T) {
	whole := map[string]any{
		"kind": "flow", "src": "198.51.100.7", "dst": "203.0.113.1", "proto": "tcp", "spt": 40000.0, "dpt": 80.0, "action": "accept",
		"word": "FLOW", "by": "conntrack record", "ts_flags": []any{"time_imprecise"}, "truncated": nil, "prefix": nil,
		"flow": map[string]any{"event": "destroy", "orig_packets": 4.0, "orig_bytes": 440.0, "reply_packets": 3.0, "reply_bytes": 1400.0,
			"reply_src": "192.0.2.10", "dnat": true, "snat": false, "duration_us": nil},
	}
	const icmp = "ORIG: SRC=2001:db8::1 DST=2001:db8::2 PROTO=%s TYPE=3 CODE=8 PKTS=1 BYTES=2 , REPLY: SRC=2001:db8::2 DST=2001:db8::1 PROTO=%s TYPE=0 CODE=0 PKTS=0 BYTES=0 "
	for _, c := range []struct {
		msg  string
		want map[string]any
		bits event.Fields
	}{
		{flowLine, whole, 0},
		{strings.TrimRight(flowLine, " "), whole, 0},
		{strings.TrimPrefix(flowLine, "[DESTROY] "), map[string]any{"flow": map[string]any{"event": nil, "dnat": true}}, 0},
		{strings.TrimPrefix(flowLine, "[DESTROY] ORIG: "), map[string]any{"dpt": 80.0, "flow": map[string]any{"event": nil}}, 0},
		{strings.Replace(flowLine, "DESTROY", "UPDATE", 1), map[string]any{"flow": map[string]any{"event": "update"}}, event.FlowOpen},
		{strings.ReplaceAll(icmp, "%s", "ICMP"), map[string]any{"proto": "icmp", "icmp_type": 8.0, "icmp_code": 3.0}, event.IPv6},
		{strings.ReplaceAll(flowLine, "TCP SPT=40000 DPT=80 ", "47 "), map[string]any{"proto": "gre", "spt": nil}, 0},
		{strings.ReplaceAll(flowLine, "PROTO=TCP", "PROTO=ESP"), map[string]any{"proto": "esp"}, 0},
		{strings.ReplaceAll(flowLine, "PROTO=TCP", "PROTO=no"), map[string]any{"proto": nil}, 0},
		{strings.Replace(flowLine, "PKTS=4", "PKTS=99999999999999999999 NEW=1 x", 1), map[string]any{"flow": map[string]any{"orig_packets": nil, "orig_bytes": 440.0}}, 0},
		{flowLine[:strings.Index(flowLine, "=80 ")+2], map[string]any{"spt": 40000.0, "dpt": nil, "flow": map[string]any{"reply_src": nil, "dnat": nil}}, event.Truncated},
		{strings.Split(flowLine, "DST=198")[0], map[string]any{"dpt": 80.0, "flow": map[string]any{"orig_bytes": 440.0, "reply_packets": nil}}, event.Truncated},
		{strings.Split(flowLine, "BYTES=1400")[0], map[string]any{"flow": map[string]any{"reply_packets": 3.0, "dnat": true}}, event.Truncated},
	} {
		out, why, e, got := parseFlow(t, c.msg)
		const asked = event.FlowOpen | event.IPv6 | event.Truncated
		if out != Packet || !e.Has(event.Flow) || e.Verdict != event.Accepted || e.Fields&asked != c.bits {
			t.Errorf("%s: %v (%s), %+v", c.msg, out, why, e)
			continue
		}
		readertest.Check(t, readertest.Example{Name: c.msg, Expect: c.want}, got)
	}
}

// TestFlowRefused: what is no flow, or none that can be read.
func TestFlowRefused(t *testing.T) {
	for _, c := range []struct {
		msg string
		out Outcome
		why string
	}{
		{"", None, ""},
		{"[DESTROY] ", None, ""},
		{"[NEW] session ORIG: SRC=1.2.3.4", None, ""},
		{"ORIG: file not found", None, ""},
		{"SRC=192.0.2.1 DST=192.0.2.2 PROTO=TCP", None, ""},
		{"x " + flowLine, None, ""},
		{flowLine + flowLine, Malformed, "two records in one line"},
		{flowLine[:60] + flowLine, Malformed, "two records in one line"},
		{flowLine + "REPLY: ", Malformed, "two records in one line"},
		{strings.Replace(flowLine, "203.0.113.1", "203.0.113", 1), Malformed, "SRC or DST is no address"},
		{strings.Replace(flowLine, "DPT=80", "DPT=80000", 1), Malformed, "a port makes no sense"},
		{strings.Replace(flowLine, "DST=203.0.113.1 ", "", 1), Malformed, "no source or destination address"},
		{flowLine[:38], Malformed, "no source or destination address"},
	} {
		if out, why, _, _ := parseFlow(t, c.msg); out != c.out || why != c.why {
			t.Errorf("%q: %v (%s), want %v (%s)", c.msg, out, why, c.out, c.why)
		}
	}
}

func TestFlowAllocatesNothing(t *testing.T) {
	opt := readertest.Options(t, "")
	p := NewParser(opt, lex.NewInterner(opt.Symbols))
	lines := [][]byte{[]byte(flowLine), []byte(strings.ReplaceAll(flowLine, "PROTO=TCP", "PROTO=AH")), []byte("no flow")}
	parse := func() {
		for _, line := range lines {
			var e event.Event
			p.ParseFlow(&e, nil, line)
		}
	}
	parse()
	if n := testing.AllocsPerRun(20, parse); n != 0 {
		t.Errorf("%v allocations, want none", n)
	}
}

// FuzzFlow: no bytes make it panic, what it says does not depend on whether
// details are wanted, and a flow has both addresses.
func FuzzFlow(f *testing.F) {
	f.Add([]byte(flowLine))
	f.Add([]byte("[NEW] ORIG: SRC=::1 DST=::2 PROTO=ICMP TYPE=0 CODE=8 PKTS=0 BYTES=0 , REPLY: SRC=::2 DST="))
	f.Fuzz(func(t *testing.T, msg []byte) {
		opt := readertest.Options(t, "")
		p := NewParser(opt, lex.NewInterner(opt.Symbols))
		var with, without event.Event
		d := event.NewDetail()
		out, why := p.ParseFlow(&with, &d, msg)
		bare, reason := p.ParseFlow(&without, nil, bytes.Clone(msg))
		if out != bare || why != reason || with != without {
			t.Fatalf("with details %v (%s) %+v, without %v (%s) %+v", out, why, with, bare, reason, without)
		}
		if out == Packet && !with.Has(event.Flow|event.HasSrc|event.HasDst) {
			t.Fatalf("%+v is no flow", with)
		}
	})
}
