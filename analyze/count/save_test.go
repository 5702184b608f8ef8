package count

import (
	"bytes"
	"strings"
	"testing"

	"fwreport/analyze/codec"
	"fwreport/reader/event"
)

// stored is a reader of what save wrote; three inputs, addresses that are their
// handles.
func stored(t *testing.T, names *event.Symbols, save func(*codec.Writer)) *codec.Reader {
	t.Helper()
	var b bytes.Buffer
	w := codec.NewWriter(&b, names)
	w.Addresses(func(id uint32) event.Addr { return event.AddrFrom4(id) })
	w.Section("s")
	save(w)
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	r, err := codec.NewReader(&b, names)
	if err != nil {
		t.Fatal(err)
	}
	r.SetInputs([]uint32{0, 1, 2})
	r.Addresses(func(a event.Addr) uint32 { return a.V4() })
	r.Section()
	return r
}

// TestStatsSurvive saves Stats of all kinds and adds to what was loaded.
func TestStatsSurvive(t *testing.T) {
	at := func(time int64, in uint32, rec uint64, n uint32) event.Event {
		return event.Event{Time: time, Ref: event.MakeRef(in, rec), Count: n}
	}
	streams := [][]event.Event{
		{},
		{at(1e18, 0, 5, 1)},
		{at(1e18, 0, 5, 7)},
		{at(event.NoTime, 2, 5, 1)},
		{at(event.NoTime, 2, 5, 1), at(event.NoTime, 1, 5, 1)},
		{at(event.NoTime, 2, 5, 1), at(3, 1, 5, 1), at(-3, 0, 1<<43, 2)},
		{at(1e18, 1, 9, 1), at(1e18, 0, 9, 1), at(1e18+1, 2, 1, 3)},
	}
	list := make([]Stat, len(streams))
	for i := range streams {
		for j := range streams[i] {
			list[i].Add(&streams[i][j])
		}
	}
	r := stored(t, event.NewSymbols(), func(w *codec.Writer) {
		for i := range list {
			list[i].Save(w)
		}
	})
	later := at(2e18, 1, 1, 1)
	for i := range list {
		var got Stat
		if got.Load(r); got != list[i] {
			t.Errorf("%v: loaded %+v, saved %+v", streams[i], got, list[i])
		}
		got.Add(&later)
		if list[i].Add(&later); got != list[i] {
			t.Errorf("%v and one more: %+v, want %+v", streams[i], got, list[i])
		}
	}
	if err := r.Close(); err != nil {
		t.Error(err)
	}
}

func TestSameSurvives(t *testing.T) {
	names := event.NewSymbols()
	sym := uint32(names.Of("mss"))
	list := make([]Same, 4)
	list[1].Add(sym, true)
	list[2].Add(0, false)
	list[3].Add(1, true)
	list[3].Add(2, true)
	r := stored(t, names, func(w *codec.Writer) {
		for i := range list {
			list[i].Save(w, SaveSym)
			list[i].Save(w, nil)
			list[i].Save(w, SaveHandle)
		}
	})
	for i := range list {
		var a, b, c Same
		a.Load(r, LoadSym)
		b.Load(r, nil)
		c.Load(r, LoadHandle)
		if a != list[i] || b != list[i] || c != list[i] {
			t.Errorf("loaded %+v %+v %+v, saved %+v", a, b, c, list[i])
		}
	}
	if err := r.Close(); err != nil {
		t.Error(err)
	}
}

// TestTwice: a key that comes twice is no table.
func TestTwice(t *testing.T) {
	keys := []Words{{A: 1}, {A: 2}, {A: 1}}
	loadKey := func(r *codec.Reader) Words { return Words{A: r.Uvarint()} }
	r := stored(t, event.NewSymbols(), func(w *codec.Writer) {
		SaveTable(w, keys, make([]uint64, 3), func(k Words, w *codec.Writer) { w.Uvarint(k.A) }, SaveCount)
	})
	LoadTable(r, NewCached[uint64](), loadKey, LoadCount)
	if err := r.Close(); err == nil || !strings.Contains(err.Error(), "twice") {
		t.Errorf("%v", err)
	}
}

func TestPairsSurvive(t *testing.T) {
	p, q := NewPairs(), NewPairs()
	for i := range uint32(500) {
		p.Add(i%20, i%77)
	}
	r := stored(t, event.NewSymbols(), func(w *codec.Writer) { SavePairs(p, w, nil, SaveHandle, SaveHandle) })
	LoadPairs(r, LoadHandle, LoadHandle, q.Add)
	if err := r.Close(); err != nil || q.Len() != p.Len() {
		t.Fatalf("%d pairs, want %d; %v", q.Len(), p.Len(), err)
	}
	for a, b := range p.All() {
		if q.Add(a, b); q.Len() != p.Len() {
			t.Fatalf("(%d, %d) was lost", a, b)
		}
	}
}
