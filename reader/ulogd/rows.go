package ulogd

import (
	"iter"
	"strings"

	"fwreport/reader"
)

// Decoder decodes records of ulogd2 that do not stand in a file of it: another
// format brings each into the form of its JSON output, with the names of any
// version. It serves one goroutine.
type Decoder struct{ p *parser }

// NewDecoder returns a Decoder under opt.
func NewDecoder(opt *reader.Options) *Decoder { return &Decoder{newParser(opt)} }

// Decode accounts in b for the i-th record of c: one event, one reject with raw
// as its text, or one other record. line is the record as one JSON object; it
// is not kept.
func (d *Decoder) Decode(b *reader.Batch, c *reader.Chunk, i uint64, line, raw []byte) {
	p := d.p
	p.zone = c.Zone(p.opt)
	err := p.rec.read(line, &p.spell)
	switch kind := p.rec.kind(); {
	case err != nil:
		b.Reject(c, i, err.Error(), shown(raw))
	case kind == packet || kind == flow:
		p.event(b, c, i, raw, 0)
	default:
		b.Other++
	}
}

// Keys yields the keys of ulogd's input and filter plugins that are known here,
// without the names that only the JSON output gives. telling says that no other
// program has such a key.
func Keys() iter.Seq2[string, bool] {
	return func(yield func(name string, telling bool) bool) {
		for i := range spellings {
			s := &spellings[i]
			if strings.Contains(s.name, ".") && !yield(s.name, s.class != foreign) {
				return
			}
		}
	}
}
