package report

import (
	"fmt"
	"slices"
	"strings"

	"fwreport/reader/evidence"
)

// ledgerColumns are the columns of a ledger, in the order of LedgerCells.
var ledgerColumns = [...]struct{ id, title string }{
	{"read", "Read"}, {"events", "Events"}, {"other", "Other"}, {"malformed", "Malformed"},
	{"duplicates", "Duplicates"}, {"outside", "Outside"}, {"filtered", "Filtered"}, {"repeats", "Repeats"},
}

// LedgerCells are the numbers of a ledger in the order of the ledger columns of
// InputsTable: read, events, other, malformed, duplicates, outside, filtered,
// repeats.
func LedgerCells(l evidence.Ledger) [8]uint64 {
	return [8]uint64{l.Read, l.Events, l.Other, l.Malformed, l.Duplicates, l.Outside, l.Filtered, l.Repeats}
}

// InputsTable is the manifest as a table, one row an input in the manifest's
// order, for the renderers that show tables: path, the ledger, what is missing
// or odd, then the facts about the file. Its TotalCount is the events.
// It is made on demand: the manifest stays the only place of these facts.
func (r *Report) InputsTable() Table {
	t := Table{
		ID: "inputs", Title: "Inputs",
		Doc:        "read = events + other + malformed + duplicates + outside + filtered; repeats are events without a record of their own, on top",
		Columns:    inputColumns(),
		TotalRows:  len(r.Evidence.Inputs),
		TotalCount: r.Evidence.Totals.Events + r.Evidence.Totals.Repeats,
	}
	listed := r.Table("losses") != nil
	t.Rows = func(yield func([]Value) bool) {
		var row []Value
		for i := range r.Evidence.Inputs {
			row = inputRow(row[:0], &r.Evidence.Inputs[i], listed)
			if !yield(row) {
				return
			}
		}
	}
	return t
}

func inputColumns() []Column {
	cols := []Column{KeyCol("path", "Path", Text), Col("format", "Format", Text)}
	for _, l := range ledgerColumns {
		cols = append(cols, Col(l.id, l.title, Count))
	}
	return append(cols,
		Col("state", "State", Text), Col("notes", "Notes", Text),
		Col("compression", "Compression", Text), Col("size", "Size", Bytes), Col("mtime", "Modified", Time),
		Col("sha256", "SHA-256", Text), Col("family", "Family", Text),
		Col("year_from", "Year from", Text), Col("zone_from", "Zone from", Text),
		Col("first", "First", Time), Col("last", "Last", Time))
}

func inputRow(row []Value, in *evidence.Input, listed bool) []Value {
	row = append(row, EmptyText(in.Path), TextOf(in.Format))
	for _, n := range LedgerCells(in.Records) {
		row = append(row, CountOf(n))
	}
	size := Null
	if in.Size >= 0 {
		size = BytesOf(uint64(in.Size))
	}
	return append(row, TextOf(inputState(in)), TextOf(inputNotes(in, listed)),
		TextOf(in.Compression), size, TimeOf(in.MTime), TextOf(in.SHA256), TextOf(in.Family),
		TextOf(in.YearFrom), TextOf(in.ZoneFrom), TimeOf(in.First), TimeOf(in.Last))
}

// inputState is one word on how far the input was read.
func inputState(in *evidence.Input) string {
	switch {
	case in.HashedOnly:
		return "outside"
	case in.Skipped != "":
		return "skipped"
	case in.Incomplete:
		return "incomplete"
	}
	return "complete"
}

// inputNotes joins all that is to be said of an input: why it was skipped, its
// notes, why records could not be decoded, and notices of losses and boundaries,
// unless they are listed elsewhere, in a table of the section on the evidence.
func inputNotes(in *evidence.Input, listed bool) string {
	var parts []string
	if in.HashedOnly {
		parts = append(parts, "not read: "+in.Skipped)
	} else if in.Skipped != "" {
		parts = append(parts, "skipped: "+in.Skipped)
	}
	parts = append(parts, in.Notes...)
	for _, reason := range sortedKeys(in.Reasons) {
		parts = append(parts, fmt.Sprintf("malformed, %s: %s", reason, Group(in.Reasons[reason])))
	}
	if listed {
		return strings.Join(parts, "; ")
	}
	for _, l := range in.Losses {
		parts = append(parts, fmt.Sprintf("notices, %s: %s (records lost: %s)", l.Class, Group(l.Notices), lostText(l.Lost)))
	}
	return strings.Join(parts, "; ")
}

func lostText(n uint64) string {
	if n == 0 {
		return "not stated"
	}
	return Group(n)
}

func sortedKeys(m map[string]uint64) []string {
	keys := make([]string, 0, len(m))
	for k := range m {
		keys = append(keys, k)
	}
	slices.Sort(keys)
	return keys
}
