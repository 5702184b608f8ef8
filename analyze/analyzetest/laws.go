package analyzetest

import (
	"fmt"
	"math/rand/v2"
	"testing"

	"fwreport/analyze"
	"fwreport/reader/event"
)

// Option changes what Laws expects of a module.
type Option func(*laws)

// ByTime names a table that is ordered by its time column, ascending, and need
// not have a count column.
func ByTime(table string) Option { return func(l *laws) { l.byTime[table] = true } }

// WithEnv gives the environment that Result is called with, in place of Env. It
// is called once for each Result.
func WithEnv(env func(*event.Symbols) *analyze.Env) Option { return func(l *laws) { l.env = env } }

// Laws checks on random streams, made by gen (Events, or one of the module's
// own), that a's section is a function of the multiset of events alone:
//
//   - any deal of the events to Sets, in any order, cut into any batches, and any
//     shape of merging gives the same section: rows, notes, findings and totals;
//   - a Set without events is the identity of Merge, on both sides;
//   - the numbering of names (event.Sym) does not show;
//   - a Set that is saved and loaded, anywhere in a tree of merges, also under
//     other numbers of names and inputs, or in parts by source, is the Set that
//     it was (see restored);
//   - the section of parts by source that are looked at one after the other, and
//     given up, is the section of all (see gathered);
//   - Result gives the same when asked again, and reads no event after Add;
//   - tables are well formed and ordered (see checkTable);
//   - Add allocates nothing for events whose keys are known already.
//
// gen must give every event a Ref of its own: records share no place. A module
// without a section fails; test it through an Analyzer that requires it.
func Laws(t *testing.T, a *analyze.Analyzer, gen func(r *rand.Rand, sym *event.Symbols, n int) []event.Event, options ...Option) {
	t.Helper()
	l := &laws{analyzer: a, env: Env, byTime: map[string]bool{}}
	for _, o := range options {
		o(l)
	}
	for round, n := range []int{0, 1, 2, 7, 60, 400, 1500} {
		r := rand.New(rand.NewPCG(uint64(round), 0x6c617773))
		sym := event.NewSymbols()
		events := gen(r, sym, n)
		t.Run(fmt.Sprintf("%d events", n), func(t *testing.T) { l.check(t, r, sym, events) })
	}
	t.Run("allocations", l.allocations(gen))
}

type laws struct {
	analyzer *analyze.Analyzer
	env      func(*event.Symbols) *analyze.Env
	byTime   map[string]bool
}

func (l *laws) set(sym *event.Symbols) *analyze.Set {
	return analyze.NewSet([]*analyze.Analyzer{l.analyzer}, sym)
}

func (l *laws) render(s *analyze.Set, sym *event.Symbols) string {
	return Render(find(s.Sections(l.env(sym)), l.analyzer.Name))
}

func (l *laws) check(t *testing.T, r *rand.Rand, sym *event.Symbols, events []event.Event) {
	whole := l.set(sym)
	addBatches(r, whole, events)
	section := find(whole.Sections(l.env(sym)), l.analyzer.Name)
	if section == nil {
		t.Fatal("the module has no section: test it through one that requires it")
	}
	checkSection(t, section, l.byTime)
	want := Render(section)
	same(t, "a second Result", want, l.render(whole, sym))

	for _, k := range []int{1, 2, 3, 8} {
		for _, m := range merges {
			got := l.render(m.merge(l, r, sym, l.deal(r, sym, events, k)), sym)
			same(t, fmt.Sprintf("%d sets merged %s", k, m.name), want, got)
		}
	}
	l.identity(t, r, sym, events, want)
	l.restored(t, r, sym, events, want)
	l.gathered(t, r, sym, events, want)
	other, renamed := renumber(r, sym, events)
	same(t, "names numbered otherwise", want, l.render(l.deal(r, other, renamed, 1)[0], other))
}

func (l *laws) identity(t *testing.T, r *rand.Rand, sym *event.Symbols, events []event.Event, want string) {
	right := l.deal(r, sym, events, 1)[0]
	right.Merge(l.set(sym))
	same(t, "an empty Set merged into it", want, l.render(right, sym))
	left := l.set(sym)
	left.Merge(l.deal(r, sym, events, 1)[0])
	same(t, "merged into an empty Set", want, l.render(left, sym))
}

