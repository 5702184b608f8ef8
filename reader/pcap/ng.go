package pcap

import (
	"encoding/binary"
	"errors"
	"fmt"
	"math/bits"

	"fwreport/reader"
	"fwreport/reader/event"
)

// FormatNG reads pcapng: several sections and byte orders in one file, any
// interface resolution; blocks that hold no packet are skipped.
var FormatNG = &reader.Format{
	Name:        "pcapng",
	Doc:         "Packet captures of Wireshark, dumpcap and newer tcpdump (pcapng).",
	Packets:     true,
	Sniff:       sniffNG,
	NewSplitter: func() reader.Splitter { return &ngSplitter{} },
	NewParser:   func(o *reader.Options) reader.Parser { return &ngParser{decoder: newDecoder(o)} },
	Records:     ngRecords,
}

// Block types (draft-ietf-opsawg-pcapng, section 10.1).
const (
	blockSection    = 0x0a0d0d0a
	blockInterface  = 1
	blockOldPacket  = 2
	blockSimple     = 3
	blockStatistics = 5
	blockEnhanced   = 6
)

const (
	blockHead       = 8          // type and length
	minBlock        = 12         // head, length again
	byteOrderMagic  = 0x1a2b3c4d // third word of a section header
	sectionBlockMin = 28
)

// section is the state of a pcapng stream between two blocks. ifaces only ever
// grows within a section and its elements never change, so a copy of a section
// may be read while the Splitter goes on appending.
type section struct {
	started bool
	big     order
	ifaces  []iface
}

// iface is what an interface description says.
type iface struct {
	link    uint32
	snaplen uint32
	name    []byte
	units   uint64 // time units a second; 0 if binary is used or the resolution is impossible
	binary  uint8  // units a second, as the exponent of two
	offset  int64  // seconds to be added
}

// block is the header of a block and what is between its lengths.
type block struct {
	kind uint32
	size int // whole, with padding
	body []byte
}

// isPacket reports whether a block is a packet.
func (k *block) isPacket() bool {
	return k.kind == blockEnhanced || k.kind == blockSimple || k.kind == blockOldPacket
}

var (
	errBlockLength = errors.New("a block's two lengths differ")
	errNoSection   = errors.New("a block stands before the first section header")
	errByteOrder   = errors.New("a section header has no byte-order magic")
)

// sectionOrder is the byte order of the section whose header b begins with.
func sectionOrder(b []byte) (order, error) {
	for _, o := range [2]order{false, true} {
		if o.u32(b[8:]) == byteOrderMagic {
			return o, nil
		}
	}
	return false, errByteOrder
}

// next reads the block that data begins with. A block of which less is there
// than its size has no body.
func (s *section) next(data []byte) (block, error) {
	if len(data) < minBlock {
		return block{size: minBlock}, nil
	}
	o := s.big
	isSection := binary.LittleEndian.Uint32(data) == blockSection // reads the same both ways
	if isSection {
		var err error
		if o, err = sectionOrder(data); err != nil {
			return block{}, err
		}
	} else if !s.started {
		return block{}, errNoSection
	}
	k := block{kind: o.u32(data)}
	n := o.u32(data[4:])
	if n < minBlock || isSection && n < sectionBlockMin || n > maxRecord {
		return block{}, fmt.Errorf("a block of type %#x claims %d bytes", k.kind, n)
	}
	// Some writers do not count the padding; Wireshark reads them, too.
	k.size = int(align4(n))
	if len(data) < k.size {
		return k, nil
	}
	if o.u32(data[k.size-4:]) != n {
		return block{}, errBlockLength
	}
	k.body = data[blockHead : k.size-4]
	return k, nil
}

// maxInterfaces bounds the interfaces of a section, which are kept until it
// ends. Merging captures can make thousands; more than this is no evidence but
// an attempt on the reader's memory.
const maxInterfaces = 1 << 16

// apply takes what a block says about those that follow. Damage in an interface
// description is kept until a packet of that interface comes.
func (s *section) apply(k *block, data []byte) error {
	switch k.kind {
	case blockSection:
		o, err := sectionOrder(data)
		if err != nil {
			return err
		}
		if v := o.u16(data[12:]); v != 1 {
			return fmt.Errorf("pcapng version %d.%d is not supported", v, o.u16(data[14:]))
		}
		*s = section{started: true, big: o}
	case blockInterface:
		if len(s.ifaces) >= maxInterfaces {
			return fmt.Errorf("a section describes more than %d interfaces", maxInterfaces)
		}
		s.ifaces = append(s.ifaces, s.describe(k.body))
	}
	return nil
}

