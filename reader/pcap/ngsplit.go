package pcap

import (
	"fmt"

	"fwreport/reader"
)

// ngMeta is the Chunk.Meta of a pcapng capture: the section at the chunk's
// first byte, and what the chunk says about lost packets.
type ngMeta struct {
	section section
	losses  []loss
}

// loss is lost packets. record is the number of the packet that the loss is
// told at: the packet itself, or the last before a statistics block.
type loss struct {
	record uint64
	time   int64
	count  uint64
}

// ngSplitter cuts a pcapng capture.
//
// It also keeps count of lost packets, because that needs the blocks in order:
// the counters of a statistics block run from the beginning of the capture, and
// packets may have told the same losses one by one.
type ngSplitter struct {
	section section
	told    map[uint32]uint64 // by interface of this section: losses told already
	offset  int64
	packets uint64
	notes   []string
}

// Notes are sentences about the capture as a whole.
func (s *ngSplitter) Notes() []string { return s.notes }

// maxNotes bounds the sentences: a capture may hold any number of interfaces.
const maxNotes = 16

// Split implements reader.Splitter.
func (s *ngSplitter) Split(data []byte, atEOF bool) (reader.Cut, error) {
	start := s.section
	start.ifaces = start.ifaces[:len(start.ifaces):len(start.ifaces)]
	w := ngWalk{}
	err := s.walk(&w, data)
	if w.pos == 0 {
		if err == nil && atEOF && len(data) > 0 {
			err = s.cut(data, w.want)
		}
		return reader.Cut{Want: w.want}, err
	}
	s.offset += int64(w.pos)
	s.packets += w.packets
	return reader.Cut{N: w.pos, Records: w.packets, Meta: &ngMeta{start, w.losses}}, nil
}

// ngWalk is how far a walk over blocks came.
type ngWalk struct {
	pos     int
	packets uint64
	want    int // size of the block at pos, if it is not all there
	losses  []loss
}

// walk goes over the whole blocks of data. An error is that of the block at w.pos.
func (s *ngSplitter) walk(w *ngWalk, data []byte) error {
	for w.pos < len(data) {
		rest := data[w.pos:]
		k, err := s.section.next(rest)
		if err != nil {
			return damage(s.offset+int64(w.pos), "%v", err)
		}
		if k.body == nil {
			w.want = k.size
			return nil
		}
		if err := s.block(w, &k, rest); err != nil {
			return damage(s.offset+int64(w.pos), "%v", err)
		}
		w.pos += k.size
	}
	return nil
}

// block takes what a whole block says.
func (s *ngSplitter) block(w *ngWalk, k *block, data []byte) error {
	switch k.kind {
	case blockEnhanced, blockSimple, blockOldPacket:
		s.packetLoss(w, k)
		w.packets++
	case blockStatistics:
		s.statistics(w, k.body)
	case blockSection:
		clear(s.told)
	case blockInterface:
		s.filterNote(k.body)
	}
	return s.section.apply(k, data)
}

// packetLoss notes what a packet block says was lost before it. Most have no
// options, and then nothing is read.
func (s *ngSplitter) packetLoss(w *ngWalk, k *block) {
	p, ok := s.section.packet(k)
	if !ok {
		return
	}
	if len(p.extra) >= 4 {
		p.readOptions(s.section.big)
	}
	if p.drops > 0 && int64(p.iface) < int64(len(s.section.ifaces)) {
		s.tell(p.iface, s.told[p.iface]+p.drops)
		w.losses = append(w.losses, loss{s.packets + w.packets + 1, s.section.ifaces[p.iface].time(p.stamp), p.drops})
	}
}

// Options of an interface statistics block. Both count from the beginning of
// the capture: what the interface dropped and what the operating system did.
const (
	optIfDrop = 5
	optOSDrop = 7
)

// statistics notes the losses that an interface statistics block adds to those
// that are known of its interface.
func (s *ngSplitter) statistics(w *ngWalk, body []byte) {
	big := s.section.big
	if len(body) < 12 || int64(big.u32(body)) >= int64(len(s.section.ifaces)) {
		return
	}
	id, total := big.u32(body), uint64(0)
	opts := options{big, body[12:]}
	for code, v, ok := opts.next(); ok; code, v, ok = opts.next() {
		if (code == optIfDrop || code == optOSDrop) && len(v) >= 8 {
			total += big.u64(v)
		}
	}
	known := s.told[id]
	if total <= known {
		return
	}
	s.tell(id, total)
	stamp := uint64(big.u32(body[4:]))<<32 | uint64(big.u32(body[8:]))
	w.losses = append(w.losses, loss{max(s.packets+w.packets, 1), s.section.ifaces[id].time(stamp), total - known})
}

func (s *ngSplitter) tell(id uint32, total uint64) {
	if s.told == nil {
		s.told = map[uint32]uint64{}
	}
	s.told[id] = total
}

// filterNote notes the capture filter of an interface: what it let out was
// never in the evidence. The option's first byte is 0 for a filter in words.
func (s *ngSplitter) filterNote(body []byte) {
	if len(body) < 8 || len(s.notes) >= maxNotes {
		return
	}
	opts := options{s.section.big, body[8:]}
	for code, v, ok := opts.next(); ok; code, v, ok = opts.next() {
		if code == optFilter && len(v) > 1 && v[0] == 0 {
			text := cString(v[1:min(len(v), maxName)])
			s.notes = append(s.notes, fmt.Sprintf("interface %d was captured with the filter %q: other packets are not in the evidence", len(s.section.ifaces), text))
		}
	}
}

// cut is the error of a block of which only data is there.
func (s *ngSplitter) cut(data []byte, size int) error {
	where := "a block"
	if len(data) >= minBlock {
		if k, err := s.section.next(data); err == nil && k.isPacket() {
			where = packetName(s.packets + 1)
		}
	}
	return &cutError{where, s.offset, size - len(data), size}
}
