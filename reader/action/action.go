// Package action decides what a log prefix says about a packet's fate.
//
// The kernel never logs a verdict: LOG is non-terminating, the verdict is what
// the administrator's next rule does. Everything here is convention, so each
// decision carries the name of what decided it. The order is: the user's
// --action-map; conntrack's own messages; the IPT: convention; the table of
// front ends (frontends.go); the keywords (keywords.go); the user's --assume.
//
// A Table holds no state beyond its options and a Decision holds strings that
// may share memory with the prefix that was asked about: whoever keeps a
// Decision longer than the buffer behind its prefix asks with a string of its own.
//
// Rejected: to look for DROP or ACCEPT anywhere in the text, as psad and the
// Splunk add-on do. "Legal DNS", "NOT-DROPPED" and "FORWARDFW" (IPFire's word
// for accepted and for dropped packets) are then counted on the wrong side, and
// a reader of the report cannot tell.
package action

import (
	"strings"

	"fwreport/reader/event"
)

// The values of Decision.Class.
const (
	Drop    = "drop"
	Reject  = "reject"
	Deny    = "deny?" // denied; whether dropped or rejected is not known
	Accept  = "accept"
	Limit   = "limit" // denied for exceeding a rate
	Log     = "log"   // the prefix says only that this is a log line
	Audit   = "audit" // logged on the way; the verdict is another line's
	Trace   = "trace"
	Invalid = "invalid"
	NAT     = "nat"
	Unknown = "unknown"
)

// What decided where it is neither a front end nor a keyword.
const (
	byMap     = "action-map"
	byAssumed = "assumed"
	byLabel   = "ulogd-label"
	byRecord  = "record's action"
	byNone    = "none"
	byLogOnly = "log-only"
)

// noWord is the action shown where the prefix has no word for it.
const noWord = "LOG"

// Decision is what a prefix says.
type Decision struct {
	Action    string // the word shown: upper case, as logged; LOG where there is none
	Class     string // drop, reject, deny?, accept, limit, log, audit, trace, invalid, nat, unknown
	Verdict   event.Verdict
	DecidedBy string // which table entry, keyword, map or assumption
	FrontEnd  string // ufw, firewalld, shorewall, openwrt, csf, ipfire …; "" if not known
	Chain     string
	Rule      string
	Category  string // "attack" for prefixes that name an attack but no verdict
	Reason    string // conntrack-invalid reason, lower case, numbers replaced by N
	Assumed   bool   // the verdict is Options.Assume
}

// Options are the user's say.
type Options struct {
	Map    []Mapping     // --action-map, in order; outranks everything
	Assume event.Verdict // --assume: for prefixes that name no verdict
}

// Mapping maps a prefix (exact after trimming, or with * as a wildcard) to an action word.
type Mapping struct{ Prefix, Action string }

// Table decides. It is immutable and safe for concurrent use; callers cache
// its answers by prefix.
type Table struct {
	opt  Options
	maps []mapping
}

// NewTable makes a Table.
func NewTable(opt Options) *Table { return &Table{opt: opt, maps: newMappings(opt.Map)} }

// Decide says what prefix means. The prefix is given as logged: trailing spaces
// and rsyslog's #011 for a tab do not matter.
func (t *Table) Decide(prefix string) Decision {
	d, _ := t.look(prefix)
	return t.assume(d)
}

// Label is Decide for a record that has an action label beside its prefix
// (ulogd's "blocked" and "allowed"). The label comes from the configuration of
// the logger, not from the rule: it gives the verdict only where the prefix
// names none, and the word only where the prefix has none. A prefix that says
// that its line is no verdict (audit, trace, conntrack) is not overruled.
func (t *Table) Label(prefix, label string) Decision {
	d, mapped := t.look(prefix)
	class, verdict := Classify(label)
	if mapped || verdict == event.Undetermined || !silent(&d) && d.Class != NAT {
		return t.assume(d)
	}
	if d.Action == noWord {
		d.Action = clip(upper(strings.TrimSpace(label)))
	}
	d.Class, d.Verdict, d.DecidedBy, d.Category = class, verdict, byLabel, ""
	return d
}

// Recorded is Decide for a record that says itself what became of its packet, as
// Sophos' and the auditor's do: only the user's map outranks it.
func (t *Table) Recorded(prefix, word string) Decision {
	d, mapped := t.look(prefix)
	class, verdict := Classify(word)
	if mapped || verdict == event.Undetermined {
		return t.assume(d)
	}
	d.Action = clip(upper(strings.TrimSpace(word)))
	d.Class, d.Verdict, d.DecidedBy, d.Category = class, verdict, byRecord, ""
	return d
}

// Capture is the decision for a captured packet, which has no prefix.
func (t *Table) Capture() Decision {
	return t.assume(Decision{Action: "CAPTURE", Class: Unknown, DecidedBy: byNone})
}

// Flow is the decision for a record of conntrack: only what has passed the
// firewall has an entry there, so neither a map nor an assumption can change it.
func Flow() Decision {
	return Decision{Action: "FLOW", Class: Accept, Verdict: event.Accepted, DecidedBy: "conntrack record"}
}

// Classify says which class an action word of the user or of a record belongs
// to, by the keyword rules, and which verdict that is. A word that is none
// ("HELLO") is Unknown.
func Classify(word string) (class string, v event.Verdict) {
	d := byKeyword(word)
	return d.Class, d.Verdict
}

// look decides without the assumption; mapped says that the user's map did it.
func (t *Table) look(prefix string) (d Decision, mapped bool) {
	x := newText(prefix)
	d = read(x)
	d.Action, d.Chain, d.Rule, d.Reason = clip(d.Action), clip(d.Chain), clip(d.Rule), clip(d.Reason)
	for i := range t.maps {
		if m := &t.maps[i]; m.match(x.raw) || m.match(x.plain) {
			m.apply(&d)
			return d, true
		}
	}
	return d, false
}

// read asks the conventions in the order of their exactness.
func read(x text) Decision {
	if d, ok := byConntrack(x.full); ok {
		return d
	}
	d := readText(x.bare)
	if d.DecidedBy == byNone || d.DecidedBy == byLogOnly {
		if q := readText(x.full); q.DecidedBy != byNone {
			return q
		}
	}
	return d
}

func readText(s string) Decision {
	if d, ok := byIPT(s); ok {
		return d
	}
	if d, ok := byFrontEnd(s); ok {
		return d
	}
	return byKeyword(s)
}

// assume applies --assume where the prefix is silent.
func (t *Table) assume(d Decision) Decision {
	if t.opt.Assume == event.Undetermined || !silent(&d) || d.DecidedBy == byMap {
		return d
	}
	d.Verdict, d.Assumed, d.DecidedBy = t.opt.Assume, true, byAssumed
	return d
}

// silent reports whether the prefix says nothing about the verdict. That is
// less than being undetermined: an audit or trace line says that the verdict
// is told elsewhere, and must not become a second count of the same packet.
func silent(d *Decision) bool {
	return d.Verdict == event.Undetermined && (d.Class == Log || d.Class == Unknown)
}

// verdictOf is the verdict of a class. Invalid is denied: who writes INVALID
// into a prefix drops it. The table entries for lines that say otherwise
// (conntrack, ufw's audit) take the verdict back.
func verdictOf(class string) event.Verdict {
	switch class {
	case Drop, Reject, Deny, Limit, Invalid:
		return event.Denied
	case Accept:
		return event.Accepted
	}
	return event.Undetermined
}
