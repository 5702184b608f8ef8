package stream

import (
	"fmt"
	"io"
	"strings"
	"time"
)

// Proxmox writes ps as pve-firewall.log (pvefw-logger.c): what the kernel prints
// without RES and URGP, and without the interface that there is not. TCP, UDP and
// ICMP over IPv4 only.
func Proxmox(w io.Writer, ps []Packet, zone *time.Location) error {
	return lines(w, ps, func(p *Packet) string {
		var t text
		t.printf("117 6 tap117i0-IN %s %s", p.Time.In(zone).Format("02/Jan/2006:15:04:05 -0700"), p.Prefix)
		for _, f := range [...][2]string{{"IN", p.In}, {"OUT", p.Out}} {
			if f[1] != "" {
				t.printf("%s=%s ", f[0], f[1])
			}
		}
		if p.Link && p.In != "" {
			t.printf("MAC=%s ", colons(p.linkHeader()))
		}
		t.ip4(p)
		t.proxmoxBody(p)
		return t.String() + "\n"
	})
}

func (t *text) proxmoxBody(p *Packet) {
	switch p.Proto {
	case TCP:
		t.printf("PROTO=TCP SPT=%d DPT=%d SEQ=%d ACK=%d WINDOW=%d ", p.SrcPort, p.DstPort, p.Seq, p.Ack, p.Window)
		for _, name := range p.Flags.names() {
			t.printf("%s ", name)
		}
	case UDP:
		t.printf("PROTO=UDP SPT=%d DPT=%d LEN=%d", p.SrcPort, p.DstPort, len(p.Data))
	default:
		t.printf("PROTO=ICMP TYPE=%d CODE=%d ", p.Type, p.Code)
	}
	if p.Mark != 0 {
		t.printf("mark=%d", p.Mark)
	}
}

// Sophos writes ps as Sophos UTM does: pairs of key="value". The prefix is what
// it names a record; what begins with "Packet accepted" was accepted.
func Sophos(w io.Writer, ps []Packet, zone *time.Location) error {
	return lines(w, ps, func(p *Packet) string {
		action := "drop"
		if strings.HasPrefix(p.Prefix, "Packet accepted") {
			action = "accept"
		}
		var t text
		t.printf("%s %s ulogd[4242]: id=\"2001\" severity=\"info\" sys=\"SecureNet\" sub=\"packetfilter\"", p.Time.In(zone).Format("2006:01:02-15:04:05"), p.Host)
		pair := func(key string, value any) { t.printf(" %s=\"%v\"", key, value) }
		pair("name", p.Prefix)
		pair("action", action)
		pair("fwrule", 60001)
		for _, f := range [...][2]string{{"initf", p.In}, {"outitf", p.Out}} {
			if f[1] != "" {
				pair(f[0], f[1])
			}
		}
		pair("srcip", p.Src)
		pair("dstip", p.Dst)
		pair("proto", p.Proto)
		pair("length", len(p.IP()))
		pair("tos", fmt.Sprintf("0x%02x", p.TOS&0x1e))
		pair("prec", fmt.Sprintf("0x%02x", p.TOS&0xe0))
		pair("ttl", p.TTL)
		if p.HasPorts() {
			pair("srcport", p.SrcPort)
			pair("dstport", p.DstPort)
		}
		if p.Proto == TCP {
			pair("tcpflags", strings.Join(p.Flags.names(), " "))
		}
		return t.String() + "\n"
	})
}

// names are the flags that every program prints, in the kernel's order.
func (f Flags) names() (names []string) {
	for i, name := range [...]string{"URG", "ACK", "PSH", "RST", "SYN", "FIN"} {
		if f&(URG>>i) != 0 {
			names = append(names, name)
		}
	}
	return names
}

// Audit writes ps as the audit daemon does with records of the AUDIT target
// before Linux 4.13 (net/netfilter/xt_AUDIT.c), action "drop". There is no host
// and no prefix.
func Audit(w io.Writer, ps []Packet) error {
	number := 455
	return lines(w, ps, func(p *Packet) string {
		number++
		var t text
		t.printf("type=NETFILTER_PKT msg=audit(%d.%03d:%d): action=1 hook=%d len=%d inif=%s outif=%s", p.Time.Unix(), p.Time.Nanosecond()/1e6, number, p.Hook, len(p.IP()), orUnknown(p.In), orUnknown(p.Out))
		if p.Mark != 0 {
			t.printf(" mark=0x%x", p.Mark)
		}
		if p.Link && p.In != "" {
			t.printf(" smac=%s dmac=%s macproto=0x%04x", colons(p.MACSrc[:]), colons(p.MACDst[:]), p.etherType())
		}
		t.printf(" saddr=%s daddr=%s", p.Src, p.Dst)
		if !p.Is6() {
			t.printf(" ipid=%d", p.ID)
		}
		t.printf(" proto=%d", p.Proto)
		switch p.Proto {
		case TCP, UDP:
			t.printf(" sport=%d dport=%d", p.SrcPort, p.DstPort)
		case ICMP, ICMPv6:
			t.printf(" icmptype=%d icmpcode=%d", p.Type, p.Code)
		}
		return t.String() + "\n"
	})
}

func orUnknown(name string) string {
	if name == "" {
		return "?"
	}
	return name
}
