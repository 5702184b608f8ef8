package count

import (
	"testing"

	"fwreport/reader/event"
)

// TestFetchIsNoMore: places that are asked for change nothing, whether they are there
// or not, and however many they are.
func TestFetchIsNoMore(t *testing.T) {
	var c Column[uint64]
	*c.At(5), *c.At(3 * columnRoom) = 7, 8
	s := []uint64{1, 2, 3}
	events := make([]event.Event, Several)
	for i := range events {
		events[i].SrcID = uint32(i % len(s))
	}
	for n := range events {
		FetchSources(s, events[:n])
		c.FetchSources(events[:n])
	}
	events[0].SrcID = 1 << 30 // has no value
	c.FetchSources(events)
	if s[0] != 1 || s[1] != 2 || s[2] != 3 || *c.At(5) != 7 || *c.At(3 * columnRoom) != 8 {
		t.Error("a value changed")
	}
	var none lines
	fetch(&none.at, 0)
	fetch(&none.at, Several) // nil pointers: the processor drops them
}
