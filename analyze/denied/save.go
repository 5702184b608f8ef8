package denied

import (
	"math"
	"math/bits"

	"fwreport/analyze/codec"
	"fwreport/analyze/count"
)

// SavePart implements analyze.Divided.
func (s *state) SavePart(w *codec.Writer, part count.Part) {
	w.Uvarint(uint64(len(s.nth)))
	for _, dst := range s.nth {
		w.Handle(dst)
	}
	count.SaveColumn(w, &s.few, func(src uint32, few *uint64) bool { return *few != 0 && part.Has(src) }, count.SaveCount)
	count.SavePairs(s.more, w, func(src, _ uint32) bool { return part.Has(src) }, count.SaveHandle, count.SaveHandle)
}

// Load implements analyze.Stored. It meets all pairs again, which numbers the
// destinations as they were numbered, or otherwise: Result does not show it.
func (s *state) Load(r *codec.Reader) {
	nth := make([]uint32, r.Below(65, "number of destinations"))
	for i := range nth {
		nth[i] = r.Handle()
	}
	for n := r.Below(math.MaxUint32, "number of sources"); n > 0 && r.Err() == nil; n-- {
		src, word := r.Handle(), r.Uvarint()
		if bits.Len64(word) > len(nth) {
			r.Fail("destination %d, but there are %d", bits.Len64(word), len(nth))
			return
		}
		for ; word != 0; word &= word - 1 {
			s.meet(src, nth[bits.TrailingZeros64(word)])
		}
	}
	count.LoadPairs(r, (*codec.Reader).Handle, (*codec.Reader).Handle, s.meet)
}
