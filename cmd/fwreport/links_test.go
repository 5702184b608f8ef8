package main

import (
	"bytes"
	"io"
	"math/rand/v2"
	"strings"
	"testing"

	"fwreport/report"
	"fwreport/report/json"
)

// printed runs a command in this process and returns what it printed.
func printed(t *testing.T, args ...string) []byte {
	t.Helper()
	var out bytes.Buffer
	cmd := newCommand(newUI(io.Discard), "")
	cmd.SetArgs(args)
	cmd.SetOut(&out)
	if err := cmd.ExecuteContext(t.Context()); err != nil && out.Len() == 0 {
		t.Fatalf("%v: %v", args, err)
	}
	return out.Bytes()
}

// Evidence links lead, through show, to a record whose fields are those of the
// row: a sample of all links of a report on the samples.
func TestLinksLeadToRecords(t *testing.T) {
	if !exists("../../samples/evidence") {
		t.Skip("the samples are not here")
	}
	rep, err := json.Decode(bytes.NewReader(printed(t, "--tz", "UTC", "--year", "2026", "-q", "--format", "json", "../../samples/evidence")))
	if err != nil {
		t.Fatal(err)
	}
	all := links(rep)
	if len(all) == 0 {
		t.Fatal("the report has no link")
	}
	pick := rand.New(rand.NewPCG(1, 2))
	for range min(len(all), 400) {
		all[pick.IntN(len(all))].check(t)
	}
}

// link is an evidence link with what its row says of the record.
type link struct {
	table, place string
	want         map[string]string // by the names that show uses
}

// shown are the columns of a row that a record of it must have, and how show
// calls them.
var shown = map[string]string{"src": "src", "dport": "dpt", "proto": "proto", "action": "action"}

func links(rep *report.Report) []link {
	var all []link
	for _, s := range rep.Sections {
		for _, tb := range s.Tables {
			for row := range tb.Rows {
				want := map[string]string{}
				for i, c := range tb.Columns {
					if name := shown[c.ID]; name != "" && !row[i].IsNull() {
						want[name] = row[i].String()
					}
				}
				for i, c := range tb.Columns {
					if c.Kind == report.Evidence && !row[i].IsNull() {
						all = append(all, link{tb.ID, row[i].String(), want})
					}
				}
			}
		}
	}
	return all
}

func (l link) check(t *testing.T) {
	t.Helper()
	_, decoded, _ := bytes.Cut(printed(t, "show", "--tz", "UTC", "--year", "2026", l.place), []byte("\n\n"))
	got := map[string]string{}
	for line := range strings.Lines(string(decoded)) {
		name, value, _ := strings.Cut(line, " ")
		got[name] = strings.TrimSpace(value)
	}
	for name, want := range l.want {
		if got[name] != want {
			t.Errorf("table %s: %s has %s %q, the row %q", l.table, l.place, name, got[name], want)
		}
	}
}
