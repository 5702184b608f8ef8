package html

import (
	"iter"
	"math/bits"
	"net/netip"
	"strconv"
	"strings"
	"time"

	"fwreport/report"
)

// table is a table as the template shows it.
type table struct {
	ID, Title, Doc string
	Columns        []column
	Rows           iter.Seq[[]cell] // a yielded slice is valid until the next one
	Foot           []cell
	Total          string // rows before the limit
	Shown          string // rows shown
	Extent         string // both, in a sentence
	Empty          bool
	Folded         bool // shown on demand: a chart shows the same
}

// column is a head. Sort is how the script compares its cells: as numbers, as
// text, or by keys whose code units are in order.
type column struct {
	Title, Doc, Class, Sort, Unit string
	Zoned                         bool // Unit is the zone of the times below
}

// cell is a cell. Keyed cells carry what they are sorted by; an empty key is
// null and comes last.
type cell struct {
	Class, Text string
	Sort        string
	Keyed       bool
	UTC         string // for times
	Tag         string // class of a badge
}

// tabler makes tables of one page.
type tabler struct {
	clock   clock
	limit   int
	records bool // counts are not of events: of records, losses, what was expected
}

// table is the view of one of the report's tables.
func (b tabler) table(t *report.Table) table {
	rows := t.Shown(b.limit)
	v := table{
		ID: anchor("t", t.ID), Title: shown(t.Title), Doc: prose(t.Doc),
		Total: groupInt(t.TotalRows), Shown: groupInt(rows),
		Extent: b.extent(t, rows), Empty: rows == 0,
	}
	for i := range t.Columns {
		v.Columns = append(v.Columns, b.column(&t.Columns[i]))
	}
	v.Rows = b.rows(t)
	return v
}

// extent says how much of the table is shown.
func (b tabler) extent(t *report.Table, rows int) string {
	s := plural(uint64(t.TotalRows), "row", "rows")
	if rows < t.TotalRows {
		s = groupInt(rows) + " of " + s + " shown; all rows are in CSV, XLSX and JSON"
	}
	if t.Column("count") >= 0 && !b.records {
		s += " · " + plural(t.TotalCount, "event", "events") + " in all rows"
	}
	return s
}

func (b tabler) column(c *report.Column) column {
	v := column{Title: shown(c.Title), Doc: prose(c.Doc), Class: kindClass(c), Sort: "text"}
	switch c.Kind {
	case report.Count, report.Bytes, report.Ratio, report.Port, report.Number, report.Duration:
		v.Sort = "number"
	case report.Time:
		v.Sort, v.Unit, v.Zoned = "number", shown(b.clock.Short()), true
	case report.Address:
		v.Sort = "key"
	}
	if c.Kind == report.Bytes {
		v.Unit = "bytes"
	}
	return v
}

// kindClass is the class of a column's head and cells.
func kindClass(c *report.Column) string {
	class := ""
	switch c.Kind {
	case report.Count, report.Bytes, report.Ratio, report.Port, report.Number, report.Duration:
		class = "num"
	case report.Time:
		class = "time"
	case report.Address:
		class = "addr"
	case report.Evidence:
		class = "place"
	}
	if c.ID == "sha256" {
		class += " hash"
	}
	if c.Key {
		class = strings.TrimSpace(class + " key")
	}
	return class
}

// rows yields the rows shown, in one slice of cells that is used again.
func (b tabler) rows(t *report.Table) iter.Seq[[]cell] {
	return func(yield func([]cell) bool) {
		classes := make([]string, len(t.Columns))
		for i := range t.Columns {
			classes[i] = kindClass(&t.Columns[i])
		}
		barred := barColumn(t)
		top := b.top(t, barred)
		cells := make([]cell, len(t.Columns))
		for row := range t.Head(b.limit) {
			for i := range cells {
				cells[i] = b.cell(&t.Columns[i], classes[i], row[i])
			}
			if barred >= 0 {
				cells[barred].Class += barClass(row[barred].Uint(), top)
			}
			if !yield(cells) {
				return
			}
		}
	}
}

