// Package canonical spells an event as fields with the names of the formats'
// description (section 9): what the tests of the readers compare, and what a
// person is shown of a record. It keeps nothing: values are numbers, booleans,
// strings, []string, or the []Field of a packet in the packet.
//
// A map was rejected as the result: a record is read from its envelope to its
// payload, and a map has no order.
package canonical

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"fwreport/reader/event"
)

// Field is one field of a record.
type Field struct {
	Name  string
	Value any
}

// Map is list by name, fields within fields too.
func Map(list []Field) map[string]any {
	m := make(map[string]any, len(list))
	for _, f := range list {
		if inside, ok := f.Value.([]Field); ok {
			m[f.Name] = Map(inside)
		} else {
			m[f.Name] = f.Value
		}
	}
	return m
}

// fields collects canonical fields; what is absent is left out.
type fields struct{ list []Field }

func (m *fields) str(key, v string) {
	m.when(v != "", key, v)
}

func (m *fields) add(key string, v any) { m.list = append(m.list, Field{key, v}) }

func (m *fields) when(has bool, key string, v any) {
	if has {
		m.add(key, v)
	}
}

// num is for the numbers of a Detail, where -1 is absent.
func (m *fields) num(key string, v int) { m.when(v >= 0, key, v) }

// count is num for the wider numbers of a FlowDetail.
func (m *fields) count(key string, v int64) { m.when(v >= 0, key, v) }

// Fields are the fields of e, in a fixed order. d may be nil. Absent fields are
// left out, and so are false ones.
func Fields(sym *event.Symbols, e *event.Event, d *event.Detail) []Field {
	if d == nil {
		n := event.NewDetail()
		d = &n
	}
	m := &fields{}
	m.envelope(sym, e, d)
	m.decision(sym, e, d)
	m.link(sym, e, d)
	m.network(e, d)
	m.transport(e, d)
	m.icmp(e, d)
	m.trailer(e, d)
	if d.Inner != nil {
		m.add("inner", inner(d.Inner))
	}
	if d.ARP != nil {
		m.add("arp", arp(d.ARP))
	}
	if d.Flow != nil {
		m.add("flow", flow(d.Flow))
	}
	return m.list
}

func (m *fields) envelope(sym *event.Symbols, e *event.Event, d *event.Detail) {
	m.add("kind", kind(e, d))
	m.when(e.Time != event.NoTime, "ts", stamp(e.Time))
	m.flags(e)
	m.str("host", sym.Name(e.Host))
	m.str("tag", d.Tag)
	m.when(d.HasPID, "pid", d.PID)
	m.num("pri", d.PRI)
	m.str("facility", d.Facility)
	m.level(d.Level)
	m.num("vmid", d.VMID)
	m.when(d.KmsgSeq >= 0, "kmsg_seq", d.KmsgSeq)
	m.when(e.Has(event.HasUptime), "uptime", float64(e.Uptime)/1e6)
	m.when(e.Count > 1, "repeat", e.Count)
	m.when(e.Has(event.Truncated), "truncated", true)
	m.when(e.Has(event.DamagedBefore), "damaged_before", true)
	m.when(e.Has(event.MalformedTail), "malformed_tail", true)
}

// level is a word, or a number where the source printed one.
func (m *fields) level(s string) {
	if n, err := strconv.Atoi(s); err == nil {
		m.add("level", n)
		return
	}
	m.str("level", s)
}

func kind(e *event.Event, d *event.Detail) string {
	switch {
	case d.Kind != "":
		return d.Kind
	case e.Has(event.NonIP):
		return "nonip"
	case e.Has(event.Flow):
		return "flow"
	}
	return "packet"
}

func stamp(t int64) string { return time.Unix(0, t).UTC().Format(time.RFC3339Nano) }

var stampFlags = []struct {
	bit  event.Fields
	name string
}{
	{event.TZAssumed, "tz_assumed"},
	{event.YearInferred, "year_inferred"},
	{event.TimeImprecise, "time_imprecise"},
	{event.TimeFolded, "time_folded"},
	{event.TimeGap, "time_gap"},
}

