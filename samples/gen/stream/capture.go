package stream

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"io"
	"time"
)

// Order is a byte order that can also append.
type Order interface {
	binary.ByteOrder
	binary.AppendByteOrder
}

// LinkType is a link type of tcpdump.org's list.
type LinkType uint32

// The link types that are written.
const (
	Null      LinkType = 0
	Ethernet  LinkType = 1
	PPP       LinkType = 9
	Raw       LinkType = 101
	Loop      LinkType = 108
	SLL       LinkType = 113 // Linux "any" device
	linkNFLOG LinkType = 239
	SLL2      LinkType = 276
)

// Capture says how a capture is written.
type Capture struct {
	Order Order // of the capturing machine
	Nano  bool  // nanoseconds instead of microseconds
	Link  LinkType
	Snap  int // bytes kept of a packet; 0 is all
}

const wholePackets = 262144 // tcpdump's snap length

// data is the packet with the header of the link type.
func (c Capture) data(p *Packet) []byte {
	kind := 0 // of the packet, as Linux counts: to this host
	if p.In == "" {
		kind = 4 // outgoing
	}
	switch c.Link {
	case Raw:
		return p.IP()
	case Null: // AF_INET, or Linux' AF_INET6, in the machine's order
		return append(c.Order.AppendUint32(nil, uint32(family(p))), p.IP()...)
	case Loop: // AF_INET, or OpenBSD's AF_INET6
		return append([]byte{0, 0, 0, map[bool]byte{false: 2, true: 24}[p.Is6()]}, p.IP()...)
	case PPP:
		return append([]byte{0xff, 3, 0, map[bool]byte{false: 0x21, true: 0x57}[p.Is6()]}, p.IP()...)
	case SLL:
		h := append([]byte{0, byte(kind), 0, 1, 0, 6}, p.MACSrc[:]...)
		return append(binary.BigEndian.AppendUint16(append(h, 0, 0), p.etherType()), p.IP()...)
	case SLL2:
		h := append(binary.BigEndian.AppendUint16(nil, p.etherType()), 0, 0, 0, 0, 0, 2, 0, 1, byte(kind), 6) // interface 2
		return append(append(append(h, p.MACSrc[:]...), 0, 0), p.IP()...)
	}
	return p.frame()
}

// cut is what the snap length leaves of b.
func (c Capture) cut(b []byte) []byte {
	if c.Snap > 0 && c.Snap < len(b) {
		return b[:c.Snap]
	}
	return b
}

func (c Capture) snapLen() uint32 {
	if c.Snap > 0 {
		return uint32(c.Snap)
	}
	return wholePackets
}

// Pcap writes ps as a classic capture file, version 2.4.
func (c Capture) Pcap(w io.Writer, ps []Packet) error {
	b := c.pcapHeader(c.Link)
	for i := range ps {
		b = c.pcapRecord(b, ps[i].Time, c.data(&ps[i]))
	}
	return flush(w, b)
}

func (c Capture) pcapHeader(link LinkType) []byte {
	magic := uint32(0xa1b2c3d4)
	if c.Nano {
		magic = 0xa1b23c4d
	}
	b := c.Order.AppendUint32(nil, magic)
	b = c.Order.AppendUint16(b, 2)
	b = c.Order.AppendUint16(b, 4)
	b = append(b, make([]byte, 8)...) // thiszone, sigfigs
	b = c.Order.AppendUint32(b, c.snapLen())
	return c.Order.AppendUint32(b, uint32(link))
}

func (c Capture) pcapRecord(b []byte, t time.Time, data []byte) []byte {
	fraction := uint32(t.Nanosecond())
	if !c.Nano {
		fraction /= 1000
	}
	kept := c.cut(data)
	for _, n := range [...]uint32{uint32(t.Unix()), fraction, uint32(len(kept)), uint32(len(data))} {
		b = c.Order.AppendUint32(b, n)
	}
	return append(b, kept...)
}

