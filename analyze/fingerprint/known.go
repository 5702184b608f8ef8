package fingerprint

import "strings"

// sighting is a SYN header that something is known to send.
type sighting struct {
	window  uint16
	length  uint32
	ttl     uint8  // initial; 0 if not known or variable
	options string // names of the options in order, without values; "" if not known
	as      string
}

const (
	linuxOptions   = "mss,sok,ts,nop,ws"
	windowsOptions = "mss,nop,ws,nop,nop,sok"
	noScaleOptions = "mss,nop,nop,sok"
	macOptions     = "mss,nop,ws,nop,nop,ts,sok,eol"
	freebsdOptions = "mss,nop,ws,sok,ts"
	openbsdOptions = "mss,nop,nop,sok,nop,ws,nop,nop,ts"
)

// sightings come from p0f.fp (p0f 3.09) up to about 2014, from captures of stacks
// after that, and from the sources of the tools (see rules). Linux sends a
// multiple of the MSS: 4 in 2.4 and most 2.6, then 10, 20 from 3.11, 44 (45 over
// IPv6) from 4.20, so paths with an MSS other than 1460 have rows of their own.
var sightings = []sighting{
	{0, 40, 255, "", "masscan up to 1.0.1"},
	{1, 60, 0, "", "nmap OS detection"},
	{3, 52, 0, "", "nmap OS detection (ECN)"},
	{4, 56, 0, "", "nmap OS detection"},
	{4, 60, 0, "", "nmap OS detection"},
	{16, 60, 0, "", "nmap OS detection"},
	{63, 60, 0, "", "nmap OS detection"},
	{256, 60, 0, "", "nmap OS detection (T3)"},
	{512, 56, 0, "", "nmap OS detection"},
	{31337, 60, 0, "", "nmap OS detection (T5)"},
	{512, 40, 64, "", "hping's default; worms of unknown make"},
	{1024, 40, 255, "", "masscan 1.0.3 to 1.3.2"},
	{1024, 44, 64, "mss", "nmap SYN scan"},
	{1025, 44, 0, "mss", "masscan, git since 2023-11"},
	{2048, 44, 64, "mss", "nmap SYN scan, older versions"},
	{3072, 44, 64, "mss", "nmap SYN scan, older versions"},
	{4096, 44, 64, "mss", "nmap SYN scan, older versions"},
	{16384, 40, 128, "", "raw-socket scanners with a fixed source port (6000, 220)"},
	{65535, 40, 255, "", "zmap up to 2.x"},
	{65535, 44, 255, "mss", "zmap 3.x"},
	{65535, 52, 64, windowsOptions, "zmap from 4.1"},

	{5840, 60, 64, linuxOptions, "Linux 2.4 and 2.6"},
	{14600, 60, 64, linuxOptions, "Linux up to 3.10"},
	{29200, 60, 64, linuxOptions, "Linux 3.11 to 4.19"},
	{64240, 60, 64, linuxOptions, "Linux from 4.20"},
	{28400, 60, 64, linuxOptions, "Linux 3.11 to 4.19, MSS 1420 (cloud, tunnel)"},
	{65320, 60, 64, linuxOptions, "Linux from 4.20, MSS 1420 (Google Cloud)"},
	{26883, 60, 64, linuxOptions, "Linux up to 4.19, MSS 8961 (AWS)"},
	{62727, 60, 64, linuxOptions, "Linux from 4.20, MSS 8961 (AWS)"},
	{32792, 60, 64, linuxOptions, "Linux up to 3.x on its loopback interface"},
	{43690, 60, 64, linuxOptions, "Linux 3.x and 4.x on its loopback interface"},
	{65495, 60, 64, linuxOptions, "Linux from 4.20 on its loopback interface"},
	{65535, 60, 64, linuxOptions, "Android and other Linux with a large initial window"},
	{28800, 80, 64, linuxOptions, "Linux 3.11 to 4.19 (IPv6)"},
	{64800, 80, 64, linuxOptions, "Linux from 4.20 (IPv6)"},

	{8192, 48, 128, noScaleOptions, "Windows Vista, 7, 8 and Server 2008, 2012 (retry without window scale)"},
	{8192, 52, 128, windowsOptions, "Windows Vista, 7, 8 and Server 2008, 2012"},
	{64240, 52, 128, windowsOptions, "Windows 10, 11 and Server 2016 or later"},
	{65535, 52, 128, windowsOptions, "Windows XP with window scale; some Windows 10 and Server"},
	{64800, 72, 128, windowsOptions, "Windows 10 and 11 (IPv6)"},
	{32120, 60, 64, linuxOptions, "Linux 2.2"},
	{16384, 48, 128, noScaleOptions, "Windows 2000, XP and Server 2003"},
	{64240, 48, 128, noScaleOptions, "Windows 2000 and XP"},
	{65535, 48, 128, noScaleOptions, "Windows 2000 and XP"},

	{65535, 64, 64, macOptions, "macOS, iOS"},
	{65535, 84, 64, macOptions, "macOS, iOS (IPv6)"},
	{65535, 60, 64, freebsdOptions, "FreeBSD"},
	{65535, 80, 64, freebsdOptions, "FreeBSD (IPv6)"},
	{16384, 64, 64, openbsdOptions, "OpenBSD"},
}

// KnownAs tells what is known to send SYNs of this window and length, several
// separated by "; ", or "". An initial TTL of 0 and options of "" are "not known
// or not the same": they leave all candidates of the window and length.
func KnownAs(window uint16, length uint32, ttl uint8, options string) string {
	options = optionNames(options)
	var found []string
	for i := range sightings {
		s := &sightings[i]
		if s.window == window && s.length == length && agree(s.ttl, ttl) && agree(s.options, options) {
			found = append(found, s.as)
		}
	}
	return strings.Join(found, "; ")
}

// agree tells whether two facts do not exclude each other: the zero value is unknown.
func agree[T comparable](a, b T) bool {
	var unknown T
	return a == unknown || b == unknown || a == b
}

// optionNames is a layout without its values: "mss=1460,ws=7" becomes "mss,ws".
func optionNames(layout string) string {
	if layout == "" {
		return ""
	}
	names := strings.Split(layout, ",")
	for i, n := range names {
		names[i], _, _ = strings.Cut(n, "=")
	}
	return strings.Join(names, ",")
}
