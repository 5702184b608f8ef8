package main

import (
	"flag"
	"fmt"
	"math"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"
)

// How cost grows is measured on a grid: so many lines of so many sources, each
// met at least once. A log of more than fileLines lines is not kept, but piped
// into the command by the program that writes it, which then shares the cores;
// the processor time is of the command alone.
var (
	scaleTo      = flag.String("scale", "", "measure how cost grows and write the result into this `folder`")
	scaleLines   = flag.String("scale-lines", "1,10", "millions of lines")
	scaleSources = flag.String("scale-sources", "10000,100000,1000000,10000000", "sources")
)

const fileLines = 10_000_000

// point is one run of the grid.
type point struct {
	Lines, Sources      int
	Seconds, CPUSeconds float64
	PeakBytes           int64
	Piped               bool
}

type growth struct {
	Machine machine
	Points  []point
}

func TestScale(t *testing.T) {
	if *scaleTo == "" {
		t.Skip("make bench-scale measures how cost grows")
	}
	folder := absolute(t, *scaleTo)
	if err := os.MkdirAll(folder, 0o755); err != nil {
		t.Fatal(err)
	}
	g := &growth{Machine: thisMachine()}
	l := newLaboratory(t)
	for _, millions := range numbers(t, *scaleLines) {
		for _, sources := range numbers(t, *scaleSources) {
			if lines := int(millions * 1e6); int(sources) <= lines {
				g.Points = append(g.Points, l.point(lines, int(sources)))
				writeBoth(t, folder, "scale", g.markdown(), g) // what there is, if the next is interrupted
			}
		}
	}
	if err := os.WriteFile(filepath.Join(folder, "scale.svg"), []byte(g.svg()), 0o644); err != nil {
		t.Fatal(err)
	}
}

func numbers(t *testing.T, list string) (all []float64) {
	t.Helper()
	for word := range strings.SplitSeq(list, ",") {
		n, err := strconv.ParseFloat(word, 64)
		if err != nil || n <= 0 {
			t.Fatalf("%q in %q is no number", word, list)
		}
		all = append(all, n)
	}
	return all
}

func (l *laboratory) point(lines, sources int) point {
	p := point{Lines: lines, Sources: sources, Piped: lines > fileLines}
	args := []string{"--tz", "UTC", "-q", "--config", "none", "-o", filepath.Join(l.dir, "out.text")}
	var state *os.ProcessState
	var took time.Duration
	if p.Piped {
		took, state = l.piped(args, lines, sources)
	} else {
		e := l.write("kern.log", lines, 1, "-sources", strconv.Itoa(sources))
		cmd := exec.Command(l.command, append(args, e.paths...)...)
		took, state = l.finish(cmd)
		if err := os.Remove(e.paths[0]); err != nil {
			l.t.Fatal(err)
		}
	}
	p.Seconds, p.CPUSeconds, p.PeakBytes = took.Seconds(), (state.UserTime() + state.SystemTime()).Seconds(), peakMemory(state)
	return p
}

// piped runs the command on what bulk writes.
func (l *laboratory) piped(args []string, lines, sources int) (time.Duration, *os.ProcessState) {
	l.t.Helper()
	bulk := exec.Command(l.bulk, "-lines", strconv.Itoa(lines), "-sources", strconv.Itoa(sources))
	pipe, err := bulk.StdoutPipe()
	if err != nil {
		l.t.Fatal(err)
	}
	if err := bulk.Start(); err != nil {
		l.t.Fatal(err)
	}
	cmd := exec.Command(l.command, append(args, "-")...)
	cmd.Stdin = pipe
	took, state := l.finish(cmd)
	if err := bulk.Wait(); err != nil {
		l.t.Fatalf("writing the log: %v", err)
	}
	return took, state
}

func (l *laboratory) finish(cmd *exec.Cmd) (time.Duration, *os.ProcessState) {
	l.t.Helper()
	var stderr strings.Builder
	cmd.Stderr = &stderr
	start := time.Now()
	if err := cmd.Run(); err != nil {
		l.t.Fatalf("%v\n%s", err, stderr.String())
	}
	return time.Since(start), cmd.ProcessState
}

