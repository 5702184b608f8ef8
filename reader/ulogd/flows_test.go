package ulogd_test

import (
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"regexp"
	"strings"
	"testing"
	"time"

	"fwreport/reader"
	"fwreport/reader/event"
	"fwreport/reader/pcap"
	"fwreport/reader/readertest"
	"fwreport/reader/syslog"
	"fwreport/reader/ulogd"
)

const captured = "../../../shared/reference/captured"

// output is one of ulogd's outputs of the flows that JSON has too.
type output struct {
	file   string // a pattern
	format *reader.Format
	change func(string) string           // of the file; nil is none
	lacks  func(e *event.Event) []string // what it does not say of a flow
}

func lacking(names string) func(*event.Event) []string {
	return func(*event.Event) []string { return strings.Fields(names) }
}

// gprintLacks: up to 2.0.8 the text outputs have four bytes of an IPv6 address.
func gprintLacks(e *event.Event) []string {
	if e.Has(event.IPv6) {
		return []string{"src", "dst", "reply_src", "reply_dst"}
	}
	return nil
}

// printflowLacks: PRINTFLOW has neither times nor the ports of what is not TCP
// or UDP.
func printflowLacks(e *event.Event) []string {
	if e.Proto == event.UDPLite {
		return []string{"spt", "dpt", "reply_spt", "reply_dpt", "duration_us", "mark"}
	}
	return []string{"duration_us", "mark"}
}

var outputs = []output{
	{"gp3_flow.log", ulogd.FormatGPRINT, nil, gprintLacks},
	{"gp3_flow.log", ulogd.FormatOPRINT, oprint, lacking("src dst reply_src reply_dst")},
	{"nacct.log", ulogd.FormatNACCT, nil, lacking("event orig_packets orig_bytes reply_src reply_dst reply_spt reply_dpt duration_us mark")},
	{"xmlflow/*.xml", pcap.FormatXML, nil, lacking("event icmp_type icmp_code duration_us mark")},
	{"emu2_flow_hash.log", syslog.Format, nil, printflowLacks},
}

var quad = regexp.MustCompile(`=(\d+)\.(\d+)\.(\d+)\.(\d+)`)

// oprint is what OPRINT of 2.0.8 would have written instead of GPRINT's lines:
// the same keys in lines, addresses reversed. No captured file has OPRINT's flows.
func oprint(gprint string) string {
	s := "===>PACKET BOUNDARY\n" + strings.ReplaceAll(strings.TrimSpace(gprint), "\n", "\n===>PACKET BOUNDARY\n") + "\n"
	return quad.ReplaceAllString(strings.ReplaceAll(s, ",", "\n"), "=$4.$3.$2.$1")
}

// TestFlowsOfAllOutputs: the outputs of one run of ulogd say the same of the
// same connections, each what it can.
func TestFlowsOfAllOutputs(t *testing.T) {
	for folder, zone := range map[string]*time.Location{
		"ulogd208_tz_utc": time.UTC, "ulogd208_tz_stjohns": time.FixedZone("NST", -(3*3600 + 1800)),
	} {
		want := flows(t, filepath.Join(folder, "json4_flow.json"), output{format: ulogd.Format}, zone)
		if len(want) != 21 {
			t.Errorf("%s: %d flows in JSON, want 21", folder, len(want))
		}
		for _, o := range outputs {
			name := filepath.Join(folder, o.file)
			got := flows(t, name, o, zone)
			if len(got) != len(want) {
				t.Errorf("%s as %s: %d flows, want %d", name, o.format.Name, len(got), len(want))
				continue
			}
			for i := range want {
				for _, why := range compare(want[i], got[i], o.lacks(&want[i].event)) {
					t.Errorf("%s as %s, flow %d: %s", name, o.format.Name, i+1, why)
				}
			}
		}
	}
}

// one is a flow and its canonical fields, those of "flow" among the others.
type one struct {
	event  event.Event
	fields map[string]any
}

