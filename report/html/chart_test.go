package html

import (
	"math"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"fwreport/report"
)

// timelineOf makes the chart of bins (UTC, denied, accepted).
func timelineOf(t *testing.T, location string, rows ...[]report.Value) (timeline, bool) {
	t.Helper()
	tab := tableOf("timeline", "Timeline", 0, []report.Column{
		report.KeyCol("time", "Time", report.Time), report.Col("denied", "Denied", report.Count), report.Col("accepted", "Accepted", report.Count),
	}, rows...)
	r := &report.Report{Zone: location, Location: zone(t, location), Span: report.Span{First: report.NoTime, Last: report.NoTime}}
	if len(rows) > 0 {
		r.Span = report.Span{First: rows[0][0].Nanos(), Last: rows[len(rows)-1][0].Nanos()}
	}
	return newTimeline(&report.Chart{ID: "timeline", Title: "Events over time", Kind: report.StackedBars, Table: "timeline",
		X: "time", Y: []string{"denied", "accepted"}}, &tab, newClock(r))
}

func binAt(utc string, denied, accepted uint64) []report.Value {
	return row(at(utc), report.CountOf(denied), report.CountOf(accepted))
}

func TestTimeline(t *testing.T) {
	c, ok := timelineOf(t, "UTC",
		binAt("2026-03-01T00:00:00Z", 100, 0), binAt("2026-03-01T01:00:00Z", 50, 50),
		binAt("2026-03-01T04:00:00Z", 0, 1)) // 02:00 and 03:00 have no row
	if !ok {
		t.Fatal("no chart")
	}
	if c.Slots != 5 {
		t.Errorf("%d slots, want 5", c.Slots)
	}
	// At most four steps to 100: 50 is the least nice one that is less than
	// two; 20 would need five. Units are 1000 high, downwards.
	if d := cmp.Diff("M0.08 1000h.84v-1000h-.84zM1.08 1000h.84v-500h-.84z", c.Series[0].Path); d != "" {
		t.Errorf("denied (-want +got):\n%s", d)
	}
	if d := cmp.Diff("M1.08 500h.84v-500h-.84zM4.08 1000h.84v-10h-.84z", c.Series[1].Path); d != "" {
		t.Errorf("accepted (-want +got):\n%s", d)
	}
	want := []hover{
		{0, "2026-03-01 00:00:00 UTC\nDenied 100\nAccepted 0"},
		{1, "2026-03-01 01:00:00 UTC\nDenied 50\nAccepted 50"},
		{4, "2026-03-01 04:00:00 UTC\nDenied 0\nAccepted 1"},
	}
	if d := cmp.Diff(want, c.Hovers); d != "" {
		t.Errorf("tips (-want +got):\n%s", d)
	}
	if c.Series[0].Total != "150" || c.Series[1].Total != "51" {
		t.Errorf("totals %s and %s, want 150 and 51", c.Series[0].Total, c.Series[1].Total)
	}
	if want := "one bar is 1 h, times in UTC"; c.Caption != want {
		t.Errorf("caption %q, want %q", c.Caption, want)
	}
}

// A day of 23 hours is a day of its own, and the axis is the zone's midnight.
func TestTimelineOfDaysAcrossAChangeOfOffset(t *testing.T) {
	c, _ := timelineOf(t, "Europe/Berlin",
		binAt("2026-03-27T23:00:00Z", 1, 0), binAt("2026-03-28T23:00:00Z", 2, 0), // Saturday, Sunday
		binAt("2026-03-29T22:00:00Z", 3, 0), binAt("2026-03-30T22:00:00Z", 4, 0)) // Monday, Tuesday
	if c.Slots != 4 {
		t.Fatalf("%d slots, want 4", c.Slots)
	}
	var got []string
	for _, h := range c.Hovers {
		got = append(got, strings.SplitN(h.Text, "\n", 3)[0]+" "+strings.SplitN(h.Text, "\n", 3)[1])
	}
	want := []string{
		"2026-03-28 00:00:00 +01:00 Denied 1", "2026-03-29 00:00:00 +01:00 Denied 2",
		"2026-03-30 00:00:00 +02:00 Denied 3", "2026-03-31 00:00:00 +02:00 Denied 4",
	}
	if d := cmp.Diff(want, got); d != "" {
		t.Errorf("bars (-want +got):\n%s", d)
	}
	var labels []string
	for _, k := range c.Ticks {
		labels = append(labels, k.X+" "+k.Label)
	}
	if d := cmp.Diff([]string{"0.00 2026-03-28", "25.00 2026-03-29", "50.00 2026-03-30", "75.00 2026-03-31"}, labels); d != "" {
		t.Errorf("axis (-want +got):\n%s", d)
	}
}