func flush(w io.Writer, b []byte) error {
	if _, err := w.Write(b); err != nil {
		return fmt.Errorf("writing a capture: %w", err)
	}
	return nil
}

// Block types and options of pcapng (draft-ietf-opsawg-pcapng).
const (
	sectionBlock   = 0x0a0d0d0a
	interfaceBlock = 1
	packetBlock    = 6
	statsBlock     = 5

	optionName       = 2 // if_name
	optionResolution = 9 // if_tsresol
	optionDropped    = 5 // isb_ifdrop
)

// PcapNG writes ps as one section with an interface description for each name
// among the packets' In and Out, in the order of their appearance, and dropped
// packets in a closing statistics block if dropped is not 0.
func (c Capture) PcapNG(w io.Writer, ps []Packet, dropped uint64) error {
	g := ng{Capture: c, ids: map[string]uint32{}}
	section := c.Order.AppendUint32(nil, 0x1a2b3c4d)
	section = c.Order.AppendUint16(section, 1)
	section = c.Order.AppendUint16(section, 0)
	g.block(sectionBlock, c.Order.AppendUint64(section, 1<<64-1)) // length unknown
	for i := range ps {
		g.packet(&ps[i])
	}
	if dropped > 0 && len(ps) > 0 {
		body := c.Order.AppendUint32(nil, 0)
		body = g.stamp(body, ps[len(ps)-1].Time)
		body = g.option(body, optionDropped, c.Order.AppendUint64(nil, dropped))
		g.block(statsBlock, append(body, 0, 0, 0, 0)) // end of options
	}
	return flush(w, g.Bytes())
}

// ng is a pcapng file in the making.
type ng struct {
	bytes.Buffer
	Capture
	ids map[string]uint32
}

// block writes a block; body is padded to four bytes.
func (g *ng) block(kind uint32, body []byte) {
	body = pad4(body)
	length := uint32(12 + len(body))
	g.Write(g.Order.AppendUint32(g.Order.AppendUint32(nil, kind), length))
	g.Write(body)
	g.Write(g.Order.AppendUint32(nil, length))
}

func pad4(b []byte) []byte { return append(b, make([]byte, -len(b)&3)...) }

// option appends one option; the end of options is four zero bytes.
func (g *ng) option(b []byte, code uint16, value []byte) []byte {
	b = g.Order.AppendUint16(b, code)
	b = g.Order.AppendUint16(b, uint16(len(value)))
	return pad4(append(b, value...))
}

// id is the number of the interface that saw p, described if it is new.
func (g *ng) id(p *Packet) uint32 {
	name := p.In
	if name == "" {
		name = p.Out
	}
	id, ok := g.ids[name]
	if !ok {
		id = uint32(len(g.ids))
		g.ids[name] = id
		g.describe(name)
	}
	return id
}

func (g *ng) describe(name string) {
	b := g.Order.AppendUint16(nil, uint16(g.Link))
	b = g.Order.AppendUint16(b, 0)
	b = g.Order.AppendUint32(b, g.snapLen())
	if name != "" {
		b = g.option(b, optionName, []byte(name))
	}
	digits := byte(6)
	if g.Nano {
		digits = 9
	}
	b = g.option(b, optionResolution, []byte{digits})
	g.block(interfaceBlock, append(b, 0, 0, 0, 0)) // end of options
}

// stamp appends a time as two words, the upper one first.
func (g *ng) stamp(b []byte, t time.Time) []byte {
	units := uint64(t.UnixNano())
	if !g.Nano {
		units /= 1000
	}
	b = g.Order.AppendUint32(b, uint32(units>>32))
	return g.Order.AppendUint32(b, uint32(units))
}

func (g *ng) packet(p *Packet) {
	id := g.id(p)
	data := g.data(p)
	kept := g.cut(data)
	b := g.stamp(g.Order.AppendUint32(nil, id), p.Time)
	b = g.Order.AppendUint32(b, uint32(len(kept)))
	b = g.Order.AppendUint32(b, uint32(len(data)))
	b = pad4(append(b, kept...))
	direction := uint32(1) // inbound
	if p.In == "" {
		direction = 2
	}
	b = g.option(b, 2, g.Order.AppendUint32(nil, direction)) // epb_flags
	g.block(packetBlock, append(b, 0, 0, 0, 0))
}

