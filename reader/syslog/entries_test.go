package syslog

import (
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"fwreport/reader"
	"fwreport/reader/event"
	"fwreport/reader/readertest"
)

const captured = "../../../shared/reference/captured/"

func genuine(t *testing.T, path string) []byte {
	t.Helper()
	data, err := os.ReadFile(captured + path)
	if err != nil {
		t.Skipf("the genuine output of other programs is not here: %v", err)
	}
	return data
}

// head is the first line of an entry; its cursor is of 2025-01-02T03:04:05.123456Z.
const head = "Thu 2025-01-02 04:04:05.123456 CET [s=cf875b02238e4397ad308e6f9474d08b;i=1;b=00112233445566778899aabbccddeeff;m=2dfdc1c35;t=62ab06a3af580;x=7d889e32e817b06b]\n"

// verboseText holds eleven records: entries, lines between them, an entry whose
// message has several lines, one whose text journalctl left out, one that was
// sent before it was received, one without a time in its cursor.
const verboseText = "    MESSAGE=" + rec + "\n" +
	"-- Boot 00112233445566778899aabbccddeeff --\n" +
	head + "    _HOSTNAME=fw1\n    _TRANSPORT=kernel\n    PRIORITY=4\n    SYSLOG_FACILITY=0\n    SYSLOG_IDENTIFIER=kernel\n    _SOURCE_MONOTONIC_TIMESTAMP=12345670000\n    MESSAGE=" + rec + "\n" +
	head + "    MESSAGE=one\n            IN=eth0 OUT= SRC=198.51.100.7\n            Thu three\n    NOTE=a\n         MESSAGE=b\n\n" +
	head + "    _HOSTNAME=fw1\n    MESSAGE=[36B blob data]\n" +
	head + "    _SOURCE_REALTIME_TIMESTAMP=1735787040000000\n    MESSAGE=" + rec + "\n" +
	"Thu 2025-01-02 04:04:05.123456 CET [s=1;i=1]\n    MESSAGE=" + rec + "\n" +
	"Thu 2025-01-02 04:04:05.123456 UTC [s=1;i=1]\r\n    MESSAGE=" + rec + "\r\n" +
	"Jan  2 03:04:05 fw1 kernel: " + rec + "\n" +
	"Thu 2025-01-02 04:04:0\n    MESSAGE=" + rec + "\n" +
	head + "    " + "A_NAME_THAT_IS_TOO_LONG_TO_BE_ONE_OF_THOSE_THAT_MATTER=x\n    N_DROPPED=7\n    MESSAGE=Suppressed messages"

func TestVerbose(t *testing.T) {
	opt := readertest.Options(t, "Europe/Berlin")
	in := &reader.Input{Path: "x", Format: FormatVerbose, YearRef: 1.736e18}
	if err := FormatVerbose.Sniff([]byte(verboseText), true); err != nil {
		t.Error(err)
	}
	b := readertest.Parse(FormatVerbose, opt, in, []byte("\n\r\n"+verboseText))
	want := map[uint64]string{
		1: "", 3: "2025-01-02T03:04:05.123456Z", 6: "2025-01-02T03:04:00Z", 7: "2025-01-02T03:04:05.123456Z",
		8: "2025-01-02T04:04:05.123456Z", 9: "2025-01-02T02:04:05Z", 10: "",
	}
	for i := range b.Events {
		e, ts := &b.Events[i], ""
		if e.Time != event.NoTime {
			ts = time.Unix(0, e.Time).UTC().Format(time.RFC3339Nano)
		}
		if w, ok := want[e.Ref.Record()]; e.DstPort == 22 && (!ok || ts != w) {
			t.Errorf("entry %d: %q, want %q", e.Ref.Record(), ts, w)
		}
		if e.DstPort == 22 {
			delete(want, e.Ref.Record())
		}
	}
	// Malformed are the entry whose message has a header on its second line and the one without its text.
	if len(want) > 0 || b.Malformed != 2 || b.Other != 2 {
		t.Errorf("%d events, not those of %v; %d other, rejects %+v", len(b.Events), want, b.Other, b.Rejects)
	}
	first := &b.Details[1]
	if e := &b.Events[1]; opt.Symbols.Name(e.Host) != "fw1" || e.Uptime != 12345670000 || first.PRI != 4 || first.Tag != "kernel" {
		t.Errorf("entry 3: %+v, %+v", e, first)
	}
	if n := b.Notices; len(n) != 2 || n[1].Class != "service_suppressed" || n[1].Count != 7 || n[1].Record != 11 {
		t.Errorf("notices %+v", n)
	}
	readertest.AnyCut(t, FormatVerbose, opt, in, []byte("\n\n"+verboseText), 5)
	readertest.NoAlias(t, FormatVerbose, opt, in, []byte(verboseText))
	readertest.NoAlloc(t, FormatVerbose, opt, []byte(strings.Repeat(head+"    _HOSTNAME=fw1\n    MESSAGE="+rec+"\n", 20)))
}

