package html

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"fwreport/reader/event"
	"fwreport/reader/evidence"
	"fwreport/report"
)

// attacks are texts that someone who is logged might send, and what must not
// come of them in a page.
var attacks = []string{
	`<script>alert(1)</script>`,
	`"><img src=x onerror=alert(1)>`,
	`' onmouseover='alert(1)`,
	`javascript:alert(1)`,
	`</script><script>alert(1)</script>`,
	`</style><style>*{display:none}</style>`,
	`</title><svg onload=alert(1)>`,
	`{{.Policy}}{{define "page"}}`,
	"\x1b[2J\x1b]0;owned\x07",
	`=HYPERLINK("http://example.com","x")`,
	"invoice\u202egpj.exe",
	"a\u2028alert(1)\u2029b",
	"zero\u200bwidth\ufeff",
	"\xff\xfe not UTF-8 \xc3",
	"tab\there\r\nand a line",
	`&lt;b&gt; is not <b>`,
	"\x00nul",
	strings.Repeat("A very long text. ", 5000),
}

func unix(s string) int64 {
	t, err := time.Parse(time.RFC3339, s)
	if err != nil {
		panic(err)
	}
	return t.UnixNano()
}

func zone(t testing.TB, name string) *time.Location {
	t.Helper()
	loc, err := time.LoadLocation(name)
	if err != nil {
		t.Skipf("no zone data for %s: %v", name, err)
	}
	return loc
}

// sample is a report of all kinds of columns, with null cells, findings, notes,
// charts, a damaged input, and the attacks wherever text can stand.
func sample(t testing.TB) *report.Report {
	r := &report.Report{
		Title:     "Firewall report for gateway.example.net",
		Generator: report.Generator{Name: "fwreport", Version: "1.0.0"},
		Command:   []string{"--since", "2026-03-01", "--until", "2026-03-04", "--tz", "UTC", "--report-tz", "Asia/Tokyo", "evidence/it's here"},
		Zone:      "Asia/Tokyo", Location: zone(t, "Asia/Tokyo"),
		Window: report.Window{Since: unix("2026-02-28T15:00:00Z"), Until: unix("2026-03-03T15:00:00Z")},
		Span:   report.Span{First: unix("2026-02-28T15:00:11Z"), Last: unix("2026-03-03T14:58:40Z")},
		Notes:  []string{"The geo data are of 2026-01-01.", "12 verdicts were assumed (--assume deny)."},
	}
	r.Evidence = sampleEvidence()
	r.Sections = []report.Section{overview(), deniedSection(), fingerprintSection(), attackSection(), emptySection()}
	return r
}

func sampleEvidence() evidence.Manifest {
	m := evidence.Manifest{Inputs: []evidence.Input{
		{Path: "evidence/kern.log", Family: "kern.log", Format: "syslog", Size: 1048576, MTime: unix("2026-03-04T00:00:01Z"),
			SHA256: strings.Repeat("0123456789abcdef", 4), YearFrom: "mtime", ZoneFrom: "--tz",
			First: unix("2026-03-02T00:00:00Z"), Last: unix("2026-03-03T14:58:40Z"),
			Records: evidence.Ledger{Read: 9000, Events: 8000, Other: 900, Malformed: 3, Duplicates: 40, Outside: 50, Filtered: 7, Repeats: 12},
			Reasons: map[string]uint64{"bad-address": 2, "no-protocol": 1},
			Rejects: []evidence.Reject{{Record: 4711, Reason: "bad-address", Text: "IN=eth0 SRC=999.1.1.1 <script>alert(1)</script>\x1b[31m"}},
			Losses:  []evidence.Loss{{Class: "service_suppressed", Notices: 2, Lost: 350}}},
		{Path: "evidence/kern.log.2.gz", Family: "kern.log", Format: "syslog", Compression: "gzip", Size: 77123, MTime: unix("2025-12-01T00:00:00Z"),
			First: unix("2025-11-30T23:59:59.5Z"), Last: unix("2026-03-01T00:00:00Z"), Incomplete: true,
			Notes:   []string{"The gzip stream ends early: 2000 records were read."},
			Records: evidence.Ledger{Read: 2000, Events: 2000}},
		{Path: "evidence/secret.log", Size: -1, MTime: event.NoTime, First: event.NoTime, Last: event.NoTime,
			Skipped: "permission denied"},
		{Path: "evidence/<img src=x onerror=alert(1)>\u202e.log", Format: "syslog", Size: 0, MTime: event.NoTime,
			SHA256: strings.Repeat("ab", 32), First: event.NoTime, Last: event.NoTime, Notes: []string{"The file is empty."}},
	}}
	for _, in := range m.Inputs {
		m.Totals.Add(in.Records)
	}
	return m
}

