package fingerprint

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"

	"fwreport/analyze"
	"fwreport/analyze/analyzetest"
	"fwreport/reader/event"
	"fwreport/report"
)

func section(t testing.TB, l *lab, events []event.Event) *report.Section {
	t.Helper()
	return analyzetest.SectionOf(t, Analyzer, l.sym, nil, events)
}

func attributedRows(t testing.TB, l *lab, events []event.Event) []string {
	t.Helper()
	return analyzetest.Lines(t, analyzetest.Table(t, section(t, l, events), "fingerprints"),
		"count", "tool", "rule", "confidence", "sources", "contradicted")
}

const (
	masscanRule    = "masscan | ID = DST xor DPT xor SEQ (1.0.3 to 1.3.2)"
	masscanGitRule = "masscan | ID = DST xor DPT xor SEQ (git since 2023-11)"
	masscanHeader  = "masscan | window 1024, length 40, TTL from 255 (1.0.3 to 1.3.2)"
	masscanGitHead = "masscan | window 1025, length 44 (git since 2023-11)"
	zmap3Rule      = "zmap | ID 54321 (up to 3.x)"
	zmap4Rule      = "zmap | Windows options without DF (from 4.1)"
	zmap4Header    = "zmap | window 65535, length 52 without DF (from 4.1)"
	miraiRule      = "Mirai | SEQ = DST"
	port6000Rule   = "source-port-6000 scanner | ID 256, window 16384, length 40"
	port6000Shape  = "source-port-6000 scanner | source port 6000, window 16384, length 40"
	nmapRule       = "nmap | SYN scan: window 1024 (older: to 4096), length 44"
)