func (m *fields) flags(e *event.Event) {
	var names []string
	for _, f := range stampFlags {
		if e.Has(f.bit) {
			names = append(names, f.name)
		}
	}
	m.when(names != nil, "ts_flags", names)
}

func (m *fields) decision(sym *event.Symbols, e *event.Event, d *event.Detail) {
	m.str("prefix", sym.Name(e.Prefix))
	m.str("action", d.Class)
	m.str("action_source", d.ActionSource)
	m.str("category", d.Category)
	m.str("reason", sym.Name(e.Reason))
	m.str("chain", d.Chain)
	m.str("rule", d.Rule)
	m.str("front_end", d.FrontEnd)
}

func (m *fields) link(sym *event.Symbols, e *event.Event, d *event.Detail) {
	m.str("in", sym.Name(e.In))
	m.str("out", sym.Name(e.Out))
	m.str("physin", sym.Name(e.PhysIn))
	m.str("physout", sym.Name(e.PhysOut))
	m.when(e.Has(event.OutLocal), "direction", "local-out")
	m.when(e.Has(event.HasHook), "hook", e.Hook.String())
	m.num("group", d.Group)
	m.when(e.Has(event.HasMACDst), "mac_dst", mac(e.MACDst))
	m.when(e.Has(event.HasMACSrc), "mac_src", mac(e.MACSrc))
	m.str("ethertype", d.EtherType)
	m.str("mac_raw", d.MACRaw)
	m.num("vlan", d.VLAN)
	m.num("vlan_prio", d.VLANPrio)
	m.str("vproto", d.VProto)
	m.str("tunnel_src", d.TunnelSrc)
	m.str("tunnel_dst", d.TunnelDst)
}

func mac(b [6]byte) string {
	return fmt.Sprintf("%02x:%02x:%02x:%02x:%02x:%02x", b[0], b[1], b[2], b[3], b[4], b[5])
}

func (m *fields) network(e *event.Event, d *event.Detail) {
	m.when(e.Has(event.HasSrc), "src", address(e, e.Src))
	m.when(e.Has(event.HasDst), "dst", address(e, e.Dst))
	m.when(e.Has(event.AddrUnknown), "addr_unknown", true)
	m.when(e.Has(event.HasLen), "len", e.Len)
	m.num("tos", d.TOS)
	m.num("prec", d.Prec)
	m.when(e.Has(event.HasTOS), "tos_byte", e.TOS)
	m.num("tc", d.TC)
	m.num("flowlbl", d.FlowLabel)
	m.when(e.Has(event.HasTTL), "ttl", e.TTL)
	m.when(e.Has(event.HasID), "id", e.ID)
	m.when(e.Has(event.Evil), "ce", true)
	m.when(e.Has(event.DF), "df", true)
	m.when(e.Has(event.MF), "mf", true)
	m.when(e.Has(event.MF), "more_frags", true)
	m.when(d.HasFragOff || e.Has(event.Fragment), "frag_off", e.FragOff)
	m.when(d.HasFragID, "frag_id", d.FragID)
	m.str("ip_opt", d.IPOptions)
	m.when(d.ExtHeaders > 0, "ext_headers", d.ExtHeaders)
}

// address is a, or the network that is all that is known of it.
func address(e *event.Event, a event.Addr) string {
	if e.Has(event.AddrNet64) {
		return a.String() + "/64"
	}
	return a.String()
}

// named are the protocols that section 9 spells by name; all others are
// numbers.
var named = map[event.Proto]string{
	event.ICMP: "icmp", event.IGMP: "igmp", event.TCP: "tcp", event.UDP: "udp", event.DCCP: "dccp",
	event.GRE: "gre", event.ESP: "esp", event.AH: "ah", event.ICMPv6: "icmpv6", event.SCTP: "sctp",
	event.UDPLite: "udplite", event.ARP: "arp", event.AHorESP: "ah|esp",
}

