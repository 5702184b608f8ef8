package pcap

import (
	"encoding/binary"
	"testing"

	"fwreport/reader/event"
	"fwreport/reader/readertest"
)

// with returns b with v at offset at.
func with(b []byte, at int, v ...byte) []byte {
	copy(b[at:], v)
	return b
}

// length sets the total length of an IPv4 packet.
func length(b []byte, n uint16) []byte {
	binary.BigEndian.PutUint16(b[2:], n)
	return b
}

// options4 is the SYN with other option bytes, a multiple of four.
func options4(opts ...byte) []byte {
	b := append(tcpSyn()[:20], opts...)
	b[12] = byte(20+len(opts)) << 2
	return b
}

// frag6 is an IPv6 fragment header.
func frag6(next byte, offset uint16, more byte) []byte {
	return []byte{next, 0, byte(offset >> 8), byte(offset) | more, 0, 0, 0xbe, 0xef}
}

func TestPackets(t *testing.T) {
	syn := map[string]any{"proto": "tcp", "spt": 40000.0, "dpt": 22.0, "seq": 1000.0, "ack": 0.0, "window": 1024.0, "flags": []any{"SYN"}}
	for _, c := range []struct {
		name    string
		packet  []byte
		want    map[string]any
		options string
	}{
		{"TCP SYN", ip4(6, 0x4000, tcpSyn()), syn, "mss=1460"},
		{"IPv4 header", ip4(6, 0xc000, tcpSyn()), map[string]any{"len": 44.0, "tos_byte": 40.0, "tos": 8.0, "prec": 32.0, "ttl": 51.0, "id": 54321.0, "df": true, "ce": true, "mf": nil, "frag_off": nil, "tcp_opt": "020405B4", "urgp": 0.0, "res": 0.0}, "mss=1460"},
		{"all nine flags", ip4(6, 0, with(tcpSyn(), 12, 0x61, 0xff)), map[string]any{"flags": []any{"AE", "CWR", "ECE", "URG", "ACK", "PSH", "RST", "SYN", "FIN"}, "res": 0.0}, "mss=1460"},
		{"no flag", ip4(6, 0, with(tcpSyn(), 13, 0)), map[string]any{"flags": []any{}}, "mss=1460"},
		{"reserved bits", ip4(6, 0, with(tcpSyn(), 12, 0x6e)), map[string]any{"flags": []any{"SYN"}, "res": 0x38}, "mss=1460"},
		{"Linux options", ip4(6, 0, options4(2, 4, 5, 0xb4, 4, 2, 8, 10, 0, 0, 0, 1, 0, 0, 0, 0, 1, 3, 3, 7)), syn, "mss=1460,sok,ts,nop,ws=7"},
		{"malformed option: header fields stay", ip4(6, 0, options4(2, 0, 5, 0xb4)), syn, "bad"},
		{"no options", ip4(6, 0, options4()), map[string]any{"dpt": 22.0, "tcp_opt": nil}, ""},
		{"options cut by the snap length", ip4(6, 0, options4(2, 4, 5, 0xb4, 1, 1, 1, 1))[:46], map[string]any{"dpt": 22.0, "flags": []any{"SYN"}, "truncated": true, "tcp_opt": "TRUNCATED"}, "-"},
		{"impossible data offset", ip4(6, 0, with(tcpSyn(), 12, 0x40)), map[string]any{"dpt": 22.0, "window": 1024.0}, "-"},
		{"TCP cut in its ports", ip4(6, 0, tcpSyn())[:23], map[string]any{"proto": "tcp", "src": probe4, "spt": nil, "dpt": nil, "truncated": true, "incomplete": 3.0}, "-"},
		{"TCP cut before its flags", ip4(6, 0, tcpSyn())[:33], map[string]any{"dpt": 22.0, "seq": 1000.0, "ack": 0.0, "flags": nil, "truncated": true}, "-"},
		{"TCP cut before its window", ip4(6, 0, tcpSyn())[:34], map[string]any{"flags": []any{"SYN"}, "window": nil, "truncated": true}, "-"},
		{"nothing but the IPv4 header", ip4(6, 0, tcpSyn())[:20], map[string]any{"proto": "tcp", "dst": "192.0.2.10", "len": 44.0, "spt": nil, "truncated": true}, "-"},
		{"first fragment has ports", ip4(6, 0x2000, tcpSyn()), map[string]any{"dpt": 22.0, "mf": true, "frag_off": nil}, "mss=1460"},
		{"later fragment has none", ip4(6, 0x2000|185, tcpSyn()), map[string]any{"proto": "tcp", "spt": nil, "dpt": nil, "flags": nil, "mf": true, "frag_off": 1480.0, "truncated": nil}, "-"},
		{"IP options", ip4WithOptions(), map[string]any{"dpt": 22.0, "ip_opt": "94040000"}, "mss=1460"},
		{"damaged IP options", with(ip4WithOptions(), 20, 7, 0), map[string]any{"dpt": 22.0, "src": probe4}, "mss=1460"},
		{"IP options cut", ip4WithOptions()[:22], map[string]any{"src": probe4, "proto": "tcp", "dpt": nil, "truncated": true}, "-"},
		{"total length 0 of segmentation offload", length(ip4(6, 0, tcpSyn()), 0), map[string]any{"len": 0.0, "dpt": 22.0}, "mss=1460"},
		{"total length below the header", length(ip4(6, 0, tcpSyn()), 12), map[string]any{"len": 12.0, "src": probe4, "dpt": nil, "truncated": true}, "-"},
		{"IPv4 in IPv4: the outer counts", ip4(4, 0, with(ip4(6, 0, tcpSyn()), 12, 203, 0, 113, 9)), map[string]any{"src": probe4, "proto": "4", "dpt": nil, "flags": nil}, "-"},
		{"UDP", ip4(17, 0, udp(5)), map[string]any{"proto": "udp", "spt": 40000.0, "dpt": 53.0, "l4len": 13.0, "flags": nil}, "-"},
		{"UDP with an impossible length", ip4(17, 0, with(udp(5), 4, 0, 3)), map[string]any{"proto": "udp", "dpt": 53.0, "l4len": 3.0}, "-"},
		{"UDP cut", ip4(17, 0, udp(5))[:26], map[string]any{"dpt": 53.0, "truncated": true, "incomplete": 6.0}, "-"},
		{"UDP-Lite", ip4(136, 0, udp(5)), map[string]any{"proto": "udplite", "dpt": 53.0}, "-"},
		{"SCTP", ip4(132, 0, udp(4)), map[string]any{"proto": "sctp", "dpt": 53.0, "truncated": nil}, "-"},
		{"DCCP", ip4(33, 0, udp(8)), map[string]any{"proto": "dccp", "spt": 40000.0, "truncated": nil}, "-"},
		{"ICMP echo", ip4(1, 0, []byte{8, 0, 0, 0, 0x12, 0x34, 0, 9}), map[string]any{"proto": "icmp", "icmp_type": 8.0, "icmp_code": 0.0, "icmp_id": 0x1234, "icmp_seq": 9.0, "spt": nil}, "-"},
		{"ICMP cut", ip4(1, 0, []byte{8, 0, 0, 0, 1}), map[string]any{"icmp_type": 8.0, "truncated": true, "incomplete": 5.0}, "-"},
		{"ICMP error: the quoted packet is a detail", ip4(1, 0, join([]byte{3, 4, 0, 0, 0, 0, 5, 0xdc}, with(ip4(6, 0, tcpSyn()), 12, 203, 0, 113, 9)[:28])),
			map[string]any{"src": probe4, "proto": "icmp", "icmp_type": 3.0, "icmp_code": 4.0, "mtu": 1500.0, "spt": nil, "dpt": nil,
				"inner": map[string]any{"src": "203.0.113.9", "proto": "tcp", "dpt": 22.0, "seq": 1000.0, "flags": nil, "truncated": true, "incomplete": 8.0}}, "-"},
		{"ICMP redirect", ip4(1, 0, join([]byte{5, 1, 0, 0, 192, 0, 2, 1}, probe())), map[string]any{"gateway": "192.0.2.1", "inner": map[string]any{"proto": "udp", "dpt": 53.0}}, "-"},
		{"ICMP error in an ICMP error does not nest", ip4(1, 0, join([]byte{11, 0, 0, 0, 0, 0, 0, 0}, ip4(1, 0, join([]byte{3, 3, 0, 0, 0, 0, 0, 0}, probe())))), map[string]any{"inner": map[string]any{"icmp_type": 3.0, "inner": nil}}, "-"},
		{"ESP", ip4(50, 0, []byte{0, 0, 0, 0x88, 0, 0, 0, 1}), map[string]any{"proto": "esp", "spi": 0x88, "spt": nil}, "-"},
		{"AH", ip4(51, 0, join([]byte{6, 4, 0, 0, 0, 0, 0, 0x77}, make([]byte, 16), tcpSyn())), map[string]any{"proto": "ah", "spi": 0x77, "spt": nil}, "-"},
		{"GRE", ip4(47, 0, join([]byte{0, 0, 8, 0}, probe())), map[string]any{"proto": "gre", "src": probe4, "dpt": nil}, "-"},
		{"protocol 255", ip4(255, 0, nil), map[string]any{"proto": "255", "truncated": nil}, "-"},

		{"IPv6 header", ip6(6, tcpSyn()), map[string]any{"src": probe6, "dst": "2001:db8:1::10", "len": 64.0, "tc": 40.0, "tos_byte": 40.0, "flowlbl": 0x12345, "ttl": 64.0, "id": nil, "dpt": 22.0, "flags": []any{"SYN"}}, "mss=1460"},
		{"IPv6 UDP", ip6(17, udp(0)), map[string]any{"proto": "udp", "dpt": 53.0}, "-"},
		{"IPv6 ports cut", ip6(6, tcpSyn())[:42], map[string]any{"proto": "tcp", "src": probe6, "spt": nil, "truncated": true}, "-"},
		{"hop-by-hop, routing, destination options", ip6(0, join([]byte{43, 0, 1, 4, 0, 0, 0, 0}, []byte{60, 0, 4, 0, 0, 0, 0, 0}, []byte{6, 1, 1, 12}, make([]byte, 12), tcpSyn())), map[string]any{"proto": "tcp", "dpt": 22.0, "ext_headers": 3.0}, "mss=1460"},
		{"AH is walked over", ip6(51, join([]byte{6, 4, 0, 0, 0, 0, 0, 0x77}, make([]byte, 16), tcpSyn())), map[string]any{"proto": "tcp", "dpt": 22.0}, "mss=1460"},
		{"ESP is the end", ip6(50, []byte{0, 0, 0, 0x88, 0, 0, 0, 1}), map[string]any{"proto": "esp", "spi": 0x88}, "-"},
		{"first fragment", ip6(44, join(frag6(6, 0, 1), tcpSyn())), map[string]any{"dpt": 22.0, "mf": true, "frag_id": 0xbeef, "frag_off": 0.0}, "mss=1460"},
		{"later fragment", ip6(44, join(frag6(6, 1448, 0), tcpSyn())), map[string]any{"proto": "tcp", "dpt": nil, "mf": nil, "frag_off": 1448.0, "frag_id": 0xbeef}, "-"},
		{"extension header cut", ip6(0, []byte{6, 4, 1, 4, 0, 0, 0, 0}), map[string]any{"src": probe6, "proto": nil, "truncated": true}, "-"},
		{"no next header", ip6(59, nil), map[string]any{"proto": "59", "truncated": nil}, "-"},
		{"payload length 0: jumbogram", with(ip6(6, tcpSyn()), 4, 0, 0), map[string]any{"len": 40.0, "dpt": 22.0}, "mss=1460"},
		{"IPv6 in IPv6: the outer counts", ip6(41, with(ip6(17, udp(0)), 8, 0x3f)), map[string]any{"src": probe6, "proto": "41", "dpt": nil}, "-"},
		{"ICMPv6 echo", ip6(58, []byte{128, 0, 0, 0, 0, 7, 0, 9}), map[string]any{"proto": "icmpv6", "icmp_type": 128.0, "icmp_id": 7.0, "icmp_seq": 9.0}, "-"},
		{"ICMPv6 too big", ip6(58, join([]byte{2, 0, 0, 0, 0, 0, 5, 0}, ip6(17, udp(0)))), map[string]any{"icmp_type": 2.0, "mtu": 1280.0, "dpt": nil, "inner": map[string]any{"src": probe6, "dpt": 53.0}}, "-"},
		{"ICMPv6 parameter problem", ip6(58, join([]byte{4, 1, 0, 0, 0, 0, 0, 6}, ip6(17, udp(0))[:40])), map[string]any{"pointer": 6.0, "inner": map[string]any{"proto": "udp", "dpt": nil, "truncated": true}}, "-"},
	} {
		r := read(t, Format, oneFrame(101, c.packet))
		if len(r.Events) != 1 {
			t.Errorf("%s: %d events, %+v", c.name, len(r.Events), r.Rejects)
			continue
		}
		got := r.fields(0)
		got["options"] = layoutOf(&r)
		c.want["options"] = c.options
		readertest.Check(t, readertest.Example{Name: c.name, Expect: floats(c.want)}, got)
	}
}

// layoutOf is the option layout, "-" if it is not known.
func layoutOf(r *result) string {
	e := &r.Events[0]
	if !e.Has(event.HasOptions) {
		return "-"
	}
	return r.sym.Name(e.Options)
}

// floats turns the integer constants of a table into the numbers of JSON.
func floats(m map[string]any) map[string]any {
	for k, v := range m {
		if n, ok := v.(int); ok {
			m[k] = float64(n)
		}
	}
	return m
}

// ip4WithOptions is the SYN behind a router alert option.
func ip4WithOptions() []byte {
	b := ip4(6, 0, join([]byte{0x94, 4, 0, 0}, tcpSyn()))
	b[0] = 0x46
	return b
}