// Options of an interface description that change how its packets are read.
// if_fcslen is none of them: a frame check sequence stands behind the packet,
// where the packet's own length cuts it off.
const (
	optName     = 2
	optTsResol  = 9
	optFilter   = 11
	optTsOffset = 14
)

// maxName bounds an interface name; Linux allows 15 bytes, Windows' are about 50.
const maxName = 255

// linkNone marks an interface whose description is too short to name a link type.
const linkNone = 1 << 16

// describe reads the body of an interface description block.
func (s *section) describe(body []byte) iface {
	f := iface{link: linkNone, units: 1e6}
	if len(body) < 8 {
		return f
	}
	f.link, f.snaplen = uint32(s.big.u16(body)), s.big.u32(body[4:])
	opts := options{s.big, body[8:]}
	for code, v, ok := opts.next(); ok; code, v, ok = opts.next() {
		switch {
		case code == optName && len(v) > 0:
			f.name = append([]byte(nil), cString(v[:min(len(v), maxName)])...)
		case code == optTsResol && len(v) >= 1:
			f.resolution(v[0])
		case code == optTsOffset && len(v) >= 8:
			f.offset = int64(s.big.u64(v))
		}
	}
	return f
}

// resolution takes if_tsresol: 10^-n, or 2^-n if the high bit is set. 10^19 is
// the largest power of ten in 64 bits.
func (f *iface) resolution(r uint8) {
	f.units, f.binary = 0, 0
	switch n := r & 0x7f; {
	case r&0x80 != 0 && n <= 63:
		if f.binary = n; n == 0 {
			f.units = 1
		}
	case r&0x80 == 0 && n <= 19:
		f.units = 1
		for range n {
			f.units *= 10
		}
	}
}

// maxSeconds is the largest second whose nanoseconds fit 64 bits (the year 2262).
const maxSeconds = 1<<63/1000000000 - 1

// time turns a stamp in the interface's units into Unix nanoseconds, rounded
// down. A stamp that has no such value, or no valid resolution, is event.NoTime.
func (f *iface) time(ts uint64) int64 {
	var sec, ns uint64
	switch {
	case f.units == 1e6: // the two usual ones, with divisors that the compiler knows
		sec, ns = ts/1e6, ts%1e6*1e3
	case f.units == 1e9:
		sec, ns = ts/1e9, ts%1e9
	case f.units != 0:
		sec = ts / f.units
		hi, lo := bits.Mul64(ts%f.units, 1e9)
		ns, _ = bits.Div64(hi, lo, f.units)
	case f.binary != 0:
		sec = ts >> f.binary
		hi, lo := bits.Mul64(ts&(1<<f.binary-1), 1e9)
		ns = hi<<(64-f.binary) | lo>>f.binary
	default:
		return event.NoTime
	}
	if sec > maxSeconds || f.offset > maxSeconds || f.offset < -maxSeconds {
		return event.NoTime
	}
	if s := int64(sec) + f.offset; s >= -maxSeconds && s <= maxSeconds {
		return s*1e9 + int64(ns)
	}
	return event.NoTime
}

// options walks the options at the end of a block. A missing end mark or an
// option that runs over the block's end ends the walk.
type options struct {
	big order
	b   []byte
}

func (o *options) next() (code uint16, value []byte, ok bool) {
	if len(o.b) < 4 {
		return 0, nil, false
	}
	code, n := o.big.u16(o.b), int(o.big.u16(o.b[2:]))
	if code == 0 || n > len(o.b)-4 {
		return 0, nil, false
	}
	value = o.b[4 : 4+n]
	o.b = o.b[min(4+align4(n), len(o.b)):]
	return code, value, true
}

// cString is b up to its first NUL.
func cString(b []byte) []byte {
	for i, c := range b {
		if c == 0 {
			return b[:i]
		}
	}
	return b
}

// sniffNG is Format.Sniff.
func sniffNG(head []byte, _ bool) error {
	if len(head) < minBlock || binary.LittleEndian.Uint32(head) != blockSection {
		return errors.New("does not begin with a section header block")
	}
	_, err := sectionOrder(head)
	return err
}
