package invalid

import (
	"net/netip"
	"slices"
	"strings"
	"testing"

	"fwreport/analyze/analyzetest"
	"fwreport/reader/event"
	"fwreport/report"
)

func TestLaws(t *testing.T) { analyzetest.Laws(t, Analyzer, analyzetest.Events) }

// packet is an event in the words of a LOG line: "IN=eth0 SRC=… DST=… PROTO=…".
// Events get line numbers and seconds in the order of the list.
type packet string

func parse(t *testing.T, sym *event.Symbols, i int, p packet) event.Event {
	t.Helper()
	e := event.Event{Time: int64(i) * 1e9, Ref: event.MakeRef(0, uint64(i+1)), Count: 1}
	for _, f := range strings.Fields(string(p)) {
		k, v, _ := strings.Cut(f, "=")
		v = strings.ReplaceAll(v, "_", " ")
		number := func() (n uint64) {
			for _, c := range v {
				n = n*10 + uint64(c-'0')
			}
			return n
		}
		switch k {
		case "HOST":
			e.Host = sym.Of(v)
		case "IN":
			e.In = sym.Of(v)
		case "OUT":
			e.Out = sym.Of(v)
		case "SRC":
			e.Src, e.Fields = event.AddrFrom(netip.MustParseAddr(v)), e.Fields|event.HasSrc
		case "DST":
			e.Dst, e.Fields = event.AddrFrom(netip.MustParseAddr(v)), e.Fields|event.HasDst
		case "SPT":
			e.SrcPort, e.Fields = uint16(number()), e.Fields|event.HasSrcPort
		case "DPT":
			e.DstPort, e.Fields = uint16(number()), e.Fields|event.HasDstPort
		case "TYPE":
			e.ICMPType, e.Fields = uint8(number()), e.Fields|event.HasICMP
		case "PROTO":
			e.Proto, _ = event.ParseProto(v)
		case "ACTION":
			e.Action = sym.Of(v)
		case "REASON":
			e.Reason = sym.Of(v)
		case "COUNT":
			e.Count = uint32(number())
		case "V6":
			e.Fields |= event.IPv6
		case "WRONG":
			e.Fields |= event.AddrUnknown
		case "ACCEPTED":
			e.Verdict = event.Accepted
		default:
			t.Fatalf("%q in %q", f, p)
		}
	}
	return e
}

func section(t *testing.T, packets ...packet) *report.Section {
	t.Helper()
	sym := event.NewSymbols()
	var list []event.Event
	for i, p := range packets {
		list = append(list, parse(t, sym, i, p))
	}
	return analyzetest.SectionOf(t, Analyzer, sym, nil, list)
}

