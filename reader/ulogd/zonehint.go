package ulogd

import (
	"time"

	"fwreport/reader"
)

// quarter is what all offsets from UTC in use are multiples of, in seconds.
const quarter = 15 * 60

// maxOffset is the largest offset from UTC in use (Pacific/Kiritimati), in seconds.
const maxOffset = 14 * 3600

// zoneHint is reader.Format.ZoneHint: ulogd makes "timestamp", local time, of the
// same second that it writes as oob.time.sec, so that their difference is the
// machine's offset from UTC (FORMATS.md 2.1). Stamps that ulogd did not write
// (a collector's own, with Z) and objects that do not agree, as where the clocks
// were set back, teach nothing.
func zoneHint(head []byte) (offset time.Duration, at int64, ok bool) {
	var rec record
	var known int64
	spell := newSpeller()
	for len(head) > 0 {
		var line []byte
		line, head = reader.NextLine(head)
		if line = trim(line); len(line) == 0 || rec.read(line, &spell) != nil || !rec.all(kTimeSec, kTimestamp) {
			continue // what the parser rejects, the cut end of the head, flows
		}
		sec := int64(rec.num[kTimeSec])
		off, valid := localOffset(rec.str(kTimestamp), sec)
		if !valid || ok && off != known {
			return 0, 0, false
		}
		if !ok {
			known, at, ok = off, sec, true
		}
	}
	return time.Duration(known) * time.Second, at, ok
}

// localOffset is how far a local stamp is ahead of the exact time, both in
// seconds; ok is false if that is no zone's offset or not the one that it names.
func localOffset(text []byte, sec int64) (off int64, ok bool) {
	const local = len("2006-01-02T15:04:05")
	if len(text) < local || text[4] != '-' || text[len(text)-1] == 'Z' {
		return 0, false
	}
	wall, _, ok := stamp(text[:local], time.UTC)
	if !ok {
		return 0, false
	}
	_, suffix, ok := fraction(text[local:])
	if !ok {
		return 0, false
	}
	off = wall/1e9 - sec
	named, known, ok := offset(suffix)
	if !ok || known && named != off {
		return 0, false
	}
	return off, off%quarter == 0 && off >= -maxOffset && off <= maxOffset
}