// TestEntriesNoAllocation leaves out what encoding/json decodes: a message of
// dmesg's with an escape in it.
func TestEntriesNoAllocation(t *testing.T) {
	opt := readertest.Options(t, "Europe/Berlin")
	message := `{"pri": 4, "time": "  12345.678901", "msg": "` + rec + `"}`
	readertest.NoAlloc(t, FormatDmesg, opt, []byte(`{ "dmesg": [ `+strings.Repeat(message+",\n", 20)+message+` ] }`))
	readertest.NoAlloc(t, FormatExport, opt, exportText())
	readertest.NoAlloc(t, FormatVerbose, opt, []byte(strings.Repeat(head+"    MESSAGE="+rec+"\n             of two lines\n", 20)))
}

// TestVerboseGenuine reads what journalctl of systemd 252 printed.
func TestVerboseGenuine(t *testing.T) {
	opt := readertest.Options(t, "Europe/Berlin")
	in := &reader.Input{Path: "x", Format: FormatVerbose}
	data := genuine(t, "journal252/verbose.txt")
	b := readertest.Parse(FormatVerbose, opt, in, data)
	if len(b.Notices) != 1 || b.Notices[0].Count != 42 || b.Notices[0].Record != 3 {
		t.Errorf("notices %+v", b.Notices)
	}
	if len(b.Events) == 0 || b.Events[0].Time != 1735787045123456000 || b.Events[0].Uptime != 12345670000 || b.Events[0].DstPort != 22 {
		t.Errorf("events %+v", b.Events)
	}
	readertest.AnyCut(t, FormatVerbose, opt, in, data, 6)
}

// TestRsyslogGenuine reads one stream of messages that rsyslog 8 wrote in three
// layouts: a record, then four more of it in one line.
func TestRsyslogGenuine(t *testing.T) {
	id := event.NewIdentifier()
	var want *reader.Batch
	for _, name := range []string{"file.log", "trad.log", "5424.log"} {
		b := identities(t, Format, id, string(genuine(t, "rsyslog8/"+name)))
		if len(b.Events) != 2 || b.Events[0].Count != 1 || b.Events[1].Count != 4 || b.Malformed != 0 {
			t.Errorf("%s: %d events, the second of %d, rejects %v", name, len(b.Events), b.Events[1].Count, b.Rejects)
		}
		if want == nil {
			want = b
		}
		if !slices.Equal(b.Bodies, want.Bodies) {
			t.Errorf("%s: its records have identities of their own", name)
		}
	}
}

// dmesgText is what dmesg of util-linux 2.38 prints, with its indentation.
const dmesgText = `{
   "dmesg": [
      {
         "pri": 6,
         "time":     0.000000,
         "msg": "Linux version 6.1.0-13-amd64 (debian-kernel@lists.debian.org)"
      },{
         "pri": 4,
         "time": 12345.678901,
         "msg": "` + rec + `"
      },{
         "fac": "kern",
         "pri": "warn",
         "time": 12346.000001,
         "caller": "T12",
         "msg": "` + rec + `\n<6>[12347.000001] IPT: DROP IN=eth1 OUT="
      }
   ]
}
`

func TestDmesgJSON(t *testing.T) {
	opt := readertest.Options(t, "")
	in := &reader.Input{Path: "x", Format: FormatDmesg}
	oneLine := strings.NewReplacer("\n   ", "", "\n}", "}", "\n{", "{", "  ", "", `\n`, `\n`).Replace(dmesgText)
	for _, text := range []string{dmesgText, oneLine, "\ufeff" + dmesgText, strings.ReplaceAll(dmesgText, "\n", "\r\n"), dmesgText + dmesgText} {
		if err := FormatDmesg.Sniff([]byte(text), true); err != nil {
			t.Errorf("%s: %v", text, err)
		}
		b := readertest.Parse(FormatDmesg, opt, in, []byte(text))
		if len(b.Events) < 2 || b.Malformed != 0 || int(b.Other)*2 != len(b.Events) {
			t.Fatalf("%s: %d events, %d other, rejects %+v", text, len(b.Events), b.Other, b.Rejects)
		}
		for i := range b.Events[:2] {
			e, up := &b.Events[i], []int64{12345678901, 12346000001}
			if e.Ref.Record() != uint64(2+i) || e.Uptime != up[i] || e.Time != event.NoTime || e.DstPort != 22 {
				t.Errorf("%s: event %d is %+v", text, i, e)
			}
		}
		if b.Details[0].PRI != 4 || b.Details[1].Level != "warn" || b.Details[1].Facility != "kern" {
			t.Errorf("details %+v", b.Details[:2])
		}
		readertest.AnyCut(t, FormatDmesg, opt, in, []byte(text), 7)
		readertest.NoAlias(t, FormatDmesg, opt, in, []byte(text))
	}
}

