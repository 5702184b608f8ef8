package html

import (
	"bytes"
	"errors"
	"flag"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/net/html"

	"fwreport/report"
	"fwreport/templates"
)

var update = flag.Bool("update", false, "rewrite the golden files")

func render(t testing.TB, r *report.Report, limit int) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := Render(&b, r, Options{Limit: limit}); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// document is a parsed page.
type document struct{ root *html.Node }

func parse(t testing.TB, page []byte) document {
	t.Helper()
	root, err := html.Parse(bytes.NewReader(page))
	if err != nil {
		t.Fatal(err)
	}
	return document{root}
}

// all calls f for every element.
func (d document) all(f func(*html.Node)) {
	for n := range d.root.Descendants() {
		if n.Type == html.ElementNode {
			f(n)
		}
	}
}

// find is the elements with this name and, where class is not "", that class.
func (d document) find(name, class string) (list []*html.Node) {
	d.all(func(n *html.Node) {
		if n.Data == name && (class == "" || hasClass(n, class)) {
			list = append(list, n)
		}
	})
	return list
}

func (d document) id(id string) (found *html.Node) {
	d.all(func(n *html.Node) {
		if attr(n, "id") == id {
			found = n
		}
	})
	return found
}

func attr(n *html.Node, key string) string {
	for _, a := range n.Attr {
		if a.Key == key {
			return a.Val
		}
	}
	return ""
}

func hasClass(n *html.Node, class string) bool {
	return strings.Contains(" "+attr(n, "class")+" ", " "+class+" ")
}

func text(n *html.Node) string {
	var b strings.Builder
	for c := range n.Descendants() {
		if c.Type == html.TextNode {
			b.WriteString(c.Data)
		}
	}
	return b.String()
}

