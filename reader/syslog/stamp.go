package syslog

import (
	"bytes"
	"encoding/binary"
	"time"

	"fwreport/reader"
	"fwreport/reader/event"
	"fwreport/reader/lex"
)

// months by their three letters, lower case.
var months = map[[3]byte]time.Month{
	{'j', 'a', 'n'}: 1, {'f', 'e', 'b'}: 2, {'m', 'a', 'r'}: 3, {'a', 'p', 'r'}: 4, {'m', 'a', 'y'}: 5, {'j', 'u', 'n'}: 6,
	{'j', 'u', 'l'}: 7, {'a', 'u', 'g'}: 8, {'s', 'e', 'p'}: 9, {'o', 'c', 't'}: 10, {'n', 'o', 'v'}: 11, {'d', 'e', 'c'}: 12,
}

func month(b []byte) (time.Month, bool) {
	if len(b) < 3 {
		return 0, false
	}
	m, ok := months[[3]byte{b[0] | 0x20, b[1] | 0x20, b[2] | 0x20}]
	return m, ok
}

// two parses two digits; the first may be a space.
func two(b []byte) (int, bool) {
	hi, lo := b[0]-'0', b[1]-'0'
	if b[0] == ' ' {
		hi = 0
	}
	return int(hi)*10 + int(lo), hi <= 9 && lo <= 9
}

// clockTime parses "HH:MM:SS" at the start of b; a leap second is accepted.
func clockTime(b []byte) (h, m, s int, ok bool) {
	if len(b) < 8 || b[2] != ':' || b[5] != ':' || b[0] == ' ' || b[3] == ' ' || b[6] == ' ' {
		return 0, 0, 0, false
	}
	h, ok1 := two(b)
	m, ok2 := two(b[3:])
	s, ok3 := two(b[6:])
	return h, m, s, ok1 && ok2 && ok3 && h < 24 && m < 60 && s <= 60
}

// daysIn is the most days that each month can have.
var daysIn = [13]int{0, 31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31}

// fraction parses ".123456" or ",123456", any number of digits, and returns
// nanoseconds and the length; 0 if there is none.
func fraction(b []byte) (ns, n int) {
	if len(b) < 2 || b[0] != '.' && b[0] != ',' || b[1]-'0' > 9 {
		return 0, 0
	}
	scale := 100_000_000
	for n = 1; n < len(b) && b[n]-'0' <= 9; n++ {
		ns += int(b[n]-'0') * scale
		scale /= 10
	}
	return ns, n
}

// parseStamp parses the RFC 3164 stamp "Jan  2 03:04:05", day padded with a
// space or a zero, with an optional fraction, and returns its length.
func parseStamp(b []byte) (s reader.Stamp, n int) {
	if len(b) < 15 || b[3] != ' ' || b[6] != ' ' {
		return s, 0
	}
	mon, ok := month(b)
	if !ok {
		return s, 0
	}
	day, ok := two(b[4:])
	if !ok || day < 1 || day > daysIn[mon] {
		return s, 0
	}
	h, m, sec, ok := clockTime(b[7:])
	if !ok {
		return s, 0
	}
	ns, k := fraction(b[15:])
	return reader.Stamp{Month: mon, Day: day, Hour: h, Min: m, Sec: sec, Nsec: ns}, 15 + k
}

// clock turns stamps into instants. It remembers the last minute: within one
// minute only the seconds differ, and looking up the zone costs more than all
// the rest of the envelope.
type clock struct {
	zone *time.Location

	rfcKey   [12]byte // "Jan  2 03:04"
	rfcLo    uint64   // its first eight bytes
	rfcHi    uint64   // and the others, ':', two of any and a space
	rfcRef   int64
	rfcBase  int64 // Unix ns of that minute
	rfcMarks event.Fields
	rfcOK    bool

	isoKey   [16]byte // "2025-01-02T03:04"
	isoWall  int64    // Unix ns of that minute read as UTC
	isoLocal int64    // and in the zone
	isoMarks event.Fields
	isoOK    bool
}

// in sets the zone of the stamps that follow.
func (c *clock) in(zone *time.Location) {
	if c.zone != zone {
		c.zone, c.rfcOK, c.isoOK = zone, false, false
	}
}

const minute = int64(time.Minute)

