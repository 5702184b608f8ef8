package html

import (
	"slices"
	"strings"
	"testing"

	"golang.org/x/net/html"

	"fwreport/reader/evidence"
	"fwreport/report"
	"fwreport/report/reporttest"
)

// proven is the sample with a section on the evidence, which stands first in the
// report.
func proven(t testing.TB) *report.Report {
	r := sample(t)
	r.Sections = append([]report.Section{reporttest.Evidence()}, r.Sections...)
	return r
}

// contents is the entries of the navigation in order, those of sections.
func contents(d document) (list []string) {
	for _, n := range d.find("ul", "toc") {
		for li := n.FirstChild; li != nil; li = li.NextSibling {
			if li.Data != "li" {
				continue
			}
			for a := li.FirstChild; a != nil; a = a.NextSibling {
				if a.Data == "a" {
					list = append(list, attr(a, "href")+" "+text(a))
				}
			}
		}
	}
	return list
}

// headings is the text of what has this name inside the section on the evidence.
func headings(d document, name string) (list []string) {
	(document{d.id("s-evidence")}).all(func(n *html.Node) {
		if n.Type == html.ElementNode && n.Data == name {
			list = append(list, squeeze(text(n)))
		}
	})
	return list
}

// There is one section on the evidence, whatever the report has of it: one
// heading, one anchor, one entry of the contents, behind the results.
func TestOneSectionOnTheEvidence(t *testing.T) {
	empty := reporttest.Evidence()
	empty.Tables, empty.Findings, empty.Notes = empty.Tables[1:2], nil, nil
	with := func(s report.Section) *report.Report {
		r := sample(t)
		r.Sections = append(r.Sections, s)
		return r
	}
	fromManifest := []string{"Accounting of records", "Inputs", "Records of each input", "Losses and boundaries", "Malformed records by reason", "Notes on inputs"}
	for _, c := range []struct {
		name   string
		report *report.Report
		want   []string
	}{
		{"whole", proven(t), []string{"Accounting of records", "Inputs", "Records of each input", "Malformed records by reason", "Notes on inputs",
			"Clocks, gaps and losses", "Clock", "Overlaps", "Notices"}},
		{"older JSON", sample(t), fromManifest},
		{"tables without rows", with(empty), append(slices.Clone(fromManifest), "Clocks, gaps and losses")},
	} {
		d := parse(t, render(t, c.report, 10))
		if got := headings(d, "h2"); !slices.Equal(got, []string{"Evidence"}) {
			t.Errorf("%s: headings %q", c.name, got)
		}
		if got := headings(d, "h3"); !slices.Equal(got, c.want) {
			t.Errorf("%s:\n got %q\nwant %q", c.name, got, c.want)
		}
		toc := contents(d)
		if n := len(toc); n < 3 || toc[n-2] != "#s-evidence Evidence" || toc[n-1] != "#verify How to verify" {
			t.Errorf("%s: the contents end %q", c.name, toc)
		}
		if n := strings.Count(strings.Join(toc, "\n"), "vidence"); n != 2 { // the address and the title
			t.Errorf("%s: the evidence is %d times in the contents", c.name, n)
		}
	}
}

// What tables list is not shown a second time from the manifest; tables without
// rows are named in one line, and their anchors stay.
func TestEvidenceIsShownOnce(t *testing.T) {
	r := proven(t)
	s := &r.Sections[0]
	column := []report.Column{report.Col("count", "Count", report.Count)}
	s.Tables = append(s.Tables,
		report.Table{ID: "rejects", Title: "Rejected records", TotalRows: 1, TotalCount: 3, Columns: column, Rows: report.RowsOf([][]report.Value{{report.CountOf(3)}})},
		report.Table{ID: "reject_examples", Title: "Examples", Columns: column})
	page := string(render(t, r, 10))
	d := parse(t, []byte(page))
	for _, once := range []string{"bad-address", "Where nothing was logged."} {
		if n := strings.Count(page, once); n != 1 {
			t.Errorf("%q stands %d times on the page, want 1", once, n)
		}
	}
	for _, never := range []string{"Notices of loss", "service_suppressed", "999.1.1.1", " · 531 events", " · 40 events", "No rows."} {
		if strings.Contains(text(d.id("s-evidence")), never) {
			t.Errorf("%q is in the section", never)
		}
	}
	if got := headings(d, "summary"); !slices.Contains(got, "Nothing to list: Gaps, Examples") {
		t.Errorf("no list of empty tables in %q", got)
	}
	if d.id("t-gaps") == nil || d.id("t-clock") == nil {
		t.Error("a table has no anchor")
	}
}

// A boot, a clock that was set and an attack are in the logs, and nothing was lost.
func TestBoundariesAreNoLosses(t *testing.T) {
	r := sample(t)
	r.Evidence.Inputs[0].Losses = nil
	for _, class := range []string{"boot", "clock_set", "daemon_restart", "martian", "syn_flood", "kernel_flood", "conntrack_full"} {
		r.Evidence.Inputs[0].Losses = append(r.Evidence.Inputs[0].Losses, evidence.Loss{Class: class, Notices: 3, Lost: 7})
	}
	d := parse(t, render(t, r, 10))
	if got := text(d.id("summary")); strings.Contains(got, "lower bounds") || strings.Contains(got, "lost") {
		t.Errorf("the summary tells of losses: %q", squeeze(got))
	}
	if got := squeeze(text(d.id("t-loss_notices"))); !strings.Contains(got, "3bootthe machine was startednone7") || strings.Count(got, "lower bounds") != 1 {
		t.Errorf("the table of notices is %q", got)
	}
}
