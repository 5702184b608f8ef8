package analyzetest

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"testing"

	"fwreport/analyze"
	"fwreport/analyze/codec"
	"fwreport/reader/event"
	"fwreport/reader/evidence"
)

// Saved is the Set as a stream of package codec.
func Saved(t testing.TB, s *analyze.Set, sym *event.Symbols) []byte {
	t.Helper()
	return streamOf(t, sym, s.Save)
}

func streamOf(t testing.TB, sym *event.Symbols, save func(*codec.Writer)) []byte {
	t.Helper()
	var b bytes.Buffer
	w := codec.NewWriter(&b, sym)
	save(w)
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// Loaded is the Set of a stream, its inputs numbered anew: inputs[old] = new.
func Loaded(t testing.TB, data []byte, modules []*analyze.Analyzer, sym *event.Symbols, inputs []uint32) *analyze.Set {
	t.Helper()
	r, err := codec.NewReader(bytes.NewReader(data), sym)
	if err != nil {
		t.Fatal(err)
	}
	r.SetInputs(inputs)
	s, err := analyze.LoadSet(r, modules, sym)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// shift are the numbers of n inputs before which by others stand.
func shift(n, by int) []uint32 {
	numbers := make([]uint32, n)
	for i := range numbers {
		numbers[i] = uint32(i + by)
	}
	return numbers
}

// again is the Set after it was saved and loaded.
func (l *laws) again(t *testing.T, s *analyze.Set, sym *event.Symbols) *analyze.Set {
	t.Helper()
	return Loaded(t, Saved(t, s, sym), []*analyze.Analyzer{l.analyzer}, sym, shift(len(l.env(sym).Inputs), 0))
}

// restored checks that saving and loading shows nowhere: in random trees of
// merges whose Sets are saved and loaded now and then, and go on being added to;
// with names numbered otherwise; and with an input in front of the others.
func (l *laws) restored(t *testing.T, r *rand.Rand, sym *event.Symbols, events []event.Event, want string) {
	t.Helper()
	for _, k := range []int{1, 2, 5} {
		same(t, fmt.Sprintf("%d sets merged as a random tree, saved and loaded now and then", k), want,
			l.render(l.restoredTree(t, r, sym, l.deal(r, sym, events, k)), sym))
	}
	half := r.IntN(len(events) + 1)
	s := l.deal(r, sym, events[:half], 1)[0]
	s = l.again(t, s, sym)
	addBatches(r, s, events[half:])
	same(t, "saved, loaded and added to", want, l.render(s, sym))

	data := Saved(t, l.deal(r, sym, events, 1)[0], sym)
	other, _ := renumber(r, sym, nil)
	in := shift(len(l.env(sym).Inputs), 0)
	same(t, "loaded under other names' numbers", want, l.render(Loaded(t, data, []*analyze.Analyzer{l.analyzer}, other, in), other))
	l.shifted(t, data, sym, want)
	for _, n := range []int{1, 2, 7} {
		same(t, fmt.Sprintf("saved in %d parts", n), want, l.render(l.inParts(t, r, l.deal(r, sym, events, 1)[0], n, sym), sym))
	}
}

// inParts is the Set after it was saved in n parts by source, which were loaded
// and merged in any order.
func (l *laws) inParts(t *testing.T, r *rand.Rand, s *analyze.Set, n int, sym *event.Symbols) *analyze.Set {
	t.Helper()
	parts := s.Parts(n)
	r.Shuffle(n, func(i, j int) { parts[i], parts[j] = parts[j], parts[i] })
	into := l.set(sym)
	in := shift(len(l.env(sym).Inputs), 0)
	for _, part := range parts {
		data := streamOf(t, sym, func(w *codec.Writer) { s.SavePart(w, part) })
		into.Merge(Loaded(t, data, []*analyze.Analyzer{l.analyzer}, sym, in))
	}
	return into
}

// restoredTree merges the Sets, and puts one or both of two through the codec
// before they are merged.
func (l *laws) restoredTree(t *testing.T, r *rand.Rand, sym *event.Symbols, sets []*analyze.Set) *analyze.Set {
	t.Helper()
	for len(sets) > 1 {
		r.Shuffle(len(sets), func(i, j int) { sets[i], sets[j] = sets[j], sets[i] })
		last := len(sets) - 1
		into := r.IntN(last)
		for _, i := range []int{into, last} {
			if r.IntN(2) == 0 {
				sets[i] = l.again(t, sets[i], sym)
			}
		}
		sets[into].Merge(sets[last])
		sets = sets[:last]
	}
	return l.again(t, sets[0], sym)
}

// shifted loads with another input in front of all.
func (l *laws) shifted(t *testing.T, data []byte, sym *event.Symbols, want string) {
	t.Helper()
	env := l.env(sym)
	n := len(env.Inputs)
	front := evidence.Input{Path: "another", Family: "another", First: event.NoTime, Last: event.NoTime}
	env.Inputs = append([]evidence.Input{front}, env.Inputs...)
	if packets := env.Packets; packets != nil {
		env.Packets = func(in uint32) bool { return in > 0 && packets(in-1) }
	}
	s := Loaded(t, data, []*analyze.Analyzer{l.analyzer}, sym, shift(n, 1))
	same(t, "loaded with another input in front", want, Render(find(s.Sections(env), l.analyzer.Name)))
}
