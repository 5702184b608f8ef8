package integrity

import (
	"bytes"
	stdcsv "encoding/csv"
	"fmt"
	"io"
	"slices"
	"strings"
	"testing"

	"fwreport/analyze/analyzetest"
	"fwreport/reader/event"
	"fwreport/reader/evidence"
	"fwreport/report"
	"fwreport/report/csv"
	"fwreport/report/html"
	"fwreport/report/text"
)

// ofInputs is the section of a report on inputs alone.
func ofInputs(t *testing.T, inputs []evidence.Input) *report.Section {
	t.Helper()
	sym := event.NewSymbols()
	e := analyzetest.Env(sym)
	e.Inputs = inputs
	return analyzetest.SectionOf(t, Analyzer, sym, e, nil)
}

// family is inputs of one rotation, without times.
func family(name string, files ...string) []evidence.Input {
	var list []evidence.Input
	for _, f := range files {
		list = append(list, evidence.Input{Path: f, Family: name, First: event.NoTime, Last: event.NoTime})
	}
	return list
}

func TestMissingInARotation(t *testing.T) {
	for _, c := range []struct {
		name   string
		inputs []evidence.Input
		want   []string // log, and the sentence
	}{
		{"none", family("log/kern.log", "log/kern.log.2.gz", "log/kern.log.1", "log/kern.log"), nil},
		{"the log itself was not copied", family("kern.log", "kern.log.2.gz", "kern.log.1"), nil},
		{"one", family("log/kern.log", "log/kern.log.4.gz", "log/kern.log.2.gz", "log/kern.log.1", "log/kern.log"), []string{
			"log/kern.log.3", "kern.log.3 is missing between log/kern.log.4.gz and log/kern.log.2.gz: not among the inputs."}},
		{"after the log itself", family("kern.log", "kern.log.2.gz", "kern.log"), []string{
			"kern.log.1", "kern.log.1 is missing between kern.log.2.gz and kern.log: not among the inputs."}},
		{"several", family("kern.log", "kern.log.7", "kern.log.3", "kern.log.2"), []string{
			"kern.log.6 to kern.log.4", "3 files, kern.log.6 to kern.log.4, are missing between kern.log.7 and kern.log.3: not among the inputs."}},
		{"in an archive", family("case.tar.zst!var/log/ufw.log", "case.tar.zst!var/log/ufw.log.3.gz", "case.tar.zst!var/log/ufw.log.1"), []string{
			"case.tar.zst!var/log/ufw.log.2", "ufw.log.2 is missing between case.tar.zst!var/log/ufw.log.3.gz and case.tar.zst!var/log/ufw.log.1: not among the inputs."}},
		{"of different families", append(family("a.log", "a.log.3"), family("b.log", "b.log.1")...), nil},
		{"a number that is no rotation", family("trace", "trace.9000", "trace.1"), nil},
		{"weekly dates", family("messages", "messages-20260301", "messages-20260308.gz", "messages-20260322.gz", "messages-20260329.gz", "messages"), []string{
			"messages-20260315", "messages-20260315 is missing between messages-20260308.gz and messages-20260322.gz: not among the inputs."}},
		{"daily dates over a month's end", family("m.log", "m-2026-02-26.log", "m-2026-02-27.log", "m-2026-03-02.log", "m-2026-03-03.log", "m-2026-03-04.log"), []string{
			"m-2026-02-28.log to m-2026-03-01.log", "2 files, m-2026-02-28.log to m-2026-03-01.log, are missing between m-2026-02-27.log and m-2026-03-02.log: not among the inputs."}},
		{"rotated by size", family("m", "m-20260301", "m-20260302", "m-20260309", "m-20260310", "m-20260317"), nil},
		{"too few dates", family("m", "m-20260301", "m-20260302", "m-20260304"), nil},
		{"a date that is none", family("m", "m-20261301", "m-20261302", "m-20261305", "m-20261306"), nil},
	} {
		s := ofInputs(t, c.inputs)
		var got []string
		for i, row := range analyzetest.Rows(t, analyzetest.Table(t, s, "gaps"), "log", "kind") {
			got = append(got, row[0], s.Findings[i].Text)
			if row[1] != "rotation" || s.Findings[i].Confidence != report.Observed {
				t.Errorf("%s: kind %q, %s", c.name, row[1], s.Findings[i].Confidence)
			}
		}
		if !slices.Equal(got, c.want) {
			t.Errorf("%s:\n got %q\nwant %q", c.name, got, c.want)
		}
	}
}

func TestMissingFilesCoverASpan(t *testing.T) {
	inputs := family("k", "k.3", "k.1")
	inputs[0].Last, inputs[1].First = at("2026-03-01T00:00:00Z"), at("2026-03-08T12:00:00Z")
	got := analyzetest.Lines(t, analyzetest.Table(t, ofInputs(t, inputs), "gaps"))
	want := []string{"- | - | k.2 | 2026-03-01T00:00:00Z | 2026-03-08T12:00:00Z | 180h0m0s | rotation | - | -"}
	if !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
}

