package denied

import (
	"math/bits"

	"fwreport/analyze/codec"
	"fwreport/analyze/count"
)

// Save implements analyze.Stored.
func (s *state) Save(w *codec.Writer) {
	w.Uvarint(uint64(len(s.nth)))
	for _, dst := range s.nth {
		w.Handle(dst)
	}
	w.Uvarint(uint64(len(s.few)))
	for _, word := range s.few {
		w.Uvarint(word)
	}
	s.more.Save(w, count.SaveHandle, count.SaveHandle)
}

// Load implements analyze.Stored. It meets all pairs again, which numbers the
// destinations as they were numbered, or otherwise: Result does not show it.
func (s *state) Load(r *codec.Reader) {
	nth := make([]uint32, r.Below(65, "number of destinations"))
	for i := range nth {
		nth[i] = r.Handle()
	}
	for src, n := uint32(0), uint32(r.HandleCount()); src < n && r.Err() == nil; src++ {
		word := r.Uvarint()
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
