package fingerprint

import (
	"bufio"
	"net/netip"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"testing"

	"fwreport/analyze/analyzetest"
	"fwreport/reader/event"
)

// corpus is where logs of others are kept, beside this project; see its README.
const corpus = "../../../shared/corpus"

var pairPattern = regexp.MustCompile(`\b([A-Z]+)=([^ ]*)`)
var wordPattern = regexp.MustCompile(`\b(DF|SYN|ACK|FIN|RST|PSH|URG)\b`)

// readLog reads LOG lines by two patterns: enough for this test, and no part of
// the program's readers.
func readLog(t *testing.T, path string) []event.Event {
	t.Helper()
	f, err := os.Open(filepath.Join(corpus, path))
	if os.IsNotExist(err) {
		t.Skipf("no corpus: %v", err)
	}
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	var events []event.Event
	line := uint64(0)
	for sc := bufio.NewScanner(f); sc.Scan(); {
		line++
		if e, ok := parseLog(sc.Text()); ok {
			e.Ref, e.Time = event.MakeRef(0, line), int64(line)
			events = append(events, e)
		}
	}
	return events
}

func parseLog(s string) (e event.Event, ok bool) {
	e.Count = 1
	seen := map[string]bool{}
	for _, kv := range pairPattern.FindAllStringSubmatch(s, -1) {
		if !seen[kv[1]] {
			setField(&e, kv[1], kv[2])
		}
		seen[kv[1]] = true
	}
	for _, w := range wordPattern.FindAllString(s, -1) {
		switch w {
		case "DF":
			e.Fields |= event.DF
		case "SYN":
			e.Flags |= event.SYN
		case "ACK":
			e.Flags |= event.ACK
		case "FIN":
			e.Flags |= event.FIN
		case "RST":
			e.Flags |= event.RST
		case "PSH":
			e.Flags |= event.PSH
		case "URG":
			e.Flags |= event.URG
		}
	}
	if e.Proto == event.TCP {
		e.Fields |= event.HasFlags
	}
	return e, seen["SRC"]
}

func setField(e *event.Event, key, value string) {
	n, _ := strconv.ParseUint(value, 10, 32)
	addr, _ := netip.ParseAddr(value)
	switch key {
	case "SRC":
		e.Src, e.Fields = event.AddrFrom(addr), e.Fields|event.HasSrc
		if addr.Is6() {
			e.Fields |= event.IPv6
		}
	case "DST":
		e.Dst, e.Fields = event.AddrFrom(addr), e.Fields|event.HasDst
	case "LEN":
		e.Len, e.Fields = uint32(n), e.Fields|event.HasLen
	case "TTL":
		e.TTL, e.Fields = uint8(n), e.Fields|event.HasTTL
	case "ID":
		e.ID, e.Fields = uint16(n), e.Fields|event.HasID
	case "SPT":
		e.SrcPort, e.Fields = uint16(n), e.Fields|event.HasSrcPort
	case "DPT":
		e.DstPort, e.Fields = uint16(n), e.Fields|event.HasDstPort
	case "WINDOW":
		e.Window, e.Fields = uint16(n), e.Fields|event.HasWindow
	case "TYPE":
		e.ICMPType, e.Fields = uint8(n), e.Fields|event.HasICMP
	case "CODE":
		e.ICMPCode, e.Fields = uint8(n), e.Fields|event.HasICMPCode
	case "PROTO":
		e.Proto, _ = event.ParseProto(value)
	}
}

// TestCorpus: psad's test scans were made with an nmap that still drew its
// window (1024 to 4096); their counts were taken with grep.
func TestCorpus(t *testing.T) {
	const psad = "mrash+psad/test/scans/iptables/"
	for _, tt := range []struct {
		path string
		want []string
	}{
		{psad + "syn_scan_1000_1500", []string{"1002 | " + nmapRule + " | inferred | 1 | 0"}},
		{psad + "mirai_default_credentials_scan", []string{"11 | " + nmapRule + " | inferred | 1 | 0"}},
		{psad + "udp_scan_1000_1150", []string{"302 | nmap | UDP scan: empty, random TTL | inferred | 1 | 0"}},
		{psad + "ack_scan_1000_1150", []string{"302 | nmap | ACK scan: random TTL | inferred | 1 | 0"}},
		{psad + "ms_sql_server_sig_match", nil},                                               // two records are too few
		{psad + "syslog_time_fmt1.log", []string{"1 | " + zmap3Rule + " | possible | 1 | 0"}}, // one genuine probe, ID=54321
		{psad + "invalid_icmp_type_code", nil},                                                // hping: echo of 28 bytes, TTL always 64
		{psad + "topera_ipv6_syn_scan_with_ip_opts", nil},
		{"sikvall+ipta/example/iptables-syslog-example.log", nil},
		{"AdrienRE+iptablogs/iptables.log", nil},
	} {
		t.Run(tt.path, func(t *testing.T) {
			l := newLab()
			if got := attributedRows(t, l, readLog(t, tt.path)); !slices.Equal(got, tt.want) {
				t.Errorf("got\n%q\nwant\n%q", got, tt.want)
			}
		})
	}
}

// TestCorpusWindows: the SYNs of ipta's sample, counted with grep.
func TestCorpusWindows(t *testing.T) {
	l := newLab()
	events := readLog(t, "sikvall+ipta/example/iptables-syslog-example.log")
	lines := analyzetest.Lines(t, analyzetest.Table(t, section(t, l, events), "windows"), "count", "window", "length", "ttl", "known_as")
	want := []string{
		"122 | 32792 | 60 | 64 | Linux up to 3.x on its loopback interface",
		"17 | 14600 | 60 | 64 | Linux up to 3.10",
	}
	if len(lines) < 2 || !slices.Equal(lines[:2], want) {
		t.Errorf("got %q, want first %q", lines, want)
	}
	if worm := "4 | 512 | 40 | 64 | hping's default; worms of unknown make"; !slices.Contains(lines, worm) {
		t.Errorf("no line %q", worm)
	}
}
