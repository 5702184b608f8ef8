package readertest

import (
	"fmt"
	"math/rand/v2"
	"reflect"
	"testing"

	"fwreport/reader"
	"fwreport/reader/event"
)

// AnyCut holds that data gives the same events, details, counters, rejects and
// notices wherever it is cut. data must not need more look-back than
// reader.LookBack. The cuts are random from seed; a few are set where text is
// delicate: after and before each of the first line ends.
func AnyCut(t testing.TB, f *reader.Format, opt *reader.Options, in *reader.Input, data []byte, seed uint64) {
	t.Helper()
	opt, in = withDetail(t, opt, true), input(f, in)
	want := Parse(f, opt, in, data)
	if why := unidentified(f, want); why != "" {
		t.Error(why)
	}
	rnd := rand.New(rand.NewPCG(seed, uint64(len(data))))
	for round := range 24 {
		cuts := randomCuts(rnd, data, 1+round*2)
		if why := batchDiffers(Parse(f, opt, in, data, cuts...), want); why != "" {
			t.Errorf("cut at %v: %s", cuts, why)
			return
		}
	}
}

func randomCuts(rnd *rand.Rand, data []byte, n int) []int {
	cuts := make([]int, 0, 2*n)
	for range n {
		at := rnd.IntN(len(data) + 1)
		if cuts = append(cuts, at); rnd.IntN(3) == 0 {
			cuts = append(cuts, at+1)
		}
	}
	for i, b := range data {
		if b == '\n' && rnd.IntN(4) == 0 {
			cuts = append(cuts, i, i+1)
		}
		if len(cuts) > 4*n {
			break
		}
	}
	return cuts
}

// batchDiffers says where two batches differ, or "".
func batchDiffers(got, want *reader.Batch) string {
	if len(got.Events) != len(want.Events) {
		return fmt.Sprintf("%d events, want %d", len(got.Events), len(want.Events))
	}
	for i := range want.Events {
		if got.Events[i] != want.Events[i] {
			return fmt.Sprintf("event %d is\n%+v, want\n%+v", i, got.Events[i], want.Events[i])
		}
	}
	g, w := *got, *want
	g.Events, w.Events = nil, nil
	for _, part := range []struct {
		name      string
		got, want any
	}{
		{"details", g.Details, w.Details},
		{"rejects", g.Rejects, w.Rejects},
		{"notices", g.Notices, w.Notices},
		{"identities", g.Bodies, w.Bodies},
		{"sequences", g.Sequences, w.Sequences},
		{"other, malformed", [2]uint64{g.Other, g.Malformed}, [2]uint64{w.Other, w.Malformed}},
		{"year inferred, zone assumed", [2]bool{g.YearInferred, g.TZAssumed}, [2]bool{w.YearInferred, w.TZAssumed}},
	} {
		if !reflect.DeepEqual(part.got, part.want) {
			return fmt.Sprintf("%s: %+v, want %+v", part.name, part.got, part.want)
		}
	}
	return ""
}

// NoAlias holds that nothing that a parser gave or keeps refers to the chunk's
// bytes: they are overwritten after Parse, and neither the batch changes nor
// what the same parser makes of the same chunk afterwards.
func NoAlias(t testing.TB, f *reader.Format, opt *reader.Options, in *reader.Input, data []byte) {
	t.Helper()
	opt, in = withDetail(t, opt, true), input(f, in)
	p := f.NewParser(opt)
	var first, again reader.Batch
	for _, c := range Chunks(f, in, data, len(data)/3, len(data)/2) {
		p.Parse(&first, c)
		before := snapshot(opt.Symbols, &first)
		overwrite(c)
		if after := snapshot(opt.Symbols, &first); after != before {
			t.Errorf("overwriting the chunk changed the batch:\n%s, was\n%s", after, before)
			return
		}
	}
	for _, c := range Chunks(f, in, data, len(data)/3, len(data)/2) {
		p.Parse(&again, c)
	}
	if why := batchDiffers(&again, &first); why != "" {
		t.Errorf("the parser gives something else when it sees the data again: %s", why)
	}
}

