package syslog

import (
	"encoding/binary"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"fwreport/reader"
	"fwreport/reader/event"
	"fwreport/reader/readertest"
)

// rec is a record without an envelope, ended by the space of the kernel.
const rec = "IPT: DROP IN=eth0 OUT= MAC= SRC=198.51.100.7 DST=192.0.2.10 LEN=40 TOS=0x00 PREC=0x00 TTL=51 ID=1 PROTO=TCP SPT=4000 DPT=22 WINDOW=1024 RES=0x00 SYN URGP=0 "

// forms are envelopes around one record with what they say. The zone is
// Europe/Berlin, the reference of stamps without a year 6 January 2025.
var forms = []struct {
	name, input string
	ts          string // RFC 3339, "" for none
	host, tag   string
	uptime      string // microseconds, "" for none
	flags       event.Fields
}{
	{"short-full UTC", "Thu 2025-01-02 03:04:05 UTC fw1 kernel: " + rec, "2025-01-02T03:04:05Z", "fw1", "kernel", "", 0},
	{"short-full own zone", "Wed 2025-07-02 04:04:05 CEST fw1 kernel: " + rec, "2025-07-02T02:04:05Z", "fw1", "kernel", "", 0},
	{"short-full other zone", "Thu 2025-01-02 04:04:05 IST fw1 kernel: " + rec, "2025-01-02T03:04:05Z", "fw1", "kernel", "", event.TZAssumed},
	{"short-full numeric zone", "Thu 2025-01-02 04:04:05 +05 fw1 kernel: " + rec, "2025-01-01T23:04:05Z", "fw1", "kernel", "", 0},
	{"first of the hours set back", "Sun 2024-10-27 02:30:00 CEST fw1 kernel: " + rec, "2024-10-27T00:30:00Z", "fw1", "kernel", "", 0},
	{"second of the hours set back", "Sun 2024-10-27 02:30:00 CET fw1 kernel: " + rec, "2024-10-27T01:30:00Z", "fw1", "kernel", "", 0},
	{"short-unix", "1735787045.123456 fw1 kernel: " + rec, "2025-01-02T03:04:05.123456Z", "fw1", "kernel", "", 0},
	{"short-monotonic", "[12345.670000] fw1 kernel: " + rec, "", "fw1", "kernel", "12345670000", 0},
	{"short-delta", "[12346.678901 <    1.008901 >] fw1 kernel: " + rec, "", "fw1", "kernel", "12346678901", 0},
	{"short-delta, first line", "[12345.670000                ] fw1 kernel: " + rec, "", "fw1", "kernel", "12345670000", 0},
	{"dmesg", "[12346.678901] " + rec, "", "", "", "12346678901", 0},
	{"dmesg -d", "[12346.678901 <    0.000148>] " + rec, "", "", "", "12346678901", 0},
	{"dmesg -e, relative", "[  +0.000148] " + rec, "", "", "", "", 0},
	{"dmesg -e, absolute", "[Jan 2 03:04] " + rec, "2025-01-02T02:04:00Z", "", "", "", event.TimeImprecise | event.YearInferred | event.TZAssumed},
	{"dmesg -e, two digits", "[Dec12 03:04] " + rec, "2024-12-12T02:04:00Z", "", "", "", event.TimeImprecise | event.YearInferred},
	{"dmesg -e, padded", "[Jan  2 03:04] " + rec, "2025-01-02T02:04:00Z", "", "", "", event.TimeImprecise | event.YearInferred},
	{"dmesg -T", "[Thu Jan  2 03:04:05 2025] " + rec, "2025-01-02T02:04:05Z", "", "", "", event.TZAssumed | event.TimeImprecise},
	{"dmesg -x -T", "kern  :warn  : [Thu Jan  2 03:04:05 2025] " + rec, "2025-01-02T02:04:05Z", "", "", "", event.TZAssumed},
	{"kmsg", "4,530,12345678901,-;" + rec, "", "", "", "12345678901", 0},
	{"logread", "Thu Jan  2 03:04:05 2025 kern.warn kernel: [12345.678901] " + rec, "2025-01-02T02:04:05Z", "", "kernel", "12345678901", event.TZAssumed},
	{"logread -t", "Thu Jan  2 03:04:05 2025 [1735787045.123] kern.warn kernel: " + rec, "2025-01-02T03:04:05.123Z", "", "kernel", "", 0},
	{"logread remote", "<4>Jan  2 03:04:05 [1735787045.123] ap1 home: kernel: [12345.678901] " + rec, "2025-01-02T03:04:05.123Z", "ap1", "home", "12345678901", 0},
	{"logread remote, bare", "<4>Jan  2 03:04:05 kernel: " + rec, "2025-01-02T02:04:05Z", "", "kernel", "", event.YearInferred},
	{"year behind the day", "Jan  2 2024 03:04:05 fw1 kernel: " + rec, "2024-01-02T02:04:05Z", "fw1", "kernel", "", event.TZAssumed},
	{"syslog-ng full", "2024 Jan  2 03:04:05 fw1 kernel: " + rec, "2024-01-02T02:04:05Z", "fw1", "kernel", "", event.TZAssumed},
	{"octet count", "321 <4>1 2025-01-02T03:04:05.5Z fw1 kernel - - - " + rec, "2025-01-02T03:04:05.5Z", "fw1", "kernel", "", 0},
	{"host twice", "Jan  2 03:04:05 udm udm kernel: " + rec, "2025-01-02T02:04:05Z", "udm", "kernel", "", event.YearInferred},
	{"relay and host", "Jan  2 03:04:05 192.0.2.1 udm kernel: " + rec, "2025-01-02T02:04:05Z", "udm", "kernel", "", event.YearInferred},
	{"CRI with a stamp inside", "2024-03-02T03:04:06.5Z stdout F Mar  2 04:04:05 fw1 kernel: " + rec, "2024-03-02T03:04:05Z", "fw1", "kernel", "", event.YearInferred},
	{"CRI with none", "2024-03-02T03:04:06.5Z stderr F [5.000001] " + rec, "2024-03-02T03:04:06.5Z", "", "", "5000001", event.TimeImprecise},
	{"docker", `{"log":"Mar  2 04:04:05 fw1 kernel: ` + rec + `\n","stream":"stdout","time":"2024-03-02T03:04:06.5Z"}`, "2024-03-02T03:04:05Z", "fw1", "kernel", "", event.YearInferred},
	{"docker in CRI", `2024-03-02T03:04:07Z stdout F {"log":"` + rec + `\n","stream":"stdout","time":"2024-03-02T03:04:06.5Z"}`, "2024-03-02T03:04:06.5Z", "", "", "", event.TimeImprecise},
	{"journal, two stamps", `{"__REALTIME_TIMESTAMP":"1735787046000000","_SOURCE_REALTIME_TIMESTAMP":"1735787045123456","_HOSTNAME":"fw1","SYSLOG_IDENTIFIER":"ulogd","_TRANSPORT":"syslog","MESSAGE":"` + rec + `"}`, "2025-01-02T03:04:05.123456Z", "fw1", "ulogd", "", 0},
	{"journal, field twice", `{"__REALTIME_TIMESTAMP":"1735787045123456","MESSAGE":["x","` + rec + `"]}`, "2025-01-02T03:04:05.123456Z", "", "", "", 0},
	{"json-seq", "\x1e" + `{"__REALTIME_TIMESTAMP":"1735787045123456","MESSAGE":"` + rec + `"}`, "2025-01-02T03:04:05.123456Z", "", "", "", 0},
	{"json-sse", `data: {"__REALTIME_TIMESTAMP":"1735787045123456","MESSAGE":"` + rec + `"}`, "2025-01-02T03:04:05.123456Z", "", "", "", 0},
}

