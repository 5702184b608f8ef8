package xlsx

import (
	"fmt"
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
	title, heading, label, link, factCount int // of the Summary
	header, headerRight                    int
	total, totalLabel                      int
	text, textRight, wrap                  int
	count, port, share                     int
	time, timeFraction                     int // whole seconds, and others
	length, lengthFraction                 int
}

const (
	dark   = "1F3A5F"
	asText = 49 // "@": an edited cell stays text
	whole  = 3  // "#,##0"
)

// newStyles registers the styles. Text stands a little off the number before it.
func newStyles(f *excelize.File) (styles, error) {
	var s styles
	font := func(size float64, bold bool, color string) *excelize.Font {
		return &excelize.Font{Family: "Calibri", Size: size, Bold: bold, Color: color}
	}
	fill := excelize.Fill{Type: "pattern", Pattern: 1, Color: []string{dark}}
	edge := func(side string) []excelize.Border { return []excelize.Border{{Type: side, Style: 1, Color: dark}} }
	left := &excelize.Alignment{Vertical: "top", Horizontal: "left", Indent: 1}
	right := &excelize.Alignment{Vertical: "top", Horizontal: "right"}
	wrapped := &excelize.Alignment{Vertical: "top", Horizontal: "left", Indent: 1, WrapText: true}
	format := func(code string, a *excelize.Alignment) *excelize.Style {
		return &excelize.Style{CustomNumFmt: &code, Alignment: a}
	}
	link := font(11, false, "0B57D0")
	link.Underline = "single"
	for _, d := range []struct {
		id    *int
		style *excelize.Style
	}{
		{&s.title, &excelize.Style{Font: font(16, true, dark), NumFmt: asText}},
		{&s.heading, &excelize.Style{Font: font(12, true, dark), Border: edge("bottom"), Alignment: left, NumFmt: asText}},
		{&s.label, &excelize.Style{Font: font(11, true, ""), Alignment: left, NumFmt: asText}},
		{&s.header, &excelize.Style{Font: font(11, true, "FFFFFF"), Fill: fill, NumFmt: asText, Alignment: left}},
		{&s.headerRight, &excelize.Style{Font: font(11, true, "FFFFFF"), Fill: fill, NumFmt: asText, Alignment: right}},
		{&s.text, &excelize.Style{NumFmt: asText, Alignment: left}},
		{&s.textRight, &excelize.Style{NumFmt: asText, Alignment: right}},
		{&s.wrap, &excelize.Style{NumFmt: asText, Alignment: wrapped}},
		{&s.link, &excelize.Style{NumFmt: asText, Alignment: left, Font: link}},
		{&s.factCount, &excelize.Style{NumFmt: whole, Alignment: left}},
		{&s.total, &excelize.Style{NumFmt: whole, Font: font(11, true, ""), Border: edge("top")}},
		{&s.totalLabel, &excelize.Style{Font: font(11, true, ""), Border: edge("top"), Alignment: left, NumFmt: asText}},
		{&s.count, format("#,##0", right)},
		{&s.port, format("0", right)},
		{&s.share, format(`[=0]0.0%;[<0.0005]"<0.1%";0.0%`, right)},
		{&s.time, format("yyyy-mm-dd hh:mm:ss", left)},
		{&s.timeFraction, format("yyyy-mm-dd hh:mm:ss.000", left)},
		{&s.length, format("[h]:mm:ss", right)},
		{&s.lengthFraction, format("[h]:mm:ss.000", right)},
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
	case report.Port, report.Number:
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
		text := textOf(v.Str())
		c.StyleID, c.Value = b.styles.text, text
		if len(text) > maxWidth { // would run across the cells behind it
			c.StyleID = b.styles.wrap
		}
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
	offset, ok := b.clock.Single() // what the header says holds, even for times at which the zone had another
	if !ok {
		offset = b.clock.Offset(v.Nanos())
	}
	ms := t.UnixMilli() + int64(offset)*1000
	serial := unixEpoch + float64(ms)/float64(24*time.Hour/time.Millisecond)
	switch {
	case serial < march1900:
		return b.styles.text, v.String()
	case ms%1000 != 0:
		return b.styles.timeFraction, serial
	}
	return b.styles.time, serial
}

// length is a duration as Excel's days, cut to the millisecond, or as text of the
// same form where it is negative, which Excel cannot show.
func (b *book) length(v report.Value) (int, any) {
	ms := v.Nanos() / int64(time.Millisecond)
	switch days := float64(ms) / float64(24*time.Hour/time.Millisecond); {
	case ms < 0:
		return b.styles.textRight, "-" + hours(-ms)
	case ms%1000 != 0:
		return b.styles.lengthFraction, days
	default:
		return b.styles.length, days
	}
}

// hours is a number of milliseconds as the formats of lengths show it.
func hours(ms int64) string {
	text := fmt.Sprintf("%d:%02d:%02d", ms/3_600_000, ms/60_000%60, ms/1000%60)
	if ms%1000 != 0 {
		text += fmt.Sprintf(".%03d", ms%1000)
	}
	return text
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
		return textWidth(v[:min(len(v), 4*maxWidth)])
	case uint64:
		return len(report.Group(v))
	case float64:
		switch c.StyleID {
		case s.time:
			return len(time.DateTime)
		case s.timeFraction:
			return len(time.DateTime) + 4
		case s.length, s.lengthFraction:
			return len(hours(int64(math.Round(v * float64(24*time.Hour/time.Millisecond)))))
		}
	}
	return 9
}

func textWidth(s string) int {
	cells := runewidth.Condition{StrictEmojiNeutral: true} // DefaultCondition depends on the environment
	return cells.StringWidth(s)
}

// lines is how many lines of a width a wrapped text takes, at most most: about,
// for what words leave empty at line ends, letters narrower than a digit make up.
func lines(s string, width, most int) int {
	if len(s) > 4*width*most {
		return most
	}
	return min(most, max(1, (textWidth(s)+width-1)/width))
}

// rowHeight is the height of a row of n lines, in points.
func rowHeight(n int) float64 { return 15 * float64(n) }
