package syslog

import (
	"bytes"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"fwreport/reader"
	"fwreport/reader/event"
	"fwreport/reader/lex"
	"fwreport/reader/readertest"
)

// wrapCRI and wrapDocker are one piece as a runtime writes it.
func wrapCRI(stream, tag, text string) string {
	return "2024-03-02T03:04:06.123456789+00:00 " + stream + " " + tag + " " + text + "\n"
}

func wrapDocker(stream, text string) string {
	quoted, err := json.Marshal(text)
	if err != nil {
		panic(err)
	}
	return `{"log":` + string(quoted) + `,"stream":"` + stream + `","time":"2024-03-02T03:04:06.123456789Z"}` + "\n"
}

// partsOf is what text gives, as the places and source ports of its events.
func partsOf(t *testing.T, text string) (b *reader.Batch, seen string) {
	t.Helper()
	opt := readertest.Options(t, "Europe/Berlin")
	opt.Identify = event.NewIdentifier()
	in := &reader.Input{Path: "x", Format: Format, YearRef: 1.736e18}
	b = readertest.Parse(Format, opt, in, []byte(text))
	if why := readertest.Unaccounted(b, uint64(strings.Count(text, "\n"))); why != "" {
		t.Errorf("%.300q: %s", text, why)
	}
	readertest.AnyCut(t, Format, opt, in, []byte(text), 7)
	for i := range b.Events {
		e := &b.Events[i]
		seen += fmt.Sprintf("%d:%d ", e.Ref.Record(), e.DstPort)
	}
	return b, strings.TrimSpace(seen) + fmt.Sprintf(" other %d bad %d", b.Other, b.Malformed)
}

