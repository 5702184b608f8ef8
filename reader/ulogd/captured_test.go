package ulogd

import (
	"bytes"
	"fmt"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"fwreport/reader"
	"fwreport/reader/event"
	"fwreport/reader/readertest"
)

// TestCaptured reads all genuine files: every packet and every flow is an
// event, nothing is malformed, and the laws hold.
func TestCaptured(t *testing.T) {
	for name, want := range map[string]struct{ packets, flows int }{
		"ulogd208_fragments_arp/json.json":             {23, 0},
		"ulogd208_fragments_arp/json_header_only.json": {8, 0},
		"ulogd208_tz_stjohns/json1.json":               {66, 0},
		"ulogd208_tz_stjohns/json2_v1.json":            {66, 0},
		"ulogd208_tz_stjohns/json3_label.json":         {20, 0},
		"ulogd208_tz_stjohns/json4_flow.json":          {0, 21},
		"ulogd208_tz_stjohns/json5_flow_nohash.json":   {0, 42},
		"ulogd208_tz_utc/json1.json":                   {68, 0},
		"ulogd208_tz_utc/json2_v1.json":                {68, 0},
		"ulogd208_tz_utc/json3_label.json":             {20, 0},
		"ulogd208_tz_utc/json4_flow.json":              {0, 21},
		"ulogd208_tz_utc/json5_flow_nohash.json":       {0, 42},
	} {
		data := capture(t, name)
		if err := Format.Sniff(data, true); err != nil {
			t.Errorf("%s: not recognised: %v", name, err)
		}
		b := parse(t, nil, string(data))
		flows := 0
		for i := range b.Events {
			if b.Events[i].Has(event.Flow) {
				flows++
			}
		}
		if len(b.Events)-flows != want.packets || flows != want.flows || b.Other != 0 || b.Malformed != 0 {
			t.Errorf("%s: %d events, %d of them flows, %d other, rejects %+v; want %d and %d", name, len(b.Events), flows, b.Other, b.Rejects, want.packets, want.flows)
		}
		if b.TZAssumed {
			t.Errorf("%s: a zone was assumed beside epoch times", name)
		}
		readertest.AnyCut(t, Format, nil, nil, data, 1)
		readertest.NoAlias(t, Format, nil, nil, data)
	}
}

// TestAgainstLOGEMU compares with what ulogd's own LOGEMU output said of the
// same packets, in the words of the kernel's LOG target.
func TestAgainstLOGEMU(t *testing.T) {
	for emu, name := range map[string]string{
		"ulogd208_tz_utc/emu1.log":                   "json1.json",
		"ulogd208_tz_stjohns/emu1.log":               "json1.json",
		"ulogd208_fragments_arp/emu.log":             "json.json",
		"ulogd208_fragments_arp/emu_header_only.log": "json_header_only.json",
	} {
		lines := bytes.Split(bytes.TrimSuffix(capture(t, emu), []byte("\n")), []byte("\n"))
		opt := readertest.Options(t, "")
		b := parse(t, opt, string(capture(t, filepath.Join(filepath.Dir(emu), name))))
		if len(lines) != len(b.Events) {
			t.Errorf("%s: %d lines, %d events", emu, len(lines), len(b.Events))
			continue
		}
		left := map[string]int{}
		for _, line := range lines {
			left[fromLOGEMU(string(line))]++
		}
		for i := range b.Events {
			got := inWords(opt, b, i)
			if left[got]--; left[got] < 0 {
				t.Errorf("%s: record %d is\n%s, which LOGEMU did not say", emu, i+1, got)
			}
		}
	}
}

var (
	anchor = regexp.MustCompile(`^\w+ +\d+ [\d:]+ \S+ (.*) (IN=.*)$`)
	later  = regexp.MustCompile(`FRAG: ?[1-9]`)
	words  = regexp.MustCompile(`(\S+?)=(\S*)|\b(CWR|ECE|URG|ACK|PSH|RST|SYN|FIN|DF|MF)\b`)
)

// told are the words that both outputs can say. ID and the second LEN have
// other meanings further on in a line and are taken from their first place.
var told = []string{"IN", "OUT", "SRC", "DST", "LEN", "TTL", "HOPLIMIT", "ID", "PROTO", "SPT", "DPT", "SEQ", "WINDOW", "TYPE", "CODE", "UID", "MARK"}

