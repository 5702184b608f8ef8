// Package window deals with spans of time: it reads the borders that a user
// gives (ParseTime), and cuts what lies between into the bins of a timeline.
//
// Bins are a minute to a day long, fitted to a span and aligned in the zone in
// which the report prints times, so that a bar is an hour, or a day from
// midnight to midnight, as the reader's clock had it.
//
// Daylight saving makes three rules necessary. Bins of an hour or less are cut
// by the clock of the zone offset in force: the hour that occurs twice in autumn
// gives two bars. Longer ones begin when the clock shows their beginning for the
// first time, or jumps over it: a day of 23 or 25 hours is one bar. And no bin
// reaches over a change of the offset that is not itself a multiple of the bin
// (Lord Howe's half hour): it is cut there.
//
// Bins as multiples of a duration since 1970 were rejected: they are aligned in
// UTC only, and a day of them is nobody's day.
package window

import (
	"math"
	"sort"
	"strconv"
	"time"

	"fwreport/reader/event"
)

// target is the largest number of bins that Fit chooses a width for; less than
// a sixth of it only where the span is shorter than so many minutes.
const target = 200

// widths are the lengths of bins, in order. All divide a day.
var widths = [...]time.Duration{
	time.Minute, 5 * time.Minute, 10 * time.Minute, 15 * time.Minute, 30 * time.Minute, time.Hour,
	2 * time.Hour, 3 * time.Hour, 6 * time.Hour, 12 * time.Hour, 24 * time.Hour,
}

// Bins is one way to cut time. The zero Bins is not usable: see Fit.
type Bins struct {
	Width time.Duration // nominal: with a change of the clock a bin may be shorter or longer
	zone  *time.Location
}

// Fit chooses the shortest width that cuts the span from first to last (Unix
// nanoseconds) into at most 200 bins; spans beyond 200 days are cut into days.
// A nil zone is UTC.
func Fit(first, last int64, zone *time.Location) Bins {
	if zone == nil {
		zone = time.UTC
	}
	for _, w := range widths {
		// One is added for the piece of a bin before first, one for the last
		// bin; in uint64, for the span may exceed what a Duration holds.
		if uint64(last-first)/uint64(w)+2 <= target {
			return Bins{w, zone}
		}
	}
	return Bins{widths[len(widths)-1], zone}
}

// Name is the width in words: "minute", "15 minutes", "day".
func (b Bins) Name() string {
	switch b.Width {
	case time.Minute:
		return "minute"
	case time.Hour:
		return "hour"
	case 24 * time.Hour:
		return "day"
	}
	if b.Width < time.Hour {
		return strconv.Itoa(int(b.Width/time.Minute)) + " minutes"
	}
	return strconv.Itoa(int(b.Width/time.Hour)) + " hours"
}

// Start is the beginning of the bin that holds t. Both are Unix nanoseconds;
// event.NoTime is in no bin and stays what it is. Bins that begin or end outside
// the years that int64 nanoseconds hold (1677 to 2262) are cut there: the stamps
// of a capture may be any number.
func (b Bins) Start(t int64) int64 {
	if t == event.NoTime {
		return t
	}
	at := time.Unix(0, t).In(b.zone)
	if b.Width <= time.Hour {
		return nanos(b.floor(at))
	}
	slot := b.slot(at)
	start := b.shows(at, slot)
	for start.After(at) { // the clock was set back: it shows this slot's hours a second time, or not yet
		slot--
		start = b.shows(at, slot)
	}
	for next := b.shows(at, slot+1); !next.After(at); next = b.shows(at, slot+1) {
		slot, start = slot+1, next
	}
	return nanos(start)
}

// Next is the beginning of the bin after the one that begins at start.
func (b Bins) Next(start int64) int64 {
	at := time.Unix(0, start).In(b.zone)
	if b.Width <= time.Hour {
		next := b.floor(at).Add(b.Width)
		if last := next.Add(-1); !sameOffset(at, last) {
			next = change(at, last)
		}
		if next.After(latest) {
			return math.MaxInt64
		}
		return b.Start(nanos(next))
	}
	slot := b.slot(at) + 1
	next := b.shows(at, slot)
	for !next.After(at) {
		slot++
		next = b.shows(at, slot)
	}
	return nanos(next)
}

