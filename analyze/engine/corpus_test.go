package engine_test

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"fwreport/report"
)

const corpus = "../../../shared/corpus"

func corpusPath(t *testing.T, name string) string {
	t.Helper()
	path := filepath.Join(corpus, name)
	if _, err := os.Stat(path); err != nil {
		t.Skipf("the corpus of real logs is not here: %v", err)
	}
	return path
}

// TestIpta compares with what ipta's own queries gave on its own sample, run
// against a database: its modules 1, 3, 4 and 5.
func TestIpta(t *testing.T) {
	rep := run{zone: time.UTC}.report(t, corpusPath(t, "sikvall+ipta/example/iptables-syslog-example.log"))
	all := tables(rep)
	tests := []struct {
		table, columns string
		want           []string
	}{
		{"actions", "count action verdict", []string{"163|ACCEPT|accepted", "16|DROP|denied", "13|INVALID|denied", "8|CBLK|denied"}},
		{"denied", "count src dport proto action", []string{
			"7|142.255.211.121|80|TCP|INVALID", "6|213.136.38.8|80|TCP|INVALID", "4|46.45.161.187|445|TCP|CBLK", "4|194.63.142.101|110|TCP|CBLK",
		}},
		{"denied_ports", "count dport proto action", []string{
			"13|80|TCP|INVALID", "9|25|TCP|DROP", "4|23|TCP|DROP", "4|110|TCP|CBLK", "4|445|TCP|CBLK",
			"1|137|UDP|DROP", "1|5087|UDP|DROP", "1|5088|UDP|DROP",
		}},
		{"invalid_sources", "count src dport proto", []string{"7|142.255.211.121|80|TCP", "6|213.136.38.8|80|TCP"}},
	}
	for _, tt := range tests {
		got := project(t, all[tt.table], strings.Fields(tt.columns))
		for _, w := range tt.want {
			if !slices.Contains(got, w) {
				t.Errorf("%s has no row %s", tt.table, w)
			}
		}
	}
	denied := all["denied"]
	if denied.Rows[0][0] != "7" || denied.Rows[1][0] != "6" || denied.Count != 37 {
		t.Errorf("denied begins with %v and counts %d, want 7, 6 and 37", denied.Rows[:2], denied.Count)
	}
	// Three sources were dropped three times at port 25, two twice at port 23.
	byGroup := map[string]int{}
	for _, row := range project(t, denied, []string{"dport", "action", "count"}) {
		byGroup[row]++
	}
	if byGroup["25|DROP|3"] != 3 || byGroup["23|DROP|2"] != 2 {
		t.Errorf("groups of ports 25 and 23: %v", byGroup)
	}
	var interfaces []string
	for _, row := range project(t, all["interfaces"], []string{"count", "in", "action", "proto"}) {
		if !strings.Contains(row, "ACCEPT") {
			interfaces = append(interfaces, row)
		}
	}
	want := []string{"13|eth0|DROP|TCP", "13|eth0|INVALID|TCP", "3|eth0|DROP|UDP", "8|eth0|CBLK|TCP"}
	if !slices.Equal(interfaces, want) {
		t.Errorf("interfaces without accepted ones: %v, want %v", interfaces, want)
	}
}

// TestCorpusReconciles: on real evidence every input is accounted for, and the
// tables that count all events, or all of a verdict, sum to the same.
func TestCorpusReconciles(t *testing.T) {
	path := corpusPath(t, ".")
	rep := run{zone: time.UTC, damaged: true, jobs: 2}.report(t, path)
	totals := rep.Evidence.Totals
	events := totals.Events + totals.Repeats
	verdicts := map[string]uint64{}
	actions := rep.Table("actions")
	for row := range actions.Rows {
		verdicts[row[actions.Column("verdict")].Str()] += row[actions.Column("count")].Uint()
	}
	for _, tt := range []struct {
		table string
		want  uint64
	}{
		{"actions", events}, {"hosts", events}, {"interfaces", events}, {"prefixes", events},
		{"denied", verdicts["denied"]}, {"sources", verdicts["denied"]}, {"countries", verdicts["denied"]}, {"asns", verdicts["denied"]},
		{"undetermined", verdicts["undetermined"]},
	} {
		tb := rep.Table(tt.table)
		if tb == nil {
			t.Fatalf("there is no table %s", tt.table)
		}
		var sum uint64
		rows := 0
		for row := range tb.Rows {
			sum += row[tb.Column("count")].Uint()
			rows++
		}
		if sum != tt.want || tb.TotalCount != sum || tb.TotalRows != rows {
			t.Errorf("%s: %d rows sum to %d, it says %d and %d, the ledger %d", tt.table, rows, sum, tb.TotalRows, tb.TotalCount, tt.want)
		}
	}
	checkFiles(t, rep, path)
}

// checkFiles: every file below path is an input, read with a hash or with a
// reason why not.
func checkFiles(t *testing.T, rep *report.Report, path string) {
	t.Helper()
	known := map[string]bool{}
	for i := range rep.Evidence.Inputs {
		in := &rep.Evidence.Inputs[i]
		known[in.Path] = true
		if in.Skipped == "" && len(in.SHA256) != 64 {
			t.Errorf("%s was read and has no hash", in.Path)
		}
	}
	err := filepath.WalkDir(path, func(p string, d os.DirEntry, err error) error {
		if err == nil && !d.IsDir() && !known[p] {
			t.Errorf("%s is no input of the report", p)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}
