package interfaces

import (
	"fwreport/analyze/codec"
	"fwreport/analyze/count"
	"fwreport/reader/event"
)

// Save implements analyze.Stored.
func (s *state) Save(w *codec.Writer) {
	count.SaveTable(w, s.Keys, s.Vals, func(k count.Words, w *codec.Writer) {
		w.Sym(event.Sym(k.A >> 32))
		w.Sym(event.Sym(k.A))
		w.Sym(event.Sym(k.B >> 32))
		w.Uvarint(k.B & 0xffffffff)
	}, count.SaveCount)
}

// Load implements analyze.Stored.
func (s *state) Load(r *codec.Reader) {
	count.LoadTable(r, s, func(r *codec.Reader) count.Words {
		return count.Words{
			A: uint64(r.Sym())<<32 | uint64(r.Sym()),
			B: uint64(r.Sym())<<32 | uint64(r.Proto()),
		}
	}, count.LoadCount)
}
