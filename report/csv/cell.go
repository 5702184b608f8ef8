package csv

import (
	"strings"
	"unicode/utf8"

	"fwreport/report"
)

// Cell is a report's value as gocsv writes it. It holds a pointer alone, so that
// gocsv's way through an interface allocates nothing.
type Cell struct{ value *report.Value }

// MarshalCSV is the cell's text, harmless in a spreadsheet.
func (c Cell) MarshalCSV() (string, error) {
	if v := *c.value; v.Kind() == report.Text || v.Kind() == report.Address || v.Kind() == report.Evidence {
		return harmless(v.Str()), nil
	}
	return c.value.String(), nil
}

// triggers begin a formula, or are skipped by programs that then find one.
const triggers = "=+-@\t\r\n\x00＝＋－＠"

// harmless is s as a spreadsheet takes it for text; see the package comment.
func harmless(s string) string {
	quoted := s
	if strings.Contains(s, ";") {
		parts := strings.Split(s, ";")
		for i := 1; i < len(parts); i++ {
			parts[i] = defuse(parts[i])
		}
		quoted = strings.Join(parts, ";")
	}
	return report.Visible(defuse(quoted))
}

// defuse puts an apostrophe before s if it begins like a formula. The check is
// made on the raw text: Visible has not yet turned a tab into \x09. Quotation
// marks count as spaces do: a program that splits at the wrong separator finds
// the formula behind one.
func defuse(s string) string {
	first, size := utf8.DecodeRuneInString(strings.TrimLeft(s, ` "`))
	if size > 0 && strings.ContainsRune(triggers, first) {
		return "'" + s
	}
	return s
}