func overview() report.Section {
	actions := tableOf("actions", "Actions", 10012, []report.Column{
		report.Col("count", "Count", report.Count), report.KeyCol("action", "Action", report.Text),
		report.Col("verdict", "Verdict", report.Text), report.Col("share", "Share", report.Ratio),
		report.Col("first", "First", report.Time), report.Col("last", "Last", report.Time),
	},
		row(report.CountOf(8500), report.TextOf("DROP"), report.TextOf("denied"), report.RatioOf(0.849), at("2026-02-28T15:00:11Z"), at("2026-03-03T14:58:40Z")),
		row(report.CountOf(1500), report.TextOf("ACCEPT"), report.TextOf("accepted"), report.RatioOf(0.1498), at("2026-02-28T15:00:11Z"), at("2026-03-03T14:58:40Z")),
		row(report.CountOf(12), report.TextOf("LOG"), report.TextOf("undetermined"), report.RatioOf(0.0012), at("2026-03-01T00:00:00.25Z"), report.Null),
	)
	return report.Section{
		ID: "overview", Title: "Overview", Doc: "All events, by action and over time.",
		Notes:  []string{"12 events are undetermined: the prefix LOG names no verdict; --action-map or --assume decides them."},
		Charts: []report.Chart{{ID: "timeline", Title: "Events over time", Kind: report.StackedBars, Table: "timeline", X: "time", Y: []string{"denied", "accepted", "undetermined"}}},
		Tables: []report.Table{actions, timelineTable()},
	}
}

// timelineTable has an hour of 72 for each row, but for two that are empty.
func timelineTable() report.Table {
	var rows [][]report.Value
	for h := range 72 {
		if h == 30 || h == 31 {
			continue
		}
		t := unix("2026-02-28T15:00:00Z") + int64(h)*int64(time.Hour)
		denied := uint64(80 + h*h%37*3)
		if h == 50 {
			denied = 900
		}
		rows = append(rows, row(report.TimeOf(t), report.CountOf(denied), report.CountOf(uint64(20+h%24)), report.CountOf(uint64(h/70))))
	}
	return tableOf("timeline", "Timeline", 10012, []report.Column{
		report.KeyCol("time", "Time", report.Time), report.Col("denied", "Denied", report.Count),
		report.Col("accepted", "Accepted", report.Count), report.Col("undetermined", "Undetermined", report.Count),
	}, rows...)
}

