package readertest

import (
	"bytes"
	"fmt"
	"testing"

	"fwreport/reader"
	"fwreport/reader/event"
)

func TestDiffers(t *testing.T) {
	for _, c := range []struct {
		field     string
		want, got any
		same      bool
	}{
		{"ttl", 51.0, uint8(51), true},
		{"ttl", 51.0, uint8(52), false},
		{"ttl", 51.0, nil, false},
		{"ttl", 0.0, nil, false},
		{"uptime", 12345.678901, 12345.678901, true},
		{"uptime", 12345.678901, 12345.67, false},
		{"out", nil, nil, true},
		{"out", nil, "", true},
		{"out", nil, "eth0", false},
		{"frag_off", nil, uint32(0), false},
		{"flags", nil, []string{}, true},
		{"flags", []any{}, []string{}, true},
		{"flags", []any{}, nil, false},
		{"flags", []any{"SYN"}, []string{"SYN"}, true},
		{"flags", []any{"SYN"}, []string{"ACK", "SYN"}, false},
		{"ts_flags", []any{"year_inferred"}, []string{"tz_assumed", "year_inferred"}, true},
		{"ts_flags", []any{"year_inferred"}, []string{"tz_assumed"}, false},
		{"df", false, nil, true},
		{"df", false, true, false},
		{"df", true, nil, false},
		{"prefix", "", nil, true},
		{"prefix", "A ", "A", false},
		{"host", "fw1", 3, false},
		{"inner", map[string]any{"spt": 22.0, "inner": nil}, map[string]any{"spt": uint16(22), "x": 1}, true},
		{"inner", map[string]any{"spt": 22.0}, map[string]any{"spt": uint16(23)}, false},
		{"inner", map[string]any{"spt": 22.0}, nil, false},
		{"inner", nil, map[string]any{"spt": 1}, false},
	} {
		if why := differs(c.field, c.want, c.got); (why == "") != c.same {
			t.Errorf("differs(%q, %#v, %#v) = %q", c.field, c.want, c.got, why)
		}
	}
}

func TestCanonical(t *testing.T) {
	sym := event.NewSymbols()
	d := event.NewDetail()
	d.Class, d.Prec, d.ARP = "deny?", 0, &event.ARPDetail{HType: -1, Op: 2, PType: "0x0800"}
	q := event.NewDetail()
	q.Incomplete = 8
	d.Inner = &event.Inner{Event: event.Event{Proto: event.TCP, Fields: event.DF}, Detail: q}
	e := event.Event{
		Time: 1735787045123456000, In: sym.Of("eth0"), Proto: event.IPProto(88), FragOff: 1480, Hook: event.Output,
		Src:    event.AddrFrom4(0xc6336407),
		Fields: event.HasSrc | event.Fragment | event.HasFlags | event.HasHook | event.YearInferred | event.OutLocal,
	}
	want := map[string]any{
		"kind": "packet", "ts": "2025-01-02T03:04:05.123456Z", "ts_flags": []any{"year_inferred"}, "in": "eth0",
		"out": nil, "src": "198.51.100.7", "dst": nil, "proto": "88", "frag_off": 1480.0, "flags": []any{},
		"hook": "OUTPUT", "direction": "local-out", "action": "deny?", "prec": 0.0, "tos": nil, "ttl": nil, "mark": nil,
		"arp":   map[string]any{"op": 2.0, "ptype": "0800", "htype": nil},
		"inner": map[string]any{"proto": "tcp", "df": true, "incomplete": 8.0, "ttl": nil},
	}
	Check(t, Example{Name: "event", Expect: want}, Canonical(sym, &e, &d))
}

func TestProtoNames(t *testing.T) {
	for p, want := range map[event.Proto]string{
		event.NoProto: "", event.ICMPv6: "icmpv6", event.IPProto(0): "0", event.IPProto(255): "255", event.AHorESP: "ah|esp",
	} {
		if got := protoName(p); got != want {
			t.Errorf("protoName(%d) = %q, want %q", p, got, want)
		}
	}
}

// TestChunks holds what a parser may rely on: chunks in order, nothing twice,
// nothing lost, and look-back from a line's start.
func TestChunks(t *testing.T) {
	f := &reader.Format{Name: "lines", NewSplitter: reader.NewLineSplitter}
	var data []byte
	for i := range 4000 {
		data = fmt.Appendf(data, "line %d of this input\n", i)
	}
	in := &reader.Input{Format: f}
	var all []byte
	next := uint64(1)
	for _, c := range Chunks(f, in, data, 10, 11, 40000, 50000, 60001, 90000) {
		if c.First != next || c.Offset != int64(len(all)) {
			t.Fatalf("chunk %d begins at record %d, byte %d; want %d, %d", c.Seq, c.First, c.Offset, next, len(all))
		}
		if len(c.Prev) > reader.LookBack || !bytes.HasSuffix(all, c.Prev) {
			t.Fatalf("chunk %d: look-back of %d bytes is not what stands before it", c.Seq, len(c.Prev))
		}
		if len(c.Prev) > 0 && !bytes.HasPrefix(c.Prev, []byte("line ")) {
			t.Errorf("chunk %d: look-back begins with %q", c.Seq, c.Prev[:10])
		}
		all, next = append(all, c.Data...), next+c.Records
	}
	if !bytes.Equal(all, data) || next != 4001 {
		t.Errorf("%d records in %d bytes came out, want 4000 in %d", next-1, len(all), len(data))
	}
}

func TestExamples(t *testing.T) {
	names := map[string]bool{}
	for _, ex := range Examples(t) {
		if names[ex.Name] || len(ex.Expect) == 0 || ex.Ctx.Kind == "" {
			t.Errorf("%s: twice, or without kind or expectation", ex.Name)
		}
		names[ex.Name] = true
	}
	if len(names) != 223 {
		t.Errorf("%d examples, want 223", len(names))
	}
}

// TestEveryKindIsRead holds that no example is of a kind that no format knows. All
// examples of a kind are run by the tests of its package.
func TestEveryKindIsRead(t *testing.T) {
	for _, ex := range Examples(t) {
		switch ex.Ctx.Kind {
		case "message", "syslog", "pve", "sophos", "audit", "ulogdlog", "ulogd_json", "gprint", "oprint", "ulogd_xml", "nacct", "sqlite_row", "nflog_hex", "pcap_header_hex":
		default:
			t.Errorf("%s is of kind %s, which no format reads", ex.Name, ex.Ctx.Kind)
		}
	}
}
