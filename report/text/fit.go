package text

import (
	"slices"

	"fwreport/report"
)

const (
	gap      = 2   // cells between columns
	padLimit = 100 // cells that a column takes at most; longer cells are cut, or stick out where there is no width
)

// paths are the IDs of columns of file names: their end says more.
var paths = []string{"path", "family", "other", "log"}

// column is a column being laid out.
type column struct {
	index  int // in the row
	id     string
	title  string
	kind   report.Kind
	key    bool // a key column, or the table's first: never left out
	right  bool
	empty  bool // every cell null or 0
	head   int  // width of the title
	width  int  // cells; natural at first, after fit what it gets
	tail   bool // cut from the left: the end says more
	whole  bool // not cut
	shown  bool
	place  int // among the columns shown
	narrow int // the least width it can be cut to
}

func (p *printer) newColumn(i int, c report.Column) column {
	title := report.Visible(c.Title)
	if title == "" {
		title = report.Visible(c.ID)
	}
	n := min(p.cells.StringWidth(title), padLimit)
	return column{index: i, id: c.ID, title: title, kind: c.Kind, key: c.Key || i == 0,
		right: numeric(c.Kind) || c.Kind == report.Ratio || c.Kind == report.Duration,
		tail:  c.Kind == report.Evidence || c.Kind == report.Text && slices.Contains(paths, c.ID), empty: true, head: n, width: n, shown: true}
}

func numeric(k report.Kind) bool {
	return k == report.Count || k == report.Bytes || k == report.Port || k == report.Number
}

func (c *column) grow(width int) { c.width = min(max(c.width, width), padLimit) }

// rank says how long a column is kept: the lowest goes first.
func (c *column) rank() int {
	switch c.kind {
	case report.Evidence:
		return 1
	case report.Text:
		if c.width > 24 { // an organisation, a sentence
			return 2
		}
		return 5
	case report.Duration:
		return 3
	case report.Address, report.Port: // not a key: known only where the group has but one
		return 4
	case report.Time:
		return 6
	}
	return 7
}

// least is the width that the column can be cut to. A number cut is a wrong
// number, so only text and places can.
func (c *column) least() int {
	switch {
	case c.whole:
		return c.width
	case c.kind == report.Evidence:
		return min(c.width, max(c.head, 16))
	case c.kind == report.Text && c.key:
		return min(c.width, max(c.head, 16))
	case c.kind == report.Text:
		return min(c.width, max(c.head, 10))
	}
	return c.width
}

// fit chooses the columns to be shown and their widths. width 0 shows all.
func fit(columns []column, width int) {
	for i := range columns {
		columns[i].narrow = columns[i].least()
	}
	if width <= 0 || sum(columns, natural) <= width {
		return
	}
	dropEmpty(columns, width)
	drop(columns, width)
	restore(columns, width)
	shrink(columns, width)
}

func natural(c *column) int  { return c.width }
func narrowed(c *column) int { return c.narrow }

// sum is the width of the columns shown with the gaps between them.
func sum(columns []column, width func(*column) int) int {
	total, n := 0, 0
	for i := range columns {
		if columns[i].shown {
			total, n = total+width(&columns[i]), n+1
		}
	}
	return total + gap*max(0, n-1)
}

// dropEmpty leaves out columns with nothing in them until the others fit uncut.
func dropEmpty(columns []column, width int) {
	for i := len(columns) - 1; i >= 0 && sum(columns, natural) > width; i-- {
		if c := &columns[i]; c.empty && !c.key {
			c.shown = false
		}
	}
}

// drop leaves out columns until the others fit when cut, by rank, from the
// right.
func drop(columns []column, width int) {
	for sum(columns, narrowed) > width {
		worst, rank := -1, 100
		for i := range columns {
			c := &columns[i]
			if !c.shown || c.key {
				continue
			}
			if r := c.rank(); r <= rank {
				worst, rank = i, r
			}
		}
		if worst < 0 {
			return
		}
		columns[worst].shown = false
	}
}

// restore brings back columns for which there is room after a wider one went:
// the best rank first, from the left.
func restore(columns []column, width int) {
	for rank := 7; rank > 0; rank-- {
		for i := range columns {
			c := &columns[i]
			if c.shown || c.empty || c.rank() != rank {
				continue
			}
			c.shown = true
			c.shown = sum(columns, narrowed) <= width
		}
	}
}

// shrink cuts the widest column that can be cut, cell by cell, until all fit.
// Where keys alone are too wide for the line they are cut too, to 8 cells: texts
// and places first, then what is no text, but never numbers and lengths of time.
func shrink(columns []column, width int) {
	for sum(columns, natural) > width {
		widest := pick(columns, func(c *column) int { return c.narrow })
		for _, least := range [...]func(*column) int{leastText, leastKey} {
			if widest == nil {
				widest = pick(columns, least)
			}
		}
		if widest == nil {
			return
		}
		widest.width--
	}
}

// leastText is the least width of a text or place where there is no room.
func leastText(c *column) int {
	if c.kind != report.Text && c.kind != report.Evidence {
		return c.width
	}
	return min(c.width, 8)
}

// leastKey is that of any column.
func leastKey(c *column) int {
	if numeric(c.kind) || c.kind == report.Duration {
		return c.width
	}
	return min(c.width, 8)
}

func pick(columns []column, least func(*column) int) *column {
	var widest *column
	for i := range columns {
		c := &columns[i]
		if c.shown && c.width > least(c) && (widest == nil || c.width > widest.width) {
			widest = c
		}
	}
	return widest
}
