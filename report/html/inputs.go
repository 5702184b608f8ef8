package html

import (
	"cmp"
	"maps"
	"slices"
	"strings"

	"fwreport/reader/evidence"
	"fwreport/report"
)

// inputs is the manifest: what was read, how it was understood, what became of
// its records.
type inputs struct {
	Files, Counts    table
	Notices, Reasons *table // nil where tables of the report list the same
	Remarks          []remark
}

// remark is what is to be said of one input.
type remark struct {
	Path    string
	Alert   bool // incomplete or not read
	Words   []wordTag
	Notes   []string
	Rejects []reject
}

type wordTag struct{ Word, Class string }

type reject struct{ Reason, Place, Text string }

// newInputs lists all inputs: the limit is for tables of results. What tables of
// the section on the evidence list as well is left to them.
func newInputs(r *report.Report, b tabler) inputs {
	b.limit = 0
	v := inputs{Files: b.table(fileTable(r.Evidence.Inputs)), Counts: b.table(countTable(r.Evidence.Inputs))}
	v.Files.ID, v.Counts.ID = "input-files", "input-records"
	v.Counts.Foot = b.foot(&r.Evidence.Totals)
	v.Notices = noticeTable(r, b)
	listed := lists{reasons: r.Table("rejects") != nil, examples: r.Table("reject_examples") != nil}
	if t := reasonTable(r.Evidence.Inputs); t.TotalRows > 0 && !listed.reasons {
		reasons := b.table(t)
		reasons.ID, v.Reasons = "input-reasons", &reasons
	}
	for i := range r.Evidence.Inputs {
		if m, ok := newRemark(&r.Evidence.Inputs[i], listed); ok {
			v.Remarks = append(v.Remarks, m)
		}
	}
	return v
}

func fileTable(list []evidence.Input) *report.Table {
	t := &report.Table{ID: "files", Title: "Inputs", TotalRows: len(list), Doc: "Every file that was read or that should have been. " +
		"Hashes are of the bytes on disk, taken while reading. First and last are of the events read, before window and filters.", Columns: []report.Column{
		report.KeyCol("path", "Path", report.Evidence), report.Col("format", "Format", report.Text),
		report.Col("compression", "Compression", report.Text), report.Col("size", "Size", report.Bytes),
		report.Col("sha256", "SHA-256", report.Evidence),
		report.Col("first", "First", report.Time), report.Col("last", "Last", report.Time),
		report.Col("mtime", "Modified", report.Time),
		report.Col("year_from", "Year from", report.Text), report.Col("zone_from", "Zone from", report.Text),
	}}
	var rows [][]report.Value
	for i := range list {
		in := &list[i]
		size := report.Null
		if in.Size >= 0 {
			size = report.BytesOf(uint64(in.Size))
		}
		rows = append(rows, []report.Value{
			report.EvidenceOf(in.Path), report.TextOf(in.Format), report.TextOf(in.Compression), size,
			report.EvidenceOf(in.SHA256), report.TimeOf(in.First), report.TimeOf(in.Last), report.TimeOf(in.MTime),
			report.TextOf(in.YearFrom), report.TextOf(in.ZoneFrom),
		})
	}
	t.Rows = report.RowsOf(rows)
	return t
}

func countTable(list []evidence.Input) *report.Table {
	t := &report.Table{ID: "records", Title: "Records of each input", TotalRows: len(list),
		Doc: "Records are lines, JSON objects, entries of the journal or packets."}
	t.Columns = append(t.Columns, report.KeyCol("path", "Path", report.Evidence))
	for _, a := range accounts {
		t.Columns = append(t.Columns, report.Col(a.id, strings.ToUpper(a.title[:1])+a.title[1:], report.Count))
	}
	var rows [][]report.Value
	for i := range list {
		row := []report.Value{report.EvidenceOf(list[i].Path)}
		for _, a := range accounts {
			row = append(row, report.CountOf(a.of(&list[i].Records)))
		}
		rows = append(rows, row)
	}
	t.Rows = report.RowsOf(rows)
	return t
}

// foot is the line of totals below the counts.
func (b tabler) foot(total *evidence.Ledger) []cell {
	cells := []cell{{Text: "All inputs", Class: "key"}}
	for _, a := range accounts {
		cells = append(cells, cell{Text: group(a.of(total)), Class: "num"})
	}
	return cells
}