func TestParts(t *testing.T) {
	const line = "Mar  2 04:04:05 fw1 kernel: " + rec
	head, tail := line[:100], line[100:]
	long := strings.Repeat("x", dockerPart)
	for _, c := range []struct{ name, text, want string }{
		{"CRI in two", wrapCRI("stdout", "P", head) + wrapCRI("stdout", "F", tail), "2:22 other 1 bad 0"},
		{"CRI in three", wrapCRI("stdout", "P", head) + wrapCRI("stdout", "P", tail[:50]) + wrapCRI("stdout", "F", tail[50:]), "3:22 other 2 bad 0"},
		{"CRI with an empty last part", wrapCRI("stdout", "P", line) + wrapCRI("stdout", "F", ""), "2:22 other 1 bad 0"},
		{"CRI with more tags", wrapCRI("stdout", "P:x", head) + wrapCRI("stdout", "F:x", tail), "2:22 other 1 bad 0"},
		{"streams that alternate", wrapCRI("stdout", "P", head) + wrapCRI("stderr", "P", head) + wrapCRI("stdout", "F", tail) + wrapCRI("stderr", "F", tail), "3:22 4:22 other 2 bad 0"},
		{"a whole line of the other stream between", wrapCRI("stdout", "P", head) + wrapCRI("stderr", "F", line) + wrapCRI("stdout", "F", tail), "2:22 3:22 other 1 bad 0"},
		{"the next line is a line of its own", wrapCRI("stdout", "P", head) + wrapCRI("stdout", "F", tail) + wrapCRI("stdout", "F", line), "2:22 3:22 other 1 bad 0"},
		{"the part at the end", wrapCRI("stdout", "F", line) + wrapCRI("stdout", "P", line), "1:22 other 1 bad 0"},
		{"a part of the other stream only", wrapCRI("stderr", "P", head) + wrapCRI("stdout", "F", line), "2:22 other 1 bad 0"},
		{"something else between", wrapCRI("stdout", "P", head) + "x\n" + wrapCRI("stdout", "F", line), "3:22 other 2 bad 0"},
		{"a part that a new process goes on from", wrapCRI("stdout", "P", head) + wrapCRI("stdout", "F", line), "2:22 other 1 bad 0"},
		{"docker in two", wrapDocker("stdout", head) + wrapDocker("stdout", tail+"\n"), "2:22 other 1 bad 0"},
		{"docker, streams that alternate", wrapDocker("stdout", head) + wrapDocker("stderr", head) + wrapDocker("stderr", tail+"\n") + wrapDocker("stdout", tail+"\n"), "3:22 4:22 other 2 bad 0"},
		{"docker, whole lines", wrapDocker("stdout", line+"\n") + wrapDocker("stdout", line+"\n"), "1:22 2:22 other 0 bad 0"},
		{"docker, line ends left out of all lines", wrapDocker("stdout", line) + wrapDocker("stdout", line), "1:22 2:22 other 0 bad 0"},
		{"docker, the last line without its end", wrapDocker("stdout", line+"\n") + wrapDocker("stdout", head) + wrapDocker("stdout", "IN"+line), "1:22 3:22 other 1 bad 0"},
		{"docker, an escaped backslash is no line end", wrapDocker("stdout", head[:28]+`\n`) + wrapDocker("stdout", rec+"\n"), "2:22 other 1 bad 0"},
		{"docker, with attributes", strings.ReplaceAll(wrapDocker("stdout", head)+wrapDocker("stdout", tail+"\n"), `,"time"`, `,"attrs":{"tag":"a,\"time\":\"b"},"time"`), "2:22 other 1 bad 0"},
		{"docker, a long part", wrapDocker("stdout", long) + wrapDocker("stdout", " "+line+"\n"), "2:22 other 1 bad 0"},
		{"docker, a long part with a record", wrapDocker("stdout", line+long) + wrapDocker("stdout", "\n"), "2:22 other 1 bad 0"},
		{"docker and CRI", wrapDocker("stdout", head) + wrapCRI("stdout", "F", line) + wrapCRI("stdout", "P", head) + wrapDocker("stdout", line+"\n"), "2:22 4:22 other 2 bad 0"},
		{"a shipper's", `{"log":"` + line + `","stream":"stdout","kubernetes":{}}` + "\n" + `{"message":"` + line + `","time":"2024-03-02T03:04:06Z"}` + "\n", "1:22 2:22 other 0 bad 0"},
		{"docker in CRI, by itself", wrapCRI("stdout", "F", strings.TrimSuffix(wrapDocker("stdout", line), "\n")), "1:22 other 0 bad 0"},
		{"a notice of the joined line", wrapCRI("stdout", "P", head) + wrapCRI("stdout", "F", tail) + wrapCRI("stdout", "P", "Mar  2 04:04:05 fw1 last mess") + wrapCRI("stdout", "F", "age repeated 3 times"), "2:22 4:22 other 3 bad 0"},
		{"a notice by its beginning", wrapDocker("stdout", head) + wrapDocker("stdout", tail+"\n") + wrapDocker("stdout", "Mar  2 04:04:05 fw1 Last message '"+rec[:5]) + wrapDocker("stdout", rec[5:9]+"' repeated 3 times, suppressed by syslog-ng on fw1\n"), "2:22 4:22 other 3 bad 0"},
	} {
		if _, got := partsOf(t, c.text); got != c.want {
			t.Errorf("%s: %s, want %s", c.name, got, c.want)
		}
	}
}

// TestCutIntoParts: wherever a record is cut, its parts give what it gives
// uncut, at the place of the last part.
func TestCutIntoParts(t *testing.T) {
	const line = "Mar  2 04:04:05 fw1 kernel: [12345.678901] " + rec
	pad := strings.Repeat("x", dockerPart) + " "
	for _, c := range []struct {
		name string
		wrap func(text string, last bool) string
		cuts int // places before this one are tried
	}{
		{"CRI", func(text string, last bool) string {
			return wrapCRI("stdout", map[bool]string{true: "F", false: "P"}[last], text)
		}, len(line)},
		{"docker", func(text string, last bool) string {
			return wrapDocker("stdout", text+map[bool]string{true: "\n"}[last])
		}, strings.Index(line, " URGP=0")},
	} {
		opt := readertest.Options(t, "")
		opt.Identify = event.NewIdentifier()
		in := &reader.Input{Path: "x", Format: Format, YearRef: 1.736e18}
		parse := func(text string) *reader.Batch { return readertest.Parse(Format, opt, in, []byte(text)) }
		for _, before := range []string{"", pad} {
			want := parse(c.wrap(before+line, true))
			if len(want.Events) != 1 {
				t.Fatalf("%s: %d events of the whole line", c.name, len(want.Events))
			}
			want.Events[0].Ref = event.MakeRef(0, 2)
			for at := 1; at < c.cuts; at++ {
				got := parse(c.wrap(before+line[:at], false) + c.wrap(line[at:], true))
				if len(got.Events) != 1 || got.Events[0] != want.Events[0] || got.Bodies[0] != want.Bodies[0] || got.Other != 1 {
					t.Fatalf("%s, cut at %d: %+v, want %+v", c.name, at, got, want)
				}
			}
		}
	}
}

