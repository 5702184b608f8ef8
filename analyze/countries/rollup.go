package countries

import (
	"cmp"
	"slices"
	"strings"

	"fwreport/analyze"
	"fwreport/report"
)

// key identifies a row: a country, an autonomous system, or why there is none.
type key struct {
	country string
	asn     uint32
	missing string
}

func countryKey(p analyze.Place, missing string) key {
	if p.Country != "" {
		return key{country: p.Country}
	}
	return key{missing: missing}
}

func asnKey(p analyze.Place, missing string) key {
	if p.ASN != 0 {
		return key{asn: p.ASN}
	}
	return key{missing: missing}
}

// row is what is known of a country or an autonomous system. The names are the
// first by byte order of those that its sources' places give (as a rule there
// is one), so that they do not depend on the order of the sources.
type row struct {
	key
	count, sources uint64
	name, org      string
	home           string // of an autonomous system: the country of all its sources
	scattered      bool   // they are in several, or of some it is not known
}

type rollup struct {
	index map[key]int
	rows  []row
}

func newRollup() *rollup { return &rollup{index: map[key]int{}} }

// add counts sources to the row k.
func (u *rollup) add(k key, s *sources) {
	i, ok := u.index[k]
	if !ok {
		i = len(u.rows)
		u.index[k] = i
		u.rows = append(u.rows, row{key: k, home: s.place.Country})
	}
	r := &u.rows[i]
	r.count += s.count
	r.sources += s.n
	r.name, r.org = firstName(r.name, s.place.CountryName), firstName(r.org, s.place.Org)
	r.scattered = r.scattered || r.home != s.place.Country
}

func firstName(a, b string) string {
	if a == "" || b != "" && b < a {
		return b
	}
	return a
}

// sorted gives the rows in the tables' order.
func (u *rollup) sorted() []row {
	slices.SortFunc(u.rows, func(a, b row) int {
		return cmp.Or(cmp.Compare(b.count, a.count), strings.Compare(a.country, b.country), cmp.Compare(a.asn, b.asn),
			strings.Compare(a.missing, b.missing))
	})
	return u.rows
}

// countryTable has the name as a second key column: it tells the rows without a
// country apart.
func countryTable(rows []row, total uint64) report.Table {
	t := report.Table{
		ID:    "countries",
		Title: "Countries",
		Doc: "Denied events by country of the source (ISO 3166-1 code). Rows without a country are private and other special " +
			"addresses, addresses unknown to the data, and records without a source.",
		Columns: []report.Column{
			report.Col("count", "Count", report.Count),
			report.KeyCol("country", "Country", report.Text),
			report.KeyCol("name", "Name", report.Text),
			report.Col("sources", "Sources", report.Count),
			report.Col("share", "Share", report.Ratio),
		},
		TotalRows:  len(rows),
		TotalCount: total,
	}
	cells := make([][]report.Value, 0, len(rows))
	for i := range rows {
		r := &rows[i]
		name := r.name
		if r.missing != "" {
			name = r.missing
		}
		cells = append(cells, []report.Value{report.CountOf(r.count), report.TextOf(r.country), report.TextOf(name),
			report.CountOf(r.sources), share(r.count, total)})
	}
	t.Rows = report.RowsOf(cells)
	return t
}

// asnTable has the organisation as a second key column, as the countries have
// the name.
func asnTable(rows []row, total uint64) report.Table {
	t := report.Table{
		ID:    "asns",
		Title: "Autonomous systems",
		Doc: "Denied events by autonomous system of the source. The country is given where all of its sources here are in the same. " +
			"Rows without a number are as in the table of countries.",
		Columns: []report.Column{
			report.Col("count", "Count", report.Count),
			report.KeyCol("asn", "ASN", report.Number),
			report.KeyCol("org", "Organisation", report.Text),
			report.Col("country", "Country", report.Text),
			report.Col("sources", "Sources", report.Count),
			report.Col("share", "Share", report.Ratio),
		},
		TotalRows:  len(rows),
		TotalCount: total,
	}
	cells := make([][]report.Value, 0, len(rows))
	for i := range rows {
		cells = append(cells, asnCells(&rows[i], total))
	}
	t.Rows = report.RowsOf(cells)
	return t
}

func asnCells(r *row, total uint64) []report.Value {
	number, org, home := report.Null, r.org, report.Null
	if r.asn != 0 {
		number = report.NumberOf(uint64(r.asn))
	}
	if r.missing != "" {
		org = r.missing
	}
	if !r.scattered {
		home = report.TextOf(r.home)
	}
	return []report.Value{report.CountOf(r.count), number, report.TextOf(org), home, report.CountOf(r.sources), share(r.count, total)}
}

func share(n, total uint64) report.Value { return report.RatioOf(float64(n) / float64(total)) }
