package main

import (
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"
)

// results are what a comparison found.
type results struct {
	Machine machine
	Lines   int
	Runs    int
	Rows    []row
}

// row is one subject's runs; it is absent from the table's figures if skipped.
type row struct {
	subject
	Skipped string `json:",omitempty"`
	samples []benchSample
}

// wall is the median.
func (r *row) wall() time.Duration {
	return r.median(func(s benchSample) time.Duration { return s.Wall })
}

func (r *row) median(of func(benchSample) time.Duration) time.Duration {
	var list []time.Duration
	for _, s := range r.samples {
		list = append(list, of(s))
	}
	return median(list)
}

func (r *row) peak() (most int64) {
	for _, s := range r.samples {
		most = max(most, s.Peak)
	}
	return most
}

func (res *results) row(name string) *row {
	for i := range res.Rows {
		if res.Rows[i].Name == name {
			return &res.Rows[i]
		}
	}
	panic("no subject " + name)
}

// goal is what a case is to reach. Without a reference, it is a rate of records
// or bytes a second, of which one is enough; with one, the reference takes at
// least atLeast times as long, or ours at most atMost times as long.
type goal struct {
	subject, reference string
	records, bytes     float64
	atLeast, atMost    float64
}

const (
	plainText = "fwreport, syslog, text"
	gzipName  = "gzip -dc and wc -l"
)

var goals = []goal{
	{subject: plainText, records: 4e6, bytes: 1e9},
	{subject: plainText, reference: "DuckDB, fields and six group-bys", atLeast: 10},
	{subject: plainText, reference: "mawk, one group-by", atLeast: 12},
	{subject: "fwreport, 8 gzip files", reference: "decompression alone, 8 gzip files", atMost: 1.6},
	{subject: "fwreport, 1 gzip file", reference: "decompression alone, 1 gzip file", atMost: 1.15},
	{subject: "fwreport, ulogd JSON", bytes: 800e6},
	{subject: "fwreport, pcap", records: 6e6},
}

// judge tells what was reached, what was to be reached, and the part of it: 1
// and more meet the goal. A missing reference gives ok false.
func (res *results) judge(g goal) (reached, wanted string, part float64, ok bool) {
	s := res.row(g.subject)
	sec := s.wall().Seconds()
	if g.reference == "" {
		records, bytes := float64(s.Records)/sec, float64(s.Bytes)/sec
		if g.records > 0 {
			reached, wanted, part = fmt.Sprintf("%.2f M/s", records/1e6), fmt.Sprintf("%.0f M/s", g.records/1e6), records/g.records
		}
		if g.bytes > 0 && bytes/g.bytes > part {
			reached, wanted, part = fmt.Sprintf("%.0f MB/s", bytes/1e6), fmt.Sprintf("%.0f MB/s", g.bytes/1e6), bytes/g.bytes
		}
		return reached, wanted, part, true
	}
	ref := res.row(g.reference)
	if ref.Skipped != "" {
		return ref.Skipped, "", 0, false
	}
	if g.atLeast > 0 {
		x := ratio(ref, s)
		return fmt.Sprintf("%.1f times as fast", x), fmt.Sprintf("%.0f", g.atLeast), x / g.atLeast, true
	}
	x := ratio(s, ref)
	return fmt.Sprintf("%.2f times its time", x), fmt.Sprintf("at most %.2f", g.atMost), g.atMost / x, true
}

// ratio is the median of a's time a record by b's, round by round.
func ratio(a, b *row) float64 {
	var list []float64
	for i := range a.samples {
		list = append(list, a.samples[i].Wall.Seconds()/float64(a.Records)/(b.samples[i].Wall.Seconds()/float64(b.Records)))
	}
	return median(list)
}

// markdown is the table and what goes with it.
func (res *results) markdown() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s\n\nMedians of %d runs, all programs in turn; whole processes, start to end. "+
		"\"Times ours\" is time a record by that of fwreport on the same kind of input (`%s` if there is none), in the same round.\n\n", res.Machine, res.Runs, plainText)
	b.WriteString("| program | records | seconds | CPU seconds | M records/s | MB/s | peak MB | times ours |\n|---|---:|---:|---:|---:|---:|---:|---:|\n")
	for i := range res.Rows {
		b.WriteString(res.line(&res.Rows[i]))
	}
	b.WriteString("\n| goal of | against | reached | wanted | |\n|---|---|---|---|---|\n")
	for _, g := range goals {
		reached, wanted, part, ok := res.judge(g)
		verdict := "goal met"
		switch {
		case !ok:
			verdict = "not measured"
		case part < 1:
			verdict = fmt.Sprintf("%.2f of goal", part)
		}
		fmt.Fprintf(&b, "| %s | %s | %s | %s | %s |\n", g.subject, g.reference, reached, wanted, verdict)
	}
	return b.String()
}

