package kinds

import (
	"fwreport/analyze/codec"
	"fwreport/analyze/count"
)

// Save implements analyze.Whole.
func (s *State) Save(w *codec.Writer) {
	count.SaveTable(w, s.Keys, s.Vals, func(k Key, w *codec.Writer) { k.save(w) },
		func(v **count.Stat, w *codec.Writer) { (*v).Save(w) })
}

// Load implements analyze.Stored.
func (s *State) Load(r *codec.Reader) { count.LoadTable(r, s, loadKey, (*count.Stat).Load) }

func (k *Key) save(w *codec.Writer) {
	w.Sym(k.Host())
	w.Sym(k.In())
	w.Sym(k.Out())
	w.Sym(k.Prefix())
	w.Sym(k.Action())
	w.Sym(k.DecidedBy())
	w.Uvarint(uint64(k.Proto()))
	w.Uvarint(uint64(k.Verdict()))
	w.Bool(k.Assumed())
}

func loadKey(r *codec.Reader) Key {
	k := Key{
		uint64(r.Sym())<<32 | uint64(r.Sym()),
		uint64(r.Sym())<<32 | uint64(r.Sym()),
		uint64(r.Sym())<<32 | uint64(r.Sym()),
		uint64(r.Proto())<<16 | uint64(r.Verdict())<<8,
	}
	if r.Bool() {
		k[3] |= assumed
	}
	return k
}
