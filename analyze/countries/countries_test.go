package countries

import (
	"fmt"
	"math/rand/v2"
	"net/netip"
	"slices"
	"strings"
	"testing"

	"fwreport/analyze"
	"fwreport/analyze/analyzetest"
	"fwreport/reader/event"
	"fwreport/report"
)

func TestLaws(t *testing.T) { analyzetest.Laws(t, Analyzer, analyzetest.Events) }

// places is a geography that can be read off the test.
type places map[string]analyze.Place

func (p places) Locate(a netip.Addr) analyze.Place { return p[a.String()] }
func (p places) Note(span report.Span) []string {
	return []string{fmt.Sprintf("span %d to %d", span.First, span.Last)}
}

var geography = places{
	"198.41.0.4":  {Country: "DE", CountryName: "Germany", ASN: 64500, Org: "Netz"},
	"198.41.0.5":  {Country: "DE", CountryName: "Germany", ASN: 64501, Org: "Beta"},
	"198.41.0.6":  {Country: "NL", CountryName: "Netherlands", ASN: 64500, Org: "Netz"},
	"198.41.0.7":  {ASN: 64502},
	"2a00::1":     {Country: "A1"},
	"198.41.0.99": {Country: "FR", CountryName: "France"}, // never denied
}

type packet struct {
	src     string // "" is absent
	count   uint32
	port    uint16
	verdict event.Verdict
}

func events(sym *event.Symbols, packets []packet) []event.Event {
	var list []event.Event
	for i, p := range packets {
		e := event.Event{Time: int64(i) * 1e9, Ref: event.MakeRef(0, uint64(i+1)), Count: p.count, Proto: event.TCP,
			Action: sym.Of("DROP"), Verdict: p.verdict, DstPort: p.port, Fields: event.HasDstPort}
		if p.src != "" {
			e.Src, e.Fields = event.AddrFrom(netip.MustParseAddr(p.src)), e.Fields|event.HasSrc
		}
		list = append(list, e)
	}
	return list
}

func section(t *testing.T, geo analyze.Locator, packets []packet) *report.Section {
	sym := event.NewSymbols()
	env := analyzetest.Env(sym)
	env.Geo, env.Span = geo, report.Span{First: 7, Last: 8}
	return analyzetest.SectionOf(t, Analyzer, sym, env, events(sym, packets))
}

