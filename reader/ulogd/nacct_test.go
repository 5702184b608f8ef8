package ulogd

import (
	"bytes"
	"testing"

	"fwreport/reader/readertest"
)

const account = "1735787045\t1\t198.51.100.200\t8\t192.0.2.10\t0\t1\t32\n"

// TestFlowsCaptured: each flow of the genuine files is another record, in every
// form.
func TestFlowsCaptured(t *testing.T) {
	for _, name := range []string{"ulogd208_tz_utc/", "ulogd208_tz_stjohns/"} {
		data := capture(t, name+"nacct.log")
		b := parseAs(t, FormatNACCT, nil, string(data))
		if err := FormatNACCT.Sniff(data, true); err != nil || b.Other != 21 || b.Malformed != 0 {
			t.Errorf("%snacct.log: %v, %d other, rejects %+v; want 21 flows", name, err, b.Other, b.Rejects)
		}
		data = capture(t, name+"gp3_flow.log")
		b = parseAs(t, FormatGPRINT, nil, string(data))
		if err := FormatGPRINT.Sniff(data, true); err != nil || int(b.Other) != bytes.Count(data, []byte("\n")) || len(b.Events) != 0 {
			t.Errorf("%sgp3_flow.log: %v, %d events, %d other, rejects %+v; want flows only", name, err, len(b.Events), b.Other, b.Rejects)
		}
	}
}

func TestNACCT(t *testing.T) {
	for _, c := range []struct {
		text, reason string
	}{
		{account, ""},
		{"0\t58\t2001:db8::7\t0\t::1\t0\t0\t0\r\n", ""},
		{"\n", ""},
		{"\x00\x00" + account, ""},
		{"1\t2\t3\n", errColumns.Error()},
		{account[:len(account)-1] + "\t5\n", errColumns.Error()},
		{"1735787045\t256\t198.51.100.200\t8\t192.0.2.10\t0\t1\t32\n", errFlow.Error()},
		{"1735787045\t6\t198.51.100\t8\t192.0.2.10\t0\t1\t32\n", errFlow.Error()},
		{"1735787045\t6\t198.51.100.2\t65536\t192.0.2.10\t0\t1\t32\n", errFlow.Error()},
		{"1735787045\t6\t198.51.100.2\t8\t192.0.2.10\t0\t1\tx\n", errFlow.Error()},
	} {
		b := parseAs(t, FormatNACCT, nil, c.text)
		switch {
		case b.Other+b.Malformed != 1 || len(b.Events) != 0 || (c.reason == "") != (b.Malformed == 0):
			t.Errorf("%q: %d other, rejects %+v; want reason %q", c.text, b.Other, b.Rejects, c.reason)
		case c.reason != "" && b.Rejects[0].Reason != c.reason:
			t.Errorf("%q: reason %q, want %q", c.text, b.Rejects[0].Reason, c.reason)
		}
	}
}

func FuzzNACCT(f *testing.F) {
	f.Add([]byte(account + account[:20]))
	f.Add([]byte("\t\t\t\t\t\t\t\n0\t0\t::\t0\t::\t0\t0\t0"))
	f.Fuzz(func(t *testing.T, data []byte) { readertest.Fuzz(t, FormatNACCT, nil, data) })
}
