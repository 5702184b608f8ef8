package engine_test

import (
	"cmp"
	"fmt"
	"io"
	"slices"
	"strings"
	"testing"
	"time"

	gocmp "github.com/google/go-cmp/cmp"

	"fwreport/report"
	"fwreport/samples/gen/stream"
)

// seen is a packet of the model as a table would show it, by hand and not by
// any reader.
type seen struct {
	*stream.Packet
	number          int // of the line, from 1
	action, verdict string
	proto           string
	sport, dport    string // "-" where the packet has none
}

// protoNames are the kernel's spellings and IANA's keywords.
var protoNames = map[uint8]string{
	1: "ICMP", 2: "IGMP", 6: "TCP", 17: "UDP", 47: "GRE", 50: "ESP", 51: "AH", 58: "ICMPv6", 89: "OSPFIGP", 136: "UDPLITE",
}

func look(ps []stream.Packet) []seen {
	all := make([]seen, len(ps))
	for i := range ps {
		s := seen{Packet: &ps[i], number: i + 1, proto: protoNames[ps[i].Proto], sport: "-", dport: "-"}
		for _, p := range prefixes {
			if p.text == s.Prefix {
				s.action, s.verdict = p.action, p.verdict
			}
		}
		if s.HasPorts() {
			s.sport, s.dport = fmt.Sprint(s.SrcPort), fmt.Sprint(s.DstPort)
		}
		all[i] = s
	}
	return all
}

// naive counts a table in the most obvious way: which packets, by which key,
// and what to say of each group. The result is a line a group.
func naive(all []seen, want func(*seen) bool, key func(*seen) string, say func(group []*seen) string) []string {
	groups := map[string][]*seen{}
	for i := range all {
		if s := &all[i]; want(s) {
			groups[key(s)] = append(groups[key(s)], s)
		}
	}
	var lines []string
	for k, g := range groups {
		lines = append(lines, fmt.Sprintf("%d|%s%s", len(g), k, say(g)))
	}
	slices.Sort(lines)
	return lines
}

func each(*seen) bool        { return true }
func isDenied(s *seen) bool  { return s.verdict == "denied" }
func isOpen(s *seen) bool    { return s.verdict == "undetermined" }
func nothing([]*seen) string { return "" }
func extent(g []*seen) string {
	g = timed(g)
	return "|" + stamp(g[0].Time) + "|" + stamp(g[len(g)-1].Time)
}

// timed are the packets of a group whose time is known, or all if it is of none.
func timed(g []*seen) []*seen {
	known := slices.DeleteFunc(slices.Clone(g), func(s *seen) bool { return s.Time.IsZero() })
	if len(known) == 0 {
		return g
	}
	return known
}

// stamp is a time as tables show it; the zero Time is none.
func stamp(t time.Time) string {
	if t.IsZero() {
		return "-"
	}
	return report.FormatTime(t.UnixNano())
}

func provenance(g []*seen) string {
	first := timed(g)
	return extent(g) + fmt.Sprintf("|%d|%d", first[0].number, first[len(first)-1].number)
}

// distinct counts the different values of f but "-".
func distinct(g []*seen, f func(*seen) string) int {
	values := map[string]bool{}
	for _, s := range g {
		if v := f(s); v != "-" {
			values[v] = true
		}
	}
	return len(values)
}

func orNone(s string) string { return cmp.Or(s, "-") }

// icmpName is type and code, which later fragments do not have.
func icmpName(s *seen) string {
	if s.Later() {
		return "-|-"
	}
	return fmt.Sprintf("%d|%d", s.Type, s.Code)
}

func groupKey(s *seen) string {
	return fmt.Sprintf("%s|%s|%s|%s", s.Src, s.dport, s.proto, s.action)
}

