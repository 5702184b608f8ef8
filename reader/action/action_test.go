package action

import (
	"testing"

	"fwreport/reader/event"
)

var none = NewTable(Options{})

func TestActionMapOutranksEverything(t *testing.T) {
	table := NewTable(Options{
		Assume: event.Denied,
		Map: []Mapping{
			{"IPT: DROP", "accept"},
			{"IPT:*", "REJECT"},
			{"[netfilter-*] ", "ALLOWED"},
			{"*LOG*", "log"},
			{"a*b*c", "Deny"},
			{"[UFW AUDIT]", "HELLO"},
			{"nf_ct_proto_6: *", "DROP"},
			{"", "BLOCK"},
			{"[netfilter-INPUT]", "DROP"},
		},
	})
	for _, c := range []struct {
		prefix, action, class string
		verdict               event.Verdict
		by                    string
	}{
		{"IPT: DROP ", "ACCEPT", Accept, event.Accepted, "action-map"},
		{"IPT:#011DROP ", "REJECT", Reject, event.Denied, "action-map"},
		{"IPT: ACCEPT ", "REJECT", Reject, event.Denied, "action-map"},
		{"[netfilter-INPUT] ", "ALLOWED", Accept, event.Accepted, "action-map"}, // the first match wins
		{"*LOG* ", "LOG", Log, event.Undetermined, "action-map"},                // and no assumption after it
		{"DROP LOG x", "LOG", Log, event.Undetermined, "action-map"},
		{"abc", "DENY", Deny, event.Denied, "action-map"},
		{"aXbYbZc", "DENY", Deny, event.Denied, "action-map"},
		{"acb", "LOG", Unknown, event.Denied, "assumed"},
		{"ab", "LOG", Unknown, event.Denied, "assumed"},
		{"[UFW AUDIT] ", "HELLO", Unknown, event.Undetermined, "action-map"},
		{"nf_ct_proto_6: bad checksum ", "DROP", Drop, event.Denied, "action-map"},
		{"  ", "BLOCK", Deny, event.Denied, "action-map"},
		{"[UFW BLOCK] ", "BLOCK", Deny, event.Denied, "ufw"},
	} {
		d := table.Decide(c.prefix)
		if d.Action != c.action || d.Class != c.class || d.Verdict != c.verdict || d.DecidedBy != c.by {
			t.Errorf("%q: %s %s %v by %s; want %s %s %v by %s", c.prefix, d.Action, d.Class, d.Verdict, d.DecidedBy,
				c.action, c.class, c.verdict, c.by)
		}
	}
}

func TestActionMapKeepsWhatThePrefixTold(t *testing.T) {
	table := NewTable(Options{Map: []Mapping{{"[WAN_LOCAL-*", "DROP"}, {"nf_ct_*", "DROP"}}})
	if d := table.Decide("[WAN_LOCAL-10-A]"); d.Chain != "WAN_LOCAL" || d.Rule != "10" || d.FrontEnd != "edgeos" {
		t.Errorf("chain %q rule %q front end %q", d.Chain, d.Rule, d.FrontEnd)
	}
	if d := table.Decide("nf_ct_proto_6: bad checksum "); d.Reason != "bad checksum" {
		t.Errorf("reason %q", d.Reason)
	}
}

func TestMappingWildcards(t *testing.T) {
	for _, c := range []struct {
		pattern, s string
		want       bool
	}{
		{"*", "", true}, {"*", "x", true}, {"**", "x", true}, {"a*", "a", true}, {"a*", "ba", false},
		{"*a", "ba", true}, {"*a", "ab", false}, {"a*a", "a", false}, {"a*a", "aa", true}, {"*a*", "bab", true},
		{"*a*b*", "ba", false}, {"*ab*ab*", "abxab", true}, {"*ab*ab*", "abab", true}, {"*ab*ab*", "aab", false},
		{"a", "A", false}, {"a", "a", true}, {"ab*bc", "abc", false}, {"*LOG*", "*LOG*", true},
	} {
		m := newMappings([]Mapping{{c.pattern, "DROP"}})[0]
		if m.match(c.s) != c.want {
			t.Errorf("%q matches %q: want %v", c.pattern, c.s, c.want)
		}
	}
}

func TestAssume(t *testing.T) {
	for _, assume := range []event.Verdict{event.Denied, event.Accepted} {
		table := NewTable(Options{Assume: assume})
		for _, c := range []struct {
			prefix  string
			action  string
			assumed bool
		}{
			{"", "LOG", true},
			{"INBOUND TCP: ", "LOG", true},
			{"*LOG* ", "LOG", true},
			{"FORWARDFW ", "LOG", true},
			{"@rule[3]: ", "LOG", true},
			{"*ATTACK* ", "LOG", true},
			{"NOT-DROPPED: ", "LOG", true},
			{"[WAN_IN-RET-30001]", "RETURN", true},
			{"[UFW LIMIT] ", "LIMIT", true},
			{"[UFW AUDIT] ", "AUDIT", false},
			{"[UFW AUDIT INVALID] ", "INVALID", false},
			{"TRACE: filter:INPUT:rule:1 ", "TRACE", false},
			{"nf_ct_proto_6: invalid rst ", "INVALID", false},
			{"SNAT ", "SNAT", false},
			{"[UFW BLOCK] ", "BLOCK", false},
			{"[UFW ALLOW] ", "ALLOW", false},
		} {
			plain, d := none.Decide(c.prefix), table.Decide(c.prefix)
			if d.Action != c.action || d.Class != plain.Class || d.Assumed != c.assumed {
				t.Errorf("%q: %+v", c.prefix, d)
			}
			if c.assumed != (d.DecidedBy == "assumed") || c.assumed && d.Verdict != assume || !c.assumed && d.Verdict != plain.Verdict {
				t.Errorf("%q assuming %v: %v by %s", c.prefix, assume, d.Verdict, d.DecidedBy)
			}
		}
	}
}

