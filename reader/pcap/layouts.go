package pcap

import (
	"fwreport/reader/event"
	"fwreport/reader/lex"
)

// layouts remembers the last few option areas of TCP headers and their layouts'
// names: systems have one each, whose bytes differ in the time stamp alone,
// which a layout does not hold.
type layouts struct {
	known [8]layout
	next  int // to be overwritten
}

type layout struct {
	raw   [40]byte
	size  int // 0: not in use
	stamp int // where the eight bytes of the first time stamp begin, or size
	name  event.Sym
}

// of is the name of raw's layout; raw is what a TCP header can hold, not empty.
func (l *layouts) of(d *decoder, raw []byte) event.Sym {
	for i := range l.known {
		if k := &l.known[i]; k.size == len(raw) && k.fits(raw) {
			return k.name
		}
	}
	d.scratch = lex.OptionLayout(d.scratch[:0], raw)
	k := &l.known[l.next]
	l.next = (l.next + 1) % len(l.known)
	*k = layout{size: len(raw), stamp: stampOption(raw), name: d.options.Sym(d.names, d.scratch)}
	copy(k.raw[:], raw)
	return k.name
}

// fits reports whether raw, of k's size, is the same but for the time stamp.
func (k *layout) fits(raw []byte) bool {
	return string(raw[:k.stamp]) == string(k.raw[:k.stamp]) &&
		(k.stamp == k.size || string(raw[k.stamp+8:]) == string(k.raw[k.stamp+8:k.size]))
}

// stampOption is where the first time stamp of an option area begins, behind
// kind and length (RFC 7323, section 3.2), or the area's size. It steps from
// option to option as lex.OptionLayout does; where that stops earlier, what
// comes later is no part of the layout.
func stampOption(raw []byte) int {
	for i := 0; i+10 <= len(raw) && raw[i] != 0; {
		switch {
		case raw[i] == 1:
			i++
		case raw[i] == 8 && raw[i+1] == 10:
			return i + 2
		case raw[i+1] < 2:
			return len(raw)
		default:
			i += int(raw[i+1])
		}
	}
	return len(raw)
}
