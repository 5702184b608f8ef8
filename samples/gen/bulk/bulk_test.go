package main

import (
	"bytes"
	"encoding/binary"
	"encoding/json"
	"flag"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"testing"

	"github.com/klauspost/compress/gzip"

	"fwreport/reader"
	"fwreport/reader/pcap"
	"fwreport/reader/readertest"
	"fwreport/reader/syslog"
	"fwreport/reader/ulogd"
)

// made is what a form makes of so many packets.
func made(t testing.TB, name string, lines, sources int) []byte {
	t.Helper()
	f, err := formNamed(name)
	if err != nil {
		t.Fatal(err)
	}
	var b bytes.Buffer
	if err := writeRecords(&b, f.open(), newTraffic(lines, sources), lines); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// Each source is met, and only as many as were asked for, however the numbers
// stand to each other.
func TestSources(t *testing.T) {
	for _, c := range []struct{ lines, sources int }{{1000, 1}, {1000, 7}, {1000, 499}, {1000, 500}, {1000, 501}, {1000, 1000}, {100_000, 30_000}} {
		met := map[uint32]bool{}
		tr := newTraffic(c.lines, c.sources)
		for p, ok := tr.next(); ok; p, ok = tr.next() {
			met[p.src] = true
			if first := p.src >> 24; first < 11 || first > 74 {
				t.Fatalf("%d lines of %d sources: first byte %d", c.lines, c.sources, first)
			}
		}
		if len(met) != c.sources {
			t.Errorf("%d lines of %d sources: %d met", c.lines, c.sources, len(met))
		}
	}
}

// The readers find every record, an event in each and nothing to reject, and the
// same events in all forms.
func TestForms(t *testing.T) {
	const lines = 2000
	for _, c := range []struct {
		name   string
		format *reader.Format
	}{{"syslog", syslog.Format}, {"ulogd", ulogd.Format}, {"pcap", pcap.Format}} {
		opt := readertest.Options(t, "")
		in := &reader.Input{Path: "bulk", Format: c.format, YearRef: 1.8e18}
		batch := readertest.Parse(c.format, opt, in, made(t, c.name, lines, 300))
		if len(batch.Events) != lines || len(batch.Rejects) != 0 {
			t.Errorf("%s: %d events, %d rejects", c.name, len(batch.Events), len(batch.Rejects))
			continue
		}
		tr := newTraffic(lines, 300)
		for i := range batch.Events {
			p, _ := tr.next()
			e := &batch.Events[i]
			src := e.Src.Netip().As4()
			if binary.BigEndian.Uint32(src[:]) != p.src || e.DstPort != p.port || e.SrcPort != p.sport {
				t.Fatalf("%s: record %d is of %v port %d", c.name, i, e.Src.Netip(), e.DstPort)
			}
		}
	}
}

func TestUlogdIsJSON(t *testing.T) {
	for line := range bytes.Lines(made(t, "ulogd", 100, 10)) {
		if !json.Valid(line) {
			t.Fatalf("%s", line)
		}
	}
}

func TestWeb(t *testing.T) {
	combined := regexp.MustCompile(`^\d+\.\d+\.\d+\.\d+ - - \[01/Mar/2026:\d\d:\d\d:\d\d \+0000\] "GET \S+ HTTP/1\.1" 404 \d+ "[^"]+" "[^"]+"\n$`)
	for line := range bytes.Lines(made(t, "web", 100, 10)) {
		if !combined.Match(line) {
			t.Fatalf("%s", line)
		}
	}
}

// Rotated and compressed files, oldest first, are the one file.
func TestRotation(t *testing.T) {
	dir := t.TempDir()
	if err := run(flag.NewFlagSet("bulk", flag.ContinueOnError), []string{"-lines", "1000", "-sources", "10", "-rotate", "3", "-o", filepath.Join(dir, "k.log.gz")}); err != nil {
		t.Fatal(err)
	}
	var all []byte
	var paths []string
	for _, name := range []string{"k.log.3.gz", "k.log.2.gz", "k.log.1.gz"} {
		f, err := os.Open(filepath.Join(dir, name))
		if err != nil {
			t.Fatal(err)
		}
		z, err := gzip.NewReader(f)
		if err != nil {
			t.Fatal(err)
		}
		part, err := io.ReadAll(z)
		f.Close()
		if err != nil {
			t.Fatal(err)
		}
		all, paths = append(all, part...), append(paths, f.Name())
	}
	if !bytes.Equal(all, made(t, "syslog", 1000, 10)) {
		t.Error("the parts are not the whole")
	}
	if err := unpackAll(paths); err != nil {
		t.Error(err)
	}
	if err := unpackAll([]string{filepath.Join(dir, "absent.gz")}); err == nil {
		t.Error("an absent file was unpacked")
	}
}

func BenchmarkWrite(b *testing.B) {
	for _, f := range forms {
		b.Run(f.name, func(b *testing.B) {
			b.SetBytes(int64(len(made(b, f.name, 100_000, 20_000))))
			b.ReportAllocs()
			for b.Loop() {
				if err := writeRecords(io.Discard, f.open(), newTraffic(100_000, 20_000), 100_000); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
