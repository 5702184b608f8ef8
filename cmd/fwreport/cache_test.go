package main

import (
	"bytes"
	"compress/gzip"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"maps"
	"math/rand/v2"
	"net/netip"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/spf13/pflag"

	"fwreport/analyze/spill"
	"fwreport/reader"
	renderjson "fwreport/report/json"
	"fwreport/samples/gen/stream"
)

// logFolder is a made-up /var/log: records of one machine that syslog daemons wrote to
// several logs, some of them repeated, some lost, some stamped later, rotated at other
// times, and sometimes a capture of the same packets.
type logFolder struct {
	rnd     *rand.Rand
	dir     string
	logs    []string
	records []logged
	uptime  bool   // the kernel prints it
	bare    string // a log without it
	iso     bool
	days    time.Duration
	files   []string // by name
	made    int
}

// logged is one packet that was logged.
type logged struct {
	at     time.Time
	up     time.Duration
	body   string
	packet stream.Packet
}

func newLogFolder(t *testing.T, seed uint64) *logFolder {
	rnd := rand.New(rand.NewPCG(seed, 12))
	m := &logFolder{rnd: rnd, dir: t.TempDir(), uptime: rnd.IntN(4) > 0, iso: rnd.IntN(2) == 0, days: time.Duration(1+rnd.IntN(12)) * time.Hour}
	if rnd.IntN(3) == 0 { // rotations that lie wholly outside a window are hashed only
		m.days *= 40
	}
	m.logs = []string{"kern.log", "syslog", "messages", "ufw.log"}[:2+rnd.IntN(3)]
	m.bare = []string{"", "syslog", "messages", "kern"}[rnd.IntN(4)]
	start := time.Date(2026, 3, 1, 0, 0, 0, 0, time.UTC)
	at, boot := start, start.Add(-time.Hour)
	for range 150 + rnd.IntN(150) {
		switch rnd.IntN(40) {
		case 0:
			at = at.Add(time.Duration(rnd.IntN(int(m.days)))) // nothing is logged
		case 1:
			at = at.Add(3 * time.Minute)
			boot = at.Add(-time.Duration(rnd.IntN(int(4 * time.Minute))))
		default:
			at = at.Add(time.Duration(rnd.IntN(20_000)) * time.Millisecond)
		}
		m.records = append(m.records, m.record(at, at.Sub(boot)))
	}
	return m
}

func (m *logFolder) record(at time.Time, up time.Duration) logged {
	src := netip.AddrFrom4([4]byte{198, 51, 100, byte(m.rnd.IntN(9))})
	id, sport, dport := m.rnd.IntN(4)*m.rnd.IntN(65536), 1024+m.rnd.IntN(3), []int{22, 23, 445}[m.rnd.IntN(3)]
	prefix := []string{"[UFW BLOCK] ", "[UFW ALLOW] ", "IPT: DROP "}[m.rnd.IntN(3)]
	return logged{at, up,
		fmt.Sprintf("%sIN=eth0 OUT= SRC=%s DST=192.0.2.10 LEN=40 TOS=0x00 PREC=0x00 TTL=51 ID=%d PROTO=TCP SPT=%d DPT=%d WINDOW=1024 RES=0x00 SYN URGP=0", prefix, src, id, sport, dport),
		stream.Packet{Time: at, Src: src, Dst: netip.AddrFrom4([4]byte{192, 0, 2, 10}), Proto: stream.TCP, SrcPort: uint16(sport), DstPort: uint16(dport),
			TTL: 51, ID: uint16(id), Flags: stream.SYN, Window: 1024}}
}

// line is a record as the daemon of a log wrote it, which may have read it a second
// later than others, and soon after a boot up to a minute: it was started later.
func (m *logFolder) line(log string, r *logged) string {
	late := time.Duration(len(log)%2) * time.Second
	if m.uptime && r.up < 3*time.Minute {
		late = time.Duration(len(log)*int(r.up/time.Millisecond)%50) * time.Second
	}
	stamp := r.at.Add(late).Format("Jan _2 15:04:05")
	if m.iso {
		stamp = r.at.Add(late).Format("2006-01-02T15:04:05.000000Z07:00")
	}
	up := ""
	if m.uptime && (log != m.bare) {
		up = fmt.Sprintf("[%5d.%06d] ", r.up/time.Second, r.up%time.Second/time.Microsecond)
	}
	return stamp + " fw1 kernel: " + up + r.body + "\n"
}