func TestGolden(t *testing.T) {
	r := sample(t)
	r.Sections = []report.Section{overview(), fingerprintSection(), emptySection()}
	page := string(render(t, r, 5))
	page = strings.Replace(page, templates.PageCSS(), "…", 1)
	page = strings.Replace(page, templates.PageJS(), "…", 1)
	page = regexp.MustCompile(`sha256-[A-Za-z0-9+/&#;]+={0,2}`).ReplaceAllString(page, "sha256-…")
	file := filepath.Join("testdata", "page.html")
	if *update {
		if err := os.WriteFile(file, []byte(page), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff(string(want), page); d != "" {
		t.Errorf("the layout changed; look at it, then run with -update (-golden +page):\n%s", d)
	}
}

func TestSameReportGivesSameBytes(t *testing.T) {
	first := render(t, sample(t), 100)
	for range 3 {
		if !bytes.Equal(first, render(t, sample(t), 100)) {
			t.Fatal("two pages of the same report differ")
		}
	}
}

func TestEmptyReport(t *testing.T) {
	r := &report.Report{
		Window: report.Window{Since: report.NoTime, Until: report.NoTime},
		Span:   report.Span{First: report.NoTime, Last: report.NoTime},
	}
	d := parse(t, render(t, r, 0))
	if got := text(d.id("summary")); !strings.Contains(squeeze(got), "Events 0 of 0 records read") {
		t.Errorf("summary of an empty report: %q", squeeze(got))
	}
}

// squeeze makes runs of white space one space.
func squeeze(s string) string { return strings.Join(strings.Fields(s), " ") }

func TestSizeOfStyleAndScript(t *testing.T) {
	if n := len(templates.PageCSS()) + len(templates.PageJS()); n > 60_000 {
		t.Errorf("style and script are %d bytes, more than 60 kB", n)
	}
	if strings.Contains(templates.PageCSS()+templates.PageJS(), "\r") {
		t.Error("a carriage return: browsers hash the text with line feeds")
	}
}

func TestEveryLinkHasItsTarget(t *testing.T) {
	d := parse(t, render(t, sample(t), 100))
	ids := make(map[string]bool)
	d.all(func(n *html.Node) {
		id := attr(n, "id")
		if id == "" {
			return
		}
		if ids[id] {
			t.Errorf("two elements have the id %q", id)
		}
		ids[id] = true
	})
	d.all(func(n *html.Node) {
		if href := attr(n, "href"); strings.HasPrefix(href, "#") && !ids[href[1:]] {
			t.Errorf("link to %s, which is not there", href)
		}
		for _, id := range strings.Fields(attr(n, "aria-labelledby")) {
			if !ids[id] {
				t.Errorf("label %s is not there", id)
			}
		}
	})
}

func TestLimit(t *testing.T) {
	f := func(limit, rows int, want string) {
		t.Helper()
		block := document{parse(t, render(t, sample(t), limit)).id("t-sources")}
		if got := len(block.find("tr", "")) - 1; got != rows {
			t.Errorf("limit %d: %d rows, want %d", limit, got, rows)
		}
		if got := text(block.find("p", "rows")[0]); got != want {
			t.Errorf("limit %d: %q, want %q", limit, got, want)
		}
	}
	f(100, 100, "100 of 120 rows shown; all rows are in CSV, XLSX and JSON · 12,844 events in all rows")
	f(120, 120, "120 rows · 12,844 events in all rows")
	f(0, 120, "120 rows · 12,844 events in all rows")
	f(1, 1, "1 of 120 rows shown; all rows are in CSV, XLSX and JSON · 12,844 events in all rows")
}

func TestSummary(t *testing.T) {
	d := parse(t, render(t, sample(t), 10))
	var got []string
	for _, li := range (document{d.find("ul", "figures")[0]}).find("li", "") {
		got = append(got, squeeze(strings.ReplaceAll(text(li), ",", "")))
	}
	want := []string{ // counted by hand from sample_test.go
		"Events 10012 of 11000 records read all accounted for",
		"Denied 8500 84.9% of events", "Accepted 1500 15.0% of events", "Undetermined 12 0.1% of events",
		"Denied sources 120 distinct addresses",
		"Top source 192.0.2.1 2400 events · Example Networks",
		"Top port 22 5000 events · TCP · ssh",
		"Top tool zmap 510 events · inferred",
	}
	if d := cmp.Diff(want, got); d != "" {
		t.Errorf("figures (-want +got):\n%s", d)
	}
}

func TestIncompleteEvidenceStandsOut(t *testing.T) {
	d := parse(t, render(t, sample(t), 10))
	var got []string
	for _, n := range d.find("div", "alert") {
		got = append(got, squeeze(text(n)))
	}
	want := []string{
		"⚠ Evidence is incomplete: 2 of 4 inputs What these inputs could not give is missing from every figure below. " +
			"evidence/kern.log.2.gz The gzip stream ends early: 2000 records were read. evidence/secret.log not read: permission denied.",
		"⚠ Counts are lower bounds The logs hold 2 notices that records were lost or suppressed, of 350 records where they give a number. They are listed with the evidence.",
	}
	if d := cmp.Diff(want, got); d != "" {
		t.Errorf("alerts (-want +got):\n%s", d)
	}
}

func TestLedgerThatDoesNotReconcile(t *testing.T) {
	r := sample(t)
	r.Evidence.Totals.Other++
	d := parse(t, render(t, r, 10))
	if got := text(d.id("summary")); !strings.Contains(got, "The records do not add up") {
		t.Error("the summary does not say so")
	}
	if got := len(d.find("li", "bad")); got != 2 { // the totals themselves, and the inputs against them
		t.Errorf("%d checks fail, want 2", got)
	}
	if got := len(parse(t, render(t, sample(t), 10)).find("li", "bad")); got != 0 {
		t.Errorf("%d checks fail on a sound ledger", got)
	}
}

// full is a device without space.
type full struct{}

var errFull = errors.New("no space left on device")

func (full) Write([]byte) (int, error) { return 0, errFull }

func TestWriteError(t *testing.T) {
	if err := Render(full{}, sample(t), Options{}); !errors.Is(err, errFull) {
		t.Errorf("error %v does not wrap the writer's", err)
	}
}
