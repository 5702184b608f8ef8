package main

import (
	"flag"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"
)

// The comparison starts the binary as a user does and sets it against named tools
// on the same records in the same run, all in turn, round by round: their ratios
// hold where single times do not, for a noisy machine is noisy to all. A ratio is
// taken in each round, and its median is what counts.
var (
	compareTo    = flag.String("compare", "", "run the comparison with other tools and write its results into this `folder`")
	compareRuns  = flag.Int("runs", 5, "rounds of the comparison")
	compareLines = flag.Int("lines", 2_000_000, "lines of the comparison's log")
	compareTools = flag.String("tools", "", "`folder` with the node_modules of what npm installed")
)

// subject is a program that is measured: ours in one case, or a reference.
type subject struct {
	Name    string
	Records int    // it reads
	Bytes   int64  // of them before compression
	absent  string // why it cannot be measured
	args    []string
	env     []string
	ours    bool
}

// benchSample is one run.
type benchSample struct {
	Wall, CPU time.Duration
	Peak      int64 // bytes
}

func TestCompare(t *testing.T) {
	if *compareTo == "" {
		t.Skip("make bench runs the comparison")
	}
	folder := absolute(t, *compareTo)
	res := compare(t, *compareLines, *compareRuns)
	if err := os.MkdirAll(folder, 0o755); err != nil {
		t.Fatal(err)
	}
	res.write(t, folder)
}

// TestCompareWorks runs the whole comparison on a log so small that its figures
// mean nothing.
func TestCompareWorks(t *testing.T) {
	if testing.Short() {
		t.Skip("builds two programs")
	}
	res := compare(t, 2000, 1)
	for _, want := range []string{"| fwreport, syslog, text |", "goal", res.Machine.Go} {
		if table := res.markdown(); !strings.Contains(table, want) {
			t.Errorf("no %q in\n%s", want, table)
		}
	}
}

func compare(t *testing.T, lines, runs int) *results {
	subjects := benchSubjects(t, lines)
	res := &results{Machine: thisMachine(), Lines: lines, Runs: runs}
	for range runs {
		for i, s := range subjects {
			if len(res.Rows) <= i {
				res.Rows = append(res.Rows, row{subject: s, Skipped: s.absent})
			}
			if s.absent == "" {
				res.Rows[i].samples = append(res.Rows[i].samples, measure(t, s))
			}
		}
	}
	return res
}

// measure runs a subject once; its output is thrown away.
func measure(t *testing.T, s subject) benchSample {
	t.Helper()
	cmd := exec.Command(s.args[0], s.args[1:]...)
	cmd.Env = append(os.Environ(), s.env...)
	var stderr strings.Builder
	cmd.Stderr = &stderr
	start := time.Now()
	if err := cmd.Run(); err != nil {
		t.Fatalf("%s: %v\n%s", s.Name, err, stderr.String())
	}
	state := cmd.ProcessState
	return benchSample{time.Since(start), state.UserTime() + state.SystemTime(), peakMemory(state)}
}

// evidenceFile is what bulk wrote; it compresses in a process of its own, for
// the peak of this one would count as the peak of those that it starts.
type evidenceFile struct {
	paths   []string
	records int
	bytes   int64 // uncompressed
}

// laboratory is where a benchmark's programs and files lie.
type laboratory struct {
	t             testing.TB
	dir           string
	command, bulk string
}

func newLaboratory(t testing.TB) *laboratory {
	l := &laboratory{t: t, dir: t.TempDir()}
	l.command, l.bulk = l.build("fwreport", "."), l.build("bulk", "../../samples/gen/bulk")
	return l
}

func (l *laboratory) build(name, pkg string) string {
	l.t.Helper()
	bin := filepath.Join(l.dir, name)
	if out, err := exec.Command("go", "build", "-ldflags", "-s -w", "-trimpath", "-buildvcs=false", "-o", bin, pkg).CombinedOutput(); err != nil {
		l.t.Fatalf("building %s: %v\n%s", name, err, out)
	}
	return bin
}

// write has bulk write a file, or several files, of records.
func (l *laboratory) write(name string, records, files int, args ...string) evidenceFile {
	l.t.Helper()
	path := filepath.Join(l.dir, name)
	args = append(args, "-lines", strconv.Itoa(records), "-rotate", strconv.Itoa(files), "-o", path)
	if out, err := exec.Command(l.bulk, args...).CombinedOutput(); err != nil {
		l.t.Fatalf("writing %s: %v\n%s", name, err, out)
	}
	e := evidenceFile{paths: []string{path}, records: records}
	if files > 1 {
		e.paths, _ = filepath.Glob(strings.TrimSuffix(path, ".gz") + ".*.gz") // the pattern is good
	}
	for _, p := range e.paths {
		info, err := os.Stat(p)
		if err != nil {
			l.t.Fatal(err)
		}
		e.bytes += info.Size()
	}
	return e
}