func TestForms(t *testing.T) {
	for _, f := range forms {
		t.Run(f.name, func(t *testing.T) {
			opt := readertest.Options(t, "Europe/Berlin")
			ref := time.Date(2025, 1, 6, 0, 0, 0, 0, time.UTC).UnixNano()
			b := readertest.Parse(Format, opt, &reader.Input{Format: Format, YearRef: ref}, []byte(f.input+"\n"))
			if len(b.Events) != 1 {
				t.Fatalf("%d events, rejects %v", len(b.Events), b.Rejects)
			}
			e, ts, uptime := &b.Events[0], "", ""
			if e.Time != event.NoTime {
				ts = time.Unix(0, e.Time).UTC().Format(time.RFC3339Nano)
			}
			if e.Has(event.HasUptime) {
				uptime = fmt.Sprint(e.Uptime)
			}
			got := [...]string{ts, opt.Symbols.Name(e.Host), b.Details[0].Tag, uptime, opt.Symbols.Name(e.Prefix)}
			if want := [...]string{f.ts, f.host, f.tag, f.uptime, "IPT: DROP "}; got != want {
				t.Errorf("got %q, want %q", got, want)
			}
			const marks = event.TZAssumed | event.YearInferred | event.TimeFolded
			if !e.Has(f.flags) || f.flags == 0 && e.Fields&marks != 0 {
				t.Errorf("flags %x, want %x", e.Fields&(marks|event.TimeImprecise), f.flags)
			}
			if e.DstPort != 22 || e.Fields&event.Truncated != 0 {
				t.Errorf("the record was not read whole: %+v", e)
			}
		})
	}
}

