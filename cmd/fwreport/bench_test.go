package main

import (
	"bufio"
	"bytes"
	"compress/gzip"
	"errors"
	"fmt"
	"io"
	"iter"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strconv"
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

// The benchmarks of whole runs start the binary as a user does and set it
// against named tools on the same file in the same run: their ratios hold where
// single times do not. A line is like those of a busy server: 250 bytes, 20,000
// sources of which few send much, 20 destinations.
const (
	benchLines   = 2_000_000
	benchSources = 20_000
)

// benchLog writes the log. It is streamed: what this process holds in memory
// would count as the peak of those that it starts.
func benchLog(b *testing.B) string {
	b.Helper()
	path := filepath.Join(b.TempDir(), "kern.log")
	text, err := os.Create(path)
	if err != nil {
		b.Fatal(err)
	}
	w := bufio.NewWriterSize(text, 1<<16)
	for i, line := range benchText() {
		if _, err := w.WriteString(line); err != nil {
			b.Fatalf("line %d: %v", i, err)
		}
	}
	if err := errors.Join(w.Flush(), text.Close()); err != nil {
		b.Fatal(err)
	}
	return path
}

// benchGzip packs a file.
func benchGzip(b *testing.B, path string) string {
	b.Helper()
	in, err1 := os.Open(path)
	out, err2 := os.Create(path + ".gz")
	if err := errors.Join(err1, err2); err != nil {
		b.Fatal(err)
	}
	defer in.Close()
	z := gzip.NewWriter(out)
	_, err := io.Copy(z, in)
	if err := errors.Join(err, z.Close(), out.Close()); err != nil {
		b.Fatal(err)
	}
	return path + ".gz"
}

// benchText yields the lines of the log.
func benchText() iter.Seq2[int, string] {
	rnd := rand.New(rand.NewPCG(1, 2))
	at := time.Date(2026, 3, 1, 0, 0, 0, 0, time.UTC)
	actions := []string{"DROP", "DROP", "DROP", "REJECT", "ACCEPT"}
	ports := []int{22, 23, 80, 443, 445, 3389, 8080}
	windows := []int{1024, 64240, 65535, 29200}
	zipf := rand.NewZipf(rnd, 1.05, 20, benchSources-1)
	return func(yield func(int, string) bool) {
		for i := range benchLines {
			at = at.Add(time.Duration(rnd.IntN(400)) * time.Millisecond)
			src := int(zipf.Uint64())
			port := ports[src%len(ports)] // most sources knock at one port only
			if rnd.IntN(10) == 0 {
				port = ports[rnd.IntN(len(ports))]
			}
			line := fmt.Sprintf("%s fw1 kernel: [%d.%06d] IPT: %s IN=eth0 OUT= MAC=02:00:5e:00:53:10:02:00:5e:00:53:01:08:00 "+
				"SRC=20.%d.%d.%d DST=192.0.2.%d LEN=%d TOS=0x00 PREC=0x00 TTL=%d ID=%d DF PROTO=TCP SPT=%d DPT=%d WINDOW=%d RES=0x00 SYN URGP=0 \n",
				at.Format("Jan _2 15:04:05"), 100000+i/3, i%1000000, actions[rnd.IntN(len(actions))], src>>16, src>>8&255, src&255,
				rnd.IntN(20), 40+4*(src%6), 40+rnd.IntN(80), rnd.IntN(65536), 1024+rnd.IntN(60000), port, windows[src%4])
			if !yield(i, line) {
				return
			}
		}
	}
}

// benchBinary builds the command.
func benchBinary(b *testing.B) string {
	b.Helper()
	bin := filepath.Join(b.TempDir(), "fwreport")
	if out, err := exec.Command("go", "build", "-o", bin, ".").CombinedOutput(); err != nil {
		b.Fatalf("building the command: %v\n%s", err, out)
	}
	return bin
}

// timed runs a command; its output is thrown away.
func timed(b *testing.B, name string, args ...string) (time.Duration, *os.ProcessState) {
	b.Helper()
	cmd := exec.Command(name, args...)
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	start := time.Now()
	if err := cmd.Run(); err != nil {
		b.Fatalf("%s: %v\n%s", name, err, stderr.Bytes())
	}
	return time.Since(start), cmd.ProcessState
}

func BenchmarkWholeRun(b *testing.B) {
	plain := benchLog(b)
	zipped := benchGzip(b, plain)
	bin := benchBinary(b)
	info, err := os.Stat(plain)
	if err != nil {
		b.Fatal(err)
	}
	for _, in := range []struct{ name, path, cat string }{{"plain", plain, "cat"}, {"gzip", zipped, "gzip -dc"}} {
		for _, format := range []string{"text", "html", "xlsx"} {
			b.Run(in.name+"/"+format, func(b *testing.B) {
				var ours, gz, awk time.Duration
				var peak int64
				for b.Loop() {
					d, state := timed(b, bin, "--tz", "UTC", "--format", format, "-q", "-o", filepath.Join(b.TempDir(), "out."+format), in.path)
					ours += d
					peak = max(peak, peakMemory(state))
					d, _ = timed(b, "sh", "-c", "gzip -dc "+zipped+" | wc -l")
					gz += d
					if _, err := exec.LookPath("mawk"); err == nil {
						d, _ = timed(b, "sh", "-c", in.cat+" "+in.path+` | mawk '{for(i=1;i<=NF;i++)if($i~/^SRC=/)n[$i]++}END{for(k in n)print n[k],k}'`)
						awk += d
					}
				}
				sec := ours.Seconds() / float64(b.N)
				b.ReportMetric(0, "ns/op")
				b.ReportMetric(float64(info.Size())/1e6/sec, "MB/s")
				b.ReportMetric(benchLines/1e6/sec, "Mlines/s")
				b.ReportMetric(float64(peak)/1e6, "peak-MB")
				b.ReportMetric(ours.Seconds()/gz.Seconds(), "x-gzip-dc|wc-l")
				if awk > 0 {
					b.ReportMetric(awk.Seconds()/ours.Seconds(), "times-mawk")
				}
			})
		}
	}
}

// BenchmarkStart is what a run costs before the first byte is read.
func BenchmarkStart(b *testing.B) {
	bin := benchBinary(b)
	empty := filepath.Join(b.TempDir(), "empty")
	if err := os.WriteFile(empty, nil, 0o600); err != nil {
		b.Fatal(err)
	}
	for b.Loop() {
		timed(b, bin, "--jobs", strconv.Itoa(2), empty)
	}
}

// BenchmarkEngine is a run in this process, so that it can be profiled: reading
// and counting, and with the report as text. FWREPORT_BENCH_LOG names another log.
func BenchmarkEngine(b *testing.B) {
	plain := os.Getenv("FWREPORT_BENCH_LOG")
	if plain == "" {
		plain = benchLog(b)
	}
	places, err := geo.Embedded()
	if err != nil {
		b.Fatal(err)
	}
	for _, whole := range []bool{false, true} {
		b.Run(map[bool]string{false: "count", true: "report"}[whole], func(b *testing.B) {
			for b.Loop() {
				benchRun(b, plain, places, whole)
			}
			b.ReportMetric(benchLines*float64(b.N)/1e6/b.Elapsed().Seconds(), "Mlines/s")
		})
	}
}

func benchRun(b *testing.B, path string, places *geo.DB, whole bool) {
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
		return
	}
	env := &analyze.Env{Inputs: res.Manifest.Inputs, Geo: places, Window: window, Span: res.Span, Zone: time.UTC}
	rep := &report.Report{Zone: "UTC", Window: window, Span: res.Span, Evidence: res.Manifest, Sections: res.Set.Sections(env)}
	if err := text.Render(io.Discard, rep, text.Options{Limit: 10}); err != nil {
		b.Fatal(err)
	}
}
