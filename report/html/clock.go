package html

import (
	"fmt"
	"strconv"
	"time"

	"fwreport/report"
)

// moment is a time on the page: the text in the report's zone, and RFC 3339 in
// UTC for the title and for the script, which never computes with a zone.
type moment struct {
	Text, UTC string
}

// clock shows times in the report's zone. Heads of columns give the offset
// once; a time at which another one holds carries its own.
type clock struct {
	report.Clock
	loc  *time.Location
	base int // the offset that the heads give, in seconds
}

func newClock(r *report.Report) clock {
	c := clock{Clock: r.Clock(), loc: r.Location}
	if c.loc == nil {
		c.loc = time.UTC
	}
	if r.Span.First != report.NoTime {
		c.base = c.Offset(r.Span.First)
	}
	return c
}

// text is a time below a head that gives the offset.
func (c clock) text(ns int64) string {
	s := c.Text(ns)
	if off := c.Offset(ns); c.Fixed() && off != c.base {
		s += offsetText(off)
	}
	return s
}

// moment is a time that stands alone, with its offset.
func (c clock) moment(ns int64) moment {
	if ns == report.NoTime {
		return moment{}
	}
	return moment{Text: c.Full(ns), UTC: report.FormatTime(ns)}
}

// sortKey is a time as decimal seconds, to the microsecond: what a number of the
// script can hold. Rows that differ by less keep the report's order.
func sortKey(ns int64) string {
	t := time.Unix(0, ns)
	if t.Nanosecond() == 0 {
		return strconv.FormatInt(t.Unix(), 10)
	}
	return strconv.FormatFloat(float64(ns)/1e9, 'f', 6, 64)
}

func offsetText(seconds int) string {
	sign := '+'
	if seconds < 0 {
		sign, seconds = '-', -seconds
	}
	return fmt.Sprintf("%c%02d:%02d", sign, seconds/3600, seconds/60%60)
}

// in is a Unix time in nanoseconds in the report's zone.
func (c clock) in(ns int64) time.Time { return time.Unix(0, ns).In(c.loc) }