// deal shuffles the events and gives each to one of k Sets.
func (l *laws) deal(r *rand.Rand, sym *event.Symbols, events []event.Event, k int) []*analyze.Set {
	hands := make([][]event.Event, k)
	for _, i := range r.Perm(len(events)) {
		h := r.IntN(k)
		hands[h] = append(hands[h], events[i])
	}
	sets := make([]*analyze.Set, k)
	for i := range sets {
		sets[i] = l.set(sym)
		addBatches(r, sets[i], hands[i])
	}
	return sets
}

// addBatches adds events in batches of random length, all in one buffer that is
// overwritten after each Add, as the engine does.
func addBatches(r *rand.Rand, s *analyze.Set, events []event.Event) {
	buf := make([]event.Event, 0, 64)
	for len(events) > 0 {
		n := min(1+r.IntN(64), len(events))
		buf = append(buf[:0], events[:n]...)
		s.Add(buf)
		for i := range buf {
			buf[i] = event.Event{Time: 1, Count: 77, SrcID: 1, DstID: 1, Fields: ^event.Fields(0)}
		}
		events = events[n:]
	}
}

// merges are the shapes in which an engine may merge its workers' Sets.
var merges = []struct {
	name  string
	merge func(l *laws, r *rand.Rand, sym *event.Symbols, sets []*analyze.Set) *analyze.Set
}{
	{"one after the other", func(_ *laws, _ *rand.Rand, _ *event.Symbols, sets []*analyze.Set) *analyze.Set {
		for _, s := range sets[1:] {
			sets[0].Merge(s)
		}
		return sets[0]
	}},
	{"from the last", func(_ *laws, _ *rand.Rand, _ *event.Symbols, sets []*analyze.Set) *analyze.Set {
		for i := len(sets) - 1; i > 0; i-- {
			sets[i-1].Merge(sets[i])
		}
		return sets[0]
	}},
	{"into an empty Set", func(l *laws, r *rand.Rand, sym *event.Symbols, sets []*analyze.Set) *analyze.Set {
		into := l.set(sym)
		for _, i := range r.Perm(len(sets)) {
			into.Merge(sets[i])
		}
		return into
	}},
	{"as a random tree", func(_ *laws, r *rand.Rand, _ *event.Symbols, sets []*analyze.Set) *analyze.Set {
		for len(sets) > 1 {
			r.Shuffle(len(sets), func(i, j int) { sets[i], sets[j] = sets[j], sets[i] })
			last := len(sets) - 1
			sets[r.IntN(last)].Merge(sets[last])
			sets = sets[:last]
		}
		return sets[0]
	}},
}

// renumber gives every name another number, in a table of its own.
func renumber(r *rand.Rand, sym *event.Symbols, events []event.Event) (*event.Symbols, []event.Event) {
	other := event.NewSymbols()
	other.Of("a name that only this table has")
	to := make([]event.Sym, sym.Len())
	for _, i := range r.Perm(len(to)) {
		to[i] = other.Of(sym.Name(event.Sym(i)))
	}
	renamed := append([]event.Event(nil), events...)
	for i := range renamed {
		e := &renamed[i]
		for _, s := range []*event.Sym{&e.Host, &e.In, &e.Out, &e.PhysIn, &e.PhysOut, &e.Prefix, &e.Action,
			&e.DecidedBy, &e.Reason, &e.Options} {
			*s = to[*s]
		}
	}
	return other, renamed
}

func (l *laws) allocations(gen func(r *rand.Rand, sym *event.Symbols, n int) []event.Event) func(*testing.T) {
	return func(t *testing.T) {
		sym := event.NewSymbols()
		events := gen(rand.New(rand.NewPCG(1, 2)), sym, 1000)
		set := l.set(sym)
		set.Add(events)
		if n := testing.AllocsPerRun(5, func() { set.Add(events) }); n != 0 {
			t.Errorf("Add of %d events with known keys: %v allocations, want none", len(events), n)
		}
	}
}
