package syslog

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"fwreport/reader"
	"fwreport/reader/action"
	"fwreport/reader/event"
	"fwreport/reader/readertest"
)

const corpus = "../../../shared/corpus"

func corpusFile(t *testing.T, path string) []byte {
	t.Helper()
	data, err := os.ReadFile(filepath.Join(corpus, path))
	if err != nil {
		t.Skipf("the corpus of real logs is not here: %v", err)
	}
	return data
}

// TestCorpus reads real logs. The counts are those that their owners or simple
// tools (grep -c) give.
func TestCorpus(t *testing.T) {
	tests := []struct {
		path    string
		events  int
		actions map[string]int // by action word and verdict
	}{
		{"labynocle+elk-demo/data/firewall.log", 10000, nil},
		{"AdrienRE+iptablogs/iptables.log", 8443, map[string]int{"LOG undetermined": 8443}},
		{"dunneja+py-fw-log/iptables.log", 1182, map[string]int{"BLOCKED denied": 1182}},
		{"sikvall+ipta/example/iptables-syslog-example.log", 200, map[string]int{
			"ACCEPT accepted": 163, "DROP denied": 16, "INVALID denied": 13, "CBLK denied": 8,
		}},
	}
	for _, tt := range tests {
		t.Run(tt.path, func(t *testing.T) {
			opt := readertest.Options(t, "")
			b := readertest.Parse(Format, opt, &reader.Input{Path: tt.path, Format: Format, YearRef: 1.8e18}, corpusFile(t, tt.path))
			if len(b.Events) != tt.events || b.Malformed != 0 || b.Other != 0 {
				t.Errorf("%d events, %d malformed, %d other, want %d events only", len(b.Events), b.Malformed, b.Other, tt.events)
			}
			got := map[string]int{}
			for i := range b.Events {
				e := &b.Events[i]
				got[opt.Symbols.Name(e.Action)+" "+e.Verdict.String()]++
			}
			t.Log(got)
			for k, n := range tt.actions {
				if got[k] != n {
					t.Errorf("%s: %d events, want %d", k, got[k], n)
				}
			}
		})
	}
}

// TestLegalIsNotDenied: "Legal DNS" is what the honeynet let through.
func TestLegalIsNotDenied(t *testing.T) {
	opt := readertest.Options(t, "")
	b := readertest.Parse(Format, opt, &reader.Input{Format: Format, YearRef: 1.8e18}, corpusFile(t, "labynocle+elk-demo/data/firewall.log"))
	for i := range b.Events {
		e := &b.Events[i]
		prefix := opt.Symbols.Name(e.Prefix)
		if len(prefix) > 5 && prefix[:5] == "Legal" && e.Verdict == event.Denied {
			t.Fatalf("%q is denied", prefix)
		}
		if !e.Has(event.HasSrc) || opt.Symbols.Name(e.In) != "br0" || opt.Symbols.Name(e.PhysIn) == "" {
			t.Fatalf("record %d: IN=%q PHYSIN=%q", i+1, opt.Symbols.Name(e.In), opt.Symbols.Name(e.PhysIn))
		}
	}
}

func TestLaws(t *testing.T) {
	opt := readertest.Options(t, "Europe/Berlin")
	opt.Actions = action.NewTable(action.Options{})
	in := &reader.Input{Path: "x", Format: Format, YearRef: 1.8e18}
	var data []byte
	for _, ex := range readertest.OfKind(t, "message", "syslog", "pve", "sophos", "audit", "ulogdlog") {
		data = append(append(data, ex.Input...), '\n')
	}
	for _, f := range forms {
		data = append(append(data, f.input...), '\n')
	}
	for _, n := range notices {
		data = append(data, "Jan  2 03:04:05 "+n.line+"\n"...)
	}
	for line := range whole {
		data = append(data, line+"\n"...)
	}
	for _, path := range []string{"labynocle+elk-demo/data/firewall.log", "sikvall+ipta/example/iptables-syslog-example.log"} {
		if text, err := os.ReadFile(filepath.Join(corpus, path)); err == nil {
			data = append(data, text[:min(len(text), 200_000)]...)
		}
	}
	readertest.AnyCut(t, Format, opt, in, data, 1)
	readertest.NoAlias(t, Format, opt, in, data)
}

func TestNoAllocation(t *testing.T) {
	opt := readertest.Options(t, "")
	opt.Detail = false
	data := commonLines
	for _, f := range forms {
		// JSON with an escape or an array in it is decoded by encoding/json, but
		// for docker's own, which has an escape in each line.
		if !strings.Contains(f.input, "{") || !strings.ContainsAny(f.input, `\[`) || f.name == "docker" {
			data += f.input + "\n"
		}
	}
	for _, ex := range readertest.OfKind(t, "pve", "sophos", "audit") {
		if ex.Name != "loss_pve_queue" {
			data += ex.Input + "\n"
		}
	}
	cri, docker := "", ""
	for at := 20; at < 100; at += 20 {
		cri += wrapCRI("stdout", "P", rec[:at]) + wrapCRI("stderr", "F", rec) + wrapCRI("stdout", "F", rec[at:])
		docker += wrapDocker("stdout", rec[:at]) + wrapDocker("stderr", rec+"\n") + wrapDocker("stdout", rec[at:]+"\n")
	}
	readertest.NoAlloc(t, Format, opt, []byte(cri))
	readertest.NoAlloc(t, Format, opt, []byte(docker))
	readertest.NoAlloc(t, Format, opt, []byte(data))
}