func flows(t *testing.T, name string, o output, zone *time.Location) []one {
	t.Helper()
	paths, err := filepath.Glob(filepath.Join(captured, name))
	if err != nil || len(paths) != 1 {
		t.Skipf("the captured records are not here: %s (%v)", name, err)
	}
	data, err := os.ReadFile(paths[0])
	if err != nil {
		t.Skipf("the captured records are not here: %v", err)
	}
	if o.change != nil {
		data = []byte(o.change(string(data)))
	}
	opt := readertest.Options(t, "Asia/Tokyo") // the input's zone outranks it
	year := time.Date(2026, 12, 1, 0, 0, 0, 0, time.UTC).UnixNano()
	b := readertest.Parse(o.format, opt, &reader.Input{Format: o.format, YearRef: year, Zone: zone}, data)
	if b.Malformed > 0 {
		t.Errorf("%s as %s: rejects %+v", name, o.format.Name, b.Rejects)
	}
	var all []one
	for i := range b.Events {
		e := &b.Events[i]
		m := readertest.Canonical(opt.Symbols, e, &b.Details[i])
		inside, _ := m["flow"].(map[string]any)
		delete(m, "flow")
		for k, v := range inside {
			m[k] = v
		}
		m["word"], m["by"], m["verdict"] = opt.Symbols.Name(e.Action), opt.Symbols.Name(e.DecidedBy), e.Verdict
		all = append(all, one{*e, m})
	}
	return all
}

// free are the fields that are the envelope's, or as exact as the output.
var free = map[string]bool{"ts": true, "ts_flags": true, "host": true, "addr_unknown": true}

// compare says where got, of an output that lacks some fields, differs from what
// JSON says. The duration in XML is in seconds, and a mark of 0 is not written by
// all.
func compare(want, got one, lacks []string) (why []string) {
	missing := map[string]bool{}
	for _, k := range lacks {
		missing[k] = true
	}
	for k, w := range want.fields {
		g, has := got.fields[k]
		switch {
		case free[k]:
		case missing[k] && has && k != "duration_us" && k != "mark":
			why = append(why, fmt.Sprintf("%s is %v, which the output does not say", k, g))
		case !missing[k] && !reflect.DeepEqual(g, w):
			why = append(why, fmt.Sprintf("%s is %v, want %v", k, g, w))
		}
	}
	for k, g := range got.fields {
		if _, known := want.fields[k]; !known && !free[k] {
			why = append(why, fmt.Sprintf("%s is %v, which JSON does not say", k, g))
		}
	}
	if got.event.Has(event.AddrUnknown) != missing["src"] {
		why = append(why, "addresses are unknown or not, and should not be")
	}
	const apart = int64(time.Second) // of the end and the writing of the record
	if d := got.event.Time - want.event.Time; d < -apart || d > apart {
		why = append(why, fmt.Sprintf("time is %v, want %v", time.Unix(0, got.event.Time).UTC(), time.Unix(0, want.event.Time).UTC()))
	}
	if same := event.Flow | event.FlowOpen | event.IPv6; (got.event.Fields^want.event.Fields)&same != 0 {
		why = append(why, fmt.Sprintf("fields %b, want %b of %b", got.event.Fields&same, want.event.Fields&same, same))
	}
	return why
}

// TestFlowsOpen: where ulogd keeps no table a connection is announced and ended
// by a record each.
func TestFlowsOpen(t *testing.T) {
	for _, o := range []output{{"json5_flow_nohash.json", ulogd.Format, nil, nil}, {"emu3_flow_nohash.log", syslog.Format, nil, nil}} {
		all := flows(t, filepath.Join("ulogd208_tz_utc", o.file), o, time.UTC)
		open := 0
		for i := range all {
			if all[i].event.Has(event.FlowOpen) != (all[i].fields["event"] == "new") {
				t.Errorf("%s: flow %d is %v, open %v", o.file, i+1, all[i].fields["event"], all[i].event.Has(event.FlowOpen))
			}
			if all[i].event.Has(event.FlowOpen) {
				open++
			}
		}
		if len(all) != 42 || open != 21 {
			t.Errorf("%s: %d flows, %d of them open; want 42 and 21", o.file, len(all), open)
		}
	}
}
