package stream

import (
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"net/netip"
	"strings"
)

// LogFlags are the options of the LOG target (xt_LOG) and of nft's log
// statement: what is printed beyond the default.
type LogFlags struct {
	Sequence   bool // SEQ= ACK= of TCP
	TCPOptions bool // OPT ( ) of TCP
	Owner      bool // UID= GID=
	MACDecode  bool // MACSRC= MACDST= MACPROTO= instead of MAC=
}

// AllFlags are those of `log flags all`, but for IP options.
var AllFlags = LogFlags{true, true, true, true}

// LogText is the line that the kernel logs for p (net/netfilter/nf_log_syslog.c,
// nf_log_ip_packet), prefix first, with the space that ends it.
func (p *Packet) LogText(f LogFlags) string {
	t := text{flags: f}
	t.printf("%sIN=%s OUT=%s ", p.Prefix, p.In, p.Out)
	if p.PhysIn != "" {
		t.printf("PHYSIN=%s ", p.PhysIn)
	}
	if p.PhysOut != "" {
		t.printf("PHYSOUT=%s ", p.PhysOut)
	}
	if p.In != "" {
		t.link(p)
	}
	wire := p.IP()
	t.network(p, len(wire), true)
	return t.String()
}

// text builds a line.
type text struct {
	strings.Builder
	flags LogFlags
}

func (t *text) printf(format string, args ...any) { fmt.Fprintf(t, format, args...) }

func (t *text) link(p *Packet) {
	switch {
	case p.Link && t.flags.MACDecode:
		t.printf("MACSRC=%s MACDST=%s MACPROTO=%04x ", colons(p.MACSrc[:]), colons(p.MACDst[:]), p.etherType())
	case p.Link:
		t.printf("MAC=%s ", colons(p.linkHeader()))
	case !t.flags.MACDecode:
		t.printf("MAC= ")
	}
}

// colons are hex pairs with colons between.
func colons(b []byte) string {
	pairs := make([]string, len(b))
	for i, x := range b {
		pairs[i] = fmt.Sprintf("%02x", x)
	}
	return strings.Join(pairs, ":")
}

// network prints the IP header and what follows. have is how many bytes of the
// packet there are; outer is false for a quoted one.
func (t *text) network(p *Packet, have int, outer bool) {
	header := 20
	if p.Is6() {
		header = 40
	}
	if have < header {
		t.printf("TRUNCATED")
		return
	}
	if p.Is6() {
		header = t.ip6(p)
	} else {
		t.ip4(p)
	}
	if have < header {
		t.printf("TRUNCATED")
		return
	}
	if !t.transport(p, have-header, outer) || !outer {
		return
	}
	if p.Owner && t.flags.Owner {
		t.printf("UID=%d GID=%d ", p.UID, p.GID)
	}
	if p.Mark != 0 {
		t.printf("MARK=0x%x ", p.Mark)
	}
}

func (t *text) ip4(p *Packet) {
	t.printf("SRC=%s DST=%s LEN=%d TOS=0x%02X PREC=0x%02X TTL=%d ID=%d ",
		p.Src, p.Dst, len(p.IP()), p.TOS&0x1e, p.TOS&0xe0, p.TTL, p.ID)
	if p.DF {
		t.printf("DF ")
	}
	if p.MF {
		t.printf("MF ")
	}
	if p.FragOff > 0 {
		t.printf("FRAG:%d ", p.FragOff)
	}
}

// ip6 prints the header and a fragment header, and returns their length.
func (t *text) ip6(p *Packet) int {
	t.printf("SRC=%s DST=%s LEN=%d TC=%d HOPLIMIT=%d FLOWLBL=%d ",
		p.Src.StringExpanded(), p.Dst.StringExpanded(), len(p.IP()), p.TOS, p.TTL, p.Flow)
	if !p.fragmented() {
		return 40
	}
	t.printf("FRAG:%d ", p.FragOff*8)
	if p.MF {
		t.printf("INCOMPLETE ")
	}
	t.printf("ID:%08x ", p.FragID)
	return 48
}

// transport prints what follows; false if the kernel ends the line there.
func (t *text) transport(p *Packet, have int, outer bool) bool {
	switch p.Proto {
	case TCP:
		return t.tcp(p, have)
	case UDP, UDPLite:
		return t.udp(p, have)
	case ICMP:
		return t.icmp(p, have, outer)
	case ICMPv6:
		return t.icmp6(p, have, outer)
	case AH, ESP:
		return t.security(p, have)
	}
	t.printf("PROTO=%d ", p.Proto)
	return true
}