// rfc3164 parses a year-less stamp at the start of b; n is 0 if there is none.
// A stamp whose year cannot be told has no time.
func (c *clock) rfc3164(b []byte, ref int64) (t int64, marks event.Fields, n int) {
	if len(b) >= 15 && c.rfcOK && ref == c.rfcRef && string(b[:12]) == string(c.rfcKey[:]) && b[12] == ':' {
		if sec, ok := two(b[13:]); ok && sec < 60 && b[13] != ' ' {
			ns, k := fraction(b[15:])
			return c.rfcBase + int64(sec)*int64(time.Second) + int64(ns), c.rfcMarks, 15 + k
		}
	}
	s, n := parseStamp(b)
	if n == 0 {
		return event.NoTime, 0, 0
	}
	return c.rfcSlow(b, s, ref, n)
}

// sameMinute is rfc3164 for a stamp of whole seconds and a space, of the minute
// of the one before: all but the seconds is compared as two words.
func (c *clock) sameMinute(b *[lineReach]byte) (t int64, ok bool) {
	const others = 0xff0000ffffffffff // all of "3:04:05 " but the seconds
	lo, hi := binary.LittleEndian.Uint64(b[:]), binary.LittleEndian.Uint64(b[8:])
	tens, ones := hi>>40&0xff-'0', hi>>48&0xff-'0'
	return c.rfcBase + int64(tens*10+ones)*int64(time.Second), lo == c.rfcLo && (hi^c.rfcHi)&others == 0 && tens <= 5 && ones <= 9
}

func (c *clock) rfcSlow(b []byte, s reader.Stamp, ref int64, n int) (int64, event.Fields, int) {
	const inferred = event.YearInferred | event.TZAssumed
	at, ok := s.Resolve(ref, c.zone)
	if !ok {
		return event.NoTime, inferred, n
	}
	base, marks := lex.LocalInstant(at.In(c.zone).Year(), s.Month, s.Day, s.Hour, s.Min, 0, c.zone)
	marks |= inferred
	c.rfcBase, c.rfcMarks, c.rfcRef = base*int64(time.Second), marks, ref
	copy(c.rfcKey[:], b)
	c.rfcLo = binary.LittleEndian.Uint64(b)
	c.rfcHi = uint64(binary.LittleEndian.Uint32(b[8:])) | ':'<<32 | ' '<<56
	// In the reference's own minute the year may depend on the second.
	c.rfcOK = c.rfcBase+2*minute < ref || c.rfcBase > ref
	return c.rfcBase + int64(s.Sec)*int64(time.Second) + int64(s.Nsec), marks, n
}

// iso parses "2025-01-02T03:04:05[.123456][Z|±hh[:]mm]" at the start of b; n is
// 0 if there is none. Without a zone the configured one is taken. A comma
// before the fraction, which only dmesg writes, is reported.
func (c *clock) iso(b []byte) (t int64, marks event.Fields, n int, comma bool) {
	if len(b) < 19 || b[4] != '-' || b[7] != '-' || b[10] != 'T' && b[10] != ' ' {
		return event.NoTime, 0, 0, false
	}
	if !c.isoOK || string(b[:16]) != string(c.isoKey[:]) {
		if !c.isoMinute(b) {
			return event.NoTime, 0, 0, false
		}
	}
	sec, ok := two(b[17:])
	if !ok || b[16] != ':' || b[17] == ' ' || sec > 60 {
		return event.NoTime, 0, 0, false
	}
	ns, k := fraction(b[19:])
	comma = k > 0 && b[19] == ','
	n = 19 + k
	rest := int64(sec)*int64(time.Second) + int64(ns)
	offset, z, ok := zoneOffset(b[n:])
	switch {
	case !ok:
		return event.NoTime, 0, 0, false
	case z == 0:
		return c.isoLocal + rest, c.isoMarks | event.TZAssumed, n, comma
	}
	return c.isoWall + rest - int64(offset)*int64(time.Second), 0, n + z, comma
}

// local is the instant of a stamp with a year and without a zone.
func (c *clock) local(year int, mon time.Month, day, h, m, sec, ns int) (t int64, marks event.Fields) {
	base, marks := lex.LocalInstant(year, mon, day, h, m, 0, c.zone)
	return (base+int64(sec))*int64(time.Second) + int64(ns), marks | event.TZAssumed
}

