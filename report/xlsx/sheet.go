package xlsx

import (
	"fmt"
	"slices"

	"fwreport/report"

	"github.com/xuri/excelize/v2"
)

const (
	sampleRows = 256 // rows that a column's width is fitted to
	maxWidth   = 68  // characters that a column is wide at most: a SHA-256 and its margin
	maxLines   = 4   // lines of a text that is longer
)

// table writes a table to its sheets and enters it in the index.
func (b *book) table(s *report.Section, t *report.Table) error {
	e := entry{title: t.Title, doc: t.Doc, table: t}
	if e.doc == "" && len(s.Tables) == 1 {
		e.doc = s.Doc
	}
	if err := b.sheets(&e); err != nil {
		return err
	}
	b.index = append(b.index, e)
	return nil
}

// sheets writes the sheets of e's table.
func (b *book) sheets(e *entry) error {
	w := &tableWriter{book: b, table: e.table, entry: e}
	return w.run(b.names.of(e.table.Title, e.table.ID), b.opt.Limit)
}

// tableWriter writes the rows of one table to one sheet after the other.
type tableWriter struct {
	*book
	table  *report.Table
	entry  *entry
	stream *excelize.StreamWriter
	row    int              // last row written on the sheet
	cells  []*excelize.Cell // reused from row to row
	values []any            // cells, nil where null
	head   [][]report.Value // the first rows, held back until the widths are known
	widths []int
	finish func(w *tableWriter) error // writes below the last row; may be nil
}

func (w *tableWriter) run(name string, limit int) error {
	for range w.table.Columns {
		w.cells = append(w.cells, new(excelize.Cell))
	}
	w.values = make([]any, len(w.cells))
	if w.table.Rows != nil {
		for row := range w.table.Head(limit) {
			if len(row) != len(w.cells) {
				return fmt.Errorf("row %d: %d cells for %d columns", w.entry.rows+1, len(row), len(w.cells))
			}
			if err := w.add(name, row); err != nil {
				return err
			}
			w.entry.rows++
		}
	}
	if w.stream == nil {
		if err := w.begin(name); err != nil {
			return err
		}
	}
	return w.end(true)
}

func (w *tableWriter) add(name string, row []report.Value) error {
	if w.stream == nil {
		if w.head = append(w.head, slices.Clone(row)); len(w.head) < sampleRows {
			return nil
		}
		return w.begin(name)
	}
	return w.put(name, row)
}

// begin fits the columns to the rows held back, opens the first sheet and
// writes them.
func (w *tableWriter) begin(name string) error {
	w.fit()
	if err := w.open(name); err != nil {
		return err
	}
	for _, row := range w.head {
		if err := w.put(name, row); err != nil {
			return err
		}
	}
	w.head = nil
	return nil
}

// put writes a row, on a new sheet if this one is full.
func (w *tableWriter) put(name string, row []report.Value) error {
	if w.row == w.opt.maxRows {
		if err := w.end(false); err != nil {
			return err
		}
		if err := w.open(w.names.part(name, len(w.entry.sheets)+1)); err != nil {
			return err
		}
	}
	high := 1
	for i, v := range row {
		w.values[i] = nil
		if c := w.cells[i]; w.cell(c, v) {
			w.values[i] = c
			if c.StyleID == w.styles.wrap {
				high = max(high, lines(c.Value.(string), w.widths[i], maxLines))
			}
		}
	}
	return w.write(w.values, high)
}

// unnameEvery is after how many rows the names of temporary files are looked for.
const unnameEvery = 512

func (w *tableWriter) write(values []any, lines int) error {
	w.row++
	if w.row%unnameEvery == 0 && w.opt.TempDir != "" {
		unname(w.opt.TempDir)
	}
	if lines > 1 {
		return w.stream.SetRow(cellName(1, w.row), values, excelize.RowOpts{Height: rowHeight(lines)})
	}
	return w.stream.SetRow(cellName(1, w.row), values)
}

