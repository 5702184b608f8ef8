package engine

import (
	"fmt"
	"math"
	"strings"
	"time"

	"fwreport/reader"
	"fwreport/reader/event"
	"fwreport/reader/evidence"
)

// turn is the first record of a year later than those of all records before it.
type turn struct {
	year int
	ref  event.Ref
}

// turnsOf are the years that the year rule gave to a chunk's records, rising.
// They are few: the time is compared with the end of the last year met. last is
// the latest time of the records.
func turnsOf(events []event.Event, last int64, zone *time.Location) []turn {
	var turns []turn
	end := int64(math.MinInt64)
	for i := range events {
		e := &events[i]
		if e.Time < end || e.Time == event.NoTime || !e.Has(event.YearInferred) {
			continue
		}
		year := yearIn(e.Time, zone)
		turns = append(turns, turn{year, e.Ref})
		end = time.Date(year+1, 1, 1, 0, 0, 0, 0, zone).UnixNano()
		if last < end {
			break
		}
	}
	return turns
}

func yearIn(t int64, zone *time.Location) int { return time.Unix(0, t).In(zone).Year() }

// laterTurns are the turns of records followed by others.
func laterTurns(turns, next []turn) []turn {
	for _, t := range next {
		if len(turns) == 0 || t.year > turns[len(turns)-1].year {
			turns = append(turns, t)
		}
	}
	return turns
}

// turnNote lists where the stamps of a log without years pass a New Year.
func turnNote(turns []turn, in *reader.Input) []string {
	if len(turns) < 2 {
		return nil
	}
	var places []string
	for i, t := range turns[1:] {
		places = append(places, fmt.Sprintf("%d/%d at %s", turns[i].year, t.year, in.Place(t.ref.Record())))
	}
	return []string{"its stamps, which carry no year, pass New Year " + strings.Join(places, " and ")}
}

// leapNote explains a step back onto 29 February: that day picks the latest leap
// year, whatever the year of the records around it.
func leapNote(t int64, ref event.Ref, in *reader.Input, zone *time.Location) []string {
	at := time.Unix(0, t).In(zone)
	if at.Month() != time.February || at.Day() != 29 {
		return nil
	}
	return []string{fmt.Sprintf("%s is of 29 February and was put into %d, the latest leap year, though the records before it are in a later year: the year of this file is probably wrong (see --year)",
		in.Place(ref.Record()), at.Year())}
}

// newYearBetween notes a New Year that lies between two files of a family.
func newYearBetween(older, newer *evidence.Input, zone *time.Location) {
	if older.YearFrom == "" || newer.YearFrom == "" {
		return
	}
	if from, to := yearIn(older.Last, zone), yearIn(newer.First, zone); from < to {
		newer.Notes = append(newer.Notes, fmt.Sprintf("New Year %d/%d lies between the end of %s and its beginning", from, to, older.Path))
	}
}
