package action

import (
	"net/netip"
	"regexp"
	"strings"

	"fwreport/reader/event"
)

// conntrackRE matches the messages of nf_conntrack_log_invalid and of conntrack
// helpers, since 2.6 (net/netfilter/nf_conntrack_proto*.c, nf_conntrack_helper.c).
// From 4.16 on the protocol is a number, and sctp and dccp kept their old name
// behind it for some versions.
var conntrackRE = regexp.MustCompile(`(?s)^(?:nf_ct_proto_\d+|(?:nf|ip)_ct_\w+): *(?:nf_ct_\w+: *)?(.*)$`)

const helperDrops = "dropping packet:"

// byConntrack reads conntrack's own messages. They are its opinion of the
// packet, which is dropped only if the ruleset drops state INVALID, so the
// verdict is left open; a helper's "dropping packet" is a verdict (NF_DROP).
func byConntrack(s string) (Decision, bool) {
	m := conntrackRE.FindStringSubmatch(s)
	if m == nil {
		return Decision{}, false
	}
	d := Decision{Action: "INVALID", Class: Invalid, DecidedBy: "conntrack", FrontEnd: "conntrack"}
	why, dropped := strings.CutPrefix(trim(m[1]), helperDrops)
	if dropped {
		d.Action, d.Class, d.Verdict, d.DecidedBy = "DROP", Drop, event.Denied, "conntrack helper"
	}
	d.Reason = normalReason(trim(why))
	return d, true
}

// normalReason makes one spelling of a reason, so that messages group: lower
// case, numbers and addresses replaced by N. Digits that belong to a name
// (ICMPv6) stay.
func normalReason(s string) string {
	s = lower(s)
	var b strings.Builder
	for len(s) > 0 {
		n := 0
		for n < len(s) && inReasonWord(s[n]) {
			n++
		}
		b.WriteString(reasonWord(s[:n]))
		if n < len(s) {
			b.WriteByte(s[n])
			n++
		}
		s = s[n:]
	}
	return b.String()
}

func inReasonWord(c byte) bool {
	return c >= '0' && c <= '9' || c >= 'a' && c <= 'z' || c == '.' || c == ':' || c == '_'
}

func reasonWord(w string) string {
	core := strings.TrimRight(w, ".:")
	switch {
	case isNumber(core), isAddr(core):
		return "N" + w[len(core):]
	case isAddr(w): // ends in ::
		return "N"
	}
	return w
}

func isAddr(w string) bool {
	_, err := netip.ParseAddr(w)
	return err == nil
}

func isNumber(w string) bool {
	digits := "0123456789"
	if hex, ok := strings.CutPrefix(w, "0x"); ok {
		w, digits = hex, "0123456789abcdef"
	}
	return w != "" && strings.Trim(w, digits) == ""
}