// TestOutOfReach: what began further back than reader.LookBack is cut short.
func TestOutOfReach(t *testing.T) {
	junk := strings.Repeat("x", dockerPart)
	parts := wrapCRI("stdout", "P", junk)
	for _, c := range []struct {
		name, text, want string
		truncated        bool
	}{
		{"within reach", wrapCRI("stdout", "P", "Mar  2 04:04:05 fw1 kernel: ") + wrapCRI("stdout", "F", rec), "2:22 other 1 bad 0", false},
		{"three long parts", parts + parts + parts + wrapCRI("stdout", "F", rec), "4:22 other 3 bad 0", true},
		{"one long part at the start", parts + wrapCRI("stdout", "F", rec), "2:22 other 1 bad 0", false},
		{"long parts behind a line", wrapCRI("stdout", "F", rec) + parts + wrapCRI("stdout", "F", rec), "1:22 3:22 other 1 bad 0", false},
		{"a part of more than that", wrapCRI("stdout", "P", rec[:60]+junk+junk) + wrapCRI("stdout", "F", rec), "2:22 other 1 bad 0", false},
		{"the other stream fills it", wrapCRI("stdout", "P", rec[:60]) + strings.Repeat(wrapCRI("stderr", "F", junk[:1000]), 40) + wrapCRI("stdout", "F", rec), "42:22 other 41 bad 0", false},
	} {
		b, got := partsOf(t, c.text)
		if last := b.Events[len(b.Events)-1]; got != c.want || last.Has(event.Truncated) != c.truncated {
			t.Errorf("%s: %s, want %s; truncated %v, want %v", c.name, got, c.want, last.Has(event.Truncated), c.truncated)
		}
	}
}

// halfway is a line of which a stream has written the first bytes.
type halfway struct {
	line string
	done int
}

// next is the next piece of it, with the mark of the last one or the others.
func (h *halfway) next(rnd *rand.Rand, docker bool, stream string) (text string, last bool) {
	from := h.done
	// A piece up to there cannot hold the whole record.
	h.done += rnd.IntN(max(1, len(h.line)-20-from))
	if last = rnd.IntN(3) == 0; last {
		h.done = len(h.line)
	}
	text = h.line[from:h.done]
	switch {
	case docker && last:
		return wrapDocker(stream, text+"\n"), true
	case docker:
		return wrapDocker(stream, text), false
	case last:
		return wrapCRI(stream, "F", text), true
	}
	return wrapCRI(stream, "P", text), false
}

// TestPartsModel puts lines of two streams into parts and holds what comes out
// against the lines before they were cut.
func TestPartsModel(t *testing.T) {
	lines := []string{rec, "Mar  2 04:04:05 fw1 kernel: " + rec, "nothing", strings.Replace(rec, "DPT=22", "DPT=443", 1), `a "b" \ c`, "<4>" + rec}
	for seed := range uint64(100) {
		rnd := rand.New(rand.NewPCG(seed, 1))
		docker, streams := rnd.IntN(2) == 0, [2]halfway{}
		var text strings.Builder
		want, events := "", 0
		for n := 1; n <= 60; n++ {
			s := rnd.IntN(2)
			if h := &streams[s]; h.done == len(h.line) {
				*h = halfway{line: lines[rnd.IntN(len(lines))]}
			}
			piece, last := streams[s].next(rnd, docker, [2]string{"stdout", "stderr"}[s])
			text.WriteString(piece)
			if _, port, ok := strings.Cut(streams[s].line, "DPT="); ok && last {
				port, _, _ = strings.Cut(port, " ")
				want += fmt.Sprintf("%d:%s ", n, port)
				events++
			}
		}
		want = strings.TrimSpace(want) + fmt.Sprintf(" other %d bad 0", 60-events)
		if _, got := partsOf(t, text.String()); got != want {
			t.Fatalf("%s\ngives %s, want %s", text.String(), got, want)
		}
	}
}

