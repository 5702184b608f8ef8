package syslog

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"runtime"
	"strings"
	"testing"

	"fwreport/reader"
	"fwreport/reader/event"
	"fwreport/reader/readertest"
)

// accounted parses text and checks that each of its records is accounted for.
func accounted(t *testing.T, f *reader.Format, text []byte) *reader.Batch {
	t.Helper()
	opt := readertest.Options(t, "")
	in := &reader.Input{Path: "x", Format: f, YearRef: 1.736e18}
	records, b, p := uint64(0), &reader.Batch{}, f.NewParser(opt)
	for _, c := range readertest.Chunks(f, in, text, len(text)/2) {
		records += c.Records
		p.Parse(b, c)
	}
	if why := readertest.Unaccounted(b, records); why != "" {
		t.Errorf("%.200q: %s", text, why)
	}
	return b
}

const whole1 = "Jan  2 03:04:05 fw1 kernel: [12345.678901] " + rec

// TestDamage are files as crashes, copies and other systems leave them.
func TestDamage(t *testing.T) {
	nul := strings.Repeat("\x00", 4096)
	latin := strings.Replace(whole1, "IPT: DROP", "Verkehr ge\xe4ndert:", 1)
	utf8 := strings.Replace(whole1, "IPT: DROP", "Verkehr ge\u00e4ndert:", 1)
	for _, c := range []struct {
		name, text               string
		events, other, malformed int
		damaged                  int // events with the mark of damage before them
	}{
		{"NULs before a line", nul + whole1 + "\n" + whole1 + "\n", 2, 0, 0, 0},
		{"NULs between lines", whole1 + "\n" + nul + whole1 + "\n", 2, 0, 0, 0},
		{"NULs as a line", whole1 + "\n" + nul + "\n" + whole1 + "\n", 2, 1, 0, 0},
		{"NULs at the end", whole1 + "\n" + nul, 1, 1, 0, 0},
		{"NULs within a line", whole1[:80] + nul + whole1 + "\n" + whole1, 2, 0, 0, 1},
		{"nothing but NULs", nul, 0, 1, 0, 0},
		{"CRLF", strings.Repeat(whole1+"\r\n", 3), 3, 0, 0, 0},
		{"CRLF and LF", whole1 + "\r\n" + whole1 + "\n\r\n" + whole1, 3, 1, 0, 0},
		{"BOM", "\ufeff" + whole1 + "\n\ufeff" + whole1, 2, 0, 0, 0},
		{"Latin-1 and UTF-8", latin + "\n" + utf8 + "\n", 2, 0, 0, 0},
		{"glued", whole1 + whole1 + "\n" + whole1, 2, 0, 0, 1},
		{"glued, the first one cut", whole1[:90] + whole1 + "\n" + whole1, 2, 0, 0, 1},
		{"cut", whole1[:100] + "\n" + whole1, 1, 0, 1, 0},
		{"blank lines", "\n\n \n" + whole1 + "\n\n", 1, 4, 0, 0},
	} {
		b := accounted(t, Format, []byte(c.text))
		damaged := 0
		for i := range b.Events {
			if e := &b.Events[i]; e.Has(event.DamagedBefore) {
				damaged++
			} else if e.Time != 1735787045e9 || e.DstPort != 22 {
				t.Errorf("%s: event %d is %+v", c.name, i, e)
			}
		}
		if len(b.Events) != c.events || int(b.Other) != c.other || int(b.Malformed) != c.malformed || damaged != c.damaged {
			t.Errorf("%s: %d events, %d of them behind damage, %d other, rejects %+v", c.name, len(b.Events), damaged, b.Other, b.Rejects)
		}
		readertest.AnyCut(t, Format, nil, nil, []byte(c.text), 9)
	}
}

