package engine_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"fwreport/analyze"
	"fwreport/analyze/engine"
	"fwreport/analyze/overview"
	"fwreport/reader"
	"fwreport/reader/action"
	"fwreport/reader/event"
	"fwreport/reader/evidence"
	"fwreport/report"
	"fwreport/report/json"
)

const program = "fwreport 1.0 test"

// partialOf reads paths, counting copies in several families as they are.
func partialOf(t testing.TB, paths []string) *engine.Partial {
	t.Helper()
	ctx := context.Background()
	inputs, err := reader.Open(ctx, paths, reader.OpenOptions{Formats: formats, Now: time.Date(2030, 1, 1, 0, 0, 0, 0, time.UTC)})
	if err != nil {
		t.Fatal(err)
	}
	res, err := engine.Run(ctx, engine.Config{
		Inputs: inputs, Modules: modules, Window: always, Jobs: 2, KeepDuplicates: true,
		Options: reader.Options{Symbols: event.NewSymbols(), Actions: action.NewTable(action.Options{Assume: event.Denied})},
	})
	if err != nil {
		t.Fatal(err)
	}
	p := &engine.Partial{Program: program, Commands: []string{strings.Join(paths, " ")}, Options: "window=all\nassume=deny\n", Result: *res}
	for _, in := range inputs {
		p.Packets = append(p.Packets, in.Packets())
	}
	return p
}

func saved(t testing.TB, p *engine.Partial) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := engine.SavePartial(&b, p); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func sources(files ...[]byte) []engine.Source {
	var list []engine.Source
	for i, f := range files {
		list = append(list, engine.Source{Name: fmt.Sprintf("part%d", i), Reader: bytes.NewReader(f)})
	}
	return list
}

