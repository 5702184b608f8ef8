package ulogd

import "fwreport/reader/event"

// What the keys of the IP header and of those behind it give.

// give sets a field of e from the value of a key, if the record has it, and notes
// that it is known.
func give[T uint8 | uint16 | uint32](r *record, k key, field *T, e *event.Event, known event.Fields) {
	if r.has(k) {
		*field = T(r.num[k])
		e.Fields |= known
	}
}

// isIPv6 asks the keys of the header first: they are the packet's own.
func (r *record) isIPv6() bool {
	switch {
	case r.given.meets(&ip6Keys):
		return true
	case r.given.meets(&ip4Keys):
		return false
	case r.has(kEtherType) && r.num[kEtherType] != 0:
		return r.num[kEtherType] == typeIPv6
	}
	return r.has(kFamily) && r.num[kFamily] == familyIPv6
}

func (r *record) network(e *event.Event) {
	if r.has(kProto) {
		e.Proto = event.IPProto(uint8(r.num[kProto]))
	}
	if r.isIPv6() {
		r.ipv6(e)
	} else {
		r.ipv4(e)
	}
}

func (r *record) ipv4(e *event.Event) {
	give(r, kTotalLen, &e.Len, e, event.HasLen)
	give(r, kTTL, &e.TTL, e, event.HasTTL)
	give(r, kTOS, &e.TOS, e, event.HasTOS)
	give(r, kID, &e.ID, e, event.HasID)
	if r.has(kFragOff) {
		r.fragment4(e)
	}
}

// fragment4 reads the word of flags and offset as it stands in the header.
func (r *record) fragment4(e *event.Event) {
	w := r.num[kFragOff]
	for _, f := range [...]struct {
		mask uint64
		bit  event.Fields
	}{{0x8000, event.Evil}, {0x4000, event.DF}, {0x2000, event.MF}} {
		if w&f.mask != 0 {
			e.Fields |= f.bit
		}
	}
	if off := uint32(w&0x1fff) * 8; off != 0 {
		e.FragOff = off
		e.Fields |= event.Fragment
	}
}

func (r *record) ipv6(e *event.Event) {
	e.Fields |= event.IPv6
	if e.Proto == event.NoProto && r.has(kNextHdr) {
		e.Proto = event.IPProto(uint8(r.num[kNextHdr]))
	}
	if r.has(kPayloadLen) {
		e.Len = uint32(r.num[kPayloadLen]) + 40
		e.Fields |= event.HasLen
	}
	give(r, kHopLimit, &e.TTL, e, event.HasTTL)
	give(r, kClass6, &e.TOS, e, event.HasTOS)
	if r.has(kFragOff6) && r.num[kFragOff6] != 0 {
		e.FragOff = uint32(r.num[kFragOff6])
		e.Fields |= event.Fragment
	}
}

// transport sets what stands behind the IP header. It is not asked for a later
// fragment: there ulogd decodes payload bytes, which the sender chose, as if
// they were a header.
func (r *record) transport(e *event.Event) {
	if e.Proto.HasPorts() {
		give(r, kSrcPort, &e.SrcPort, e, event.HasSrcPort)
		give(r, kDstPort, &e.DstPort, e, event.HasDstPort)
	}
	switch e.Proto {
	case event.TCP:
		r.tcp(e)
	case event.ICMP:
		r.icmp(e, kICMPType, kICMPCode)
	case event.ICMPv6:
		r.icmp(e, kICMP6Type, kICMP6Code)
	}
}

func (r *record) tcp(e *event.Event) {
	give(r, kSeq, &e.Seq, e, event.HasSeq)
	give(r, kAckSeq, &e.Ack, e, event.HasAck)
	give(r, kWindow, &e.Window, e, event.HasWindow)
	if r.has(kSYN) {
		e.Flags = r.flags()
		e.Fields |= event.HasFlags
	}
}

// flags are the TCP flags.
func (r *record) flags() event.TCPFlags {
	if r.flagged {
		return r.flagBits
	}
	return r.flagsOf()
}

// flagsOf makes them of the keys. kFIN to kURG are in the order of the header's
// bits, and so are the two bits of tcp.res2: ECE, CWR.
func (r *record) flagsOf() event.TCPFlags {
	var f event.TCPFlags
	for k := kFIN; k <= kURG; k++ {
		if r.has(k) {
			f |= event.TCPFlags(r.num[k]) << (k - kFIN)
		}
	}
	if r.has(kRes2) {
		f |= event.TCPFlags(r.num[kRes2]) << 6
	}
	return f
}

func (r *record) icmp(e *event.Event, typ, code key) {
	give(r, typ, &e.ICMPType, e, event.HasICMP)
	give(r, code, &e.ICMPCode, e, event.HasICMPCode)
}