func TestTimelineSumsBinsIntoSlots(t *testing.T) {
	var rows [][]report.Value
	var sum uint64
	for i := range 1000 {
		rows = append(rows, row(report.TimeOf(unix("2024-01-01T00:00:00Z")+int64(i)*int64(24*time.Hour)), report.CountOf(uint64(i)), report.CountOf(0)))
		sum += uint64(i)
	}
	c, _ := timelineOf(t, "UTC", rows...)
	if c.Slots != 250 { // four days each
		t.Errorf("%d slots, want 250", c.Slots)
	}
	if c.Series[0].sum != sum {
		t.Errorf("the bars sum to %d, want %d", c.Series[0].sum, sum)
	}
	var slots uint64
	for _, n := range c.Series[0].slots {
		slots += n
	}
	if slots != sum {
		t.Errorf("the slots sum to %d, want %d", slots, sum)
	}
	if got := c.Series[0].slots[1]; got != 4+5+6+7 {
		t.Errorf("the second slot is %d, want 22", got)
	}
}

func TestTimelineOfOddTimes(t *testing.T) {
	f := func(name string, rows ...[]report.Value) {
		t.Helper()
		c, ok := timelineOf(t, "UTC", rows...)
		if !ok || c.Slots < 1 || c.Slots > maxSlots || len(c.Ticks) > 2*maxTicks {
			t.Errorf("%s: chart %v, %d slots, %d ticks", name, ok, c.Slots, len(c.Ticks))
		}
	}
	f("one bin", binAt("2026-03-01T00:00:00Z", 1, 0))
	f("nothing counted", binAt("2026-03-01T00:00:00Z", 0, 0))
	f("the same time twice", binAt("2026-03-01T00:00:00Z", 1, 0), binAt("2026-03-01T00:00:00Z", 1, 0))
	f("a wrong stamp", binAt("1970-01-01T00:00:00Z", 1, 0), binAt("2026-03-01T00:00:00Z", 1, 0), binAt("2026-03-01T00:01:00Z", 1, 0))
	f("all that an int64 holds", row(report.TimeOf(math.MinInt64+1), report.CountOf(1), report.CountOf(1)),
		row(report.TimeOf(0), report.CountOf(1), report.CountOf(1)),
		row(report.TimeOf(math.MaxInt64), report.CountOf(math.MaxUint64/4), report.CountOf(1)))
	if _, ok := timelineOf(t, "UTC"); ok {
		t.Error("a chart of no rows")
	}
	if _, ok := timelineOf(t, "UTC", row(report.Null, report.CountOf(1), report.Null)); ok {
		t.Error("a chart of no times")
	}
}

