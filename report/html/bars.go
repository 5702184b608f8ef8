package html

import (
	"strconv"
	"strings"

	"fwreport/report"
)

// maxBars is how many rows a chart of horizontal bars shows.
const maxBars = 15

// barChart is a chart of horizontal bars, one a row. It is a list: where there
// is neither colour nor picture, its names and values remain.
type barChart struct {
	ID, Title, Caption string
	Legend             []series // where there is more than one
	Rows               []barRow
}

type barRow struct {
	Label, More, Value string
	Parts              []barPart

	values []uint64
	sum    uint64
}

type barPart struct{ Class, X, Width string }

// newBars is the chart of a table's first rows; false if there is nothing to show.
func newBars(c *report.Chart, t *report.Table, b tabler) (barChart, bool) {
	v := barChart{ID: anchor("c", c.ID), Title: shown(c.Title)}
	var columns []int
	for _, y := range c.Y {
		if i := t.Column(y); i >= 0 {
			columns = append(columns, i)
		}
	}
	x := t.Column(c.X)
	var most uint64
	for row := range t.Head(maxBars) {
		r := barRow{Label: b.cell(&t.Columns[x], "", row[x]).Text, More: b.otherKeys(t, x, row)}
		for _, i := range columns {
			r.values = append(r.values, row[i].Uint())
			r.sum += row[i].Uint()
		}
		r.Value = group(r.sum)
		most = max(most, r.sum)
		v.Rows = append(v.Rows, r)
	}
	v.draw(t, columns, most)
	if t.TotalRows > maxBars {
		v.Caption = "the first " + strconv.Itoa(maxBars) + " of " + plural(uint64(t.TotalRows), "row", "rows")
	}
	return v, len(v.Rows) > 0 && len(columns) > 0
}

// otherKeys tells rows apart that have the same label: port 53 by TCP and by UDP.
func (b tabler) otherKeys(t *report.Table, x int, row []report.Value) string {
	var words []string
	for i := range t.Columns {
		if c := &t.Columns[i]; i != x && c.Key && t.Columns[x].Key && !row[i].IsNull() {
			words = append(words, b.cell(c, "", row[i]).Text)
		}
	}
	return strings.Join(words, " ")
}

func (v *barChart) draw(t *report.Table, columns []int, most uint64) {
	classes := make([]string, len(columns))
	for j, i := range columns {
		classes[j] = seriesClass(t.Columns[i].ID, j)
	}
	for i := range v.Rows {
		r := &v.Rows[i]
		var from uint64
		for j, n := range r.values {
			if n == 0 {
				continue
			}
			r.Parts = append(r.Parts, barPart{classes[j], percentOf(from, most), percentOf(n, most)})
			from += n
		}
	}
	if len(columns) > 1 {
		v.Legend = v.legend(t, columns, classes)
	}
}

func (v *barChart) legend(t *report.Table, columns []int, classes []string) []series {
	list := make([]series, len(columns))
	for j, i := range columns {
		list[j] = series{Class: classes[j], Title: shown(t.Columns[i].Title)}
		for _, r := range v.Rows {
			list[j].sum += r.values[j]
		}
		list[j].Total = group(list[j].sum)
	}
	return list
}

// percentOf is the share of n in percent, to two decimals, as SVG reads it.
func percentOf(n, whole uint64) string {
	if whole == 0 {
		return "0"
	}
	return strconv.FormatFloat(100*float64(n)/float64(whole), 'f', 2, 64)
}
