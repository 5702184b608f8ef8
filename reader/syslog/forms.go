package syslog

import (
	"bytes"
	"time"

	"fwreport/reader/event"
	"fwreport/reader/lex"
	"fwreport/reader/netfilter"
)

// maxDepth is how often one envelope may stand in another: a container's line
// that holds a relay's line.
const maxDepth = 3

// inside opens the line that a wrapper holds. The wrapper's stamp says when the
// line was written: it serves where the line has no time of its own, and tells
// the year of one without a year.
func (p *parser) inside(env *envelope, line []byte, t int64, marks event.Fields) {
	const day = int64(24 * time.Hour)
	depth := env.depth + 1
	*env = envelope{pri: -1, pid: -1, time: event.NoTime, depth: depth}
	if depth > maxDepth {
		env.msg = line
		return
	}
	ref := t
	if t != event.NoTime {
		ref = (t/day + 2) * day // whole days, so that the clock's cache holds
	}
	p.prioritised(env, bytes.TrimSuffix(line, []byte{'\n'}), ref)
	if env.time == event.NoTime && t != event.NoTime {
		env.time, env.marks = t, marks|event.TimeImprecise
	}
}

// numberForm are the forms that begin with a digit and not with an ISO stamp.
func (p *parser) numberForm(env *envelope, rest []byte, ref int64) bool {
	return p.octetCount(env, rest, ref) || p.epochForm(env, rest) || p.kmsg(env, rest) || p.yearFirst(env, rest) ||
		p.proxmox(env, rest)
}

// octetCount is the "123 " before RFC 5424 messages on TCP (RFC 6587, 3.4.1).
func (p *parser) octetCount(env *envelope, rest []byte, ref int64) bool {
	w, after := cutWord(rest)
	if _, ok := lex.Uint16(w); !ok || env.pri >= 0 {
		return false
	}
	if _, n := priority(after); n == 0 {
		return false
	}
	p.prioritised(env, after, ref)
	return true
}

// epochStamp is "1735787045.123456", seconds since 1970 in 9 or 10 digits.
func epochStamp(b []byte) (t int64, n int) {
	for n < len(b) && b[n]-'0' <= 9 {
		n++
	}
	sec, ok := lex.Uint(b[:n])
	ns, k := fraction(b[n:])
	if !ok || n < 9 || k == 0 || b[n] != '.' {
		return 0, 0
	}
	return int64(sec)*int64(time.Second) + int64(ns), n + k
}

// epochForm is "journalctl -o short-unix".
func (p *parser) epochForm(env *envelope, rest []byte) bool {
	t, n := epochStamp(rest)
	if n == 0 || n == len(rest) || rest[n] != ' ' {
		return false
	}
	env.time = t
	p.hostAndTag(env, skipSpaces(rest[n:]))
	return true
}

// epochBracket is the "[1735787045.123] " that OpenWrt's logread -t puts behind
// its stamp. It is exact, so it replaces the stamp.
func epochBracket(env *envelope, rest []byte) []byte {
	if len(rest) == 0 || rest[0] != '[' {
		return rest
	}
	t, n := epochStamp(rest[1:])
	if n == 0 || !bytes.HasPrefix(rest[1+n:], []byte("] ")) || len(rest[1:1+n])-bytes.IndexByte(rest[1:], '.') != 4 {
		return rest
	}
	env.time, env.marks = t, 0
	return rest[n+3:]
}

// yearFirst is syslog-ng's full stamp "2025 Jan  2 03:04:05" and Sophos'
// "2025:01:02-03:04:05".
func (p *parser) yearFirst(env *envelope, rest []byte) bool {
	if len(rest) < 20 {
		return false
	}
	year, ok := lex.Uint16(rest[:4])
	if !ok || !plausibleYear(year) {
		return false
	}
	if s, n := parseStamp(rest[5:]); n > 0 && rest[4] == ' ' {
		env.time, env.marks = p.clock.local(int(year), s.Month, s.Day, s.Hour, s.Min, s.Sec, s.Nsec)
		p.hostAndTag(env, skipSpaces(rest[5+n:]))
		return true
	}
	if rest[4] != ':' || rest[7] != ':' || rest[10] != '-' {
		return false
	}
	mon, ok1 := two(rest[5:])
	day, ok2 := two(rest[8:])
	h, m, sec, ok3 := clockTime(rest[11:])
	if !ok1 || !ok2 || !ok3 || mon < 1 || mon > 12 || day < 1 || day > daysIn[mon] {
		return false
	}
	ns, k := fraction(rest[19:])
	env.time, env.marks = p.clock.local(int(year), time.Month(mon), day, h, m, sec, ns)
	p.hostAndTag(env, skipSpaces(rest[19+k:]))
	return true
}

