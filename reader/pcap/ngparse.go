package pcap

import (
	"fwreport/reader"
	"fwreport/reader/event"
)

// ngParser decodes chunks of a pcapng capture.
type ngParser struct{ *decoder }

// Parse implements reader.Parser.
func (p *ngParser) Parse(b *reader.Batch, c *reader.Chunk) {
	m := c.Meta.(*ngMeta)
	s, data, i := m.section, c.Data, uint64(0)
	for len(data) > 0 {
		k, err := s.next(data)
		if err != nil || k.body == nil {
			break // never in a chunk that the Splitter made
		}
		if k.isPacket() {
			p.block(b, c, i, &s, &k)
			i++
		} else if s.apply(&k, data) != nil {
			break
		}
		data = data[k.size:]
	}
	for _, l := range m.losses {
		b.Notices = append(b.Notices, reader.Notice{Record: l.record, Time: l.time, Class: lossClass, Count: l.count, Known: true})
	}
}

// lossClass is the evidence.Loss class of packets that the capturing machine
// could not keep up with.
const lossClass = "capture_dropped"

// block decodes one packet block.
func (p *ngParser) block(b *reader.Batch, c *reader.Chunk, i uint64, s *section, k *block) {
	pkt, ok := s.packet(k)
	if !ok {
		b.Reject(c, i, "packet block cut", k.body)
		return
	}
	if pkt.outran {
		b.Reject(c, i, "captured length exceeds the block", k.body)
		return
	}
	if uint64(pkt.iface) >= uint64(len(s.ifaces)) {
		b.Reject(c, i, "interface is not described", k.body)
		return
	}
	if len(pkt.extra) >= 4 {
		pkt.readOptions(s.big)
	}
	from := &s.ifaces[pkt.iface]
	f := frame{data: pkt.data, time: event.NoTime, link: from.link, big: s.big, dir: pkt.direction()}
	if pkt.timed {
		f.time = from.time(pkt.stamp)
	}
	f.iface = p.ifaceName.Sym(p.names, from.name)
	p.packet(b, c, i, &f)
}