// barColumn is the column whose cells carry a bar: the one that orders the table.
func barColumn(t *report.Table) int {
	if i := t.Column("count"); i >= 0 && t.Columns[i].Kind == report.Count {
		return i
	}
	return -1
}

// top is the largest value of a column in the rows shown.
func (b tabler) top(t *report.Table, col int) (top uint64) {
	if col < 0 {
		return 0
	}
	for row := range t.Head(b.limit) {
		top = max(top, row[col].Uint())
	}
	return top
}

// barClass is one of twenty widths; what is not nothing has a bar.
func barClass(n, top uint64) string {
	if n == 0 || top == 0 {
		return ""
	}
	hi, lo := bits.Mul64(n, 20)
	steps, rest := bits.Div64(hi%top, lo, top)
	if rest > 0 {
		steps++
	}
	return " w" + strconv.FormatUint(min(steps, 20), 10)
}

// cell is one value below its column.
func (b tabler) cell(c *report.Column, class string, v report.Value) cell {
	x := cell{Class: class}
	switch v.Kind() {
	case "":
		x.Text, x.Keyed, x.Class = enDash, true, strings.TrimSpace(class+" null")
	case report.Count, report.Bytes:
		x.Text, x.Sort, x.Keyed = group(v.Uint()), strconv.FormatUint(v.Uint(), 10), true
	case report.Port, report.Number:
		x.Text = strconv.FormatUint(v.Uint(), 10)
		x.Sort, x.Keyed = x.Text, true
	case report.Ratio:
		x.Text, x.Sort, x.Keyed = report.Percent(v.Float()), v.String(), true
	case report.Time:
		x.Text, x.UTC = b.clock.text(v.Nanos()), report.FormatTime(v.Nanos())
		x.Sort, x.Keyed = sortKey(v.Nanos()), true
	case report.Duration:
		x.Text, x.Sort, x.Keyed = exactSpan(v.Nanos()), strconv.FormatFloat(time.Duration(v.Nanos()).Seconds(), 'f', -1, 64), true
	case report.Address:
		x.Text, x.Sort, x.Keyed = shown(v.Str()), addressKey(v.Str()), true
	default:
		b.text(c, v.Str(), &x)
	}
	if len(x.Text) > oneLine || len(x.Text) > oneLineText && c.Kind != report.Evidence {
		x.Class = strings.TrimSpace(x.Class + " long")
	}
	return x
}

// The lengths in bytes up to which a cell is not broken into lines. The longest
// IPv6 address has 39; places are in smaller letters.
const oneLine, oneLineText = 60, 40

// text fills a cell of text: words with a fixed meaning become badges, and a
// text that is there but empty is told from one that is absent.
func (b tabler) text(c *report.Column, s string, x *cell) {
	x.Text = shown(s)
	if s == "" {
		x.Text, x.Class = "(empty)", strings.TrimSpace(x.Class+" null")
	}
	if c.ID == "verdict" || c.ID == "confidence" {
		x.Tag = wordClass(s)
	}
}

// wordClass is the class of the words that have a colour.
func wordClass(word string) string {
	switch word {
	case "denied", "accepted", "undetermined", "observed", "inferred", "possible":
		return word
	}
	return ""
}

// addressKey orders addresses by value, IPv4 before IPv6.
func addressKey(s string) string {
	a, err := netip.ParseAddr(s)
	if err != nil {
		return "9" + shown(s)
	}
	const digits = "0123456789abcdef"
	key := []byte{'6'}
	if a.Is4() {
		key[0] = '4'
	}
	for _, c := range a.AsSlice() {
		key = append(key, digits[c>>4], digits[c&15])
	}
	return string(key)
}

// anchor makes an id of the page: letters, digits, dash and underscore, with a
// prefix that keeps kinds apart.
func anchor(prefix, id string) string {
	return prefix + "-" + strings.Map(func(r rune) rune {
		if r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' || r == '_' {
			return r
		}
		return '-'
	}, id)
}
