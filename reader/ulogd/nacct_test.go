package ulogd

import (
	"bytes"
	"testing"

	"fwreport/reader/event"
	"fwreport/reader/readertest"
)

const accountLine = "1735787045\t1\t198.51.100.200\t8\t192.0.2.10\t0\t1\t32\n"

func TestNACCT(t *testing.T) {
	for _, c := range []struct {
		text, reason string
	}{
		{accountLine, ""},
		{"0\t58\t2001:db8::7\t0\t::1\t0\t0\t0\r\n", ""},
		{"\x00\x00" + accountLine, ""},
		{"1\t2\t3\n", errColumns.Error()},
		{accountLine[:len(accountLine)-1] + "\t5\n", errColumns.Error()},
		{"1735787045\t256\t198.51.100.200\t8\t192.0.2.10\t0\t1\t32\n", errFlow.Error()},
		{"1735787045\t6\t198.51.100\t8\t192.0.2.10\t0\t1\t32\n", errFlow.Error()},
		{"1735787045\t6\t198.51.100.2\t65536\t192.0.2.10\t0\t1\t32\n", errFlow.Error()},
		{"1735787045\t6\t198.51.100.2\t8\t192.0.2.10\t0\t1\tx\n", errFlow.Error()},
		{"1735787045\t1\t198.51.100.2\t256\t192.0.2.10\t0\t1\t2\n", errFlow.Error()},
		{"99999999999\t6\t198.51.100.2\t8\t192.0.2.10\t0\t1\t2\n", errFlow.Error()},
	} {
		b := parseAs(t, FormatNACCT, nil, c.text)
		switch {
		case len(b.Events)+len(b.Rejects) != 1 || b.Other != 0 || (c.reason == "") != (b.Malformed == 0):
			t.Errorf("%q: %d events, rejects %+v; want reason %q", c.text, len(b.Events), b.Rejects, c.reason)
		case c.reason != "" && b.Rejects[0].Reason != c.reason:
			t.Errorf("%q: reason %q, want %q", c.text, b.Rejects[0].Reason, c.reason)
		}
	}
}

func TestNACCTExamples(t *testing.T) {
	for _, ex := range readertest.OfKind(t, "nacct") {
		ex.Run(t, FormatNACCT, []byte(ex.Input))
	}
}

// TestNACCTFields: without an end there is no time, and the connection's end is
// a record of its own; ports are only of protocols that have some.
func TestNACCTFields(t *testing.T) {
	for _, c := range []struct {
		text string
		want map[string]any
		open bool
	}{
		{"0\t6\t2001:db8::7\t40000\t2001:db8::8\t443\t0\t0", map[string]any{"kind": "flow", "ts": nil, "proto": "tcp", "spt": 40000.0, "dpt": 443.0}, true},
		{"5\t47\t192.0.2.1\t0\t192.0.2.2\t0\t3\t4", map[string]any{"ts": "1970-01-01T00:00:05Z", "proto": "gre", "spt": nil, "icmp_type": nil,
			"flow": map[string]any{"reply_packets": 3.0, "reply_bytes": 4.0, "orig_packets": nil, "event": nil}}, false},
		{"5\t58\t2001:db8::7\t0\t2001:db8::8\t0\t3\t4", map[string]any{"proto": "icmpv6", "icmp_type": nil, "spt": nil}, false},
	} {
		opt := readertest.Options(t, "")
		b := parseAs(t, FormatNACCT, opt, c.text)
		if len(b.Events) != 1 || b.Events[0].Has(event.FlowOpen) != c.open || !b.Events[0].Has(event.Flow) {
			t.Errorf("%q: events %+v, rejects %+v", c.text, b.Events, b.Rejects)
			continue
		}
		readertest.Check(t, readertest.Example{Name: c.text, Expect: c.want}, readertest.CanonicalBatch(opt.Symbols, b))
	}
}

func TestNACCTLaws(t *testing.T) {
	data := bytes.Repeat([]byte(accountLine+"0\t6\t2001:db8::7\t1\t::1\t2\t0\t0\n"), 20)
	readertest.NoAlloc(t, FormatNACCT, nil, data)
	damaged := append(bytes.Clone(data), "\n\x00\n1\t2\n"...)
	for seed := range uint64(4) {
		readertest.AnyCut(t, FormatNACCT, nil, nil, damaged, seed)
	}
	readertest.NoAlias(t, FormatNACCT, nil, nil, damaged)
}

func FuzzNACCT(f *testing.F) {
	f.Add([]byte(accountLine + accountLine[:20]))
	f.Add([]byte("\t\t\t\t\t\t\t\n0\t0\t::\t0\t::\t0\t0\t0"))
	f.Fuzz(func(t *testing.T, data []byte) { readertest.Fuzz(t, FormatNACCT, nil, data) })
}
