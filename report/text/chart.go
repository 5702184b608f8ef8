package text

import (
	"fmt"
	"strings"

	"fwreport/report"
)

// marks are the heights of a sparkline above nothing, which is a dot: silence
// is not the same as little.
var marks = []rune("▁▂▃▄▅▆▇█")

// chart writes a chart over time as one line of marks, each the sum of the
// series in one or more bins. Other charts are left out: their table says the
// same, in numbers, on the same screen.
func (p *printer) chart(c *report.Chart, t *report.Table) {
	if c.Kind != report.StackedBars || t.Rows == nil {
		return
	}
	x := t.Column(c.X)
	if x < 0 || t.Columns[x].Kind != report.Time {
		return
	}
	var series []int
	for _, id := range c.Y {
		if i := t.Column(id); i >= 0 {
			series = append(series, i)
		}
	}
	s := read(t, x, series, p.marksWidth(t.TotalRows))
	if len(s.bars) < 2 {
		return
	}
	p.line(s.draw())
	text := p.time(s.first) + " to " + p.time(s.last) + ", highest " + report.Group(s.peak) + " at " + p.time(s.peakAt)
	if s.bins > 1 {
		text += fmt.Sprintf(" (a mark is %d bins)", s.bins)
	}
	p.wrapped("", 0, text)
	p.line()
}

// marksWidth is how many marks n bins get.
func (p *printer) marksWidth(n int) int {
	width := p.opt.Width
	if width <= 0 {
		width = padLimit
	}
	return max(2, min(n, width))
}

// spark is a chart of one series.
type spark struct {
	bars         []uint64
	bins         int    // rows a bar
	first, last  int64  // times of the first and last row
	peak         uint64 // of one row
	peakAt, rows int64
}

// read sums the series of t's rows into at most width bars.
func read(t *report.Table, x int, series []int, width int) spark {
	s := spark{bins: max(1, (t.TotalRows+width-1)/width)}
	for row := range t.Rows {
		if row[x].IsNull() {
			continue
		}
		var n uint64
		for _, i := range series {
			n += row[i].Uint()
		}
		s.add(row[x].Nanos(), n)
	}
	return s
}

func (s *spark) add(at int64, n uint64) {
	if s.rows == 0 {
		s.first, s.peakAt = at, at
	}
	if n > s.peak {
		s.peak, s.peakAt = n, at
	}
	if s.rows%int64(s.bins) == 0 {
		s.bars = append(s.bars, 0)
	}
	s.bars[len(s.bars)-1] += n
	s.last = at
	s.rows++
}

func (s *spark) draw() string {
	var top uint64
	for _, n := range s.bars {
		top = max(top, n)
	}
	var b strings.Builder
	for _, n := range s.bars {
		if n == 0 {
			b.WriteByte('.')
			continue
		}
		b.WriteRune(marks[int(float64(n)/float64(top)*float64(len(marks)-1)+0.5)])
	}
	return b.String()
}
