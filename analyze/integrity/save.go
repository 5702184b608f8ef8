package integrity

import (
	"math"

	"fwreport/analyze/codec"
	"fwreport/analyze/count"
	"fwreport/reader/event"
)

// Save implements analyze.Stored.
func (s *state) Save(w *codec.Writer) {
	count.SaveTable(w, s.stripes.Keys, s.stripes.Vals, keyWriter(), (*stripe).save)
	count.SaveTable(w, s.slots.Keys, s.slots.Vals, keyWriter(), (*count.Stat).Save)
}

// Load implements analyze.Stored.
func (s *state) Load(r *codec.Reader) {
	var at count.Words
	key := keyReader(stripeWidth)
	count.LoadTable(r, s.stripes, func(r *codec.Reader) count.Words { at = key(r); return at }, func(v *stripe, r *codec.Reader) {
		if v.load(r); r.Err() == nil && floorDiv(v.low, stripeWidth) != int64(at.B) {
			r.Fail("a boot in another's place") // runs are told in the order of stripes
		}
	})
	count.LoadTable(r, s.slots, keyReader(slotWidth), (*count.Stat).Load)
}

// keyWriter writes a source, which is a name or the number of an input, and the
// step in time as its distance from the one before.
func keyWriter() func(count.Words, *codec.Writer) {
	var before int64
	return func(k count.Words, w *codec.Writer) {
		w.Bool(k.A&nameless != 0)
		if k.A&nameless != 0 {
			w.Input(uint32(k.A))
		} else {
			w.Sym(event.Sym(k.A))
		}
		w.Varint(int64(k.B) - before)
		before = int64(k.B)
	}
}

// keyReader reads keys; no step is beyond time.
func keyReader(width int64) func(*codec.Reader) count.Words {
	var step int64
	return func(r *codec.Reader) count.Words {
		var k count.Words
		if r.Bool() {
			k.A = nameless | uint64(r.Input())
		} else {
			k.A = uint64(r.Sym())
		}
		step += r.Varint()
		if step < floorDiv(math.MinInt64, width) || step > math.MaxInt64/width {
			r.Fail("step %d is out of time", step)
		}
		k.B = uint64(step)
		return k
	}
}

func (s *stripe) save(w *codec.Writer) {
	s.Stat.Save(w)
	if s.Count == 0 {
		return
	}
	w.Varint(s.low - s.First())
	w.Varint(s.lo)
	w.Varint(s.hi - s.lo)
	w.Ref(s.loRef)
	w.Ref(s.hiRef)
}

// load checks what add ensures of the numbers, for the rules calculate with them.
func (s *stripe) load(r *codec.Reader) {
	if s.Stat.Load(r); s.Count == 0 {
		r.Fail("a boot without records")
		return
	}
	s.low = r.Varint() + s.First()
	s.lo = r.Varint()
	s.hi = r.Varint() + s.lo
	s.loRef, s.hiRef = r.Ref(), r.Ref()
	if s.lo < 0 || s.hi < s.lo || s.hi > longestUptime*1000 || s.First() <= earliestStamp ||
		s.low < earliestStamp-longestUptime*1000 || s.low > s.Last() {
		r.Fail("uptimes of a boot that cannot be")
	}
}