func TestLabel(t *testing.T) {
	deny := NewTable(Options{Assume: event.Denied, Map: []Mapping{{"MINE", "LOG"}}})
	for _, c := range []struct {
		table         *Table
		prefix, label string
		action, class string
		verdict       event.Verdict
		by            string
		assumed       bool
	}{
		{none, "", "blocked", "BLOCKED", Deny, event.Denied, "ulogd-label", false},
		{none, "", "allowed", "ALLOWED", Accept, event.Accepted, "ulogd-label", false},
		{deny, "web: ", "allowed", "ALLOWED", Accept, event.Accepted, "ulogd-label", false},
		{none, "IPT: DROP ", "allowed", "DROP", Drop, event.Denied, "ipta", false},
		{none, "[UFW ALLOW] ", "blocked", "ALLOW", Accept, event.Accepted, "ufw", false},
		{none, "[WAN_IN-RET-30001]", "blocked", "RETURN", Deny, event.Denied, "ulogd-label", false},
		{none, "SNAT ", "allowed", "SNAT", Accept, event.Accepted, "ulogd-label", false},
		{none, "*ATTACK* ", "allowed", "ALLOWED", Accept, event.Accepted, "ulogd-label", false},
		{none, "[UFW AUDIT] ", "blocked", "AUDIT", Audit, event.Undetermined, "ufw", false},
		{none, "[UFW AUDIT INVALID] ", "blocked", "INVALID", Invalid, event.Undetermined, "ufw", false},
		{none, "web: ", "strange", "LOG", Unknown, event.Undetermined, "none", false},
		{none, "web: ", "", "LOG", Unknown, event.Undetermined, "none", false},
		{deny, "web: ", "strange", "LOG", Unknown, event.Denied, "assumed", true},
		{deny, "MINE", "allowed", "LOG", Log, event.Undetermined, "action-map", false},
	} {
		d := c.table.Label(c.prefix, c.label)
		if d.Action != c.action || d.Class != c.class || d.Verdict != c.verdict || d.DecidedBy != c.by || d.Assumed != c.assumed {
			t.Errorf("%q labelled %q: %+v", c.prefix, c.label, d)
		}
	}
}

func TestCapture(t *testing.T) {
	if d := none.Capture(); d != (Decision{Action: "CAPTURE", Class: Unknown, DecidedBy: "none"}) {
		t.Errorf("%+v", d)
	}
	want := Decision{Action: "CAPTURE", Class: Unknown, Verdict: event.Accepted, DecidedBy: "assumed", Assumed: true}
	if d := NewTable(Options{Assume: event.Accepted}).Capture(); d != want {
		t.Errorf("%+v", d)
	}
}

func TestClassify(t *testing.T) {
	for _, c := range []struct {
		word, class string
		verdict     event.Verdict
	}{
		{"DROP", Drop, event.Denied}, {"reject", Reject, event.Denied}, {"Deny", Deny, event.Denied},
		{"BLOCK", Deny, event.Denied}, {"LIMIT", Limit, event.Denied}, {"INVALID", Invalid, event.Denied},
		{"accept", Accept, event.Accepted}, {"ALLOW", Accept, event.Accepted}, {"LOG", Log, event.Undetermined},
		{"AUDIT", Audit, event.Undetermined}, {"TRACE", Trace, event.Undetermined}, {"NAT", NAT, event.Undetermined},
		{"HELLO", Unknown, event.Undetermined}, {"", Unknown, event.Undetermined},
	} {
		if class, v := Classify(c.word); class != c.class || v != c.verdict {
			t.Errorf("%q: %s %v, want %s %v", c.word, class, v, c.class, c.verdict)
		}
	}
}

func TestRecorded(t *testing.T) {
	table := NewTable(Options{Map: []Mapping{{Prefix: "Packet logged", Action: "ACCEPT"}}})
	for _, c := range []struct {
		prefix, word, action, by string
		verdict                  event.Verdict
	}{
		{"Packet dropped", "drop", "DROP", byRecord, event.Denied},
		{"Packet accepted", "reject", "REJECT", byRecord, event.Denied},
		{"", "accept", "ACCEPT", byRecord, event.Accepted},
		{"Packet dropped", "", "DROPPED", "keyword DROPPED", event.Denied},
		{"Packet logged", "drop", "ACCEPT", "", event.Accepted},
	} {
		d := table.Recorded(c.prefix, c.word)
		if d.Action != c.action || d.Verdict != c.verdict || c.by != "" && d.DecidedBy != c.by {
			t.Errorf("%q, %q: %+v, want %+v", c.prefix, c.word, d, c)
		}
	}
}
