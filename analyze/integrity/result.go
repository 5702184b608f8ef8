package integrity

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"

	"fwreport/analyze"
	"fwreport/analyze/count"
	"fwreport/reader/event"
	"fwreport/report"
)

// mostFindings is how many findings of a table are worded; a note counts the
// others.
const mostFindings = 8

// Result makes the section.
func (s *state) Result(env *analyze.Env) *report.Section {
	t := s.timeline(env, newSources(env, s.stripes.Keys, s.slots.Keys))
	missing := rotations(env.Inputs)
	sec := &report.Section{}
	var quiet []gap
	var cut int
	if n := filtered(env); n > 0 {
		sec.Notes = append(sec.Notes, fmt.Sprintf("Silent spans were not looked for: %s were left out by a filter, so silence would tell of the filter.", records(n)))
	} else {
		quiet, cut = s.gaps(t)
	}
	t.describe(env, sec)
	describeGaps(env, sec, missing, "missing files")
	describeGaps(env, sec, quiet, "silent spans")
	if cut > 0 {
		sec.Notes = append(sec.Notes, fmt.Sprintf("Silent spans of %s sources are so many that only the %d longest of each were weighed.", report.Group(uint64(cut)), mostSpans))
	}
	sec.Tables = []report.Table{t.bootTable(env), t.clockTable(env), gapTable(env, append(missing, quiet...)),
		overlaps(env), losses(env), rejects(env), rejectExamples(env)}
	return sec
}

func filtered(env *analyze.Env) (n uint64) {
	for i := range env.Inputs {
		n += env.Inputs[i].Records.Filtered
	}
	return n
}

// compare orders oddities, those with the most records first.
func (o *oddity) compare(p *oddity) int {
	return cmp.Or(cmp.Compare(p.count, o.count), cmp.Compare(o.source, p.source), cmp.Compare(o.time, p.time),
		cmp.Compare(o.kind, p.kind), cmp.Compare(o.step, p.step), cmp.Compare(o.after, p.after))
}

// describe words the first oddities.
func (t *timeline) describe(env *analyze.Env, sec *report.Section) {
	for _, o := range t.foremost() {
		sec.Findings = append(sec.Findings, o.finding(env, t.sources.names[o.source]))
	}
	if n := len(t.odd); n > mostFindings {
		sec.Notes = append(sec.Notes, fmt.Sprintf("Oddities of clocks: %s in all; the %d with the most records are among the findings.",
			report.Group(uint64(n)), mostFindings))
	}
}

// foremost is the first oddities, in order.
func (t *timeline) foremost() []*oddity {
	var list []*oddity
	for i := range t.odd {
		o := &t.odd[i]
		if len(list) == mostFindings && o.compare(list[mostFindings-1]) >= 0 {
			continue
		}
		at, _ := slices.BinarySearchFunc(list, o, (*oddity).compare)
		list = slices.Insert(list[:min(len(list), mostFindings-1)], min(at, mostFindings-1), o)
	}
	return list
}

// describeGaps words gaps, the largest first.
func describeGaps(env *analyze.Env, sec *report.Section, list []gap, what string) {
	slices.SortFunc(list, compareGaps)
	worded := slices.DeleteFunc(slices.Clone(list), func(g gap) bool { return g.kind == off })
	for i := range worded[:min(mostFindings, len(worded))] {
		sec.Findings = append(sec.Findings, worded[i].finding(env))
	}
	if n := len(worded); n > mostFindings {
		sec.Notes = append(sec.Notes, fmt.Sprintf("Of %s %s, the %d largest are among the findings.", report.Group(uint64(n)), what, mostFindings))
	}
}

// compareGaps is the order of the table gaps.
func compareGaps(a, b gap) int {
	return cmp.Or(cmp.Compare(b.expected, a.expected), compareSources(a.source, b.source), cmp.Compare(a.first, b.first), strings.Compare(a.kind, b.kind))
}

func (t *timeline) bootTable(env *analyze.Env) report.Table {
	began := func(b *boot) int64 { return floorDiv(b.base, second) * second }
	rows := make([]count.Row, len(t.boots))
	for i := range t.boots {
		b := &t.boots[i]
		rows[i] = count.Row{Count: b.Count, Hi: uint64(b.source), Lo: ordered(began(b)), Index: uint32(i)}
	}
	sortRows(rows, cmp.Compare[uint32])
	return inOrder(report.Table{
		ID: "boots", Title: "Boots",
		Doc: "Records with a stamp and the kernel's uptime, by the boot that the difference tells, to about a second; " +
			"where the clock was set while the machine ran, by its setting at the start. Log is the rotation of records that name no host.",
		Columns: []report.Column{
			report.Col("count", "Count", report.Count), report.KeyCol("host", "Host", report.Text), report.KeyCol("log", "Log", report.Text),
			report.KeyCol("boot", "Boot", report.Time), report.Col("first", "First", report.Time), report.Col("last", "Last", report.Time),
			report.Col("uptime_first", "Lowest uptime", report.Duration), report.Col("uptime_last", "Highest uptime", report.Duration),
			report.Col("evidence_first", "First record", report.Evidence), report.Col("evidence_last", "Last record", report.Evidence),
		},
	}, rows, func(i uint32, cells []report.Value) []report.Value {
		b := &t.boots[i]
		host, family := t.sources.names[b.source].cells()
		return append(cells, report.CountOf(b.Count), host, family, report.TimeOf(began(b)),
			report.TimeOf(b.First()), report.TimeOf(b.Last()), report.DurationOf(b.lo), report.DurationOf(b.hi),
			env.Evidence(b.FirstRef()), env.Evidence(b.LastRef()))
	})
}