// TestCutAnywhere: each example is cut at each byte, and what is left before and
// behind the cut is accounted for. Behind what is left of one stands a whole
// record, which is never taken for something else.
func TestCutAnywhere(t *testing.T) {
	for _, ex := range readertest.OfKind(t, "message", "syslog", "pve", "sophos", "audit", "ulogdlog") {
		if strings.Contains(ex.Input, "\n") {
			continue
		}
		var heads, tails, glued bytes.Buffer
		for n := range len(ex.Input) {
			heads.WriteString(ex.Input[:n] + "\n")
			tails.WriteString(ex.Input[n:] + "\n")
			if n > 0 && ex.Input[0] != '{' { // damaged JSON is no line with text behind it
				glued.WriteString(ex.Input[:n] + whole1 + "\n")
			}
		}
		accounted(t, Format, heads.Bytes())
		accounted(t, Format, tails.Bytes())
		if b := accounted(t, Format, glued.Bytes()); b.Other > 0 {
			t.Errorf("%s: %d records behind its remains were overlooked", ex.Name, b.Other)
		}
	}
	for _, f := range []struct {
		format *reader.Format
		text   string
	}{{FormatExport, string(exportText())}, {FormatVerbose, verboseText}, {FormatDmesg, dmesgText}} {
		for n := range len(f.text) {
			accounted(t, f.format, []byte(f.text[:n]))
			accounted(t, f.format, []byte(f.text[n:]))
		}
	}
}

// endless is one record without an end: head, then size bytes, then tail.
func endless(head string, size int64, tail string) io.Reader {
	return io.MultiReader(strings.NewReader(head), io.LimitReader(filler{}, size), strings.NewReader(tail))
}

type filler struct{}

func (filler) Read(p []byte) (int, error) {
	return copy(p, fill), nil
}

var fill = bytes.Repeat([]byte{'x'}, 1<<16)

// TestEndlessRecord: a record without an end costs the memory of one that is
// just too long, and those behind it are read. What is allocated for 256 MB is
// what is allocated for any size: less than one part in 16 of it.
func TestEndlessRecord(t *testing.T) {
	const size, some = 1 << 30, 32 << 20
	for _, c := range []struct {
		format     *reader.Format
		size       int64
		head, tail string
	}{
		{Format, size, whole1 + "\n" + whole1[:60], "\n" + whole1},
		{FormatExport, some, exported("MESSAGE="+rec+"\n") + "__CURSOR=x\nMESSAGE=", "\n\n" + exported("MESSAGE="+rec+"\n")},
		{FormatVerbose, some, head + "    MESSAGE=" + rec + "\n" + head + "    MESSAGE=", "\n" + head + "    MESSAGE=" + rec},
		{FormatDmesg, some, `{"dmesg":[{"msg":"` + rec + `"},{"msg":"`, `"},{"msg":"` + rec + `"}]}`},
	} {
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		records, long, events := streamed(t, c.format, endless(c.head, c.size, c.tail))
		runtime.ReadMemStats(&after)
		if records != 3 || long != 1 || events != 2 {
			t.Errorf("%s: %d records, %d too long, %d events", c.format.Name, records, long, events)
		}
		if used := after.TotalAlloc - before.TotalAlloc; used > 16<<20 {
			t.Errorf("%s: %d MB were allocated for it", c.format.Name, used>>20)
		}
	}
}

// streamed reads from as standard input.
func streamed(t *testing.T, f *reader.Format, from io.Reader) (records uint64, long, events int) {
	t.Helper()
	inputs, err := reader.Open(context.Background(), []string{"-"}, reader.OpenOptions{Formats: []*reader.Format{f}, Stdin: from})
	if err != nil {
		t.Fatal(err)
	}
	p, b := f.NewParser(readertest.Options(t, "")), &reader.Batch{}
	for _, in := range inputs {
		err := in.Chunks(nil, func(c *reader.Chunk) error {
			defer c.Release()
			records += c.Records
			if c.Oversize {
				long++
				return nil
			}
			p.Parse(b, c)
			return nil
		})
		if err != nil || in.Facts.Incomplete {
			t.Fatal(fmt.Errorf("reading %s: %v, %v", in.Path, err, in.Facts.Notes))
		}
	}
	return records, long, len(b.Events)
}