// reasonTable sums the malformed records by input and reason.
func reasonTable(list []evidence.Input) *report.Table {
	type sum struct {
		path, reason string
		count        uint64
	}
	var sums []sum
	var total uint64
	for i := range list {
		for reason, n := range list[i].Reasons {
			sums = append(sums, sum{list[i].Path, reason, n})
			total += n
		}
	}
	slices.SortFunc(sums, func(a, b sum) int {
		return cmp.Or(cmp.Compare(b.count, a.count), cmp.Compare(a.reason, b.reason), cmp.Compare(a.path, b.path))
	})
	t := &report.Table{ID: "reasons", Title: "Malformed records by reason", TotalRows: len(sums), Columns: []report.Column{
		report.Col("records", "Records", report.Count), report.KeyCol("reason", "Reason", report.Text),
		report.KeyCol("path", "Path", report.Evidence),
	}}
	var rows [][]report.Value
	for _, s := range sums {
		rows = append(rows, []report.Value{report.CountOf(s.count), report.TextOf(s.reason), report.EvidenceOf(s.path)})
	}
	t.Rows = report.RowsOf(rows)
	return t
}

// lists is what tables of the report hold: the reasons of malformed records, of
// all inputs together, and examples of them.
type lists struct{ reasons, examples bool }

// newRemark is false where there is nothing to say. It has the input's reasons
// where the table of reasons does not name inputs, and its examples where no
// table has them.
func newRemark(in *evidence.Input, listed lists) (remark, bool) {
	m := remark{Path: shown(in.Path), Alert: in.Incomplete || in.Skipped != "" && !in.HashedOnly}
	switch {
	case in.HashedOnly:
		m.Notes = append(m.Notes, "Not read: "+shown(in.Skipped)+".")
	case in.Skipped != "":
		m.Words = append(m.Words, wordTag{"not read", "denied"})
		m.Notes = append(m.Notes, "Not read: "+shown(in.Skipped)+".")
	case in.Incomplete:
		m.Words = append(m.Words, wordTag{"incomplete", "denied"})
	}
	if in.Records.Malformed > 0 {
		m.Words = append(m.Words, wordTag{group(in.Records.Malformed) + " malformed", "undetermined"})
	}
	m.Notes = append(m.Notes, allProse(in.Notes)...)
	if listed.reasons {
		for _, reason := range slices.Sorted(maps.Keys(in.Reasons)) {
			m.Notes = append(m.Notes, "Malformed, "+shown(reason)+": "+group(in.Reasons[reason])+".")
		}
	}
	if !listed.examples {
		for _, j := range in.Rejects {
			m.Rejects = append(m.Rejects, reject{shown(j.Reason), "record " + group(j.Record), shown(j.Text)})
		}
	}
	return m, m.Alert || len(m.Notes) > 0 || len(m.Rejects) > 0
}

// verify is what the last section needs to be followed word by word.
type verify struct {
	Sums               []string // lines of sha256sum
	SumsTitle, NoSums  string
	Generator, Command string
}

func newVerify(r *report.Report, generator, command string) verify {
	v := verify{Generator: generator, Command: command}
	byPath := make(map[string]string)
	missing := 0
	for i := range r.Evidence.Inputs {
		in := &r.Evidence.Inputs[i]
		if in.SHA256 == "" || in.Path == "-" || report.Visible(in.Path) != in.Path {
			missing++
			continue
		}
		byPath[in.Path] = in.SHA256
	}
	for _, path := range slices.Sorted(maps.Keys(byPath)) {
		v.Sums = append(v.Sums, sumLine(byPath[path], path))
	}
	v.SumsTitle = plural(uint64(len(v.Sums)), "line", "lines") + " for sha256sum"
	if missing > 0 {
		v.NoSums = "Not among them: " + plural(uint64(missing), "input", "inputs") +
			" read from standard input, not read to the end, or with a name that cannot be printed."
	}
	return v
}

// sumLine is a line as sha256sum writes and reads it: with a backslash in the
// name, the line begins with one and the name's are doubled.
func sumLine(sum, path string) string {
	if strings.Contains(path, `\`) {
		return `\` + report.Visible(sum) + "  " + strings.ReplaceAll(path, `\`, `\\`)
	}
	return report.Visible(sum) + "  " + path
}
