package pcap

import (
	"fwreport/reader"
	"fwreport/reader/event"
)

// classicParser decodes chunks of a classic capture.
type classicParser struct{ *decoder }

// Parse implements reader.Parser.
func (p *classicParser) Parse(b *reader.Batch, c *reader.Chunk) {
	h := c.Meta.(*classicMeta).header
	data, i := c.Data, uint64(0)
	for {
		n, rest := p.usuals(b, c.Ref(i), &h, data)
		i, data = i+n, rest
		if len(data) == 0 {
			return
		}
		size, isHeader, err := h.next(data)
		if err != nil || size > len(data) {
			return // never in a chunk that the Splitter made
		}
		if isHeader {
			h, _ = parseFileHeader(data)
		} else {
			f := p.record(&h, data[:size])
			p.packet(b, c, i, &f)
			i++
		}
		data = data[size:]
	}
}

// usuals decodes the usual packets that data begins with, in the records of
// nearly all captures: it says how many there are, and what follows. It does for
// each what next, record and usual do, in one loop.
func (p *classicParser) usuals(b *reader.Batch, ref event.Ref, h *fileHeader, data []byte) (n uint64, rest []byte) {
	t := p.templateOf(h.link)
	if t == nil || h.recordLen != shortRecord || h.swap != neverSwapped {
		return 0, data
	}
	limit, unit := h.fraction()
	big, longest := h.big, h.maxLen
	for len(data) >= shortRecord {
		sec, frac, size := big.u32(data), big.u32(data[4:]), big.u32(data[8:])
		if mayBeMagic(sec) || frac >= limit || size > longest || int(size) > len(data)-shortRecord {
			break
		}
		frame := data[shortRecord : shortRecord+int(size)]
		if !t.fits(frame) {
			break
		}
		e := appended(b)
		*e = t.event
		e.Time, e.Ref = int64(sec)*1e9+int64(frac)*unit, ref
		p.usualPacket(e, t, frame)
		n, ref, data = n+1, ref+1, data[shortRecord+int(size):]
	}
	return n, data
}

// record reads the header of one record.
func (p *classicParser) record(h *fileHeader, rec []byte) frame {
	f := frame{data: rec[h.recordLen:], link: h.link, big: h.big}
	f.time, f.fields = h.stamp(rec)
	if h.modified {
		f.iface = p.indexName(h.big.u32(rec[16:]))
		f.dir = packetType(uint16(rec[22]))
	}
	return f
}

// stamp is a record's time. A fraction of a second or more is damage: it is
// taken for the second's end, and the time marked imprecise.
func (h *fileHeader) stamp(rec []byte) (int64, event.Fields) {
	sec, frac := int64(h.big.u32(rec)), h.big.u32(rec[4:])
	limit, unit := h.fraction()
	if frac >= limit {
		return sec*1e9 + 999999999, event.TimeImprecise
	}
	return sec*1e9 + int64(frac)*unit, 0
}

// mayBeMagic reports whether w has half of a magic number, in either byte order,
// as no time before 2055 has: where headerFollows is true, so is this.
func mayBeMagic(w uint32) bool { return w>>16 == magicMicro>>16 || w&0xffff == 0xb2a1 }

// fraction is how many fractions a second has, and the nanoseconds of one.
func (h *fileHeader) fraction() (limit uint32, unit int64) {
	if h.nano {
		return 1e9, 1
	}
	return 1e6, 1e3
}