// Proto is the canonical spelling of a protocol: a name in lower case, or its
// number; "" if not given.
func Proto(p event.Proto) string {
	if s, ok := named[p]; ok {
		return s
	}
	if n, ok := p.Number(); ok {
		return strconv.Itoa(int(n))
	}
	return p.String()
}

func (m *fields) transport(e *event.Event, d *event.Detail) {
	m.str("proto", Proto(e.Proto))
	m.when(e.Has(event.HasSrcPort), "spt", e.SrcPort)
	m.when(e.Has(event.HasDstPort), "dpt", e.DstPort)
	m.num("l4len", d.L4Len)
	m.when(e.Has(event.HasWindow), "window", e.Window)
	m.num("res", d.Res)
	m.when(e.Has(event.HasFlags), "flags", e.Flags.Names())
	m.num("urgp", d.URGP)
	m.when(e.Has(event.HasSeq), "seq", e.Seq)
	m.when(e.Has(event.HasAck), "ack", e.Ack)
	m.str("tcp_opt", d.TCPOptions)
	m.when(d.HasSPI, "spi", d.SPI)
	m.num("incomplete", d.Incomplete)
}

func (m *fields) icmp(e *event.Event, d *event.Detail) {
	m.when(e.Has(event.HasICMP), "icmp_type", e.ICMPType)
	m.when(e.Has(event.HasICMPCode), "icmp_code", e.ICMPCode)
	m.num("icmp_id", d.ICMPID)
	m.num("icmp_seq", d.ICMPSeq)
	m.str("gateway", d.Gateway)
	m.when(d.Param >= 0, "param", d.Param)
	m.when(d.Pointer >= 0, "pointer", d.Pointer)
	m.num("mtu", d.MTU)
}

func (m *fields) trailer(e *event.Event, d *event.Detail) {
	m.when(e.Has(event.HasUID), "uid", e.UID)
	m.when(d.HasGID, "gid", d.GID)
	m.when(e.Has(event.HasMark), "mark", e.Mark)
	m.when(len(d.Extra) > 0, "extra", d.Extra)
}

// inner is the quoted packet: it has no envelope, prefix or verdict.
func inner(in *event.Inner) []Field {
	m := &fields{}
	m.network(&in.Event, &in.Detail)
	m.transport(&in.Event, &in.Detail)
	m.icmp(&in.Event, &in.Detail)
	m.trailer(&in.Event, &in.Detail)
	m.when(in.Event.Has(event.Truncated), "truncated", true)
	if in.Detail.Inner != nil {
		m.add("inner", inner(in.Detail.Inner))
	}
	return m.list
}

func arp(a *event.ARPDetail) []Field {
	m := &fields{}
	m.num("htype", a.HType)
	m.num("op", a.Op)
	m.str("ptype", strings.TrimPrefix(a.PType, "0x"))
	m.str("mac_src", a.MACSrc)
	m.str("ip_src", a.IPSrc)
	m.str("mac_dst", a.MACDst)
	m.str("ip_dst", a.IPDst)
	return m.list
}

// flow is what conntrack's record says of the connection as a whole. The reply's
// ports and destination are not among the names of section 9.
func flow(f *event.FlowDetail) []Field {
	m := &fields{}
	m.str("event", f.Event)
	m.count("orig_packets", f.OrigPackets)
	m.count("orig_bytes", f.OrigBytes)
	m.count("reply_packets", f.ReplyPackets)
	m.count("reply_bytes", f.ReplyBytes)
	m.str("reply_src", f.ReplySrc)
	m.str("reply_dst", f.ReplyDst)
	m.num("reply_spt", f.ReplySrcPort)
	m.num("reply_dpt", f.ReplyDstPort)
	m.when(f.DNAT, "dnat", true)
	m.when(f.SNAT, "snat", true)
	m.count("duration_us", f.DurationUS)
	return m.list
}
