package main

import (
	"bytes"
	"io"
	"maps"
	"math/rand/v2"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"fwreport/reader"
	"fwreport/reader/action"
	"fwreport/reader/event"
	"fwreport/report"
	"fwreport/report/json"
)

// printed runs a command in this process and returns what it printed.
func printed(t *testing.T, args ...string) []byte {
	t.Helper()
	var out bytes.Buffer
	cmd := newCommand(newUI(io.Discard), "", configPlaces{})
	cmd.SetArgs(args)
	cmd.SetOut(&out)
	if err := cmd.ExecuteContext(t.Context()); err != nil && out.Len() == 0 {
		t.Fatalf("%v: %v", args, err)
	}
	return out.Bytes()
}

// evidenceFolders are the samples and, where it is, other people's evidence.
func evidenceFolders(t *testing.T) []string {
	t.Helper()
	var found []string
	for _, dir := range []string{"../../samples", "../../../shared/corpus"} {
		if exists(dir) {
			found = append(found, dir)
		} else {
			t.Logf("%s is not here", dir)
		}
	}
	if len(found) == 0 {
		t.Skip("neither the samples nor the corpus are here")
	}
	return found
}

// wholeReport is the report on all evidence there is.
func wholeReport(t *testing.T, folders []string) *report.Report {
	t.Helper()
	args := append([]string{"--tz", "UTC", "-q", "--format", "json"}, folders...)
	rep, err := json.Decode(bytes.NewReader(printed(t, args...)))
	if err != nil {
		t.Fatal(err)
	}
	return rep
}

const sampledLinks = 1200

// Evidence links lead, through show, to a record whose fields are those of the
// row: a sample of all links in a report on all evidence there is, with each
// table and each input in it.
func TestLinksLeadToRecords(t *testing.T) {
	rep := wholeReport(t, evidenceFolders(t))
	all := links(rep)
	if len(all) == 0 {
		t.Fatal("the report has no link")
	}
	g := guide{inputs: map[string]*reader.Input{}}
	seen := map[string]int{}
	picked := sample(all, sampledLinks)
	for i := range picked {
		g.follow(t, &picked[i])
		seen[picked[i].table]++
	}
	t.Logf("%d links of %d into %d inputs: %v", len(picked), len(all), len(g.inputs), seen)
}

// sample picks at least n links: one of each table into each input, and others
// by chance, but always the same ones.
func sample(all []link, n int) []link {
	chance := rand.New(rand.NewPCG(1, 2))
	chance.Shuffle(len(all), func(i, j int) { all[i], all[j] = all[j], all[i] })
	met := map[[2]string]bool{}
	var first, others []link
	for _, l := range all {
		key := [2]string{l.table, l.place[:strings.LastIndexAny(l.place, ":#")]}
		if met[key] {
			others = append(others, l)
			continue
		}
		met[key] = true
		first = append(first, l)
	}
	return append(first, others[:min(len(others), max(n-len(first), 0))]...)
}

// link is an evidence link with what its row says of the record.
type link struct {
	table, place string
	want         map[string]string // by the names that show uses
}

// shown are the columns of a row that hold of every record of it, and how show
// calls them.
var shown = map[string]string{
	"src": "src", "sport": "spt", "dst": "dst", "dport": "dpt", "proto": "proto", "action": "action", "verdict": "verdict",
	"type": "icmp_type", "code": "icmp_code", "reason": "reason", "host": "host", "in": "in", "out": "out", "prefix": "prefix",
	"window": "window", "length": "len", "ttl": "ttl", "class": "class",
}

// extremes are the columns with the time of the record to which a link leads.
var extremes = map[string]string{
	"evidence_first": "first", "evidence_last": "last", "evidence_before": "first", "evidence_after": "last",
}

func links(rep *report.Report) []link {
	var all []link
	for _, s := range rep.Sections {
		for i := range s.Tables {
			for row := range s.Tables[i].Rows {
				all = append(all, rowLinks(&s.Tables[i], row)...)
			}
		}
	}
	return all
}

func rowLinks(tb *report.Table, row []report.Value) []link {
	said := map[string]string{}
	for i, c := range tb.Columns {
		if name := shown[c.ID]; name != "" && !row[i].IsNull() {
			said[name] = row[i].String()
		}
	}
	var all []link
	for i, c := range tb.Columns {
		if c.Kind != report.Evidence || row[i].IsNull() {
			continue
		}
		want := maps.Clone(said)
		// A notice of losses may have a time of its own, not that of the record it stands at.
		if at := tb.Column(extremes[c.ID]); at >= 0 && !row[at].IsNull() && tb.ID != "losses" {
			want["ts"] = row[at].String()
		}
		all = append(all, link{tb.ID, row[i].String(), want})
	}
	return all
}

// guide follows links as show does, but opens each input once.
type guide struct{ inputs map[string]*reader.Input }

func (g *guide) follow(t *testing.T, l *link) {
	t.Helper()
	p, err := parsePlace(l.place)
	if err != nil {
		t.Fatal(err)
	}
	in := g.inputs[p.path]
	if in == nil {
		if in, err = openInput(t.Context(), p.path, reader.OpenOptions{Now: time.Now(), Zone: time.UTC}); err != nil {
			t.Fatal(err)
		}
		g.inputs[p.path] = in
	}
	opt := reader.Options{
		Symbols: event.NewSymbols(), Zone: time.UTC, Detail: true, Actions: action.NewTable(action.Options{}),
	}
	x, err := find(t.Context(), in, p.record, 0, &opt)
	if err != nil || x.record.data == nil {
		t.Errorf("table %s: %s leads nowhere: %v", l.table, l.place, err)
		return
	}
	var out strings.Builder
	s := shower{w: &out, in: in, opt: &opt}
	s.decoded(&x.batch, p.record)
	l.check(t, out.String())
}

// part is where one of several things begins that show says of a record: events,
// why it was rejected, what notice it is.
var part = regexp.MustCompile(`(?m)^(verdict |kind +(malformed|notice)$)`)

// check compares with one of the parts: a line may hold several events.
func (l *link) check(t *testing.T, decoded string) {
	t.Helper()
	var missed []string
	begins := append(part.FindAllStringIndex(decoded, -1), []int{len(decoded)})
	for i := range begins[:len(begins)-1] {
		got := map[string]string{}
		for line := range strings.Lines(decoded[begins[i][0]:begins[i+1][0]]) {
			name, value, _ := strings.Cut(strings.TrimRight(line, "\n"), " ")
			got[name] = strings.TrimSpace(value)
		}
		wrong := l.wrong(got)
		if len(wrong) == 0 {
			return
		}
		missed = append(missed, wrong...)
	}
	t.Errorf("table %s: no record at %s is that of the row: %s\n%s", l.table, l.place, strings.Join(missed, ", "), decoded)
}

func (l *link) wrong(got map[string]string) (all []string) {
	for _, name := range slices.Sorted(maps.Keys(l.want)) {
		if want := strings.TrimSpace(l.want[name]); got[name] != want {
			all = append(all, name+" "+got[name]+" instead of "+want)
		}
	}
	return all
}
