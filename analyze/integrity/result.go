package integrity

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"

	"fwreport/analyze"
	"fwreport/reader/event"
	"fwreport/report"
)

// mostFindings is how many findings of a table are worded; a note counts the
// others.
const mostFindings = 8

// Result makes the section.
func (s *state) Result(env *analyze.Env) *report.Section {
	t := s.timeline(env)
	missing := rotations(env.Inputs)
	sec := &report.Section{}
	var quiet []gap
	if n := filtered(env); n > 0 {
		sec.Notes = append(sec.Notes, fmt.Sprintf("Silent spans were not looked for: %s were left out by a filter, so silence would tell of the filter.", records(n)))
	} else {
		quiet = s.gaps(env, t)
	}
	t.describe(env, sec)
	describeGaps(env, sec, missing, "missing files")
	describeGaps(env, sec, quiet, "silent spans")
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

// describe words the oddities, those with the most records first.
func (t *timeline) describe(env *analyze.Env, sec *report.Section) {
	slices.SortFunc(t.odd, func(a, b oddity) int {
		return cmp.Or(cmp.Compare(b.count, a.count), compareSources(a.source, b.source), cmp.Compare(a.time, b.time),
			strings.Compare(string(a.kind), string(b.kind)), cmp.Compare(a.step, b.step), cmp.Compare(a.after, b.after))
	})
	for i := range t.odd[:min(mostFindings, len(t.odd))] {
		sec.Findings = append(sec.Findings, t.odd[i].finding(env))
	}
	if n := len(t.odd); n > mostFindings {
		sec.Notes = append(sec.Notes, fmt.Sprintf("Oddities of clocks: %s in all; the %d with the most records are among the findings.",
			report.Group(uint64(n)), mostFindings))
	}
}

// describeGaps words gaps, the largest first.
func describeGaps(env *analyze.Env, sec *report.Section, list []gap, what string) {
	slices.SortFunc(list, func(a, b gap) int {
		return cmp.Or(cmp.Compare(b.expected, a.expected), compareSources(a.source, b.source), cmp.Compare(a.first, b.first))
	})
	worded := slices.DeleteFunc(slices.Clone(list), func(g gap) bool { return g.kind == off })
	for i := range worded[:min(mostFindings, len(worded))] {
		sec.Findings = append(sec.Findings, worded[i].finding(env))
	}
	if n := len(worded); n > mostFindings {
		sec.Notes = append(sec.Notes, fmt.Sprintf("Of %s %s, the %d largest are among the findings.", report.Group(uint64(n)), what, mostFindings))
	}
}

func (t *timeline) bootTable(env *analyze.Env) report.Table {
	rows := make([][]report.Value, 0, len(t.boots))
	for i := range t.boots {
		b := &t.boots[i]
		host, family := b.source.cells()
		rows = append(rows, []report.Value{report.CountOf(b.Count), host, family, report.TimeOf(floorDiv(b.base, second) * second),
			report.TimeOf(b.First()), report.TimeOf(b.Last()), report.DurationOf(b.lo), report.DurationOf(b.hi),
			env.Evidence(b.FirstRef()), env.Evidence(b.LastRef())})
	}
	return table(report.Table{
		ID: "boots", Title: "Boots",
		Doc: "Records with a stamp and the kernel's uptime, by the boot that the difference tells, to about a second; " +
			"where the clock was set while the machine ran, by its setting at the start. Log is the rotation of records that name no host.",
		Columns: []report.Column{
			report.Col("count", "Count", report.Count), report.KeyCol("host", "Host", report.Text), report.KeyCol("log", "Log", report.Text),
			report.KeyCol("boot", "Boot", report.Time), report.Col("first", "First", report.Time), report.Col("last", "Last", report.Time),
			report.Col("uptime_first", "Lowest uptime", report.Duration), report.Col("uptime_last", "Highest uptime", report.Duration),
			report.Col("evidence_first", "First record", report.Evidence), report.Col("evidence_last", "Last record", report.Evidence),
		},
	}, rows)
}

func (t *timeline) clockTable(env *analyze.Env) report.Table {
	rows := make([][]report.Value, 0, len(t.odd))
	for i := range t.odd {
		o := &t.odd[i]
		host, family := o.source.cells()
		step := report.DurationOf(int64(time.Duration(o.step).Round(time.Millisecond)))
		if o.kind == crowded {
			step = report.Null
		}
		rows = append(rows, []report.Value{report.CountOf(o.count), host, family, report.TimeOf(o.time), step,
			report.TextOf(string(o.kind)), env.Evidence(o.before), env.Evidence(o.after)})
	}
	return table(report.Table{
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
	}, rows)
}

func gapTable(env *analyze.Env, list []gap) report.Table {
	rows := make([][]report.Value, 0, len(list))
	for i := range list {
		g := &list[i]
		host, family := g.source.cells()
		expected, length := report.Null, report.Null
		if g.kind != missed {
			expected = report.CountOf(g.expected)
		}
		if g.first != event.NoTime {
			length = report.DurationOf(g.span())
		}
		rows = append(rows, []report.Value{expected, host, family, report.TimeOf(g.first), report.TimeOf(g.last), length,
			report.TextOf(g.kind), env.Evidence(g.before), env.Evidence(g.after)})
	}
	return table(report.Table{
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
	}, rows)
}
