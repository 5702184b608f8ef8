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
	for len(data) > 0 {
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
	sec, frac, limit, unit := int64(h.big.u32(rec)), h.big.u32(rec[4:]), uint32(1e6), int64(1e3)
	if h.nano {
		limit, unit = 1e9, 1
	}
	if frac >= limit {
		return sec*1e9 + 999999999, event.TimeImprecise
	}
	return sec*1e9 + int64(frac)*unit, 0
}
