// Package action decides what a log prefix says about a packet's fate.
//
// The kernel never logs a verdict: LOG is non-terminating, the verdict is what
// the administrator's next rule does. Everything here is convention, so each
// decision carries the name of what decided it.
package action

import (
	"fwreport/reader/event"
)

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
type Table struct{ opt Options }

// NewTable makes a Table.
func NewTable(opt Options) *Table { return &Table{opt: opt} }
