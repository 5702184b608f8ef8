package html

import (
	"math"
	"strconv"
	"strings"
	"time"

	"fwreport/report"
)

// The plot's geometry, in pixels but for plotUnits. Bars live in a nested SVG
// that stretches sideways, text outside of it, so that letters keep their size
// on a telephone.
const (
	maxSlots   = 300  // bars of a timeline; more bins are summed
	plotUnits  = 1000 // height of the bars' own coordinates
	plotTop    = 14
	plotHeight = 176
	plotBottom = plotTop + plotHeight
	minBar     = 7 // units: the least height of what is not nothing, a good pixel
)

// timeline is a chart of stacked bars over time.
type timeline struct {
	ID, Title, Caption, Spoken string
	Series                     []series
	Slots, Units               int
	Top, Height, Bottom        int
	TickY, LabelY, UnderY      int
	Lines                      []gridLine
	Ticks                      []tick
	Hovers                     []hover
}

// series is one of the quantities that are stacked.
type series struct {
	Class, Title, Total string
	Path                string

	sum   uint64
	slots []uint64
}

type gridLine struct {
	Y, TextY int
	Label    string
}

type hover struct {
	X    int
	Text string
}

// newTimeline sums the table's bins into slots; false if it has no times.
func newTimeline(c *report.Chart, t *report.Table, clk clock) (timeline, bool) {
	bins := readBins(c, t)
	if len(bins.times) == 0 || len(bins.columns) == 0 {
		return timeline{}, false
	}
	g := bins.grid()
	v := timeline{
		ID: anchor("c", c.ID), Title: shown(c.Title), Slots: g.slots, Units: plotUnits,
		Top: plotTop, Height: plotHeight, Bottom: plotBottom,
		TickY: plotBottom + 5, LabelY: plotBottom + 18, UnderY: plotBottom + 33,
		Caption: "one bar is " + span(g.width) + ", times in " + shown(clk.Label()),
	}
	v.Series = bins.series(t, g)
	starts := bins.starts(g)
	top := v.scale()
	v.stack(top)
	v.Hovers = hovers(v.Series, starts, clk)
	v.Ticks = axis{starts, g.width}.ticks(clk)
	v.Spoken = spokenTimeline(v, g, starts, clk)
	return v, true
}

// bins is the table's content.
type bins struct {
	columns []int // of the table
	times   []int64
	values  []uint64 // len(columns) a time
}

func readBins(c *report.Chart, t *report.Table) bins {
	var b bins
	for _, y := range c.Y {
		if i := t.Column(y); i >= 0 {
			b.columns = append(b.columns, i)
		}
	}
	x := t.Column(c.X)
	for row := range t.Rows {
		if row[x].Kind() != report.Time {
			continue
		}
		b.times = append(b.times, row[x].Nanos())
		for _, i := range b.columns {
			b.values = append(b.values, row[i].Uint())
		}
	}
	return b
}

// grid is how times become slots: slot i is [start+i*width, start+(i+1)*width).
type grid struct {
	start, width int64
	slots        int
}

// grid fits slots to the bins. Bins that are empty may be absent from the table
// and a day has 23 or 25 hours twice a year, so slots go by time, not by row.
func (b *bins) grid() grid {
	first, last := b.times[0], b.times[0]
	for _, t := range b.times {
		first, last = min(first, t), max(last, t)
	}
	if last-first < 0 { // more than 292 years: stamps of a broken clock
		return grid{first, math.MaxInt64, 1}
	}
	step := binWidth(b.times)
	n := int64(math.Round(float64(last-first)/float64(step))) + 1
	merge := (n + maxSlots - 1) / maxSlots
	return grid{first, step * merge, int((n + merge - 1) / merge)}
}

// binWidth is the commonest distance of neighbouring bins; an hour where there
// is but one bin. The least distance will not do: where the zone's offset
// changes, one bin may be shorter.
func binWidth(times []int64) int64 {
	votes, best := make(map[int64]int), int64(0)
	for i := 1; i < len(times); i++ {
		d := times[i] - times[i-1]
		if d <= 0 {
			continue
		}
		votes[d]++
		if votes[d] > votes[best] || votes[d] == votes[best] && d < best {
			best = d
		}
	}
	if best == 0 {
		return int64(time.Hour)
	}
	return best
}

// slot is the slot of a time: the nearest start of a bin, so that a change of
// the zone's offset does not push a day into its neighbour.
func (g grid) slot(t, bin int64) int {
	n := int64(math.Round(float64(t-g.start) / float64(bin)))
	return min(max(int(n*bin/g.width), 0), g.slots-1)
}