// NFLOG says how a capture of netfilter's log is made.
type NFLOG struct {
	Order Order
	Group uint16
	Index map[string]uint32 // numbers of the interfaces
	Delay time.Duration     // from a packet to the moment when the capturing program reads it
}

// Types of an NFLOG record's TLVs (include/uapi/linux/netfilter/nfnetlink_log.h).
const (
	tlvHeader = 1 + iota
	tlvMark
	tlvTime
	tlvIn
	tlvOut
	tlvPhysIn
	tlvPhysOut
	tlvHWAddr
	tlvPayload
	tlvPrefix
	tlvUID
	_
	_
	tlvGID
	tlvHWType
	tlvHWHeader
	tlvHWLen
)

// Pcap writes ps as tcpdump -i nflog:N does. Received packets carry their own
// time and link header; those sent by the machine itself have neither, and only
// the time of the record.
func (n NFLOG) Pcap(w io.Writer, ps []Packet) error {
	c := Capture{Order: n.Order, Link: linkNFLOG}
	b := c.pcapHeader(linkNFLOG)
	for i := range ps {
		p := &ps[i]
		read := p.Time
		if p.In != "" {
			read = read.Add(n.Delay)
		}
		b = c.pcapRecord(b, read, n.record(p))
	}
	return flush(w, b)
}

// record is one packet with its TLVs in the order of the kernel.
func (n NFLOG) record(p *Packet) []byte {
	b := binary.BigEndian.AppendUint16([]byte{family(p), 0}, n.Group)
	b = n.tlv(b, tlvHeader, append(binary.BigEndian.AppendUint16(nil, p.etherType()), p.Hook, 0))
	b = n.tlv(b, tlvPrefix, append([]byte(p.Prefix), 0))
	for _, f := range [...]struct {
		kind uint16
		name string
	}{{tlvIn, p.In}, {tlvOut, p.Out}, {tlvPhysIn, p.PhysIn}, {tlvPhysOut, p.PhysOut}} {
		if f.name != "" {
			b = n.tlv(b, f.kind, be32(n.Index[f.name]))
		}
	}
	if p.Mark != 0 {
		b = n.tlv(b, tlvMark, be32(p.Mark))
	}
	if p.Owner {
		b = n.tlv(b, tlvUID, be32(p.UID))
		b = n.tlv(b, tlvGID, be32(p.GID))
	}
	if p.In != "" {
		b = n.received(b, p)
	}
	return n.tlv(b, tlvPayload, p.IP())
}

// received appends what only packets from a device have.
func (n NFLOG) received(b []byte, p *Packet) []byte {
	if p.Link {
		b = n.tlv(b, tlvHWAddr, append([]byte{0, 6, 0, 0}, append(p.MACSrc[:], 0, 0)...))
		b = n.tlv(b, tlvHWType, []byte{0, 1})
		b = n.tlv(b, tlvHWLen, []byte{0, 14})
		b = n.tlv(b, tlvHWHeader, p.linkHeader())
	}
	t := binary.BigEndian.AppendUint64(nil, uint64(p.Time.Unix()))
	return n.tlv(b, tlvTime, binary.BigEndian.AppendUint64(t, uint64(p.Time.Nanosecond()/1000)))
}

// tlv appends one TLV: length and type in the machine's order, padded.
func (n NFLOG) tlv(b []byte, kind uint16, value []byte) []byte {
	b = n.Order.AppendUint16(b, uint16(4+len(value)))
	b = n.Order.AppendUint16(b, kind)
	b = append(b, value...)
	return append(b, make([]byte, -len(value)&3)...)
}

func be32(n uint32) []byte { return binary.BigEndian.AppendUint32(nil, n) }
