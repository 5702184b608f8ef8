package netfilter

import (
	"testing"

	"fwreport/reader/event"
	"fwreport/reader/lex"
	"fwreport/reader/readertest"
)

// TestOthers reads records of loggers that do not use nf_log's words.
func TestOthers(t *testing.T) {
	ebt := "E  IN=eth0 OUT=eth1 MAC source = 02:00:5e:00:53:01 MAC dest = 02:00:5e:00:53:77 proto = "
	for _, tt := range []struct {
		name  string
		parse func(*Parser, *event.Event, *event.Detail, []byte) (Outcome, string)
		msg   string
		want  map[string]any // nil: malformed
	}{
		{"ebtables, type only", (*Parser).Parse, ebt + "0x88b5",
			map[string]any{"kind": "nonip", "ethertype": "88b5", "mac_dst": "02:00:5e:00:53:77", "truncated": nil}},
		{"ebtables, ARP cut", (*Parser).Parse, ebt + "0x0806 INCOMPLETE ARP header",
			map[string]any{"kind": "packet", "proto": "arp", "truncated": true}},
		{"ebtables, old IPv6", (*Parser).Parse, ebt + "0x86dd IPv6 SRC=2001:db8:0:0:0:0:0:7 IPv6 DST=fe80:0:0:0:0:0:0:1, IPv6 priority=0x0, Next Header=17 SPT=5353 DPT=53",
			map[string]any{"src": "2001:db8::7", "dst": "fe80::1", "proto": "udp", "spt": 5353.0, "dpt": 53.0, "truncated": nil}},
		{"ebtables, bad address", (*Parser).Parse, ebt + "0x0800 IP SRC=192.0.2.777 IP DST=192.0.2.78, IP tos=0x00, IP proto=6", nil},
		{"proxmox, out only", (*Parser).ParseProxmox, "ACCEPT: OUT=vmbr0 SRC=192.0.2.10 DST=198.51.100.7 LEN=84 TOS=0x00 PREC=0x00 TTL=64 ID=1 PROTO=ICMP TYPE=8 CODE=0 ID=7 SEQ=1 ",
			map[string]any{"in": nil, "out": "vmbr0", "action": "accept", "front_end": "proxmox", "icmp_type": 8.0, "icmp_id": 7.0, "truncated": nil}},
		{"proxmox, both", (*Parser).ParseProxmox, "policy DROP: IN=vmbr1 OUT=vmbr2 PHYSOUT=tap1 SRC=192.0.2.10 DST=198.51.100.7 LEN=40 PROTO=TCP SPT=1 DPT=2 ",
			map[string]any{"in": "vmbr1", "out": "vmbr2", "physout": "tap1", "action": "drop", "dpt": 2.0}},
		{"proxmox, forged prefix", (*Parser).ParseProxmox, "x IN=fake y IN=vmbr1 SRC=192.0.2.10 DST=198.51.100.7 PROTO=UDP SPT=1 DPT=2 LEN=8 ",
			map[string]any{"in": "vmbr1", "prefix": "x IN=fake y ", "l4len": 8.0}},
		{"audit, no addresses", (*Parser).ParseAudit, "mark=0x0 saddr=? daddr=? proto=?",
			map[string]any{"src": nil, "addr_unknown": true, "proto": nil, "action": "unknown"}},
		{"audit, ICMP accepted", (*Parser).ParseAudit, "action=0 hook=3 len=84 inif=? outif=eth1 saddr=192.0.2.10 daddr=198.51.100.7 ipid=1 proto=1 icmptype=8 icmpcode=0",
			map[string]any{"action": "accept", "hook": "OUTPUT", "in": nil, "out": "eth1", "icmp_type": 8.0, "icmp_code": 0.0, "len": 84.0}},
		{"audit, bad address", (*Parser).ParseAudit, "saddr=192.0.2.999 daddr=198.51.100.7 proto=6", nil},
		{"audit, nothing", (*Parser).ParseAudit, "mark=0x1", nil},
		{"sophos, ICMP", (*Parser).ParseSophos, `id="2002" sub="packetfilter" name="Packet accepted" action="accept" outitf="eth1" srcip="192.0.2.10" dstip="198.51.100.7" proto="1" length="84" ttl="64" type="3" code="1"`,
			map[string]any{"action": "accept", "prefix": "Packet accepted", "out": "eth1", "icmp_type": 3.0, "icmp_code": 1.0, "front_end": "sophos"}},
		{"sophos, cut in a value", (*Parser).ParseSophos, `id="2001" sub="packetfilter" action="drop" srcip="192.0.2.10" dstip="198.51.100.7" proto="6" srcport="40000" dstport="8`,
			map[string]any{"spt": 40000.0, "dpt": nil, "truncated": true, "action": "drop"}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			opt := readertest.Options(t, "")
			p := NewParser(opt, lex.NewInterner(opt.Symbols))
			e, d := event.Event{}, event.NewDetail()
			out, why := tt.parse(p, &e, &d, []byte(tt.msg))
			if (out == Packet) != (tt.want != nil) {
				t.Fatalf("outcome %v %q", out, why)
			}
			if tt.want != nil {
				readertest.Check(t, readertest.Example{Name: tt.name, Expect: tt.want}, readertest.Canonical(opt.Symbols, &e, &d))
			}
		})
	}
}
