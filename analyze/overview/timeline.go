package overview

import (
	"cmp"
	"slices"
	"time"

	"fwreport/analyze/window"
	"fwreport/report"
)

// maxRows is the largest number of bins up to which empty ones have a row. Only
// spans beyond 13 years have more: as a rule a wrong stamp among right ones.
const maxRows = 5000

// bin is one row of the timeline.
type bin struct {
	start int64 // Unix nanoseconds
	byVerdict
}

type timeline struct {
	bins  window.Bins
	list  []bin // by start
	total uint64
}

// timeline cuts the minutes into bins that are fitted to the span from the
// first to the last of them, and fills the gaps.
func (s *whole) timeline(zone *time.Location) *timeline {
	minutes := make([]bin, s.minutes.Len())
	for i, k := range s.minutes.Keys {
		minutes[i] = bin{window.MinuteStart(int64(k.A)), s.minutes.Vals[i]}
	}
	slices.SortFunc(minutes, func(a, b bin) int { return cmp.Compare(a.start, b.start) })
	if len(minutes) == 0 {
		return &timeline{bins: window.Fit(0, 0, zone)}
	}
	first, last := minutes[0].start, minutes[len(minutes)-1].start
	t := &timeline{bins: window.Fit(first, last, zone), total: s.all.Count - s.timeless}
	t.fill(minutes, uint64(last-first)/uint64(t.bins.Width) < maxRows)
	return t
}

// fill sums up minutes, which are in order; with gaps, empty bins between them
// get rows too.
func (t *timeline) fill(minutes []bin, gaps bool) {
	var end int64 // of the last bin of the list
	for i := range minutes {
		m := &minutes[i]
		for gaps && len(t.list) > 0 && m.start >= end {
			t.list = append(t.list, bin{start: end})
			end = t.bins.Next(end)
		}
		if len(t.list) == 0 || m.start >= end {
			start := t.bins.Start(m.start)
			t.list = append(t.list, bin{start: start})
			end = t.bins.Next(start)
		}
		t.list[len(t.list)-1].merge(&m.byVerdict)
	}
}

func (t *timeline) table() report.Table {
	return report.Table{
		ID: "timeline", Title: "Timeline",
		Doc: "Events with a time stamp, per " + t.bins.Name() + "; the time is the beginning.",
		Columns: []report.Column{
			report.KeyCol("time", "Time", report.Time), report.Col("denied", "Denied", report.Count),
			report.Col("accepted", "Accepted", report.Count), report.Col("undetermined", "Undetermined", report.Count),
		},
		Rows: func(yield func([]report.Value) bool) {
			for i := range t.list {
				if !yield(t.list[i].cells()) {
					return
				}
			}
		},
		TotalRows: len(t.list), TotalCount: t.total,
	}
}

// busiest is the bin with the most events, the first of several; nil if there
// are fewer than two.
func (t *timeline) busiest() *bin {
	if len(t.list) < 2 {
		return nil
	}
	best := &t.list[0]
	for i := range t.list {
		if b := &t.list[i]; b.total() > best.total() {
			best = b
		}
	}
	return best
}
