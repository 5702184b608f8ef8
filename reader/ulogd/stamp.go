package ulogd

import (
	"time"

	"fwreport/reader/event"
	"fwreport/reader/lex"
)

// when sets the event's time. The kernel's or ulogd's epoch time is exact;
// "timestamp" is the same in local time, whose zone ulogd writes since 2.0.7
// but leaves out if it is UTC: it counts only where the epoch time is missing.
// GPRINT's is the time of writing.
func (p *parser) when(e *event.Event) (ok bool) {
	r := p.rec
	switch {
	case r.has(kTimeSec):
		e.Time = int64(r.num[kTimeSec]) * 1e9
		if r.has(kTimeUsec) {
			e.Time += int64(r.num[kTimeUsec]) * 1e3
		}
	case r.has(kTimestamp):
		var flags event.Fields
		e.Time, flags, ok = stamp(r.str(kTimestamp), p.zone)
		e.Fields |= flags
		if ok && r.str(kTimestamp)[4] == '/' {
			e.Fields |= event.TimeImprecise
		}
		return ok
	default:
		e.Time = event.NoTime
	}
	return true
}

// stamp parses 2006-01-02T15:04:05[.fraction][Z|±hhmm|±hh:mm] and GPRINT's
// 2006/01/02-15:04:05, and takes zone where there is none.
func stamp(b []byte, zone *time.Location) (ns int64, flags event.Fields, ok bool) {
	if len(b) < 19 || b[13] != ':' || b[16] != ':' {
		return 0, 0, false
	}
	if between := [...]byte{b[4], b[7], b[10]}; between != [...]byte{'-', '-', 'T'} && between != [...]byte{'/', '/', '-'} {
		return 0, 0, false
	}
	var f [6]int
	for i, at := range [...][2]int{{0, 4}, {5, 7}, {8, 10}, {11, 13}, {14, 16}, {17, 19}} {
		n, ok := lex.Uint16(b[at[0]:at[1]])
		if !ok {
			return 0, 0, false
		}
		f[i] = int(n)
	}
	if !valid(f) {
		return 0, 0, false
	}
	frac, rest, ok := fraction(b[19:])
	if !ok {
		return 0, 0, false
	}
	off, known, ok := offset(rest)
	if !ok {
		return 0, 0, false
	}
	if known {
		zone = time.UTC
	} else {
		flags = event.TZAssumed
	}
	sec, fold := lex.LocalInstant(f[0], time.Month(f[1]), f[2], f[3], f[4], f[5], zone)
	return (sec-off)*1e9 + frac, flags | fold, true
}

// valid reports whether year, month, day, hour, minute and second exist; 60 is
// a leap second. Years are those that fit Unix nanoseconds.
func valid(f [6]int) bool {
	if f[0] < 1970 || f[0] > 2242 || f[1] < 1 || f[1] > 12 || f[2] < 1 || f[3] > 23 || f[4] > 59 || f[5] > 60 {
		return false
	}
	return f[2] <= time.Date(f[0], time.Month(f[1])+1, 0, 0, 0, 0, 0, time.UTC).Day()
}

// fraction cuts .digits off b, in nanoseconds; more than nine are dropped.
func fraction(b []byte) (ns int64, rest []byte, ok bool) {
	if len(b) == 0 || b[0] != '.' {
		return 0, b, true
	}
	b = b[1:]
	scale, n := int64(1e8), 0
	for ; n < len(b) && b[n]-'0' <= 9; n++ {
		ns += int64(b[n]-'0') * scale
		scale /= 10
	}
	return ns, b[n:], n > 0
}

// offset reads a zone, in seconds east of UTC; known is false if b is empty.
func offset(b []byte) (sec int64, known, ok bool) {
	switch {
	case len(b) == 0:
		return 0, false, true
	case len(b) == 1 && b[0] == 'Z':
		return 0, true, true
	case len(b) == 6 && b[3] == ':':
		return hhmm(b[0], b[1:3], b[4:6])
	case len(b) == 5:
		return hhmm(b[0], b[1:3], b[3:5])
	}
	return 0, false, false
}

func hhmm(sign byte, hh, mm []byte) (sec int64, known, ok bool) {
	h, ok1 := lex.Uint8(hh)
	m, ok2 := lex.Uint8(mm)
	if !ok1 || !ok2 || h > 14 || m > 59 || sign != '+' && sign != '-' {
		return 0, false, false
	}
	sec = int64(h)*3600 + int64(m)*60
	if sign == '-' {
		sec = -sec
	}
	return sec, true, true
}