// deniedSection has more rows than the limit of the tests, in the order of the
// report: count, descending, then address.
func deniedSection() report.Section {
	var rows [][]report.Value
	for i := range 120 {
		src := fmt.Sprintf("192.0.2.%d", i+1)
		if i%10 == 3 {
			src = fmt.Sprintf("2001:db8::%x", i)
		}
		port, org := report.PortOf(uint16(22+i)), report.TextOf("Example Networks")
		if i%7 == 2 {
			port, org = report.Null, report.Null
		}
		rows = append(rows, row(
			report.CountOf(uint64(2400/(i+1))), report.AddressText(src), port, report.TextOf("AS64500"), org,
			report.BytesOf(uint64(i)*12345), report.DurationOf(int64(i)*int64(37*time.Minute)),
			at("2026-02-28T15:00:11Z"), at("2026-03-03T14:58:40Z"),
			report.EvidenceOf(fmt.Sprintf("evidence/kern.log:%d", 8+i)), report.EvidenceOf(fmt.Sprintf("dump.pcap#%d", 90000-i))))
	}
	sources := tableOf("sources", "Denied sources", 12844, []report.Column{
		report.Col("count", "Count", report.Count), report.KeyCol("src", "Source", report.Address),
		{ID: "dport", Title: "Port", Doc: "The port, where all records have the same.", Kind: report.Port},
		report.Col("asn", "ASN", report.Text), report.Col("org", "Organisation", report.Text),
		report.Col("bytes", "Volume", report.Bytes), report.Col("active", "Active", report.Duration),
		report.Col("first", "First", report.Time), report.Col("last", "Last", report.Time),
		report.Col("evidence_first", "First record", report.Evidence), report.Col("evidence_last", "Last record", report.Evidence),
	}, rows...)
	ports := tableOf("denied_ports", "Denied ports", 8500, []report.Column{
		report.Col("count", "Count", report.Count), report.KeyCol("dport", "Port", report.Port),
		report.Col("service", "Service", report.Text), report.KeyCol("proto", "Protocol", report.Text),
	},
		row(report.CountOf(5000), report.PortOf(22), report.TextOf("ssh"), report.TextOf("TCP")),
		row(report.CountOf(3000), report.PortOf(23), report.TextOf("telnet"), report.TextOf("TCP")),
		row(report.CountOf(500), report.PortOf(5060), report.Null, report.TextOf("UDP")))
	return report.Section{
		ID: "denied", Title: "Denied", Doc: "Who was denied, and where to.",
		Findings: []report.Finding{{Confidence: report.Observed, Text: "192.0.2.1 was denied 2,400 times.", Evidence: []string{"evidence/kern.log:8"}}},
		Charts:   []report.Chart{{ID: "ports", Title: "Denied by port", Kind: report.Bars, Table: "denied_ports", X: "dport", Y: []string{"count"}}},
		Tables:   []report.Table{sources, ports},
	}
}

func fingerprintSection() report.Section {
	return report.Section{
		ID: "fingerprint", Title: "Fingerprints",
		Findings: []report.Finding{
			{Confidence: report.Inferred, Text: "The scan of 2026-03-02 was made with ZMap: IP ID 54321 in 510 of 510 probes.", Evidence: []string{"dump.pcap#12", "dump.pcap#522"}},
			{Confidence: report.Possible, Text: "Two sources may be one host."},
		},
		Tables: []report.Table{tableOf("fingerprints", "Tools", 510, []report.Column{
			report.Col("count", "Count", report.Count), report.KeyCol("tool", "Tool", report.Text), report.Col("confidence", "Confidence", report.Text),
		}, row(report.CountOf(510), report.TextOf("zmap"), report.TextOf("inferred")))},
	}
}

// attackSection has the attacks wherever a section can hold text.
func attackSection() report.Section {
	var rows [][]report.Value
	for i, a := range attacks {
		rows = append(rows, row(report.CountOf(uint64(100-i)), report.EmptyText(a), report.AddressText(a), report.EvidenceOf(a+":1")))
	}
	rows = append(rows, row(report.CountOf(1), report.EmptyText(""), report.Null, report.Null))
	x := attacks[1]
	columns := []report.Column{
		report.Col("count", "Count", report.Count), {ID: x, Title: "Prefix " + x, Doc: x, Kind: report.Text, Key: true},
		report.Col("who", x, report.Address), report.Col("where", attacks[10], report.Evidence),
	}
	return report.Section{
		ID: "x" + x, Title: "Hostile " + x, Doc: attacks[0], Notes: attacks,
		Findings: []report.Finding{{Confidence: report.Confidence(x), Text: attacks[4], Evidence: attacks}},
		Charts:   []report.Chart{{ID: x, Title: x, Kind: report.Bars, Table: "hostile " + x, X: x, Y: []string{"count"}}},
		Tables:   []report.Table{tableOf("hostile "+x, "Hostile "+x, 1000, columns, rows...)},
	}
}

func emptySection() report.Section {
	return report.Section{ID: "icmp", Title: "ICMP", Tables: []report.Table{
		tableOf("icmp", "ICMP messages", 0, []report.Column{report.Col("count", "Count", report.Count)}),
	}}
}

func tableOf(id, title string, total uint64, columns []report.Column, rows ...[]report.Value) report.Table {
	return report.Table{ID: id, Title: title, Columns: columns, Rows: report.RowsOf(rows), TotalRows: len(rows), TotalCount: total}
}

func row(v ...report.Value) []report.Value { return v }

func at(s string) report.Value { return report.TimeOf(unix(s)) }