func (t *timeline) clockTable(env *analyze.Env) report.Table {
	rows := make([]count.Row, len(t.odd))
	for i := range t.odd {
		o := &t.odd[i]
		rows[i] = count.Row{Count: o.count, Hi: uint64(o.source), Lo: ordered(o.time), Index: uint32(i)}
	}
	sortRows(rows, func(a, b uint32) int {
		o, p := &t.odd[a], &t.odd[b]
		return cmp.Or(compare(o.stepCell(), p.stepCell()), cmp.Compare(o.kind, p.kind), comparePlaces(env, o.after, p.after), o.compare(p), cmp.Compare(a, b))
	})
	return inOrder(report.Table{
		ID: "clock", Title: "Clock",
		Doc: "Where stamps and uptimes part. Step: the uptime goes on and the stamps jump. Uptime reset: it is lower than before, without room for a boot. " +
			"Contradiction: few records are out of line with many. Overlap: two boots at the same time. Misplaced: records of another boot stand between those of one. " +
			"Crowded: too many boots at once. Count is the records after the step or out of line, from Time on; a positive step makes stamps later. " +
			"Record before is the last one before a step, else one of the boot that the others are out of line with. Each has several explanations: see the findings.",
		Columns: []report.Column{
			report.Col("count", "Count", report.Count), report.KeyCol("host", "Host", report.Text), report.KeyCol("log", "Log", report.Text),
			report.KeyCol("time", "Time", report.Time), report.KeyCol("step", "Step", report.Duration), report.KeyCol("kind", "Kind", report.Text),
			report.Col("evidence_before", "Record before", report.Evidence), report.KeyCol("evidence_after", "Record after", report.Evidence),
		},
	}, rows, func(i uint32, cells []report.Value) []report.Value {
		o := &t.odd[i]
		host, family := t.sources.names[o.source].cells()
		return append(cells, report.CountOf(o.count), host, family, report.TimeOf(o.time), o.stepCell(),
			report.TextOf(o.kind.String()), env.Evidence(o.before), env.Evidence(o.after))
	})
}

// stepCell is the step to the millisecond.
func (o *oddity) stepCell() report.Value {
	if o.kind == crowded {
		return report.Null
	}
	return report.DurationOf(int64(time.Duration(o.step).Round(time.Millisecond)))
}

func gapTable(env *analyze.Env, list []gap) report.Table {
	slices.SortStableFunc(list, compareGaps)
	rows := make([]count.Row, len(list))
	for i := range list {
		rows[i] = count.Row{Count: list[i].expected, Index: uint32(i)}
	}
	return inOrder(report.Table{
		ID: "gaps", Title: "Gaps",
		Doc: "Silent: no record of a source where its own rate makes that improbable; expected is how many records were usual in such a span. " +
			"Before a boot: the same, but the source booted in it and may have been off. " +
			"Rotation: files that are missing by their names, in the column log; from and to are the end of the older and the beginning of the newer neighbour.",
		Columns: []report.Column{
			report.Col("count", "Expected", report.Count), report.KeyCol("host", "Host", report.Text), report.KeyCol("log", "Log", report.Text),
			report.KeyCol("first", "From", report.Time), report.Col("last", "To", report.Time), report.Col("span", "Span", report.Duration),
			report.KeyCol("kind", "Kind", report.Text),
			report.Col("evidence_before", "Record before", report.Evidence), report.Col("evidence_after", "Record after", report.Evidence),
		},
	}, rows, func(i uint32, cells []report.Value) []report.Value {
		g := &list[i]
		host, family := g.source.cells()
		expected, length := report.Null, report.Null
		if g.kind != missed {
			expected = report.CountOf(g.expected)
		}
		if g.first != event.NoTime {
			length = report.DurationOf(g.span())
		}
		return append(cells, expected, host, family, report.TimeOf(g.first), report.TimeOf(g.last), length,
			report.TextOf(g.kind), env.Evidence(g.before), env.Evidence(g.after))
	})
}

// inOrder completes a table with rows, which are in order; their cells are made
// when they are read, for who writes a log may bring about a row a record.
func inOrder(t report.Table, rows []count.Row, cells func(i uint32, cells []report.Value) []report.Value) report.Table {
	order := make([]uint32, len(rows))
	for i := range rows {
		order[i] = rows[i].Index
		t.TotalCount += rows[i].Count
	}
	t.TotalRows = len(rows)
	t.Rows = func(yield func([]report.Value) bool) {
		row := make([]report.Value, 0, len(t.Columns))
		for _, i := range order {
			if row = cells(i, row[:0]); !yield(row) {
				return
			}
		}
	}
	return t
}
