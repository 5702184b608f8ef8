package integrity

import (
	"cmp"
	"slices"
	"strings"

	"fwreport/analyze"
	"fwreport/reader/evidence"
	"fwreport/report"
)

// placeIn is the evidence cell of a record of an input; null if there is none:
// a capture may tell of losses and hold no packet.
func placeIn(env *analyze.Env, input int, record uint64) report.Value {
	if record == 0 || record > env.Inputs[input].Records.Read {
		return report.Null
	}
	packets := env.Packets != nil && env.Packets(uint32(input))
	return report.EvidenceOf(evidence.Place(env.Inputs[input].Path, packets, record))
}

func losses(env *analyze.Env) report.Table {
	var rows [][]report.Value
	for i := range env.Inputs {
		for _, l := range env.Inputs[i].Losses {
			first, last := report.Null, report.Null
			if l.Record > 0 { // else the reader gave neither place nor times
				first, last = report.TimeOf(l.First), report.TimeOf(l.Last)
			}
			lost := report.Null
			if l.Lost > 0 {
				lost = report.CountOf(l.Lost)
			}
			effect := "none"
			if l.LowersCounts() {
				effect = "lower bounds"
			}
			rows = append(rows, []report.Value{lost, report.CountOf(l.Notices), report.TextOf(l.Class), report.TextOf(l.Meaning()), report.TextOf(effect),
				report.EmptyText(env.Inputs[i].Path), first, last, placeIn(env, i, l.Record)})
		}
	}
	return table(report.Table{
		ID: "losses", Title: "Losses and boundaries",
		Doc: "What kernel, daemons and captures say of themselves, by input: that they lost or suppressed records, that they were started, " +
			"that the clock was set, that they were attacked. Lost is the records that they say were lost; it is absent where they give no number. " +
			"Where firewall records may be among them, counts are lower bounds.",
		Columns: []report.Column{
			report.Col("count", "Lost", report.Count), report.Col("notices", "Notices", report.Count),
			report.KeyCol("class", "Class", report.Text), report.Col("meaning", "Meaning", report.Text),
			report.Col("effect", "Effect on counts", report.Text), report.KeyCol("path", "Path", report.Text),
			report.Col("first", "First", report.Time), report.Col("last", "Last", report.Time),
			report.Col("evidence_first", "First record", report.Evidence),
		},
	}, rows)
}

// overlaps lists what log families share with each other and with captures.
func overlaps(env *analyze.Env) report.Table {
	meaning := map[evidence.OverlapKind]string{
		evidence.SameRecords: "copies of one record: counted once",
		evidence.SamePackets: "a log and a capture saw the same packet: two observations, both counted",
	}
	rows := make([][]report.Value, 0, len(env.Overlaps))
	for _, o := range env.Overlaps {
		rows = append(rows, []report.Value{
			report.CountOf(o.Shared), report.EmptyText(o.Families[0]), report.EmptyText(o.Families[1]),
			report.TextOf(string(o.Kind)), report.TextOf(meaning[o.Kind]), report.CountOf(o.Records[0]), report.CountOf(o.Records[1]),
		})
	}
	return table(report.Table{
		ID: "overlaps", Title: "Overlaps",
		Doc: "What each two log families have in common: records that stand in both (host, stamp, uptime and text agree), of which one counts, " +
			"and packets that a log and a capture tell of (addresses, ports, protocol, length, TTL and identification agree within 2 seconds). " +
			"The last columns are how many records of each family were compared.",
		Columns: []report.Column{
			report.Col("count", "In both", report.Count), report.KeyCol("family", "Family", report.Text), report.KeyCol("other", "Other family", report.Text),
			report.KeyCol("kind", "Kind", report.Text), report.Col("meaning", "Meaning", report.Text),
			report.Col("records", "Records", report.Count), report.Col("other_records", "Other's records", report.Count),
		},
	}, rows)
}

// table completes a table with rows, which it puts into order: by count, if
// there is such a column, then by the key columns, null first.
func table(t report.Table, rows [][]report.Value) report.Table {
	n := t.Column("count")
	slices.SortStableFunc(rows, func(a, b []report.Value) int {
		if n >= 0 {
			if c := cmp.Compare(b[n].Uint(), a[n].Uint()); c != 0 {
				return c
			}
		}
		for i := range t.Columns {
			if !t.Columns[i].Key {
				continue
			}
			if c := compare(a[i], b[i]); c != 0 {
				return c
			}
		}
		return 0
	})
	for _, r := range rows {
		if n >= 0 {
			t.TotalCount += r[n].Uint()
		}
	}
	t.Rows, t.TotalRows = report.RowsOf(rows), len(rows)
	return t
}

// compare orders the kinds of key cells that this module has: texts and
// evidence by their bytes, times and durations by value.
func compare(a, b report.Value) int {
	if a.IsNull() || b.IsNull() {
		return cmp.Compare(b2i(!a.IsNull()), b2i(!b.IsNull()))
	}
	switch a.Kind() {
	case report.Time, report.Duration:
		return cmp.Compare(a.Nanos(), b.Nanos())
	}
	return strings.Compare(a.Str(), b.Str())
}

func b2i(b bool) int {
	if b {
		return 1
	}
	return 0
}

func rejects(env *analyze.Env) report.Table {
	type sum struct{ count, inputs uint64 }
	sums := map[string]*sum{}
	for i := range env.Inputs {
		for reason, n := range env.Inputs[i].Reasons {
			if sums[reason] == nil {
				sums[reason] = &sum{}
			}
			sums[reason].count += n
			sums[reason].inputs++
		}
	}
	rows := make([][]report.Value, 0, len(sums))
	for reason, s := range sums {
		rows = append(rows, []report.Value{report.CountOf(s.count), report.EmptyText(reason), report.CountOf(s.inputs)})
	}
	return table(report.Table{
		ID: "rejects", Title: "Rejected records",
		Doc: "Records that look like firewall records and could not be decoded, by reason: the malformed ones of the ledger.",
		Columns: []report.Column{
			report.Col("count", "Count", report.Count), report.KeyCol("reason", "Reason", report.Text),
			report.Col("inputs", "Inputs", report.Count),
		},
	}, rows)
}

// examples is how many rejected records of each reason are shown.
const examples = 5

// rejectExamples shows the first of each reason, inputs in their order. They are
// raw text, written by whoever is logged: renderers neutralise text cells.
func rejectExamples(env *analyze.Env) report.Table {
	seen := map[string]int{}
	var rows [][]report.Value
	for i := range env.Inputs {
		for _, r := range env.Inputs[i].Rejects {
			if seen[r.Reason]++; seen[r.Reason] <= examples {
				rows = append(rows, []report.Value{report.EmptyText(r.Reason), placeIn(env, i, r.Record), report.TextOf(r.Host), report.TextOf(r.Text)})
			}
		}
	}
	return table(report.Table{
		ID: "reject_examples", Title: "Examples of rejected records",
		Doc: "Up to five records of each reason, the first ones of the inputs in their order; the text is the record's beginning.",
		Columns: []report.Column{
			report.KeyCol("reason", "Reason", report.Text), report.KeyCol("evidence", "Record", report.Evidence),
			report.Col("host", "Host", report.Text), report.Col("text", "Text", report.Text),
		},
	}, rows)
}
