package count

import (
	"math/rand/v2"
	"testing"
)

func TestCachedCountsAsAMapDoes(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	c, want := NewCached[uint64](), map[Words]uint64{}
	for range 20_000 {
		k := Words{r.Uint64N(40), r.Uint64N(40)} // far more keys than slots, the zero key among them
		*c.At(k)++
		want[k]++
	}
	if c.Len() != len(want) {
		t.Fatalf("%d keys, want %d", c.Len(), len(want))
	}
	for i, k := range c.Keys {
		if c.Vals[i] != want[k] || *c.Find(k) != want[k] {
			t.Errorf("%v: %d, want %d", k, c.Vals[i], want[k])
		}
	}
}

func BenchmarkCached(b *testing.B) {
	c := NewCached[uint64]()
	for i := range uint64(b.N) {
		*c.At(Words{i & 31, 7})++
	}
}
