package count

import (
	"slices"
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

func TestProtoRanks(t *testing.T) {
	ranks := ProtoRanks()
	ordered := []event.Proto{event.NoProto, event.IPProto(253), event.AH, event.AHorESP, event.ARP, event.ICMP, event.ICMPv6, event.TCP, event.UDP}
	for i := 1; i < len(ordered); i++ {
		if ranks[ordered[i-1]] >= ranks[ordered[i]] {
			t.Errorf("%q does not rank before %q", ordered[i-1], ordered[i])
		}
	}
}