// TestDmesgDamaged: a damaged message does not take the next one with it.
func TestDmesgDamaged(t *testing.T) {
	const object = `{"pri":4,"time":5.000001,"msg":"` + rec + `"}`
	for _, c := range []struct {
		text                     string
		events, malformed, other int
	}{
		{object + ",\n" + object[:150] + "\n" + object, 2, 1, 0},
		{object[:150] + `","` + object + object, 2, 1, 0},
		{object[150:] + "," + object, 1, 0, 1},
		{object + object[:150], 1, 1, 0},
		{"Jan  2 03:04:05 fw1 kernel: " + rec + "\n" + object, 2, 0, 0},
		{object + `{"pri":4` + object + "{\n", 2, 0, 2},
		{`{"msg":7}{"msg":null}{}` + object, 1, 0, 3},
	} {
		text := `{"dmesg":[` + c.text + `]}`
		in := &reader.Input{Path: "x", Format: FormatDmesg}
		opt := readertest.Options(t, "")
		b := readertest.Parse(FormatDmesg, opt, in, []byte(text))
		if len(b.Events) != c.events || int(b.Malformed) != c.malformed || int(b.Other) != c.other {
			t.Errorf("%s: %d events, %d other, rejects %+v", text, len(b.Events), b.Other, b.Rejects)
		}
		readertest.AnyCut(t, FormatDmesg, opt, in, []byte(text), 8)
	}
}

// TestRecords: what a person is shown of a record is what was read as one.
func TestRecords(t *testing.T) {
	for _, f := range []struct {
		format *reader.Format
		text   string
		ends   []string // of records 1 and 2
	}{
		{FormatExport, string(exportText()), []string{rec, "IPT\xff: " + rec}},
		{FormatVerbose, verboseText, []string{rec, "eeff --"}},
		{FormatDmesg, dmesgText, []string{"debian.org)\"\n      }", "URGP=0 \"\n      }"}},
	} {
		var got []string
		for _, c := range readertest.Chunks(f.format, &reader.Input{Format: f.format}, []byte(f.text), 700) {
			for _, text := range c.Each() {
				got = append(got, string(text))
			}
		}
		if len(got) < 2 || !strings.HasSuffix(got[0], f.ends[0]) || !strings.HasSuffix(got[1], f.ends[1]) {
			t.Errorf("%s: %q", f.format.Name, got)
		}
	}
}

// TestOversizeEntries: what is too long is one malformed record, and the next
// one is read.
func TestOversizeEntries(t *testing.T) {
	long := strings.Repeat("x", reader.MaxRecord)
	for _, c := range []struct {
		format      *reader.Format
		start, next string
	}{
		{FormatVerbose, head + "    MESSAGE=" + long, "\n" + head + "    MESSAGE=" + rec},
		{FormatDmesg, `{"dmesg":[{"msg":"` + long, "\n" + `{"msg":"` + rec + `"}]}`},
		{FormatDmesg, `{"dmesg":[{"msg":"` + long, `"},{"msg":"` + rec + `"}]}`},
	} {
		in := &reader.Input{Path: "x", Format: c.format}
		data := []byte(c.start + long + c.next)
		var oversize []bool
		events := 0
		p := c.format.NewParser(readertest.Options(t, ""))
		for _, chunk := range readertest.Chunks(c.format, in, data, len(c.start), len(c.start)+1000, len(data)-len(c.next)+1) {
			oversize = append(oversize, chunk.Oversize)
			if !chunk.Oversize {
				var b reader.Batch
				p.Parse(&b, chunk)
				events += len(b.Events)
			}
		}
		if !slices.Contains(oversize, true) || events != 1 {
			t.Errorf("%s: chunks %v, %d events", c.format.Name, oversize, events)
		}
	}
}

func FuzzVerbose(f *testing.F) {
	f.Add([]byte(verboseText))
	f.Add([]byte("\n " + head + "-- Reboot --"))
	opt := readertest.Options(f, "Europe/Berlin")
	f.Fuzz(func(t *testing.T, data []byte) { readertest.Fuzz(t, FormatVerbose, opt, data) })
}

func FuzzDmesgJSON(f *testing.F) {
	f.Add([]byte(dmesgText))
	f.Add([]byte(`{"dmesg":[{"pri":4,"msg":"` + rec + `"},{"msg":"\"{`))
	opt := readertest.Options(f, "")
	f.Fuzz(func(t *testing.T, data []byte) { readertest.Fuzz(t, FormatDmesg, opt, data) })
}
