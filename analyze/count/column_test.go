package count

import (
	"math/rand/v2"
	"testing"
)

func TestColumnAgainstMap(t *testing.T) {
	r := rand.New(rand.NewPCG(9, 10))
	var c Column[uint32]
	want := map[uint32]uint32{}
	for range 5000 {
		id := r.Uint32N(1 << r.IntN(18)) // with gaps of whole rooms
		*c.At(id)++
		want[id]++
	}
	last, n := -1, 0
	for id, v := range c.All() {
		if int(id) <= last || *v != want[id] || c.Find(id) != v {
			t.Fatalf("%d after %d: %d, want %d", id, last, *v, want[id])
		}
		if last = int(id); *v > 0 {
			n++
		}
	}
	if n != len(want) {
		t.Errorf("%d values, want %d", n, len(want))
	}
	if c.Find(1<<20) != nil {
		t.Error("found what was never put in")
	}
}
