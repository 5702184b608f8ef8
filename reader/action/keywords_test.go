package action

import (
	"strings"
	"testing"

	"fwreport/reader/event"
)

// Each word of the algorithm's list, alone, in lower case, in a sentence and as CamelCase.
func TestEveryKeyword(t *testing.T) {
	for class, words := range map[string]string{
		"reject": "REJECT REJECTED REJECTING REJ RJCT",
		"drop":   "DROP DROPPED DROPPING DROPS DRP DISCARD DISCARDED BLACKHOLE STEALTH TARPIT",
		"deny?": "DENY DENIED BLOCK BLOCKED BLK CBLK BAN BANNED REFUSE REFUSED FILTERED FORBIDDEN PROHIBITED BAD ILLEGAL " +
			"MARTIAN SPOOF SPOOFED BOGON BLACKLIST BLACKLISTED DISALLOW DISALLOWED",
		"limit":   "LIMIT LIMITED FLOOD SYNFLOOD RATELIMIT THROTTLE",
		"invalid": "INVALID NEWNOTSYN NEW-NOT-SYN UNCLEAN STEALTH-SCAN XMAS NULL",
		"accept":  "ACCEPT ACCEPTED ALLOW ALLOWED PASS PASSED PERMIT PERMITTED OK ISOK ACC WHITELIST WHITELISTED",
		"nat":     "DNAT SNAT MASQ MASQUERADE REDIRECT NAT",
		"audit":   "AUDIT",
	} {
		for _, w := range strings.Fields(words) {
			for _, s := range []string{w, strings.ToLower(w) + ": ", "web_" + w + "!", "[tcp] " + strings.ToLower(w) + " 22 "} {
				d := none.Decide(s)
				if d.Class != class || d.Action != w || d.Verdict != classVerdicts[class] {
					t.Errorf("%q: %s %s %v, want %s %s", s, d.Action, d.Class, d.Verdict, w, class)
				}
			}
		}
	}
}

