package pcap

import (
	"encoding/hex"
	"net/netip"
	"strings"

	"fwreport/reader/event"
)

// What goes to Detail only. Each function does nothing if no details are
// wanted, and takes header bytes rather than decoded layers, so that both ways
// of decoding give the same.

func (t target) describeIPv4(h []byte) {
	if t.det == nil {
		return
	}
	t.det.TOS, t.det.Prec = int(h[1]&0x1e), int(h[1]&0xe0)
	t.det.IPOptions = strings.ToUpper(hex.EncodeToString(h[20:]))
	t.det.HasFragOff = t.e.Has(event.Fragment)
}

func (t target) describeIPv6(h []byte) {
	if t.det == nil {
		return
	}
	t.det.TC = int(be16(h) >> 4 & 0xff)
	t.det.FlowLabel = int(be32(h) & 0xfffff)
}

// describeFragment takes an IPv6 fragment header.
func (t target) describeFragment(h []byte) {
	if t.det == nil {
		return
	}
	t.det.FragID, t.det.HasFragID, t.det.HasFragOff = be32(h[4:]), true, true
}

// describeTCP takes a TCP header of at least 20 bytes. Res is printed by the
// kernel as the reserved bits in place, less the 22 bits below them.
func (t target) describeTCP(h []byte) {
	if t.det == nil {
		return
	}
	t.det.Res = int(h[12]&0x0e) << 2
	t.det.URGP = int(be16(h[18:]))
	switch size := int(h[12]>>4) * 4; {
	case size > len(h):
		t.det.TCPOptions = "TRUNCATED"
	case size > 20:
		t.det.TCPOptions = strings.ToUpper(hex.EncodeToString(h[20:size]))
	}
}

// describeUDP takes UDP's length or UDP-Lite's checksum coverage.
func (t target) describeUDP(h []byte) {
	if t.det != nil && len(h) >= 8 {
		t.det.L4Len = int(be16(h[4:]))
	}
}

// describeSPI takes the SPI of AH or ESP, at offset at of a header of size bytes.
func (t target) describeSPI(h []byte, at, size int) {
	if len(h) < size {
		t.truncate(h)
	}
	if t.det != nil && len(h) >= at+4 {
		t.det.SPI, t.det.HasSPI = be32(h[at:]), true
	}
}

// describeICMP takes an ICMP message (RFC 792).
func (d *decoder) describeICMP(t target, m []byte) {
	if t.det == nil || len(m) < 8 {
		return
	}
	switch m[0] {
	case 0, 8: // echo
		t.det.ICMPID, t.det.ICMPSeq = int(be16(m[4:])), int(be16(m[6:]))
	case 5: // redirect
		t.det.Gateway = netip.AddrFrom4([4]byte(m[4:])).String()
	case 12: // parameter problem
		t.det.Param = int64(m[4])
	case 3:
		if m[1] == 4 { // fragmentation needed (RFC 1191)
			t.det.MTU = int(be16(m[6:]))
		}
	}
	switch m[0] {
	case 3, 4, 5, 11, 12:
		d.quote(t, m[8:], d.handIPv4)
	}
}

// describeICMPv6 takes an ICMPv6 message (RFC 4443). Types below 128 are errors.
func (d *decoder) describeICMPv6(t target, m []byte) {
	if t.det == nil || len(m) < 8 {
		return
	}
	switch m[0] {
	case 128, 129: // echo
		t.det.ICMPID, t.det.ICMPSeq = int(be16(m[4:])), int(be16(m[6:]))
	case 4: // parameter problem
		t.det.Pointer = int64(be32(m[4:]))
	case 2: // packet too big
		t.det.MTU = int(be32(m[4:]))
	}
	if m[0] >= 1 && m[0] <= 4 {
		d.quote(t, m[8:], d.handIPv6)
	}
}

// quote decodes the packet that an ICMP error quotes. It does not nest.
func (d *decoder) quote(t target, b []byte, decode func(target, []byte) fate) {
	if t.quoted || len(b) == 0 {
		return
	}
	in := &event.Inner{Detail: event.NewDetail()}
	in.Detail.Kind = "packet"
	if decode(target{&in.Event, &in.Detail, true}, b).class != kept {
		in.Event.Fields |= event.Truncated
	}
	t.det.Inner = in
}
