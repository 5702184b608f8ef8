package window

import (
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	"fwreport/reader/lex"
)

// Forms lists what ParseTime accepts, for messages and help.
const Forms = "7d, 36h, 2w, 90m, 2026-11-01, 2026-11-01T06:00, 2026-11-01T06:00:00Z, today, yesterday, monday, now, @1767225600"

// ParseTime parses a border of a window. Relative forms count back from now in
// units of fixed length (s m h d w: a day is 24 hours); dates and day names mean
// their beginning in zone; monday is the latest one, today included. The grammar
// is strict: a form that it does not know is an error, never a guess. (Lenient
// date libraries were tried and read "7d" as seven o'clock.)
func ParseTime(s string, now time.Time, zone *time.Location) (time.Time, error) {
	text := strings.ToLower(strings.TrimSpace(s))
	if t, ok := named(text, now.In(zone)); ok {
		return t, nil
	}
	if t, ok := epoch(text); ok {
		return t, nil
	}
	if d, ok := ago(text); ok {
		return now.Add(-d), nil
	}
	if t, err := absolute(strings.TrimSpace(s), zone); err == nil {
		return t, nil
	} else if errors.Is(err, errNoSuchTime) {
		return time.Time{}, fmt.Errorf("%q %w", s, err)
	}
	return time.Time{}, fmt.Errorf("%q is no time: use one of %s", s, Forms)
}

var weekdays = map[string]time.Weekday{
	"sunday": 0, "monday": 1, "tuesday": 2, "wednesday": 3, "thursday": 4, "friday": 5, "saturday": 6,
}

func named(s string, now time.Time) (time.Time, bool) {
	switch s {
	case "now":
		return now, true
	case "today":
		return midnight(now, 0), true
	case "yesterday":
		return midnight(now, 1), true
	}
	d, ok := weekdays[s]
	if !ok {
		return time.Time{}, false
	}
	return midnight(now, (int(now.Weekday())-int(d)+7)%7), true
}

// midnight is the beginning of the day that lies back days before t's.
func midnight(t time.Time, back int) time.Time {
	y, m, d := t.Date()
	sec, _ := lex.LocalInstant(y, m, d-back, 0, 0, 0, t.Location())
	return time.Unix(sec, 0)
}

func epoch(s string) (time.Time, bool) {
	num, ok := strings.CutPrefix(s, "@")
	if !ok {
		return time.Time{}, false
	}
	sec, err := strconv.ParseInt(num, 10, 64)
	return time.Unix(sec, 0), err == nil && sec >= 0 && sec < 1<<33
}

var units = map[byte]time.Duration{
	's': time.Second, 'm': time.Minute, 'h': time.Hour, 'd': 24 * time.Hour, 'w': 7 * 24 * time.Hour,
}

// ago parses a sum of numbers with units, "1w3d12h".
func ago(s string) (time.Duration, bool) {
	s = strings.TrimSpace(strings.TrimSuffix(s, "ago"))
	var sum time.Duration
	for len(s) > 0 {
		i := 0
		for i < len(s) && s[i]-'0' <= 9 {
			i++
		}
		if i == 0 || i > 6 || i == len(s) {
			return 0, false
		}
		n, _ := strconv.Atoi(s[:i])
		unit, ok := units[s[i]]
		if !ok {
			return 0, false
		}
		sum += time.Duration(n) * unit
		s = s[i+1:]
		if sum > 200*365*24*time.Hour {
			return 0, false
		}
	}
	return sum, sum > 0
}

var errNoSuchTime = errors.New("does not exist in the calendar")

// layouts of absolute times without a zone.
var layouts = []string{"2006-01-02", "2006-01-02T15:04", "2006-01-02T15:04:05", "2006-01-02 15:04", "2006-01-02 15:04:05"}

func absolute(s string, zone *time.Location) (time.Time, error) {
	for _, layout := range []string{time.RFC3339Nano, "2006-01-02T15:04Z07:00", "2006-01-02T15:04:05-0700"} {
		if t, err := time.Parse(layout, s); err == nil {
			return t, inRange(t)
		}
	}
	err := errors.New("unknown form")
	for _, layout := range layouts {
		t, e := time.Parse(layout, s)
		if e == nil {
			y, m, d := t.Date()
			sec, _ := lex.LocalInstant(y, m, d, t.Hour(), t.Minute(), t.Second(), zone)
			return time.Unix(sec, 0), inRange(t)
		}
		if strings.Contains(e.Error(), "out of range") {
			err = errNoSuchTime
		}
	}
	return time.Time{}, err
}

// inRange refuses what Unix nanoseconds cannot hold.
func inRange(t time.Time) error {
	if t.Year() < 1678 || t.Year() > 2261 {
		return errNoSuchTime
	}
	return nil
}
