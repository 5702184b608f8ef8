package pcap

import (
	"bytes"
	"compress/gzip"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"fwreport/reader"
	"fwreport/reader/readertest"
)

// TestThroughReader reads files as a run does: found, sniffed, decompressed and
// cut by package reader. Damage and notes must arrive in the input's facts.
func TestThroughReader(t *testing.T) {
	dir := t.TempDir()
	rec := classicRecord(le, 1735787045, 123456, probe())
	many := classicHeader(le, magicMicro, 101)
	for range 20000 { // more than three chunks
		many = append(many, rec...)
	}
	wide := classicHeader(le, magicMicro, 101)
	le.PutUint32(wide[16:], 1<<20) // snaplen
	for name, data := range map[string][]byte{
		"a-many.pcap":     many,
		"b-cut.pcap":      many[:24+44*15000+7],
		"c-zipped.pcapng": gzipped(t, ngMixed()),
		"d-headerless":    join(rec, rec),
		"e-big.pcap":      join(wide, hugeRecord(700<<10), rec),
	} {
		if err := os.WriteFile(filepath.Join(dir, name), data, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	inputs, err := reader.Open(t.Context(), []string{dir}, reader.OpenOptions{Formats: []*reader.Format{Format, FormatNG}, Now: time.Unix(1735787045, 0)})
	if err != nil {
		t.Fatal(err)
	}
	want := map[string]struct {
		format, note string
		events       int
		incomplete   bool
	}{
		"a-many.pcap":     {"pcap", "", 20000, false},
		"b-cut.pcap":      {"pcap", "capture ends inside the header of packet 15001 at byte 660024: 9 of 16 bytes missing", 15000, true},
		"c-zipped.pcapng": {"pcapng", "tcp port 22", 22, false},
		"d-headerless":    {"pcap", "no file header", 2, false},
		"e-big.pcap":      {"pcap", "", 2, false},
	}
	if len(inputs) != len(want) {
		t.Fatalf("%d inputs, want %d", len(inputs), len(want))
	}
	for _, in := range inputs {
		w := want[filepath.Base(in.Path)]
		events := eventsOf(t, in)
		notes := strings.Join(in.Facts.Notes, "; ")
		if in.Facts.Format != w.format || events != w.events || in.Facts.Incomplete != w.incomplete || !strings.Contains(notes, w.note) {
			t.Errorf("%s: %s, %d events, incomplete %v, notes %q", in.Path, in.Facts.Format, events, in.Facts.Incomplete, notes)
		}
	}
}

// eventsOf parses all chunks of in with one parser and holds the ledger of each.
func eventsOf(t *testing.T, in *reader.Input) (events int) {
	t.Helper()
	p, b := in.Format.NewParser(readertest.Options(t, "")), &reader.Batch{}
	err := in.Chunks(nil, func(c *reader.Chunk) error {
		b.Reset()
		p.Parse(b, c)
		if n := uint64(len(b.Events)) + b.Other + b.Malformed; n != c.Records {
			t.Errorf("%s, chunk %d: %d of %d records accounted for", in.Path, c.Seq, n, c.Records)
		}
		events += len(b.Events)
		c.Release()
		return nil
	})
	if err != nil {
		t.Error(err)
	}
	return events
}

func gzipped(t *testing.T, data []byte) []byte {
	var b bytes.Buffer
	w := gzip.NewWriter(&b)
	if _, err := w.Write(data); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// hugeRecord is a record of n bytes, to be longer than a chunk.
func hugeRecord(n int) []byte {
	return classicRecord(le, 1735787045, 0, join(probe(), make([]byte, n-28)))
}