// proxmox is pve-firewall.log: "VMID LEVEL CHAIN 02/Jan/2025:03:04:05 +0100 text"
// (pvefw-logger.c).
func (p *parser) proxmox(env *envelope, rest []byte) bool {
	w, rest := cutWord(rest)
	vmid, ok := lex.Uint(w)
	level, rest := cutWord(rest)
	chain, rest := cutWord(rest)
	if !ok || len(level) != 1 || level[0]-'0' > 7 || len(chain) == 0 || len(rest) < 26 || rest[20] != ' ' {
		return false
	}
	day, ok1 := two(rest)
	mon, ok2 := month(rest[3:])
	year, ok3 := lex.Uint16(rest[7:11])
	h, m, s, ok4 := clockTime(rest[12:])
	offset, n, ok5 := zoneOffset(rest[21:])
	if !ok1 || !ok2 || !ok3 || !ok4 || !ok5 || n == 0 || rest[2] != '/' || rest[6] != '/' || rest[11] != ':' ||
		day < 1 || day > daysIn[mon] || !plausibleYear(year) {
		return false
	}
	env.time = time.Date(int(year), mon, day, h, m, s, 0, time.UTC).UnixNano() - int64(offset)*int64(time.Second)
	env.body, env.vmid, env.chain, env.level = proxmoxBody, int(vmid), chain, level
	env.msg = trimOneSpace(rest[21+n:])
	return true
}

// wordForm are the forms that begin with a letter and not with an RFC 3164 stamp.
func (p *parser) wordForm(env *envelope, rest []byte, ref int64) bool {
	if after, ok := bytes.CutPrefix(rest, []byte("data: {")); ok { // journalctl -o json-sse
		return p.jsonForm(env, rest[len(rest)-len(after)-1:])
	}
	return p.weekdayForm(env, rest) || p.yearInside(env, rest) || p.decoded(env, rest, ref) || auditLine(env, rest)
}

// weekdayForm is journalctl's short-full "Thu 2025-01-02 04:04:05 CET host",
// logread's "Thu Jan  2 03:04:05 2025 facility.level" and ulogd's own log.
func (p *parser) weekdayForm(env *envelope, rest []byte) bool {
	if len(rest) < 24 || rest[3] != ' ' || !weekday(rest) {
		return false
	}
	if rest[4]-'0' <= 9 {
		return p.shortFull(env, rest[4:])
	}
	t, marks, n := p.clock.ctime(rest[4:])
	if n == 0 {
		return false
	}
	env.time, env.marks = t, marks
	rest = epochBracket(env, skipSpaces(rest[4+n:]))
	if len(rest) > 4 && rest[0] == '<' && rest[2] == '>' && rest[3] == ' ' { // ulogd.c prints its log level so
		env.tag, env.msg = ulogdTag, rest[4:]
		return true
	}
	p.hostAndTag(env, rest)
	return true
}

var ulogdTag = []byte("ulogd")

func weekday(b []byte) bool {
	switch string(b[:3]) {
	case "Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun":
		return true
	}
	return false
}

func (p *parser) shortFull(env *envelope, rest []byte) bool {
	t, marks, n, _ := p.clock.iso(rest)
	if n == 0 || n == len(rest) || rest[n] != ' ' {
		return false
	}
	name, after := cutWord(rest[n+1:])
	env.time, env.marks = p.clock.abbreviated(t, marks, name)
	p.hostAndTag(env, after)
	return true
}

// yearInside is "Jan  2 2025 03:04:05 host", as BSD and Cisco write.
func (p *parser) yearInside(env *envelope, rest []byte) bool {
	if len(rest) < 20 || rest[3] != ' ' || rest[6] != ' ' || rest[11] != ' ' {
		return false
	}
	mon, ok1 := month(rest)
	day, ok2 := two(rest[4:])
	year, ok3 := lex.Uint16(rest[7:11])
	h, m, s, ok4 := clockTime(rest[12:])
	if !ok1 || !ok2 || !ok3 || !ok4 || day < 1 || day > daysIn[mon] || !plausibleYear(year) {
		return false
	}
	ns, k := fraction(rest[20:])
	env.time, env.marks = p.clock.local(int(year), mon, day, h, m, s, ns)
	p.hostAndTag(env, skipSpaces(rest[20+k:]))
	return true
}

// decoded is "dmesg -x": "kern  :warn  : [12345.678901] text".
func (p *parser) decoded(env *envelope, rest []byte, ref int64) bool {
	i := bytes.IndexByte(rest[:min(len(rest), 12)], ':')
	if i < 0 {
		return false
	}
	j := bytes.IndexByte(rest[i+1:min(len(rest), i+12)], ':')
	if j < 0 {
		return false
	}
	f, l := bytes.TrimRight(rest[:i], " "), bytes.TrimRight(rest[i+1:i+1+j], " ")
	if !knownFacility(f) || !knownLevel(l) {
		return false
	}
	env.facility, env.level = f, l
	p.bracketForm(env, trimOneSpace(rest[i+j+2:]), ref)
	return true
}

