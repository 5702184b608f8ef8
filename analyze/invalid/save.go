package invalid

import (
	"math"

	"fwreport/analyze/codec"
	"fwreport/analyze/count"
)

// SavePart implements analyze.Divided.
func (s *state) SavePart(w *codec.Writer, part count.Part) {
	mine := func(k count.Words) bool { return part.Has(keySource(k)) }
	count.SavePart(w, s.invalid.Keys, s.invalid.Vals, mine, func(k count.Words, w *codec.Writer) {
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
	s.bogons.save(w, part)
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

// save writes the links in the order of their IDs, all of them in each part: what
// is counted of them in the first. The blocks of addresses are not written: they
// follow from the addresses.
func (s *bogonState) save(w *codec.Writer, part count.Part) {
	unplaced := s.unplaced
	if !part.First() {
		unplaced = 0
	}
	w.Uvarint(unplaced)
	count.SaveTable(w, s.links.Keys, s.links.Vals, func(k count.Words, w *codec.Writer) {
		w.Sym(linkHost(k))
		w.Sym(linkInterface(k))
	}, func(l *link, w *codec.Writer) {
		if !part.First() {
			l = &link{}
		}
		w.Uvarint(l.innerDst)
		w.Uvarint(l.outerDst)
	})
	n := uint64(0)
	for id := range s.sources {
		if s.sources[id].link != 0 && part.Has(uint32(id)) {
			n++
		}
	}
	w.Uvarint(n)
	for id := range s.sources {
		if l := s.sources[id].link; l != 0 && part.Has(uint32(id)) {
			w.Handle(uint32(id))
			w.Uvarint(uint64(l))
		}
	}
	mine := func(k count.Words) bool { return part.Has(keyID(k)) }
	none := make([]struct{}, s.more.Len())
	count.SavePart(w, s.more.Keys, none, mine, savePair, func(*struct{}, *codec.Writer) {})
	count.SavePart(w, s.candidates.Keys, s.candidates.Vals, mine, func(k count.Words, w *codec.Writer) {
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
	for n := r.Below(math.MaxUint32, "number of sources"); n > 0 && r.Err() == nil; n-- {
		id := r.Handle()
		if l := r.Below(links, "interface"); l != 0 {
			s.see(id, uint32(l))
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