func TestTools(t *testing.T) {
	const a = "203.0.113.7"
	tests := []struct {
		name   string
		events func(l *lab) []event.Event
		want   []string
	}{
		{"masscan with SEQ", func(l *lab) []event.Event {
			return times(510, func() event.Event { return l.masscan(a, true) })
		}, []string{"510 | " + masscanRule + " | inferred | 1 | 0"}},
		{"masscan, two records", func(l *lab) []event.Event {
			return times(2, func() event.Event { return l.masscan(a, true) })
		}, []string{"2 | " + masscanRule + " | possible | 1 | 0"}},
		{"masscan without SEQ", func(l *lab) []event.Event {
			return times(9, func() event.Event { return l.masscan(a, false) })
		}, []string{"9 | " + masscanHeader + " | possible | 1 | 0"}},
		{"masscan without SEQ, two records", func(l *lab) []event.Event {
			return times(2, func() event.Event { return l.masscan(a, false) })
		}, nil},
		{"masscan git", func(l *lab) []event.Event {
			return times(5, func() event.Event { return l.masscanGit(a, true) })
		}, []string{"5 | " + masscanGitRule + " | inferred | 1 | 0"}},
		{"masscan git without SEQ", func(l *lab) []event.Event {
			return times(5, func() event.Event { return l.masscanGit(a, false) })
		}, []string{"5 | " + masscanGitHead + " | possible | 1 | 0"}},
		{"zmap 2", func(l *lab) []event.Event {
			return times(4, func() event.Event { return l.zmap2(a) })
		}, []string{"4 | " + zmap3Rule + " | inferred | 1 | 0"}},
		{"zmap 4.1", func(l *lab) []event.Event {
			return times(4, func() event.Event { return l.zmap41(a, true) })
		}, []string{"4 | " + zmap4Rule + " | inferred | 1 | 0"}},
		{"zmap 4.1, default LOG", func(l *lab) []event.Event {
			return times(4, func() event.Event { return l.zmap41(a, false) })
		}, []string{"4 | " + zmap4Header + " | possible | 1 | 0"}},
		{"Mirai, one record", func(l *lab) []event.Event {
			return times(1, func() event.Event { return l.mirai(a) })
		}, []string{"1 | " + miraiRule + " | inferred | 1 | 0"}},
		{"ID 256", func(l *lab) []event.Event {
			return times(3, func() event.Event { return l.port6000(a, 256) })
		}, []string{"3 | " + port6000Rule + " | inferred | 1 | 0"}},
		{"source port 6000 with other IDs", func(l *lab) []event.Event {
			return times(3, func() event.Event { return l.port6000(a, 20014) })
		}, []string{"3 | " + port6000Shape + " | possible | 1 | 0"}},
		{"nmap", func(l *lab) []event.Event {
			return times(40, func() event.Event { return l.nmapSYN(a) })
		}, []string{"40 | " + nmapRule + " | inferred | 1 | 0"}},
		{"nmap's header with one TTL", func(l *lab) []event.Event {
			return times(40, func() event.Event { e := l.nmapSYN(a); e.TTL = 50; return e })
		}, []string{"40 | " + nmapRule + " | possible | 1 | 0"}},
		{"nmap -O, three times", func(l *lab) []event.Event {
			return slices.Concat(l.nmapOS(a), l.nmapOS(a), l.nmapOS(a))
		}, []string{
			"27 | nmap | OS detection: SYN windows | inferred | 1 | 0",
			"6 | nmap | OS detection: ICMP echo | inferred | 1 | 0",
			"6 | nmap | OS detection: NULL and Xmas | inferred | 1 | 0",
			"3 | nmap | OS detection: UDP of 300 bytes, ID 4162 | inferred | 1 | 0",
		}},
		{"nmap FIN scan", func(l *lab) []event.Event {
			return times(20, func() event.Event { return l.tcp(a, "198.51.100.1", event.FIN, 40, l.nmapTTL(), 1024) })
		}, []string{"20 | nmap | FIN, NULL or Xmas scan: window 1024 (older: to 4096) | inferred | 1 | 0"}},
		{"nmap ACK scan with SEQ", func(l *lab) []event.Event {
			return times(3, func() event.Event {
				return l.with(l.tcp(a, "198.51.100.1", event.ACK, 40, l.nmapTTL(), 1024), 0, "")
			})
		}, []string{"3 | nmap | ACK scan: SEQ 0 | inferred | 1 | 0"}},
		{"nmap UDP scan", func(l *lab) []event.Event {
			return times(20, func() event.Event { return l.packet(a, "198.51.100.1", event.UDP, 28, l.nmapTTL()) })
		}, []string{"20 | nmap | UDP scan: empty, random TTL | inferred | 1 | 0"}},
		{"nmap ping", func(l *lab) []event.Event {
			return times(20, func() event.Event { return l.echo(a, 28, 0, l.nmapTTL(), 0) })
		}, []string{"20 | nmap | ping: empty ICMP echo, random TTL | inferred | 1 | 0"}},
		{"masscan ping", func(l *lab) []event.Event {
			return times(3, func() event.Event { return l.echo(a, 76, 0, 240, 0) })
		}, []string{"3 | masscan | ping: length 76, TTL from 255 | possible | 1 | 0"}},
		{"two tools behind one address", func(l *lab) []event.Event {
			return append(times(8, func() event.Event { return l.masscan(a, true) }),
				times(5, func() event.Event { return l.zmap2(a) })...)
		}, []string{"8 | " + masscanRule + " | inferred | 1 | 0", "5 | " + zmap3Rule + " | inferred | 1 | 0"}},
		{"one row a confidence", func(l *lab) []event.Event {
			return append(times(6, func() event.Event { return l.zmap2(a) }),
				l.zmap2("203.0.113.8"), l.zmap2("203.0.113.9"))
		}, []string{"6 | " + zmap3Rule + " | inferred | 1 | 0", "2 | " + zmap3Rule + " | possible | 2 | 0"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			l := newLab()
			if got := attributedRows(t, l, tt.events(l)); !slices.Equal(got, tt.want) {
				t.Errorf("got\n%q\nwant\n%q", got, tt.want)
			}
		})
	}
}

