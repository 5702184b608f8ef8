package netfilter

import (
	"encoding/hex"
	"fmt"

	"fwreport/reader/event"
	"fwreport/reader/lex"
)

// mac is the link header as the kernel saw it: dst, src and ethertype of
// Ethernet, with a VLAN tag if it is 18 bytes long; the outer IPv4 header of an
// IP tunnel if it begins with 45; nothing for devices without a link header.
func (b *body) mac(v []byte) {
	b.link = true
	if len(v) < 14*3-1 {
		b.rawMAC(v)
		return
	}
	dst, ok1 := lex.MAC(v[:17])
	src, ok2 := lex.MAC(v[18:35])
	n := (len(v) + 1) / 3
	switch {
	case v[0] == '4' && v[1] == '5' && n >= 20:
		b.tunnelHeader(v)
	case ok1 && ok2 && (n == 14 || n == 18 && tagged(v)):
		b.e.MACDst, b.e.MACSrc = dst, src
		b.set(event.HasMACSrc | event.HasMACDst)
		b.etherType(v, n)
	default:
		b.rawMAC(v)
	}
}

// tagged reports whether bytes 12 and 13 are 802.1Q or 802.1ad.
func tagged(v []byte) bool {
	t := string(v[36:41])
	return t == "81:00" || t == "88:a8"
}

func (b *body) etherType(v []byte, n int) {
	at := 36
	if n == 18 {
		at = 48
		if hi, ok := lex.HexByte(v[42], v[43]); ok {
			if lo, ok := lex.HexByte(v[45], v[46]); ok && b.d != nil {
				b.tag(int(hi)<<8 | int(lo))
			}
		}
	}
	t := [4]byte{v[at], v[at+1], v[at+3], v[at+4]}
	if string(t[:]) != "0800" && string(t[:]) != "86dd" && string(t[:]) != "0806" {
		b.e.Fields |= event.NonIP // taken back if addresses follow
	}
	if b.d != nil {
		b.d.EtherType = string(t[:])
	}
}

func (b *body) rawMAC(v []byte) {
	if b.d != nil {
		b.d.MACRaw = string(v)
	}
}

// tag splits a VLAN tag: the kernel prints the whole TCI as VID.
func (b *body) tag(tci int) { b.d.VLAN, b.d.VLANPrio = tci&0xfff, tci>>13 }

// tunnelHeader takes the tunnel's ends from the outer IPv4 header.
func (b *body) tunnelHeader(v []byte) {
	if b.d == nil {
		return
	}
	raw := make([]byte, 0, 20)
	for i := 0; i+1 < len(v) && len(raw) < 20; i += 3 {
		x, ok := lex.HexByte(v[i], v[i+1])
		if !ok {
			return
		}
		raw = append(raw, x)
	}
	b.d.TunnelSrc = fmt.Sprintf("%d.%d.%d.%d", raw[12], raw[13], raw[14], raw[15])
	b.d.TunnelDst = fmt.Sprintf("%d.%d.%d.%d", raw[16], raw[17], raw[18], raw[19])
}

// macPair is MACSRC= or MACDST=: the link header's before the word ARP, the
// ARP payload's after it.
func (b *body) macPair(key string, v []byte) {
	m, ok := lex.MAC(v)
	switch {
	case !ok:
	case b.arp:
		b.arpValue(key, v)
	case key == "MACSRC":
		b.link = true
		b.e.MACSrc = m
		b.set(event.HasMACSrc)
	default:
		b.link = true
		b.e.MACDst = m
		b.set(event.HasMACDst)
	}
}

// vlan is the macdecode form of ethertype and tag.
func (b *body) vlan(key string, v []byte) {
	b.link = true
	if key == "MACPROTO" && string(v) != "0800" && string(v) != "86dd" && string(v) != "0806" {
		b.e.Fields |= event.NonIP
	}
	if b.d == nil {
		return
	}
	switch key {
	case "MACPROTO":
		b.d.EtherType = string(v)
	case "VPROTO":
		b.d.VProto = string(v)
	case "VID":
		if n, ok := lex.Uint16(v); ok {
			b.tag(int(n))
		}
	}
}

// arpValue is a field of the ARP payload. Its addresses are kept in the Detail:
// an ARP record has no packet source.
func (b *body) arpValue(key string, v []byte) {
	if b.d == nil {
		return
	}
	if b.d.ARP == nil {
		b.d.ARP = &event.ARPDetail{HType: -1, Op: -1}
	}
	a := b.d.ARP
	switch key {
	case "HTYPE":
		b.detailInt(v, func(d *event.Detail, n int) { a.HType = n })
	case "OPCODE":
		b.detailInt(v, func(d *event.Detail, n int) { a.Op = n })
	case "PTYPE":
		if n, ok := lex.Hex(v); ok {
			a.PType = hex.EncodeToString([]byte{byte(n >> 8), byte(n)})
		}
	case "MACSRC", "REPLY_MAC":
		a.MACSrc = string(v)
	case "MACDST":
		a.MACDst = string(v)
	case "IPSRC":
		a.IPSrc = string(v)
	case "IPDST":
		a.IPDst = string(v)
	}
}