// write makes a log of records as one daemon keeps them.
func (m *logFolder) write(t *testing.T, name string, records []logged) {
	var b strings.Builder
	lost := 5 + m.rnd.IntN(30)
	log, _, _ := strings.Cut(name, ".")
	for i := range records {
		r := &records[i]
		copies := []int{1, 1, 1, 1, 1, 1, 1, 2, 3}[m.rnd.IntN(9)]
		if m.rnd.IntN(lost) == 0 {
			copies = 0
		}
		for range copies {
			b.WriteString(m.line(log, r))
		}
		switch m.rnd.IntN(30) {
		case 0:
			b.WriteString(r.at.Format("Jan _2 15:04:05") + " fw1 cron[1]: tick\n")
		case 1:
			b.WriteString(r.at.Format("Jan _2 15:04:05") + " fw1 kernel: IN=eth0 OUT= SRC=1.2.3.444 DST=1.1.1.1 LEN=x\n")
		case 2:
			if m.rnd.IntN(10) == 0 {
				b.WriteString(r.body + "\n") // without a stamp
			}
		}
	}
	m.put(t, name, []byte(b.String()))
}

// put writes a file, compressed if its name says so.
func (m *logFolder) put(t *testing.T, name string, data []byte) {
	t.Helper()
	if strings.HasSuffix(name, ".gz") {
		var b bytes.Buffer
		w := gzip.NewWriter(&b)
		_, err := w.Write(data)
		if err := errors.Join(err, w.Close()); err != nil {
			t.Fatal(err)
		}
		data = b.Bytes()
	}
	path := filepath.Join(m.dir, name)
	mtime := time.Date(2026, 3, 20, 0, 0, m.made, 0, time.UTC)
	m.made++
	if err := errors.Join(os.WriteFile(path, data, 0o644), os.Chtimes(path, mtime, mtime)); err != nil {
		t.Fatal(err)
	}
	if !slices.Contains(m.files, name) {
		m.files = append(m.files, name)
		slices.Sort(m.files)
	}
}

// rotations are the names of a log's files, oldest first, and the records of each;
// some stand in two of them or in the wrong one.
func (m *logFolder) rotations(log string, n int) (names []string, records [][]logged) {
	from := 0
	for i := n; i >= 0; i-- {
		to := len(m.records) - len(m.records)*i/(n+1)
		name := log
		if i > 0 {
			name += "." + strconv.Itoa(i)
			if m.rnd.IntN(2) == 0 {
				name += ".gz"
			}
		}
		names, records = append(names, name), append(records, m.records[max(0, from-m.rnd.IntN(3)):to])
		from = max(0, to-m.rnd.IntN(2))
	}
	return names, records
}

func (m *logFolder) fill(t *testing.T) {
	for _, log := range m.logs {
		names, records := m.rotations(log, 1+m.rnd.IntN(5))
		for i, name := range names {
			m.write(t, name, records[i])
		}
	}
	if m.rnd.IntN(3) == 0 {
		m.capture(t, "wire.pcap", 0, len(m.records))
	}
	if m.rnd.IntN(4) == 0 { // no log file by itself
		m.put(t, "old.tar", nil)
	}
}

func (m *logFolder) capture(t *testing.T, name string, from, to int) {
	var ps []stream.Packet
	for i := range m.records[from:to] {
		if m.rnd.IntN(5) > 0 {
			ps = append(ps, m.records[from+i].packet)
		}
	}
	var b bytes.Buffer
	if err := (stream.Capture{Order: binary.LittleEndian, Link: stream.Ethernet}).Pcap(&b, ps); err != nil {
		t.Fatal(err)
	}
	m.put(t, name, b.Bytes())
}

