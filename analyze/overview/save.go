package overview

import (
	"math"

	"fwreport/analyze/codec"
	"fwreport/analyze/count"
	"fwreport/analyze/window"
	"fwreport/reader/event"
)

// Save implements analyze.Stored.
func (s *state) Save(w *codec.Writer) {
	w.Uvarint(s.timeless)
	var before int64
	count.SaveTable(w, s.minutes.Keys, s.minutes.Vals, func(k count.Words, w *codec.Writer) {
		w.Varint(int64(k.A) - before)
		before = int64(k.A)
	}, (*byVerdict).save)
}

// Load implements analyze.Stored.
func (s *state) Load(r *codec.Reader) {
	s.timeless = r.Uvarint()
	count.LoadTable(r, s.minutes, minutes(), (*byVerdict).load)
}

// minutes reads keys of minutes, which follow each other. A minute that no stamp
// has would not fit the arithmetic of the timeline.
func minutes() func(*codec.Reader) count.Words {
	first, last := window.Minute(event.NoTime+1), window.Minute(math.MaxInt64)
	var m int64
	return func(r *codec.Reader) count.Words {
		if m += r.Varint(); m < first || m > last {
			r.Fail("minute %d is out of time", m)
		}
		return count.Words{A: uint64(m)}
	}
}

func (v *byVerdict) save(w *codec.Writer) {
	for _, n := range v {
		w.Uvarint(n)
	}
}

func (v *byVerdict) load(r *codec.Reader) {
	for i := range v {
		v[i] = r.Uvarint()
	}
}
