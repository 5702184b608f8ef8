package html

import (
	"sort"
	"strconv"
	"time"
)

// tick is a mark of the time axis. X is in percent of the plot's width.
type tick struct {
	X            string
	Label, Under string
	Anchor       string // class of the text's anchor
	Odd          bool   // left out on narrow screens
}

// maxTicks is how many marks an axis has at most.
const maxTicks = 8

// tickStep is a distance of ticks: so many units of the calendar.
type tickStep struct {
	months, days int
	clock        time.Duration // for steps below a day
	about        time.Duration
}

// tickSteps are the distances that people expect on an axis.
func tickSteps() []tickStep {
	const day = 24 * time.Hour
	var list []tickStep
	for _, d := range []time.Duration{
		time.Second, 5 * time.Second, 15 * time.Second, time.Minute, 5 * time.Minute, 10 * time.Minute, 15 * time.Minute,
		30 * time.Minute, time.Hour, 2 * time.Hour, 3 * time.Hour, 6 * time.Hour, 12 * time.Hour,
	} {
		list = append(list, tickStep{clock: d, about: d})
	}
	for _, n := range []int{1, 2, 3, 7, 14} {
		list = append(list, tickStep{days: n, about: time.Duration(n) * day})
	}
	for _, n := range []int{1, 2, 3, 6, 12, 24, 60, 120} {
		list = append(list, tickStep{months: n, about: time.Duration(n) * 30 * day})
	}
	return list
}

// axis is the times at which the slots of a plot begin, and how long the last
// one is.
type axis struct {
	starts []int64
	width  int64
}

// step is the least distance that needs at most maxTicks marks.
func (a axis) step() tickStep {
	length := a.width * int64(len(a.starts))
	steps := tickSteps()
	for _, s := range steps {
		if length/int64(s.about) < maxTicks {
			return s
		}
	}
	return steps[len(steps)-1]
}

// share is where a time stands on the axis, 0 to 1. Each slot is as wide as the
// others, be it a day of 23 hours.
func (a axis) share(t int64) float64 {
	i := max(sort.Search(len(a.starts), func(i int) bool { return a.starts[i] > t })-1, 0)
	next := a.starts[i] + a.width
	if i+1 < len(a.starts) {
		next = a.starts[i+1]
	}
	within := 0.0
	if next > a.starts[i] {
		within = float64(t-a.starts[i]) / float64(next-a.starts[i])
	}
	return (float64(i) + within) / float64(len(a.starts))
}

// ticks are marks at round local times: midnight is the zone's, whatever its
// offset does in between.
func (a axis) ticks(clk clock) []tick {
	var list []tick
	var dates []string
	step, start := a.step(), clk.in(a.starts[0])
	end := time.Unix(0, a.starts[len(a.starts)-1]).Add(time.Duration(a.width))
	for at := step.first(start); at.Before(end) && len(list) < 2*maxTicks; at = step.next(at) {
		if at.Before(start) {
			continue
		}
		share := a.share(at.UnixNano())
		label, under := step.label(at)
		dates = append(dates, under)
		if step.days == 0 && repeated(dates) {
			under = ""
		}
		list = append(list, tick{
			X: strconv.FormatFloat(100*share, 'f', 2, 64), Label: label, Under: under,
			Anchor: anchorClass(share), Odd: len(list)%2 == 1,
		})
	}
	return list
}

// repeated reports whether the last date stands already below the mark before
// it, both on wide screens and on narrow ones, which show every second mark.
func repeated(dates []string) bool {
	n := len(dates) - 1
	if n == 0 {
		return false
	}
	if n%2 == 0 {
		return dates[n] == dates[n-2]
	}
	return dates[n] == dates[n-1]
}

// anchorClass keeps the first and the last label inside the plot.
func anchorClass(share float64) string {
	switch {
	case share < 0.04:
		return "start"
	case share > 0.96:
		return "end"
	}
	return "middle"
}

// first is a round time at or before t.
func (s tickStep) first(t time.Time) time.Time {
	y, m, d := t.Date()
	switch {
	case s.months >= 12:
		return time.Date(y-y%(s.months/12), 1, 1, 0, 0, 0, 0, t.Location())
	case s.months > 0:
		return time.Date(y, m-(m-1)%time.Month(s.months), 1, 0, 0, 0, 0, t.Location())
	case s.days == 7 || s.days == 14:
		return time.Date(y, m, d-(int(t.Weekday())+6)%7, 0, 0, 0, 0, t.Location()) // a Monday
	case s.days > 0:
		return time.Date(y, m, d, 0, 0, 0, 0, t.Location())
	}
	midnight := time.Date(y, m, d, 0, 0, 0, 0, t.Location())
	return midnight.Add(t.Sub(midnight).Truncate(s.clock))
}

// next is the round time after t. Steps of hours and days go by the local
// clock: after a change of offset they are round again.
func (s tickStep) next(t time.Time) time.Time {
	y, m, d := t.Date()
	if s.months > 0 || s.days > 0 {
		return time.Date(y, m+time.Month(s.months), d+s.days, 0, 0, 0, 0, t.Location())
	}
	if s.clock < time.Hour {
		return t.Add(s.clock)
	}
	next := time.Date(y, m, d, t.Hour()+int(s.clock/time.Hour), 0, 0, 0, t.Location())
	if !next.After(t) { // the hour that exists twice
		return t.Add(s.clock)
	}
	return next
}

// label is what stands below a mark, in one line or two.
func (s tickStep) label(t time.Time) (label, under string) {
	switch {
	case s.months >= 12:
		return t.Format("2006"), ""
	case s.months > 0:
		return t.Format("2006-01"), ""
	case s.days > 0:
		return t.Format("2006-01-02"), t.Format("Mon")
	case s.clock < time.Minute:
		return t.Format("15:04:05"), t.Format("2006-01-02")
	}
	return t.Format("15:04"), t.Format("2006-01-02")
}
