package icmp

import (
	"fwreport/analyze/codec"
	"fwreport/analyze/count"
)

// SavePart implements analyze.Divided.
func (s state) SavePart(w *codec.Writer, part count.Part) {
	mine := func(k count.Words) bool { return part.Has(key(k).src()) }
	count.SavePart(w, s.Keys, s.Vals, mine, func(k count.Words, w *codec.Writer) {
		w.Handle(key(k).src())
		w.Handle(key(k).dst())
		w.Sym(key(k).action())
		w.Bool(k.B&v6Bit != 0)
		w.Uvarint(k.B >> typeShift)
		w.Uvarint(k.B >> codeShift & 0xfff)
	}, (*count.Stat).Save)
}

// Load implements analyze.Stored.
func (s state) Load(r *codec.Reader) {
	count.LoadTable(r, s, loadKey, (*count.Stat).Load)
}

func loadKey(r *codec.Reader) count.Words {
	k := count.Words{A: uint64(r.Handle())<<32 | uint64(r.Handle()), B: uint64(r.Sym())}
	if r.Bool() {
		k.B |= v6Bit
	}
	k.B |= r.Below(257, "ICMP type") << typeShift
	k.B |= r.Below(257, "ICMP code") << codeShift
	return k
}
