package engine_test

import (
	"bytes"
	"io"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"github.com/klauspost/compress/gzip"

	"fwreport/report/json"
	"fwreport/samples/gen/stream"
)

// mixedFolder holds the model in several files of several formats, one of them
// compressed, large enough for many chunks.
func mixedFolder(t *testing.T) []string {
	t.Helper()
	dir, ps := t.TempDir(), model(4000)
	iso := func(w io.Writer, ps []stream.Packet) error {
		return stream.SyslogISO(w, ps, stream.Kernel{Flags: stream.AllFlags, Uptime: true}, time.UTC)
	}
	zipped := func(w io.Writer, ps []stream.Packet) error {
		z := gzip.NewWriter(w)
		if err := iso(z, ps); err != nil {
			return err
		}
		return z.Close()
	}
	return []string{
		write(t, dir, "kern.log.2.gz", ps[:1000], zipped),
		write(t, dir, "kern.log.1", ps[1000:2600], iso),
		write(t, dir, "kern.log", ps[2600:], iso),
		write(t, dir, "packets.json", ps[500:2500], stream.Ulogd{Index: ifaces}.JSON),
		write(t, dir, "nflog.pcap", ps[:800], stream.NFLOG{Order: le, Index: ifaces}.Pcap),
		write(t, dir, "wire.pcapng", ps[3000:], func(w io.Writer, ps []stream.Packet) error {
			return stream.Capture{Order: le, Link: stream.Ethernet}.PcapNG(w, ps, 1)
		}),
	}
}

// TestJobsAndOrder: the report is the same to the last byte for any number of
// workers, any order in which the inputs are named, and again and again.
func TestJobsAndOrder(t *testing.T) {
	paths := mixedFolder(t)
	r := rand.New(rand.NewPCG(3, 4))
	var want []byte
	for _, jobs := range []int{1, 2, 7, 7, 2, 16} {
		rep := run{jobs: jobs}.report(t, paths...)
		if got := rep.Evidence.Totals.Events; got != 4000+2000+800+1000 {
			t.Fatalf("%d jobs: %d events", jobs, got)
		}
		var b bytes.Buffer
		if err := json.Render(&b, rep, json.Options{}); err != nil {
			t.Fatal(err)
		}
		if want == nil {
			want = b.Bytes()
		} else if !bytes.Equal(b.Bytes(), want) {
			t.Errorf("%d jobs, inputs %v: the report differs from that of one job at byte %d", jobs, paths, differ(b.Bytes(), want))
		}
		r.Shuffle(len(paths), func(i, j int) { paths[i], paths[j] = paths[j], paths[i] })
	}
}

func differ(a, b []byte) int {
	for i := range min(len(a), len(b)) {
		if a[i] != b[i] {
			return i
		}
	}
	return min(len(a), len(b))
}

// TestSplit: where a log was rotated makes no difference to any count.
func TestSplit(t *testing.T) {
	ps := model(2000)
	iso := func(w io.Writer, ps []stream.Packet) error {
		return stream.SyslogISO(w, ps, stream.Kernel{}, time.UTC)
	}
	whole := tables(run{jobs: 2}.report(t, write(t, t.TempDir(), "fw.log", ps, iso)))
	for _, cut := range []int{1, 700, 1999} {
		dir := t.TempDir()
		write(t, dir, "fw.log.1", ps[:cut], iso)
		write(t, dir, "fw.log", ps[cut:], iso)
		parts := tables(run{jobs: 2}.report(t, dir))
		for _, o := range oracles {
			columns := countColumns(whole[o.table].Columns)
			if a, b := project(t, whole[o.table], columns), project(t, parts[o.table], columns); !slices.Equal(a, b) {
				t.Errorf("%s: cut after %d packets gives other counts", o.table, cut)
			}
		}
	}
}

// countColumns are all columns but evidence, which names files and lines.
func countColumns(columns []string) []string {
	var kept []string
	for _, c := range columns {
		if c != "evidence_first" && c != "evidence_last" {
			kept = append(kept, c)
		}
	}
	return kept
}

// TestSamples reads the samples: everything is accounted for, the year of the
// stamps is right, and the story is found.
func TestSamples(t *testing.T) {
	dir := filepath.FromSlash("../../samples/evidence")
	if _, err := os.Stat(dir); err != nil {
		t.Fatal(err)
	}
	rep := run{jobs: 3, year: 2026, damaged: true}.report(t, dir)
	first, last := rep.Span.First, rep.Span.Last
	if lo, hi := time.Date(2026, 11, 1, 0, 0, 0, 0, time.UTC), time.Date(2026, 11, 21, 9, 0, 0, 0, time.UTC); first < lo.UnixNano() || last >= hi.UnixNano() {
		t.Errorf("the samples span %s to %s", time.Unix(0, first).UTC(), time.Unix(0, last).UTC())
	}
	for _, in := range rep.Evidence.Inputs {
		if in.Skipped != "" || in.Records.Events == 0 {
			t.Errorf("%s: %d events; %s", in.Path, in.Records.Events, in.Skipped)
		}
		if cut := filepath.Base(in.Path) == "night.pcap"; cut != in.Incomplete {
			t.Errorf("%s: incomplete is %v: %v", in.Path, in.Incomplete, in.Notes)
		}
	}
	all := tables(rep)
	for _, name := range []string{"countries", "asns", "fingerprints", "bogons", "invalid_sources", "undetermined", "icmp"} {
		if len(all[name].Rows) < 2 {
			t.Errorf("table %s has %d rows", name, len(all[name].Rows))
		}
	}
	if t.Failed() {
		return
	}
	if top := project(t, table{Columns: all["sources"].Columns, Rows: all["sources"].Rows[:2]}, []string{"src"}); top[0] != "198.51.100.23" && top[1] != "203.0.113.77" {
		t.Errorf("the top sources are %v, not the intruder and the scanner", top)
	}
}
