package count

import (
	"cmp"
	"math"
	"math/rand/v2"
	"slices"
	"sync"
	"testing"

	"fwreport/reader/event"
)

func TestAddressRanks(t *testing.T) {
	a := NewAddrs()
	ids := []uint32{ // in the order that their ranks should have
		0,
		a.ID(event.AddrFrom4(9 << 24)), a.ID(event.AddrFrom4(10 << 24)),
		a.ID(event.AddrFromHalves(0, 0)), a.ID(event.AddrFromHalves(1, 0)),
	}
	more := NewAddrs() // the same, numbered the other way round
	for i := len(ids) - 1; i > 0; i-- {
		more.ID(a.Addr(ids[i]))
	}
	for want, id := range ids {
		if got := a.Ranks()[id]; got != uint32(want) {
			t.Errorf("handle %d: rank %d, want %d", id, got, want)
		}
		if id > 0 {
			if got := more.Ranks()[more.ID(a.Addr(id))]; got != uint32(want) {
				t.Errorf("%s: rank %d, want %d", a.Addr(id), got, want)
			}
		}
	}
}

func TestSymRanks(t *testing.T) {
	sym := event.NewSymbols()
	for _, n := range []string{"b", "a", "B", "aa"} {
		sym.Of(n)
	}
	ranks := SymRanks(sym)
	for want, n := range []string{"", "B", "a", "aa", "b"} {
		if got := ranks[sym.Of(n)]; got != uint32(want) {
			t.Errorf("%q: rank %d, want %d", n, got, want)
		}
	}
}

func TestSortRows(t *testing.T) {
	want := []Row{{9, 5, 5, 0}, {7, 1, 2, 1}, {7, 1, 3, 2}, {7, 2, 0, 3}}
	got := []Row{want[3], want[1], want[0], want[2]}
	SortRows(got)
	if !slices.Equal(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
}

// TestSortRowsAgainstComparing sorts rows that differ in many bytes, in few and in
// none, in numbers below and above those that are compared.
func TestSortRowsAgainstComparing(t *testing.T) {
	rnd := rand.New(rand.NewPCG(9, 10))
	for _, mask := range []Row{
		{}, {Count: 3}, {Count: math.MaxUint64}, {Hi: 0xff << 56, Lo: 1}, {Count: 0x101, Hi: 0xffff << 32, Lo: 0x70007},
		{Count: 7, Hi: math.MaxUint64, Lo: math.MaxUint64},
	} {
		for _, n := range []int{0, 1, 2, fewRows, fewRows + 1, 5000} {
			got := make([]Row, n)
			for i := range got {
				got[i] = Row{rnd.Uint64() & mask.Count, rnd.Uint64() & mask.Hi, rnd.Uint64() & mask.Lo, 0}
			}
			want := slices.Clone(got)
			slices.SortFunc(want, func(a, b Row) int {
				return cmp.Or(cmp.Compare(b.Count, a.Count), cmp.Compare(a.Hi, b.Hi), cmp.Compare(a.Lo, b.Lo))
			})
			if SortRows(got); !slices.Equal(got, want) {
				t.Errorf("%d rows that differ in %x are out of order", n, mask)
			}
		}
	}
}

// TestOrder: the head and the rest of an Order are what SortRows makes of all, for
// many at once, of which some want the head only.
func TestOrder(t *testing.T) {
	rnd := rand.New(rand.NewPCG(19, 20))
	for _, n := range []int{0, 1, headRows - 1, headRows, headRows + 1, 20_000} {
		for _, most := range []int{1, 3, 1000} {
			rows := make([]Row, n)
			for i := range rows {
				rows[i] = Row{uint64(rnd.IntN(most)), uint64(rnd.IntN(50)) << 40, rnd.Uint64(), uint32(i)}
			}
			sorted := slices.Clone(rows)
			SortRows(sorted)
			var want []uint32
			for _, r := range sorted {
				want = append(want, r.Index)
			}
			checkOrder(t, NewOrder(rows), want)
		}
	}
}

func checkOrder(t *testing.T, o *Order, want []uint32) {
	t.Helper()
	var all sync.WaitGroup
	for i := range 4 {
		all.Go(func() {
			var got []uint32
			for index := range o.All() {
				if got = append(got, index); i%2 == 1 && len(got) == 10 {
					break
				}
			}
			if i%2 == 0 && len(got) != len(want) || !slices.Equal(got, want[:len(got)]) {
				t.Errorf("of %d rows, %d are out of order", len(want), len(got))
			}
		})
	}
	all.Wait()
}

func TestAddressRanksAgainstCompare(t *testing.T) {
	rnd := rand.New(rand.NewPCG(11, 12))
	a := NewAddrs()
	for range 3000 {
		a.ID(event.AddrFrom4(rnd.Uint32()))
		a.ID(event.AddrFromHalves(rnd.Uint64()>>rnd.IntN(64), rnd.Uint64()))
	}
	order := make([]uint32, a.Len())
	for id, r := range a.Ranks() {
		order[r] = uint32(id)
	}
	if !slices.IsSortedFunc(order, a.Compare) || order[0] != 0 {
		t.Error("the ranks are not those of Compare")
	}
}

func BenchmarkSortRows(b *testing.B) {
	rnd := rand.New(rand.NewPCG(13, 14))
	rows := make([]Row, 150_000)
	for i := range rows {
		rows[i] = Row{Count: 1 + uint64(rnd.ExpFloat64()*3), Hi: uint64(rnd.IntN(100_000))<<32 | uint64(rnd.IntN(3)*11), Lo: uint64(rnd.IntN(4)), Index: uint32(i)}
	}
	sorted := make([]Row, len(rows))
	for b.Loop() {
		copy(sorted, rows)
		SortRows(sorted)
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/float64(len(rows)), "ns/row")
}

func TestProtoRanks(t *testing.T) {
	ranks := ProtoRanks()
	ordered := []event.Proto{event.NoProto, event.IPProto(253), event.AH, event.AHorESP, event.ARP, event.ICMP, event.ICMPv6, event.TCP, event.UDP}
	for i := 1; i < len(ordered); i++ {
		if ranks[ordered[i-1]] >= ranks[ordered[i]] {
			t.Errorf("%q does not rank before %q", ordered[i-1], ordered[i])
		}
	}
}