// floor cuts by the clock of the offset in force at t, but not to before that
// offset came into force.
func (b Bins) floor(t time.Time) time.Time {
	_, offset := t.Zone()
	within := mod(t.UnixNano(), int64(b.Width)) + int64(offset)*int64(time.Second)
	start := t.Add(-time.Duration(mod(within, int64(b.Width))))
	if !sameOffset(start, t) {
		return change(start, t)
	}
	return start
}

// slot is the number of the bin of t's day that t's clock shows.
func (b Bins) slot(t time.Time) int {
	h, m, s := t.Clock()
	return int((time.Duration(h)*time.Hour + time.Duration(m)*time.Minute + time.Duration(s)*time.Second) / b.Width)
}

// shows is when the clock of t's day shows the beginning of the slot (a slot
// outside the day is one of another day) for the first time, or jumps over it.
func (b Bins) shows(t time.Time, slot int) time.Time {
	year, month, day := t.Date()
	hour := slot * int(b.Width/time.Hour)
	at := time.Date(year, month, day, hour, 0, 0, 0, b.zone)
	wall := time.Date(year, month, day, hour, 0, 0, 0, time.UTC)
	switch off := wall.Sub(clockOf(at)); {
	case off > 0: // the hour does not exist; time.Date took the offset after the gap
		return change(at, at.Add(off))
	case off < 0: // … or the one before it
		return change(at.Add(off), at)
	}
	_, offset := at.Zone()
	_, before := at.Add(-24 * time.Hour).Zone()
	earlier := at.Add(time.Duration(offset-before) * time.Second)
	if earlier.Before(at) && clockOf(earlier).Equal(wall) {
		return earlier // the hour exists twice
	}
	return at
}

// clockOf is what t's clock shows, as if it were UTC.
func clockOf(t time.Time) time.Time {
	_, offset := t.Zone()
	return t.UTC().Add(time.Duration(offset) * time.Second)
}

// change is when, after from and not after to, the offset becomes that of to.
// Time.ZoneBounds would tell without a search, but in years for which the zone
// has a rule only, it ends the last period of a leap year a day early (Go 1.26).
func change(from, to time.Time) time.Time {
	_, after := to.Zone()
	base := from.Truncate(time.Second) // changes are at whole seconds
	seconds := int(to.Sub(base)/time.Second) + 1
	n := sort.Search(seconds, func(i int) bool {
		_, offset := base.Add(time.Duration(i) * time.Second).Zone()
		return offset == after
	})
	return base.Add(time.Duration(n) * time.Second)
}

func sameOffset(a, b time.Time) bool {
	_, x := a.Zone()
	_, y := b.Zone()
	return x == y
}

// Minute is the number of the minute that holds t, counted from 1970 in UTC: what
// a counter for bins of any zone is keyed by, since offsets in force today are
// whole minutes. (Those of local mean time, until about 1930, are not; an event
// then may stand one bin off.)
func Minute(t int64) int64 {
	m := t / int64(time.Minute)
	if t%int64(time.Minute) < 0 {
		m--
	}
	return m
}

// MinuteStart is when that minute begins.
func MinuteStart(m int64) int64 {
	if m <= math.MinInt64/int64(time.Minute) {
		return event.NoTime + 1
	}
	return m * int64(time.Minute)
}

var (
	earliest = time.Unix(0, event.NoTime+1)
	latest   = time.Unix(0, math.MaxInt64)
)

// nanos is t.UnixNano, but saturates.
func nanos(t time.Time) int64 {
	switch {
	case t.Before(earliest):
		return event.NoTime + 1
	case t.After(latest):
		return math.MaxInt64
	}
	return t.UnixNano()
}

// mod is the remainder that is never negative: times before 1970 are.
func mod(a, b int64) int64 { return (a%b + b) % b }