func TestKeywords(t *testing.T) {
	for _, c := range []decided{
		{"IPTABLES:BLOCKED-CONN: ", "BLOCKED", "deny?", "keyword BLOCKED", "", "", ""},
		{"IPTABLES-DROP: ", "DROP", "drop", "keyword DROP", "", "", ""},
		{"iptables output denied: ", "DENIED", "deny?", "keyword DENIED", "", "", ""},
		{"Drop TCP after 13 attempts", "DROP", "drop", "keyword DROP", "", "", ""},
		{"Drop udp after 20 attempts", "DROP", "drop", "keyword DROP", "", "", ""},
		{"TD8: DROP in ", "DROP", "drop", "keyword DROP", "", "", ""},
		{"IPT\xff: DROP ", "DROP", "drop", "keyword DROP", "", "", ""},
		{`<a>&"IPT: DROP `, "DROP", "drop", "keyword DROP", "", "", ""},

		{"Legal DNS: ", "LOG", "unknown", "none", "", "", ""},
		{"Legal Broadcast: ", "LOG", "unknown", "none", "", "", ""},
		{"INBOUND TCP: ", "LOG", "unknown", "none", "", "", ""},
		{"OUTG CONN UDP: ", "LOG", "unknown", "none", "", "", ""},
		{"LABA: ", "LOG", "unknown", "none", "", "", ""},
		{"", "LOG", "unknown", "none", "", "", ""},
		{"SNOWDROP BYPASS TEARDROP BACKDROP ROADBLOCK BOOK COMPASS ", "LOG", "unknown", "none", "", "", ""},
		{"mark 0xBAD 2c:ba:d0 bad0 ", "LOG", "unknown", "none", "", "", ""},

		{"LogDrop ", "DROP", "drop", "keyword DROP", "", "", ""},
		{"dropInput: ", "DROP", "drop", "keyword DROP", "", "", ""},
		{"TCPDrop: ", "DROP", "drop", "keyword DROP", "", "", ""},
		{"DROP6: ", "DROP", "drop", "keyword DROP", "", "", ""},
		{"LOGDROP ", "DROP", "drop", "keyword DROP", "", "", ""},
		{"LOGANDDROP ", "DROP", "drop", "keyword DROP", "", "", ""},
		{"DROPANDLOG ", "DROP", "drop", "keyword DROP", "", "", ""},
		{"INPUTDROP ", "DROP", "drop", "keyword DROP", "", "", ""},
		{"CTINVALID ", "INVALID", "invalid", "keyword INVALID", "", "", ""},
		{"MYFW_DROP: ", "DROP", "drop", "keyword DROP", "", "", ""},

		{"NOT DROPPED ", "LOG", "unknown", "negation", "", "", ""},
		{"NOT-DROPPED: ", "LOG", "unknown", "negation", "", "", ""},
		{"NotDropped ", "LOG", "unknown", "negation", "", "", ""},
		{"NODROP ", "LOG", "unknown", "negation", "", "", ""},
		{"UNBLOCK ", "LOG", "unknown", "negation", "", "", ""},
		{"unblocked ", "LOG", "unknown", "negation", "", "", ""},
		{"NO-REJECT ", "LOG", "unknown", "negation", "", "", ""},
		{"NOT ALLOWED ", "LOG", "unknown", "none", "", "", ""},
		{"DROP: not allowed ", "DROP", "drop", "keyword DROP", "", "", ""},
		{"UNLIMITED ", "LOG", "unknown", "none", "", "", ""},

		{"REJECT or DROP ", "REJECT", "reject", "keyword REJECT", "", "", ""},
		{"DROP then REJECT ", "REJECT", "reject", "keyword REJECT", "", "", ""},
		{"BLOCKED (dropped) ", "DROPPED", "drop", "keyword DROPPED", "", "", ""},
		{"INVALID DROP ", "DROP", "drop", "keyword DROP", "", "", ""},
		{"SYN flood limit ", "FLOOD", "limit", "keyword FLOOD", "", "", ""},
		{"new, not SYN: ", "NEW-NOT-SYN", "invalid", "keyword NEW-NOT-SYN", "", "", ""},
		{"ACCEPT then DROP: ", "DROP", "drop", "keyword DROP, also ACCEPT", "", "", ""},
		{"LOGDROP_ACCEPT ", "ACCEPT", "accept", "keyword ACCEPT, also DROP", "", "", ""},
		{"AUDIT DROP ", "DROP", "drop", "keyword DROP", "", "", ""},

		{"LOG ", "LOG", "log", "log-only", "", "", ""},
		{"*LOG* ", "LOG", "log", "log-only", "", "", ""},
		{"iptables: ", "LOG", "log", "log-only", "", "", ""},
		{"netfilter: ", "LOG", "log", "log-only", "", "", ""},
		{"FW: ", "LOG", "log", "log-only", "", "", ""},
		{"[FORWARD_LOG] ", "LOG", "log", "log-only", "", "", ""},
		{"INPUT: ", "LOG", "unknown", "none", "", "", ""},
		{"OUT mark", "LOG", "unknown", "none", "", "", ""},
		{"FWD-nospace", "LOG", "unknown", "none", "", "", ""},
	} {
		check(t, c)
	}
}

func TestAttackWords(t *testing.T) {
	for _, c := range []struct {
		prefix, category string
		verdict          event.Verdict
	}{
		{"*ATTACK* syn scan ", "attack", event.Undetermined},
		{"PORTSCAN: ", "attack", event.Undetermined},
		{"portScan ", "attack", event.Undetermined},
		{"exploit ", "attack", event.Undetermined},
		{"DDOS ", "attack", event.Undetermined},
		{"LOG scan ", "attack", event.Undetermined},
		{"SCAN DROP ", "", event.Denied},
		{"scan ok ", "", event.Accepted},
		{"web: ", "", event.Undetermined},
		{"scanner: ", "", event.Undetermined},
	} {
		if d := none.Decide(c.prefix); d.Category != c.category || d.Verdict != c.verdict {
			t.Errorf("%q: %+v", c.prefix, d)
		}
	}
}