func (g *growth) markdown() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s\n\n| lines | sources | seconds | CPU seconds | M lines/s | peak MB | |\n|---:|---:|---:|---:|---:|---:|---|\n", g.Machine)
	for _, p := range g.Points {
		note := ""
		if p.Piped {
			note = "piped from the program that writes the log"
		}
		fmt.Fprintf(&b, "| %d | %d | %.2f | %.2f | %.2f | %.0f | %s |\n", p.Lines, p.Sources, p.Seconds, p.CPUSeconds,
			float64(p.Lines)/1e6/p.Seconds, float64(p.PeakBytes)/1e6, note)
	}
	if len(g.Points) >= 3 {
		cpu := g.fit(func(p point) float64 { return p.CPUSeconds })
		mem := g.fit(func(p point) float64 { return float64(p.PeakBytes) })
		fmt.Fprintf(&b, "\nFitted (least squares of the relative error): CPU seconds = %.2f + %.2f for a million lines + %.2f for a million sources; "+
			"peak memory = %.0f MB + %.1f MB for a million lines + %.0f bytes for a source.\n",
			cpu[0], cpu[1]*1e6, cpu[2]*1e6, mem[0]/1e6, mem[1], mem[2])
	}
	return b.String()
}

// fit finds c of y = c0 + c1 lines + c2 sources that makes the sum of squares of
// relative errors least, by the normal equations; a coefficient that the points
// do not determine is 0.
func (g *growth) fit(y func(point) float64) (c [3]float64) {
	var m [3][4]float64
	most := 0.0 // brings y below 1, and so the pivots to a size that can be judged
	for _, p := range g.Points {
		most = max(most, y(p))
	}
	for _, p := range g.Points {
		v := max(y(p)/most, 1e-9)
		x := [4]float64{1 / v, float64(p.Lines) / 1e6 / v, float64(p.Sources) / 1e6 / v, 1}
		for i := range 3 {
			for j := range 4 {
				m[i][j] += x[i] * x[j]
			}
		}
	}
	c = solve(m)
	return [3]float64{c[0] * most, c[1] * most / 1e6, c[2] * most / 1e6}
}

// solve eliminates (Gauss, Jordan), with the largest pivot of each column.
func solve(m [3][4]float64) (x [3]float64) {
	for col := range 3 {
		best := col
		for row := col + 1; row < 3; row++ {
			if math.Abs(m[row][col]) > math.Abs(m[best][col]) {
				best = row
			}
		}
		m[col], m[best] = m[best], m[col]
		if math.Abs(m[col][col]) < 1e-9 {
			continue
		}
		for row := range 3 {
			if row == col {
				continue
			}
			f := m[row][col] / m[col][col]
			for j := range 4 {
				m[row][j] -= f * m[col][j]
			}
		}
	}
	for i := range 3 {
		if math.Abs(m[i][i]) >= 1e-9 {
			x[i] = m[i][3] / m[i][i]
		}
	}
	return x
}

func TestFit(t *testing.T) {
	g := growth{}
	for _, lines := range []int{1e6, 1e7} {
		for _, sources := range []int{1e4, 1e5, 1e6} {
			g.Points = append(g.Points, point{Lines: lines, Sources: sources, Seconds: 1, CPUSeconds: 0.5 + 0.6*float64(lines)/1e6 + 2*float64(sources)/1e6})
		}
	}
	for _, unit := range []float64{1, 1e8} {
		c := g.fit(func(p point) float64 { return unit * p.CPUSeconds })
		for i, want := range []float64{0.5, 0.6e-6, 2e-6} {
			if want *= unit; math.Abs(c[i]/want-1) > 1e-6 {
				t.Errorf("coefficient %d: %g, want %g", i, c[i], want)
			}
		}
	}
	g.Points = g.Points[:3] // of one number of lines, whose cost nothing tells apart from the start's
	if c := g.fit(func(p point) float64 { return p.CPUSeconds }); math.Abs(c[2]-2e-6) > 1e-9 {
		t.Errorf("a source costs %g, want 2e-6", c[2])
	}
}

// lineCounts are the distinct numbers of lines, ascending.
func (g *growth) lineCounts() (all []int) {
	for _, p := range g.Points {
		all = append(all, p.Lines)
	}
	slices.Sort(all)
	return slices.Compact(all)
}