func TestLossesOfAllInputs(t *testing.T) {
	noon := at("2026-03-01T12:00:00Z")
	s := ofInputs(t, []evidence.Input{
		{Path: "a.log", Records: evidence.Ledger{Read: 50}, Losses: []evidence.Loss{
			{Class: "conntrack_full", Notices: 3, First: noon, Last: noon + hour, Record: 7},
			{Class: "kernel_lost", Notices: 2, Lost: 40, First: event.NoTime, Last: event.NoTime, Record: 9}}},
		{Path: "b.log", Losses: []evidence.Loss{{Class: "a class of tomorrow", Notices: 1, Lost: 41, First: noon, Last: noon, Record: 1}}},
	})
	want := []string{
		"41 | 1 | a class of tomorrow | - | lower bounds | b.log | 2026-03-01T12:00:00Z | 2026-03-01T12:00:00Z | -",
		"40 | 2 | kernel_lost | kernel messages were lost before they were logged | lower bounds | a.log | - | - | a.log:9",
		"- | 3 | conntrack_full | the connection table was full: the firewall itself dropped packets | none | a.log | 2026-03-01T12:00:00Z | 2026-03-01T13:00:00Z | a.log:7",
	}
	if got := analyzetest.Lines(t, analyzetest.Table(t, s, "losses")); !slices.Equal(got, want) {
		t.Errorf("got %q\nwant %q", got, want)
	}
}

func TestRejectsByReason(t *testing.T) {
	var inputs []evidence.Input
	for i := range 3 {
		in := evidence.Input{Path: fmt.Sprintf("%c.log", 'a'+i), Records: evidence.Ledger{Read: 100},
			Reasons: map[string]uint64{"cut": 10, "odd": uint64(i)}}
		if i == 0 {
			delete(in.Reasons, "odd")
		}
		for n := range 3 {
			in.Rejects = append(in.Rejects, evidence.Reject{Record: uint64(n + 1), Reason: "cut", Text: "x", Host: "gw"})
		}
		inputs = append(inputs, in)
	}
	s := ofInputs(t, inputs)
	if got, want := analyzetest.Lines(t, analyzetest.Table(t, s, "rejects")), []string{"30 | cut | 3", "3 | odd | 2"}; !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
	var want []string
	for _, place := range []string{"a.log:1", "a.log:2", "a.log:3", "b.log:1", "b.log:2"} {
		want = append(want, "cut | "+place+" | gw | x")
	}
	if got := analyzetest.Lines(t, analyzetest.Table(t, s, "reject_examples")); !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
}

// hostile are texts that whoever is logged may write into a record.
var hostile = []string{
	"<script>alert(1)</script>", `"><img src=x onerror=alert(1)>`, "=HYPERLINK(\"http://x\",\"y\")", "@SUM(1+1)*cmd|' /C calc'!A0",
	"\x1b]0;owned\x07\x1b[2J", "a\r\nb\x00c", "\u202egnp.exe", "\xff\xfe",
}

// TestHostileText: texts, hosts and names of this section reach every form of
// the report neutralised.
func TestHostileText(t *testing.T) {
	sym := event.NewSymbols()
	e := analyzetest.Env(sym)
	e.Inputs = nil
	var events []event.Event
	for i, h := range hostile {
		name := h + ".log"
		for _, n := range []int{1, 3} {
			e.Inputs = append(e.Inputs, evidence.Input{Path: fmt.Sprintf("%s.%d", name, n), Family: name, Records: evidence.Ledger{Read: 9},
				Reasons: map[string]uint64{h: 1}, Rejects: []evidence.Reject{{Record: 1, Reason: h, Text: h, Host: h}},
				Losses: []evidence.Loss{{Class: h, Notices: 1, Record: 1}}})
		}
		m := newMachine(uint64(i), sym, h)
		m.input = uint32(2 * i)
		m.boot(0, 5*second, 0)
		m.run(day, 10*minute, 0)
		for j := 40; j < 50; j++ {
			m.events[j].Time += 3 * hour
		}
		events = append(events, m.events...)
	}
	s := analyzetest.SectionOf(t, Analyzer, sym, e, events)
	if len(s.Findings) < 2*len(hostile) {
		t.Errorf("%d findings, want at least %d\n%s", len(s.Findings), 2*len(hostile), analyzetest.Render(s))
	}
	for _, f := range s.Findings {
		if f.Text != report.Visible(f.Text) {
			t.Errorf("finding %q holds hidden characters", f.Text)
		}
	}
	r := &report.Report{Sections: []report.Section{*s}, Span: report.Span{First: event.NoTime, Last: event.NoTime}}
	checkRendered(t, r)
}

func checkRendered(t *testing.T, r *report.Report) {
	t.Helper()
	var page, plain bytes.Buffer
	if err := html.Render(&page, r, html.Options{}); err != nil {
		t.Fatal(err)
	}
	if err := text.Render(&plain, r, text.Options{}); err != nil {
		t.Fatal(err)
	}
	for _, bad := range []string{"<script>alert", "<img src=x", "\x1b", "\x07", "\u202e", "\x00"} {
		if strings.Contains(page.String(), bad) {
			t.Errorf("HTML holds %q", bad)
		}
		if !strings.HasPrefix(bad, "<") && strings.Contains(plain.String(), bad) {
			t.Errorf("text holds %q", bad)
		}
	}
	sheets := map[string]*sheet{}
	err := csv.Write(func(name string) (io.WriteCloser, error) {
		sheets[name] = &sheet{}
		return sheets[name], nil
	}, r, csv.Options{})
	if err != nil {
		t.Fatal(err)
	}
	for name, b := range sheets {
		rows, err := stdcsv.NewReader(b).ReadAll()
		if err != nil {
			t.Fatal(err)
		}
		for _, cell := range slices.Concat(rows...) {
			if strings.IndexAny(cell, "=@\t") == 0 || strings.ContainsAny(cell, "\x1b\x00\x07\u202e") {
				t.Errorf("%s holds the cell %q", name, cell)
			}
		}
	}
}

// sheet is a CSV file in memory.
type sheet struct{ bytes.Buffer }

func (*sheet) Close() error { return nil }
