package main

import (
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"testing"
	"time"

	"fwreport/analyze"
	"fwreport/analyze/engine"
	"fwreport/analyze/geo"
	"fwreport/reader"
	"fwreport/reader/action"
	"fwreport/reader/event"
	"fwreport/report"
	"fwreport/report/text"
)

// benchLines are the records of the log that is read in this process, unless
// FWREPORT_BENCH_LOG names another.
const benchLines = 2_000_000

// benchLog is that log and its size.
func benchLog(b *testing.B) (string, int64) {
	b.Helper()
	path := os.Getenv("FWREPORT_BENCH_LOG")
	if path == "" {
		path = newLaboratory(b).write("kern.log", benchLines, 1).paths[0]
	}
	info, err := os.Stat(path)
	if err != nil {
		b.Fatal(err)
	}
	return path, info.Size()
}

// BenchmarkStart is what a run costs before the first byte is read.
func BenchmarkStart(b *testing.B) {
	l := newLaboratory(b)
	empty := filepath.Join(l.dir, "empty")
	if err := os.WriteFile(empty, nil, 0o600); err != nil {
		b.Fatal(err)
	}
	for b.Loop() {
		if out, err := exec.Command(l.command, "--config", "none", "--jobs", "2", empty).CombinedOutput(); err != nil {
			b.Fatalf("%v\n%s", err, out)
		}
	}
}

// BenchmarkEngine is a run in this process, so that it can be profiled: reading
// and counting, and with the report as text. FWREPORT_BENCH_LOG names another log.
func BenchmarkEngine(b *testing.B) {
	plain, size := benchLog(b)
	places, err := geo.Embedded()
	if err != nil {
		b.Fatal(err)
	}
	for _, whole := range []bool{false, true} {
		b.Run(map[bool]string{false: "count", true: "report"}[whole], func(b *testing.B) {
			b.SetBytes(size)
			b.ReportAllocs()
			events := uint64(0)
			for b.Loop() {
				events += benchRun(b, plain, places, whole)
			}
			b.ReportMetric(float64(events)/b.Elapsed().Seconds(), "events/s")
		})
	}
}

// BenchmarkCommand is the whole command in this process, flags to written report:
// what make profile profiles.
func BenchmarkCommand(b *testing.B) {
	plain, size := benchLog(b)
	out := filepath.Join(b.TempDir(), "report.txt")
	b.SetBytes(size)
	b.ReportAllocs()
	for b.Loop() {
		cmd := newCommand(newUI(os.Stderr), "", configPlaces{})
		cmd.SetArgs([]string{"--tz", "UTC", "-q", "-o", out, plain})
		if err := cmd.ExecuteContext(b.Context()); err != nil {
			b.Fatal(err)
		}
	}
}

// benchRun reads and counts, and makes the report if whole; it returns how many
// events it counted.
func benchRun(b *testing.B, path string, places *geo.DB, whole bool) uint64 {
	inputs, err := reader.Open(b.Context(), []string{path}, reader.OpenOptions{Formats: formats, Year: 2026})
	if err != nil {
		b.Fatal(err)
	}
	window := report.Window{Since: event.NoTime, Until: event.NoTime}
	res, err := engine.Run(b.Context(), engine.Config{
		Inputs: inputs, Modules: analyzers, Jobs: runtime.GOMAXPROCS(0), Window: window,
		Options: reader.Options{Symbols: event.NewSymbols(), Actions: action.NewTable(action.Options{})},
	})
	if err != nil {
		b.Fatal(err)
	}
	if !whole {
		return res.Manifest.Totals.Events
	}
	env := &analyze.Env{Inputs: res.Manifest.Inputs, Geo: places, Window: window, Span: res.Span, Zone: time.UTC}
	rep := &report.Report{Zone: "UTC", Window: window, Span: res.Span, Evidence: res.Manifest, Sections: res.Set.Sections(env)}
	if err := text.Render(io.Discard, rep, text.Options{Limit: 10}); err != nil {
		b.Fatal(err)
	}
	return res.Manifest.Totals.Events
}
