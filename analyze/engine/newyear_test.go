package engine

import (
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"fwreport/reader"
	"fwreport/reader/event"
	"fwreport/reader/evidence"
)

// dated are events of an input's records 1, 2, …, their years inferred unless
// the date ends in Y. "" is a record without a time.
func dated(dates ...string) []event.Event {
	events := make([]event.Event, len(dates))
	for i, d := range dates {
		e := &events[i]
		e.Time, e.Ref, e.Fields = event.NoTime, event.MakeRef(0, uint64(i+1)), event.YearInferred
		if date, known := strings.CutSuffix(d, "Y"); d != "" {
			at, err := time.Parse(time.DateOnly, date)
			if err != nil {
				panic(err)
			}
			if e.Time = at.UnixNano(); known {
				e.Fields = 0
			}
		}
	}
	return events
}

// TestNewYears cuts each log into chunks at every place and at random ones.
func TestNewYears(t *testing.T) {
	tests := []struct {
		name  string
		dates []string
		zone  *time.Location
		want  string // of the notes
	}{
		{"none", []string{"2025-03-01", "2025-12-31"}, time.UTC, ""},
		{"one", []string{"2025-12-30", "2025-12-31", "2026-01-01", "2026-01-02"}, time.UTC,
			"its stamps, which carry no year, pass New Year 2025/2026 at kern.log:3"},
		{"two", []string{"2024-12-31", "2025-01-01", "2025-06-01", "2026-02-01"}, time.UTC,
			"its stamps, which carry no year, pass New Year 2024/2025 at kern.log:2 and 2025/2026 at kern.log:4"},
		{"disorder at midnight is one New Year", []string{"2025-12-31", "2026-01-01", "2025-12-31", "2026-01-01"}, time.UTC,
			"its stamps, which carry no year, pass New Year 2025/2026 at kern.log:2"},
		{"records without a time between", []string{"2025-12-31", "", "2026-01-01"}, time.UTC,
			"its stamps, which carry no year, pass New Year 2025/2026 at kern.log:3"},
		{"stamps with years", []string{"2025-12-31Y", "2026-01-01Y"}, time.UTC, ""},
		{"the zone's New Year", []string{"2025-12-30", "2025-12-31", "2026-01-01"}, time.FixedZone("", 14*3600),
			"its stamps, which carry no year, pass New Year 2025/2026 at kern.log:3"},
		{"the zone's New Year, west", []string{"2025-12-31", "2026-01-01", "2026-01-02"}, time.FixedZone("", -3600),
			"its stamps, which carry no year, pass New Year 2025/2026 at kern.log:3"},
		{"29 February", []string{"2026-02-28", "2024-02-29", "2026-03-01"}, time.UTC,
			"its records run back in time by up to 730.0 days, at kern.log:2: the clock was set, the file was put together, or it spans more than a year" +
				"|kern.log:2 is of 29 February and was put into 2024, the latest leap year, though the records before it are in a later year: the year of this file is probably wrong (see --year)"},
	}
	r := rand.New(rand.NewPCG(1, 2))
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			for range 50 {
				if got := notesOf(dated(tt.dates...), tt.zone, r); got != tt.want {
					t.Fatalf("notes:\n%s\nwant:\n%s", got, tt.want)
				}
			}
		})
	}
}

// notesOf deals the events, cut into chunks, to two tallies and merges them.
func notesOf(events []event.Event, zone *time.Location, r *rand.Rand) string {
	in, opt := &reader.Input{Path: "kern.log", Zone: zone, Format: &reader.Format{Name: "syslog"}}, &reader.Options{}
	all := [2]*tally{newTally(), newTally()}
	for seq := 0; len(events) > 0; seq++ {
		n := 1 + r.IntN(len(events))
		b := reader.Batch{Events: events[:n], YearInferred: true}
		all[r.IntN(2)].chunk(&reader.Chunk{Input: in, Seq: seq, Records: uint64(n)}, &b, opt)
		events = events[n:]
	}
	all[0].merge(all[1])
	f := evidence.Input{First: event.NoTime, Last: event.NoTime}
	return strings.Join(all[0].timeNotes(&f, in, in.StampZone(opt)), "|")
}

func TestZoneFrom(t *testing.T) {
	tests := []struct {
		name string
		in   reader.Input
		want string
	}{
		{"learnt", reader.Input{Zone: time.FixedZone("UTC+01:00", 3600), ZoneFrom: "UTC+01:00, learnt from ulogd.json"}, "UTC+01:00, learnt from ulogd.json"},
		{"nothing said", reader.Input{}, "UTC"},
		{"of the input, nothing said", reader.Input{Zone: time.FixedZone("UTC+01:00", 3600)}, "UTC+01:00"},
	}
	for _, tt := range tests {
		tt.in.ZoneNotes = []string{"note"}
		for _, needed := range []bool{true, false} {
			var f evidence.Input
			tl := newTally()
			tl.zoneless = needed
			tl.complete(&f, &tt.in, &reader.Options{})
			if want := map[bool]string{true: tt.want}[needed]; f.ZoneFrom != want || (len(f.Notes) == 1) != needed {
				t.Errorf("%s, needed %v: %q %q, want %q", tt.name, needed, f.ZoneFrom, f.Notes, want)
			}
		}
	}
}
