package pcap

import (
	"encoding/binary"
	"errors"
	"fmt"

	"fwreport/reader"
)

// Format reads classic pcap: micro- and nanoseconds, both byte orders, the
// "modified" variant with 24-byte record headers, several captures one after
// another, and ulogd's captures that lost their header in a rotation.
var Format = &reader.Format{
	Name:        "pcap",
	Doc:         "Packet captures of tcpdump, ulogd2 and others (libpcap's classic format).",
	Packets:     true,
	Sniff:       sniffClassic,
	NewSplitter: func() reader.Splitter { return &classicSplitter{} },
	NewParser:   func(o *reader.Options) reader.Parser { return &classicParser{decoder: newDecoder(o)} },
	Records:     classicRecords,
}

// fileHeaderLen is the length of the header of a classic pcap file.
const fileHeaderLen = 24

// shortRecord is the length of a record's header but in the modified variant.
const shortRecord = 16

// swapRule tells when a record's two lengths stand in the wrong order, as old
// versions of the format had them (libpcap, sf-pcap.c).
type swapRule uint8

const (
	neverSwapped swapRule = iota
	swapped               // versions before 2.3
	maybeSwapped          // 2.3 and 543.0: if the captured length is the larger
)

// fileHeader is what a classic file header says. Its time zone field is
// ignored: ulogd2 fills it although its stamps are UTC.
type fileHeader struct {
	big       order
	nano      bool
	modified  bool // records have 24-byte headers with an interface index
	swap      swapRule
	link      uint32
	snaplen   uint32
	maxLen    uint32 // longest believable record
	recordLen int    // of a record's header: 16 or 24
}

// magics of classic pcap (libpcap, sf-pcap.c), as numbers.
const (
	magicMicro    = 0xa1b2c3d4
	magicNano     = 0xa1b23c4d
	magicModified = 0xa1b2cd34
)

// otherMagics are variants whose records look different and that nobody has
// described well enough to read them.
var otherMagics = map[uint32]string{
	0xa1b234cd: "Mesquita's",
	0xa12b3c4d: "Navtel's",
	0xa1b2c3cb: "the BPF program savefile's",
}

var (
	errNoMagic  = errors.New("does not begin with a capture's magic number")
	errTooShort = errors.New("too short for a capture header")
)

// magicOrder reports whether b begins with a magic number that can be read, and
// in which byte order.
func magicOrder(b []byte) (o order, ok bool) {
	switch binary.LittleEndian.Uint32(b) {
	case magicMicro, magicNano, magicModified:
		return false, true
	}
	switch binary.BigEndian.Uint32(b) {
	case magicMicro, magicNano, magicModified:
		return true, true
	}
	return false, false
}

// unreadableMagic names the variant that b begins with if it is a known one
// that cannot be read.
func unreadableMagic(b []byte) error {
	for _, m := range [2]uint32{binary.LittleEndian.Uint32(b), binary.BigEndian.Uint32(b)} {
		if name, ok := otherMagics[m]; ok {
			return fmt.Errorf("it is %s variant of pcap (magic %08x), which is not supported", name, m)
		}
	}
	return errNoMagic
}

// parseFileHeader reads the 24 bytes that b begins with.
func parseFileHeader(b []byte) (fileHeader, error) {
	o, ok := magicOrder(b)
	if !ok {
		return fileHeader{}, unreadableMagic(b)
	}
	major, minor := o.u16(b[4:]), o.u16(b[6:])
	swap, ok := versionSwap(major, minor)
	if !ok {
		return fileHeader{}, fmt.Errorf("pcap version %d.%d is not supported", major, minor)
	}
	h := fileHeader{big: o, swap: swap, snaplen: o.u32(b[16:]), recordLen: shortRecord}
	// The upper half of the field holds the FCS length and a link-type class.
	h.link = o.u32(b[20:]) & 0xffff
	h.maxLen = min(max(h.snaplen, usualRecord), maxRecord)
	switch o.u32(b) {
	case magicNano:
		h.nano = true
	case magicModified:
		h.modified, h.recordLen = true, 24
	}
	return h, nil
}

// versionSwap tells whether a version can be read, and how its lengths stand.
// 543.0 is DG/UX's tcpdump.
func versionSwap(major, minor uint16) (swapRule, bool) {
	switch {
	case major == 543 && minor == 0, major == 2 && minor == 3:
		return maybeSwapped, true
	case major == 2 && minor < 3:
		return swapped, true
	}
	return neverSwapped, major == 2
}

// lengths are a record's captured length and its length on the wire.
func (h *fileHeader) lengths(rec []byte) (captured, wire uint32) {
	captured, wire = h.big.u32(rec[8:]), h.big.u32(rec[12:])
	if h.swap == swapped || h.swap == maybeSwapped && captured > wire {
		return wire, captured
	}
	return captured, wire
}

// headerFollows reports whether b, at the place of a record, begins with a file
// header: captures put one after another, as by `zcat cap.1.gz cap.gz`. As a
// record it would be of the year 2055 or of no possible fraction of a second.
func headerFollows(b []byte) bool {
	if len(b) < 8 {
		return false
	}
	o, ok := magicOrder(b)
	return ok && o.u16(b[4:]) == 2 && o.u16(b[6:]) == 4
}

// sniffClassic is Format.Sniff. A header that is cut is still a capture's: the
// Splitter says what is missing.
func sniffClassic(head []byte, _ bool) error {
	if len(head) < 4 {
		return errTooShort
	}
	if _, ok := magicOrder(head); !ok {
		if headerless(head) {
			return nil
		}
		return unreadableMagic(head)
	}
	if len(head) < fileHeaderLen {
		return nil
	}
	_, err := parseFileHeader(head)
	return err
}
