package lex

import (
	"time"

	"fwreport/reader/event"
)

// LocalInstant is the instant of a wall-clock time in a zone, Unix seconds.
// Where clocks are set back the time exists twice: the earlier instant is
// taken and TimeFolded returned. Where they are set forward it does not exist:
// it is read as if they had not been, and TimeGap returned. time.Date leaves
// both choices open, so it is not used for them.
func LocalInstant(year int, month time.Month, day, hour, minute, sec int, zone *time.Location) (int64, event.Fields) {
	wall := time.Date(year, month, day, hour, minute, sec, 0, time.UTC).Unix()
	if zone == nil || zone == time.UTC {
		return wall, 0
	}
	before, after := offsetAt(wall-86400, zone), offsetAt(wall+86400, zone)
	if before == after && offsetAt(wall-int64(before), zone) == before {
		return wall - int64(before), 0
	}
	first, second := wall-int64(before), wall-int64(after)
	ok1, ok2 := offsetAt(first, zone) == before, offsetAt(second, zone) == after
	switch {
	case ok1 && ok2 && first != second:
		return min(first, second), event.TimeFolded
	case ok1:
		return first, 0
	case ok2:
		return second, 0
	}
	return first, event.TimeGap
}

// offsetAt is the zone's offset from UTC in seconds at an instant.
func offsetAt(unix int64, zone *time.Location) int {
	_, off := time.Unix(unix, 0).In(zone).Zone()
	return off
}
