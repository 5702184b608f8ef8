package count

import (
	"math/rand/v2"
	"testing"

	"fwreport/reader/event"
)

// Ends tell what two Sames do, added up in two halves or in one.
func TestEndsAgainstSames(t *testing.T) {
	r := rand.New(rand.NewPCG(11, 12))
	same := Remap{0, 1, 2, 3}
	for range 5000 {
		var halves [2]Ends
		var port, dst Same
		for range r.IntN(4) {
			e := &event.Event{SrcPort: uint16(r.IntN(2)), DstID: uint32(r.IntN(3))}
			if r.IntN(3) > 0 {
				e.Fields = event.HasSrcPort
			}
			halves[r.IntN(2)].Add(e)
			port.Add(uint32(e.SrcPort), e.Has(event.HasSrcPort))
			dst.Add(e.DstID, e.DstID != 0)
		}
		halves[0].Merge(&halves[1], same)
		if p, d := halves[0].sames(); p != port || d != dst {
			t.Fatalf("%+v and %+v, want %+v and %+v", p, d, port, dst)
		}
	}
}