func TestTables(t *testing.T) {
	s := section(t, geography, []packet{
		{"198.41.0.4", 1, 22, event.Denied}, {"198.41.0.4", 5, 22, event.Denied}, {"198.41.0.4", 2, 23, event.Denied},
		{"198.41.0.5", 2, 22, event.Denied},
		{"198.41.0.6", 4, 22, event.Denied},
		{"198.41.0.7", 3, 22, event.Denied},
		{"2a00::1", 1, 22, event.Denied},
		{"10.0.0.1", 1, 22, event.Denied}, {"192.168.7.7", 1, 22, event.Denied}, {"fe80::1", 1, 22, event.Denied},
		{"8.8.8.8", 2, 22, event.Denied},
		{"", 2, 22, event.Denied},
		{"198.41.0.99", 50, 22, event.Accepted}, {"198.41.0.99", 50, 22, event.Undetermined},
	})
	// Denied are 25 in all.
	want := []string{
		"10 | DE | Germany | 2 | 0.4",
		"5 | - | unknown | 2 | 0.2",
		"4 | NL | Netherlands | 1 | 0.16",
		"3 | - | private or special address | 3 | 0.12",
		"2 | - | no source address | 0 | 0.08",
		"1 | A1 | - | 1 | 0.04",
	}
	if got := analyzetest.Lines(t, analyzetest.Table(t, s, "countries")); !slices.Equal(got, want) {
		t.Errorf("countries\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
	want = []string{
		"12 | 64500 | Netz | - | 2 | 0.48",
		"3 | - | private or special address | - | 3 | 0.12",
		"3 | - | unknown | - | 2 | 0.12",
		"3 | 64502 | - | - | 1 | 0.12",
		"2 | - | no source address | - | 0 | 0.08",
		"2 | 64501 | Beta | DE | 1 | 0.08",
	}
	if got := analyzetest.Lines(t, analyzetest.Table(t, s, "asns")); !slices.Equal(got, want) {
		t.Errorf("asns\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
	if !slices.Equal(s.Notes, []string{"span 7 to 8"}) {
		t.Errorf("notes %q", s.Notes)
	}
	if len(s.Findings) != 0 {
		t.Errorf("25 events are too few for a finding: %v", s.Findings)
	}
}

func TestFindings(t *testing.T) {
	for _, c := range []struct {
		packets []packet
		want    []string
	}{
		{[]packet{{"198.41.0.4", 60, 22, event.Denied}, {"198.41.0.5", 15, 22, event.Denied}, {"8.8.8.8", 25, 22, event.Denied}}, []string{
			"75.0 % of all denied events (75 of 100, from 2 sources) came from addresses in Germany (DE).",
			"60.0 % of all denied events (60 of 100, from 1 source) came from addresses of AS64500 (Netz).",
		}},
		{[]packet{{"2a00::1", 50, 22, event.Denied}, {"10.0.0.1", 50, 22, event.Denied}}, []string{
			"50.0 % of all denied events (50 of 100, from 1 source) came from addresses in A1.",
		}},
		{[]packet{{"2a00::1", 51, 22, event.Denied}, {"10.0.0.1", 51, 22, event.Denied}, {"2a00::1", 1, 23, event.Denied}}, []string{
			"50.5 % of all denied events (52 of 103, from 1 source) came from addresses in A1.",
		}},
		{[]packet{{"198.41.0.4", 99, 22, event.Denied}}, nil},
		{[]packet{{"198.41.0.4", 49, 22, event.Denied}, {"198.41.0.6", 1, 22, event.Denied}, {"8.8.8.8", 25, 22, event.Denied}, {"10.0.0.1", 25, 22, event.Denied}}, []string{
			"50.0 % of all denied events (50 of 100, from 2 sources) came from addresses of AS64500 (Netz).",
		}},
		{[]packet{{"8.8.8.8", 500, 22, event.Denied}, {"198.41.0.4", 100, 22, event.Denied}}, nil},
		{nil, nil},
	} {
		var got []string
		for _, f := range section(t, geography, c.packets).Findings {
			got = append(got, f.Text)
		}
		if !slices.Equal(got, c.want) {
			t.Errorf("%v:\n got %q\nwant %q", c.packets, got, c.want)
		}
	}
}

func TestWithoutData(t *testing.T) {
	s := section(t, nil, []packet{{"198.41.0.4", 200, 22, event.Denied}, {"10.0.0.1", 100, 22, event.Denied}})
	want := []string{"200 | - | unknown", "100 | - | private or special address"}
	if got := analyzetest.Lines(t, analyzetest.Table(t, s, "countries"), "count", "country", "name"); !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
	if len(s.Notes) != 1 || !strings.Contains(s.Notes[0], "No country data") || len(s.Findings) != 0 {
		t.Errorf("notes %q, findings %v", s.Notes, s.Findings)
	}
}

// TestSumsToDenied holds that no denied event is lost in either table.
func TestSumsToDenied(t *testing.T) {
	sym := event.NewSymbols()
	list := analyzetest.Events(rand.New(rand.NewPCG(5, 6)), sym, 2000)
	var denied uint64
	sources := map[event.Addr]bool{}
	for i := range list {
		if list[i].Verdict == event.Denied {
			denied += uint64(list[i].Count)
			if list[i].Has(event.HasSrc) {
				sources[list[i].Src] = true
			}
		}
	}
	s := analyzetest.SectionOf(t, Analyzer, sym, nil, list)
	for _, id := range []string{"countries", "asns"} {
		table := analyzetest.Table(t, s, id)
		var count, distinct uint64
		share := 0.0
		for row := range table.Rows {
			count += row[table.Column("count")].Uint()
			distinct += row[table.Column("sources")].Uint()
			share += row[table.Column("share")].Float()
		}
		if count != denied || table.TotalCount != denied || distinct != uint64(len(sources)) || share < 0.999999 || share > 1.000001 {
			t.Errorf("%s: %d events of %d sources, share %v; want %d of %d", id, count, distinct, share, denied, len(sources))
		}
	}
}