func TestTicks(t *testing.T) {
	f := func(location, start string, width time.Duration, slots int, want ...string) {
		t.Helper()
		g := axis{width: int64(width)}
		for i := range slots {
			g.starts = append(g.starts, unix(start)+int64(i)*g.width)
		}
		r := &report.Report{Location: zone(t, location), Zone: location, Span: report.Span{First: unix(start), Last: unix(start)}}
		var got []string
		for _, k := range g.ticks(newClock(r)) {
			got = append(got, strings.TrimSpace(k.X+" "+k.Label+" "+k.Under))
		}
		if d := cmp.Diff(want, got); d != "" {
			t.Errorf("%s %s (-want +got):\n%s", location, start, d)
		}
	}
	f("UTC", "2026-03-01T00:00:00Z", time.Hour, 24,
		"0.00 00:00 2026-03-01", "25.00 06:00", "50.00 12:00", "75.00 18:00")
	// Sunday has 23 hours: midnight to midnight is 23 slots, and noon is eleven in.
	f("Europe/Berlin", "2026-03-28T23:00:00Z", time.Hour, 47,
		"0.00 00:00 2026-03-29", "10.64 06:00", "23.40 12:00", "36.17 18:00",
		"48.94 00:00 2026-03-30", "61.70 06:00", "74.47 12:00", "87.23 18:00")
	f("Asia/Tokyo", "2026-02-28T15:00:00Z", time.Hour, 12,
		"0.00 00:00 2026-03-01", "16.67 02:00", "33.33 04:00", "50.00 06:00", "66.67 08:00", "83.33 10:00")
	// Marks of days have the day of the week below each.
	f("UTC", "2026-11-01T00:00:00Z", 24*time.Hour, 20,
		"0.00 2026-11-01 Sun", "15.00 2026-11-04 Wed", "30.00 2026-11-07 Sat", "45.00 2026-11-10 Tue",
		"60.00 2026-11-13 Fri", "75.00 2026-11-16 Mon", "90.00 2026-11-19 Thu")
	f("UTC", "2025-11-15T00:00:00Z", 24*time.Hour, 120,
		"13.33 2025-12", "39.17 2026-01", "65.00 2026-02", "88.33 2026-03")
	f("UTC", "2026-03-01T23:30:00Z", time.Minute, 60,
		"0.00 23:30 2026-03-01", "16.67 23:40", "33.33 23:50", "50.00 00:00 2026-03-02", "66.67 00:10 2026-03-02", "83.33 00:20")
}

func TestNiceStep(t *testing.T) {
	for most, want := range map[uint64]uint64{
		0: 1, 1: 1, 3: 1, 4: 2, 8: 5, 19: 5, 20: 10, 100: 50, 999: 500, 1_000_000: 500_000, math.MaxUint64 / 2: 5_000_000_000_000_000_000,
	} {
		if got := niceStep(most, 4); got != want {
			t.Errorf("niceStep(%d, 4) = %d, want %d", most, got, want)
		}
	}
}

func TestBars(t *testing.T) {
	tab := tableOf("ports", "Ports", 0, []report.Column{
		report.Col("count", "Count", report.Count), report.KeyCol("dport", "Port", report.Port), report.KeyCol("proto", "Protocol", report.Text),
		report.Col("denied", "Denied", report.Count), report.Col("accepted", "Accepted", report.Count),
	},
		row(report.CountOf(1000), report.PortOf(53), report.TextOf("UDP"), report.CountOf(750), report.CountOf(250)),
		row(report.CountOf(100), report.PortOf(53), report.TextOf("TCP"), report.CountOf(0), report.CountOf(100)))
	chart := &report.Chart{ID: "x", Title: "Ports", Kind: report.Bars, Table: "ports", X: "dport", Y: []string{"denied", "accepted"}}
	c, ok := newBars(chart, &tab, tabler{})
	if !ok {
		t.Fatal("no chart")
	}
	got := make([]string, len(c.Rows))
	for i, r := range c.Rows {
		got[i] = r.Label + " " + r.More + " " + r.Value
		for _, p := range r.Parts {
			got[i] += " " + p.Class + " " + p.X + "+" + p.Width
		}
	}
	want := []string{"53 UDP 1,000 denied 0.00+75.00 accepted 75.00+25.00", "53 TCP 100 accepted 0.00+10.00"}
	if d := cmp.Diff(want, got); d != "" {
		t.Errorf("bars (-want +got):\n%s", d)
	}
}
