package report

import (
	"testing"
	"time"
	_ "time/tzdata"

	"fwreport/reader/evidence"
)

func ns(t *testing.T, s string) int64 {
	t.Helper()
	at, err := time.Parse(time.RFC3339Nano, s)
	if err != nil {
		t.Fatal(err)
	}
	return at.UnixNano()
}

func TestClock(t *testing.T) {
	berlin, err := time.LoadLocation("Europe/Berlin")
	if err != nil {
		t.Fatal(err)
	}
	tests := []struct {
		name         string
		zone         string
		loc          *time.Location
		first, last  string
		label, short string
		at, text     string
	}{
		{"nil is UTC", "", nil, "2026-03-01T00:00:00Z", "2026-03-02T00:00:00Z", "UTC", "UTC",
			"2026-03-01T12:34:56.987Z", "2026-03-01 12:34:56"},
		{"one offset", "Europe/Berlin", berlin, "2026-01-01T00:00:00Z", "2026-01-02T00:00:00Z", "Europe/Berlin (UTC+01:00)", "UTC+01:00",
			"2026-01-01T23:30:00Z", "2026-01-02 00:30:00"},
		{"clock set back within the span", "Europe/Berlin", berlin, "2026-10-24T00:00:00Z", "2026-10-26T00:00:00Z",
			"Europe/Berlin (UTC+02:00; UTC+01:00 from 2026-10-25 01:00:00 UTC)", "Europe/Berlin",
			"2026-10-25T00:30:00Z", "2026-10-25 02:30:00+02:00"},
		{"the same local hour again", "Europe/Berlin", berlin, "2026-10-24T00:00:00Z", "2026-10-26T00:00:00Z",
			"Europe/Berlin (UTC+02:00; UTC+01:00 from 2026-10-25 01:00:00 UTC)", "Europe/Berlin",
			"2026-10-25T01:30:00Z", "2026-10-25 02:30:00+01:00"},
		{"change at the very end of the span", "Europe/Berlin", berlin, "2026-03-28T00:00:00Z", "2026-03-29T01:00:00Z",
			"Europe/Berlin (UTC+01:00; UTC+02:00 from 2026-03-29 01:00:00 UTC)", "Europe/Berlin",
			"2026-03-29T01:00:00Z", "2026-03-29 03:00:00+02:00"},
		{"change just after the span", "Europe/Berlin", berlin, "2026-03-28T00:00:00Z", "2026-03-29T00:59:59Z",
			"Europe/Berlin (UTC+01:00)", "UTC+01:00", "2026-03-29T00:59:59Z", "2026-03-29 01:59:59"},
		{"three years", "Europe/Berlin", berlin, "2024-01-01T00:00:00Z", "2026-12-01T00:00:00Z",
			"Europe/Berlin (UTC+01:00; UTC+02:00 from 2024-03-31 01:00:00 UTC; UTC+01:00 from 2024-10-27 01:00:00 UTC; " +
				"UTC+02:00 from 2025-03-30 01:00:00 UTC; UTC+01:00 from 2025-10-26 01:00:00 UTC; 2 further changes)", "Europe/Berlin",
			"2026-01-01T00:00:00Z", "2026-01-01 01:00:00+01:00"},
		{"half an hour west", "here", time.FixedZone("here", -(3*3600 + 30*60)), "2026-01-01T00:00:00Z", "2026-01-01T00:00:00Z",
			"here (UTC-03:30)", "UTC-03:30", "2026-01-01T00:00:00Z", "2025-12-31 20:30:00"},
		{"no events", "Europe/Berlin", berlin, "", "", "Europe/Berlin", "Europe/Berlin", "2026-01-01T00:00:00Z", "2026-01-01 01:00:00"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			r := &Report{Zone: tt.zone, Location: tt.loc, Span: Span{First: NoTime, Last: NoTime}}
			if tt.first != "" {
				r.Span = Span{First: ns(t, tt.first), Last: ns(t, tt.last)}
			}
			c := r.Clock()
			if got := c.Label(); got != tt.label {
				t.Errorf("Label = %q, want %q", got, tt.label)
			}
			if got := c.Short(); got != tt.short {
				t.Errorf("Short = %q, want %q", got, tt.short)
			}
			if got := c.Text(ns(t, tt.at)); got != tt.text {
				t.Errorf("Text = %q, want %q", got, tt.text)
			}
		})
	}
}

