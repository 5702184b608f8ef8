package engine_test

import (
	"fmt"
	"math/rand/v2"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"fwreport/analyze"
	"fwreport/analyze/engine"
	"fwreport/reader/event"
	"fwreport/report"
)

// rotated is a random family: the files of a log in the order of time.
type rotated struct {
	files  []leaf
	begins []time.Time
}

// A chance is one of n.
func chance(r *rand.Rand, n int) bool { return r.IntN(n) == 0 }

// randomFamily makes a log of up to 14 files of hours to weeks, from late in 2025
// on. Its records may be as much out of place as SetAside allows for; it may be
// copied, lack files, or be in wrong order.
func randomFamily(r *rand.Rand, name string) (f rotated) {
	form := []string{"bsd", "iso", "json"}[r.IntN(3)]
	pace := []float64{0.3, 1, 7, 7, 30, 250}[r.IntN(6)] // days a file
	copied, bare, odd := chance(r, 4), chance(r, 4), chance(r, 2)
	n := 1 + r.IntN(14)
	begin := at("2025-11-01").AddDate(0, 0, r.IntN(90))
	for i := range n {
		days := pace * (0.5 + r.Float64())
		l := leaf{name: fmt.Sprintf("%s.%d", name, n-1-i), form: form, begin: begin.Format(time.DateOnly)}
		if i == n-1 {
			l.name = name
		} else if i < n-1-r.IntN(3) {
			l.name += ".gz"
		}
		l.days, l.end = randomDays(r, days, begin.Sub(at(l.begin)).Hours()/24, odd)
		if copied {
			l.mtime = "2026-12-30"
		}
		if bare {
			l.head = "-"
		}
		f.files, f.begins = append(f.files, l), append(f.begins, begin)
		begin = begin.Add(time.Duration(days * 24 * float64(time.Hour)))
	}
	if chance(r, 6) && n > 2 {
		i := r.IntN(n)
		f.files = slices.Delete(f.files, i, i+1)
	}
	if chance(r, 8) && n > 2 {
		i, j := r.IntN(len(f.files)), r.IntN(len(f.files))
		f.files[i].name, f.files[j].name = f.files[j].name, f.files[i].name
	}
	return f
}

// randomDays are the times of the records of a file that covers so many days. Odd
// are some behind the beginning that is looked at: of clocks that are ahead, and
// delivered late. end is when the last one was written.
func randomDays(r *rand.Rand, days, first float64, odd bool) (list []float64, end float64) {
	n := 1 + r.IntN(40)
	if odd {
		n = 420
	}
	for range n {
		list = append(list, first+r.Float64()*days)
	}
	slices.Sort(list)
	end = list[n-1]
	if odd && first > 0 && r.IntN(3) == 0 { // what was delivered late comes first
		list[0] = max(list[0]-7, first-6.9)
	}
	for i := 380; i < len(list); i++ {
		switch r.IntN(6) {
		case 0:
			list[i] += r.Float64() * 1.9
		case 1:
			list[i] = max(list[i]-7, first-6.9) + r.Float64()
		}
	}
	return list, end
}

// flat is all that the sections say, with the places of evidence, but for what
// inputs say of themselves without regard to a window.
func flat(rep *report.Report) []string {
	var all []string
	for _, s := range rep.Sections {
		all = append(all, "section "+s.ID+" "+strings.Join(s.Notes, " | "))
		for _, f := range s.Findings {
			all = append(all, fmt.Sprintf("finding %v %s %v", f.Confidence, f.Text, f.Evidence))
		}
		for i := range s.Tables {
			tb := &s.Tables[i]
			if tb.ID == "losses" || tb.ID == "rejects" || tb.ID == "reject_examples" {
				continue
			}
			all = append(all, fmt.Sprintf("table %s: %d rows, %d in all", tb.ID, tb.TotalRows, tb.TotalCount))
			for row := range tb.Rows {
				var cells []string
				for _, v := range row {
					cells = append(cells, full(v))
				}
				all = append(all, strings.Join(cells, "\t"))
			}
		}
	}
	return all
}

func full(v report.Value) string {
	if !v.IsNull() && v.Kind() == report.Evidence {
		return v.Str()
	}
	return cell(v)
}

