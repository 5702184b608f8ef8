package rules

import (
	"fwreport/analyze/codec"
	"fwreport/analyze/count"
)

// Save implements analyze.Stored.
func (s *State) Save(w *codec.Writer) {
	count.SaveTable(w, s.Keys, s.Vals, func(packed count.Words, w *codec.Writer) {
		k := Key(packed)
		w.Sym(k.Prefix())
		w.Sym(k.Action())
		w.Sym(k.DecidedBy())
		w.Uvarint(uint64(k.Verdict()))
	}, (*count.Stat).Save)
}

// Load implements analyze.Stored.
func (s *State) Load(r *codec.Reader) {
	count.LoadTable(r, s, func(r *codec.Reader) count.Words {
		return count.Words{
			A: uint64(r.Sym())<<32 | uint64(r.Sym()),
			B: uint64(r.Sym())<<32 | uint64(r.Verdict()),
		}
	}, (*count.Stat).Load)
}
