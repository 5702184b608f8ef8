package fingerprint

import (
	"fwreport/analyze/codec"
	"fwreport/analyze/count"
)

// Save implements analyze.Stored. Rules are saved by their numbers: a stream is
// read by the program that wrote it, or by one of the same version.
func (s *State) Save(w *codec.Writer) {
	count.SaveTable(w, s.matched.Keys, s.matched.Vals, saveKey, (*match).save)
	count.SaveTable(w, s.against.Keys, s.against.Vals, saveKey, count.SaveCount)
	w.Uvarint(uint64(len(s.syns)))
	for _, n := range s.syns {
		w.Uvarint(n)
	}
	for _, n := range []uint64{s.known.syns, s.known.seq, s.known.options} {
		w.Uvarint(n)
	}
	s.windows.save(w)
}

// Load implements analyze.Stored.
func (s *State) Load(r *codec.Reader) {
	count.LoadTable(r, s.matched, loadKey, (*match).load)
	count.LoadTable(r, s.against, loadKey, count.LoadCount)
	for id, n := uint32(0), uint32(r.HandleCount()); id < n && r.Err() == nil; id++ {
		s.countSYN(id, r.Uvarint())
	}
	s.known = known{r.Uvarint(), r.Uvarint(), r.Uvarint()}
	s.windows.load(r)
}

func saveKey(k count.Words, w *codec.Writer) {
	w.Handle(key(k).src())
	w.Uvarint(uint64(key(k).rule()))
}

func loadKey(r *codec.Reader) count.Words {
	return keyOf(r.Handle(), int(r.Below(uint64(len(rules)), "rule")))
}

func (m *match) save(w *codec.Writer) {
	m.Stat.Save(w)
	w.Uvarint(m.records)
	w.Uvarint(m.ttls)
}

func (m *match) load(r *codec.Reader) {
	m.Stat.Load(r)
	m.records, m.ttls = r.Uvarint(), r.Uvarint()
}

// save writes the windows in the order of their ids.
func (w *windows) save(to *codec.Writer) {
	count.SaveTable(to, w.Keys, w.Vals, func(k count.Words, to *codec.Writer) { windowKey(k.A).save(to) }, (*window).save)
	w.sources.Save(to, count.SaveHandle, func(id uint32, to *codec.Writer) { to.Uvarint(uint64(id - 1)) })
}

func (w *windows) load(r *codec.Reader) {
	count.LoadTable(r, w, loadWindowKey, func(v *window, r *codec.Reader) {
		v.load(r)
		v.id = uint32(w.Len())
	})
	count.LoadPairs(r, (*codec.Reader).Handle, func(r *codec.Reader) uint32 {
		return uint32(r.Below(uint64(w.Len()), "window's number minus one")) + 1
	}, w.sources.Add)
}

func (k windowKey) save(w *codec.Writer) {
	w.Bool(k&keyHasWindow != 0)
	if v, ok := k.window(); ok {
		w.Uvarint(uint64(v))
	}
	w.Bool(k&keyHasLen != 0)
	if v, ok := k.length(); ok {
		w.Uvarint(uint64(v))
	}
}

func loadWindowKey(r *codec.Reader) count.Words {
	var k windowKey
	if r.Bool() {
		k = keyHasWindow | windowKey(r.Below(1<<16, "window"))<<32
	}
	if r.Bool() {
		k |= keyHasLen | windowKey(r.Uint32())
	}
	return count.Words{A: uint64(k)}
}

func (v *window) save(w *codec.Writer) {
	v.Stat.Save(w)
	v.ttl.Save(w, nil)
	v.options.Save(w, count.SaveSym)
}

func (v *window) load(r *codec.Reader) {
	v.Stat.Load(r)
	v.ttl.Load(r, nil)
	v.options.Load(r, count.LoadSym)
}
