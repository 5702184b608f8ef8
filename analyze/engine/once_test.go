package engine_test

import (
	"archive/tar"
	"bytes"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"path"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"fwreport/reader/evidence"
	"fwreport/report/json"
	"fwreport/samples/gen/stream"
)

// syslogd writes lines to log files as rsyslog does with the usual rules:
// everything to syslog, kernel's to kern.log, warnings to messages, ufw's to
// ufw.log; each rotated at other times, some rotations gzipped.
type syslogd struct {
	files map[string]*bytes.Buffer // by name
	order []string
}

func (d *syslogd) write(name, line string) {
	if d.files == nil {
		d.files = map[string]*bytes.Buffer{}
	}
	if d.files[name] == nil {
		d.files[name] = &bytes.Buffer{}
		d.order = append(d.order, name)
	}
	d.files[name].WriteString(line)
}

// content is what stands in the file of a name.
func (d *syslogd) content(t *testing.T, name string) []byte {
	t.Helper()
	if !strings.HasSuffix(name, ".gz") {
		return d.files[name].Bytes()
	}
	return gzipped(t, d.files[name].Bytes())
}

// folder is a copied /var/log.
func (d *syslogd) folder(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	for name := range d.files {
		if err := os.WriteFile(filepath.Join(dir, name), d.content(t, name), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

// tarball is the same as a compressed tar, its members in the order of writing.
func (d *syslogd) tarball(t *testing.T) string {
	t.Helper()
	var b bytes.Buffer
	w := tar.NewWriter(&b)
	for _, name := range d.order {
		data := d.content(t, name)
		err1 := w.WriteHeader(&tar.Header{Name: "var/log/" + name, Mode: 0o644, Size: int64(len(data)), ModTime: time.Date(2026, 3, 9, 0, 0, 0, 0, time.UTC)})
		_, err2 := w.Write(data)
		if err := errors.Join(err1, err2); err != nil {
			t.Fatal(err)
		}
	}
	path := filepath.Join(t.TempDir(), "case.tar.gz")
	if err := errors.Join(w.Close(), os.WriteFile(path, gzipped(t, b.Bytes()), 0o644)); err != nil {
		t.Fatal(err)
	}
	return path
}

// oneDay simulates a day of packets. Some lines are lost in one of the files,
// some packets are logged twice with all that tells them apart equal, which are
// two events. It returns how many distinct packets were logged, and how many of
// them to each log.
func oneDay(seed uint64, packets int) (d *syslogd, distinct int, logged map[string]uint64) {
	rnd := rand.New(rand.NewPCG(seed, 7))
	d, logged = &syslogd{}, map[string]uint64{}
	start := time.Date(2026, 3, 1, 0, 0, 0, 0, time.UTC)
	at := start
	for i := range packets {
		at = at.Add(time.Duration(rnd.IntN(5000)) * time.Millisecond)
		prefix, ufw := "IPT: DROP ", rnd.IntN(3) == 0
		if ufw {
			prefix = "[UFW BLOCK] "
		}
		up := at.Sub(start) + 5000*time.Second
		body := fmt.Sprintf("[%5d.%06d] %sIN=eth0 OUT= MAC=02:00:5e:00:53:10:02:00:5e:00:53:01:08:00 SRC=198.51.100.%d DST=192.0.2.10 LEN=44 TOS=0x00 PREC=0x00 TTL=51 ID=%d PROTO=TCP SPT=%d DPT=%d WINDOW=1024 RES=0x00 SYN URGP=0 \n",
			int(up.Seconds()), up.Microseconds()%1e6, prefix, rnd.IntN(20), rnd.IntN(65536), 1024+rnd.IntN(60000), []int{22, 23, 445}[rnd.IntN(3)])
		copies := 1
		if rnd.IntN(50) == 0 {
			copies = 2
		}
		distinct += copies
		for range copies {
			bsd, iso := at.Format("Jan _2 15:04:05")+" fw1 kernel: "+body, at.Format("2006-01-02T15:04:05.000000Z07:00")+" fw1 kernel: "+body
			put := func(log string, rotations, lost int, line string) {
				if lost > 0 && rnd.IntN(lost) == 0 {
					return
				}
				logged[log]++
				n := rotations - i*(rotations+1)/packets
				switch {
				case n == 1:
					log += ".1"
				case n > 1:
					log += fmt.Sprintf(".%d.gz", n)
				}
				d.write(log, line)
			}
			put("kern.log", 3, 0, bsd) // has them all
			put("syslog", 6, 100, iso)
			put("messages", 2, 100, bsd)
			if ufw {
				put("ufw.log", 1, 0, bsd)
			}
		}
	}
	return d, distinct, logged
}

// A folder that holds the same packets in four logs, rotated at different times,
// gives the count of distinct packets, as files and in one stream; the matrix of
// overlaps says how many each two logs share.
func TestSamePacketsInFourLogs(t *testing.T) {
	for seed := range uint64(4) {
		d, distinct, logged := oneDay(seed, 3000)
		for _, path := range []string{d.folder(t), d.tarball(t)} {
			var first []byte
			for _, jobs := range []int{1, 2, 8, 3} {
				shelve := 0
				if jobs == 3 { // with memory short
					shelve = 500
				}
				rep := run{jobs: jobs, year: 2026, shelve: shelve}.report(t, path)
				l := rep.Evidence.Totals
				if l.Events != uint64(distinct) || l.Duplicates != l.Read-uint64(distinct) {
					t.Fatalf("%s with %d workers: %d events and %d duplicates of %d records, want %d events",
						filepath.Base(path), jobs, l.Events, l.Duplicates, l.Read, distinct)
				}
				checkOverlaps(t, rep.Evidence.Overlaps, logged)
				var b bytes.Buffer
				if err := json.Render(&b, rep, json.Options{}); err != nil {
					t.Fatal(err)
				}
				if first == nil {
					first = b.Bytes()
				} else if !bytes.Equal(first, b.Bytes()) {
					t.Fatalf("%s: %d workers give another report, at byte %d", filepath.Base(path), jobs, differ(first, b.Bytes()))
				}
			}
		}
	}
}

// checkOverlaps: kern.log has every record, so it shares all that another has.
func checkOverlaps(t *testing.T, overlaps []evidence.Overlap, logged map[string]uint64) {
	t.Helper()
	if len(overlaps) != 6 {
		t.Errorf("%d overlaps of four logs, want 6: %v", len(overlaps), overlaps)
	}
	for _, o := range overlaps {
		a, b := path.Base(o.Families[0]), path.Base(o.Families[1])
		if o.Kind != evidence.SameRecords || o.Records != [2]uint64{logged[a], logged[b]} {
			t.Errorf("%+v: want %d and %d records", o, logged[a], logged[b])
		}
		if other := map[string]string{a: b, b: a}["kern.log"]; other != "" && o.Shared != logged[other] {
			t.Errorf("%+v: kern.log has all %d records of %s", o, logged[other], other)
		}
	}
}

// A capture beside a log is another observation: both count, and how many
// packets are in both is told, whichever is the larger.
func TestCrossCheck(t *testing.T) {
	ps := model(3000)
	iso := func(w io.Writer, ps []stream.Packet) error {
		return stream.SyslogISO(w, ps, stream.Kernel{Flags: stream.AllFlags, Uptime: true}, time.UTC)
	}
	wire := func(w io.Writer, ps []stream.Packet) error {
		return stream.Capture{Order: le, Link: stream.Ethernet}.PcapNG(w, ps, 1)
	}
	for _, split := range [][4]int{{0, 2000, 1500, 3000}, {1400, 1600, 0, 3000}} {
		dir := t.TempDir()
		write(t, dir, "kern.log", ps[split[0]:split[1]], iso)
		write(t, dir, "wire.pcapng", ps[split[2]:split[3]], wire)
		rep := run{jobs: 2}.report(t, dir)
		if l := rep.Evidence.Totals; l.Events != uint64(split[1]-split[0]+split[3]-split[2]) || l.Duplicates != 0 {
			t.Errorf("%v: %+v", split, l)
		}
		// What can be compared has addresses, length and TTL.
		want := uint64(0)
		for _, p := range ps[max(split[0], split[2]):min(split[1], split[3])] {
			if p.Src.IsValid() {
				want++
			}
		}
		if all := rep.Evidence.Overlaps; len(all) != 1 || all[0].Kind != evidence.SamePackets || all[0].Shared != want {
			t.Errorf("%v: %+v, want %d packets in both", split, all, want)
		}
	}
}