func overwrite(c *reader.Chunk) {
	for _, b := range [][]byte{c.Data, c.Prev} {
		for i := range b {
			b[i] = '#'
		}
	}
}

// snapshot spells out all that a batch holds, names and quoted packets included.
func snapshot(sym *event.Symbols, b *reader.Batch) string {
	s := fmt.Sprintf("%+v %+v %+v %d %d\n", b.Events, b.Rejects, b.Notices, b.Other, b.Malformed)
	for i := range b.Events {
		var d *event.Detail
		if i < len(b.Details) {
			d = &b.Details[i]
		}
		s += fmt.Sprintln(Canonical(sym, &b.Events[i], d))
	}
	return s
}

// NoAlloc holds that a parser that has seen data parses it again without an
// allocation. data must hold no malformed record: the text of those is copied.
func NoAlloc(t testing.TB, f *reader.Format, opt *reader.Options, data []byte) {
	t.Helper()
	opt = withDetail(t, opt, false)
	chunks := Chunks(f, input(f, nil), data)
	p, b := f.NewParser(opt), &reader.Batch{}
	run := func() {
		b.Reset()
		for _, c := range chunks {
			p.Parse(b, c)
		}
	}
	run()
	if len(b.Events) == 0 || len(b.Rejects) > 0 {
		t.Fatalf("the data gave %d events and %d rejects: it does not show what parsing allocates", len(b.Events), len(b.Rejects))
	}
	if n := testing.AllocsPerRun(20, run); n != 0 {
		t.Errorf("%v allocations for %d events, want none", n, len(b.Events))
	}
}

// Fuzz is the body of a format's fuzz target: no bytes make it panic, the
// ledger adds up, each event has a place in the input, and where the data is
// cut makes no difference.
func Fuzz(t testing.TB, f *reader.Format, opt *reader.Options, data []byte) {
	t.Helper()
	opt = withDetail(t, opt, true)
	in := input(f, nil)
	_ = f.Sniff(data, true)
	_ = f.Sniff(data, false)
	b, p := &reader.Batch{}, f.NewParser(opt)
	records := drive(f, in, data, nil, func(c *reader.Chunk) { p.Parse(b, c) })
	if why := Unaccounted(b, records); why != "" {
		t.Fatal(why)
	}
	if why := unidentified(f, b); why != "" {
		t.Fatal(why)
	}
	if why := batchDiffers(Parse(f, opt, in, data, len(data)/2), b); why != "" {
		t.Fatalf("cut at %d: %s", len(data)/2, why)
	}
}

// unidentified says which events of a batch have no identity though the format
// claims that it gives one to each, or "". Identities were asked for.
func unidentified(f *reader.Format, b *reader.Batch) string {
	want := 0
	if f.Identifies {
		want = len(b.Events)
	}
	if len(b.Bodies) != want {
		return fmt.Sprintf("%d identities for %d events, want %d", len(b.Bodies), len(b.Events), want)
	}
	return ""
}

// Unaccounted says what is wrong with the ledger of a batch that stands for so
// many records, or "".
func Unaccounted(b *reader.Batch, records uint64) string {
	own := uint64(0)
	for i := range b.Events {
		e := &b.Events[i]
		if r := e.Ref.Record(); r < 1 || r > records {
			return fmt.Sprintf("event %d claims to be record %d of %d", i, r, records)
		}
		if e.Count == 0 {
			return fmt.Sprintf("event %d counts nothing", i)
		}
		if !e.Has(event.Repeat) {
			own++
		}
	}
	switch {
	case own+b.Other+b.Malformed != records:
		return fmt.Sprintf("%d records are %d events + %d other + %d malformed", records, own, b.Other, b.Malformed)
	case uint64(len(b.Rejects)) != b.Malformed:
		return fmt.Sprintf("%d malformed records with %d reasons", b.Malformed, len(b.Rejects))
	case len(b.Details) != 0 && len(b.Details) != len(b.Events):
		return fmt.Sprintf("%d details for %d events", len(b.Details), len(b.Events))
	case len(b.Bodies) != 0 && len(b.Bodies) != len(b.Events):
		return fmt.Sprintf("%d identities for %d events", len(b.Bodies), len(b.Events))
	}
	return ""
}
