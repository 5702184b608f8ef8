package xlsx

import (
	"math"
	"time"
	"unicode/utf16"
	"unicode/utf8"

	"fwreport/report"

	"github.com/mattn/go-runewidth"
	"github.com/xuri/excelize/v2"
)

// styles are the style numbers of the workbook.
type styles struct {
	title, heading, label               int
	header, headerRight                 int
	text, wrap, link                    int
	count, port, share, total           int
	time, timeFraction, length, length0 int
}

func newStyles(f *excelize.File) (styles, error) {
	var s styles
	ink := &excelize.Font{Bold: true, Color: "FFFFFF"}
	fill := excelize.Fill{Type: "pattern", Pattern: 1, Color: []string{"1F3A5F"}}
	top := &excelize.Alignment{Vertical: "top"}
	bold := &excelize.Font{Bold: true}
	line := []excelize.Border{{Type: "bottom", Style: 1, Color: "1F3A5F"}}
	format := func(code string) *excelize.Style { return &excelize.Style{CustomNumFmt: &code, Alignment: top} }
	const asText = 49 // "@": an edited cell stays text
	for _, d := range []struct {
		id    *int
		style *excelize.Style
	}{
		{&s.title, &excelize.Style{Font: &excelize.Font{Bold: true, Size: 16, Color: "1F3A5F"}, NumFmt: asText}},
		{&s.heading, &excelize.Style{Font: &excelize.Font{Bold: true, Size: 12, Color: "1F3A5F"}, Border: line}},
		{&s.label, &excelize.Style{Font: bold, Alignment: top}},
		{&s.header, &excelize.Style{Font: ink, Fill: fill, NumFmt: asText, Alignment: &excelize.Alignment{Vertical: "center"}}},
		{&s.headerRight, &excelize.Style{Font: ink, Fill: fill, NumFmt: asText, Alignment: &excelize.Alignment{Vertical: "center", Horizontal: "right"}}},
		{&s.text, &excelize.Style{NumFmt: asText, Alignment: top}},
		{&s.wrap, &excelize.Style{NumFmt: asText, Alignment: &excelize.Alignment{Vertical: "top", WrapText: true}}},
		{&s.link, &excelize.Style{NumFmt: asText, Alignment: top, Font: &excelize.Font{Color: "0B57D0", Underline: "single"}}},
		{&s.count, format("#,##0")},
		{&s.port, format("0")},
		{&s.share, format("0.0%")},
		{&s.total, &excelize.Style{NumFmt: 3, Font: bold, Border: []excelize.Border{{Type: "top", Style: 1, Color: "1F3A5F"}}}},
		{&s.time, format("yyyy-mm-dd hh:mm:ss")},
		{&s.timeFraction, format("yyyy-mm-dd hh:mm:ss.000")},
		{&s.length0, format("[h]:mm:ss")},
		{&s.length, format("[h]:mm:ss.000")},
	} {
		id, err := f.NewStyle(d.style)
		if err != nil {
			return s, err
		}
		*d.id = id
	}
	return s, nil
}

// cell fills c with v. The result is false for null, which has no cell.
func (b *book) cell(c *excelize.Cell, v report.Value) bool {
	switch v.Kind() {
	case "":
		return false
	case report.Count, report.Bytes:
		c.StyleID, c.Value = b.number(v.Uint(), b.styles.count)
	case report.Port:
		c.StyleID, c.Value = b.number(v.Uint(), b.styles.port)
	case report.Ratio:
		c.StyleID, c.Value = b.styles.share, v.Float()
		if f := v.Float(); math.IsNaN(f) || math.IsInf(f, 0) {
			return false
		}
	case report.Time:
		c.StyleID, c.Value = b.date(v)
	case report.Duration:
		c.StyleID, c.Value = b.length(v)
	default:
		c.StyleID, c.Value = b.styles.text, textOf(v.Str())
	}
	return true
}

// number is n as a number, or as text where Excel, which keeps 15 digits, would
// change it.
func (b *book) number(n uint64, style int) (int, any) {
	if n > 999_999_999_999_999 {
		return b.styles.text, report.Group(n)
	}
	return style, n
}

// date is a time as Excel's days since 1899-12-30 in local time, or as text
// before March 1900, where Excel's calendar is wrong.
func (b *book) date(v report.Value) (int, any) {
	const unixEpoch, march1900 = 25569, 61
	t := time.Unix(0, v.Nanos())
	ms := t.UnixMilli() + int64(b.clock.Offset(v.Nanos()))*1000
	serial := unixEpoch + float64(ms)/float64(24*time.Hour/time.Millisecond)
	switch {
	case serial < march1900:
		return b.styles.text, v.String()
	case ms%1000 != 0:
		return b.styles.timeFraction, serial
	}
	return b.styles.time, serial
}

// length is a duration as Excel's days, cut to the millisecond, or as text where
// it is negative, which Excel cannot show.
func (b *book) length(v report.Value) (int, any) {
	ms := v.Nanos() / int64(time.Millisecond)
	switch days := float64(ms) / float64(24*time.Hour/time.Millisecond); {
	case v.Nanos() < 0:
		return b.styles.text, v.String()
	case ms%1000 != 0:
		return b.styles.length, days
	default:
		return b.styles.length0, days
	}
}

const cutMark = "…[cut]"

// textOf is text as a cell can hold it: visible, and at most 32,767 UTF-16
// units.
func textOf(s string) string {
	s = report.Visible(s)
	if len(s) <= excelize.TotalCellChars { // bytes are never fewer than units
		return s
	}
	units, at, room := 0, 0, excelize.TotalCellChars-utf8.RuneCountInString(cutMark)
	for i, r := range s {
		if units <= room {
			at = i
		}
		units += utf16.RuneLen(r) // s is valid UTF-8: never -1
	}
	if units <= excelize.TotalCellChars {
		return s
	}
	return s[:at] + cutMark
}

// cellWidth is the width of a cell as it is shown, in characters.
func cellWidth(c *excelize.Cell, s *styles) int {
	switch v := c.Value.(type) {
	case string:
		cells := runewidth.Condition{StrictEmojiNeutral: true}
		return cells.StringWidth(v[:min(len(v), 400)])
	case uint64:
		return len(report.Group(v))
	case float64:
		switch c.StyleID {
		case s.time:
			return len(time.DateTime)
		case s.timeFraction:
			return len(time.DateTime) + 4
		}
	}
	return 9
}
