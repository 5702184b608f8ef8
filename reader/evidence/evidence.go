// Package evidence holds the facts about what was read: one Input a file, its
// hash, its span, its ledger, and the Manifest of them all. The first promise
// of the program is kept here: every record read is accounted for, and the
// sums reconcile (see Ledger.Check).
package evidence

import "fmt"

// Ledger accounts for records. Read = Events + Other + Malformed + Duplicates +
// Outside + Filtered; Repeats are events without a record of their own, on top.
type Ledger struct {
	Read       uint64 // records: lines, JSON objects, packets
	Events     uint64 // firewall records that were counted
	Other      uint64 // records that are no firewall record
	Malformed  uint64 // records that look like one and could not be decoded
	Duplicates uint64 // the same record in a second log family
	Outside    uint64 // outside --since/--until
	Filtered   uint64 // left out by a filter
	Repeats    uint64 // "message repeated N times"
}

// Add adds o to l.
func (l *Ledger) Add(o Ledger) {
	l.Read += o.Read
	l.Events += o.Events
	l.Other += o.Other
	l.Malformed += o.Malformed
	l.Duplicates += o.Duplicates
	l.Outside += o.Outside
	l.Filtered += o.Filtered
	l.Repeats += o.Repeats
}

// Check reports whether the sums reconcile.
func (l Ledger) Check() error {
	if sum := l.Events + l.Other + l.Malformed + l.Duplicates + l.Outside + l.Filtered; sum != l.Read {
		return fmt.Errorf("ledger does not reconcile: %d records read, %d accounted for", l.Read, sum)
	}
	return nil
}

// Input is the facts about one input. Times are Unix nanoseconds or event.NoTime.
type Input struct {
	Path        string // as shown; "-" is standard input
	Family      string // the rotation family's name: kern.log of kern.log.2.gz
	Format      string // "" if no format took it
	Compression string // "", gzip, zstd, bzip2, xz, lz4, zlib
	Size        int64  // bytes on disk, compressed; -1 if unknown
	MTime       int64
	SHA256      string // hex, of the bytes on disk; "" if they could not all be read
	YearFrom    string // source of the year of year-less stamps; "" if none was needed
	ZoneFrom    string // source of the zone of zone-less stamps; "" if none was needed
	First, Last int64  // span of the events read, before window and filter
	Timeless    uint64 // events counted that carry no wall-clock time
	Records     Ledger
	Notes       []string // sentences: what is missing, odd, or was assumed
	Rejects     []Reject // examples of malformed records, the first of each reason
	Reasons     map[string]uint64
	Losses      []Loss
	Incomplete  bool   // unreadable or cut: the report is missing something
	Skipped     string // why it was not read at all; "" if it was

	// HashedOnly tells that nothing is missing though it was not read: all of its
	// records lie outside the window of the report, as Skipped says.
	HashedOnly bool
}

// Reject is one record that could not be decoded.
type Reject struct {
	Record uint64 // line or packet number, from 1
	Reason string
	Text   string // the record's beginning, at most 200 bytes, raw
	Host   string // as logged; "" if the record does not tell
}

// Loss sums up the loss notices of one class in one input.
type Loss struct {
	Class   string // kernel_lost, relay_lost, service_suppressed, nflog_lost, audit_lost, capture_dropped; those of LowersCounts
	Notices uint64 // how many such notices
	Lost    uint64 // records that they say were lost; 0 where they give no number

	First, Last int64  // times of the first and last notice, event.NoTime if they have none
	Record      uint64 // of the first notice in the input
}

// LowersCounts reports whether firewall records may be among what was lost:
// counts are then lower bounds. A flood of other kernel messages takes none of
// them (LOG is not subject to net_ratelimit), a full connection table makes the
// firewall drop packets, not records, and martian and syn_flood tell of an attack.
// A boot, a clock that was set and a restart of the syslog daemon are boundaries
// of what can be compared, and no loss.
func (l *Loss) LowersCounts() bool {
	switch l.Class {
	case "kernel_flood", "conntrack_full", "martian", "syn_flood", "boot", "clock_set", "daemon_restart":
		return false
	}
	return true
}

// Manifest is the list of all inputs.
type Manifest struct {
	Totals   Ledger
	Inputs   []Input
	Overlaps []Overlap
}

// Overlap is what two families have in common. Records that could be compared
// are those that count or are duplicates, with a stamp.
type Overlap struct {
	Kind     OverlapKind
	Families [2]string
	Records  [2]uint64 // compared, of each family
	Shared   uint64
}

// OverlapKind says what was compared.
type OverlapKind string

// SameRecords are copies of one record in two logs, counted once. SamePackets
// are packets that both a log and a capture tell of: two observations, both
// counted.
const (
	SameRecords OverlapKind = "same records"
	SamePackets OverlapKind = "same packets"
)

// Place names a record of the input: PATH:LINE, or PATH#PACKET in a capture.
func Place(path string, packets bool, record uint64) string {
	if packets {
		return fmt.Sprintf("%s#%d", path, record)
	}
	return fmt.Sprintf("%s:%d", path, record)
}

// Incomplete reports whether some input was unreadable or cut.
func (m *Manifest) Incomplete() bool {
	for i := range m.Inputs {
		if m.Inputs[i].Incomplete {
			return true
		}
	}
	return false
}

// Meaning says in words what a class of loss notices means; "" if it is not known.
func (l *Loss) Meaning() string { return meanings[l.Class] }

var meanings = map[string]string{
	"kernel_lost":        "kernel messages were lost before they were logged",
	"relay_lost":         "the syslog daemon dropped messages",
	"service_suppressed": "journald suppressed messages of a service",
	"kernel_flood":       "the kernel suppressed messages of other kinds (a sign of a flood)",
	"conntrack_full":     "the connection table was full: the firewall itself dropped packets",
	"nflog_lost":         "the netlink log lost events",
	"kernel_missing":     "numbers of kernel messages are missing",
	"nflog_missing":      "numbers of NFLOG records are missing",
	"capture_dropped":    "the capture dropped packets",
	"audit_lost":         "the kernel's audit dropped records",
	"martian":            "the kernel saw packets with impossible addresses",
	"syn_flood":          "the kernel saw a flood of connection attempts",
	"boot":               "the machine was started",
	"clock_set":          "the clock was set",
	"daemon_restart":     "the syslog daemon was started, stopped or made to open its files again",
}
