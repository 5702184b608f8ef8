package text

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"fwreport/report"
)

// grid is a table being laid out.
type grid struct {
	columns []column
	time    func(ns int64) string
	total   []string // cells of a last line below a rule, by column; nil if there is none
}

// table writes t and below it how much of it that is, as extent says it.
func (p *printer) table(t *report.Table, extent func(*report.Table, int) string) {
	g := p.measure(t, nil, p.time)
	shown := p.grid(t, g)
	p.line(p.style(dim, extent(t, shown)))
	p.omissions(g)
}

// extent is "10 of 831 rows".
func extent(t *report.Table, shown int) string {
	text := quantity(uint64(t.TotalRows), "row")
	if shown != t.TotalRows {
		text = report.Group(uint64(shown)) + " of " + text
	}
	return text
}

// totals is "10 of 831 rows; 10,000 events".
func totals(t *report.Table, shown int) string {
	text := extent(t, shown)
	if t.Column("count") >= 0 {
		text += "; " + quantity(t.TotalCount, "event")
	}
	return text
}

// measure reads the rows once for the widths of the columns. keep chooses
// columns by ID; nil is all.
func (p *printer) measure(t *report.Table, keep []string, times func(int64) string) *grid {
	g := &grid{time: times}
	for i, c := range t.Columns {
		if keep != nil && !slices.Contains(keep, c.ID) {
			continue
		}
		g.columns = append(g.columns, p.newColumn(i, c))
	}
	if t.Rows == nil {
		return g
	}
	for row := range t.Head(p.opt.Limit) {
		for i := range g.columns {
			c := &g.columns[i]
			v := valueAt(row, c.index)
			c.grow(p.cells.StringWidth(g.cell(v)))
			c.empty = c.empty && (v.IsNull() || c.kind != report.Port && numeric(c.kind) && v.Uint() == 0) // port 0 is a port
		}
	}
	return g
}

func valueAt(row []report.Value, i int) report.Value {
	if i < len(row) {
		return row[i]
	}
	return report.Null
}

// grid fits the columns to the width and writes header, rows and total line;
// it returns the number of rows.
func (p *printer) grid(t *report.Table, g *grid) int {
	for i, cell := range g.total {
		g.columns[i].grow(p.cells.StringWidth(cell))
	}
	fit(g.columns, p.opt.Width)
	p.header(g)
	shown := 0
	if t.Rows != nil {
		for row := range t.Head(p.opt.Limit) {
			if p.err != nil {
				return shown
			}
			p.cellsLine(g, func(c *column) string { return g.cell(valueAt(row, c.index)) })
			shown++
		}
	}
	if g.total != nil {
		p.rule(g)
		i := -1
		p.cellsLine(&grid{columns: g.columns}, func(c *column) string {
			for i++; &g.columns[i] != c; i++ { // columns that are left out
			}
			return g.total[i]
		})
	}
	return shown
}

func (p *printer) header(g *grid) {
	var b strings.Builder
	for _, c := range g.shown() {
		p.pad(&b, c, p.cut(c, c.title, false))
	}
	p.line(p.style(bold, strings.TrimRight(b.String(), " ")))
	p.rule(g)
}

func (p *printer) rule(g *grid) {
	var b strings.Builder
	for _, c := range g.shown() {
		p.pad(&b, c, strings.Repeat("-", c.width))
	}
	p.line(strings.TrimRight(b.String(), " "))
}

func (p *printer) cellsLine(g *grid, cell func(*column) string) {
	var b strings.Builder
	for _, c := range g.shown() {
		p.pad(&b, c, p.cut(c, cell(c), c.tail))
	}
	p.line(strings.TrimRight(b.String(), " "))
}

// pad appends a cell, filled up to the column's width, and the gap before it.
func (p *printer) pad(b *strings.Builder, c *column, cell string) {
	fill := strings.Repeat(" ", max(0, c.width-p.cells.StringWidth(cell)))
	if c.place > 0 {
		b.WriteString(strings.Repeat(" ", gap))
	}
	if c.right {
		b.WriteString(fill + cell)
	} else {
		b.WriteString(cell + fill)
	}
}

// cut shortens a cell that is wider than its column, if there is a width.
func (p *printer) cut(c *column, cell string, left bool) string {
	n := p.cells.StringWidth(cell)
	if p.opt.Width <= 0 || n <= c.width {
		return cell
	}
	if left {
		return p.cells.TruncateLeft(cell, n-c.width+1, "…")
	}
	return p.cells.Truncate(cell, c.width, "…")
}

// omissions names the columns that are not shown.
func (p *printer) omissions(g *grid) {
	var empty, left []string
	for _, c := range g.columns {
		switch {
		case c.shown:
		case c.empty:
			empty = append(empty, c.id)
		default:
			left = append(left, c.id)
		}
	}
	if len(left) > 0 {
		p.wrapped("", 0, fmt.Sprintf("Left out to fit %d columns: %s.", p.opt.Width, strings.Join(left, ", ")))
	}
	if len(empty) > 0 {
		p.wrapped("", 0, "Left out, empty or 0 in these rows: "+strings.Join(empty, ", ")+".")
	}
}

// cell is a value as it is shown.
func (g *grid) cell(v report.Value) string {
	switch v.Kind() {
	case "":
		return "-"
	case report.Count, report.Bytes:
		return report.Group(v.Uint())
	case report.Ratio:
		return report.Percent(v.Float())
	case report.Time:
		return g.time(v.Nanos())
	case report.Duration:
		return duration(time.Duration(v.Nanos()))
	case report.Port, report.Number:
		return v.String()
	}
	if v.Str() == "" {
		return `""`
	}
	return report.Visible(v.Str())
}

// duration is d with its days, "49d0h14m2s", rounded to the second from a minute
// on: the digits behind it do not help a reader, and JSON has them.
func duration(d time.Duration) string {
	if d.Abs() >= time.Minute {
		d = d.Round(time.Second)
	}
	const day = 24 * time.Hour
	days, rest := d/day, d%day
	if days == 0 {
		return d.String()
	}
	text := fmt.Sprintf("%dd%dh", days, rest.Abs()/time.Hour)
	return text + fmt.Sprintf("%dm%ds", rest.Abs()%time.Hour/time.Minute, rest.Abs()%time.Minute/time.Second)
}

func (g *grid) shown() []*column {
	var list []*column
	for i := range g.columns {
		if g.columns[i].shown {
			list = append(list, &g.columns[i])
			g.columns[i].place = len(list) - 1
		}
	}
	return list
}
