package pcap

import (
	"encoding/binary"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"fwreport/reader"
	"fwreport/reader/event"
	"fwreport/reader/readertest"
)

// tlv is one NFLOG TLV, padded.
func tlv(o binary.ByteOrder, kind uint16, value ...byte) []byte {
	b := make([]byte, 4)
	o.PutUint16(b, uint16(4+len(value)))
	o.PutUint16(b[2:], kind)
	return join(b, value, make([]byte, -len(value)&3))
}

// nflogRecordOf is a record of group 9 with a family and TLVs.
func nflogRecordOf(family byte, tlvs ...[]byte) []byte {
	return join([]byte{family, 0, 0, 9}, join(tlvs...))
}

func header(protocol uint16, hook byte) []byte {
	return tlv(le, 1, byte(protocol>>8), byte(protocol), hook, 0)
}

// TestNFLOG has the cases that the examples do not have.
func TestNFLOG(t *testing.T) {
	mac := []byte{2, 0, 0x5e, 0, 0x53, 0x10, 2, 0, 0x5e, 0, 0x53, 1, 8, 0}
	arpBody := []byte{0, 1, 8, 0, 6, 4, 0, 1, 2, 0, 0x5e, 0, 0x53, 1, 192, 0, 2, 77, 0, 0, 0, 0, 0, 0, 192, 0, 2, 10}
	for _, c := range []struct {
		name   string
		record []byte
		want   map[string]any
	}{
		{"nothing but the header", nflogRecordOf(2), map[string]any{"group": 9.0, "src": nil, "prefix": nil, "kind": "packet", "ts_flags": []any{"time_imprecise"}}},
		{"bridge port", nflogRecordOf(7, header(0x0800, 2), tlv(le, 4, 0, 0, 0, 9), tlv(le, 6, 0, 0, 0, 3), tlv(le, 7, 0, 0, 0, 4), tlv(le, 9, probe()...)), map[string]any{"in": "if#9", "physin": "if#3", "physout": "if#4", "hook": "FORWARD", "src": probe4}},
		{"bridge, LLDP", nflogRecordOf(7, header(0x88cc, 0), tlv(le, 10, 'x', 0), tlv(le, 9, 2, 7, 4)), map[string]any{"kind": "nonip", "prefix": "x", "ethertype": "88cc", "src": nil}},
		{"bridge, brouting hook", nflogRecordOf(7, header(0x0800, 5), tlv(le, 9, probe()...)), map[string]any{"hook": nil, "src": probe4}},
		{"ARP family has hooks of its own", nflogRecordOf(3, header(0x0806, 1), tlv(le, 9, arpBody...)), map[string]any{"proto": "arp", "hook": "OUTPUT", "arp": map[string]any{"ip_src": "192.0.2.77"}}},
		{"netdev hook has no name", nflogRecordOf(5, header(0x86dd, 1), tlv(le, 9, ip6(17, udp(0))...)), map[string]any{"hook": nil, "src": probe6}},
		{"protocol 0: by family", nflogRecordOf(10, header(0, 1), tlv(le, 9, ip6(6, tcpSyn())...)), map[string]any{"src": probe6, "dpt": 22.0, "hook": "INPUT"}},
		{"no header TLV, family inet: by version", nflogRecordOf(1, tlv(le, 9, probe()...)), map[string]any{"src": probe4, "hook": nil}},
		{"payload cut in the IP header", nflogRecordOf(2, header(0x0800, 1), tlv(le, 9, probe()[:12]...)), map[string]any{"truncated": true, "src": nil, "incomplete": 12.0}},
		{"empty payload", nflogRecordOf(2, tlv(le, 9)), map[string]any{"truncated": true, "src": nil}},
		{"payload that is no IPv4", nflogRecordOf(2, header(0x0800, 1), tlv(le, 9, make([]byte, 24)...)), map[string]any{"malformed_tail": true, "src": nil}},
		{"both MAC addresses", nflogRecordOf(2, tlv(le, 15, 0, 1), tlv(le, 16, mac...)), map[string]any{"mac_src": "02:00:5e:00:53:01", "mac_dst": "02:00:5e:00:53:10"}},
		{"link header of another device", nflogRecordOf(2, tlv(le, 15, 0, 32), tlv(le, 16, mac[:4]...)), map[string]any{"mac_src": nil, "mac_raw": "02:00:5e:00"}},
		{"long hardware address", nflogRecordOf(2, tlv(le, 8, 0, 8, 0, 0, 1, 2, 3, 4, 5, 6, 7, 8)), map[string]any{"mac_src": nil}},
		{"time of the packet", nflogRecordOf(2, tlv(le, 3, 0, 0, 0, 0, 0x67, 0x76, 0x01, 0x65, 0, 0, 0, 0, 0, 1, 0xe2, 0x40)), map[string]any{"ts": "2025-01-02T03:00:53.123456Z", "ts_flags": nil}},
		{"impossible time", nflogRecordOf(2, tlv(le, 3, 0xff, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0)), map[string]any{"ts": "2025-01-02T03:04:05.123456Z", "ts_flags": []any{"time_imprecise"}}},
		{"flag bits of the type", nflogRecordOf(2, tlv(le, 0x8002, 0, 0, 0, 42)), map[string]any{"mark": 42.0}},
		{"short values are left out", nflogRecordOf(2, tlv(le, 2, 1, 2), tlv(le, 3, 0, 0, 0, 0), tlv(le, 11, 1), tlv(le, 15, 1), tlv(le, 8, 0, 6, 0, 0)), map[string]any{"mark": nil, "uid": nil, "mac_src": nil, "malformed_tail": nil}},
		{"prefix without its NUL", nflogRecordOf(2, tlv(le, 10, []byte("DROP in ")...)), map[string]any{"prefix": "DROP in ", "action": "drop"}},
		{"prefix with a second one behind the NUL", nflogRecordOf(2, tlv(le, 10, []byte("DROP\x00ACCEPT\x00")...)), map[string]any{"prefix": "DROP", "action": "drop"}},
		{"TLV beyond the record", join(nflogRecordOf(2, tlv(le, 2, 0, 0, 0, 42)), []byte{40, 0, 10, 0, 'x', 'y'}), map[string]any{"mark": 42.0, "malformed_tail": true, "prefix": nil}},
		{"two bytes too many", join(nflogRecordOf(2, tlv(le, 2, 0, 0, 0, 42)), []byte{1, 2}), map[string]any{"mark": 42.0, "malformed_tail": true}},
		{"last TLV without its padding", nflogRecordOf(2, tlv(le, 10, 'a', 'b', 0))[:11], map[string]any{"prefix": "ab", "malformed_tail": nil}},
	} {
		r := read(t, Format, oneFrame(239, c.record))
		if len(r.Events) != 1 {
			t.Errorf("%s: %d events, %+v", c.name, len(r.Events), r.Rejects)
			continue
		}
		readertest.Check(t, readertest.Example{Name: c.name, Expect: c.want}, r.fields(0))
	}
}

