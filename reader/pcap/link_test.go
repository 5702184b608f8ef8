package pcap

import (
	"testing"

	"fwreport/reader/readertest"
)

// probe is the IPv4 datagram that most cases carry.
func probe() []byte { return ip4(17, 0, udp(0)) }

const probe4, probe6 = "198.51.100.7", "2001:db8::7"

// sll2 is a version 2 cooked header for interface 3.
func sll2(protocol []byte, pkttype byte) []byte {
	return join(protocol, []byte{0, 0, 0, 0, 0, 3, 0, 1, pkttype, 6, 2, 0, 0x5e, 0, 0x53, 1, 0, 0})
}

func TestLinkTypes(t *testing.T) {
	six := ip6(17, udp(0))
	for _, c := range []struct {
		name  string
		link  uint32
		frame []byte
		want  map[string]any
	}{
		{"NULL, IPv4, little-endian", 0, join([]byte{2, 0, 0, 0}, probe()), map[string]any{"src": probe4, "dpt": 53.0}},
		{"NULL, IPv4, big-endian", 0, join([]byte{0, 0, 0, 2}, probe()), map[string]any{"src": probe4}},
		{"NULL, IPv6 of FreeBSD", 0, join([]byte{28, 0, 0, 0}, six), map[string]any{"src": probe6, "dpt": 53.0}},
		{"NULL, IPv6 of macOS", 0, join([]byte{0, 0, 0, 30}, six), map[string]any{"src": probe6}},
		{"LOOP", 108, join([]byte{0, 0, 0, 2}, probe()), map[string]any{"src": probe4}},
		{"Ethernet", 1, ether(0x0800, probe()), map[string]any{"src": probe4, "mac_src": "02:00:5e:00:53:01", "mac_dst": "02:00:5e:00:53:10", "ethertype": "0800", "in": nil}},
		{"Ethernet, padded", 1, ether(0x0800, join(ip4(6, 0, tcpSyn()[:8]), make([]byte, 18))), map[string]any{"spt": 40000.0, "seq": 1000.0, "ack": nil, "truncated": true, "incomplete": 8.0}},
		{"802.1Q", 1, ether(0x8100, join([]byte{0x60, 20, 8, 0}, probe())), map[string]any{"src": probe4, "vlan": 20.0, "vlan_prio": 3.0, "vproto": "8100", "ethertype": "0800"}},
		{"802.1ad around 802.1Q", 1, ether(0x88a8, join([]byte{0, 20, 0x81, 0, 0, 30, 0x86, 0xdd}, six)), map[string]any{"src": probe6, "vlan": 20.0, "vproto": "88a8"}},
		{"PPPoE session", 1, ether(0x8864, join([]byte{0x11, 0, 0, 1, 0, 30, 0, 0x21}, probe())), map[string]any{"src": probe4}},
		{"MPLS, two labels", 1, ether(0x8847, join([]byte{0, 1, 0, 64, 0, 2, 1, 64}, probe())), map[string]any{"src": probe4}},
		{"802.2 SNAP", 1, ether(36, join([]byte{0xaa, 0xaa, 3, 0, 0, 0, 8, 0}, probe())), map[string]any{"src": probe4}},
		{"RAW, IPv4", 101, probe(), map[string]any{"src": probe4}},
		{"RAW, IPv6", 101, six, map[string]any{"src": probe6}},
		{"RAW as DLT 12", 12, probe(), map[string]any{"src": probe4}},
		{"RAW as DLT 14", 14, six, map[string]any{"src": probe6}},
		{"IPV4", 228, probe(), map[string]any{"src": probe4}},
		{"IPV6", 229, six, map[string]any{"src": probe6}},
		{"upper bits of the field", 0xf4000000 | 101, probe(), map[string]any{"src": probe4}},
		{"SLL", 113, join([]byte{0, 0, 0, 1, 0, 6, 2, 0, 0x5e, 0, 0x53, 1, 0, 0, 8, 0}, probe()), map[string]any{"src": probe4, "mac_src": "02:00:5e:00:53:01", "mac_dst": nil}},
		{"SLL, 802.1Q", 113, join([]byte{0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0x81, 0, 0, 20, 8, 0}, probe()), map[string]any{"src": probe4, "mac_src": nil, "vlan": 20.0}},
		{"SLL2, received", 276, join(sll2([]byte{8, 0}, 0), probe()), map[string]any{"src": probe4, "in": "if#3", "out": nil, "mac_src": "02:00:5e:00:53:01"}},
		{"SLL2, sent", 276, join(sll2([]byte{0x86, 0xdd}, 4), six), map[string]any{"src": probe6, "out": "if#3", "in": nil}},
		{"PPP", 9, join([]byte{0, 0x21}, probe()), map[string]any{"src": probe4}},
		{"PPP, compressed protocol", 9, join([]byte{0x57}, six), map[string]any{"src": probe6}},
		{"PPP in HDLC framing", 50, join([]byte{0xff, 3, 0, 0x57}, six), map[string]any{"src": probe6}},
		{"Cisco HDLC in a PPP capture", 50, join([]byte{0x0f, 0, 8, 0}, probe()), map[string]any{"src": probe4}},
		{"Cisco HDLC", 104, join([]byte{0x8f, 0, 0x86, 0xdd}, six), map[string]any{"src": probe6}},
		{"PPPoE without Ethernet", 51, join([]byte{0x11, 0, 0, 1, 0, 30, 0, 0x21}, probe()), map[string]any{"src": probe4}},
		{"ARP", 1, ether(0x0806, []byte{0, 1, 8, 0, 6, 4, 0, 2, 2, 0, 0x5e, 0, 0x53, 1, 192, 0, 2, 77, 2, 0, 0x5e, 0, 0x53, 0x77, 192, 0, 2, 10}),
			map[string]any{"proto": "arp", "src": nil, "dst": nil, "arp": map[string]any{"htype": 1.0, "ptype": "0800", "op": 2.0,
				"mac_src": "02:00:5e:00:53:01", "ip_src": "192.0.2.77", "mac_dst": "02:00:5e:00:53:77", "ip_dst": "192.0.2.10"}}},
	} {
		r := read(t, Format, oneFrame(c.link, c.frame))
		if len(r.Events) != 1 || len(r.errs) > 0 {
			t.Errorf("%s: %d events, %+v, %v", c.name, len(r.Events), r.Rejects, r.errs)
			continue
		}
		got := r.fields(0)
		readertest.Check(t, readertest.Example{Name: c.name, Expect: c.want}, got)
		if a := r.sym.Name(r.Events[0].Action); a != "CAPTURE" {
			t.Errorf("%s: action %q", c.name, a)
		}
	}
}

