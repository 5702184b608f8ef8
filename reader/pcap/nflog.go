package pcap

import (
	"fwreport/reader"
	"fwreport/reader/event"
)

// LINKTYPE_NFLOG: a header of four bytes, then TLVs. Lengths and types stand in
// the byte order of the machine that captured, values in network order
// (include/uapi/linux/netfilter/nfnetlink_log.h).

// Address families of the NFLOG header.
const (
	familyIPv4   = 2
	familyARP    = 3
	familyNetdev = 5
	familyIPv6   = 10
)

// TLV types.
const (
	tlvPacketHeader = 1
	tlvMark         = 2
	tlvTime         = 3
	tlvIn           = 4
	tlvOut          = 5
	tlvPhysIn       = 6
	tlvPhysOut      = 7
	tlvHWAddr       = 8
	tlvPayload      = 9
	tlvPrefix       = 10
	tlvUID          = 11
	tlvSeq          = 12
	tlvSeqGlobal    = 13
	tlvGID          = 14
	tlvHWType       = 15
	tlvHWHeader     = 16
	tlvLimit        = 32 // no kernel has a type so high
)

// nflogRecord is what the walk over the TLVs keeps to be joined afterwards.
type nflogRecord struct {
	family   uint8
	protocol uint16 // EtherType of the packet header TLV; 0 if it has none
	hwType   uint16
	hwHeader []byte
	prefix   []byte
	payload  []byte
	paid     bool // there was a payload
	timed    bool
	numbers  nflogNumbers
}

// nflogNumbers are the numbers that the kernel gave the record: of its group
// (NFULA_SEQ) and of all groups (NFULA_SEQ_GLOBAL), both modulo 2^32. They are
// there if the program that captured asked for them.
type nflogNumbers struct {
	group               uint16
	local, global       uint32
	hasLocal, hasGlobal bool
}

// sequences hands on the numbers of a record.
func (n *nflogNumbers) sequences(b *reader.Batch, record uint64, at int64) {
	if n.hasLocal {
		b.Sequences = append(b.Sequences, reader.Sequence{
			Record: record, Time: at, Stream: reader.NFLOGGroup + reader.Stream(n.group), N: uint64(n.local),
		})
	}
	if n.hasGlobal {
		b.Sequences = append(b.Sequences, reader.Sequence{Record: record, Time: at, Stream: reader.NFLOGGlobal, N: uint64(n.global)})
	}
}

// nflog decodes one record. It is an event whatever it holds, for the firewall
// wrote it; only a header that is not NFLOG's makes it malformed.
func (d *decoder) nflog(t target, f *frame) fate {
	d.numbers = nflogNumbers{}
	if len(f.data) < 4 {
		return fate{cut, "NFLOG header cut"}
	}
	if f.data[1] != 0 {
		return fate{unsupported, "NFLOG version is not supported"}
	}
	r := nflogRecord{family: f.data[0], hwType: arphrdEther}
	if t.det != nil {
		t.det.Group = int(be16(f.data[2:]))
	}
	r.numbers.group = be16(f.data[2:])
	d.walkTLVs(t, &r, f)
	d.numbers = r.numbers
	prefix, decision := d.decide(r.prefix)
	t.e.Prefix = prefix
	decision.apply(t)
	if !r.timed {
		// The record's own stamp is when the capturing program read the socket,
		// up to a second after the packet.
		t.e.Fields |= event.TimeImprecise
	}
	r.link(t)
	if r.paid {
		d.logged(t, &r)
	}
	return fate{}
}

// walkTLVs takes every TLV up to the first that cannot be one. What follows is
// stale memory of the capturing program: it is marked and never shown.
func (d *decoder) walkTLVs(t target, r *nflogRecord, f *frame) {
	b := f.data[4:]
	o := tlvOrder(f.big, b)
	for len(b) > 0 {
		if len(b) < 4 {
			t.e.Fields |= event.MalformedTail
			return
		}
		n := int(o.u16(b))
		if n < 4 || n > len(b) {
			t.e.Fields |= event.MalformedTail
			return
		}
		d.tlv(t, r, o.u16(b[2:])&0x7fff, b[4:n])
		b = b[min(align4(n), len(b)):]
	}
}

// tlvOrder is the byte order of the TLVs that b begins with: the file's, unless
// the first makes no sense so and does the other way round. That happens to
// files converted on another machine.
func tlvOrder(file order, b []byte) order {
	if !plausibleTLV(file, b) && plausibleTLV(!file, b) {
		return !file
	}
	return file
}

func plausibleTLV(o order, b []byte) bool {
	if len(b) < 4 {
		return false
	}
	n := int(o.u16(b))
	return n >= 4 && n <= len(b) && o.u16(b[2:])&0x7fff < tlvLimit
}