// TestNoForm are texts that look like an envelope and are the prefix of a record.
func TestNoForm(t *testing.T) {
	for _, prefix := range []string{"[UFW BLOCK] ", "[1735787045.12] ", "[+] ", "{a} ", "{", "12 drop ", "4,530;", "2025 ", "Thu Jan ", "kern:", "[Jan] ", "1735787045 "} {
		opt := readertest.Options(t, "")
		line := prefix + strings.TrimPrefix(rec, "IPT: DROP ")
		b := readertest.Parse(Format, opt, &reader.Input{Format: Format, YearRef: 1.7e18}, []byte(line+"\n"))
		if len(b.Events) != 1 || opt.Symbols.Name(b.Events[0].Prefix) != prefix || b.Events[0].Time != event.NoTime {
			t.Errorf("%q: %d events, rejects %v, events %+v", prefix, len(b.Events), b.Rejects, b.Events)
		}
	}
}

// TestDamagedForms are records whose envelope says that something is lost.
func TestDamagedForms(t *testing.T) {
	for _, line := range []string{
		"Jan  2 03:04:05 fw1 kernel: [36B blob data]",
		`{"__REALTIME_TIMESTAMP":"1735787045123456","_HOSTNAME":"fw1","MESSAGE":null}`,
		`{"__REALTIME_TIMESTAMP":"1735787045123456","MESSAGE":"` + rec[:60],
		`2025:01:02-03:04:05 utm ulogd[4242]: id="2001" sub="packetfilter" action="drop" srcip="198.51.100.7`,
	} {
		b := readertest.Parse(Format, readertest.Options(t, ""), &reader.Input{Format: Format}, []byte(line+"\n"))
		if b.Malformed != 1 || len(b.Events) != 0 {
			t.Errorf("%s: %d events, %d malformed, %d other", line, len(b.Events), b.Malformed, b.Other)
		}
	}
}

// binaryField is a field in the export format's binary form.
func binaryField(name, value string) string {
	size := binary.LittleEndian.AppendUint64(nil, uint64(len(value)))
	return name + "\n" + string(size) + value + "\n"
}

func exported(fields ...string) string {
	return "__REALTIME_TIMESTAMP=1735787045123456\n_HOSTNAME=fw1\n" + strings.Join(fields, "") + "\n"
}

// exportText holds three records in five entries; a blank line and a newline
// stand inside binary fields, where they end nothing.
func exportText() []byte {
	return []byte("\n\n" + exported("_TRANSPORT=kernel\n", "MESSAGE="+rec+"\n") +
		exported(binaryField("NOTE", "a\n\n__CURSOR=x\n"), binaryField("MESSAGE", "IPT\xff: "+rec)) + "\n" +
		exported("MESSAGE=Started session.\n") +
		exported("NOTE\n\xff\xff\xff\xff\xff\xff\xff\xff\n", "MESSAGE=last message repeated 3 times\n") +
		exported("_TRANSPORT=syslog\n", "SYSLOG_IDENTIFIER=ulogd\n", "SYSLOG_PID=7\n", "MESSAGE="+rec))
}

func TestExport(t *testing.T) {
	opt := readertest.Options(t, "")
	in := &reader.Input{Path: "x", Format: FormatExport}
	b := readertest.Parse(FormatExport, opt, in, exportText())
	var records []uint64
	for i := range b.Events {
		records = append(records, b.Events[i].Ref.Record())
	}
	if !slices.Equal(records, []uint64{1, 2, 5}) || b.Other != 2 || b.Malformed != 0 {
		t.Fatalf("records %v, %d other, rejects %v", records, b.Other, b.Rejects)
	}
	last := &b.Details[2]
	if last.Tag != "ulogd" || last.PID != 7 || !slices.Equal(last.Extra, []string{"_TRANSPORT=syslog"}) {
		t.Errorf("the last entry is %+v", last)
	}
	readertest.AnyCut(t, FormatExport, opt, in, exportText(), 3)
	readertest.NoAlias(t, FormatExport, opt, in, exportText())
}

func FuzzExport(f *testing.F) {
	f.Add(exportText())
	opt := readertest.Options(f, "")
	f.Fuzz(func(t *testing.T, data []byte) { readertest.Fuzz(t, FormatExport, opt, data) })
}