func TestClockFull(t *testing.T) {
	at := ns(t, "2026-07-01T12:00:00Z")
	berlin, err := time.LoadLocation("Europe/Berlin")
	if err != nil {
		t.Fatal(err)
	}
	winter := Span{First: ns(t, "2026-01-01T00:00:00Z"), Last: ns(t, "2026-01-02T00:00:00Z")}
	for _, tt := range []struct {
		loc    *time.Location
		full   string
		offset int
	}{
		{nil, "2026-07-01 12:00:00 UTC", 0}, {berlin, "2026-07-01 14:00:00 +02:00", 7200},
	} {
		c := (&Report{Location: tt.loc, Span: winter}).Clock()
		if c.Full(at) != tt.full || c.Offset(at) != tt.offset {
			t.Errorf("%s, %d; want %s, %d", c.Full(at), c.Offset(at), tt.full, tt.offset)
		}
	}
}

func TestGroup(t *testing.T) {
	for n, want := range map[uint64]string{0: "0", 999: "999", 1000: "1,000", 10000: "10,000", 123456: "123,456",
		1234567: "1,234,567", 1<<64 - 1: "18,446,744,073,709,551,615"} {
		if got := Group(n); got != want {
			t.Errorf("Group(%d) = %q, want %q", n, got, want)
		}
	}
}

func TestClockSingle(t *testing.T) {
	berlin, err := time.LoadLocation("Europe/Berlin")
	if err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct {
		first, last string
		seconds     int
		ok          bool
	}{
		{"2026-01-01T00:00:00Z", "2026-01-02T00:00:00Z", 3600, true},
		{"2026-07-01T00:00:00Z", "2026-07-02T00:00:00Z", 7200, true},
		{"2026-01-01T00:00:00Z", "2026-07-02T00:00:00Z", 0, false},
	} {
		c := (&Report{Location: berlin, Span: Span{First: ns(t, tt.first), Last: ns(t, tt.last)}}).Clock()
		if seconds, ok := c.Single(); seconds != tt.seconds || ok != tt.ok {
			t.Errorf("%s to %s: %d, %v; want %d, %v", tt.first, tt.last, seconds, ok, tt.seconds, tt.ok)
		}
	}
	if _, ok := (&Report{Location: berlin, Span: Span{First: NoTime, Last: NoTime}}).Clock().Single(); ok {
		t.Error("a report without events has an offset")
	}
}

func TestCommandLine(t *testing.T) {
	r := &Report{Command: []string{"--title", "a b", "", `say "hi"`, "x"}}
	if got, want := r.CommandLine(), `--title "a b" "" "say \"hi\"" x`; got != want {
		t.Errorf("%s, want %s", got, want)
	}
}

func TestPercent(t *testing.T) {
	for f, want := range map[float64]string{0: "0.0%", 1: "100.0%", 0.5: "50.0%", 0.123456: "12.3%",
		0.0004: "<0.1%", 0.0006: "0.1%", 0.9996: ">99.9%", 0.9994: "99.9%", 1e-12: "<0.1%"} {
		if got := Percent(f); got != want {
			t.Errorf("Percent(%v) = %q, want %q", f, got, want)
		}
	}
}

func TestInputsTable(t *testing.T) {
	r := &Report{Evidence: evidence.Manifest{
		Totals: evidence.Ledger{Read: 10, Events: 7, Other: 3, Repeats: 2},
		Inputs: []evidence.Input{
			{Path: "kern.log", Format: "syslog", Size: 100, MTime: NoTime, First: NoTime, Last: NoTime,
				Records: evidence.Ledger{Read: 10, Events: 7, Other: 3, Repeats: 2}, Incomplete: true, Notes: []string{"cut in the middle"},
				Reasons: map[string]uint64{"zz": 1, "aa": 2000}, Losses: []evidence.Loss{{Class: "kernel_lost", Notices: 3}}},
			{Path: "-", Size: -1, MTime: NoTime, First: NoTime, Last: NoTime, Skipped: "no format took it"},
		}}}
	table := r.InputsTable()
	if table.TotalCount != 9 || table.TotalRows != 2 {
		t.Errorf("totals = %d, %d; want 9, 2", table.TotalCount, table.TotalRows)
	}
	var got []map[string]string
	for row := range table.Rows {
		m := map[string]string{}
		for i, c := range table.Columns {
			m[c.ID] = row[i].String()
		}
		got = append(got, m)
	}
	for _, want := range []struct {
		row           int
		column, value string
	}{
		{0, "path", "kern.log"}, {0, "read", "10"}, {0, "events", "7"}, {0, "repeats", "2"}, {0, "size", "100"}, {0, "state", "incomplete"},
		{0, "notes", "cut in the middle; malformed, aa: 2,000; malformed, zz: 1; notices, kernel_lost: 3 (records lost: not stated)"},
		{1, "path", "-"}, {1, "size", ""}, {1, "state", "skipped"}, {1, "notes", "skipped: no format took it"}, {1, "mtime", ""},
	} {
		if v := got[want.row][want.column]; v != want.value {
			t.Errorf("row %d %s = %q, want %q", want.row, want.column, v, want.value)
		}
	}
}
