// Package xlsx writes a report as an Excel workbook: a sheet "Summary" (what the
// report is, findings, notes, an index with links), one sheet a table of results,
// a sheet "Inputs" (hashes and the ledger with totals that reconcile), and one
// sheet a table on the evidence that has rows.
//
// # Cells
//
// Counts, bytes and ports are numbers; from 16 digits on, where Excel would
// round them, text. Shares are numbers shown as percent. Times are Excel dates
// in the report's zone, which the header names with its offset; Excel knows no
// zones, so where the offset changes within the report, the Summary says when.
// A date is cut to the millisecond, and shows fractions only where it has some.
// Durations are Excel times of day beyond 24 hours. Null is an empty cell.
//
// # What log text cannot do here
//
// Text is written as inline strings of number format "text": never a formula,
// not even after editing the cell. What a reader would not see is spelled out
// by report.Visible, and a text longer than a cell can hold (32,767 UTF-16
// units) ends in a visible mark; excelize alone would replace the one and cut
// the other silently. The only formulas are the sums of the ledger, which carry
// their values for readers that do not calculate.
//
// # How excelize is used
//
// Only its StreamWriter (its cell functions take 7 times as long and hold the
// sheet). What belongs to a sheet beside its rows (filter, print set-up, links) is
// set on the sheet before Flush, which writes it; set after Flush it would read
// the whole sheet back into memory. A table over 1,048,575 rows continues on
// "Name (2)" with its header repeated.
//
// # Same report, same bytes
//
// excelize writes streams and content types in the order of Go's maps; pack
// puts the finished archive in order. The document properties hold no time.
//
// # Memory
//
// 16 MB a sheet, what is more goes to a temporary file (see Options.TempDir);
// and the compressed workbook, about 50 MB a million rows of 10 columns.
package xlsx

import (
	"bytes"
	"encoding/xml"
	"fmt"
	"io"

	"fwreport/report"

	"github.com/xuri/excelize/v2"
)

// Options of Render.
type Options struct {
	Limit   int    // rows a table; 0 is all
	TempDir string // where large sheets are kept until written; "" is the system's

	maxRows int // rows of a sheet, header included; 0 is Excel's limit
}

// Render writes r.
func Render(w io.Writer, r *report.Report, opt Options) error {
	if err := renderTo(w, r, opt); err != nil {
		return fmt.Errorf("writing the report as XLSX: %w", err)
	}
	return nil
}

func renderTo(w io.Writer, r *report.Report, opt Options) error {
	if opt.maxRows == 0 {
		opt.maxRows = excelize.TotalRows
	}
	f := excelize.NewFile(excelize.Options{TmpDir: opt.TempDir})
	defer f.Close() // removes temporary files
	b := &book{file: f, report: r, clock: r.Clock(), opt: opt, names: names{}}
	if err := b.write(); err != nil {
		return err
	}
	archive, err := f.WriteToBuffer()
	if err != nil {
		return err
	}
	return pack(w, archive.Bytes())
}

// book is a workbook being written.
type book struct {
	file   *excelize.File
	report *report.Report
	clock  report.Clock
	opt    Options
	names  names
	styles styles
	index  []entry
}

// entry is a line of the Summary's index.
type entry struct {
	sheets []string // the table's sheet and its continuations; none if it is empty
	title  string
	doc    string
	rows   int
	table  *report.Table
	other  bool // it does not count events
}

// write makes the sheets in their order. The Summary comes first but is filled
// last, when the numbers of rows are known.
func (b *book) write() error {
	var err error
	if b.styles, err = newStyles(b.file); err != nil {
		return err
	}
	summary := b.names.of("Summary", "")
	if err := b.file.SetSheetName(b.file.GetSheetName(0), summary); err != nil {
		return err
	}
	results, proof := b.report.SplitEvidence()
	for _, s := range results {
		if err := b.section(s); err != nil {
			return err
		}
	}
	if err := b.evidence(proof); err != nil {
		return err
	}
	if err := b.summary(summary); err != nil {
		return fmt.Errorf("summary: %w", err)
	}
	return b.properties()
}

func (b *book) section(s *report.Section) error {
	for i := range s.Tables {
		if err := b.table(s, &s.Tables[i]); err != nil {
			return fmt.Errorf("table %s: %w", s.Tables[i].ID, err)
		}
	}
	return nil
}

// evidence writes the inputs and the tables beside them. Most of these are empty
// for sound evidence: then they are in the index, and have no sheet.
func (b *book) evidence(s *report.Section) error {
	if err := b.inputs(); err != nil {
		return fmt.Errorf("inputs: %w", err)
	}
	for i := range s.Tables {
		t := &s.Tables[i]
		e := entry{title: t.Title, doc: t.Doc, table: t, other: true}
		if t.TotalRows > 0 {
			if err := b.sheets(&e); err != nil {
				return fmt.Errorf("table %s: %w", t.ID, err)
			}
		}
		b.index = append(b.index, e)
	}
	return nil
}

// properties stores the document's properties. excelize's own function was
// rejected: it keeps the template's date of creation.
func (b *book) properties() error {
	err := b.file.SetAppProps(&excelize.AppProperties{Application: report.Visible(b.report.Generator.Name)})
	if err != nil {
		return err
	}
	var core bytes.Buffer
	core.WriteString(xml.Header + `<cp:coreProperties xmlns:cp="http://schemas.openxmlformats.org/package/2006/metadata/core-properties"` +
		` xmlns:dc="http://purl.org/dc/elements/1.1/"><dc:title>`)
	_ = xml.EscapeText(&core, []byte(report.Visible(b.report.Title))) // a buffer takes everything
	core.WriteString(`</dc:title><dc:creator>`)
	_ = xml.EscapeText(&core, []byte(report.Visible(b.report.Generator.Name+" "+b.report.Generator.Version)))
	core.WriteString(`</dc:creator></cp:coreProperties>`)
	b.file.Pkg.Store("docProps/core.xml", core.Bytes())
	return nil
}