// TestEscapes compares unescape with encoding/json.
func TestEscapes(t *testing.T) {
	for _, s := range []string{"", `\n`, `\"\\\/\b\f\n\r\t`, `\u0041\u00e4\u2028\ufffd`, `\u003cx\u003e`, "ä", `\\n`, `\\\n`, `\x`, `\u12`, `\u12g4`, `\`, "a\tb", "\xff", `\ud83d\ude00`, `\u0000`} {
		checkEscapes(t, []byte(s))
	}
}

// checkEscapes holds that what unescape takes is what encoding/json makes of it.
func checkEscapes(t *testing.T, text []byte) {
	t.Helper()
	got, ok := unescape(nil, text)
	var want string
	err := json.Unmarshal([]byte(`"`+string(text)+`"`), &want)
	if ok && stringEnd(text) == len(text) && (err != nil || want != string(got)) {
		t.Errorf("%q gives %q, want %q (%v)", text, got, want, err)
	}
	if !ok && err == nil && !bytes.Contains(bytes.ToLower(text), []byte(`\ud`)) && bytes.Equal([]byte(strings.ToValidUTF8(string(text), "")), text) {
		t.Errorf("%q is refused, it is %q", text, want)
	}
}

// FuzzDocker compares what is taken for a line of docker's with the JSON that it is.
func FuzzDocker(f *testing.F) {
	for _, text := range []string{rec, rec + "\n", "\u2028<>&\x00\x1f\"\\ \xff\n"} {
		f.Add([]byte(wrapDocker("stdout", text)[:]))
		f.Add([]byte(strings.Replace(wrapDocker("stderr", text), `,"time"`, `,"attrs":{"a":"b"},"time"`, 1)))
		f.Add([]byte(text))
	}
	p := newParser(readertest.Options(f, "")).(*parser)
	f.Fuzz(func(t *testing.T, data []byte) {
		checkEscapes(t, data)
		line, _ := reader.NextLine(data)
		of, ok := p.dockerPiece(line)
		if !ok {
			return
		}
		var e entry
		stream := ""
		j := lex.NewJSON(line)
		for j.Next() {
			e.member(&j)
			if string(j.Key) == "stream" {
				stream = string(j.Value)
			}
		}
		if j.Err != nil || string(e.log) != string(p.unjson) || of.stderr != (stream == "stderr") || of.part == bytes.HasSuffix(e.log, []byte("\n")) {
			t.Errorf("%q: %+v %q, want %q of %s (%v)", line, of, p.unjson, e.log, stream, j.Err)
		}
	})
}

func FuzzParts(f *testing.F) {
	const line = "Mar  2 04:04:05 fw1 kernel: " + rec
	f.Add([]byte(wrapCRI("stdout", "P", line[:90]) + wrapCRI("stderr", "F", line) + wrapCRI("stdout", "F", line[90:])))
	f.Add([]byte(wrapDocker("stdout", line[:90]) + wrapDocker("stderr", line+"\n") + wrapDocker("stdout", line[90:]+"\n")))
	f.Add([]byte(wrapCRI("stdout", "P", line[:90]) + wrapCRI("stdout", "F", line[90:]) + wrapCRI("stdout", "F", "Mar  2 04:04:05 fw1 last message repeated 3 times")))
	opt := readertest.Options(f, "")
	f.Fuzz(func(t *testing.T, data []byte) { readertest.Fuzz(t, Format, opt, data) })
}
