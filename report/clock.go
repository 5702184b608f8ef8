package report

import (
	"fmt"
	"strconv"
	"strings"
	"time"
)

// Clock shows times of a report to people: local times without fractions, and
// the zone once, in the header. Where the zone's offset changes within the
// report's span (daylight saving), one local hour exists twice or not at all:
// Text then carries the offset with every time. JSON and CSV need no Clock,
// they give RFC 3339 in UTC.
//
// A Clock is made of the report alone, without the machine's zone.
type Clock struct {
	loc     *time.Location
	name    string
	offsets []zoneOffset // those in force within the span, in order; none if there is no span
}

// zoneOffset is an offset from UTC in seconds and when it came into force.
type zoneOffset struct {
	from    time.Time
	seconds int
}

// Clock is the clock of r's zone over r's span.
func (r *Report) Clock() Clock {
	c := Clock{loc: r.Location, name: r.Zone}
	if c.loc == nil {
		c.loc, c.name = time.UTC, "UTC"
	}
	if c.name == "" {
		c.name = c.loc.String()
	}
	if r.Span.First != NoTime && r.Span.Last != NoTime {
		c.offsets = offsetsWithin(time.Unix(0, r.Span.First).In(c.loc), time.Unix(0, r.Span.Last))
	}
	return c
}

func offsetsWithin(t, last time.Time) []zoneOffset {
	_, seconds := t.Zone()
	list := []zoneOffset{{t, seconds}}
	for {
		_, end := t.ZoneBounds()
		// In far years ruled by a POSIX zone string the end may lie before t.
		if !end.After(t) || end.After(last) {
			return list
		}
		t = end
		if _, next := t.Zone(); next != list[len(list)-1].seconds { // else only the name changes
			list = append(list, zoneOffset{t, next})
		}
	}
}

// Fixed reports whether one offset holds for the whole span.
func (c Clock) Fixed() bool { return len(c.offsets) <= 1 }

// Single is the one offset, in seconds, that Short and Label give for the whole
// span; false where there are several, or no span. Times outside the span may
// have another (the start of a bin, a file's mtime): what shows them under a
// header of Short must say so or convert.
func (c Clock) Single() (seconds int, ok bool) {
	if len(c.offsets) != 1 {
		return 0, false
	}
	return c.offsets[0].seconds, true
}

// Label names the zone with its offsets: "UTC", "Europe/Berlin (UTC+01:00)",
// "Europe/Berlin (UTC+02:00; UTC+01:00 from 2026-10-25 01:00:00 UTC)". In a
// report without events it is the name alone.
func (c Clock) Label() string {
	if c.name == "UTC" || len(c.offsets) == 0 {
		return c.name
	}
	const most = 4
	parts := []string{offsetName(c.offsets[0].seconds)}
	for i, o := range c.offsets[1:] {
		if i == most {
			parts = append(parts, fmt.Sprintf("%d further changes", len(c.offsets)-1-most))
			break
		}
		parts = append(parts, offsetName(o.seconds)+" from "+o.from.UTC().Format(time.DateTime)+" UTC")
	}
	return c.name + " (" + strings.Join(parts, "; ") + ")"
}

// Short is Label for a column's header: "UTC", "UTC+01:00", and where the
// offset changes within the span the zone's name.
func (c Clock) Short() string {
	if c.name == "UTC" || len(c.offsets) != 1 {
		return c.name
	}
	return offsetName(c.offsets[0].seconds)
}

// Text is a Unix time in nanoseconds as local time, cut to the second:
// "2026-03-01 06:25:11", with the offset behind it where it is not Fixed.
func (c Clock) Text(ns int64) string {
	t := time.Unix(0, ns).In(c.loc)
	if c.Fixed() {
		return t.Format(time.DateTime)
	}
	return t.Format("2006-01-02 15:04:05-07:00")
}

// Full is Text with the offset in any case, for times that may lie outside the
// span: "2026-03-01 06:25:11 +01:00", "2026-03-01 05:25:11 UTC".
func (c Clock) Full(ns int64) string {
	t := time.Unix(0, ns).In(c.loc)
	if c.name == "UTC" {
		return t.Format("2006-01-02 15:04:05 UTC")
	}
	return t.Format("2006-01-02 15:04:05 -07:00")
}

// Offset is the zone's offset from UTC, in seconds, at a Unix time in
// nanoseconds.
func (c Clock) Offset(ns int64) int {
	_, off := time.Unix(0, ns).In(c.loc).Zone()
	return off
}

func offsetName(seconds int) string {
	if seconds == 0 {
		return "UTC+00:00"
	}
	sign := '+'
	if seconds < 0 {
		sign, seconds = '-', -seconds
	}
	name := fmt.Sprintf("UTC%c%02d:%02d", sign, seconds/3600, seconds/60%60)
	if s := seconds % 60; s != 0 {
		name += fmt.Sprintf(":%02d", s)
	}
	return name
}

// Group is n in decimal with a comma between thousands: "10,000".
func Group(n uint64) string {
	s := strconv.FormatUint(n, 10)
	if len(s) <= 3 {
		return s
	}
	var b strings.Builder
	head := (len(s)-1)%3 + 1
	b.WriteString(s[:head])
	for i := head; i < len(s); i += 3 {
		b.WriteByte(',')
		b.WriteString(s[i : i+3])
	}
	return b.String()
}

// CommandLine is the command with its arguments told apart: those with spaces or
// quotation marks in them are quoted.
func (r *Report) CommandLine() string {
	quoted := make([]string, len(r.Command))
	for i, a := range r.Command {
		quoted[i] = a
		if a == "" || strings.ContainsAny(a, " \t\"'\\") {
			quoted[i] = strconv.Quote(a)
		}
	}
	return strings.Join(quoted, " ")
}

// Percent is a share of 0 to 1 with one decimal: "12.3%". What is not nothing
// is not shown as nothing, nor what is not all as all: "<0.1%", ">99.9%".
func Percent(f float64) string {
	switch {
	case f > 0 && f < 0.0005:
		return "<0.1%"
	case f < 1 && f >= 0.9995:
		return ">99.9%"
	}
	return strconv.FormatFloat(100*f, 'f', 1, 64) + "%"
}
