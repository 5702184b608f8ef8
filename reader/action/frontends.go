package action

// frontEnds is the table of what known firewalls write, most exact first. The
// patterns are matched against the whole trimmed prefix, without UniFi's
// DESCR="…". Groups: act is the action word, chain and rule what they say.
// Sources: ufw 0.36.2 backend_iptables.py, firewalld 1.3 and 2.x, Shorewall
// 5.2.8, OpenWrt firewall3 and firewall4, vyos-1x, csf.pl, IPFire rules.pl,
// Proxmox pvefw-logger.c; the rest from logs that people published.
var frontEnds = compile([]rule{
	{by: "trace", match: `TRACE: (?P<chain>[^: ]+:[^: ]+):(?P<rule>(?:rule|return|policy):\d+)`, action: "TRACE", class: Trace},
	{by: "trace", match: `TRACE:.*`, action: "TRACE", class: Trace},

	// ufw logs an AUDIT packet again as BLOCK or ALLOW, and an AUDIT INVALID one
	// as BLOCK: the verdict is the other line's. A limit rule's own log line
	// (LIMIT) is written before it is known whether the limit is exceeded.
	{by: "ufw", match: `\[UFW BLOCK\]`, action: "BLOCK", class: Deny},
	{by: "ufw", match: `\[UFW ALLOW\]`, action: "ALLOW", class: Accept},
	{by: "ufw", match: `\[UFW AUDIT\]`, action: "AUDIT", class: Audit, chain: "ufw-before-logging"},
	{by: "ufw", match: `\[UFW AUDIT INVALID\]`, action: "INVALID", class: Invalid, open: true, chain: "ufw-logging-deny"},
	{by: "ufw", match: `\[UFW LIMIT BLOCK\]`, action: "LIMIT", class: Limit, chain: "ufw-user-limit"},
	{by: "ufw", match: `\[UFW LIMIT\]`, action: "LIMIT", class: Log},
	{by: "ufw", match: `\[UFW (?P<act>BLOCK|ALLOW|AUDIT) (?P<chain>INPUT|OUTPUT|FORWARD)\]:?`},

	{by: "firewalld", match: `FINAL_(?P<act>REJECT|DROP):`},
	{by: "firewalld", match: `(?:filter_)?STATE_INVALID_(?P<act>DROP):`},
	{by: "firewalld", match: `(?:filter_)?(?P<chain>rpfilter)_(?P<act>DROP):`},
	{by: "firewalld", match: `(?:filter_)?(?P<chain>RFC3964_IPv4)_(?P<act>REJECT):`},
	{by: "firewalld", match: `(?:filter_)?(?P<chain>\S+?)(?:_HOST)?_ICMP_(?P<act>BLOCK):`, class: Reject},
	{by: "firewalld", match: `(?:filter_)?(?P<chain>(?:IN|OUT|FWDI|FWDO|FWD)_\S+)_(?P<act>REJECT|DROP|ACCEPT):`},
	{by: "firewalld", match: `filter_(?P<chain>\S+)_(?P<act>REJECT|DROP|ACCEPT):`},
	{by: "firewalld", match: `(?P<chain>[a-z][\w-]*)_(?P<act>REJECT|DROP):`},

	// Shorewall cuts its prefix to 28 bytes: the disposition may be cut.
	{by: "shorewall", match: `Shorewall6?:(?P<chain>[^:]+):(?P<rule>\d+):(?P<act>\w+):.*`},
	{by: "shorewall", match: `Shorewall6?:(?P<chain>[^:]+):(?P<rule>\d+):(?P<act>\w+)`, cut: true},
	{by: "shorewall", match: `Shorewall6?:(?P<chain>[^:]+):(?P<act>\w+):.*`},
	{by: "shorewall", match: `Shorewall6?:(?P<chain>[^:]+):(?P<act>\w+)`, cut: true},
	{by: "shorewall", match: `Shorewall6?:.*`, action: noWord, class: Unknown},
	{by: "shorewall", match: `fp=(?P<chain>[^: ]+):(?P<rule>\d+) a=(?P<act>\w+)`},
	{by: "shorewall", match: `(?P<chain>` + shorewallChains + `) (?P<act>[A-Z_]+)`, cut: true},
	{by: "chain and disposition", frontEnd: "-", match: `(?P<chain>INPUT|OUTPUT|FORWARD) (?P<act>(?:A_)?(?:DROP|REJECT)|ACCEPT|LOG)`},

	// firewall3 until May 2018 named the zone by direction: src is traffic from
	// the zone, which its later versions call "in".
	{by: "openwrt", match: `(?P<act>DROP|REJECT|ACCEPT)\(src (?P<zone>[^()]+)\)`, chain: "${zone} in"},
	{by: "openwrt", match: `(?P<act>DROP|REJECT|ACCEPT)\(dest (?P<zone>[^()]+)\)`, chain: "${zone} out"},
	{by: "openwrt", match: `MSSFIX\((?P<chain>[^()]+)\):`, action: noWord, class: Log},
	{by: "openwrt", match: `(?i:(?P<act>drop|reject|accept)) (?P<chain>\S+ (?:in|out|forward)):`},
	{by: "openwrt", match: `(?i:(?P<act>drop|reject|accept)) (?P<chain>\S+) invalid ct state:`},
	{by: "openwrt", match: `MSSFIX (?P<chain>\S+ (?:in|out|forward)):`, action: noWord, class: Log},
	{by: "openwrt", match: `(?P<rule>@\w+\[\d+\]):`, action: noWord, class: Unknown},

	// The ruleset's name may hold hyphens: rule and letter are the last two parts.
	{by: "vyos", match: `\[(?P<chain>DST-NAT\d*)-(?P<rule>\d+)(?:-\w+)?\]`, action: "DNAT", class: NAT},
	{by: "vyos", match: `\[(?P<chain>SRC-NAT\d*)-(?P<rule>\d+)(?:-\w+)?\]`, action: "SNAT", class: NAT},
	{by: suffix, frontEnd: "vyos", match: `\[(?P<chain>STATE-POLICY-\w+)-(?P<act>[ADR])\]`},
	{by: suffix, frontEnd: "vyos", match: `\[(?P<chain>(?:ipv4|ipv6|bri)-[^\]]+)-(?P<rule>\d+|default)-(?P<act>[ADRJCQSON])\]`},
	{by: "vyos", match: `\[(?P<chain>(?:ipv4|ipv6)-[^\]]+)-(?P<rule>\d+|default)\]`, action: noWord, class: Unknown},
	{by: suffix, frontEnd: "edgeos", match: `\[(?P<chain>[^\]]+)-(?P<rule>\d+|default)-(?P<act>[ADRJCQSON]|RET)\]`},

	// Some UniFi consoles put the host's name a second time before the bracket.
	{by: "unifi", match: `(?:\S+ )?\[(?P<chain>[^\]]+)-(?P<act>A|D|R|RET)-(?P<rule>\d+)\]`},
	{by: "unifi", match: `(?:\S+ )?\[(?P<chain>[^\]]+)-(?P<act>DNAT|SNAT|MASQ\w*|REDIRECT)-(?P<rule>\d+)\]`},
	{by: "unifi", match: `ALIEN (?P<act>BLOCK):`},

	{by: "csf", match: `Firewall: \*(?P<chain>(?:TCP|UDP|ICMP)(?:_|6_?)(?:IN|OUT)) (?P<act>Blocked)\*`, class: Drop},
	{by: "csf", match: `Firewall: \*(?P<chain>SYNFLOOD|UDPFLOOD|Port ?Flood|PKTFLOOD|ConnLimit) (?P<act>Blocked)\*`, class: Limit},
	{by: "csf", match: `Firewall: \*(?P<act>SYNFLOOD|UDPFLOOD|Port ?Flood|PKTFLOOD|ConnLimit)\*`, class: Limit},
	{by: "csf", match: `Firewall: \*(?P<act>INVALID)(?: Blocked)?\*`},
	{by: "csf", match: `Firewall: \*(?P<act>ALLOW)\w*(?: [^*]*)?\*`},
	{by: "csf", match: `Firewall: \*(?P<chain>[^*]+) (?P<act>Blocked)\*`, class: Deny},

	// IPFire logs a user's rule with one prefix, whether it accepts or drops.
	{by: "ipfire", match: `(?P<act>DROP|REJECT)_(?P<chain>INPUT|FORWARD|OUTPUT|CTINVALID|NEWNOTSYN|HOSTILE|SPOOFED_MARTIAN|PScan)`},
	{by: "ipfire", match: `(?P<chain>FORWARDFW|INPUTFW|OUTGOINGFW)`, action: noWord, class: Unknown},
	{by: "ipfire", match: `(?P<act>SNAT|DNAT)`},

	{by: "proxmox", match: `policy (?P<act>DROP|REJECT|ACCEPT):`},
	{by: "suse", match: `SFW2-(?P<chain>\w+)-(?P<act>DROP|REJECT|ACC)(?:-.*)?`},
	{by: "suse", match: `SFW2-(?P<chain>\w+)-.*`, action: noWord, class: Unknown},
	{by: "fwbuilder", match: `RULE (?P<rule>-?\d+) -- (?P<act>\w+)`},
	{by: "calico", match: `calico-packet:`, action: noWord, class: Unknown},
	{by: "fwsnort", match: `\[\d+\] (?P<act>REJ|DRP) (?P<rule>SID\d+)(?: ESTAB)?`},
	{by: "fwsnort", match: `\[\d+\] (?P<rule>SID\d+)(?: ESTAB)?`, action: noWord, class: Log, category: attack},

	// Any bracket with one of the three letters, or the word, behind a hyphen.
	{by: "bracket suffix", frontEnd: "-", match: `\[(?P<chain>[^\]]+)-(?P<act>[ADR]|(?i:accept|drop|reject))\]`},
})

