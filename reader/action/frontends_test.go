package action

import (
	"testing"

	"fwreport/reader/event"
)

// decided is what a table test expects of a prefix.
type decided struct {
	prefix, action, class, by string
	frontEnd, chain, rule     string
}

// check compares, with the verdict that the contract gives to the class.
func check(t *testing.T, want decided) {
	t.Helper()
	d := none.Decide(want.prefix)
	got := decided{want.prefix, d.Action, d.Class, d.DecidedBy, d.FrontEnd, d.Chain, d.Rule}
	if got != want {
		t.Errorf("\n got %q\nwant %q", got, want)
	}
	verdict, ok := classVerdicts[d.Class]
	if !ok || d.Verdict != verdict {
		t.Errorf("%q: %v, want %v", want.prefix, d.Verdict, verdict)
	}
}

// classVerdicts is the contract, written out: no function of the package is used.
var classVerdicts = map[string]event.Verdict{
	"drop": event.Denied, "reject": event.Denied, "deny?": event.Denied, "limit": event.Denied, "invalid": event.Denied,
	"accept": event.Accepted, "log": event.Undetermined, "audit": event.Undetermined, "trace": event.Undetermined,
	"nat": event.Undetermined, "unknown": event.Undetermined,
}

func TestFrontEnds(t *testing.T) {
	const edge = "vyos/edgeos suffix"
	for _, c := range []decided{
		{"[UFW BLOCK] ", "BLOCK", "deny?", "ufw", "ufw", "", ""},
		{"[UFW ALLOW] ", "ALLOW", "accept", "ufw", "ufw", "", ""},
		{"[UFW AUDIT] ", "AUDIT", "audit", "ufw", "ufw", "ufw-before-logging", ""},
		{"[UFW LIMIT BLOCK] ", "LIMIT", "limit", "ufw", "ufw", "ufw-user-limit", ""},
		{"[UFW LIMIT] ", "LIMIT", "log", "ufw", "ufw", "", ""},
		{"[UFW BLOCK INPUT]: ", "BLOCK", "deny?", "ufw", "ufw", "INPUT", ""},
		{"[UFW BLOCK FORWARD]: ", "BLOCK", "deny?", "ufw", "ufw", "FORWARD", ""},

		{"FINAL_REJECT: ", "REJECT", "reject", "firewalld", "firewalld", "", ""},
		{"STATE_INVALID_DROP: ", "DROP", "drop", "firewalld", "firewalld", "", ""},
		{"IN_public_REJECT: ", "REJECT", "reject", "firewalld", "firewalld", "IN_public", ""},
		{"FWDI_dmz_DROP: ", "DROP", "drop", "firewalld", "firewalld", "FWDI_dmz", ""},
		{"FWDO_external_REJECT: ", "REJECT", "reject", "firewalld", "firewalld", "FWDO_external", ""},
		{"FWD_work_DROP: ", "DROP", "drop", "firewalld", "firewalld", "FWD_work", ""},
		{"allow-host-ipv6_DROP: ", "DROP", "drop", "firewalld", "firewalld", "allow-host-ipv6", ""},
		{"filter_IN_public_REJECT: ", "REJECT", "reject", "firewalld", "firewalld", "IN_public", ""},
		{"filter_FWD_public_DROP: ", "DROP", "drop", "firewalld", "firewalld", "FWD_public", ""},
		{"filter_libvirt-to-host_REJECT: ", "REJECT", "reject", "firewalld", "firewalld", "libvirt-to-host", ""},
		{"public_ICMP_BLOCK: ", "BLOCK", "reject", "firewalld", "firewalld", "public", ""},
		{"public_HOST_ICMP_BLOCK: ", "BLOCK", "reject", "firewalld", "firewalld", "public", ""},
		{`"filter_zone_public_HOST_ICMP_BLOCK: "`, "BLOCK", "reject", "firewalld", "firewalld", "zone_public", ""},
		{"rpfilter_DROP: ", "DROP", "drop", "firewalld", "firewalld", "rpfilter", ""},
		{"RFC3964_IPv4_REJECT: ", "REJECT", "reject", "firewalld", "firewalld", "RFC3964_IPv4", ""},

		{"net-fw DROP ", "DROP", "drop", "shorewall", "shorewall", "net-fw", ""},
		{"net2fw REJECT ", "REJECT", "reject", "shorewall", "shorewall", "net2fw", ""},
		{"smurfs DROP ", "DROP", "drop", "shorewall", "shorewall", "smurfs", ""},
		{"tcpflags DROP ", "DROP", "drop", "shorewall", "shorewall", "tcpflags", ""},
		{"sfilter DROP ", "DROP", "drop", "shorewall", "shorewall", "sfilter", ""},
		{"rpfilter DROP ", "DROP", "drop", "shorewall", "shorewall", "rpfilter", ""},
		{"logflags DROP ", "DROP", "drop", "shorewall", "shorewall", "logflags", ""},
		{"blacklst DROP ", "DROP", "drop", "shorewall", "shorewall", "blacklst", ""},
		{"net-fw A_REJECT ", "REJECT", "reject", "shorewall", "shorewall", "net-fw", ""},
		{"loc-net CONTINUE ", "CONTINUE", "unknown", "shorewall", "shorewall", "loc-net", ""},
		{"net-dmz REDIRECT ", "REDIRECT", "nat", "shorewall", "shorewall", "net-dmz", ""},
		{"INPUT REJECT ", "REJECT", "reject", "chain and disposition", "", "INPUT", ""},
		{"Shorewall:net2fw:DROP:", "DROP", "drop", "shorewall", "shorewall", "net2fw", ""},
		{"Shorewall:net2fw:DROP:mytag ", "DROP", "drop", "shorewall", "shorewall", "net2fw", ""},
		{"Shorewall6:net2fw:ACCEPT:", "ACCEPT", "accept", "shorewall", "shorewall", "net2fw", ""},
		{"Shorewall:net2fw:dropInvalid:", "DROPINVALID", "drop", "shorewall", "shorewall", "net2fw", ""},
		{"Shorewall:net2fw:7:REJECT:", "REJECT", "reject", "shorewall", "shorewall", "net2fw", "7"},
		{"fp=net2fw:3 a=DROP ", "DROP", "drop", "shorewall", "shorewall", "net2fw", "3"},
		{"Shorewall:loc_frwd:ACCEPT:so ", "ACCEPT", "accept", "shorewall", "shorewall", "loc_frwd", ""},
		{"Shorewall:reject2net:ACCEPT:", "ACCEPT", "accept", "shorewall", "shorewall", "reject2net", ""},
		{"Shorewall:long-zone_frwd:ACC ", "ACCEPT", "accept", "shorewall", "shorewall", "long-zone_frwd", ""},
		{"Shorewall:longer-zone_fwd:DR ", "DROP", "drop", "shorewall", "shorewall", "longer-zone_fwd", ""},
		{"Shorewall:longer_zones_fwd:D ", "D", "unknown", "shorewall", "shorewall", "longer_zones_fwd", ""},
		{"Shorewall:very-long_frwd:RED ", "REDIRECT", "nat", "shorewall", "shorewall", "very-long_frwd", ""},
		{"Shorewall:blacklist-zone_frw ", "LOG", "unknown", "shorewall", "shorewall", "", ""},

		{"REJECT wan in: ", "REJECT", "reject", "openwrt", "openwrt", "wan in", ""},
		{"DROP wan out: ", "DROP", "drop", "openwrt", "openwrt", "wan out", ""},
		{"MSSFIX wan out: ", "LOG", "log", "openwrt", "openwrt", "wan out", ""},
		{"DROP(src wan)", "DROP", "drop", "openwrt", "openwrt", "wan in", ""},
		{"REJECT(dest wan)", "REJECT", "reject", "openwrt", "openwrt", "wan out", ""},
		{"MSSFIX(wan): ", "LOG", "log", "openwrt", "openwrt", "wan", ""},
		{"reject wan in: ", "REJECT", "reject", "openwrt", "openwrt", "wan in", ""},
		{"drop wan out: ", "DROP", "drop", "openwrt", "openwrt", "wan out", ""},
		{"drop wan forward: ", "DROP", "drop", "openwrt", "openwrt", "wan forward", ""},
		{"drop wan invalid ct state: ", "DROP", "drop", "openwrt", "openwrt", "wan", ""},
		{"@rule[3]: ", "LOG", "unknown", "openwrt", "openwrt", "", "@rule[3]"},
		{"@redirect[0]: ", "LOG", "unknown", "openwrt", "openwrt", "", "@redirect[0]"},
		{"@nat[1]: ", "LOG", "unknown", "openwrt", "openwrt", "", "@nat[1]"},

		{"[WAN_LOCAL-default-D]", "DROP", "drop", edge, "edgeos", "WAN_LOCAL", "default"},
		{"[DMZ-to-LAN-20-A]", "ACCEPT", "accept", edge, "edgeos", "DMZ-to-LAN", "20"},
		{"[RULE-2001-R] ", "REJECT", "reject", edge, "edgeos", "RULE", "2001"},
		{"[ipv4-FWD-filter-10-D]", "DROP", "drop", edge, "vyos", "ipv4-FWD-filter", "10"},
		{"[ipv6-INP-filter-default-D]", "DROP", "drop", edge, "vyos", "ipv6-INP-filter", "default"},
		{"[ipv4-NAM-WAN-IN-20-A]", "ACCEPT", "accept", edge, "vyos", "ipv4-NAM-WAN-IN", "20"},
		{"[bri-FWD-filter-5-R]", "REJECT", "reject", edge, "vyos", "bri-FWD-filter", "5"},
		{"[ipv4-FWD-filter-10-J]", "JUMP", "unknown", edge, "vyos", "ipv4-FWD-filter", "10"},
		{"[ipv4-FWD-filter-10-C]", "CONTINUE", "unknown", edge, "vyos", "ipv4-FWD-filter", "10"},
		{"[ipv4-FWD-filter-10-Q]", "QUEUE", "unknown", edge, "vyos", "ipv4-FWD-filter", "10"},
		{"[ipv4-FWD-filter-10-S]", "SYNPROXY", "unknown", edge, "vyos", "ipv4-FWD-filter", "10"},
		{"[ipv4-FWD-filter-10-O]", "OFFLOAD", "unknown", edge, "vyos", "ipv4-FWD-filter", "10"},
		{"[ipv4-FWD-filter-10-N]", "NOTRACK", "unknown", edge, "vyos", "ipv4-FWD-filter", "10"},
		{"[STATE-POLICY-INV-D]", "DROP", "drop", edge, "vyos", "STATE-POLICY-INV", ""},
		{"[STATE-POLICY-EST-A]", "ACCEPT", "accept", edge, "vyos", "STATE-POLICY-EST", ""},
		{"[DST-NAT-10]", "DNAT", "nat", "vyos", "vyos", "DST-NAT", "10"},
		{"[SRC-NAT-10-MASQ]", "SNAT", "nat", "vyos", "vyos", "SRC-NAT", "10"},
		{"[SRC-NAT66-10-EXCL]", "SNAT", "nat", "vyos", "vyos", "SRC-NAT66", "10"},
		{"[ipv4-ROUTE-default]", "LOG", "unknown", "vyos", "vyos", "ipv4-ROUTE", "default"},

		{`[WAN_LOCAL-D-2147483647] DESCR="Drop All Other Traffic" `, "DROP", "drop", "unifi", "unifi", "WAN_LOCAL", "2147483647"},
		{`[WAN_LOCAL-A-2147483647] DESCR="[WAN_LOCAL]Block All Traffic" `, "ACCEPT", "accept", "unifi", "unifi", "WAN_LOCAL", "2147483647"},
		{`UDMP [WAN_LOCAL-A-20] DESCR="Block" `, "ACCEPT", "accept", "unifi", "unifi", "WAN_LOCAL", "20"},
		{`[WAN_IN-RET-30001] DESCR="Allow Established/Relat `, "RETURN", "unknown", "unifi", "unifi", "WAN_IN", "30001"},
		{`[PREROUTING-DNAT-1] DESCR="web" `, "DNAT", "nat", "unifi", "unifi", "PREROUTING", "1"},
		{"ALIEN BLOCK: ", "BLOCK", "deny?", "unifi", "unifi", "", ""},
		{`[CUSTOM] DESCR="Drop it" `, "DROP", "drop", "keyword DROP", "", "", ""}, // nothing else decides

		{"Firewall: *TCP_IN Blocked* ", "BLOCKED", "drop", "csf", "csf", "TCP_IN", ""},
		{"Firewall: *UDP_IN Blocked* ", "BLOCKED", "drop", "csf", "csf", "UDP_IN", ""},
		{"Firewall: *ICMP_IN Blocked* ", "BLOCKED", "drop", "csf", "csf", "ICMP_IN", ""},
		{"Firewall: *TCP_OUT Blocked* ", "BLOCKED", "drop", "csf", "csf", "TCP_OUT", ""},
		{"Firewall: *UDP_OUT Blocked* ", "BLOCKED", "drop", "csf", "csf", "UDP_OUT", ""},
		{"Firewall: *ICMP_OUT Blocked* ", "BLOCKED", "drop", "csf", "csf", "ICMP_OUT", ""},
		{"Firewall: *TCP6IN Blocked* ", "BLOCKED", "drop", "csf", "csf", "TCP6IN", ""},
		{"Firewall: *UDP6IN Blocked* ", "BLOCKED", "drop", "csf", "csf", "UDP6IN", ""},
		{"Firewall: *Port Flood* ", "PORT FLOOD", "limit", "csf", "csf", "", ""},
		{"Firewall: *SYNFLOOD Blocked* ", "BLOCKED", "limit", "csf", "csf", "SYNFLOOD", ""},
		{"Firewall: *UDPFLOOD* ", "UDPFLOOD", "limit", "csf", "csf", "", ""},
		{"Firewall: *ConnLimit* ", "CONNLIMIT", "limit", "csf", "csf", "", ""},
		{"Firewall: *PKTFLOOD* ", "PKTFLOOD", "limit", "csf", "csf", "", ""},
		{"Firewall: *INVALID* ", "INVALID", "invalid", "csf", "csf", "", ""},
		{"Firewall: *ALLOW* ", "ALLOW", "accept", "csf", "csf", "", ""},
		{"Firewall: *CC_DENY Blocked* ", "BLOCKED", "deny?", "csf", "csf", "CC_DENY", ""},

		{"DROP_INPUT ", "DROP", "drop", "ipfire", "ipfire", "INPUT", ""},
		{"DROP_FORWARD ", "DROP", "drop", "ipfire", "ipfire", "FORWARD", ""},
		{"DROP_OUTPUT ", "DROP", "drop", "ipfire", "ipfire", "OUTPUT", ""},
		{"DROP_CTINVALID ", "DROP", "drop", "ipfire", "ipfire", "CTINVALID", ""},
		{"DROP_NEWNOTSYN ", "DROP", "drop", "ipfire", "ipfire", "NEWNOTSYN", ""},
		{"DROP_HOSTILE ", "DROP", "drop", "ipfire", "ipfire", "HOSTILE", ""},
		{"DROP_SPOOFED_MARTIAN ", "DROP", "drop", "ipfire", "ipfire", "SPOOFED_MARTIAN", ""},
		{"DROP_PScan ", "DROP", "drop", "ipfire", "ipfire", "PScan", ""},
		{"REJECT_INPUT ", "REJECT", "reject", "ipfire", "ipfire", "INPUT", ""},
		{"FORWARDFW ", "LOG", "unknown", "ipfire", "ipfire", "FORWARDFW", ""},
		{"INPUTFW ", "LOG", "unknown", "ipfire", "ipfire", "INPUTFW", ""},
		{"OUTGOINGFW ", "LOG", "unknown", "ipfire", "ipfire", "OUTGOINGFW", ""},
		{"SNAT ", "SNAT", "nat", "ipfire", "ipfire", "", ""},
		{"DNAT ", "DNAT", "nat", "ipfire", "ipfire", "", ""},

		{"policy DROP: ", "DROP", "drop", "proxmox", "proxmox", "", ""},
		{"policy REJECT: ", "REJECT", "reject", "proxmox", "proxmox", "", ""},
		{"DROP: ", "DROP", "drop", "keyword DROP", "", "", ""},
		{"REJECT: ", "REJECT", "reject", "keyword REJECT", "", "", ""},
		{"ACCEPT: ", "ACCEPT", "accept", "keyword ACCEPT", "", "", ""},

		{"SFW2-INext-DROP-DEFLT ", "DROP", "drop", "suse", "suse", "INext", ""},
		{"SFW2-INext-DROP-DEFLT-INV ", "DROP", "drop", "suse", "suse", "INext", ""},
		{"SFW2-INext-ACC-TCP ", "ACCEPT", "accept", "suse", "suse", "INext", ""},
		{"SFW2-OUT-ERROR ", "LOG", "unknown", "suse", "suse", "OUT", ""},
		{"SFW2-FWDint-DROP-DEFLT ", "DROP", "drop", "suse", "suse", "FWDint", ""},
		{"SFW2-INint-REJECT-x ", "REJECT", "reject", "suse", "suse", "INint", ""},

		{"RULE 5 -- DENY ", "DENY", "deny?", "fwbuilder", "fwbuilder", "", "5"},
		{"RULE 12 -- ACCEPT ", "ACCEPT", "accept", "fwbuilder", "fwbuilder", "", "12"},
		{"RULE 0 -- REJECT ", "REJECT", "reject", "fwbuilder", "fwbuilder", "", "0"},
		{"calico-packet: ", "LOG", "unknown", "calico", "calico", "", ""},
		{"[1] REJ SID1883 ESTAB ", "REJECT", "reject", "fwsnort", "fwsnort", "", "SID1883"},
		{"[3] DRP SID2003 ", "DROP", "drop", "fwsnort", "fwsnort", "", "SID2003"},
		{"[2] SID100 ", "LOG", "log", "fwsnort", "fwsnort", "", "SID100"},

		{"** IN_TCP DROP ** ", "DROP", "drop", "keyword DROP", "", "", ""},
		{"AIF:Dropped packet: ", "DROPPED", "drop", "keyword DROPPED", "", "", ""},
		{"''IN-internet'':", "LOG", "unknown", "none", "", "", ""},
		{"DROPPED ", "DROPPED", "drop", "keyword DROPPED", "", "", ""},
		{"Denied-by-filter:badflags ", "DENIED", "deny?", "keyword DENIED", "", "", ""},
		{"DROP ", "DROP", "drop", "keyword DROP", "", "", ""},
		{"ACCEPT ", "ACCEPT", "accept", "keyword ACCEPT", "", "", ""},

		{"IPT: DROP ", "DROP", "drop", "ipta", "ipta", "", ""},
		{"IPT: DROP  ", "DROP", "drop", "ipta", "ipta", "", ""},
		{"IPT:#011DROP ", "DROP", "drop", "ipta", "ipta", "", ""},
		{"IPT: INVALID ", "INVALID", "invalid", "ipta", "ipta", "", ""},
		{"IPT: CBLK ", "CBLK", "deny?", "ipta", "ipta", "", ""},
		{"IPT: REJECT ", "REJECT", "reject", "ipta", "ipta", "", ""},
		{"IPT: ACCEPT ", "ACCEPT", "accept", "ipta", "ipta", "", ""},
		{"IPT: accept ", "ACCEPT", "accept", "ipta", "ipta", "", ""},
		{"IPT: Accept: ", "ACCEPT", "accept", "ipta", "ipta", "", ""},
		{"IPT: mine ", "MINE", "deny?", "ipta", "ipta", "", ""},
		{"IPT: ALLOW ", "ALLOW", "deny?", "ipta", "ipta", "", ""}, // every word but ACCEPT
		{"IPT: LOG ", "LOG", "deny?", "ipta", "ipta", "", ""},
		{"IPT: ACCEPTED ", "ACCEPTED", "deny?", "ipta", "ipta", "", ""},
		{"fw1 IPT: DROP ", "DROP", "drop", "ipta", "ipta", "", ""},
		{"IPT: WEB ACTION=ACCEPT ", "ACCEPT", "accept", "ipta", "ipta", "", ""},
		{"ACTION=DROP IPT: ACCEPT ", "DROP", "drop", "ipta", "ipta", "", ""},
		{"IPT: ACTION=REJECT ", "REJECT", "reject", "ipta", "ipta", "", ""},
		{"IPT: ", "LOG", "log", "log-only", "", "", ""},
		{"XIPT: x ", "LOG", "unknown", "none", "", "", ""},

		{"TRACE: filter:INPUT:rule:3 ", "TRACE", "trace", "trace", "trace", "filter:INPUT", "rule:3"},
		{"TRACE: raw:PREROUTING:policy:2 ", "TRACE", "trace", "trace", "trace", "raw:PREROUTING", "policy:2"},
		{"TRACE: DROP ", "TRACE", "trace", "trace", "trace", "", ""},

		{"[LAN-in-D] ", "DROP", "drop", "bracket suffix", "", "LAN-in", ""},
		{"[guest-reject]", "REJECT", "reject", "bracket suffix", "", "guest", ""},
		{"[guest-Accept]", "ACCEPT", "accept", "bracket suffix", "", "guest", ""},
		{"[netfilter-INPUT] ", "LOG", "log", "log-only", "", "", ""},
	} {
		check(t, c)
	}
}

// An AUDIT INVALID line is followed by a BLOCK line for the same packet.
func TestUFWAuditInvalidIsNoVerdict(t *testing.T) {
	d := none.Decide("[UFW AUDIT INVALID] ")
	want := Decision{Action: "INVALID", Class: "invalid", DecidedBy: "ufw", FrontEnd: "ufw", Chain: "ufw-logging-deny"}
	if d != want {
		t.Errorf("%+v", d)
	}
}

func TestFwsnortAlertIsAnAttack(t *testing.T) {
	if d := none.Decide("[2] SID100 "); d.Category != "attack" {
		t.Errorf("%+v", d)
	}
}
