package main

import (
	"bytes"
	"compress/gzip"
	"encoding/binary"
	"errors"
	"fmt"
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
