package analyzetest

import (
	"fmt"
	"strings"
	"testing"

	"fwreport/analyze"
	"fwreport/reader/event"
	"fwreport/report"
)

// null is how Rows spells an absent cell, to tell it from the empty text.
const null = "-"

// SectionOf counts events in one Set and returns a's section, nil if it has
// none. A nil env stands for Env(sym).
func SectionOf(t testing.TB, a *analyze.Analyzer, sym *event.Symbols, env *analyze.Env, events []event.Event) *report.Section {
	t.Helper()
	set := analyze.NewSet([]*analyze.Analyzer{a}, sym)
	set.Add(append([]event.Event(nil), events...))
	if env == nil {
		env = Env(sym)
	}
	return find(set.Sections(env), a.Name)
}

// Table is the table of a section with this ID; the test ends if there is none.
func Table(t testing.TB, s *report.Section, id string) *report.Table {
	t.Helper()
	if s != nil {
		for i := range s.Tables {
			if s.Tables[i].ID == id {
				return &s.Tables[i]
			}
		}
	}
	t.Fatalf("no table %q", id)
	return nil
}

// Rows is a table's rows, each cell as text and null as "-". Columns named in
// columns are shown in that order; all of them if there is none.
func Rows(t testing.TB, table *report.Table, columns ...string) [][]string {
	t.Helper()
	var at []int
	for _, id := range columns {
		i := table.Column(id)
		if i < 0 {
			t.Fatalf("table %s has no column %q", table.ID, id)
		}
		at = append(at, i)
	}
	rows := [][]string{}
	for row := range table.Rows {
		if len(columns) == 0 {
			rows = append(rows, texts(row))
			continue
		}
		shown := make([]report.Value, len(at))
		for i, c := range at {
			shown[i] = row[c]
		}
		rows = append(rows, texts(shown))
	}
	return rows
}

// Lines is Rows with the cells of a row joined by " | ", which is what tables
// of expected values are best written in.
func Lines(t testing.TB, table *report.Table, columns ...string) []string {
	t.Helper()
	lines := []string{}
	for _, row := range Rows(t, table, columns...) {
		lines = append(lines, strings.Join(row, " | "))
	}
	return lines
}

// Render is a whole section as text, one line a row, note, finding or chart.
func Render(s *report.Section) string {
	if s == nil {
		return "no section\n"
	}
	var b strings.Builder
	fmt.Fprintf(&b, "section %s %q\n", s.ID, s.Title)
	for _, f := range s.Findings {
		fmt.Fprintf(&b, "finding %s: %s %q\n", f.Confidence, f.Text, f.Evidence)
	}
	for _, n := range s.Notes {
		fmt.Fprintf(&b, "note %s\n", n)
	}
	for _, c := range s.Charts {
		fmt.Fprintf(&b, "chart %s %q %s of %s: %s by %q\n", c.ID, c.Title, c.Kind, c.Table, c.X, c.Y)
	}
	for i := range s.Tables {
		renderTable(&b, &s.Tables[i])
	}
	return b.String()
}

func renderTable(b *strings.Builder, t *report.Table) {
	fmt.Fprintf(b, "table %s %q total_rows=%d total_count=%d\n", t.ID, t.Title, t.TotalRows, t.TotalCount)
	for row := range t.Rows {
		fmt.Fprintf(b, "  %s\n", strings.Join(texts(row), " | "))
	}
}

func texts(row []report.Value) []string {
	cells := make([]string, len(row))
	for i, v := range row {
		cells[i] = null
		if !v.IsNull() {
			cells[i] = v.String()
		}
	}
	return cells
}

func find(sections []report.Section, id string) *report.Section {
	for i := range sections {
		if sections[i].ID == id {
			return &sections[i]
		}
	}
	return nil
}
