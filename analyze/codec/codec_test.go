package codec

import (
	"bytes"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"math"
	"math/rand/v2"
	"strings"
	"testing"
	"testing/iotest"

	"fwreport/reader/event"
)

// written is the stream of one section "s".
func written(t testing.TB, names *event.Symbols, values func(*Writer)) []byte {
	t.Helper()
	var b bytes.Buffer
	w := NewWriter(&b, names)
	w.Section("s")
	values(w)
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// reader stands at the values of the first section.
func reader(t testing.TB, data []byte, names *event.Symbols) *Reader {
	t.Helper()
	r, err := NewReader(iotest.OneByteReader(bytes.NewReader(data)), names)
	if err != nil {
		t.Fatal(err)
	}
	if name, ok := r.Section(); !ok || name != "s" {
		t.Fatalf("section %q %v: %v", name, ok, r.Err())
	}
	return r
}

var (
	unsigned = []uint64{0, 1, 127, 128, 300, 1<<14 - 1, 1 << 14, 1<<32 - 1, 1 << 63, math.MaxUint64}
	signed   = []int64{0, -1, 1, -64, 64, 1e9, -1e9, math.MaxInt64, math.MinInt64}
	times    = []int64{
		event.NoTime, 0, 1_767_225_600_000_000_000, 1_767_225_600_000_000_000, 1_767_225_601_000_000_000, 1_767_225_600_123_456_000,
		1_767_225_600_123_456_789, event.NoTime, 1_767_225_600_123_456_790, -5, math.MaxInt64, event.NoTime + 1, math.MaxInt64 - 1, 3, event.NoTime,
	}
	refs = []event.Ref{
		event.MakeRef(0, 0), event.MakeRef(0, 1), event.MakeRef(0, 1<<44-1), event.MakeRef(2, 7), event.MakeRef(2, 6),
		event.MakeRef(1, 1<<44-1), event.MakeRef(1, 0), event.MakeRef(0, 0),
	}
	texts = []string{"", "a", "\xff\x00\xc3", strings.Repeat("x", maxBlock), strings.Repeat("äöü", 3*maxBlock/6), "end"}
)

// pad writes so many numbers of one byte, so that what follows stands at every
// place in a block.
func pad(w *Writer, n int) {
	for range n {
		w.Uvarint(0)
	}
}

func unpad(r *Reader, n int) {
	for range n {
		r.Uvarint()
	}
}

// TestValues: each kind of value comes back, also across the ends of blocks.
func TestValues(t *testing.T) {
	for _, before := range []int{0, 1, fullBlock - 70, fullBlock - 5, fullBlock - 4, fullBlock - 3, fullBlock, 2*fullBlock - 11} {
		names, other := event.NewSymbols(), event.NewSymbols()
		other.Of("somebody else's")
		syms := []event.Sym{0, names.Of("DROP"), names.Of("never written"), names.Of("\xfe"), 0, names.Of("DROP")}
		syms[2] = names.Of(strings.Repeat("long", 30_000))
		data := written(t, names, func(w *Writer) {
			w.Addresses(func(id uint32) event.Addr { return event.AddrFrom4(id) })
			pad(w, before)
			values(w, syms)
		})
		r := reader(t, data, other)
		r.SetInputs([]uint32{5, 3, 9})
		r.Addresses(func(a event.Addr) uint32 { return a.V4() + 1 })
		unpad(r, before)
		check(t, r, func(s event.Sym) string { return names.Name(s) }, syms, other)
		if err := r.Close(); err != nil {
			t.Errorf("%d before: %v", before, err)
		}
	}
}

var addrs = []event.Addr{{}, event.AddrFrom4(0), event.AddrFrom4(0xcb007105), event.AddrFromHalves(0x20010db8<<32, 1), event.AddrFromHalves(math.MaxUint64, math.MaxUint64)}

func values(w *Writer, syms []event.Sym) {
	for _, v := range unsigned {
		w.Uvarint(v)
	}
	for _, v := range signed {
		w.Varint(v)
	}
	for _, v := range times {
		w.Time(v)
	}
	for _, v := range refs {
		w.Ref(v)
	}
	for _, v := range texts {
		w.Text(v)
	}
	for _, v := range syms {
		w.Sym(v)
	}
	for _, v := range addrs {
		w.Addr(v)
	}
	w.Bool(true)
	w.Bool(false)
	w.Input(2)
	for _, id := range handles {
		w.Handle(id)
	}
}

var handles = []uint32{999, 0, 3, 999, 1 << 16, 3, 0}

func check(t *testing.T, r *Reader, name func(event.Sym) string, syms []event.Sym, other *event.Symbols) {
	t.Helper()
	for _, v := range unsigned {
		same(t, v, r.Uvarint())
	}
	for _, v := range signed {
		same(t, v, r.Varint())
	}
	for _, v := range times {
		same(t, v, r.Time())
	}
	for _, v := range refs {
		same(t, event.MakeRef([]uint32{5, 3, 9}[v.Input()], v.Record()), r.Ref())
	}
	for _, v := range texts {
		same(t, v, r.Text(10*maxBlock))
	}
	for _, v := range syms {
		same(t, name(v), other.Name(r.Sym()))
	}
	for _, v := range addrs {
		same(t, v, r.Addr())
	}
	same(t, true, r.Bool())
	same(t, false, r.Bool())
	same(t, 9, r.Input())
	for _, id := range handles {
		want := id + 1 // as the reader numbers them
		if id == 0 {
			want = 0
		}
		same(t, want, r.Handle())
	}
}

func same[V comparable](t *testing.T, want, got V) {
	t.Helper()
	if got != want {
		t.Errorf("read %.60q, want %.60q", fmt.Sprint(got), fmt.Sprint(want))
	}
}

// TestBytes holds the values to bytes that were written by hand. (Checksums are
// held to the package documentation by TestResealed of analyze/engine.)
func TestBytes(t *testing.T) {
	names := event.NewSymbols()
	data := written(t, names, func(w *Writer) {
		w.Uvarint(300)
		w.Sym(names.Of("DROP"))
		w.Sym(names.Of("DROP"))
		w.Varint(-1)
		w.Time(2e9)
		w.Time(1e9)
		w.Ref(event.MakeRef(1, 3))
		w.Ref(event.MakeRef(1, 5))
		w.Addr(event.AddrFrom4(0xcb007105))
	})
	var got []string
	for data = data[len(magic)+1:]; len(data) > 0; {
		n := int(data[0])
		got = append(got, hex.EncodeToString(data[4:4+n]))
		data = data[4+n+4:]
	}
	want := []string{"0173", "ac02" + "0104" + hex.EncodeToString([]byte("DROP")) + "01" + "01" + "10" + "04" + "0d01" + "08" + "04cb007105", "", "00"}
	if fmt.Sprint(got) != fmt.Sprint(want) {
		t.Errorf("blocks %q, want %q", got, want)
	}
}

// TestRandomValues writes random values and reads them again.
func TestRandomValues(t *testing.T) {
	for seed := range uint64(20) {
		rnd := func() *rand.Rand { return rand.New(rand.NewPCG(seed, 1)) }
		number := func(r *rand.Rand) uint64 { return r.Uint64() >> r.IntN(64) }
		r := rnd()
		data := written(t, event.NewSymbols(), func(w *Writer) {
			for range 30_000 {
				w.Time(int64(number(r)))
				w.Ref(event.MakeRef(r.Uint32N(50), number(r)>>20))
				w.Varint(-int64(number(r)))
			}
		})
		in := reader(t, data, event.NewSymbols())
		numbers := make([]uint32, 50)
		for i := range numbers {
			numbers[i] = uint32(i)
		}
		in.SetInputs(numbers)
		r = rnd()
		for range 30_000 {
			same(t, int64(number(r)), in.Time())
			same(t, event.MakeRef(r.Uint32N(50), number(r)>>20), in.Ref())
			same(t, -int64(number(r)), in.Varint())
			if t.Failed() {
				return
			}
		}
		if err := in.Close(); err != nil {
			t.Fatal(err)
		}
	}
}

// TestWrongValues: what cannot be is an error that names it, and then all is zero.
func TestWrongValues(t *testing.T) {
	for _, c := range []struct {
		name  string
		write func(*Writer)
		read  func(*Reader)
		want  string
	}{
		{"short", func(w *Writer) {}, func(r *Reader) { r.Uvarint() }, "data end"},
		{"short text", func(w *Writer) { w.Uvarint(9); w.Uvarint(1) }, func(r *Reader) { r.Text(99) }, "data end"},
		{"short address", func(w *Writer) { w.Uvarint(16); w.Uvarint(1) }, func(r *Reader) { r.Addr() }, "data end"},
		{"long text", func(w *Writer) { w.Text("abc") }, func(r *Reader) { r.Text(2) }, "length of a text 3"},
		{"huge text", func(w *Writer) { w.Uvarint(math.MaxUint64) }, func(r *Reader) { r.Text(maxBlock) }, "length of a text"},
		{"long number", func(w *Writer) { pad9(w); w.Uvarint(2) }, func(r *Reader) { r.Uvarint() }, "more than 64 bits"},
		{"number", func(w *Writer) { w.Uvarint(7) }, func(r *Reader) { r.Below(7, "port") }, "port 7, but there are 7"},
		{"bool", func(w *Writer) { w.Uvarint(2) }, func(r *Reader) { r.Bool() }, "truth value"},
		{"verdict", func(w *Writer) { w.Uvarint(3) }, func(r *Reader) { r.Verdict() }, "verdict 3"},
		{"protocol", func(w *Writer) { w.Uvarint(0x202) }, func(r *Reader) { r.Proto() }, "protocol"},
		{"name", func(w *Writer) { w.Uvarint(2) }, func(r *Reader) { r.Sym() }, "name number 2, but there are 1"},
		{"handle", func(w *Writer) { w.Uvarint(2) }, func(r *Reader) { r.Handle() }, "address 2"},
		{"input", func(w *Writer) { w.Input(2) }, func(r *Reader) { r.Input() }, "input 2"},
		{"input of a record", func(w *Writer) { w.Ref(event.MakeRef(2, 1)) }, func(r *Reader) { r.Ref() }, "input 2, but there are 2 inputs"},
		{"negative record", func(w *Writer) { w.Uvarint(zigzag(-1) << 1) }, func(r *Reader) { r.Ref() }, "record -1"},
		{"address", func(w *Writer) { w.Uvarint(5) }, func(r *Reader) { r.Addr() }, "neither 4 nor 16"},
		{"left over", func(w *Writer) { w.Uvarint(5) }, func(*Reader) {}, "more data"},
		{"block left over", func(w *Writer) { pad(w, 2*maxBlock) }, func(r *Reader) { unpad(r, fullBlock) }, "more data"},
	} {
		r := reader(t, written(t, event.NewSymbols(), c.write), event.NewSymbols())
		r.SetInputs([]uint32{0, 1})
		c.read(r)
		err := r.Close()
		if err == nil || !strings.Contains(err.Error(), c.want) || !strings.Contains(err.Error(), `section "s"`) {
			t.Errorf("%s: %v, want %q", c.name, err, c.want)
		}
		if n := r.Uvarint() + uint64(len(r.Text(9))) + uint64(r.Sym()) + uint64(r.Ref()); n != 0 {
			t.Errorf("%s: values after an error", c.name)
		}
	}
}

// pad9 begins a number of ten bytes.
func pad9(w *Writer) { w.frame = append(w.frame, bytes.Repeat([]byte{0xff}, 9)...) }

func TestStreams(t *testing.T) {
	for _, c := range []struct{ name, data, want string }{
		{"empty", "", "no partial result"},
		{"text", "Jan  1 00:00:00 host kernel: ", "no partial result"},
		{"version", magic + "\x07", "version 7"},
		{"only a head", magic + "\x01", "cut"},
		{"huge block", magic + "\x01\xff\xff\xff\x7f", "block of"},
	} {
		r, err := NewReader(strings.NewReader(c.data), event.NewSymbols())
		if err == nil {
			err = r.Close()
		}
		if err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v, want %q", c.name, err, c.want)
		}
	}
}