// oracles are the tables that are counted by hand, the columns in the order of
// the lines.
var oracles = []struct {
	table, columns string
	want           func(*seen) bool
	key            func(*seen) string
	say            func([]*seen) string
}{
	{"actions", "count action verdict first last", each, func(s *seen) string { return s.action + "|" + s.verdict }, extent},
	{"hosts", "count host denied first last", each, func(s *seen) string { return orNone(s.Host) }, func(g []*seen) string {
		n := 0
		for _, s := range g {
			if isDenied(s) {
				n++
			}
		}
		return fmt.Sprintf("|%d", n) + extent(g)
	}},
	{"denied", "count src dport proto action first last evidence_first evidence_last", isDenied, groupKey, provenance},
	{"undetermined", "count src dport proto action first last evidence_first evidence_last", isOpen, groupKey, provenance},
	{"sources", "count src ports targets first last evidence_first evidence_last", isDenied, func(s *seen) string { return s.Src.String() }, func(g []*seen) string {
		ports := distinct(g, func(s *seen) string { return s.dport })
		targets := distinct(g, func(s *seen) string { return s.Dst.String() })
		return fmt.Sprintf("|%d|%d", ports, targets) + provenance(g)
	}},
	{"denied_ports", "count dport proto action sources first last", func(s *seen) bool { return isDenied(s) && s.dport != "-" },
		func(s *seen) string { return s.dport + "|" + s.proto + "|" + s.action }, func(g []*seen) string {
			return fmt.Sprintf("|%d", distinct(g, func(s *seen) string { return s.Src.String() })) + extent(g)
		}},
	{"icmp", "count src dst type code proto action first last evidence_first evidence_last",
		func(s *seen) bool { return s.Proto == stream.ICMP || s.Proto == stream.ICMPv6 },
		func(s *seen) string {
			return fmt.Sprintf("%s|%s|%s|%s|%s", s.Src, s.Dst, icmpName(s), s.proto, s.action)
		}, provenance},
	{"invalid_sources", "count src dport proto first last evidence_first evidence_last", func(s *seen) bool { return s.action == "INVALID" },
		func(s *seen) string { return fmt.Sprintf("%s|%s|%s", s.Src, s.dport, s.proto) }, provenance},
	{"interfaces", "count in out action proto", each, func(s *seen) string {
		return strings.Join([]string{orNone(s.In), orNone(s.Out), s.action, s.proto}, "|")
	}, nothing},
	{"prefixes", "count prefix action verdict first last", each, func(s *seen) string {
		return strings.TrimSpace(s.Prefix) + "|" + s.action + "|" + s.verdict
	}, extent},
}

// TestOracle holds the tables to a naive count of the model, which never saw a
// log line.
func TestOracle(t *testing.T) {
	ps := model(3000)
	path := write(t, t.TempDir(), "fw.log", ps, func(w io.Writer, ps []stream.Packet) error {
		return stream.SyslogISO(w, ps, stream.Kernel{Uptime: true}, time.UTC)
	})
	got := tables(run{jobs: 2}.report(t, path))
	all := look(ps)
	for _, o := range oracles {
		t.Run(o.table, func(t *testing.T) {
			want := naive(all, o.want, o.key, o.say)
			tb, ok := got[o.table]
			if !ok {
				t.Fatal("there is no such table")
			}
			if diff := gocmp.Diff(want, project(t, tb, strings.Fields(o.columns))); diff != "" {
				t.Errorf("(- counted by hand, + table)\n%s", diff)
			}
			falling(t, tb)
		})
	}
	timeline(t, got["timeline"], all)
}

// project are the rows with some columns, as lines, sorted.
func project(t *testing.T, tb table, columns []string) []string {
	t.Helper()
	var lines []string
	for _, row := range tb.Rows {
		var cells []string
		for _, c := range columns {
			i := slices.Index(tb.Columns, c)
			if i < 0 {
				t.Fatalf("there is no column %s", c)
			}
			cells = append(cells, strings.TrimSpace(row[i]))
		}
		lines = append(lines, strings.Join(cells, "|"))
	}
	slices.Sort(lines)
	return lines
}

// falling checks that the rows stand in the order of their counts.
func falling(t *testing.T, tb table) {
	t.Helper()
	i, last := slices.Index(tb.Columns, "count"), uint64(1<<63)
	for n, row := range tb.Rows {
		var count uint64
		fmt.Sscan(row[i], &count)
		if count > last {
			t.Fatalf("row %d counts %d, the one before it %d", n+1, count, last)
		}
		last = count
	}
}

// timeline checks that each bin has the packets from its time to the next one's.
func timeline(t *testing.T, tb table, all []seen) {
	t.Helper()
	var total int
	for i, row := range tb.Rows {
		from, _ := time.Parse(time.RFC3339, row[0])
		to := from.AddDate(1, 0, 0)
		if i+1 < len(tb.Rows) {
			to, _ = time.Parse(time.RFC3339, tb.Rows[i+1][0])
		}
		count := map[string]int{}
		for _, s := range all {
			if !s.Time.Before(from) && s.Time.Before(to) {
				count[s.verdict]++
				total++
			}
		}
		want := []string{row[0], fmt.Sprint(count["denied"]), fmt.Sprint(count["accepted"]), fmt.Sprint(count["undetermined"])}
		if !slices.Equal(row, want) {
			t.Errorf("timeline has %v, want %v", row, want)
		}
	}
	if total != len(all) || len(tb.Rows) < 10 {
		t.Errorf("the timeline's %d bins hold %d packets of %d", len(tb.Rows), total, len(all))
	}
}