// change does one of the things that happen to a log folder, and says which.
func (m *logFolder) change(t *testing.T) string {
	name := m.files[m.rnd.IntN(len(m.files))]
	path := filepath.Join(m.dir, name)
	cut := func() (from, to int) {
		from = m.rnd.IntN(len(m.records))
		return from, from + m.rnd.IntN(len(m.records)-from)
	}
	switch m.rnd.IntN(7) {
	case 0:
		from, to := cut()
		log := m.logs[m.rnd.IntN(len(m.logs))]
		m.write(t, log+"."+strconv.Itoa(6+m.made)+".gz", m.records[from:to])
		return "an old file more of " + log
	case 1:
		if len(m.files) == 1 {
			return "nothing"
		}
		m.files = slices.DeleteFunc(m.files, func(f string) bool { return f == name })
		if err := os.Remove(path); err != nil {
			t.Fatal(err)
		}
		return "without " + name
	case 2:
		from, to := cut()
		if strings.HasSuffix(name, ".pcap") {
			m.capture(t, name, from, to)
		} else {
			m.write(t, name, m.records[from:to])
		}
		return "other content of " + name
	case 3:
		return m.rotate(t)
	case 4:
		from, to := cut()
		m.write(t, "other"+strconv.Itoa(m.made)+".log", m.records[from:to])
		return "another family"
	case 5:
		from, to := cut()
		m.capture(t, "wire"+strconv.Itoa(m.made)+".pcap", from, to)
		return "another capture"
	}
	last := m.records[len(m.records)-1]
	for range 20 {
		last.at, last.up = last.at.Add(time.Minute), last.up+time.Minute
		m.records = append(m.records, m.record(last.at, last.up))
	}
	for _, log := range m.logs {
		m.write(t, log, m.records[len(m.records)-40:])
	}
	return "new records"
}

// rotate renames the files of a log as logrotate does.
func (m *logFolder) rotate(t *testing.T) string {
	log := m.logs[m.rnd.IntN(len(m.logs))]
	numbers := map[int]string{}
	for _, f := range m.files {
		rest, ok := strings.CutPrefix(f, log)
		number := strings.Trim(strings.TrimSuffix(rest, ".gz"), ".")
		if n, err := strconv.Atoi(number); ok && err == nil {
			numbers[n] = f
		} else if f == log {
			numbers[0] = f
		}
	}
	for _, n := range slices.Backward(slices.Sorted(maps.Keys(numbers))) {
		to := log + "." + strconv.Itoa(n+1)
		if strings.HasSuffix(numbers[n], ".gz") {
			to += ".gz"
		}
		if err := os.Rename(filepath.Join(m.dir, numbers[n]), filepath.Join(m.dir, to)); err != nil {
			t.Fatal(err)
		}
		m.files[slices.Index(m.files, numbers[n])] = to
	}
	slices.Sort(m.files)
	return "rotated " + log
}

// reportOf is the JSON of a folder's report, and what was said.
func reportOf(t *testing.T, args ...string) (report []byte, said string) {
	t.Helper()
	var out, said2 bytes.Buffer
	cmd := newCommand(newUI(&said2), "", configPlaces{})
	cmd.SetArgs(append([]string{"-v", "--tz", "UTC", "--year", "2026", "--now", "2026-03-21", "--format", "json"}, args...))
	cmd.SetOut(&out)
	var incomplete incompleteError
	if err := cmd.ExecuteContext(t.Context()); err != nil && !errors.As(err, &incomplete) {
		t.Fatalf("%v: %v", args, err)
	}
	return out.Bytes(), said2.String()
}

// TestCacheChangesNothing: whatever happens to the files of several logs and captures
// that hold the same records, a report with the cache is that without, to the last
// byte; and what is asked for again is read no more.
func TestCacheChangesNothing(t *testing.T) {
	seeds := 10
	if s := os.Getenv("FWREPORT_CACHE_SEEDS"); s != "" {
		seeds, _ = strconv.Atoi(s)
	}
	for seed := range uint64(seeds) {
		t.Run(strconv.FormatUint(seed, 10), func(t *testing.T) {
			m := newLogFolder(t, seed)
			m.fill(t)
			cache := t.TempDir()
			what := "an empty cache"
			for range 6 {
				flags := m.flags()
				want, _ := reportOf(t, append(flags, m.dir)...)
				for _, again := range []string{"", ", again"} {
					got, said := reportOf(t, append(flags, "--cache", cache, m.dir)...)
					if !bytes.Equal(got, want) {
						t.Fatalf("%s%s, %q: the report differs:\n%s\n%s", what, again, flags, said, firstDifference(got, want))
					}
					if again != "" && len(flags) == 0 && len(m.files)-strings.Count(said, ": passed over") != hits(said) {
						t.Errorf("%s%s: not all was kept:\n%s", what, again, said)
					}
				}
				what = m.change(t)
			}
		})
	}
}