// TestStacks: ordinary operating systems and unknown tools are no scanner.
func TestStacks(t *testing.T) {
	l := newLab()
	type header struct {
		src    string
		length uint32
		ttl    uint8
		window uint16
		df     bool
		layout string
	}
	headers := []header{
		{"203.0.113.1", 60, 64 - 12, 64240, true, "mss=1460,sok,ts,nop,ws=7"},
		{"203.0.113.2", 60, 64 - 12, 29200, true, "mss=1460,sok,ts,nop,ws=7"},
		{"203.0.113.3", 52, 128 - 12, 64240, true, "mss=1460,nop,ws=8,nop,nop,sok"},
		{"203.0.113.4", 52, 128 - 12, 65535, true, "mss=1460,nop,ws=8,nop,nop,sok"},
		{"203.0.113.5", 52, 128 - 12, 8192, true, "mss=1460,nop,ws=8,nop,nop,sok"},
		{"203.0.113.6", 48, 128 - 12, 65535, true, "mss=1460,nop,nop,sok"},
		{"203.0.113.7", 64, 64 - 12, 65535, true, "mss=1460,nop,ws=6,nop,nop,ts,sok,eol"},
		{"203.0.113.8", 60, 64 - 12, 65535, true, "mss=1460,nop,ws=6,sok,ts"},
		{"203.0.113.9", 64, 64 - 12, 16384, true, "mss=1460,nop,nop,sok,nop,ws=3,nop,nop,ts"},
		{"203.0.113.10", 44, 64 - 12, 1024, true, "mss=1460"}, // a small device, with DF
		{"203.0.113.11", 40, 64 - 8, 512, false, ""},          // hping, and the worm of ipta's sample
		{"203.0.113.12", 40, 128 - 18, 16384, false, ""},      // the source-port-220 worm
	}
	var events []event.Event
	for _, h := range headers {
		for i := range 50 {
			e := l.tcp(h.src, l.target(), event.SYN, h.length, h.ttl, h.window)
			if h.df {
				e = df(e)
			}
			if i%2 == 0 {
				e = l.with(e, l.r.Uint32(), h.layout)
			}
			events = append(events, e)
		}
	}
	for range 50 {
		events = append(events, df(l.echo("203.0.113.20", 84, 0, 52, 0)), l.echo("203.0.113.21", 28, 0, 52, 0),
			l.packet("203.0.113.22", "198.51.100.1", event.UDP, 28, 52),
			l.tcp("203.0.113.23", "198.51.100.1", event.ACK, 40, 52, 1024))
	}
	if got := attributedRows(t, l, events); len(got) != 0 {
		t.Errorf("attributed: %q", got)
	}
}

// TestContradictions: 1 in 10 probes may refute a mark, half of them make it
// possible only, more than half drop it.
func TestContradictions(t *testing.T) {
	const a = "203.0.113.7"
	other := func(l *lab, n int) []event.Event {
		return times(n, func() event.Event { e := l.masscan(a, true); e.ID ^= 0x5555; return e })
	}
	for _, tt := range []struct {
		held, refuted int
		want          []string
	}{
		{100, 10, []string{"100 | " + masscanRule + " | inferred | 1 | 10"}},
		{100, 11, []string{"100 | " + masscanRule + " | possible | 1 | 11"}},
		{100, 100, []string{"100 | " + masscanRule + " | possible | 1 | 100"}},
		{100, 101, nil},
		{0, 50, nil},
	} {
		l := newLab()
		events := append(times(tt.held, func() event.Event { return l.masscan(a, true) }), other(l, tt.refuted)...)
		if got := attributedRows(t, l, events); !slices.Equal(got, tt.want) {
			t.Errorf("%d held, %d refuted: got %q, want %q", tt.held, tt.refuted, got, tt.want)
		}
	}
}

// TestHalf: a rule that knows a header only is dropped where most of the
// source's SYNs are others.
func TestHalf(t *testing.T) {
	const a = "203.0.113.7"
	for _, tt := range []struct {
		others int
		want   []string
	}{
		{10, []string{"10 | " + masscanHeader + " | possible | 1 | 0"}},
		{11, nil},
	} {
		l := newLab()
		events := append(times(10, func() event.Event { return l.masscan(a, false) }),
			times(tt.others, func() event.Event { return df(l.tcp(a, l.target(), event.SYN, 60, 50, 64240)) })...)
		if got := attributedRows(t, l, events); !slices.Equal(got, tt.want) {
			t.Errorf("%d others: got %q, want %q", tt.others, got, tt.want)
		}
	}
}

