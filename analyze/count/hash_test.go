package count

import (
	"math/rand/v2"
	"testing"

	"fwreport/reader/event"
)

// TestPackedAgainstMap counts random keys, many of them close together, in both.
func TestPackedAgainstMap(t *testing.T) {
	rnd := rand.New(rand.NewPCG(1, 2))
	p, want := NewPacked[uint64](), map[Words]uint64{}
	for range 200_000 {
		k := Words{uint64(rnd.IntN(3000)) << 32, uint64(rnd.IntN(30)) << 48}
		*p.At(k)++
		want[k]++
	}
	if p.Len() != len(want) {
		t.Fatalf("%d keys, want %d", p.Len(), len(want))
	}
	for i, k := range p.Keys {
		if p.Vals[i] != want[k] || *p.Find(k) != want[k] {
			t.Fatalf("%v: %d, want %d", k, p.Vals[i], want[k])
		}
	}
	if p.Find(Words{1, 1}) != nil {
		t.Error("found what was never put in")
	}
}

func TestPairsAgainstMap(t *testing.T) {
	rnd := rand.New(rand.NewPCG(3, 4))
	p, want := NewPairs(), map[[2]uint32]bool{}
	for range 200_000 {
		a, b := uint32(rnd.IntN(1000)), uint32(rnd.IntN(100))
		p.Add(a, b)
		want[[2]uint32{a, b}] = true
	}
	n := 0
	for a, b := range p.All() {
		if !want[[2]uint32{a, b}] {
			t.Fatalf("(%d, %d) was never put in", a, b)
		}
		n++
	}
	if n != len(want) || p.Len() != n {
		t.Errorf("%d pairs, Len %d, want %d", n, p.Len(), len(want))
	}
}

// TestSlotsStayFilledEvenly: keys that an attacker could choose must not pile
// up in one place.
func TestSlotsStayFilledEvenly(t *testing.T) {
	p := NewPacked[struct{}]()
	for src := range uint64(2000) {
		for port := range uint64(64) {
			p.At(Words{src<<32 | 7, port<<48 | 7<<24 | 1<<8 | 1})
		}
	}
	longest, run := 0, 0
	for i := range p.slots {
		if p.slots[i].next == 0 {
			run = 0
			continue
		}
		run++
		longest = max(longest, run)
	}
	if longest > 400 {
		t.Errorf("%d slots in a row are taken", longest)
	}
}

func BenchmarkPacked(b *testing.B) {
	for _, keys := range []int{20_000, 1_000_000} {
		b.Run("packed", func(b *testing.B) { benchAt(b, keys, NewPacked[Stat]().At) })
		b.Run("map", func(b *testing.B) {
			m := map[Words]*Stat{}
			benchAt(b, keys, func(k Words) *Stat {
				if m[k] == nil {
					m[k] = &Stat{}
				}
				return m[k]
			})
		})
	}
}

func benchAt(b *testing.B, keys int, at func(Words) *Stat) {
	rnd := rand.New(rand.NewPCG(1, 1))
	order := make([]Words, 1<<20)
	for i := range order {
		k := uint64(rnd.IntN(keys))
		order[i] = Words{k << 32, k % 7}
	}
	for i := 0; b.Loop(); i++ {
		at(order[i&(1<<20-1)]).Count++
	}
}

// TestLocateAgainstAt looks blocks of keys up, in which keys come several times and
// for the first time, and beside it the same keys one by one.
func TestLocateAgainstAt(t *testing.T) {
	rnd := rand.New(rand.NewPCG(5, 7))
	p, one := NewLarge[uint64](), NewLarge[uint64]()
	for range 3000 {
		keys := make([]Words, rnd.IntN(Several+1))
		for i := range keys {
			keys[i] = Words{uint64(rnd.IntN(1+rnd.IntN(5000))) << 32, uint64(rnd.IntN(3))}
			*one.At(keys[i])++
		}
		var at [Several]uint32
		p.Locate(keys, &at)
		for i, k := range keys {
			if p.Entry(at[i]).Key != k {
				t.Fatalf("%v is at %d, where %v is", k, at[i], p.Entry(at[i]).Key)
			}
			p.Entry(at[i]).Val++
		}
	}
	if p.Len() != one.Len() {
		t.Fatalf("%d keys, want %d", p.Len(), one.Len())
	}
	for i, e := range one.All() {
		if got := p.Entry(i); *got != *e {
			t.Fatalf("entry %d: %v, want %v", i, got, e)
		}
	}
}

func TestLargeAgainstMap(t *testing.T) {
	rnd := rand.New(rand.NewPCG(5, 6))
	p, want := NewLarge[uint64](), map[Words]uint64{}
	for range 200_000 {
		id := uint32(rnd.IntN(2000))
		k := Words{uint64(id) << 32, uint64(rnd.IntN(3))} // now and then another key than the last
		*p.At(k)++
		want[k]++
	}
	if p.Len() != len(want) {
		t.Fatalf("%d keys, want %d", p.Len(), len(want))
	}
	n := 0
	for i, e := range p.All() {
		if e.Val != want[e.Key] || *p.Find(e.Key) != want[e.Key] || p.Entry(i) != e {
			t.Fatalf("%v: %d, want %d", e.Key, e.Val, want[e.Key])
		}
		n++
	}
	if n != len(want) {
		t.Errorf("%d entries, want %d", n, len(want))
	}
	if p.Find(Words{7 << 32, 9}) != nil || p.Find(Words{5000 << 32, 0}) != nil {
		t.Error("found what was never put in")
	}
}

// TestAddrsAgainstMap numbers addresses of both families, 0.0.0.0, "::" and the
// IPv6 addresses that look like IPv4 ones among them.
func TestAddrsAgainstMap(t *testing.T) {
	rnd := rand.New(rand.NewPCG(7, 8))
	a, want := NewAddrs(), map[event.Addr]uint32{}
	for range 100_000 {
		var addr event.Addr
		switch v := rnd.Uint64N(20_000); rnd.IntN(3) {
		case 0:
			addr = event.AddrFrom4(uint32(v))
		case 1:
			addr = event.AddrFromHalves(0, v)
		default:
			addr = event.AddrFromHalves(v%3<<60, 0xffff<<32|v%100)
		}
		id := a.ID(addr)
		if have, ok := want[addr]; !ok {
			want[addr] = id
			if int(id) != len(want) {
				t.Fatalf("%v: new handle %d, want %d", addr, id, len(want))
			}
		} else if id != have {
			t.Fatalf("%v: handle %d, want %d", addr, id, have)
		}
		if a.Addr(id) != addr {
			t.Fatalf("handle %d is %v, want %v", id, a.Addr(id), addr)
		}
	}
}