const commonLines = `Jan  2 03:04:05 fw1 kernel: [12345.678901] IPT: DROP IN=eth0 OUT= MAC=02:00:5e:00:53:10:02:00:5e:00:53:01:08:00 SRC=198.51.100.7 DST=192.0.2.10 LEN=40 TOS=0x00 PREC=0x00 TTL=51 ID=1 PROTO=TCP SPT=4000 DPT=22 WINDOW=1024 RES=0x00 SYN URGP=0 OPT (020405B40402080A) 
Jan  2 03:04:06 fw1 kernel: [12346.678901] [UFW BLOCK] IN=eth0 OUT= MAC=02:00:5e:00:53:10:02:00:5e:00:53:01:08:00 SRC=198.51.100.7 DST=192.0.2.10 LEN=33 TOS=0x00 PREC=0x00 TTL=64 ID=1 PROTO=UDP SPT=5353 DPT=53 LEN=13 
2025-01-02T03:04:07.123456+01:00 fw1 kernel: IPT: DROP IN=eth0 OUT= MAC=02:00:5e:00:53:10:02:00:5e:00:53:01:86:dd SRC=2001:0db8:0bad:0000:0000:0000:0000:0007 DST=2001:0db8:0001:0000:0000:0000:0000:0010 LEN=64 TC=8 HOPLIMIT=55 FLOWLBL=74565 PROTO=TCP SPT=40000 DPT=443 WINDOW=64800 RES=0x00 SYN URGP=0 
Jan  2 03:04:08 fw1 kernel: [12347.678901] IPT: DROP IN=eth0 OUT= MAC=02:00:5e:00:53:10:02:00:5e:00:53:01:08:00 SRC=198.51.100.7 DST=192.0.2.10 LEN=59 TOS=0x00 PREC=0x00 TTL=64 ID=3 PROTO=ICMP TYPE=3 CODE=3 [SRC=192.0.2.10 DST=198.51.100.7 LEN=31 TOS=0x00 PREC=0x00 TTL=64 ID=9 PROTO=UDP SPT=53 DPT=33000 LEN=11 ] 
Jan  2 03:04:09 fw1 sshd[812]: Connection closed by 198.51.100.7 port 4000 [preauth]
`

func FuzzParse(f *testing.F) {
	for _, ex := range readertest.OfKind(f, "message", "syslog", "pve", "sophos", "audit", "ulogdlog") {
		f.Add([]byte(ex.Input))
	}
	for _, form := range forms {
		f.Add([]byte(form.input))
	}
	for _, n := range notices {
		f.Add([]byte("Jan  2 03:04:05 " + n.line))
	}
	for line := range whole {
		f.Add([]byte(line))
	}
	opt := readertest.Options(f, "America/St_Johns")
	f.Fuzz(func(t *testing.T, data []byte) { readertest.Fuzz(t, Format, opt, data) })
}

func BenchmarkParse(b *testing.B) {
	b.Run("syn", func(b *testing.B) { benchParse(b, synLines()) })
	b.Run("mixed", func(b *testing.B) { benchParse(b, commonLines) })
	b.Run("docker", func(b *testing.B) {
		benchParse(b, wrapped(func(text string) string { return wrapDocker("stdout", text+"\n") }))
	})
	b.Run("cri", func(b *testing.B) {
		benchParse(b, wrapped(func(text string) string { return wrapCRI("stdout", "F", text) }))
	})
}

// wrapped are synLines as a container's runtime writes them.
func wrapped(wrap func(string) string) string {
	var text strings.Builder
	for line := range strings.Lines(synLines()) {
		text.WriteString(wrap(strings.TrimSuffix(line, "\n")))
	}
	return text.String()
}

// synLines are so many that a processor cannot learn the lengths of their numbers.
func synLines() string {
	rnd := rand.New(rand.NewPCG(1, 2))
	var text strings.Builder
	for i := range 10_000 {
		fmt.Fprintf(&text, "Jan  2 03:%02d:%02d fw1 kernel: [%d.%06d] IPT: %s IN=eth0 OUT= MAC=02:00:5e:00:53:10:02:00:5e:00:53:01:08:00 "+
			"SRC=%d.%d.%d.%d DST=192.0.2.%d LEN=%d TOS=0x00 PREC=0x00 TTL=%d ID=%d DF PROTO=TCP SPT=%d DPT=%d WINDOW=%d RES=0x00 SYN URGP=0 \n",
			i/600, i/10%60, 12345+i/10, rnd.IntN(1e6), []string{"DROP", "DROP", "REJECT"}[rnd.IntN(3)], 1+rnd.IntN(223), rnd.IntN(256), rnd.IntN(256),
			rnd.IntN(256), rnd.IntN(20), 40+4*rnd.IntN(6), 40+rnd.IntN(80), rnd.IntN(65536), 1024+rnd.IntN(60000), 1<<rnd.IntN(16), 1024<<rnd.IntN(6))
	}
	return text.String()
}

func benchParse(b *testing.B, lines string) {
	opt := readertest.Options(b, "")
	opt.Detail = false
	data := bytes.Repeat([]byte(lines), max(1, 200_000/len(lines)))
	chunks := readertest.Chunks(Format, &reader.Input{Format: Format, YearRef: 1.8e18}, data)
	p := Format.NewParser(opt)
	var batch reader.Batch
	b.SetBytes(int64(len(data)))
	b.ReportAllocs()
	events := 0
	for b.Loop() {
		for _, c := range chunks {
			batch.Reset()
			p.Parse(&batch, c)
			events += len(batch.Events)
		}
	}
	b.ReportMetric(float64(events)/b.Elapsed().Seconds(), "events/s")
}
