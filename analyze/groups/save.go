package groups

import (
	"fwreport/analyze/codec"
	"fwreport/analyze/count"
	"fwreport/reader/event"
)

// SavePart implements analyze.Divided.
func (s *State) SavePart(w *codec.Writer, part count.Part) {
	mine := func(packed count.Words) bool { return part.Has(Key(packed).Src()) }
	count.SaveEntries(w, s.Large, mine, func(packed count.Words, w *codec.Writer) { Key(packed).save(w) }, (*Group).save)
}

// Load implements analyze.Stored.
func (s *State) Load(r *codec.Reader) { count.LoadTable(r, s, loadKey, (*Group).load) }

// save writes port and protocol as one number: most protocols of which many
// groups are have ports.
func (k Key) save(w *codec.Writer) {
	w.Handle(k.Src())
	w.Sym(k.Action())
	w.Uvarint(uint64(k.Proto())<<2 | uint64(k.Verdict()))
	port, ok := k.Port()
	if !ok {
		w.Uvarint(0)
		return
	}
	w.Uvarint(uint64(port) + 1)
}

func loadKey(r *codec.Reader) count.Words {
	k := count.Words{A: uint64(r.Handle())<<32 | uint64(r.Sym())}
	kind := r.Below(uint64(event.AHorESP+1)<<2, "protocol")
	if k.B = kind>>2<<24 | kind&3; event.Verdict(kind&3) > event.Accepted {
		r.Fail("verdict %d", kind&3)
	}
	if port := r.Below(1<<16+1, "port"); port > 0 {
		k.B |= (port-1)<<48 | 1<<8
	}
	return k
}

func (g *Group) save(w *codec.Writer) {
	g.Stat.Save(w)
	g.Ends.Save(w)
}

func (g *Group) load(r *codec.Reader) {
	g.Stat.Load(r)
	g.Ends.Load(r)
}
