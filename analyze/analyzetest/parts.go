package analyzetest

import (
	"fmt"
	"iter"
	"math/rand/v2"
	"reflect"
	"runtime"
	"sync/atomic"
	"testing"
	"time"

	"fwreport/analyze"
	"fwreport/analyze/codec"
	"fwreport/reader/event"
	"fwreport/report"
)

// gathered checks that the section made out of parts by source, each of which is
// loaded on its own, looked at and given up, is that of all events at once.
func (l *laws) gathered(t *testing.T, r *rand.Rand, sym *event.Symbols, events []event.Event, want string) {
	t.Helper()
	for _, n := range []int{1, 2, 7} {
		for _, k := range []int{1, 3} {
			p := &parts{laws: l, sym: sym, sets: l.deal(r, sym, events, k), n: n}
			got := Render(find(p.sections(t, events), l.analyzer.Name))
			same(t, fmt.Sprintf("gathered from %d parts of %d sets", n, k), want, got)
		}
	}
}

// parts are the parts of several Sets.
type parts struct {
	*laws
	sym  *event.Symbols
	sets []*analyze.Set
	n    int
}

// load is one part of all Sets, merged, as if no other part were known.
func (p *parts) load(t *testing.T, i int) *analyze.Set {
	t.Helper()
	modules := []*analyze.Analyzer{p.analyzer}
	inputs := shift(len(p.env(p.sym).Inputs), 0)
	var into *analyze.Set
	for _, s := range p.sets {
		part := s.Parts(p.n)[i]
		set := Loaded(t, streamOf(t, p.sym, func(w *codec.Writer) { s.SavePart(w, part) }), modules, p.sym, inputs)
		if into == nil {
			into = set
			continue
		}
		into.Merge(set)
	}
	return into
}

// sections gathers the parts. What was looked at is counted into afterwards, and
// must be reachable no more: a section that refers to it shows, or the test fails.
func (p *parts) sections(t *testing.T, events []event.Event) []report.Section {
	t.Helper()
	env := p.env(p.sym)
	env.KeepTable = func(t report.Table, _ bool) report.Table { return keep(t) }
	all := analyze.NewParts([]*analyze.Analyzer{p.analyzer})
	for i := range p.n {
		set := p.load(t, i)
		all.Survey(set, env)
		set.Add(events)
	}
	var held watch
	for i := range p.n {
		set := p.load(t, i)
		all.Take(set, env, i == 0)
		if i < p.n-1 {
			held.add(env, p.analyzer)
		}
		set.Add(events)
	}
	held.check(t)
	return all.Sections(env)
}

// keep copies the rows of a table. As those that come from a disk, a row that it
// yields is overwritten by the next.
func keep(table report.Table) report.Table {
	var rows [][]report.Value
	for row := range table.Rows {
		rows = append(rows, append([]report.Value(nil), row...))
	}
	table.Rows = overwriting(rows, len(table.Columns))
	return table
}

func overwriting(rows [][]report.Value, columns int) iter.Seq[[]report.Value] {
	return func(yield func([]report.Value) bool) {
		cells := make([]report.Value, columns)
		for _, row := range rows {
			copy(cells, row)
			if !yield(cells) {
				return
			}
		}
	}
}

// watch counts what is given up of the memory of parts.
type watch struct{ held, freed atomic.Int64 }

// add watches the States of the part that env is of, and its addresses.
func (w *watch) add(env *analyze.Env, a *analyze.Analyzer) {
	w.watch(env.Addrs)
	if a.Gather == nil {
		return // its section may refer to its State, of which the first part has all
	}
	for _, m := range append([]*analyze.Analyzer{a}, a.Requires...) {
		w.watch(env.State(m))
	}
}

func (w *watch) watch(x any) {
	v := reflect.ValueOf(x)
	if v.Kind() != reflect.Pointer || v.Elem().Type().Size() == 0 {
		return
	}
	w.held.Add(1)
	runtime.SetFinalizer(x, func(any) { w.freed.Add(1) })
}

// check waits until all that was watched is gone; it gives up after ten seconds.
func (w *watch) check(t *testing.T) {
	t.Helper()
	for range 1000 {
		if w.freed.Load() == w.held.Load() {
			return
		}
		runtime.GC()
		time.Sleep(time.Millisecond)
	}
	t.Errorf("%d of %d States and lists of addresses of parts are still referred to after Take", w.held.Load()-w.freed.Load(), w.held.Load())
}
