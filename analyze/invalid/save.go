package invalid

import (
	"fwreport/analyze/codec"
	"fwreport/analyze/count"
)

// Save implements analyze.Stored.
func (s *state) Save(w *codec.Writer) {
	count.SaveTable(w, s.invalid.Keys, s.invalid.Vals, func(k count.Words, w *codec.Writer) {
		w.Handle(keySource(k))
		w.Uvarint(uint64(keyProto(k)))
		w.Bool(k.B != 0)
		if k.B != 0 {
			w.Uvarint(uint64(keyPort(k)))
		}
	}, func(g *invalidGroup, w *codec.Writer) {
		g.Stat.Save(w)
		g.srcPort.Save(w, nil)
		g.dst.Save(w, count.SaveHandle)
		g.reason.Save(w, count.SaveSym)
	})
	s.bogons.save(w)
}

// Load implements analyze.Stored.
func (s *state) Load(r *codec.Reader) {
	count.LoadTable(r, s.invalid, func(r *codec.Reader) count.Words {
		k := count.Words{A: uint64(r.Handle())<<32 | uint64(r.Proto())}
		if r.Bool() {
			k.A |= r.Below(1<<16, "port") << 16
			k.B = 1
		}
		return k
	}, func(g *invalidGroup, r *codec.Reader) {
		g.Stat.Load(r)
		g.srcPort.Load(r, nil)
		g.dst.Load(r, count.LoadHandle)
		g.reason.Load(r, count.LoadSym)
	})
	s.bogons.load(r)
}

// save writes the links in the order of their IDs. The blocks of addresses are
// not written: they follow from the addresses.
func (s *bogonState) save(w *codec.Writer) {
	w.Uvarint(s.unplaced)
	count.SaveTable(w, s.links.Keys, s.links.Vals, func(k count.Words, w *codec.Writer) {
		w.Sym(linkHost(k))
		w.Sym(linkInterface(k))
	}, func(l *link, w *codec.Writer) {
		w.Uvarint(l.innerDst)
		w.Uvarint(l.outerDst)
	})
	w.Uvarint(uint64(len(s.sources)))
	for i := range s.sources {
		w.Uvarint(uint64(s.sources[i].link))
	}
	w.Uvarint(uint64(s.more.Len()))
	for _, k := range s.more.Keys {
		savePair(k, w)
	}
	count.SaveTable(w, s.candidates.Keys, s.candidates.Vals, func(k count.Words, w *codec.Writer) {
		savePair(k, w)
		w.Uvarint(k.B)
	}, (*count.Stat).Save)
}

func (s *bogonState) load(r *codec.Reader) {
	s.unplaced = r.Uvarint()
	count.LoadTable(r, s.links, func(r *codec.Reader) count.Words {
		return linkKey(r.Sym(), r.Sym())
	}, func(l *link, r *codec.Reader) {
		*l = link{uint32(s.links.Len()), r.Uvarint(), r.Uvarint()}
	})
	links := uint64(s.links.Len()) + 1
	for id, n := 0, r.HandleCount(); id < n && r.Err() == nil; id++ {
		if l := r.Below(links, "interface"); l != 0 {
			s.see(uint32(id), uint32(l))
		}
	}
	count.LoadPairs(r, (*codec.Reader).Handle, s.loadLink, s.see)
	count.LoadTable(r, s.candidates, func(r *codec.Reader) count.Words {
		k := pairKey(r.Handle(), s.loadLink(r))
		k.B = r.Below(uint64(documentation)+1, "reason")
		return k
	}, (*count.Stat).Load)
}

func savePair(k count.Words, w *codec.Writer) {
	w.Handle(keyID(k))
	w.Uvarint(uint64(keyLink(k)))
}

// loadLink reads the ID of a link that there is.
func (s *bogonState) loadLink(r *codec.Reader) uint32 {
	l := r.Below(uint64(s.links.Len())+1, "interface")
	if l == 0 {
		r.Fail("an address without an interface")
	}
	return uint32(l)
}
