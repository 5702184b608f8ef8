package event

import (
	"net/netip"
	"testing"
)

// The expected blocks are read off IANA's registries: for each block an address
// just before, the first, the last and one just after it.
func TestSpecial(t *testing.T) {
	for _, c := range []struct {
		want  Special
		addrs []string
	}{
		{Unspecified, []string{"0.0.0.0", "0.255.255.255", "::"}},
		{Private, []string{"10.0.0.0", "10.255.255.255", "172.16.0.0", "172.31.255.255", "192.168.0.0",
			"192.168.255.255", "fc00::", "fdff:ffff::1", "fec0::1", "feff::1"}},
		{SharedSpace, []string{"100.64.0.0", "100.127.255.255"}},
		{Loopback, []string{"127.0.0.0", "127.255.255.255", "::1"}},
		{LinkLocal, []string{"169.254.0.0", "169.254.255.255", "fe80::", "febf::1"}},
		{Protocol, []string{"192.0.0.0", "192.0.0.255"}},
		{Documentation, []string{"192.0.2.0", "192.0.2.255", "198.51.100.0", "198.51.100.255", "203.0.113.0",
			"203.0.113.255", "2001:db8::", "2001:db8:ffff:ffff:ffff::", "3fff::", "3fff:fff::1"}},
		{Benchmarking, []string{"198.18.0.0", "198.19.255.255", "2001:2::", "2001:2:0:ffff::"}},
		{Multicast, []string{"224.0.0.0", "239.255.255.255", "ff00::", "ff02::1"}},
		{Reserved, []string{"240.0.0.0", "255.255.255.254", "1000::", "1fff::1", "4000::", "f000::", "fe00::1",
			"2001:10::", "2001:1f::1", "2001:20::", "2001:2f:ffff::", "100:0:0:1::", "64:ff9b:2::1",
			"64:ff9b::1:0:0", "::1:0:0:1", "::fffe:1.2.3.4"}},
		{Broadcast, []string{"255.255.255.255"}},
		{Discard, []string{"100::", "100::ffff:ffff:ffff:ffff"}},
		{Translated, []string{"64:ff9b::", "64:ff9b::ffff:ffff", "64:ff9b:1::", "64:ff9b:1:ffff::1"}},
		{Compatible, []string{"::2", "::192.0.2.1", "::ffff:ffff"}},
		{BadTunnel, []string{"2002:a00::1", "2002:c0a8:101::", "2002:7f00:1::"}},
		{NotSpecial, []string{"1.0.0.0", "9.255.255.255", "11.0.0.0", "100.63.255.255", "100.128.0.0",
			"126.255.255.255", "128.0.0.0", "169.253.255.255", "169.255.0.0", "172.15.255.255", "172.32.0.0",
			"191.255.255.255", "192.0.1.0", "192.0.3.0", "192.167.255.255", "192.169.0.0", "198.17.255.255",
			"198.20.0.0", "198.51.99.255", "198.51.101.0", "203.0.112.255", "203.0.114.0", "223.255.255.255",
			"2000::", "2001::1", "2001:2:1::", "2001:30::", "2001:db7:ffff::", "2001:db9::", "2002:808:808::1",
			"2600::", "3ffe:ffff::", "3fff:1000::", "::ffff:8.8.8.8"}},
	} {
		for _, s := range c.addrs {
			if got := AddrFrom(netip.MustParseAddr(s)).Special(); got != c.want {
				t.Errorf("%s: %v, want %v", s, got, c.want)
			}
		}
	}
}

// TestSpecialAgrees compares with the standard library's own tables.
func TestSpecialAgrees(t *testing.T) {
	for i := range uint32(1 << 16) {
		a := AddrFrom4(i<<16 | i*40503&0xffff)
		n, s := a.Netip(), a.Special()
		if n.IsPrivate() != (s == Private) || n.IsLoopback() != (s == Loopback) || n.IsMulticast() != (s == Multicast) ||
			n.IsLinkLocalUnicast() != (s == LinkLocal) {
			t.Fatalf("%s: %v disagrees with net/netip", a, s)
		}
	}
}
