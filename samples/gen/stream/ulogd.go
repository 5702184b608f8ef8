package stream

import (
	"cmp"
	"encoding/binary"
	"fmt"
	"io"
	"net/netip"
	"slices"
	"strings"
	"time"
)

// Ulogd says how ulogd2 is set up.
type Ulogd struct {
	Zone  *time.Location    // of its machine; nil is UTC, for which it writes no offset
	Index map[string]uint32 // numbers of the interfaces
	Late  time.Duration     // from a packet to its writing, which is what GPRINT's and XML's stamps say
}

// JSON writes ps as the JSON output of ulogd2 2.0.8 does (stack NFLOG, BASE,
// IFINDEX, IP2STR, HWHDR, JSON): one object a line, keys in the plug-ins' order.
// The host is written as "device" is: key dvc.
func (u Ulogd) JSON(w io.Writer, ps []Packet) error {
	return lines(w, ps, func(p *Packet) string {
		head := record{}
		head.str("timestamp", u.stamp(p))
		head.str("dvc", cmp.Or(p.Host, "Netfilter"))
		return "{" + head.json() + ", " + u.record(p, true).json() + "}\n"
	})
}

// stamp is without offset where the zone is UTC.
func (u Ulogd) stamp(p *Packet) string {
	stamp := "2006-01-02T15:04:05.000000-0700"
	zone := u.zone()
	if zone == time.UTC {
		stamp = strings.TrimSuffix(stamp, "-0700")
	}
	return p.Time.In(zone).Format(stamp)
}

func (u Ulogd) zone() *time.Location {
	if u.Zone == nil {
		return time.UTC
	}
	return u.Zone
}

// GPRINT writes ps as that output does with timestamp=1 (stack NFLOG, BASE,
// IFINDEX, IP2STR, GPRINT): key=value with commas between, nothing escaped.
func (u Ulogd) GPRINT(w io.Writer, ps []Packet) error {
	return lines(w, ps, func(p *Packet) string {
		fields := []string{"timestamp=" + p.Time.Add(u.Late).In(u.zone()).Format("2006/01/02-15:04:05")}
		for _, f := range u.record(p, false) {
			fields = append(fields, f.key+"="+f.value)
		}
		return strings.Join(fields, ",") + "\n"
	})
}

// OPRINT writes ps as that output does: a line a field, the bytes of IPv4
// addresses in the order of a little-endian machine.
func (u Ulogd) OPRINT(w io.Writer, ps []Packet) error {
	return lines(w, ps, func(p *Packet) string {
		block := "===>PACKET BOUNDARY\n"
		for _, f := range u.record(p, false) {
			if f.key == "ip.saddr" || f.key == "ip.daddr" {
				f.value = reversed(f.value)
			}
			block += f.key + "=" + f.value + "\n"
		}
		return block
	})
}

func reversed(quad string) string {
	parts := strings.Split(quad, ".")
	slices.Reverse(parts)
	return strings.Join(parts, ".")
}

// record is a packet as ulogd's plug-ins hand it on: keys in their order.
type record []pair

type pair struct {
	key, value string
	text       bool
}

func (r *record) num(key string, n uint64) { *r = append(*r, pair{key, fmt.Sprint(n), false}) }
func (r *record) str(key, s string)        { *r = append(*r, pair{key, s, true}) }

// jsonNames are what BASE's and IP2STR's keys are called in JSON.
var jsonNames = map[string]string{
	"ip.saddr.str": "src_ip", "ip.daddr.str": "dest_ip",
	"tcp.sport": "src_port", "tcp.dport": "dest_port", "udp.sport": "src_port", "udp.dport": "dest_port",
}

