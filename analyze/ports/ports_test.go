package ports

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strconv"
	"strings"
	"testing"

	"fwreport/analyze/analyzetest"
	"fwreport/reader/event"
)

func TestLaws(t *testing.T) { analyzetest.Laws(t, Analyzer, analyzetest.Events) }

// packet is what a hand-made event differs in.
type packet struct {
	src     uint32 // last octet of 192.0.2.0/24; 0 is absent
	port    int    // -1 is absent
	proto   event.Proto
	action  string
	verdict event.Verdict
	count   uint32
	second  int64
}

func events(sym *event.Symbols, packets []packet) []event.Event {
	var list []event.Event
	for i, p := range packets {
		e := event.Event{Time: p.second * 1e9, Ref: event.MakeRef(0, uint64(i+1)), Count: max(p.count, 1), Proto: p.proto,
			Action: sym.Of(p.action), Verdict: p.verdict}
		if p.src != 0 {
			e.Src, e.Fields = event.AddrFrom4(192<<24|2<<8|p.src), event.HasSrc
		}
		if p.port >= 0 {
			e.DstPort, e.Fields = uint16(p.port), e.Fields|event.HasDstPort
		}
		list = append(list, e)
	}
	return list
}

func TestDeniedPorts(t *testing.T) {
	sym := event.NewSymbols()
	list := events(sym, []packet{
		{1, 22, event.TCP, "DROP", event.Denied, 1, 10},
		{1, 22, event.TCP, "DROP", event.Denied, 4, 30}, // a repeat of four
		{2, 22, event.TCP, "DROP", event.Denied, 1, 20},
		{0, 22, event.TCP, "DROP", event.Denied, 1, 40}, // no source: counted, but nobody's
		{1, 22, event.TCP, "REJECT", event.Denied, 1, 50},
		{1, 53, event.UDP, "DROP", event.Denied, 1, 60},
		{1, 53, event.TCP, "DROP", event.Denied, 1, 61},
		{3, 0, event.TCP, "DROP", event.Denied, 1, 62},
		{3, 40404, event.UDPLite, "DROP", event.Denied, 1, 63},
		{9, 22, event.TCP, "ACCEPT", event.Accepted, 1, 70},
		{9, 22, event.TCP, "AUDIT", event.Undetermined, 1, 71},
		{9, -1, event.TCP, "DROP", event.Denied, 1, 72}, // a fragment
		{9, -1, event.ICMP, "DROP", event.Denied, 1, 73},
	})
	section := analyzetest.SectionOf(t, Analyzer, sym, nil, list)
	got := analyzetest.Lines(t, analyzetest.Table(t, section, "denied_ports"))
	want := []string{
		"7 | 22 | ssh | TCP | DROP | 2 | 1970-01-01T00:00:10Z | 1970-01-01T00:00:40Z",
		"1 | 0 | - | TCP | DROP | 1 | 1970-01-01T00:01:02Z | 1970-01-01T00:01:02Z",
		"1 | 22 | ssh | TCP | REJECT | 1 | 1970-01-01T00:00:50Z | 1970-01-01T00:00:50Z",
		"1 | 53 | domain | TCP | DROP | 1 | 1970-01-01T00:01:01Z | 1970-01-01T00:01:01Z",
		"1 | 53 | domain | UDP | DROP | 1 | 1970-01-01T00:01:00Z | 1970-01-01T00:01:00Z",
		"1 | 40404 | - | UDPLITE | DROP | 1 | 1970-01-01T00:01:03Z | 1970-01-01T00:01:03Z",
	}
	if !slices.Equal(got, want) {
		t.Errorf("got\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
}

// TestAgainstNaive compares counts and sources with maps of strings.
func TestAgainstNaive(t *testing.T) {
	sym := event.NewSymbols()
	list := analyzetest.Events(rand.New(rand.NewPCG(3, 4)), sym, 3000)
	counts, sources := map[string]uint64{}, map[string]map[event.Addr]bool{}
	for i := range list {
		e := &list[i]
		if e.Verdict != event.Denied || !e.Has(event.HasDstPort) {
			continue
		}
		k := fmt.Sprintf("%d/%s/%s", e.DstPort, e.Proto, sym.Name(e.Action))
		counts[k] += uint64(e.Count)
		if sources[k] == nil {
			sources[k] = map[event.Addr]bool{}
		}
		if e.Has(event.HasSrc) {
			sources[k][e.Src] = true
		}
	}
	table := analyzetest.Table(t, analyzetest.SectionOf(t, Analyzer, sym, nil, list), "denied_ports")
	rows := analyzetest.Rows(t, table, "dport", "proto", "action", "count", "sources")
	if len(rows) != len(counts) {
		t.Errorf("%d rows, want %d", len(rows), len(counts))
	}
	for _, r := range rows {
		k := strings.Join(r[:3], "/")
		if r[3] != fmt.Sprint(counts[k]) || r[4] != fmt.Sprint(len(sources[k])) {
			t.Errorf("%v: want count %d of %d sources", r, counts[k], len(sources[k]))
		}
	}
}

func TestServices(t *testing.T) {
	known := services()
	if n := strings.Count(servicesTSV, "\n"); len(known) != n || n < 300 {
		t.Errorf("%d services in %d lines", len(known), n)
	}
	for s, want := range map[service]string{
		{22, "TCP"}: "ssh", {53, "UDP"}: "domain", {443, "TCP"}: "https", {443, "UDP"}: "quic", {2323, "TCP"}: "telnet-alt",
		{5555, "TCP"}: "adb", {7547, "TCP"}: "cwmp", {8291, "TCP"}: "winbox", {6379, "TCP"}: "redis", {27017, "TCP"}: "mongodb",
		{11211, "UDP"}: "memcached", {2375, "TCP"}: "docker", {10250, "TCP"}: "kubelet", {37215, "TCP"}: "huawei-upnp",
		{3389, "TCP"}: "rdp", {445, "TCP"}: "microsoft-ds", {500, "UDP"}: "isakmp", {502, "TCP"}: "modbus", {22, "UDP"}: "",
	} {
		if known[s] != want {
			t.Errorf("%v is %q, want %q", s, known[s], want)
		}
	}
}

// TestServiceListIsClean holds the form of the list: ordered, one line a port
// and protocol, a protocol that has ports, a plain name.
func TestServiceListIsClean(t *testing.T) {
	last := ""
	for line := range strings.Lines(servicesTSV) {
		f := strings.Split(strings.TrimSuffix(line, "\n"), "\t")
		if len(f) != 3 {
			t.Fatalf("%q has %d fields", line, len(f))
		}
		port, err := strconv.ParseUint(f[0], 10, 16)
		proto, ok := event.ParseProto(f[1])
		if err != nil || !ok || !proto.HasPorts() || proto.String() != f[1] {
			t.Errorf("%q: bad port or protocol", line)
		}
		if f[2] == "" || strings.Trim(f[2], "abcdefghijklmnopqrstuvwxyz0123456789-") != "" {
			t.Errorf("%q: the name is not plain", line)
		}
		key := fmt.Sprintf("%05d %s", port, f[1])
		if key <= last {
			t.Errorf("%q stands after %q", key, last)
		}
		last = key
	}
}