// bracketForm are the forms that begin with a stamp in brackets: dmesg's, and
// journalctl's monotonic ones, which have host and tag behind it.
func (p *parser) bracketForm(env *envelope, rest []byte, ref int64) {
	us, n := netfilter.Uptime(rest)
	if n == 0 {
		us, n = deltaStamp(rest)
	}
	if n > 0 {
		env.uptime, env.hasUptime = us, true
		p.behindUptime(env, rest[n:])
		return
	}
	end := bytes.IndexByte(rest[:min(len(rest), 32)], ']')
	if end > 0 && p.dmesgStamp(env, rest[1:end], ref) {
		rest = trimOneSpace(rest[end+1:])
	}
	env.msg = stripUptime(env, rest)
}

// behindUptime tells "host kernel: text", which only journalctl writes behind
// the uptime, from the text of a record.
func (p *parser) behindUptime(env *envelope, rest []byte) {
	if len(rest) > 0 && rest[0] != '[' {
		_, after := cutWord(rest)
		if tag, _ := cutWord(after); isTag(tag) && relays(tag[:tagName(tag)]) {
			p.hostAndTag(env, rest)
			return
		}
	}
	env.msg = stripUptime(env, rest)
}

// deltaStamp is "[12345.678901 <    0.000148>]" of dmesg -d and, with a space
// before the last bracket, of journalctl -o short-delta, which has nothing but
// spaces there on its first line.
func deltaStamp(b []byte) (us int64, n int) {
	open := bytes.IndexByte(b[:min(len(b), 24)], '<')
	end := bytes.IndexByte(b[:min(len(b), 48)], ']')
	if open < 0 && end > 2 && b[end-1] == ' ' { // the first line of short-delta
		open = end
	}
	if open < 2 || end < open || open < end && !deltaSince(b[open+1:end]) {
		return 0, 0
	}
	sec, micro, ok := bytes.Cut(bytes.Trim(b[1:open], " "), []byte{'.'})
	s, ok1 := lex.Uint(sec)
	m, ok2 := lex.Uint(micro)
	if !ok || !ok1 || !ok2 || len(micro) != 6 {
		return 0, 0
	}
	n = end + 1
	if n < len(b) && b[n] == ' ' {
		n++
	}
	return int64(s)*1e6 + int64(m), n
}

// deltaSince is what stands behind "<": "    0.000148>".
func deltaSince(b []byte) bool {
	inner, ok := bytes.CutSuffix(bytes.TrimRight(b, " "), []byte{'>'})
	return ok && len(bytes.Trim(inner, " +0123456789.")) == 0
}

// dmesgStamp is what stands in the brackets of dmesg -T ("Thu Jan  2 03:04:05
// 2025") and dmesg -e ("Jan 2 03:04", "Jan12 03:04", or "  +0.000148" since the line before,
// which tells no time by itself).
func (p *parser) dmesgStamp(env *envelope, s []byte, ref int64) bool {
	if len(s) > 4 && weekday(s) && s[3] == ' ' {
		t, marks, n := p.clock.ctime(s[4:])
		if n == 0 || n+4 != len(s) {
			return false
		}
		env.time, env.marks = t, marks|event.TimeImprecise // uptime added to the boot time of now
		return true
	}
	if d := skipSpaces(s); len(d) > 7 && d[0] == '+' {
		return len(bytes.Trim(d[1:], "0123456789.")) == 0
	}
	return p.minuteStamp(env, s, ref)
}

func (p *parser) minuteStamp(env *envelope, s []byte, ref int64) bool {
	mon, ok := month(s)
	if !ok || len(s) < 11 || len(s) > 12 {
		return false
	}
	day, hm := skipSpaces(s[3:len(s)-6]), s[len(s)-5:]
	full := make([]byte, 0, 16)
	full = append(append(append(full, s[:3]...), ' '), "  "[:2-min(len(day), 2)]...)
	full = append(append(append(append(full, day...), ' '), hm...), ":00"...)
	if _, n := parseStamp(full); n == 0 || mon == 0 {
		return false
	}
	env.time, env.marks, _ = p.clock.rfc3164(full, ref)
	env.marks |= event.TimeImprecise
	return true
}

// cri is the container runtime's "stdout F text" behind an ISO stamp, where it
// is itself wrapped or has a priority before it; parts are read by themselves
// there. See openLine for a runtime's own files.
func (p *parser) cri(env *envelope, rest []byte) bool {
	if len(rest) < 9 || string(rest[:7]) != "stdout " && string(rest[:7]) != "stderr " {
		return false
	}
	if rest[8] != ' ' || rest[7] != 'F' && rest[7] != 'P' {
		return false
	}
	p.inside(env, rest[9:], env.time, env.marks)
	return true
}