// TestRepeats: "repeated N times" adds to the count, not to the certainty.
func TestRepeats(t *testing.T) {
	l := newLab()
	e := l.zmap2("203.0.113.7")
	again := e
	again.Count, again.Fields, again.Ref = 40, again.Fields|event.Repeat, event.MakeRef(0, 99)
	want := []string{"41 | " + zmap3Rule + " | possible | 1 | 0"}
	if got := attributedRows(t, l, []event.Event{e, again}); !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
}

func TestAbsentFields(t *testing.T) {
	l := newLab()
	var events []event.Event
	for _, without := range []event.Fields{event.HasSrc, event.HasLen, event.HasID, event.HasWindow, event.HasFlags} {
		for range 5 {
			e := l.zmap2("203.0.113.7")
			e.Fields &^= without
			events = append(events, e)
		}
	}
	for range 5 {
		e := l.zmap2("203.0.113.7")
		e.Fields |= event.IPv6
		events = append(events, e)
		e = l.zmap2("203.0.113.7")
		e.Flags |= event.ACK
		events = append(events, e)
	}
	if got := attributedRows(t, l, events); len(got) != 0 {
		t.Errorf("attributed: %q", got)
	}
}

func TestFindingsAndNotes(t *testing.T) {
	l := newLab()
	var events []event.Event
	for i := range 12 {
		src := fmt.Sprintf("203.0.113.%d", i)
		events = append(events, times(40, func() event.Event { return l.masscan(src, true) })...)
	}
	events = append(events, times(3, func() event.Event { return l.zmap41("192.0.2.1", false) })...)
	events = append(events, l.masscan("192.0.2.2", true)) // possible beside inferred: in the table only
	got := section(t, l, events)
	want := []report.Finding{
		{Confidence: report.Inferred, Evidence: []string{"kern.log:1"}, Text: "12 sources sent 480 probes with the marks of masscan " +
			"(ID = DST xor DPT xor SEQ (1.0.3 to 1.3.2)); the mark held on 480 of their 480 probes with that header, " +
			"by chance it holds on 1 in 65536."},
		{Confidence: report.Possible, Evidence: []string{"kern.log:481"}, Text: "1 source sent 3 probes that may be those of zmap " +
			"(window 65535, length 52 without DF (from 4.1))."},
	}
	if !slices.EqualFunc(got.Findings, want, func(a, b report.Finding) bool {
		return a.Text == b.Text && a.Confidence == b.Confidence && slices.Equal(a.Evidence, b.Evidence)
	}) {
		t.Errorf("findings\n%q\nwant\n%q", got.Findings, want)
	}
	if len(got.Notes) != 2 || got.Notes[0][:len("3 of 484 TCP SYNs")] != "3 of 484 TCP SYNs" {
		t.Errorf("notes %q", got.Notes)
	}
}

// toolsAnalyzer lists what Tools says of each source that it met.
var toolsAnalyzer = &analyze.Analyzer{
	Name: "tools", Requires: []*analyze.Analyzer{Analyzer},
	New: func(*analyze.Shared) analyze.State { return toolsState{} },
}

type toolsState struct{ analyze.State }

func (toolsState) Add([]event.Event) {}

func (toolsState) Result(env *analyze.Env) *report.Section {
	s, tool := &report.Section{}, Tools(env)
	for id := range uint32(env.Addrs.Len()) {
		if name := tool(id); name != "" {
			s.Notes = append(s.Notes, env.Addrs.Addr(id).String()+" "+name)
		}
	}
	slices.Sort(s.Notes)
	return s
}