// plausibleYear reports whether Unix nanoseconds can hold the year and it is no
// other number.
func plausibleYear(y uint16) bool { return y >= 1970 && y <= 2261 }

// ctime parses "Jan  2 03:04:05 2025", asctime(3) without the weekday.
func (c *clock) ctime(b []byte) (t int64, marks event.Fields, n int) {
	s, n := parseStamp(b)
	if n == 0 || len(b) < n+5 || b[n] != ' ' || len(b) > n+5 && b[n+5] != ' ' {
		return event.NoTime, 0, 0
	}
	year, ok := lex.Uint16(b[n+1 : n+5])
	if !ok || !plausibleYear(year) {
		return event.NoTime, 0, 0
	}
	t, marks = c.local(int(year), s.Month, s.Day, s.Hour, s.Min, s.Sec, s.Nsec)
	return t, marks, n + 5
}

// abbreviated applies the zone's name behind a stamp that iso has just read.
// Names are ambiguous (CST, IST): only UTC and those of the configured zone count.
func (c *clock) abbreviated(t int64, marks event.Fields, name []byte) (int64, event.Fields) {
	if offset, n, ok := zoneOffset(name); ok && n > 0 && n == len(name) {
		return c.isoWall + t - c.isoLocal - int64(offset)*int64(time.Second), 0
	}
	if s := string(name); s == "UTC" || s == "GMT" {
		return c.isoWall + t - c.isoLocal, 0
	}
	if c.zoneName(t) == string(name) {
		return t, marks &^ (event.TZAssumed | event.TimeFolded)
	}
	if later := t + int64(time.Hour); marks&event.TimeFolded != 0 && c.zoneName(later) == string(name) {
		return later, marks &^ (event.TZAssumed | event.TimeFolded)
	}
	return t, marks
}

func (c *clock) zoneName(t int64) string {
	name, _ := time.Unix(0, t).In(c.zone).Zone()
	return name
}

// isoMinute remembers the minute of the stamp at the start of b.
func (c *clock) isoMinute(b []byte) bool {
	year, ok1 := lex.Uint16(b[:4])
	mon, ok2 := two(b[5:])
	day, ok3 := two(b[8:])
	h, m, _, ok4 := clockTime(b[11:])
	c.isoOK = false
	if !ok1 || !ok2 || !ok3 || !ok4 || year < 1 || mon < 1 || mon > 12 || day < 1 || day > daysIn[mon] || b[5] == ' ' || b[8] == ' ' {
		return false
	}
	d := time.Date(int(year), time.Month(mon), day, h, m, 0, 0, time.UTC)
	if d.Day() != day || year < 1678 || year > 2261 { // what Unix nanoseconds hold
		return false
	}
	local, marks := lex.LocalInstant(int(year), time.Month(mon), day, h, m, 0, c.zone)
	c.isoWall, c.isoLocal, c.isoMarks = d.UnixNano(), local*int64(time.Second), marks
	copy(c.isoKey[:], b)
	c.isoOK = true
	return true
}

// zoneOffset parses Z, ±hh:mm, ±hhmm or ±hh at the start of b: seconds east of
// UTC and the length, 0 if there is none.
func zoneOffset(b []byte) (sec, n int, ok bool) {
	if len(b) == 0 || b[0] == ' ' {
		return 0, 0, true
	}
	if b[0] == 'Z' {
		return 0, 1, true
	}
	if b[0] != '+' && b[0] != '-' || len(b) < 3 {
		return 0, 0, false
	}
	h, ok1 := two(b[1:])
	m, n, ok2 := 0, 3, true
	switch {
	case len(b) >= 6 && b[3] == ':':
		m, ok2 = two(b[4:])
		n = 6
	case len(b) >= 5 && b[3] != ' ':
		m, ok2 = two(b[3:])
		n = 5
	}
	sec = h*3600 + m*60
	if b[0] == '-' {
		sec = -sec
	}
	return sec, n, ok1 && ok2 && h <= 15 && m < 60 && b[1] != ' '
}

// yearless is reader.Format.YearLess.
func yearless(line []byte) (reader.Stamp, bool) {
	line = bytes.TrimLeft(line, "\x00\ufeff")
	if _, n := priority(line); n > 0 {
		line = line[n:]
	}
	s, n := parseStamp(line)
	return s, n > 0
}
