package syslog

import (
	"bytes"
	"math/rand/v2"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"fwreport/reader"
	"fwreport/reader/event"
	"fwreport/reader/readertest"
)

// alone parses each line of text with a parser that has seen no other: it knows
// no host and no prefix, so it takes no short cut.
func alone(opt *reader.Options, in *reader.Input, text []byte) *reader.Batch {
	var all reader.Batch
	for i := uint64(1); len(text) > 0; i++ {
		n := bytes.IndexByte(text, '\n') + 1
		if n == 0 {
			n = len(text)
		}
		newParser(opt).Parse(&all, &reader.Chunk{Input: in, Data: text[:n:n], First: i, Records: 1})
		text = text[n:]
	}
	return &all
}

// linesAgree holds that lines parsed one after the other give what each gives
// alone, also if the parser has seen all of them before.
func linesAgree(t *testing.T, opt *reader.Options, in *reader.Input, text []byte) {
	t.Helper()
	for _, word := range []string{"repeated ", " stdout ", " stderr ", `"stream":"std`} {
		if bytes.Contains(text, []byte(word)) {
			return // this speaks of other lines, or goes on in them
		}
	}
	want := alone(opt, in, text)
	p := newParser(opt)
	for range 2 {
		var got reader.Batch
		p.Parse(&got, &reader.Chunk{Input: in, Data: bytes.Clone(text), First: 1})
		for i := range min(len(got.Events), len(want.Events)) {
			if got.Events[i] != want.Events[i] {
				t.Fatalf("%q\nevent %d is %+v\nalone    %+v", text, i, got.Events[i], want.Events[i])
			}
		}
		if !reflect.DeepEqual(got, *want) && len(got.Events)+len(want.Events)+len(got.Rejects)+len(want.Rejects) > 0 {
			t.Fatalf("%q\ngives %+v\nalone %+v", text, got, want)
		}
	}
}

func usualOptions(t testing.TB) (*reader.Options, *reader.Input) {
	opt := readertest.Options(t, "Europe/Berlin")
	opt.Detail = false
	opt.Identify = event.NewIdentifier()
	return opt, &reader.Input{Format: Format, YearRef: 1.8e18}
}

// someLines are lines of all kinds, the usual ones among them in number.
func someLines(t testing.TB) []string {
	all := strings.SplitAfter(strings.Repeat(commonLines, 20)+synLines()[:20_000], "\n")
	for _, ex := range readertest.OfKind(t, "syslog") {
		all = append(all, strings.TrimRight(ex.Input, "\n")+"\n")
	}
	for _, form := range forms {
		all = append(all, strings.SplitAfter(form.input+"\n", "\n")...)
	}
	paths, err := filepath.Glob(corpus + "/*/data/*.log")
	if err != nil {
		t.Fatal(err)
	}
	for _, path := range append(paths, "../../samples/captured/kernel618_log_plain_and_allflags.txt") {
		text, err := os.ReadFile(path)
		if err != nil {
			t.Logf("not here, so not tried: %v", err)
			continue
		}
		all = append(all, strings.SplitAfter(string(text[:min(len(text), 50_000)]), "\n")...)
	}
	return all
}

// TestUsualLinesAgree puts lines into random sequences, some of them changed.
func TestUsualLinesAgree(t *testing.T) {
	opt, in := usualOptions(t)
	all := someLines(t)
	rnd := rand.New(rand.NewPCG(1, 2))
	for range 1500 {
		var text strings.Builder
		few := 1 + rnd.IntN(4) // of a few kinds, or nothing would recur
		from := rnd.IntN(len(all))
		for range 2 + rnd.IntN(8) {
			line := all[(from+rnd.IntN(few)*rnd.IntN(40))%len(all)]
			if rnd.IntN(3) == 0 {
				line = changed(rnd, line, all)
			}
			text.WriteString(line)
		}
		linesAgree(t, opt, in, []byte(text.String()))
	}
}

// changed is a line with a byte changed, cut, a word doubled or left out, or
// with the head of one and the tail of another.
func changed(rnd *rand.Rand, line string, all []string) string {
	at := rnd.IntN(len(line) + 1)
	words := strings.SplitAfter(line, " ")
	i := rnd.IntN(len(words))
	switch rnd.IntN(6) {
	case 0:
		return line[:at] + string(" =0:.[](SI9aZ\x00\xff\n\r"[rnd.IntN(16)]) + line[min(at+1, len(line)):]
	case 1:
		return line[:at] + "\n"
	case 2:
		words[i] += words[rnd.IntN(len(words))]
	case 3:
		words[i] = ""
	case 4:
		return line[:at] + all[rnd.IntN(len(all))]
	default:
		other := all[rnd.IntN(len(all))]
		return line[:at] + other[min(at, len(other)):]
	}
	return strings.Join(words, "")
}

func FuzzUsualLinesAgree(f *testing.F) {
	opt, in := usualOptions(f)
	all := someLines(f)
	for i := range 60 {
		line := all[i*len(all)/60]
		f.Add([]byte(line + line + commonLines))
	}
	f.Fuzz(func(t *testing.T, text []byte) { linesAgree(t, opt, in, text) })
}

// TestUsualIsTaken: without this the tests above might compare nothing.
func TestUsualIsTaken(t *testing.T) {
	opt, in := usualOptions(t)
	p := newParser(opt).(*parser)
	for line := range strings.Lines(strings.Repeat(commonLines, 2)) {
		var b reader.Batch
		p.Parse(&b, &reader.Chunk{Input: in, Data: []byte(line), First: 1, Records: 1})
		n := p.usual(&b, &reader.Chunk{Input: in, First: 1, Data: []byte(line)}, 0, 0)
		if strings.Contains(line, "kernel:") && n != len(line)-1 || !strings.Contains(line, "kernel:") && n != 0 {
			t.Errorf("%q: %d bytes taken of %d", line, n, len(line))
		}
	}
}

// TestRelayedHost: the first of two hosts is not the sender, however long it is.
func TestRelayedHost(t *testing.T) {
	opt, in := usualOptions(t)
	for n := 1; n < 20; n++ {
		line := "Jan  2 03:04:05 " + strings.Repeat("r", n) + " fw1 kernel: [12345.678901] " + rec + "\n"
		linesAgree(t, opt, in, []byte(strings.Repeat(line, 3)))
	}
}