func (res *results) line(r *row) string {
	if r.Skipped != "" {
		return fmt.Sprintf("| %s | | skipped: %s | | | | | |\n", r.Name, r.Skipped)
	}
	sec := r.wall().Seconds()
	peak, times := "", ""
	if r.ours {
		peak = fmt.Sprintf("%.0f", float64(r.peak())/1e6)
	} else {
		times = fmt.Sprintf("%.2f", ratio(r, res.row(counterpart(r.Name))))
	}
	return fmt.Sprintf("| %s | %d | %.2f | %.2f | %.2f | %.0f | %s | %s |\n", r.Name, r.Records, sec,
		r.median(func(s benchSample) time.Duration { return s.CPU }).Seconds(), float64(r.Records)/1e6/sec, float64(r.Bytes)/1e6/sec, peak, times)
}

// counterpart names our case that a reference is set against.
func counterpart(reference string) string {
	for _, g := range goals {
		if g.reference == reference {
			return g.subject
		}
	}
	if reference == gzipName {
		return "fwreport, 1 gzip file"
	}
	return plainText
}

// MarshalJSON writes the figures of every run.
func (r row) MarshalJSON() ([]byte, error) {
	type run struct {
		Seconds, CPUSeconds float64
		PeakBytes           int64 `json:",omitempty"`
	}
	runs := make([]run, 0, len(r.samples))
	for _, s := range r.samples {
		runs = append(runs, run{s.Wall.Seconds(), s.CPU.Seconds(), s.Peak})
	}
	return json.Marshal(struct {
		Name    string
		Records int
		Bytes   int64
		Skipped string `json:",omitempty"`
		Runs    []run
	}{r.Name, r.Records, r.Bytes, r.Skipped, runs})
}

func (res *results) write(t *testing.T, folder string) {
	t.Helper()
	writeBoth(t, folder, "results", res.markdown(), res)
}

// writeBoth writes a result for people and for programs.
func writeBoth(t *testing.T, folder, name, text string, data any) {
	t.Helper()
	b, err := json.MarshalIndent(data, "", "  ")
	if err != nil {
		t.Fatal(err)
	}
	for ext, content := range map[string][]byte{".md": []byte(text), ".json": b} {
		if err := os.WriteFile(filepath.Join(folder, name+ext), content, 0o644); err != nil {
			t.Fatal(err)
		}
	}
}

// machine describes where and of what a figure was taken.
type machine struct {
	CPU, OS, Kernel, Go, Commit, Date string
	Cores                             int
	MemoryGiB                         float64
}

func (m machine) String() string {
	return fmt.Sprintf("%s, %d cores, %.0f GiB, %s %s, %s, commit %s, %s.", m.CPU, m.Cores, m.MemoryGiB, m.OS, m.Kernel, m.Go, m.Commit, m.Date)
}

// thisMachine asks Linux' files; elsewhere the fields are the system's names.
func thisMachine() machine {
	m := machine{CPU: runtime.GOARCH, OS: runtime.GOOS, Go: runtime.Version(), Cores: runtime.NumCPU(), Date: time.Now().UTC().Format(time.DateOnly)}
	if name := field("/proc/cpuinfo", "model name"); name != "" {
		m.CPU = name
	}
	if name := field("/etc/os-release", "PRETTY_NAME"); name != "" {
		m.OS = strings.Trim(name, `"`)
	}
	var kb float64
	if _, err := fmt.Sscan(field("/proc/meminfo", "MemTotal"), &kb); err == nil {
		m.MemoryGiB = kb / (1 << 20)
	}
	m.Kernel = lineOf("uname", "-sr")
	m.Commit = lineOf("git", "describe", "--tags", "--always", "--dirty")
	return m
}

// field is the first value of a key in a file of "key: value" or "key=value".
func field(path, key string) string {
	b, err := os.ReadFile(path)
	if err != nil {
		return ""
	}
	for line := range strings.Lines(string(b)) {
		if rest, ok := strings.CutPrefix(line, key); ok {
			return strings.TrimSpace(strings.TrimLeft(rest, " \t:="))
		}
	}
	return ""
}

// lineOf is what a command prints, "" if it cannot be run.
func lineOf(name string, args ...string) string {
	b, err := exec.Command(name, args...).Output()
	if err != nil {
		return ""
	}
	return strings.TrimSpace(string(b))
}