// TestSequences: the numbers of a record count once, in network order, from
// before its payload.
func TestSequences(t *testing.T) {
	local, global := tlv(le, 12, 0xff, 0xff, 0xff, 0xff), tlv(le, 13, 0, 0, 1, 2)
	stamped := tlv(le, 3, 0, 0, 0, 0, 0, 0, 0, 5, 0, 0, 0, 0, 0, 0, 0, 6)
	data := classicHeader(le, magicMicro, 239)
	for _, record := range [][]byte{
		nflogRecordOf(2, header(0x0800, 1), stamped, local, global, tlv(le, 9, probe()...)),
		nflogRecordOf(2, header(0x0800, 1), tlv(le, 9, probe()...), local, global),
		nflogRecordOf(2, tlv(le, 12, 1, 2), tlv(le, 13, 1)),
		nflogRecordOf(2, global),
	} {
		data = append(data, classicRecord(le, 1, 0, record)...)
	}
	want := []reader.Sequence{
		{Record: 1, Time: 5e9 + 6e3, Stream: reader.NFLOGGroup + 9, N: 1<<32 - 1},
		{Record: 1, Time: 5e9 + 6e3, Stream: reader.NFLOGGlobal, N: 258},
		{Record: 4, Time: 1e9, Stream: reader.NFLOGGlobal, N: 258},
	}
	if r := read(t, Format, data); !slices.Equal(r.Sequences, want) {
		t.Errorf("%+v, want %+v", r.Sequences, want)
	}
	readertest.NoAlloc(t, Format, nil, data)
}

// TestPrefixDecides holds that each prefix has its own decision, also when it
// comes again.
func TestPrefixDecides(t *testing.T) {
	data := classicHeader(le, magicMicro, 239)
	for _, p := range []string{"IPT: DROP ", "IPT: ACCEPT ", "IPT: DROP ", ""} {
		data = append(data, classicRecord(le, 1, 1, nflogRecordOf(2, tlv(le, 10, append([]byte(p), 0)...)))...)
	}
	r := read(t, Format, data)
	want := []event.Verdict{event.Denied, event.Accepted, event.Denied, event.Undetermined}
	for i, w := range want {
		if e := &r.Events[i]; e.Verdict != w {
			t.Errorf("record %d: %v by %q, want %v", i+1, e.Verdict, r.sym.Name(e.DecidedBy), w)
		}
	}
}

// TestCapturedNFLOG reads a genuine capture of tcpdump. Its prefixes and hooks
// are those of the rules that the laboratory used.
func TestCapturedNFLOG(t *testing.T) {
	data, err := os.ReadFile(filepath.FromSlash("../../../shared/reference/captured/nflog8_full.pcap"))
	if err != nil {
		t.Skip("the captured evidence is not here: ", err)
	}
	r := read(t, Format, data)
	if len(r.Events) != 61 || len(r.errs) > 0 {
		t.Fatalf("%d events, %v", len(r.Events), r.errs)
	}
	for i := range r.Events {
		e := &r.Events[i]
		prefix := r.sym.Name(e.Prefix)
		if in := prefix == "TD8: DROP in "; !in && prefix != "TD8out" || in != (e.Hook == event.Prerouting) || in != (e.In != 0) {
			t.Errorf("packet %d: prefix %q, hook %v, in %q", i+1, prefix, e.Hook, r.sym.Name(e.In))
		}
		if e.Has(event.MalformedTail) || !e.Has(event.HasSrc|event.HasDst|event.HasHook) {
			t.Errorf("packet %d: %+v", i+1, e)
		}
	}
}
