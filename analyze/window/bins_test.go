package window

import (
	"math"
	"math/rand/v2"
	"testing"
	"time"
	_ "time/tzdata"

	"fwreport/reader/event"
)

func zone(t *testing.T, name string) *time.Location {
	t.Helper()
	z, err := time.LoadLocation(name)
	if err != nil {
		t.Fatal(err)
	}
	return z
}

func at(t *testing.T, s string) int64 {
	t.Helper()
	v, err := time.Parse(time.RFC3339, s)
	if err != nil {
		t.Fatal(err)
	}
	return v.UnixNano()
}

func TestFit(t *testing.T) {
	for _, c := range []struct {
		span time.Duration
		want string
	}{
		{0, "minute"}, {time.Second, "minute"}, {198 * time.Minute, "minute"}, {199 * time.Minute, "5 minutes"},
		{16 * time.Hour, "5 minutes"}, {24 * time.Hour, "10 minutes"}, {36 * time.Hour, "15 minutes"},
		{4 * 24 * time.Hour, "30 minutes"}, {7 * 24 * time.Hour, "hour"}, {10 * 24 * time.Hour, "2 hours"},
		{20 * 24 * time.Hour, "3 hours"}, {30 * 24 * time.Hour, "6 hours"}, {60 * 24 * time.Hour, "12 hours"},
		{150 * 24 * time.Hour, "day"}, {3650 * 24 * time.Hour, "day"},
	} {
		first := at(t, "2026-03-01T00:00:00Z")
		if got := Fit(first, first+int64(c.span), time.UTC).Name(); got != c.want {
			t.Errorf("a span of %v: %s, want %s", c.span, got, c.want)
		}
	}
	if got := Fit(event.NoTime+1, math.MaxInt64, nil).Name(); got != "day" {
		t.Errorf("all of time: %s", got)
	}
}

// Expected times by hand, from the zones' rules.
func TestBinsAtChangesOfTheClock(t *testing.T) {
	const h = time.Hour
	for _, c := range []struct {
		name, zone  string
		width       time.Duration
		t           string
		start, next string
	}{
		{"utc", "UTC", h, "2026-03-01T10:59:59Z", "2026-03-01T10:00:00Z", "2026-03-01T11:00:00Z"},
		{"before 1970", "UTC", h, "1969-12-31T23:59:59Z", "1969-12-31T23:00:00Z", "1970-01-01T00:00:00Z"},
		{"half-hour zone", "Asia/Kolkata", h, "2026-03-01T10:00:00Z", "2026-03-01T09:30:00Z", "2026-03-01T10:30:00Z"},
		{"local midnight", "Europe/Berlin", 24 * h, "2026-03-01T23:30:00Z", "2026-03-02T00:00:00+01:00", "2026-03-03T00:00:00+01:00"},
		{"day of 23 hours", "Europe/Berlin", 24 * h, "2026-03-29T12:00:00Z", "2026-03-29T00:00:00+01:00", "2026-03-30T00:00:00+02:00"},
		{"day of 25 hours", "Europe/Berlin", 24 * h, "2026-10-25T22:59:59Z", "2026-10-25T00:00:00+02:00", "2026-10-26T00:00:00+01:00"},
		{"first hour two", "Europe/Berlin", h, "2026-10-25T02:30:00+02:00", "2026-10-25T02:00:00+02:00", "2026-10-25T02:00:00+01:00"},
		{"second hour two", "Europe/Berlin", h, "2026-10-25T02:30:00+01:00", "2026-10-25T02:00:00+01:00", "2026-10-25T03:00:00+01:00"},
		{"hour before the gap", "Europe/Berlin", h, "2026-03-29T01:59:00+01:00", "2026-03-29T01:00:00+01:00", "2026-03-29T03:00:00+02:00"},
		{"two hours up to the gap", "Europe/Berlin", 2 * h, "2026-03-29T01:59:00+01:00", "2026-03-29T00:00:00+01:00", "2026-03-29T03:00:00+02:00"},
		{"two hours in the gap", "Europe/Berlin", 2 * h, "2026-03-29T03:00:00+02:00", "2026-03-29T03:00:00+02:00", "2026-03-29T04:00:00+02:00"},
		{"two hours of three", "Europe/Berlin", 2 * h, "2026-10-25T02:10:00+01:00", "2026-10-25T02:00:00+02:00", "2026-10-25T04:00:00+01:00"},
		{"six hours of seven", "Europe/Berlin", 6 * h, "2026-10-25T05:10:00+01:00", "2026-10-25T00:00:00+02:00", "2026-10-25T06:00:00+01:00"},
		{"half an hour's change, gap", "Australia/Lord_Howe", h, "2026-10-04T02:40:00+11:00", "2026-10-04T02:30:00+11:00", "2026-10-04T03:00:00+11:00"},
		{"half an hour's change, twice", "Australia/Lord_Howe", h, "2026-04-05T01:40:00+10:30", "2026-04-05T01:30:00+10:30", "2026-04-05T02:00:00+10:30"},
		{"half an hour's change, before", "Australia/Lord_Howe", h, "2026-04-05T01:40:00+11:00", "2026-04-05T01:00:00+11:00", "2026-04-05T01:30:00+10:30"},
		{"midnight does not exist", "America/Sao_Paulo", 24 * h, "2018-11-04T12:00:00-02:00", "2018-11-04T01:00:00-02:00", "2018-11-05T00:00:00-02:00"},
		{"before it", "America/Sao_Paulo", 24 * h, "2018-11-03T23:59:59-03:00", "2018-11-03T00:00:00-03:00", "2018-11-04T01:00:00-02:00"},
		{"midnight exists twice", "America/Sao_Paulo", 24 * h, "2018-02-17T23:30:00-03:00", "2018-02-17T00:00:00-02:00", "2018-02-18T00:00:00-03:00"},
		{"a day does not exist", "Pacific/Apia", 24 * h, "2011-12-29T12:00:00-10:00", "2011-12-29T00:00:00-10:00", "2011-12-31T00:00:00+14:00"},
	} {
		t.Run(c.name, func(t *testing.T) {
			b := Bins{c.width, zone(t, c.zone)}
			start := b.Start(at(t, c.t))
			if want := at(t, c.start); start != want {
				t.Errorf("begins %s, want %s", show(start, b.zone), c.start)
			}
			if next := b.Next(start); next != at(t, c.next) {
				t.Errorf("next begins %s, want %s", show(next, b.zone), c.next)
			}
		})
	}
}