// TestNoEvent holds what becomes of frames that are none: other, or malformed
// with a reason.
func TestNoEvent(t *testing.T) {
	for _, c := range []struct {
		name   string
		link   uint32
		frame  []byte
		reason string // "" is other
	}{
		{"LLDP", 1, ether(0x88cc, []byte{2, 7, 4}), ""},
		{"STP", 1, ether(38, []byte{0x42, 0x42, 3, 0, 0}), ""},
		{"CDP", 1, ether(38, []byte{0xaa, 0xaa, 3, 0, 0, 0x0c, 0x20, 0, 2}), ""},
		{"PPPoE discovery", 1, ether(0x8863, []byte{0x11, 9, 0, 0, 0, 0}), ""},
		{"PPPoE session, LCP", 1, ether(0x8864, []byte{0x11, 0, 0, 1, 0, 4, 0xc0, 0x21, 9, 0}), ""},
		{"NULL, AppleTalk", 0, []byte{16, 0, 0, 0, 1, 2}, ""},
		{"SLL, netlink", 113, join([]byte{0, 4, 3, 0x38}, make([]byte, 10), []byte{8, 0}, probe()), ""},
		{"SLL, CAN", 113, join(make([]byte, 14), []byte{0, 12, 1, 2, 3}), ""},
		{"RAW, version 7", 101, []byte{0x75, 0, 0, 20}, ""},
		{"radiotap", 127, probe(), "link type 127 is not supported"},
		{"unnamed link type", 65535, probe(), "link type 65535 is not supported"},
		{"Ethernet cut", 1, ether(0x0800, nil)[:13], "Ethernet header cut"},
		{"nothing", 1, nil, "Ethernet header cut"},
		{"RAW, nothing", 101, nil, "packet is empty"},
		{"VLAN cut", 1, ether(0x8100, []byte{0, 20, 8}), "VLAN tag cut"},
		{"MPLS without an end", 1, ether(0x8847, []byte{0, 1, 0, 64, 0, 1, 0, 64}), "MPLS label cut"},
		{"PPPoE cut", 1, ether(0x8864, []byte{0x11, 0, 0}), "PPPoE header cut"},
		{"PPP cut", 9, []byte{0}, "PPP header cut"},
		{"HDLC cut", 104, []byte{0x0f, 0, 8}, "HDLC header cut"},
		{"SLL cut", 113, make([]byte, 15), "Linux cooked header cut"},
		{"SLL2 cut", 276, make([]byte, 19), "Linux cooked header cut"},
		{"LOOP cut", 108, []byte{0, 0, 0}, "loopback header cut"},
		{"IPv4 cut", 1, ether(0x0800, probe()[:19]), "IPv4 header cut"},
		{"IPv6 cut", 1, ether(0x86dd, ip6(17, nil)[:39]), "IPv6 header cut"},
		{"IPv4 of four words", 101, join([]byte{0x44}, probe()[1:]), "IPv4 header has an impossible version or length"},
		{"IPv6 as IPv4", 228, ip6(17, udp(0)), "IPv4 header has an impossible version or length"},
		{"IPv4 as IPv6", 229, join(probe(), make([]byte, 20)), "IPv6 header has an impossible version"},
		{"ARP cut", 1, ether(0x0806, []byte{0, 1, 8, 0, 6, 4, 0}), "ARP header cut"},
		{"NFLOG cut", 239, []byte{2, 0, 0}, "NFLOG header cut"},
		{"NFLOG version 1", 239, []byte{2, 1, 0, 8}, "NFLOG version is not supported"},
	} {
		r := read(t, Format, oneFrame(c.link, c.frame))
		switch {
		case len(r.Events) > 0:
			t.Errorf("%s: is an event", c.name)
		case c.reason == "" && r.Other != 1:
			t.Errorf("%s: %d other, %+v", c.name, r.Other, r.Rejects)
		case c.reason != "" && (len(r.Rejects) != 1 || r.Rejects[0].Reason != c.reason || r.Rejects[0].Record != 1):
			t.Errorf("%s: %+v, want %q", c.name, r.Rejects, c.reason)
		}
	}
}
