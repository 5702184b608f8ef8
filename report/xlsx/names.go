package xlsx

import (
	"fmt"
	"strings"
	"unicode/utf16"

	"fwreport/report"

	"github.com/xuri/excelize/v2"
)

// names gives out sheet names and keeps them apart, as Excel does: without
// regard to case.
type names map[string]bool

// of makes a sheet name of a table's title, or of its ID where another table
// has the same title.
func (n names) of(title, id string) string {
	for _, s := range []string{title, id} {
		if name := cleanName(s, ""); name != "" && n.take(name) {
			return name
		}
	}
	return n.numbered(title, " #%d", 2)
}

// part is the name of a table's k-th sheet, k from 2: "Name (2)".
func (n names) part(first string, k int) string { return n.numbered(first, " (%d)", k) }

func (n names) numbered(base, suffix string, k int) string {
	if cleanName(base, "") == "" {
		base = "Table"
	}
	for ; ; k++ {
		if name := cleanName(base, fmt.Sprintf(suffix, k)); n.take(name) {
			return name
		}
	}
}

func (n names) take(name string) bool {
	key := strings.ToLower(name)
	if n[key] || key == "history" { // reserved by Excel
		return false
	}
	n[key] = true
	return true
}

// cleanName is s as Excel allows it in a sheet's name, with the suffix, in at
// most 31 UTF-16 units; "" if nothing is left of s. An apostrophe may stand
// inside a name, but has to be doubled in references, where excelize does not.
func cleanName(s, suffix string) string {
	s = strings.Map(func(r rune) rune {
		if strings.ContainsRune(`:\/?*[]'`, r) {
			return ' '
		}
		return r
	}, report.Visible(s))
	s = strings.Join(strings.Fields(s), " ")
	room := excelize.MaxSheetNameLength - len(suffix)
	for i, r := range s {
		if room -= utf16.RuneLen(r); room < 0 {
			s = strings.TrimSpace(s[:i])
			break
		}
	}
	if s == "" {
		return ""
	}
	return s + suffix
}