func TestToolsOfSources(t *testing.T) {
	l := newLab()
	events := slices.Concat(
		times(4, func() event.Event { return l.masscan("203.0.113.1", true) }),
		times(5, func() event.Event { return l.zmap2("203.0.113.1") }), // more of zmap
		times(4, func() event.Event { return l.masscan("203.0.113.2", true) }),
		times(4, func() event.Event { return l.zmap2("203.0.113.2") }), // equal: by name
		times(3, func() event.Event { return l.zmap41("203.0.113.3", false) }),
		times(4, func() event.Event { return df(l.tcp("203.0.113.4", l.target(), event.SYN, 60, 50, 64240)) }),
		times(9, func() event.Event { return l.nmapSYN("203.0.113.5") }), l.nmapOS("203.0.113.5"),
	)
	got := analyzetest.SectionOf(t, toolsAnalyzer, l.sym, nil, events).Notes
	want := []string{"203.0.113.1 zmap", "203.0.113.2 masscan", "203.0.113.3 zmap (possible)", "203.0.113.5 nmap"}
	if !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
}

// TestRuleList checks what compile and key rely on.
func TestRuleList(t *testing.T) {
	seen := map[string]bool{}
	for _, r := range Rules() {
		if r.Tool == "" || r.Name == "" || r.Source == "" || len(r.Shapes) == 0 || r.Class == noClass || seen[r.Tool+r.Name] {
			t.Errorf("rule %q %q is incomplete or not the only one of its name", r.Tool, r.Name)
		}
		seen[r.Tool+r.Name] = true
		if r.Mark == nil && r.Options == "" && r.TTLs == IgnoreTTLs && r.Sure != 0 {
			t.Errorf("rule %q %q infers from a header alone", r.Tool, r.Name)
		}
	}
	if len(seen) > 64 {
		t.Errorf("%d rules, at most 64 have a bit", len(seen))
	}
}

// campaign is a random stream in which every rule is met, for the merge laws.
func campaign(r *rand.Rand, sym *event.Symbols, n int) []event.Event {
	l := &lab{r: r, sym: sym}
	var events []event.Event
	for len(events) < n {
		src := fmt.Sprintf("203.0.113.%d", r.IntN(12))
		switch r.IntN(10) {
		case 0:
			events = append(events, l.masscan(src, r.IntN(2) == 0))
		case 1:
			events = append(events, l.masscanGit(src, r.IntN(2) == 0))
		case 2:
			events = append(events, l.zmap2(src))
		case 3:
			events = append(events, l.zmap41(src, r.IntN(2) == 0))
		case 4:
			events = append(events, l.mirai(src))
		case 5:
			events = append(events, l.port6000(src, [...]uint16{256, 20014}[r.IntN(2)]))
		case 6:
			events = append(events, l.nmapOS(src)...)
		case 7:
			e := l.masscan(src, true)
			e.ID++
			events = append(events, e)
		default:
			events = append(events, l.nmapSYN(src))
		}
	}
	return events[:n]
}

func TestLaws(t *testing.T) {
	t.Run("day", func(t *testing.T) { analyzetest.Laws(t, Analyzer, analyzetest.Events) })
	t.Run("campaign", func(t *testing.T) { analyzetest.Laws(t, Analyzer, campaign) })
}

func BenchmarkAdd(b *testing.B) {
	for _, bm := range []struct {
		name string
		gen  func(*rand.Rand, *event.Symbols, int) []event.Event
	}{{"day", analyzetest.Events}, {"campaign", campaign}} {
		b.Run(bm.name, func(b *testing.B) {
			sym := event.NewSymbols()
			events := bm.gen(rand.New(rand.NewPCG(3, 4)), sym, 1<<14)
			sh := &analyze.Shared{Symbols: sym}
			set := analyze.NewSet([]*analyze.Analyzer{Analyzer}, sym)
			set.Add(events) // sets the handles
			s := newState(sh)
			b.ReportAllocs()
			b.ResetTimer()
			for range b.N {
				s.Add(events)
			}
			b.ReportMetric(float64(b.N)*float64(len(events))/b.Elapsed().Seconds(), "events/s")
		})
	}
}
