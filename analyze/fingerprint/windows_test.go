package fingerprint

import (
	"slices"
	"testing"

	"fwreport/analyze/analyzetest"
	"fwreport/reader/event"
)

func TestWindows(t *testing.T) {
	l := newLab()
	syn := func(src string, length uint32, ttl uint8, window uint16) event.Event {
		return df(l.tcp(src, "198.51.100.1", event.SYN, length, ttl, window))
	}
	const linux, macos = "mss=1460,sok,ts,nop,ws=7", "mss=1460,nop,ws=6,nop,nop,ts,sok,eol"
	accepted := l.options(syn("203.0.113.1", 60, 64, 64240), linux)
	accepted.Verdict = event.Accepted
	noWindow, noLength := syn("203.0.113.1", 60, 64, 1), syn("203.0.113.1", 60, 64, 1)
	noWindow.Fields &^= event.HasWindow
	noLength.Fields &^= event.HasLen
	nobody := syn("203.0.113.1", 60, 64, 1)
	nobody.Fields &^= event.HasSrc | event.HasLen | event.HasWindow
	v6 := l.tcp("2001:db8::1", "2001:db8::2", event.SYN, 80, 60, 64800)
	v6.Fields |= event.IPv6
	v6.Count = 3
	synack := syn("203.0.113.1", 60, 64, 64240)
	synack.Flags |= event.ACK
	events := []event.Event{
		accepted, l.options(syn("203.0.113.1", 60, 51, 64240), linux), l.options(syn("203.0.113.2", 60, 40, 64240), linux),
		syn("203.0.113.3", 60, 51, 64240), // options not logged
		l.options(syn("203.0.113.1", 64, 64, 65535), macos), l.options(syn("203.0.113.2", 64, 51, 65535), macos),
		syn("203.0.113.3", 52, 51, 65535), syn("203.0.113.3", 52, 113, 65535), // two stacks in one row
		syn("203.0.113.4", 48, 20, 4711),
		l.options(syn("203.0.113.5", 40, 200, 0), ""),
		noWindow, noLength, nobody, v6, synack,
	}
	got := analyzetest.Lines(t, analyzetest.Table(t, section(t, l, events), "windows"))
	want := []string{
		"4 | 64240 | 60 | 64 | - | 3 | Linux from 4.20",
		"3 | 64800 | 80 | 64 | - | 1 | Linux from 4.20 (IPv6)",
		"2 | 65535 | 52 | - | - | 1 | zmap from 4.1; Windows XP with window scale; some Windows 10 and Server",
		"2 | 65535 | 64 | 64 | " + macos + " | 2 | macOS, iOS",
		"1 | - | - | 64 | - | 0 | -",
		"1 | - | 60 | 64 | - | 1 | -",
		"1 | 0 | 40 | 255 |  | 1 | masscan up to 1.0.1",
		"1 | 1 | - | 64 | - | 1 | -",
		"1 | 4711 | 48 | 32 | - | 1 | -",
	}
	if !slices.Equal(got, want) {
		t.Errorf("got\n%q\nwant\n%q", got, want)
	}
}

func TestInitialTTL(t *testing.T) {
	for observed, want := range map[uint8]uint8{0: 32, 1: 32, 32: 32, 33: 64, 64: 64, 65: 128, 128: 128, 129: 255, 255: 255} {
		if got := InitialTTL(observed); got != want {
			t.Errorf("InitialTTL(%d) = %d, want %d", observed, got, want)
		}
	}
}

func TestKnownAs(t *testing.T) {
	for _, tt := range []struct {
		window  uint16
		length  uint32
		ttl     uint8
		options string
		want    string
	}{
		{64240, 60, 64, "mss=1400,sok,ts,nop,ws=7", "Linux from 4.20"},
		{64240, 60, 128, "", ""},
		{64240, 52, 128, "mss=1460,nop,ws=8,nop,nop,sok", "Windows 10, 11 and Server 2016 or later"},
		{8192, 52, 128, "", "Windows Vista, 7, 8 and Server 2008, 2012"},
		{65535, 60, 64, "", "Android and other Linux with a large initial window; FreeBSD"},
		{65535, 60, 64, "mss=1460,nop,ws=6,sok,ts", "FreeBSD"},
		{65535, 40, 255, "", "zmap up to 2.x"},
		{1024, 44, 64, "mss=1460", "nmap SYN scan"},
		{1024, 40, 255, "", "masscan 1.0.3 to 1.3.2"},
		{16384, 40, 128, "", "raw-socket scanners with a fixed source port (6000, 220)"},
		{512, 40, 64, "", "hping's default; worms of unknown make"},
		{29200, 60, 0, "", "Linux 3.11 to 4.19"},
		{1, 2, 64, "", ""},
	} {
		if got := KnownAs(tt.window, tt.length, tt.ttl, tt.options); got != tt.want {
			t.Errorf("KnownAs(%d, %d, %d, %q) = %q, want %q", tt.window, tt.length, tt.ttl, tt.options, got, tt.want)
		}
	}
}