// tlv takes one TLV. A value that is shorter than its type needs is left out.
func (d *decoder) tlv(t target, r *nflogRecord, kind uint16, v []byte) {
	switch kind {
	case tlvPayload:
		r.payload, r.paid = v, true
		return
	case tlvPrefix:
		r.prefix = cString(v)
		return
	case tlvHWHeader:
		r.hwHeader = v
		return
	case tlvHWType:
		if len(v) >= 2 {
			r.hwType = be16(v)
		}
		return
	}
	if len(v) < 4 {
		return
	}
	switch kind {
	case tlvPacketHeader:
		r.protocol = be16(v)
		t.setHook(r.family, v[2])
	case tlvTime:
		r.timed = t.setTime(v)
	case tlvHWAddr:
		if len(v) >= 12 {
			sender(t, v[4:12], int(be16(v)))
		}
	case tlvSeq, tlvSeqGlobal:
		r.sequence(kind, be32(v))
	default:
		d.number(t, kind, be32(v))
	}
}

// sequence takes a sequence number. The kernel writes the payload last
// (net/netfilter/nfnetlink_log.c, __build_packet_message): what looks like a
// number behind it is stale memory, and would tell of losses that never were.
func (r *nflogRecord) sequence(kind uint16, n uint32) {
	switch {
	case r.paid:
	case kind == tlvSeq:
		r.numbers.local, r.numbers.hasLocal = n, true
	default:
		r.numbers.global, r.numbers.hasGlobal = n, true
	}
}

// number takes the TLVs that hold one number.
func (d *decoder) number(t target, kind uint16, n uint32) {
	switch kind {
	case tlvMark:
		t.e.Mark = n
		t.e.Fields |= event.HasMark
	case tlvIn:
		t.e.In = d.indexName(n)
	case tlvOut:
		t.e.Out = d.indexName(n)
	case tlvPhysIn:
		t.e.PhysIn = d.indexName(n)
	case tlvPhysOut:
		t.e.PhysOut = d.indexName(n)
	case tlvUID:
		t.e.UID = n
		t.e.Fields |= event.HasUID
	case tlvGID:
		if t.det != nil {
			t.det.GID, t.det.HasGID = n, true
		}
	}
}

// arpHooks are the hooks of the ARP family (linux/netfilter_arp.h), which has
// numbers of its own: in, out, forward.
var arpHooks = [...]event.Hook{event.Input, event.Output, event.Forward}

// setHook takes the hook. Netdev's numbers mean ingress and egress, bridge's
// fifth is brouting: Event has no word for them.
func (t target) setHook(family, n uint8) {
	switch {
	case family == familyARP && int(n) < len(arpHooks):
		t.e.Hook = arpHooks[n]
	case family != familyARP && family != familyNetdev && n <= uint8(event.Postrouting):
		t.e.Hook = event.Hook(n)
	default:
		return
	}
	t.e.Fields |= event.HasHook
}

// setTime takes the packet's own time: seconds and microseconds.
func (t target) setTime(v []byte) bool {
	if len(v) < 16 {
		return false
	}
	sec, usec := be64(v), be64(v[8:])
	if sec > maxSeconds || usec >= 1e6 {
		return false
	}
	t.e.Time = int64(sec)*1e9 + int64(usec)*1e3
	return true
}

// arphrdEther is the device type of Ethernet (if_arp.h).
const arphrdEther = 1

// link takes the link header: both MAC addresses if it is Ethernet's.
func (r *nflogRecord) link(t target) {
	h := r.hwHeader
	if r.hwType == arphrdEther && len(h) == etherLen {
		t.e.MACDst, t.e.MACSrc = [6]byte(h), [6]byte(h[6:])
		t.e.Fields |= event.HasMACDst | event.HasMACSrc
		return
	}
	if t.det != nil && len(h) > 0 {
		t.det.MACRaw = macString(h)
	}
}

// logged decodes the packet that was logged. The firewall may have been told to
// log only so many bytes of it.
func (d *decoder) logged(t target, r *nflogRecord) {
	switch d.network(t, r.etherType(), r.payload).class {
	case kept:
	case foreign:
		t.e.Fields |= event.NonIP
		if t.det != nil {
			t.det.Kind = "nonip"
		}
	case cut:
		t.truncate(r.payload)
	default:
		t.e.Fields |= event.MalformedTail
	}
}

// etherType is the EtherType of the payload, by the family where the record
// does not name it.
func (r *nflogRecord) etherType() uint16 {
	if r.protocol != 0 {
		return r.protocol
	}
	switch r.family {
	case familyIPv4:
		return etherIPv4
	case familyIPv6:
		return etherIPv6
	case familyARP:
		return etherARP
	}
	return anyIP
}
