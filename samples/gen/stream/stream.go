// Package stream models logged packets and writes them in every input format of
// fwreport: kernel text in the envelopes of log daemons, dmesg, journalctl and
// container runtimes, the outputs of ulogd2, the logs of Proxmox, Sophos and the
// audit daemon, classic pcap, pcapng and NFLOG captures. The samples are made with it, and the
// equivalence test of the engine takes it as its oracle: one model, written in
// each format, has to give the same tables.
//
// It was written from descriptions of the formats (Linux nf_log_syslog.c,
// ulogd2's JSON output plug-in, LINKTYPE_NFLOG) and checked against lines that
// a genuine kernel and a genuine ulogd2 wrote. It shares no code with the
// readers, gopacket and its serialiser included: an oracle that makes the
// mistakes of what it tests is worth nothing.
//
// A Packet owns its slices; the writers only read them.
package stream

import (
	"net/netip"
	"time"
)

// Packet is one packet and the circumstances under which it was logged. Numbers
// are in host order.
type Packet struct {
	Time   time.Time
	Uptime time.Duration // since boot, to the microsecond
	Host   string
	Prefix string // verbatim, trailing space included
	Hook   uint8  // number of the netfilter hook, see the constants

	In, Out         string // interfaces, "" if none
	PhysIn, PhysOut string // bridge ports
	Link            bool   // there is an Ethernet header: MACSrc and MACDst
	MACSrc, MACDst  [6]byte

	Src, Dst netip.Addr
	TOS, TTL uint8  // whole byte; hop limit
	ID       uint16 // IPv4 only
	DF       bool   // IPv4 only
	MF       bool
	FragOff  uint16 // in units of 8 bytes, as in the header
	Flow     uint32 // IPv6 flow label
	FragID   uint32 // IPv6: there is a fragment header if MF or FragOff is set

	Proto            uint8
	SrcPort, DstPort uint16 // TCP, UDP, UDP-Lite
	Seq, Ack         uint32
	Flags            Flags
	Window, Urgent   uint16
	Options          []byte // of TCP, padded to a multiple of 4 bytes

	Type, Code uint8   // ICMP and ICMPv6
	Rest       uint32  // the second word of the ICMP header: ID and sequence, gateway, MTU, pointer
	Quoted     *Packet // the packet inside an ICMP error
	QuotedLen  int     // how many of its bytes are quoted; 0 is all

	SPI  uint32 // ESP; AH over IPv4 (over IPv6 it is an extension header, which is not modelled)
	Data []byte // what follows the transport header; all of it in a later fragment

	Mark     uint32
	Owner    bool // the packet has a local socket: UID and GID
	UID, GID uint32
}

// Netfilter hooks (include/uapi/linux/netfilter.h).
const (
	Prerouting = iota
	Input
	Forward
	Output
	Postrouting
)

// IP protocol numbers.
const (
	ICMP    = 1
	IGMP    = 2
	TCP     = 6
	UDP     = 17
	GRE     = 47
	ESP     = 50
	AH      = 51
	ICMPv6  = 58
	SCTP    = 132
	UDPLite = 136
)

// Flags are the flag bits of a TCP header.
type Flags uint16

// TCP flags.
const (
	FIN Flags = 1 << iota
	SYN
	RST
	PSH
	ACK
	URG
	ECE
	CWR
	AE
)

// Echo is the Rest of an ICMP echo.
func Echo(id, seq uint16) uint32 { return uint32(id)<<16 | uint32(seq) }

// Is6 reports whether p is an IPv6 packet.
func (p *Packet) Is6() bool { return p.Src.Is6() }

// Later reports whether p is a fragment other than the first: what it holds is
// no transport header.
func (p *Packet) Later() bool { return p.FragOff > 0 }

// HasPorts reports whether p shows ports on the wire.
func (p *Packet) HasPorts() bool {
	return !p.Later() && (p.Proto == TCP || p.Proto == UDP || p.Proto == UDPLite || p.Proto == SCTP)
}

// quoted are the bytes of the quoted packet that p holds.
func (p *Packet) quoted() []byte {
	if p.Quoted == nil {
		return nil
	}
	b := p.Quoted.IP()
	if p.QuotedLen > 0 && p.QuotedLen < len(b) {
		b = b[:p.QuotedLen]
	}
	return b
}