const suffix = "vyos/edgeos suffix"

// shorewallChains are the chains that Shorewall makes: from one zone to another,
// and its own for checks.
const shorewallChains = `[a-z][a-z0-9_]*(?:-|2)[a-z][a-z0-9_]*|[a-z][a-z0-9]*_(?:frwd|fwd|in|out|dnat|masq)|` +
	`smurfs|tcpflags|sfilter|rpfilter|logflags|blacklst|blacklog|dynamic|[~%][\w-]+`

// codes are the actions that front ends abbreviate.
var codes = map[string]string{
	"A": "ACCEPT", "D": "DROP", "R": "REJECT", "RET": "RETURN", "J": "JUMP", "C": "CONTINUE",
	"Q": "QUEUE", "S": "SYNPROXY", "O": "OFFLOAD", "N": "NOTRACK",
	"ACC": "ACCEPT", "DRP": "DROP", "REJ": "REJECT",
	"A_DROP": "DROP", "A_REJECT": "REJECT", "A_ACCEPT": "ACCEPT",
}

// dispositions are the words that Shorewall logs.
var dispositions = []string{
	"ACCEPT", "A_ACCEPT", "A_DROP", "A_REJECT", "AUDIT", "CONTINUE", "DNAT", "DROP", "LOG", "NFQUEUE", "NONAT",
	"QUEUE", "REDIRECT", "REJECT", "UNTRACKED", "WHITELIST",
}