// incomplete prints that a header of size bytes is not all there.
func (t *text) incomplete(have, size int) bool {
	if have < size {
		t.printf("INCOMPLETE [%d bytes] ", have)
	}
	return have < size
}

func (t *text) tcp(p *Packet, have int) bool {
	t.printf("PROTO=TCP ")
	if p.Later() {
		return true
	}
	if t.incomplete(have, 20) {
		return false
	}
	t.printf("SPT=%d DPT=%d ", p.SrcPort, p.DstPort)
	if t.flags.Sequence {
		t.printf("SEQ=%d ACK=%d ", p.Seq, p.Ack)
	}
	t.printf("WINDOW=%d RES=0x00 ", p.Window)
	for i, name := range [...]string{"AE", "CWR", "ECE", "URG", "ACK", "PSH", "RST", "SYN", "FIN"} {
		if p.Flags&(AE>>i) != 0 {
			t.printf("%s ", name)
		}
	}
	t.printf("URGP=%d ", p.Urgent)
	if t.flags.TCPOptions && len(p.Options) > 0 {
		if have < 20+len(p.Options) {
			t.printf("OPT (TRUNCATED)")
			return false
		}
		t.printf("OPT (%s) ", strings.ToUpper(hex.EncodeToString(p.Options)))
	}
	return true
}

func (t *text) udp(p *Packet, have int) bool {
	name := "UDP"
	if p.Proto == UDPLite {
		name = "UDPLITE"
	}
	t.printf("PROTO=%s ", name)
	if p.Later() {
		return true
	}
	if t.incomplete(have, 8) {
		return false
	}
	t.printf("SPT=%d DPT=%d LEN=%d ", p.SrcPort, p.DstPort, 8+len(p.Data))
	return true
}

// icmpNeeds is how many bytes a message has to have before its contents are
// printed; types that are not listed print none.
var icmpNeeds = map[uint8]int{0: 4, 3: 28, 4: 28, 5: 28, 8: 4, 11: 28, 12: 28, 13: 20, 14: 20, 17: 12, 18: 12}

func (t *text) icmp(p *Packet, have int, outer bool) bool {
	t.printf("PROTO=ICMP ")
	if p.Later() {
		return true
	}
	if t.incomplete(have, 8) {
		return true
	}
	t.printf("TYPE=%d CODE=%d ", p.Type, p.Code)
	if t.incomplete(have, icmpNeeds[p.Type]) {
		return true
	}
	switch p.Type {
	case 0, 8:
		t.printf("ID=%d SEQ=%d ", p.Rest>>16, p.Rest&0xffff)
	case 12:
		t.printf("PARAMETER=%d ", p.Rest>>24)
	case 5:
		t.printf("GATEWAY=%s ", netip.AddrFrom4([4]byte(binary.BigEndian.AppendUint32(nil, p.Rest))))
	}
	switch p.Type {
	case 3, 4, 5, 11:
		t.quote(p, outer)
	}
	if outer && p.Type == 3 && p.Code == 4 {
		t.printf("MTU=%d ", p.Rest&0xffff)
	}
	return true
}

func (t *text) icmp6(p *Packet, have int, outer bool) bool {
	t.printf("PROTO=ICMPv6 ")
	if p.Later() {
		return true
	}
	if t.incomplete(have, 8) {
		return true
	}
	t.printf("TYPE=%d CODE=%d ", p.Type, p.Code)
	switch p.Type {
	case 128, 129:
		t.printf("ID=%d SEQ=%d ", p.Rest>>16, p.Rest&0xffff)
	case 4:
		t.printf("POINTER=%08x ", p.Rest)
	}
	if p.Type >= 1 && p.Type <= 4 {
		t.quote(p, outer)
	}
	if outer && p.Type == 2 {
		t.printf("MTU=%d ", p.Rest)
	}
	return true
}

// quote prints the packet inside an ICMP error; it does not nest.
func (t *text) quote(p *Packet, outer bool) {
	if !outer || p.Quoted == nil {
		return
	}
	t.printf("[")
	t.network(p.Quoted, len(p.quoted()), false)
	t.printf("] ")
}

// security prints AH and ESP. Before ESP over IPv6 the kernel ends the line,
// unless IP options are asked for.
func (t *text) security(p *Packet, have int) bool {
	switch {
	case p.Is6():
		return false
	case p.Proto == AH && p.Later():
		return true
	}
	name, size := "ESP", 8
	if p.Proto == AH {
		name, size = "AH", 12
	}
	t.printf("PROTO=%s ", name)
	if p.Later() || t.incomplete(have, size) {
		return true
	}
	t.printf("SPI=0x%x ", p.SPI)
	return true
}