// asideReport makes the report of a folder, setting inputs aside or not.
func asideReport(t *testing.T, dir string, win report.Window, jobs int, aside bool) (*report.Report, int) {
	t.Helper()
	inputs, opt := opened(t, dir, 0), options()
	n := 0
	if aside {
		n = engine.SetAside(t.Context(), inputs, win, &opt)
	}
	res, err := engine.Run(t.Context(), engine.Config{Inputs: inputs, Modules: modules, Window: win, Jobs: jobs, Options: opt})
	if err != nil {
		t.Fatal(err)
	}
	db, err := embedded()
	if err != nil {
		t.Fatal(err)
	}
	sections, err := res.Sections(&analyze.Env{
		Inputs: res.Manifest.Inputs, Packets: func(i uint32) bool { return inputs[i].Packets() }, Overlaps: res.Manifest.Overlaps,
		Geo: db, Window: win, Span: res.Span, Zone: time.UTC,
	}, 0)
	if err != nil {
		t.Fatal(err)
	}
	return &report.Report{Location: time.UTC, Window: win, Span: res.Span, Evidence: res.Manifest, Sections: sections}, n
}

// Whatever the families and the window, the report says the same whether files
// are set aside or all are read, and none that is set aside holds a record that
// counts.
func TestSettingAsideChangesNothing(t *testing.T) {
	aside, files := 0, 0
	for seed := range uint64(60) {
		r := rand.New(rand.NewPCG(seed, 4))
		dir := t.TempDir()
		var family rotated
		for i := range 1 + r.IntN(3) {
			name := filepath.Join([]string{"gw1", "gw1", "gw2"}[i], []string{"kern.log", "syslog", "kern.log"}[i])
			if i == 1 && chance(r, 2) { // the same records in another log
				for _, l := range family.files {
					l.name = strings.Replace(l.name, "kern.log", "syslog", 1)
					l.write(t, dir)
				}
				continue
			}
			family = randomFamily(r, name)
			for _, l := range family.files {
				l.write(t, dir)
			}
		}
		win := randomWindow(r, family)
		with, n := asideReport(t, dir, win, 1+r.IntN(3), true)
		whole, _ := asideReport(t, dir, win, 1+r.IntN(3), false)
		compareRuns(t, seed, with, whole)
		aside, files = aside+n, files+len(whole.Evidence.Inputs)
	}
	t.Logf("%d of %d files were set aside", aside, files)
	if aside < files/20 {
		t.Errorf("only %d of %d files were set aside: this proves little", aside, files)
	}
}

// randomWindow is a window whose borders lie near the beginning of files, by the
// margins of SetAside.
func randomWindow(r *rand.Rand, f rotated) report.Window {
	win := report.Window{Since: event.NoTime, Until: event.NoTime}
	day := func(n float64) time.Duration { return time.Duration(n * 24 * float64(time.Hour)) }
	begin := f.begins[r.IntN(len(f.begins))]
	since := begin.Add(day(r.Float64()*6 - 2))
	until := since.Add(day(r.Float64() * 40))
	if chance(r, 2) {
		until = begin.Add(-day(r.Float64() * 10))
		since = until.Add(-day(r.Float64() * 40))
	}
	if !chance(r, 4) {
		win.Since = since.UnixNano()
	}
	if chance(r, 2) {
		win.Until = until.UnixNano()
	}
	return win
}

func compareRuns(t *testing.T, seed uint64, with, whole *report.Report) {
	t.Helper()
	if with.Span != whole.Span {
		t.Errorf("seed %d: span %v, want %v", seed, with.Span, whole.Span)
	}
	got, want := flat(with), flat(whole)
	for i := range max(len(got), len(want)) {
		if i >= len(got) || i >= len(want) || got[i] != want[i] {
			t.Errorf("seed %d: line %d of the sections is\n%s\nwant\n%s", seed, i, got[min(i, len(got)-1)], want[min(i, len(want)-1)])
			break
		}
	}
	for i := range whole.Evidence.Inputs {
		a, b := &with.Evidence.Inputs[i], &whole.Evidence.Inputs[i]
		if a.Path != b.Path || a.SHA256 != b.SHA256 || a.Size != b.Size || a.Format != b.Format || a.Compression != b.Compression || a.MTime != b.MTime {
			t.Errorf("seed %d: input %+v, want %+v", seed, a, b)
		}
		if a.HashedOnly {
			if b.Records.Events+b.Records.Duplicates > 0 {
				t.Errorf("seed %d: %s was set aside, and %d of its records count", seed, a.Path, b.Records.Events+b.Records.Duplicates)
			}
			if a.Records.Read > 0 || a.Incomplete {
				t.Errorf("seed %d: %s was set aside and has %+v", seed, a.Path, a.Records)
			}
			continue
		}
		if a.Records != b.Records || a.First != b.First || a.Last != b.Last {
			t.Errorf("seed %d: %s: %+v, want %+v", seed, a.Path, a.Records, b.Records)
		}
	}
}
