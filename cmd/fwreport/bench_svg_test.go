package main

import (
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"math"
	"strings"
	"testing"
)

// The drawing: two panels side by side, each with the number of sources to the
// right and a curve for each number of lines, both axes logarithmic.
const (
	panelWidth, panelHeight = 360.0, 280.0
	panelLeft, panelTop     = 80.0, 50.0
	panelGap                = 120.0
)

// ink are colours that colour-blind readers tell apart (Okabe and Ito 2008).
var ink = [...]string{"#0072b2", "#d55e00", "#009e73", "#cc79a7", "#e69f00"}

// axis maps a range of powers of ten to pixels.
type axis struct{ low, high, from, to float64 }

// logAxis covers the values with whole powers of ten.
func logAxis(values []float64, from, to float64) axis {
	low, high := math.Inf(1), math.Inf(-1)
	for _, v := range values {
		low, high = min(low, math.Floor(math.Log10(v))), max(high, math.Ceil(math.Log10(v)))
	}
	if low == high {
		high++
	}
	return axis{low, high, from, to}
}

func (a axis) at(v float64) float64 {
	return a.from + (math.Log10(v)-a.low)/(a.high-a.low)*(a.to-a.from)
}

func (g *growth) svg() string {
	var b strings.Builder
	width, height := 2*panelLeft+2*panelWidth+panelGap+40, panelTop+panelHeight+90
	fmt.Fprintf(&b, `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 %.0f %.0f" width="%.0f" height="%.0f" font-family="sans-serif" font-size="12">`+"\n",
		width, height, width, height)
	fmt.Fprintf(&b, `<rect width="100%%" height="100%%" fill="white"/>`+"\n")
	g.panel(&b, panelLeft, "Seconds, whole run", func(p point) float64 { return p.Seconds })
	g.panel(&b, panelLeft+panelWidth+panelGap, "Peak memory, MB", func(p point) float64 { return float64(p.PeakBytes) / 1e6 })
	b.WriteString("</svg>\n")
	return b.String()
}

func (g *growth) panel(b *strings.Builder, left float64, title string, y func(point) float64) {
	var xs, ys []float64
	for _, p := range g.Points {
		xs, ys = append(xs, float64(p.Sources)), append(ys, max(y(p), 1e-3))
	}
	ax, ay := logAxis(xs, left, left+panelWidth), logAxis(ys, panelTop+panelHeight, panelTop)
	fmt.Fprintf(b, `<text x="%.0f" y="%.0f" font-size="15" font-weight="bold">%s</text>`+"\n", left, panelTop-20, title)
	fmt.Fprintf(b, `<text x="%.0f" y="%.0f" text-anchor="middle">sources</text>`+"\n", left+panelWidth/2, panelTop+panelHeight+40)
	for e := ax.low; e <= ax.high; e++ {
		x := ax.at(math.Pow(10, e))
		grid(b, x, panelTop, x, panelTop+panelHeight)
		fmt.Fprintf(b, `<text x="%.1f" y="%.0f" text-anchor="middle">%s</text>`+"\n", x, panelTop+panelHeight+18, short(math.Pow(10, e)))
	}
	for e := ay.low; e <= ay.high; e++ {
		y := ay.at(math.Pow(10, e))
		grid(b, left, y, left+panelWidth, y)
		fmt.Fprintf(b, `<text x="%.0f" y="%.1f" text-anchor="end">%s</text>`+"\n", left-8, y+4, short(math.Pow(10, e)))
	}
	for i, lines := range g.lineCounts() {
		g.curve(b, ax, ay, lines, ink[i%len(ink)], y)
	}
}

func grid(b *strings.Builder, x1, y1, x2, y2 float64) {
	fmt.Fprintf(b, `<line x1="%.1f" y1="%.1f" x2="%.1f" y2="%.1f" stroke="#ddd"/>`+"\n", x1, y1, x2, y2)
}

// curve is the points of one number of lines, with its name at the last of them.
func (g *growth) curve(b *strings.Builder, ax, ay axis, lines int, colour string, y func(point) float64) {
	var path []string
	var endX, endY float64
	for _, p := range g.Points {
		if p.Lines != lines {
			continue
		}
		endX, endY = ax.at(float64(p.Sources)), ay.at(max(y(p), 1e-3))
		path = append(path, fmt.Sprintf("%.1f,%.1f", endX, endY))
		fmt.Fprintf(b, `<circle cx="%.1f" cy="%.1f" r="3.5" fill="%s"/>`+"\n", endX, endY, colour)
	}
	fmt.Fprintf(b, `<polyline points="%s" fill="none" stroke="%s" stroke-width="2"/>`+"\n", strings.Join(path, " "), colour)
	fmt.Fprintf(b, `<text x="%.1f" y="%.1f" fill="%s">%s lines</text>`+"\n", endX+7, endY-6, colour, short(float64(lines)))
}

// short writes 10000 as 10 k.
func short(v float64) string {
	switch {
	case v >= 1e6:
		return fmt.Sprintf("%g M", v/1e6)
	case v >= 1e3:
		return fmt.Sprintf("%g k", v/1e3)
	}
	return fmt.Sprintf("%.4g", v)
}

func TestScaleDrawing(t *testing.T) {
	g := growth{Points: []point{{Lines: 1e6, Sources: 1e4, Seconds: 1, PeakBytes: 1e8}, {Lines: 1e6, Sources: 1e6, Seconds: 2, PeakBytes: 5e8},
		{Lines: 1e7, Sources: 1e4, Seconds: 9, PeakBytes: 2e8}}}
	text := g.svg()
	for d := xml.NewDecoder(strings.NewReader(text)); ; {
		if _, err := d.Token(); errors.Is(err, io.EOF) {
			break
		} else if err != nil {
			t.Fatalf("%v in\n%s", err, text)
		}
	}
	for what, want := range map[string]int{"<circle": 6, "<polyline": 4, ">10 M lines<": 2, ">sources<": 2, ">10 k<": 2} {
		if n := strings.Count(text, what); n != want {
			t.Errorf("%d of %s, want %d", n, what, want)
		}
	}
	if x := logAxis([]float64{100, 1000}, 0, 10).at(math.Sqrt(1e5)); math.Abs(x-5) > 1e-9 {
		t.Errorf("the middle of the axis is at %g, want 5", x)
	}
}
