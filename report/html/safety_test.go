package html

import (
	"crypto/sha256"
	"encoding/base64"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"golang.org/x/net/html"

	"fwreport/report"
)

// safe is the elements that a page may have. None of them loads anything or
// sends anything anywhere, but for those that the test looks at more closely.
var safe = strings.Fields(`html head meta title link style script body a div aside p nav ul ol li span main header h1 h2 h3
	dl dt dd code section details summary table thead tbody tfoot tr th td time figure figcaption svg rect path line text g
	b pre footer`)

// checkSafe fails the test for everything in the page that could load, run or send
// something.
func checkSafe(t testing.TB, d document) {
	t.Helper()
	allowed := make(map[string]bool)
	for _, name := range safe {
		allowed[name] = true
	}
	d.all(func(n *html.Node) {
		svgTitle := n.Namespace == "svg" && n.Data == "title"
		if !allowed[n.Data] && !svgTitle {
			t.Errorf("element %s", n.Data)
		}
		for _, a := range n.Attr {
			checkAttribute(t, n, a)
		}
	})
	for _, name := range []string{"script", "style", "title", "base"} {
		want := 1
		if name == "base" {
			want = 0
		}
		got := 0
		for _, n := range d.find(name, "") {
			if n.Namespace == "" {
				got++
			}
		}
		if got != want {
			t.Errorf("%d elements %s, want %d", got, name, want)
		}
	}
}

func checkAttribute(t testing.TB, n *html.Node, a html.Attribute) {
	t.Helper()
	switch {
	case strings.HasPrefix(a.Key, "on"), a.Key == "style", a.Key == "src", a.Key == "srcdoc", a.Key == "action", a.Key == "ping":
		t.Errorf("attribute %s=%q of %s", a.Key, a.Val, n.Data)
	case a.Key == "href" && n.Data == "link" && a.Val == "data:,":
	case (a.Key == "href" || a.Key == "xlink:href") && !strings.HasPrefix(a.Val, "#"):
		t.Errorf("link to %q", a.Val)
	case a.Key == "http-equiv" && a.Val != "Content-Security-Policy":
		t.Errorf("meta http-equiv %q", a.Val)
	}
}

func TestAttacksAreText(t *testing.T) {
	page := render(t, sample(t), 100)
	d := parse(t, page)
	checkSafe(t, d)
	section := text(d.root)
	for _, a := range attacks {
		if want := shown(a); !strings.Contains(section, want) {
			t.Errorf("%q is not shown as %q", a, want)
		}
	}
	checkVisible(t, page)
}

// checkVisible fails for every byte that a reader does not see, but for line
// feeds and the space that groups digits.
func checkVisible(t testing.TB, page []byte) {
	t.Helper()
	if !utf8.Valid(page) {
		t.Error("the page is not UTF-8")
	}
	for i, r := range string(page) {
		if r == '\n' || r == ',' {
			continue
		}
		if !unicode.IsGraphic(r) || unicode.Is(unicode.Bidi_Control, r) {
			t.Errorf("%U at byte %d: %q", r, i, page[max(0, i-20):i])
		}
	}
}

func TestPolicyAdmitsTheTwoElementsOnly(t *testing.T) {
	d := parse(t, render(t, sample(t), 10))
	hash := func(name string) string {
		sum := sha256.Sum256([]byte(text(d.find(name, "")[0])))
		return "'sha256-" + base64.StdEncoding.EncodeToString(sum[:]) + "'"
	}
	want := "default-src 'none'; script-src " + hash("script") + "; style-src " + hash("style") +
		"; img-src data:; base-uri 'none'; form-action 'none'"
	for _, n := range d.find("meta", "") {
		if attr(n, "http-equiv") != "Content-Security-Policy" {
			continue
		}
		if got := attr(n, "content"); got != want {
			t.Errorf("policy %q, want %q", got, want)
		}
		return
	}
	t.Error("no policy")
}

// FuzzText puts any text wherever a report can hold one: the page must have the
// same elements as with a harmless text.
func FuzzText(f *testing.F) {
	for _, a := range attacks {
		f.Add(a[:min(len(a), 300)])
	}
	shape := func(t testing.TB, s string) string {
		d := parse(t, render(t, hostile(s), 10))
		checkSafe(t, d)
		var b strings.Builder
		d.all(func(n *html.Node) { b.WriteString(n.Data + " ") })
		return b.String()
	}
	want := shape(f, "harmless")
	f.Fuzz(func(t *testing.T, s string) {
		switch s {
		case "", "-", "verdict", "confidence", "observed", "inferred", "possible",
			"actions", "sources", "denied_ports", "countries", "fingerprints",
			report.EvidenceSection, "losses", "rejects", "reject_examples":
			return // absent, or a name with a meaning of its own
		}
		if got := shape(t, s); got != want {
			t.Errorf("%q changes the elements of the page:\n%s\nwant\n%s", s, got, want)
		}
	})
}

// hostile is a report with one text everywhere.
func hostile(s string) *report.Report {
	columns := []report.Column{
		{ID: "count", Title: s, Doc: s, Kind: report.Count}, {ID: s, Title: s, Doc: s, Kind: report.Text, Key: true},
		{ID: "verdict", Title: s, Kind: report.Text}, {ID: "b", Title: s, Kind: report.Address}, {ID: "c", Title: s, Kind: report.Evidence},
	}
	t := tableOf(s, s, 1, columns, row(report.CountOf(1), report.EmptyText(s), report.TextOf("denied"), report.AddressText(s), report.EvidenceOf(s)))
	t.Doc = s
	r := &report.Report{
		Title: s, Generator: report.Generator{Name: s, Version: s}, Command: []string{s}, Zone: s, Notes: []string{s},
		Sections: []report.Section{{
			ID: s, Title: s, Doc: s, Notes: []string{s}, Tables: []report.Table{t},
			Findings: []report.Finding{{Confidence: report.Confidence(s), Text: s, Evidence: []string{s}}},
			Charts:   []report.Chart{{ID: s, Title: s, Kind: report.Bars, Table: s, X: s, Y: []string{"count"}}},
		}, {
			ID: report.EvidenceSection, Title: s, Doc: s, Notes: []string{s}, Tables: []report.Table{t, {ID: "none", Title: s, Doc: s, Columns: columns}},
			Findings: []report.Finding{{Confidence: report.Confidence(s), Text: s, Evidence: []string{s}}},
		}},
	}
	r.Evidence = sampleEvidence()
	r.Evidence.Inputs[1].SHA256 = "ab" // so that there is always a line of sha256sum
	in := &r.Evidence.Inputs[0]
	in.Path, in.Format, in.YearFrom, in.ZoneFrom, in.Notes = s, s, s, s, []string{s}
	in.SHA256, in.Skipped, in.Compression = s, s, s
	in.Reasons = map[string]uint64{s: 1}
	in.Rejects[0].Reason, in.Rejects[0].Text, in.Losses[0].Class = s, s, s
	return r
}