// ours is the whole command with all modules.
func (l *laboratory) ours(name, format string, e evidenceFile) subject {
	args := []string{l.command, "--tz", "UTC", "-q", "--config", "none", "--format", format, "-o", filepath.Join(l.dir, "out."+format)}
	return subject{Name: name, Records: e.records, Bytes: e.bytes, ours: true, args: append(args, e.paths...)}
}

// benchSubjects writes the evidence and lists who reads it. The names are what
// the goals refer to.
func benchSubjects(t *testing.T, lines int) []subject {
	l := newLaboratory(t)
	plain := l.write("kern.log", lines, 1)
	rotated, single, zst := l.write("rotated.log.gz", lines, 8), l.write("single.log.gz", lines, 1), l.write("kern.log.zst", lines, 1)
	rotated.bytes, single.bytes, zst.bytes = plain.bytes, plain.bytes, plain.bytes
	json, pcap := l.write("packets.json", lines/2, 1, "-form", "ulogd"), l.write("syn.pcap", 3*lines, 1, "-form", "pcap")
	subjects := []subject{
		l.ours("fwreport, syslog, text", "text", plain), l.ours("fwreport, syslog, html", "html", plain),
		l.ours("fwreport, 8 gzip files", "text", rotated), l.ours("fwreport, 1 gzip file", "text", single),
		l.ours("fwreport, 1 zstd file", "text", zst), l.ours("fwreport, ulogd JSON", "text", json),
		l.ours("fwreport, pcap", "text", pcap),
	}
	for _, r := range []struct {
		name string
		e    evidenceFile
	}{{"decompression alone, 8 gzip files", rotated}, {"decompression alone, 1 gzip file", single}} {
		subjects = append(subjects, subject{Name: r.name, Records: r.e.records, Bytes: r.e.bytes, args: append([]string{l.bulk, "-unpack"}, r.e.paths...)})
	}
	return append(subjects, l.references(lines, plain, single)...)
}

// references are other people's programs. The two that are slower than the rest
// by orders of magnitude get fewer records: GoAccess reads web servers' logs only,
// so it gets one of the same sources, and fwlogwatch keeps what it counts in
// lists, so that its time grows with their square.
func (l *laboratory) references(lines int, plain, single evidenceFile) []subject {
	log := plain.paths[0]
	web, few := l.write("access.log", max(1, lines/20), 1, "-form", "web"), l.write("few.log", max(1, lines/200), 1)
	out := filepath.Join(l.dir, "reference")
	return []subject{
		needs(subject{Name: gzipName, Records: lines, Bytes: plain.bytes, args: []string{"sh", "-c", `gzip -dc "$0" | wc -l`, single.paths[0]}}, "gzip"),
		needs(subject{Name: "mawk, one group-by", Records: lines, Bytes: plain.bytes,
			args: []string{"mawk", `{for(i=1;i<=NF;i++)if($i~/^SRC=/)n[$i]++}END{for(k in n)print n[k],k}`, log}}, "mawk"),
		l.duckDB(plain),
		needs(subject{Name: "GoAccess, a web log", Records: web.records, Bytes: web.bytes,
			args: []string{"goaccess", web.paths[0], "--log-format=COMBINED", "--no-progress", "-o", out + ".json"}}, "goaccess"),
		needs(subject{Name: "fwlogwatch, by source", Records: few.records, Bytes: few.bytes,
			args: []string{"fwlogwatch", "-D", "-M", "10", "-o", out + ".txt", few.paths[0]}}, "fwlogwatch"),
	}
}

func needs(s subject, program string) subject {
	if _, err := exec.LookPath(program); err != nil {
		s.absent = program + " is not installed"
	}
	return s
}

// duckDB runs testdata/bench/duckdb.sql, through its package for node where
// -tools has it, else by its command.
func (l *laboratory) duckDB(e evidenceFile) subject {
	s := subject{Name: "DuckDB, fields and six group-bys", Records: e.records, Bytes: e.bytes}
	sql, err := os.ReadFile("testdata/bench/duckdb.sql")
	if err != nil {
		l.t.Fatal(err)
	}
	path := filepath.Join(l.dir, "duckdb.sql")
	text := strings.NewReplacer("'FILE'", "'"+e.paths[0]+"'", "THREADS;", "2;").Replace(string(sql))
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		l.t.Fatal(err)
	}
	modules := filepath.Join(absolute(l.t.(*testing.T), *compareTools), "node_modules")
	if _, err := os.Stat(filepath.Join(modules, "@duckdb", "node-api")); err == nil && *compareTools != "" {
		s.args, s.env = []string{"node", "testdata/bench/duckdb.js", path}, []string{"NODE_PATH=" + modules}
		return needs(s, "node")
	}
	s.args = []string{"duckdb", "-f", path}
	return needs(s, "duckdb")
}

func median[T time.Duration | int64 | float64](list []T) T {
	list = slices.Sorted(slices.Values(list))
	return list[len(list)/2]
}