func TestSections(t *testing.T) {
	stream := func(names ...string) []byte {
		var b bytes.Buffer
		w := NewWriter(&b, event.NewSymbols())
		for _, n := range names {
			w.Section(n)
			w.Time(1e18)
			w.Ref(event.MakeRef(0, 1e6))
		}
		if err := w.Close(); err != nil {
			t.Fatal(err)
		}
		return b.Bytes()
	}
	open := func(data []byte) *Reader {
		r, err := NewReader(bytes.NewReader(data), event.NewSymbols())
		if err != nil {
			t.Fatal(err)
		}
		r.SetInputs([]uint32{0})
		return r
	}
	r := open(stream("a", "b"))
	for _, want := range []string{"a", "b"} {
		if name, ok := r.Section(); !ok || name != want || r.Time() != 1e18 || r.Ref() != 1e6 {
			t.Errorf("section %q %v: %v", name, ok, r.Err())
		}
	}
	if name, ok := r.Section(); ok || r.Close() != nil {
		t.Errorf("section %q after the last: %v", name, r.Err())
	}
	for want, data := range map[string][]byte{"twice": stream("a", "a"), "not expected": stream("a", "b"), "after the end": append(stream("a"), 0)} {
		r := open(data)
		r.Section()
		r.Time()
		r.Ref()
		if want == "twice" {
			r.Section()
		}
		if err := r.Close(); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%v, want %q", err, want)
		}
	}
}

type full struct{}

func (full) Write([]byte) (int, error) { return 0, errFull }

var errFull = errors.New("full")

func TestWriteErrors(t *testing.T) {
	w := NewWriter(full{}, event.NewSymbols())
	w.Section("s")
	pad(w, 3*maxBlock)
	if err := w.Close(); !errors.Is(err, errFull) || w.Err() == nil {
		t.Errorf("%v", err)
	}
}

func TestNoAllocation(t *testing.T) {
	names := event.NewSymbols()
	sym := names.Of("DROP")
	w := NewWriter(io.Discard, names)
	w.Section("s")
	w.Sym(sym)
	if n := testing.AllocsPerRun(20_000, func() {
		w.Sym(sym)
		w.Time(1e18)
		w.Ref(77)
		w.Uvarint(1 << 40)
	}); n != 0 {
		t.Errorf("%v allocations a value", n)
	}
}