func (r record) json() string {
	var members []string
	for _, f := range r {
		if f.text {
			f.value = `"` + strings.NewReplacer(`\`, `\\`, `"`, `\"`).Replace(f.value) + `"`
		}
		members = append(members, fmt.Sprintf("%q: %s", cmp.Or(jsonNames[f.key], f.key), f.value))
	}
	return strings.Join(members, ", ")
}

// record has the link header as text where HWHDR is in the stack, and the
// addresses as numbers where the output prints those.
func (u Ulogd) record(p *Packet, forJSON bool) record {
	var o record
	wire := p.IP()
	u.head(&o, p, len(wire))
	if !forJSON {
		o.str("ip.saddr", firstFour(p.Src))
		o.str("ip.daddr", firstFour(p.Dst))
	}
	if p.Is6() {
		o.ip6(p, wire)
	} else {
		o.ip4(wire)
	}
	if !forJSON {
		o.num("oob.protocol", uint64(p.etherType()))
	}
	o.str("oob.in", p.In)
	o.str("oob.out", p.Out)
	o.str("ip.saddr.str", p.Src.String())
	o.str("ip.daddr.str", p.Dst.String())
	if forJSON && p.Link && p.In != "" {
		o.str("mac.saddr.str", colons(p.MACSrc[:]))
		o.str("mac.daddr.str", colons(p.MACDst[:]))
		o.str("mac.str", colons(p.linkHeader()))
	}
	return o
}

// firstFour is what ulogd2 up to 2.0.8 prints of an address: four bytes.
func firstFour(a netip.Addr) string {
	return netip.AddrFrom4([4]byte(a.AsSlice()[:4])).String()
}

// head writes what ulogd knows beside the packet.
func (u Ulogd) head(o *record, p *Packet, length int) {
	o.num("raw.pktlen", uint64(length))
	o.num("raw.pktcount", 1)
	o.str("oob.prefix", p.Prefix)
	o.num("oob.time.sec", uint64(p.Time.Unix()))
	o.num("oob.time.usec", uint64(p.Time.Nanosecond()/1000))
	o.num("oob.mark", uint64(p.Mark))
	if p.In != "" {
		o.num("oob.ifindex_in", uint64(u.Index[p.In]))
	}
	if p.Out != "" {
		o.num("oob.ifindex_out", uint64(u.Index[p.Out]))
	}
	o.num("oob.hook", uint64(p.Hook))
	link := p.Link && p.In != ""
	if link {
		o.num("raw.mac_len", 14)
	}
	o.num("oob.family", uint64(family(p)))
	o.num("oob.protocol", uint64(p.etherType()))
	if p.Owner {
		o.num("oob.uid", uint64(p.UID))
		o.num("oob.gid", uint64(p.GID))
	}
	o.num("raw.label", 0)
	if link {
		o.num("raw.type", 1)
		o.num("raw.mac.addrlen", 6)
	}
}

// family is the address family, as nfnetlink numbers it.
func family(p *Packet) uint8 {
	if p.Is6() {
		return 10
	}
	return 2
}

// ip4 decodes the header as ulogd does, that is without a look at the fragment
// offset: the data of a later fragment are written as if they were a header.
func (o *record) ip4(b []byte) {
	o.num("ip.protocol", uint64(b[9]))
	o.num("ip.tos", uint64(b[1]))
	o.num("ip.ttl", uint64(b[8]))
	o.num("ip.totlen", be16(b[2:]))
	o.num("ip.ihl", uint64(b[0]&15))
	o.num("ip.csum", be16(b[10:]))
	o.num("ip.id", be16(b[4:]))
	o.num("ip.fragoff", be16(b[6:]))
	o.transport(b[9], b[20:])
}

// ip6 leaves ip.protocol out for ESP and for later fragments, which it does not
// decode either.
func (o *record) ip6(p *Packet, b []byte) {
	decoded := p.Proto != ESP && !p.Later()
	if decoded {
		o.num("ip.protocol", uint64(p.Proto))
	}
	o.num("ip6.payloadlen", be16(b[4:]))
	o.num("ip6.priority", uint64(p.TOS))
	o.num("ip6.flowlabel", uint64(p.Flow))
	o.num("ip6.hoplimit", uint64(p.TTL))
	o.num("ip6.nexthdr", uint64(p.Proto))
	body := b[40:]
	if p.fragmented() {
		o.num("ip6.fragoff", uint64(p.FragOff)*8)
		o.num("ip6.fragid", uint64(p.FragID))
		body = b[48:]
	}
	if decoded {
		o.transport(p.Proto, body)
	}
}

// transport decodes TCP, UDP, ICMP and ICMPv6; ulogd knows no UDP-Lite.
func (o *record) transport(proto uint8, b []byte) {
	switch {
	case proto == TCP && len(b) >= 20:
		o.tcp(b)
	case proto == UDP && len(b) >= 8:
		o.num("udp.sport", be16(b))
		o.num("udp.dport", be16(b[2:]))
		o.num("udp.len", be16(b[4:]))
		o.num("udp.csum", be16(b[6:]))
	case proto == ICMP && len(b) >= 8:
		o.icmp("icmp.", b, b[0] == 0 || b[0] == 8)
	case proto == ICMPv6 && len(b) >= 8:
		o.icmp("icmpv6.", b, b[0] == 128 || b[0] == 129)
	}
}

func (o *record) tcp(b []byte) {
	o.num("tcp.sport", be16(b))
	o.num("tcp.dport", be16(b[2:]))
	o.num("tcp.seq", uint64(binary.BigEndian.Uint32(b[4:])))
	o.num("tcp.ackseq", uint64(binary.BigEndian.Uint32(b[8:])))
	o.num("tcp.window", be16(b[14:]))
	o.num("tcp.offset", 0) // always, on little-endian machines
	o.num("tcp.reserved", 0)
	flags := b[13]
	o.num("tcp.urg", uint64(flags>>5&1))
	if flags>>5&1 != 0 {
		o.num("tcp.urgp", be16(b[18:]))
	}
	o.num("tcp.ack", uint64(flags>>4&1))
	o.num("tcp.psh", uint64(flags>>3&1))
	o.num("tcp.rst", uint64(flags>>2&1))
	o.num("tcp.syn", uint64(flags>>1&1))
	o.num("tcp.fin", uint64(flags&1))
	o.num("tcp.res1", uint64(b[12]&15))
	o.num("tcp.res2", uint64(flags>>6))
	o.num("tcp.csum", be16(b[16:]))
}

func (o *record) icmp(kind string, b []byte, echo bool) {
	o.num(kind+"type", uint64(b[0]))
	o.num(kind+"code", uint64(b[1]))
	if echo {
		o.num(kind+"echoid", be16(b[4:]))
		o.num(kind+"echoseq", be16(b[6:]))
	}
	o.num(kind+"csum", be16(b[2:]))
}

func be16(b []byte) uint64 { return uint64(binary.BigEndian.Uint16(b)) }