func (w *tableWriter) fit() {
	var c excelize.Cell
	for i, column := range w.table.Columns {
		c.Value = w.title(column)
		n := cellWidth(&c, &w.styles) + 3 // the filter's button
		for _, row := range w.head {
			if w.cell(&c, row[i]) {
				n = max(n, cellWidth(&c, &w.styles)+2)
			}
		}
		w.widths = append(w.widths, min(max(n, 7), maxWidth))
	}
}

// title is a column's header; that of times names the zone.
func (w *tableWriter) title(c report.Column) string {
	title := c.Title
	if title == "" {
		title = c.ID
	}
	if c.Kind == report.Time {
		title += " (" + w.clock.Short() + ")"
	}
	return textOf(title)
}

// open begins a sheet: page, widths, frozen header.
func (w *tableWriter) open(name string) (err error) {
	if _, err := w.file.NewSheet(name); err != nil {
		return err
	}
	if w.stream, err = w.newStream(name); err != nil {
		return err
	}
	w.entry.sheets = append(w.entry.sheets, name)
	for i, n := range w.widths {
		if err := w.stream.SetColWidth(i+1, i+1, float64(n)); err != nil {
			return err
		}
	}
	err = w.stream.SetPanes(&excelize.Panes{Freeze: true, YSplit: 1, TopLeftCell: "A2", ActivePane: "bottomLeft",
		Selection: []excelize.Selection{{SQRef: "A2", ActiveCell: "A2", Pane: "bottomLeft"}}})
	if err != nil {
		return err
	}
	header := make([]any, len(w.table.Columns))
	for i, c := range w.table.Columns {
		style := w.styles.header
		if rightAligned(c.Kind) {
			style = w.styles.headerRight
		}
		header[i] = excelize.Cell{StyleID: style, Value: w.title(c)}
	}
	w.row = 0
	return w.write(header, 1)
}

func rightAligned(k report.Kind) bool {
	switch k {
	case report.Count, report.Bytes, report.Port, report.Number, report.Ratio, report.Duration:
		return true
	}
	return false
}

// end finishes a sheet: the filter over its rows, the header repeated in print.
func (w *tableWriter) end(last bool) error {
	name := w.entry.sheets[len(w.entry.sheets)-1]
	if n := len(w.table.Columns); n > 0 {
		if err := w.file.AutoFilter(name, "A1:"+cellName(n, w.row), nil); err != nil {
			return err
		}
		err := w.file.SetDefinedName(&excelize.DefinedName{Name: "_xlnm.Print_Titles", RefersTo: "'" + name + "'!$1:$1", Scope: name})
		if err != nil {
			return err
		}
	}
	if last && w.finish != nil {
		if err := w.finish(w); err != nil {
			return err
		}
	}
	return w.stream.Flush()
}

// newStream opens a sheet for streaming, set up to be printed on pages as wide
// as the sheet.
func (b *book) newStream(name string) (*excelize.StreamWriter, error) {
	landscape, a4, onePage, anyNumber, yes := "landscape", 9, 1, 0, true
	margin, bottom, footer := 0.4, 0.6, 0.3 // inches
	if err := b.file.SetSheetProps(name, &excelize.SheetPropsOptions{FitToPage: &yes}); err != nil {
		return nil, err
	}
	err := b.file.SetPageLayout(name, &excelize.PageLayoutOptions{Orientation: &landscape, Size: &a4, FitToWidth: &onePage, FitToHeight: &anyNumber})
	if err != nil {
		return nil, err
	}
	err = b.file.SetPageMargins(name, &excelize.PageLayoutMarginsOptions{Left: &margin, Right: &margin, Top: &margin,
		Bottom: &bottom, Header: &footer, Footer: &footer})
	if err != nil {
		return nil, err
	}
	if err := b.file.SetHeaderFooter(name, &excelize.HeaderFooterOptions{OddFooter: "&L&A&RPage &P of &N"}); err != nil {
		return nil, err
	}
	return b.file.NewStreamWriter(name)
}

// cellName is "A1" of column 1 and row 1, both within Excel's limits.
func cellName(column, row int) string {
	name, err := excelize.CoordinatesToCellName(column, row)
	if err != nil { // a table of more than 16,384 columns: SetRow refuses it with this name
		return "?"
	}
	return name
}
