package lex

import (
	"net/netip"
	"testing"

	"fwreport/reader/event"
)

var ipv6Seeds = []string{
	"::", "::1", "1::", "2001:db8:bad::7", "fe80::b8b3:90ff:feef:5fbc", "1:2:3:4:5:6:7:8", "1:2:3:4:5:6:7::", "::2:3:4:5:6:7:8",
	"1::8", "1:2:3::6:7:8", "::ffff:192.0.2.1", "64:ff9b::192.0.2.33", "1:2:3:4:5:6:192.0.2.1", "2001:0db8:0bad:0000:0000:0000:0000:0007",
	"", ":", ":::", "1", "1:2", "1:::2", "1::2::3", "1:2:3:4:5:6:7:8:9", "1:2:3:4:5:6:7:8:", ":1:2:3:4:5:6:7:8", "12345::", "g::", "1:", "::1:",
	"1:2:3:4:5:6:7:192.0.2.1", "1:2:3:4:5:192.0.2.1", "::192.0.2.01", "::192.0.2", "fe80::1%eth0", "192.0.2.1", "1::2:3:4:5:6:7:8", "::1:2:3:4:5:6:7:8",
}

// checkIPv6 compares with netip.
func checkIPv6(t *testing.T, s string) {
	t.Helper()
	want, err := netip.ParseAddr(s)
	ok := err == nil && want.Is6() && want.Zone() == ""
	got, gotOK := IPv6([]byte(s))
	if gotOK != ok || ok && got != event.AddrFrom(want) {
		t.Errorf("IPv6(%q) = %v, %v; want %v, %v", s, got, gotOK, want, ok)
	}
}

func TestIPv6(t *testing.T) {
	for _, s := range ipv6Seeds {
		checkIPv6(t, s)
	}
	b := []byte("2001:db8:bad::7")
	if n := testing.AllocsPerRun(100, func() { IPv6(b) }); n != 0 {
		t.Errorf("%v allocations, want none", n)
	}
}

func FuzzIPv6(f *testing.F) {
	for _, s := range ipv6Seeds {
		f.Add(s)
	}
	f.Fuzz(checkIPv6)
}