// reportOf is the JSON of a partial result. What logs and captures have in
// common is known within one run only, and left out.
func reportOf(t testing.TB, p *engine.Partial) []byte {
	t.Helper()
	db, err := embedded()
	if err != nil {
		t.Fatal(err)
	}
	p.Manifest.Overlaps = nil
	rep := &report.Report{Title: "test", Location: time.UTC, Window: always, Span: p.Span, Evidence: p.Manifest,
		Sections: p.Set.Sections(&analyze.Env{
			Inputs: p.Manifest.Inputs, Packets: func(i uint32) bool { return p.Packets[i] },
			Geo: db, Window: always, Span: p.Span, Zone: time.UTC,
		})}
	var b bytes.Buffer
	if err := json.Render(&b, rep, json.Options{}); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// TestPartials: the files of a folder, dealt to several runs whose results are
// saved, loaded and put together in any order, also in several steps, give the
// report of one run over the folder, to the last byte.
func TestPartials(t *testing.T) {
	paths := mixedFolder(t)
	whole := partialOf(t, paths)
	assumed := whole.Assumed
	want := reportOf(t, whole)
	r := rand.New(rand.NewPCG(5, 6))
	for _, k := range []int{1, 2, 3, len(paths)} {
		r.Shuffle(len(paths), func(i, j int) { paths[i], paths[j] = paths[j], paths[i] })
		var parts [][]byte
		for i := range k {
			parts = append(parts, saved(t, partialOf(t, paths[i*len(paths)/k:(i+1)*len(paths)/k])))
		}
		if k == 3 { // the first two beforehand
			both, err := engine.LoadPartials(sources(parts[:2]...), program, modules, event.NewSymbols())
			if err != nil {
				t.Fatal(err)
			}
			parts = [][]byte{parts[2], saved(t, both)}
		}
		p, err := engine.LoadPartials(sources(parts...), program, modules, event.NewSymbols())
		if err != nil {
			t.Fatal(err)
		}
		if p.Assumed != assumed || len(p.Commands) != k || p.Options != whole.Options {
			t.Errorf("%d parts: %d assumed, want %d; commands %q", k, p.Assumed, assumed, p.Commands)
		}
		if got := reportOf(t, p); !bytes.Equal(got, want) {
			at := differ(got, want)
			t.Errorf("%d parts: the report differs at byte %d:\n got %.200s\nwant %.200s", k, at, got[max(0, at-80):], want[max(0, at-80):])
		}
	}
}

// TestEvidenceSurvives: samples and real logs, saved and loaded, give the report
// that they gave.
func TestEvidenceSurvives(t *testing.T) {
	for _, dir := range []string{"../../samples/evidence", corpus} {
		t.Run(filepath.Base(dir), func(t *testing.T) {
			if _, err := os.Stat(dir); err != nil {
				t.Skipf("the evidence is not here: %v", err)
			}
			p := partialOf(t, []string{dir})
			data, want := saved(t, p), reportOf(t, p)
			again, err := engine.LoadPartials(sources(data), program, modules, event.NewSymbols())
			if err != nil {
				t.Fatal(err)
			}
			if got := reportOf(t, again); !bytes.Equal(got, want) {
				at := differ(got, want)
				t.Errorf("the report differs at byte %d:\n got %.200s\nwant %.200s", at, got[max(0, at-80):], want[max(0, at-80):])
			}
		})
	}
}

// fill gives every field of a struct a value of its own; texts are no UTF-8.
func fill(v reflect.Value, n *int64) {
	*n++
	switch v.Kind() {
	case reflect.String:
		v.SetString(fmt.Sprintf("\xff\x00<%d>\xc3", *n))
	case reflect.Int64:
		v.SetInt(-*n * 1_000_003)
	case reflect.Uint64:
		v.SetUint(uint64(*n))
	case reflect.Bool:
		v.SetBool(true)
	case reflect.Slice:
		v.Set(reflect.MakeSlice(v.Type(), 2, 2))
		fill(v.Index(0), n)
		fill(v.Index(1), n)
	case reflect.Array:
		for i := range v.Len() {
			fill(v.Index(i), n)
		}
	case reflect.Map:
		v.Set(reflect.MakeMap(v.Type()))
		for range 3 {
			key, elem := reflect.New(v.Type().Key()).Elem(), reflect.New(v.Type().Elem()).Elem()
			fill(key, n)
			fill(elem, n)
			v.SetMapIndex(key, elem)
		}
	case reflect.Struct:
		for i := range v.NumField() {
			fill(v.Field(i), n)
		}
	default:
		panic(v.Type().String())
	}
}

// filled is a partial result in which every field of the manifest holds
// something, and one without anything.
func filled() *engine.Partial {
	p := &engine.Partial{Program: program, Options: "zone=\xff", Packets: []bool{false, true, false}}
	var n int64
	fill(reflect.ValueOf(&p.Manifest).Elem(), &n)
	p.Manifest.Inputs = append(p.Manifest.Inputs, evidence.Input{Path: "\xff\xff", Family: "\xff\xff", Notes: []string{}, Reasons: map[string]uint64{}})
	p.Manifest.Totals = evidence.Ledger{}
	for i := range p.Manifest.Inputs {
		l := &p.Manifest.Inputs[i].Records
		l.Read = l.Events + l.Other + l.Malformed + l.Duplicates + l.Outside + l.Filtered
		p.Manifest.Totals.Add(*l)
	}
	p.Span, p.Assumed = report.Span{First: -7, Last: 9}, 12
	p.Set = analyze.NewSet(modules, event.NewSymbols())
	return p
}

func TestManifestSurvives(t *testing.T) {
	p := filled()
	got, err := engine.LoadPartials(sources(saved(t, p)), program, modules, event.NewSymbols())
	if err != nil {
		t.Fatal(err)
	}
	if !reflect.DeepEqual(got.Manifest, p.Manifest) {
		t.Errorf("the manifest (- saved, + loaded):\n%s", cmp.Diff(p.Manifest, got.Manifest))
	}
	if got.Span != p.Span || got.Assumed != 12 || got.Options != p.Options || !slices.Equal(got.Packets, p.Packets) {
		t.Errorf("loaded %+v %d %q %v", got.Span, got.Assumed, got.Options, got.Packets)
	}
}

// small is a partial result with one input of ten events.
func small(change func(*engine.Partial)) *engine.Partial {
	p := &engine.Partial{Program: program, Options: "window=all\nassume=deny\n", Packets: []bool{false}}
	p.Manifest.Inputs = []evidence.Input{{Path: "kern.log", Family: "kern.log", SHA256: "aa", Records: evidence.Ledger{Read: 10, Events: 10}}}
	p.Set = analyze.NewSet(modules, event.NewSymbols())
	if change != nil {
		change(p)
	}
	return p
}

func TestPartialsThatDoNotBelongTogether(t *testing.T) {
	in := func(p *engine.Partial) *evidence.Input { return &p.Manifest.Inputs[0] }
	for _, c := range []struct {
		name   string
		change func(*engine.Partial)
		want   []string // nil: they do
	}{
		{"same input", nil, []string{"part0", "part1", `"kern.log"`, "count twice"}},
		{"other content", func(p *engine.Partial) { in(p).SHA256 = "ab" }, nil},
		{"no hash, same size", func(p *engine.Partial) { in(p).SHA256 = "" }, nil},
		{"nothing read", func(p *engine.Partial) { *in(p) = evidence.Input{Path: "dir", Family: "dir", Skipped: "no permission"} }, nil},
		{"program", func(p *engine.Partial) { p.Program = "fwreport 0.9\x1b[2J" }, []string{"part1", "fwreport 0.9", `\x1b[2J`, program}},
		{"options", func(p *engine.Partial) { in(p).Path, p.Options = "b", "window=all\nassume=accept\n" },
			[]string{"part0", "part1", "assume=deny", "assume=accept"}},
		{"option missing", func(p *engine.Partial) { in(p).Path, p.Options = "b", "window=all\n" }, []string{"assume=deny", "nothing"}},
	} {
		_, err := engine.LoadPartials(sources(saved(t, small(nil)), saved(t, small(c.change))), program, modules, event.NewSymbols())
		if (err == nil) != (c.want == nil) {
			t.Errorf("%s: %v", c.name, err)
		}
		for _, w := range c.want {
			if err != nil && !strings.Contains(err.Error(), w) {
				t.Errorf("%s: %q does not say %q", c.name, err, w)
			}
		}
	}
}

func TestCopiesInTwoPartialsAreNoted(t *testing.T) {
	other := small(func(p *engine.Partial) { p.Manifest.Inputs[0].Path = "kern.log.1" })
	p, err := engine.LoadPartials(sources(saved(t, small(nil)), saved(t, other)), program, modules, event.NewSymbols())
	if err != nil {
		t.Fatal(err)
	}
	older, newer := p.Manifest.Inputs[0], p.Manifest.Inputs[1]
	if older.Path != "kern.log.1" || len(older.Notes) != 0 || len(newer.Notes) != 1 || !strings.Contains(newer.Notes[0], "kern.log.1") {
		t.Errorf("%q %q", older.Notes, newer.Notes)
	}
}

func TestOtherModules(t *testing.T) {
	data := saved(t, small(nil))
	if _, err := engine.LoadPartials(sources(data), program, []*analyze.Analyzer{overview.Analyzer}, event.NewSymbols()); err == nil || !strings.Contains(err.Error(), "section") {
		t.Errorf("sections of modules that do not run: %v", err)
	}
	few := small(func(p *engine.Partial) {
		p.Set = analyze.NewSet([]*analyze.Analyzer{overview.Analyzer}, event.NewSymbols())
	})
	if _, err := engine.LoadPartials(sources(saved(t, few)), program, modules, event.NewSymbols()); err == nil || !strings.Contains(err.Error(), "missing") {
		t.Errorf("modules without a section: %v", err)
	}
}

// TestDamagedPartials: a partial result that was cut or changed in one bit is
// refused, wherever that is.
func TestDamagedPartials(t *testing.T) {
	data := saved(t, partialOf(t, mixedFolder(t)[2:3]))
	load := func(b []byte) error {
		_, err := engine.LoadPartials(sources(b), program, modules, event.NewSymbols())
		return err
	}
	if err := load(data); err != nil {
		t.Fatal(err)
	}
	for at := 0; at < len(data); at += 1 + at/30 {
		if err := load(data[:at]); err == nil || !strings.Contains(err.Error(), "part0") {
			t.Errorf("cut at byte %d: %v", at, err)
		}
		b := bytes.Clone(data)
		b[at] ^= 1 << (at % 8)
		if load(b) == nil {
			t.Errorf("byte %d changed, and nobody saw it", at)
		}
	}
	if load(append(bytes.Clone(data), 0)) == nil {
		t.Error("a byte after the end, and nobody saw it")
	}
}

type fullDisk struct{ left int }

func (d *fullDisk) Write(p []byte) (int, error) {
	if d.left -= len(p); d.left < 0 {
		return 0, errors.New("no space left on device")
	}
	return len(p), nil
}

func TestFullDisk(t *testing.T) {
	p := filled()
	for n := range 5 {
		if err := engine.SavePartial(&fullDisk{100 * n}, p); err == nil || !strings.Contains(err.Error(), "no space left") {
			t.Errorf("room for %d bytes: %v", 100*n, err)
		}
	}
	if _, err := engine.LoadPartials([]engine.Source{{Name: "host-a", Reader: iotest{}}}, program, modules, event.NewSymbols()); err == nil ||
		!strings.Contains(err.Error(), "host-a") || !strings.Contains(err.Error(), "bad sector") {
		t.Errorf("a read error: %v", err)
	}
}

type iotest struct{}

func (iotest) Read([]byte) (int, error) { return 0, errors.New("bad sector") }