func compare(t *testing.T, got, want []string) {
	t.Helper()
	if !slices.Equal(got, want) {
		t.Errorf("got\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
}

func TestInvalidSources(t *testing.T) {
	s := section(t,
		"IN=eth0 SRC=8.8.8.8 DST=9.9.9.9 PROTO=TCP SPT=443 DPT=5000 ACTION=INVALID",
		"IN=eth0 SRC=8.8.8.8 DST=9.9.9.9 PROTO=TCP SPT=443 DPT=5000 ACTION=INVALID COUNT=2",
		"IN=eth0 SRC=8.8.4.4 DST=9.9.9.9 PROTO=TCP SPT=80 DPT=5000 ACTION=INVALID REASON=invalid_rst",
		"IN=eth0 SRC=8.8.4.4 DST=9.9.9.8 PROTO=TCP SPT=81 DPT=5000 ACTION=INVALID REASON=invalid_rst",
		"IN=eth0 SRC=8.8.4.4 DST=9.9.9.8 PROTO=UDP SPT=81 DPT=5000 ACTION=INVALID REASON=bad_checksum",
		"IN=eth0 SRC=8.8.4.4 DST=9.9.9.8 PROTO=UDP SPT=81 DPT=5000 ACTION=INVALID",
		"IN=eth0 SRC=8.8.4.4 DST=9.9.9.8 PROTO=ICMP ACTION=INVALID REASON=short_packet",
		"IN=eth0 SRC=8.8.4.4 DST=9.9.9.8 PROTO=TCP SPT=1 DPT=0 ACTION=INVALID",
		"IN=eth0 SRC=2a00::5 PROTO=TCP ACTION=INVALID ACCEPTED V6",
		"PROTO=TCP ACTION=INVALID",
		"IN=eth0 SRC=8.8.4.4 DST=9.9.9.8 PROTO=TCP SPT=1 DPT=22 ACTION=DROP",
	)
	compare(t, analyzetest.Lines(t, analyzetest.Table(t, s, "invalid_sources")), []string{
		"3 | 8.8.8.8 | 443 | 9.9.9.9 | 5000 | TCP | - | 1970-01-01T00:00:00Z | 1970-01-01T00:00:01Z | kern.log:1 | kern.log:2",
		"2 | 8.8.4.4 | - | - | 5000 | TCP | invalid rst | 1970-01-01T00:00:02Z | 1970-01-01T00:00:03Z | kern.log:3 | kern.log:4",
		"2 | 8.8.4.4 | 81 | 9.9.9.8 | 5000 | UDP | - | 1970-01-01T00:00:04Z | 1970-01-01T00:00:05Z | kern.log:5 | kern.log:6",
		"1 | - | - | - | - | TCP | - | 1970-01-01T00:00:09Z | 1970-01-01T00:00:09Z | kern.log:10 | kern.log:10",
		"1 | 8.8.4.4 | - | 9.9.9.8 | - | ICMP | short packet | 1970-01-01T00:00:06Z | 1970-01-01T00:00:06Z | kern.log:7 | kern.log:7",
		"1 | 8.8.4.4 | 1 | 9.9.9.8 | 0 | TCP | - | 1970-01-01T00:00:07Z | 1970-01-01T00:00:07Z | kern.log:8 | kern.log:8",
		"1 | 2a00::5 | - | - | - | TCP | - | 1970-01-01T00:00:08Z | 1970-01-01T00:00:08Z | kern.log:9 | kern.log:9",
	})
}

// TestAlwaysBogus holds, for one packet alone on its interface, what is a bogon
// anywhere, and what is not.
func TestAlwaysBogus(t *testing.T) {
	for _, c := range []struct {
		packet packet
		want   string // "" is none
	}{
		{"IN=eth0 SRC=127.0.0.1 DST=9.9.9.9 PROTO=TCP", "loopback address on a network interface"},
		{"IN=eth0 SRC=::1 DST=2a00::1 PROTO=TCP V6", "loopback address on a network interface"},
		{"IN=lo SRC=127.0.0.1 DST=127.0.0.1 PROTO=TCP", ""},
		{"OUT=eth0 SRC=127.0.0.1 DST=9.9.9.9 PROTO=TCP", ""},
		{"IN=eth0 SRC=224.0.0.251 DST=9.9.9.9 PROTO=UDP", "multicast address as source"},
		{"IN=eth0 SRC=ff02::1 DST=2a00::1 PROTO=UDP V6", "multicast address as source"},
		{"IN=eth0 SRC=255.255.255.255 DST=9.9.9.9 PROTO=UDP", "broadcast address as source"},
		{"IN=eth0 SRC=240.1.2.3 DST=9.9.9.9 PROTO=UDP ACCEPTED", "reserved or unallocated address"},
		{"IN=eth0 SRC=4000::1 DST=2a00::1 PROTO=TCP V6", "reserved or unallocated address"},
		{"IN=eth0 SRC=100::1 DST=2a00::1 PROTO=TCP V6", "discard-only address"},
		{"IN=eth0 SRC=::8.8.8.8 DST=2a00::1 PROTO=TCP V6", "IPv4-compatible IPv6 address"},
		{"IN=eth0 SRC=2002:c0a8:101::1 DST=2a00::1 PROTO=TCP V6", "6to4 address of a special IPv4 address"},
		{"IN=eth0 SRC=2002:808:808::1 DST=2a00::1 PROTO=TCP V6", ""},
		{"IN=eth0 SRC=::ffff:8.8.8.8 DST=2a00::1 PROTO=TCP V6", "IPv4-mapped address in an IPv6 packet"},
		{"IN=eth0 SRC=::ffff:127.0.0.1 DST=2a00::1 PROTO=TCP V6", "loopback address on a network interface"},
		{"IN=eth0 SRC=8.8.8.8 DST=8.8.8.8 PROTO=TCP", "source equals destination (land)"},
		{"IN=eth0 SRC=192.168.1.1 DST=192.168.1.1 PROTO=TCP", "source equals destination (land)"},
		{"IN=docker0 OUT=docker0 SRC=172.17.0.2 DST=172.17.0.2 PROTO=TCP", ""},
		{"IN=eth0 OUT=eth1 SRC=172.17.0.2 DST=172.17.0.2 PROTO=TCP", "source equals destination (land)"},
		// before a host has an address
		{"IN=eth0 SRC=0.0.0.0 DST=255.255.255.255 PROTO=UDP SPT=68 DPT=67", ""},
		{"IN=eth0 SRC=0.0.0.0 DST=224.0.0.1 PROTO=IGMP", ""},
		{"IN=eth0 SRC=0.0.0.0 DST=255.255.255.255 PROTO=UDP", ""},
		{"IN=eth0 SRC=0.0.0.0 DST=9.9.9.9 PROTO=UDP SPT=68 DPT=53", "unspecified address as source"},
		{"IN=eth0 SRC=0.0.0.0 DST=9.9.9.9 PROTO=TCP SPT=68 DPT=67", "unspecified address as source"},
		{"IN=eth0 SRC=0.1.2.3 DST=255.255.255.255 PROTO=UDP SPT=68 DPT=67", "unspecified address as source"},
		{"IN=eth0 SRC=:: DST=ff02::1:ff00:1 PROTO=ICMPv6 TYPE=135 V6", ""},
		{"IN=eth0 SRC=:: DST=ff02::16 PROTO=ICMPv6 TYPE=143 V6", ""},
		{"IN=eth0 SRC=:: DST=ff02::2 PROTO=ICMPv6 TYPE=133 V6", ""},
		{"IN=eth0 SRC=:: DST=ff02::2 PROTO=ICMPv6 V6", ""},
		{"IN=eth0 SRC=:: DST=2a00::1 PROTO=ICMPv6 TYPE=128 V6", "unspecified address as source"},
		{"IN=eth0 SRC=:: DST=ff02::1:2 PROTO=UDP SPT=546 DPT=547 V6", "unspecified address as source"},
		// not by themselves, or not judged
		{"IN=eth0 SRC=fe80::1 DST=ff02::fb PROTO=UDP SPT=5353 DPT=5353 V6", ""},
		{"IN=eth0 SRC=10.0.0.1 DST=10.0.0.2 PROTO=TCP", ""},
		{"IN=eth0 SRC=192.0.2.1 DST=192.0.2.2 PROTO=TCP", ""},
		{"IN=eth0 SRC=64:ff9b::808:808 DST=2a00::1 PROTO=TCP V6", ""},
		{"IN=eth0 SRC=8.8.8.8 DST=9.9.9.9 PROTO=TCP", ""},
		{"IN=eth0 SRC=0.0.0.0 DST=10.0.0.1 PROTO=ARP", ""},
		{"IN=eth0 SRC=127.0.0.1 DST=9.9.9.9 PROTO=TCP WRONG", ""},
		{"SRC=127.0.0.1 DST=9.9.9.9 PROTO=TCP", ""},
		{"IN=eth0 DST=9.9.9.9 PROTO=TCP", ""},
	} {
		got := analyzetest.Lines(t, analyzetest.Table(t, section(t, c.packet), "bogons"), "why")
		if strings.Join(got, ",") != c.want {
			t.Errorf("%s: got %q, want %q", c.packet, got, c.want)
		}
	}
}

func TestInternetFacing(t *testing.T) {
	const private = "private address on an Internet-facing interface"
	for _, c := range []struct {
		name    string
		packets []packet
		want    []string // count, src, why, in
	}{
		{"public majority", []packet{"IN=wan SRC=8.8.8.8 DST=9.9.9.9", "IN=wan SRC=8.8.4.4 DST=9.9.9.9", "IN=wan SRC=10.1.1.1 DST=9.9.9.9",
			"IN=wan SRC=10.1.1.1 DST=9.9.9.9 COUNT=4"}, []string{"5 | 10.1.1.1 | " + private + " | wan"}},
		{"just half", []packet{"IN=wan SRC=8.8.8.8 DST=9.9.9.9", "IN=wan SRC=100.64.0.1 DST=9.9.9.9"},
			[]string{"1 | 100.64.0.1 | carrier-grade NAT address on an Internet-facing interface | wan"}},
		{"less than half, however many packets", []packet{"IN=lan SRC=8.8.8.8 DST=9.9.9.9 COUNT=99", "IN=lan SRC=10.0.0.1 DST=9.9.9.9", "IN=lan SRC=10.0.0.2 DST=9.9.9.9"}, nil},
		{"each interface by itself", []packet{"IN=wan SRC=8.8.8.8 DST=9.9.9.9", "IN=wan SRC=169.254.3.3 DST=9.9.9.9",
			"IN=lan SRC=169.254.3.3 DST=10.0.0.1", "IN=lan SRC=198.18.0.1 DST=10.0.0.1"},
			[]string{"1 | 169.254.3.3 | link-local address on an Internet-facing interface | wan"}},
		{"each host by itself", []packet{"HOST=gw IN=eth0 SRC=8.8.8.8 DST=9.9.9.9", "HOST=gw IN=eth0 SRC=8.8.4.4 DST=9.9.9.9",
			"HOST=db IN=eth0 SRC=10.0.0.9 DST=10.0.0.1"}, nil},
		{"two hosts, one row", []packet{"HOST=gw IN=eth0 SRC=8.8.8.8 DST=9.9.9.9", "HOST=gw IN=eth0 SRC=10.0.0.9 DST=9.9.9.9",
			"HOST=gw2 IN=eth0 SRC=8.8.8.8 DST=9.9.9.9", "HOST=gw2 IN=eth0 SRC=10.0.0.9 DST=9.9.9.9"}, []string{"2 | 10.0.0.9 | " + private + " | eth0"}},
		{"a cloud machine with a private address", []packet{"IN=eth0 SRC=8.8.8.8 DST=172.31.0.5", "IN=eth0 SRC=8.8.4.4 DST=172.31.0.5", "IN=eth0 SRC=172.31.0.9 DST=172.31.0.5"}, nil},
		{"a gateway that forwards to private addresses", []packet{"IN=wan OUT=lan SRC=8.8.8.8 DST=10.0.0.5", "IN=wan OUT=lan SRC=8.8.4.4 DST=10.0.0.5",
			"IN=wan OUT=lan SRC=192.168.9.9 DST=10.0.0.5"}, []string{"1 | 192.168.9.9 | " + private + " | wan"}},
		{"IPv6 neighbours do not count", []packet{"IN=wan SRC=2a00::1 DST=2a00::2 V6", "IN=wan SRC=fe80::1 DST=ff02::1 V6", "IN=wan SRC=fe80::2 DST=ff02::1 V6",
			"IN=wan SRC=fd00::1 DST=2a00::2 V6"}, []string{"1 | fd00::1 | " + private + " | wan"}},
		{"documentation in a minority", []packet{"IN=wan SRC=8.8.8.8 DST=9.9.9.9", "IN=wan SRC=8.8.4.4 DST=9.9.9.9", "IN=wan SRC=203.0.113.9 DST=9.9.9.9"},
			[]string{"1 | 203.0.113.9 | documentation address | wan"}},
		{"documentation among private ones", []packet{"IN=lan SRC=10.0.0.1 DST=10.0.0.9", "IN=lan SRC=10.0.0.2 DST=10.0.0.9", "IN=lan SRC=2001:db8::1 DST=2a00::1 V6"},
			[]string{"1 | 2001:db8::1 | documentation address | lan"}},
		{"anonymised evidence", []packet{"IN=wan SRC=203.0.113.1 DST=198.51.100.1", "IN=wan SRC=203.0.113.2 DST=198.51.100.1", "IN=wan SRC=10.0.0.1 DST=198.51.100.1"},
			[]string{"1 | 10.0.0.1 | " + private + " | wan"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := section(t, c.packets...)
			got := analyzetest.Lines(t, analyzetest.Table(t, s, "bogons"), "count", "src", "why", "in")
			if len(got) == 0 {
				got = nil
			}
			compare(t, got, c.want)
		})
	}
}

func TestNotesAndFindings(t *testing.T) {
	s := section(t,
		"HOST=gw IN=wan SRC=203.0.113.1 DST=198.51.100.1",
		"HOST=gw IN=wan SRC=203.0.113.2 DST=198.51.100.1",
		"HOST=gw IN=wan SRC=10.0.0.1 DST=198.51.100.1 COUNT=3",
		"HOST=gw IN=wan SRC=127.0.0.1 DST=198.51.100.1",
		"SRC=8.8.8.8 DST=9.9.9.9 COUNT=2",
		"OUT=wan SRC=8.8.8.8 DST=9.9.9.9",
	)
	compare(t, s.Notes, []string{
		"Taken as facing the Internet, because at least half of the distinct sources there are public: wan of gw.",
		"At least half of the sources on wan of gw are documentation addresses (RFC 5737, RFC 3849, RFC 9637): " +
			"the evidence was anonymised or made up. They are taken as what they stand for, public addresses, and not listed as impossible.",
		"2 events without an interface could not be examined for impossible sources.",
	})
	var got []string
	for _, f := range s.Findings {
		got = append(got, string(f.Confidence)+": "+f.Text+" "+strings.Join(f.Evidence, " "))
	}
	compare(t, got, []string{
		"observed: 1 event came from source addresses that no host can use there (loopback address on a network interface): " +
			"they are forged or misrouted and must not be held against the address's owner. kern.log:4",
		"inferred: 3 events came from source addresses that do not belong on their interface (private address on an Internet-facing interface): " +
			"forged, or leaked from a network that is wrongly set up. kern.log:3",
	})
	if s := section(t); len(s.Notes) != 0 || len(s.Findings) != 0 {
		t.Errorf("of nothing: notes %q, findings %v", s.Notes, s.Findings)
	}
}

func TestBogonCells(t *testing.T) {
	s := section(t, "IN=b SRC=127.0.0.2 DST=9.9.9.9", "IN=a SRC=127.0.0.2 DST=9.9.9.9", "IN=b SRC=127.0.0.1 DST=9.9.9.9",
		"IN=b SRC=127.0.0.1 DST=9.9.9.9", "IN=b SRC=ff02::1 DST=2a00::1 V6", "IN=b SRC=0.0.0.0 DST=9.9.9.9 PROTO=TCP")
	compare(t, analyzetest.Lines(t, analyzetest.Table(t, s, "bogons")), []string{
		"2 | 127.0.0.1 | loopback address on a network interface | b | 1970-01-01T00:00:02Z | 1970-01-01T00:00:03Z | kern.log:3",
		"1 | 0.0.0.0 | unspecified address as source | b | 1970-01-01T00:00:05Z | 1970-01-01T00:00:05Z | kern.log:6",
		"1 | 127.0.0.2 | loopback address on a network interface | a | 1970-01-01T00:00:01Z | 1970-01-01T00:00:01Z | kern.log:2",
		"1 | 127.0.0.2 | loopback address on a network interface | b | 1970-01-01T00:00:00Z | 1970-01-01T00:00:00Z | kern.log:1",
		"1 | ff02::1 | multicast address as source | b | 1970-01-01T00:00:04Z | 1970-01-01T00:00:04Z | kern.log:5",
	})
}

func TestWhysHaveTexts(t *testing.T) {
	seen := map[string]bool{}
	for w := loopback; w <= documentation; w++ {
		if w.String() == "" || seen[w.String()] {
			t.Errorf("%d: text %q", w, w)
		}
		seen[w.String()] = true
		if w.always() == w.facing() && w != documentation {
			t.Errorf("%q is of no group, or of both", w)
		}
	}
}
