package pcap

// ngPacket is what a packet block says, of whichever of the three types.
type ngPacket struct {
	iface  uint32
	stamp  uint64
	timed  bool // stamp is set: a simple packet block has none
	data   []byte
	extra  []byte // options
	drops  uint64 // packets lost before this one, where the block itself counts them
	flags  uint32 // epb_flags; 0 if absent
	outran bool   // the captured length is more than the block holds
}

// Options of packet blocks.
const (
	optFlags     = 2
	optDropCount = 4
)

// lossUnknown is the drop counter of an old packet block that does not count.
const lossUnknown = 0xffff

// packet reads the body of a packet block; ok is false if its fixed part is cut.
func (s *section) packet(k *block) (p ngPacket, ok bool) {
	switch k.kind {
	case blockSimple:
		return s.simple(k.body)
	case blockOldPacket:
		if len(k.body) < 20 {
			return p, false
		}
		p.iface = uint32(s.big.u16(k.body))
		if d := s.big.u16(k.body[2:]); d != lossUnknown {
			p.drops = uint64(d)
		}
	default:
		if len(k.body) < 20 {
			return p, false
		}
		p.iface = s.big.u32(k.body)
	}
	p.stamp, p.timed = uint64(s.big.u32(k.body[4:]))<<32|uint64(s.big.u32(k.body[8:])), true
	n, rest := s.big.u32(k.body[12:]), k.body[20:]
	if uint64(n) > uint64(len(rest)) {
		p.data, p.outran = rest, true
		return p, true
	}
	p.data = rest[:n]
	p.extra = rest[min(align4(int(n)), len(rest)):]
	return p, true
}

// simple reads a simple packet block: the original length and as much of the
// packet as the first interface's snaplen allows. It has no time.
func (s *section) simple(body []byte) (p ngPacket, ok bool) {
	if len(body) < 4 {
		return p, false
	}
	n := s.big.u32(body)
	if len(s.ifaces) > 0 && s.ifaces[0].snaplen > 0 {
		n = min(n, s.ifaces[0].snaplen)
	}
	p.data = body[4:]
	p.data = p.data[:min(uint64(n), uint64(len(p.data)))]
	return p, true
}

// readOptions takes the options that matter.
func (p *ngPacket) readOptions(big order) {
	opts := options{big, p.extra}
	for code, v, ok := opts.next(); ok; code, v, ok = opts.next() {
		switch {
		case code == optFlags && len(v) >= 4:
			p.flags = big.u32(v)
		case code == optDropCount && len(v) >= 8:
			p.drops = big.u64(v)
		}
	}
}

// direction is that of epb_flags' two lowest bits.
func (p *ngPacket) direction() direction {
	switch p.flags & 3 {
	case 1:
		return inbound
	case 2:
		return outbound
	}
	return unknownDirection
}