// fromLOGEMU puts a line into one form with inWords. What LOGEMU says wrongly is
// left out, as FORMATS describes it in section 3.1: ports of later fragments,
// all numbers of packets without anything behind their header, ARP addresses,
// sequence numbers of ICMP (chosen by code, not type).
func fromLOGEMU(line string) string {
	m := anchor.FindStringSubmatch(strings.Replace(line, "INCOMPLETE", "", 1))
	if m == nil {
		return "no record: " + line
	}
	said, flags := map[string]string{}, ""
	for _, w := range words.FindAllStringSubmatch(m[2], -1) {
		if _, twice := said[w[1]]; w[1] != "" && !twice {
			said[w[1]] = w[2]
		}
		if w[3] != "" && w[3] != "DF" && w[3] != "MF" {
			flags += w[3] + " "
		}
	}
	var wrong []string
	switch {
	case said["PROTO"] == "ARP":
		wrong = []string{"SRC", "DST"}
	case said["SRC"] == "":
		wrong = []string{"LEN", "TTL", "ID", "PROTO"}
	case said["SPT"] == "":
		wrong = []string{"SEQ"}
	}
	if said["HOPLIMIT"] != "" {
		wrong = append(wrong, "ID") // the echo's: IPv6 has none
	}
	if later.MatchString(m[2]) {
		wrong, flags = append(wrong, "SPT", "DPT", "SEQ", "WINDOW", "TYPE", "CODE"), ""
	}
	for _, k := range wrong {
		delete(said, k)
	}
	said["PROTO"] = number(said["PROTO"], said["HOPLIMIT"] != "")
	return spell(m[1], said, flags)
}

// number is a protocol as a number: LOGEMU prints some names. ESP of IPv6 is
// printed as AH or as 0, so that these are one there.
func number(proto string, ipv6 bool) string {
	names := map[string]string{"ICMP": "1", "TCP": "6", "UDP": "17", "ESP": "50", "AH": "51", "ICMPv6": "58", "SCTP": "132"}
	if n, ok := names[proto]; ok {
		proto = n
	}
	if ipv6 && (proto == "0" || proto == "50" || proto == "51") {
		return ""
	}
	return proto
}

func spell(prefix string, said map[string]string, flags string) string {
	s := fmt.Sprintf("%q", prefix)
	for _, k := range told {
		if v := said[k]; v != "" {
			s += " " + k + "=" + v
		}
	}
	return s + " " + flags
}

// inWords is event i of b in the words of LOGEMU.
func inWords(opt *reader.Options, b *reader.Batch, i int) string {
	e := &b.Events[i]
	name := opt.Symbols.Name
	said := map[string]string{"IN": name(e.In), "OUT": name(e.Out)}
	put := func(has event.Fields, key string, v any) {
		if e.Has(has) {
			said[key] = fmt.Sprint(v)
		}
	}
	put(event.HasSrc, "SRC", e.Src)
	put(event.HasDst, "DST", e.Dst)
	put(event.HasLen, "LEN", e.Len)
	if e.Has(event.IPv6) {
		put(event.HasTTL, "HOPLIMIT", e.TTL)
	} else {
		put(event.HasTTL, "TTL", e.TTL)
	}
	put(event.HasID, "ID", e.ID)
	said["PROTO"] = e.Proto.String()
	if n, ok := e.Proto.Number(); ok {
		said["PROTO"] = number(fmt.Sprint(n), e.Has(event.IPv6))
	}
	put(event.HasSrcPort, "SPT", e.SrcPort)
	put(event.HasDstPort, "DPT", e.DstPort)
	put(event.HasSeq, "SEQ", e.Seq)
	put(event.HasWindow, "WINDOW", e.Window)
	put(event.HasICMP, "TYPE", e.ICMPType)
	put(event.HasICMPCode, "CODE", e.ICMPCode)
	put(event.HasUID, "UID", e.UID)
	said["MARK"] = fmt.Sprintf("0x%x", e.Mark)
	flags := ""
	if e.Has(event.HasFlags) {
		for _, f := range e.Flags.Names() {
			if f != "ECE" && f != "CWR" { // LOGEMU does not print them
				flags += f + " "
			}
		}
	}
	return spell(name(e.Prefix), said, flags)
}