// hits is how many inputs came from the cache.
func hits(said string) (n int) {
	for line := range strings.Lines(said) {
		if strings.HasSuffix(line, "from the cache\n") {
			fmt.Sscan(line, &n)
		}
	}
	return n
}

// flags are some that matter to what is counted.
func (m *logFolder) flags() []string {
	var flags []string
	start, length := m.records[0].at, int(m.records[len(m.records)-1].at.Sub(m.records[0].at))
	if m.rnd.IntN(3) == 0 {
		flags = append(flags, "--since", start.Add(time.Duration(m.rnd.IntN(length))).Format(time.RFC3339))
	} else if m.rnd.IntN(5) == 0 {
		flags = append(flags, "--until", start.Add(time.Duration(m.rnd.IntN(length))).Format(time.RFC3339))
	}
	if m.rnd.IntN(4) == 0 {
		flags = append(flags, "--no-accept")
	}
	if m.rnd.IntN(3) == 0 {
		flags = append(flags, "--jobs", "3")
	}
	return flags
}

// TestCacheOfGrowingLogs: a log that grows between being found and being read is
// counted as it is read, with what is compared with it, and nothing of it is kept.
func TestCacheOfGrowingLogs(t *testing.T) {
	m := newLogFolder(t, 1)
	m.logs = []string{"kern.log", "syslog"}
	m.fill(t)
	cache := t.TempDir()
	reportOf(t, "--cache", cache, m.dir)
	var results [2][]byte
	var open [2]func() []byte
	for i, flags := range [][]string{{m.dir}, {"--cache", cache, m.dir}} {
		open[i] = opened(t, flags)
	}
	add := m.line("kern", &m.records[len(m.records)-1])
	path := filepath.Join(m.dir, "kern.log")
	old, err := os.ReadFile(path)
	if err := errors.Join(err, os.WriteFile(path, append(old, add...), 0o644)); err != nil {
		t.Fatal(err)
	}
	for i := range open {
		results[i] = open[i]()
	}
	if !bytes.Equal(results[0], results[1]) {
		t.Error(firstDifference(results[1], results[0]))
	}
	if !bytes.Contains(results[0], []byte("it is being written to")) {
		t.Error("the log did not grow, as far as the report tells")
	}
}

// opened finds the inputs; what it returns makes the report of them.
func opened(t *testing.T, args []string) func() []byte {
	t.Helper()
	var f flags
	ui := newUI(io.Discard)
	fs := pflag.NewFlagSet("", pflag.ContinueOnError)
	f.register(fs, ui)
	if err := fs.Parse(append([]string{"--tz", "UTC", "--year", "2026", "--format", "json"}, args...)); err != nil {
		t.Fatal(err)
	}
	j, err := newJob(ui, &f, "", fs.Args(), io.Discard)
	if err != nil {
		t.Fatal(err)
	}
	inputs, err := reader.Open(t.Context(), j.paths, reader.OpenOptions{Formats: formats, Now: j.now, Year: f.year, Zone: j.zones.input, ZoneFrom: f.zoneFrom(), ZoneGiven: true})
	if err != nil {
		t.Fatal(err)
	}
	if j.space, err = spill.NewSpace(t.TempDir(), 0); err != nil {
		t.Fatal(err)
	}
	return func() []byte {
		res, err := j.count(t.Context(), inputs, "")
		if err != nil {
			t.Fatal(err)
		}
		places, err := j.geo()
		if err != nil {
			t.Fatal(err)
		}
		rep, err := j.report(res, func(i uint32) bool { return inputs[i].Packets() }, places)
		if err != nil {
			t.Fatal(err)
		}
		var b bytes.Buffer
		if err := errors.Join(renderjson.Render(&b, rep, renderjson.Options{}), j.space.Close()); err != nil {
			t.Fatal(err)
		}
		return b.Bytes()
	}
}

func firstDifference(got, want []byte) string {
	at := 0
	for at < min(len(got), len(want)) && got[at] == want[at] {
		at++
	}
	from := max(0, at-300)
	return fmt.Sprintf("got  %s\nwant %s", got[from:min(len(got), at+200)], want[from:min(len(want), at+200)])
}
