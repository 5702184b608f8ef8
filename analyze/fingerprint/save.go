package fingerprint

import (
	"math"
	"math/bits"

	"fwreport/analyze/codec"
	"fwreport/analyze/count"
)

// SavePart implements analyze.Divided. Rules are saved by their numbers: a stream
// is read by the program that wrote it, or by one of the same version.
func (s *State) SavePart(w *codec.Writer, part count.Part) {
	mine := func(k count.Words) bool { return part.Has(key(k).src()) }
	count.SaveEntries(w, s.matched, mine, saveKey, (*match).save)
	count.SaveEntries(w, s.against, mine, saveKey, count.SaveCount)
	var known known
	if part.First() {
		known = s.known
	}
	for _, n := range []uint64{known.syns, known.seq, known.options} {
		w.Uvarint(n)
	}
	s.windows.save(w, part)
	count.SaveColumn(w, &s.senders, func(src uint32, v *sender) bool { return v.syns > 0 && part.Has(src) }, (*sender).save)
}

func (v *sender) save(w *codec.Writer) {
	w.Uvarint(v.syns)
	w.Uvarint(v.windows)
}

// Load implements analyze.Stored.
func (s *State) Load(r *codec.Reader) {
	count.LoadTable(r, s.matched, loadKey, (*match).load)
	count.LoadTable(r, s.against, loadKey, count.LoadCount)
	s.known = known{r.Uvarint(), r.Uvarint(), r.Uvarint()}
	s.windows.load(r)
	s.loadSenders(r)
}

func (s *State) loadSenders(r *codec.Reader) {
	for n := r.Below(math.MaxUint32, "number of sources"); n > 0 && r.Err() == nil; n-- {
		v := s.senders.At(r.Handle())
		v.syns += r.Uvarint()
		v.windows |= r.Uvarint()
		if bits.Len64(v.windows) > s.windows.Len() {
			r.Fail("window %d, but there are %d", bits.Len64(v.windows), s.windows.Len())
		}
	}
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

// save writes the windows in the order of their ids, all of them in each part:
// their counts in the first, their sources where those are.
func (w *windows) save(to *codec.Writer, part count.Part) {
	count.SaveTable(to, w.Keys, w.Vals, func(k count.Words, to *codec.Writer) { windowKey(k.A).save(to) }, func(v *window, to *codec.Writer) {
		if !part.First() {
			v = &window{}
		}
		v.save(to)
	})
	count.SavePairs(w.sources, to, func(src, _ uint32) bool { return part.Has(src) }, count.SaveHandle, func(id uint32, to *codec.Writer) { to.Uvarint(uint64(id - 1)) })
}

func (w *windows) load(r *codec.Reader) {
	var k windowKey
	key := func(r *codec.Reader) count.Words {
		packed := loadWindowKey(r)
		k = windowKey(packed.A)
		return packed
	}
	count.LoadTable(r, w, key, func(v *window, r *codec.Reader) {
		v.load(r)
		w.enter(k, v)
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