func show(ns int64, z *time.Location) string { return time.Unix(0, ns).In(z).Format(time.RFC3339) }

// Bins cut time without gap or overlap, whatever the zone does.
func TestBinsArePartition(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	for _, name := range []string{"UTC", "Europe/Berlin", "America/Sao_Paulo", "Australia/Lord_Howe", "Asia/Kathmandu",
		"Pacific/Apia", "America/St_Johns", "Africa/Casablanca", "Antarctica/Troll", "Asia/Gaza"} {
		z := zone(t, name)
		for _, w := range widths {
			b := Bins{w, z}
			for range 300 {
				v := at(t, "1985-01-01T00:00:00Z") + r.Int64N(60*365*24)*int64(time.Hour) + r.Int64N(int64(time.Hour))
				if r.IntN(2) == 0 { // near a change
					if _, end := time.Unix(0, v).In(z).ZoneBounds(); !end.IsZero() {
						v = end.UnixNano() + r.Int64N(int64(52*time.Hour)) - int64(26*time.Hour)
					}
				}
				checkBin(t, b, name, v)
			}
		}
	}
}

func checkBin(t *testing.T, b Bins, name string, v int64) {
	t.Helper()
	s := b.Start(v)
	n := b.Next(s)
	if s > v || v >= n || b.Start(s) != s || b.Start(n) != n || b.Start(n-1) != s || b.Next(v) != n {
		t.Errorf("%s, %s: %s is in [%s, %s); the bins of these begin %s and %s", name, b.Name(), show(v, b.zone),
			show(s, b.zone), show(n, b.zone), show(b.Start(s), b.zone), show(b.Start(n), b.zone))
	}
}

func TestEndsOfTime(t *testing.T) {
	for _, w := range widths {
		b := Bins{w, time.UTC}
		for _, v := range []int64{event.NoTime + 1, event.NoTime + 2, math.MaxInt64 - 1, math.MaxInt64} {
			if s := b.Start(v); s > v || s == event.NoTime {
				t.Errorf("%s: %d is in a bin that begins %d", b.Name(), v, s)
			}
			if n := b.Next(b.Start(v)); n < v {
				t.Errorf("%s: %d is after its bin's end %d", b.Name(), v, n)
			}
			if m := MinuteStart(Minute(v)); m > v {
				t.Errorf("%d is in a minute that begins %d", v, m)
			}
		}
	}
	if (Bins{time.Minute, time.UTC}).Start(event.NoTime) != event.NoTime {
		t.Error("no time has a bin")
	}
}

func TestMinute(t *testing.T) {
	for _, c := range []struct{ t, want int64 }{{0, 0}, {59_999_999_999, 0}, {60_000_000_000, 1}, {-1, -1}, {-60_000_000_000, -1}, {-60_000_000_001, -2}} {
		if got := Minute(c.t); got != c.want {
			t.Errorf("Minute(%d) = %d, want %d", c.t, got, c.want)
		}
	}
}
