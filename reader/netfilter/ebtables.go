package netfilter

import (
	"bytes"
	"encoding/hex"

	"fwreport/reader/event"
	"fwreport/reader/lex"
)

// ebtablesMark begins the text of ebtables' own logger behind IN= and OUT=
// (net/bridge/netfilter/ebt_log.c), which shares no key with nf_log:
//
//	MAC source = .. MAC dest = .. proto = 0x0800 IP SRC=a IP DST=b, IP tos=0xHH, IP proto=n SPT=u DPT=u
var ebtablesMark = []byte(" MAC source = ")

// ebtablesKeys are its keys; those that hold a space are more than one word, so
// the general loop cannot read them.
var ebtablesKeys = []string{
	" MAC source = ", " MAC dest = ", " proto = ",
	" IP SRC=", " IP DST=", " IP tos=", " IP proto=",
	" IPv6 SRC=", " IPv6 DST=", " Next Header=", " SPT=", " DPT=",
	" ARP HTYPE=", " PTYPE=", " OPCODE=",
	" ARP MAC SRC=", " ARP IP SRC=", " ARP MAC DST=", " ARP IP DST=",
}

// ebtables decodes the rest of a record of ebtables' logger.
func (b *body) ebtables() {
	b.own = true
	for b.pos < len(b.text) {
		if b.ebtablesPair() {
			continue
		}
		if b.text[b.pos] == ' ' {
			b.pos++
		}
		w, end := word(b.text, b.pos)
		b.pos = end
		if string(w) == "INCOMPLETE" {
			b.incomplete = true
			b.e.Fields |= event.Truncated
		}
	}
	if b.e.Proto == event.NoProto && !b.e.Has(event.HasSrc) && b.link {
		b.e.Fields |= event.NonIP
	}
}

func (b *body) ebtablesPair() bool {
	for _, key := range ebtablesKeys {
		if !b.at(key) {
			continue
		}
		v, end := word(b.text, b.pos+len(key))
		b.pos, b.last = end, 0
		b.ebtablesValue(key, bytes.TrimSuffix(v, []byte{','}))
		return true
	}
	return false
}

func (b *body) ebtablesValue(key string, v []byte) {
	switch key {
	case " MAC source = ":
		b.macPair("MACSRC", v)
	case " MAC dest = ":
		b.macPair("MACDST", v)
	case " proto = ":
		b.frameType(v)
	case " IP SRC=", " IPv6 SRC=":
		b.ebtablesSource(v)
	case " IP DST=", " IPv6 DST=":
		b.address(v, &b.e.Dst, event.HasDst, "DST")
	case " IP tos=":
		b.wholeTOS(v)
	case " IP proto=", " Next Header=":
		b.proto(v)
	case " SPT=":
		b.port(v, &b.e.SrcPort, event.HasSrcPort)
	case " DPT=":
		b.port(v, &b.e.DstPort, event.HasDstPort)
	default:
		b.ebtablesARP(key, v)
	}
}

func (b *body) ebtablesARP(key string, v []byte) {
	switch key {
	case " ARP HTYPE=":
		b.arpValue("HTYPE", v)
	case " PTYPE=":
		b.arpValue("PTYPE", v)
	case " OPCODE=":
		b.arpValue("OPCODE", v)
	case " ARP MAC SRC=":
		b.arpValue("MACSRC", v)
	case " ARP IP SRC=":
		b.arpValue("IPSRC", v)
	case " ARP MAC DST=":
		b.arpValue("MACDST", v)
	case " ARP IP DST=":
		b.arpValue("IPDST", v)
	}
}

// frameType is the ethertype. ARP is known by it, even if the header is cut.
func (b *body) frameType(v []byte) {
	n, ok := lex.Hex(v)
	if !ok || n > 0xffff {
		return
	}
	b.link = true
	if n == 0x0806 || n == 0x8035 {
		b.arp = true
		b.e.Proto = event.ARP
	}
	if b.d != nil {
		b.d.EtherType = hex.EncodeToString([]byte{byte(n >> 8), byte(n)})
	}
}

func (b *body) ebtablesSource(v []byte) {
	if bytes.IndexByte(v, ':') >= 0 {
		b.e.Fields |= event.IPv6
	}
	b.address(v, &b.e.Src, event.HasSrc, "SRC")
}

// wholeTOS is the byte as it stood in the header.
func (b *body) wholeTOS(v []byte) {
	if n, ok := lex.Hex(v); ok && n <= 0xff {
		b.e.TOS = uint8(n)
		b.set(event.HasTOS)
	}
}
