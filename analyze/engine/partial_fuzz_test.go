package engine_test

import (
	"bytes"
	"encoding/binary"
	"hash/crc32"
	"io"
	"math/rand/v2"
	"runtime"
	"testing"

	"fwreport/analyze"
	"fwreport/analyze/analyzetest"
	"fwreport/analyze/codec"
	"fwreport/analyze/engine"
	"fwreport/reader/event"
	"fwreport/reader/evidence"
	"fwreport/report"
)

// counted is a partial result of n invented events.
func counted(n int) *engine.Partial {
	sym := event.NewSymbols()
	events := analyzetest.Events(rand.New(rand.NewPCG(1, 2)), sym, n)
	for i := range events {
		e := &events[i]
		e.Fields |= event.HasUptime
		e.Uptime = max(e.Time-events[0].Time, 0)/1000 + 3600e6
	}
	p := &engine.Partial{Program: program, Packets: []bool{false, false, true}}
	p.Span = report.Span{First: events[0].Time, Last: events[0].Time}
	for _, path := range []string{"a", "b", "c"} {
		p.Manifest.Inputs = append(p.Manifest.Inputs, evidence.Input{Path: path, Family: path, SHA256: path, Records: evidence.Ledger{Read: 9, Events: 9}})
	}
	p.Set = analyze.NewSet(modules, sym)
	p.Set.Add(events)
	return p
}

// reseal gives the blocks of a stream right checksums, so that what is in them
// is read. Written by the package documentation of codec alone.
func reseal(data []byte) []byte {
	const head = len("fwreport partial\n") + 1
	if len(data) < head {
		return data
	}
	table := crc32.MakeTable(crc32.Castagnoli)
	out := append([]byte("fwreport partial\n"), codec.Version)
	for data = data[head:]; len(data) >= 8; {
		n := min(int(binary.LittleEndian.Uint32(data)), len(data)-8, 64<<10)
		out = binary.LittleEndian.AppendUint32(out, uint32(n))
		out = append(out, data[4:4+n]...)
		out = binary.LittleEndian.AppendUint32(out, crc32.Checksum(out, table))
		data = data[8+n:]
	}
	return out
}

func TestResealed(t *testing.T) {
	data := saved(t, counted(40))
	if !bytes.Equal(reseal(data), data) {
		t.Error("a sound stream is not what its description says")
	}
}

// FuzzLoad: whatever is in a partial result with right checksums, loading and
// reporting it ends without a panic.
func FuzzLoad(f *testing.F) {
	for _, n := range []int{1, 12, 90} {
		f.Add(saved(f, counted(n)))
	}
	f.Add(saved(f, filled()))
	f.Add(saved(f, small(nil)))
	f.Fuzz(func(t *testing.T, data []byte) {
		for _, b := range [][]byte{data, reseal(data)} {
			p, err := engine.LoadPartials(sources(b), program, modules, event.NewSymbols())
			if err != nil {
				continue
			}
			reportAll(p)
		}
	})
}

// reportAll makes all cells of all tables.
func reportAll(p *engine.Partial) (rows int) {
	env := &analyze.Env{Inputs: p.Manifest.Inputs, Packets: func(i uint32) bool { return p.Packets[i] }, Span: p.Span, Overlaps: p.Manifest.Overlaps}
	for _, s := range p.Set.Sections(env) {
		for i := range s.Tables {
			for range s.Tables[i].Rows {
				rows++
			}
		}
	}
	return rows
}

// TestLengthsAreNotBelieved: a length in a stream is no reason to take memory.
func TestLengthsAreNotBelieved(t *testing.T) {
	names := []string{"groups"}
	for _, m := range modules {
		names = append(names, m.Name)
	}
	for _, section := range names {
		for _, zeros := range []int{0, 1, 2, 3, 4, 5, 6} {
			data := huge(t, section, zeros)
			var before, after runtime.MemStats
			runtime.ReadMemStats(&before)
			r, err := codec.NewReader(bytes.NewReader(data), event.NewSymbols())
			if err != nil {
				t.Fatal(err)
			}
			if _, err := analyze.LoadSet(r, modules, event.NewSymbols()); err == nil {
				t.Errorf("%s: a set without data was loaded", section)
			}
			runtime.ReadMemStats(&after)
			if n := after.TotalAlloc - before.TotalAlloc; n > 4<<20 {
				t.Errorf("%s: %d bytes allocated for a stream of %d", section, n, len(data))
			}
		}
	}
}

// huge is a stream whose section holds zeros, then a length of four billion and
// nothing behind it.
func huge(t *testing.T, section string, zeros int) []byte {
	t.Helper()
	var b bytes.Buffer
	w := codec.NewWriter(&b, event.NewSymbols())
	w.Section(section)
	for range zeros {
		w.Uvarint(0)
	}
	w.Uvarint(1<<32 - 2)
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// keysOf is the number of keys and of bytes of a section whose table comes first.
func keysOf(data []byte, section string) (keys, size int) {
	name := ""
	for data = data[len("fwreport partial\n")+1:]; len(data) >= 8; {
		n := int(binary.LittleEndian.Uint32(data))
		payload := data[4 : 4+n]
		data = data[8+n:]
		switch {
		case name == "" && n > 0:
			name = string(payload[1:])
			continue
		case n == 0:
			name = ""
		case name == section:
			if size == 0 {
				first, _ := binary.Uvarint(payload)
				keys = int(first)
			}
			size += n + 8
		}
	}
	return keys, size
}

// BenchmarkPartial measures a Set with all tables filled: the speed of writing
// and of reading, and the bytes that a group takes, its addresses included.
func BenchmarkPartial(b *testing.B) {
	p := counted(300_000)
	data := saved(b, p)
	b.Run("save", func(b *testing.B) {
		b.SetBytes(int64(len(data)))
		b.ReportAllocs()
		for b.Loop() {
			if err := engine.SavePartial(io.Discard, p); err != nil {
				b.Fatal(err)
			}
		}
		keys, size := keysOf(data, "groups")
		b.ReportMetric(float64(size)/float64(keys), "bytes/group")
		b.ReportMetric(float64(len(data))/300_000, "bytes/event")
	})
	b.Run("load", func(b *testing.B) {
		b.SetBytes(int64(len(data)))
		b.ReportAllocs()
		for b.Loop() {
			if _, err := engine.LoadPartials(sources(data), program, modules, event.NewSymbols()); err != nil {
				b.Fatal(err)
			}
		}
	})
}