func (b *bins) series(t *report.Table, g grid) []series {
	list := make([]series, len(b.columns))
	for j, col := range b.columns {
		list[j] = series{
			Class: seriesClass(t.Columns[col].ID, j), Title: shown(t.Columns[col].Title), slots: make([]uint64, g.slots),
		}
	}
	bin := binWidth(b.times)
	for i, at := range b.times {
		slot := g.slot(at, bin)
		for j := range list {
			n := b.values[i*len(list)+j]
			list[j].slots[slot] += n
			list[j].sum += n
		}
	}
	for j := range list {
		list[j].Total = group(list[j].sum)
	}
	return list
}

// starts are the times at which the slots' first bins begin: after a change of
// the zone's offset these are no multiples of the width.
func (b *bins) starts(g grid) []int64 {
	list := make([]int64, g.slots)
	for i := range list {
		list[i] = g.start + int64(i)*g.width
	}
	bin, met := binWidth(b.times), make([]bool, g.slots)
	for _, t := range b.times {
		if i := g.slot(t, bin); !met[i] || t < list[i] {
			list[i], met[i] = t, true
		}
	}
	return list
}

// seriesClass gives the verdicts their colours and others the next free one.
func seriesClass(id string, i int) string {
	if c := wordClass(id); c != "" {
		return c
	}
	return "s" + strconv.Itoa(i%4+1)
}

// scale chooses the grid lines and gives the value at the plot's top.
func (v *timeline) scale() uint64 {
	var most uint64
	for i := range v.Slots {
		var sum uint64
		for _, s := range v.Series {
			sum += s.slots[i]
		}
		most = max(most, sum)
	}
	step := niceStep(most, 4)
	top := (most + step - 1) / step * step
	top = max(top, step)
	for n := uint64(0); n <= top; n += step {
		y := plotBottom - int(float64(n)/float64(top)*plotHeight+0.5)
		v.Lines = append(v.Lines, gridLine{Y: y, TextY: y - 3, Label: group(n)})
	}
	v.Lines[0].Label = ""
	return top
}

// niceStep is the least 1, 2 or 5 times a power of ten that needs at most
// lines steps to reach most.
func niceStep(most uint64, lines uint64) uint64 {
	for p := uint64(1); p < 1e19; p *= 10 {
		for _, f := range []uint64{1, 2, 5} {
			if step := f * p; most/lines < step && (most+step-1)/step <= lines {
				return step
			}
		}
	}
	return math.MaxUint64 / 2
}

// stack draws each series on top of those before it.
func (v *timeline) stack(top uint64) {
	base := make([]int, v.Slots)
	x, width := ".08", ".84"
	if v.Slots > 150 {
		x, width = "", "1"
	}
	for j := range v.Series {
		var p strings.Builder
		for i, n := range v.Series[j].slots {
			if n == 0 {
				continue
			}
			h := max(minBar, int(float64(n)/float64(top)*plotUnits+0.5))
			p.WriteString("M" + strconv.Itoa(i) + x + " " + strconv.Itoa(plotUnits-base[i]) + "h" + width + "v-" + strconv.Itoa(h) + "h-" + width + "z")
			base[i] += h
		}
		v.Series[j].Path = p.String()
	}
}

// hovers are the tool tips of the slots that hold something.
func hovers(list []series, starts []int64, clk clock) []hover {
	var out []hover
	for i, start := range starts {
		text, sum := clk.Full(start), uint64(0)
		for _, s := range list {
			text += "\n" + s.Title + " " + group(s.slots[i])
			sum += s.slots[i]
		}
		if sum > 0 {
			out = append(out, hover{i, text})
		}
	}
	return out
}

// spokenTimeline is the chart in a sentence.
func spokenTimeline(v timeline, g grid, starts []int64, clk clock) string {
	s := v.Title + ": " + plural(uint64(g.slots), "bar", "bars") + " of " + span(g.width) + " from " + clk.Full(g.start)
	for _, x := range v.Series {
		s += "; " + x.Title + " " + x.Total + " in all"
	}
	if i, n := highest(v.Series, g.slots); n > 0 {
		s += "; the highest bar, " + group(n) + ", begins " + clk.Full(starts[i])
	}
	return s + "."
}

func highest(list []series, slots int) (at int, most uint64) {
	for i := range slots {
		var sum uint64
		for _, s := range list {
			sum += s.slots[i]
		}
		if sum > most {
			at, most = i, sum
		}
	}
	return at, most
}
