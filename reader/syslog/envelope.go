package syslog

import (
	"bytes"

	"fwreport/reader/event"
	"fwreport/reader/lex"
	"fwreport/reader/netfilter"
)

// envelope is what stands around a message. Its slices point into the line.
type envelope struct {
	pri       int // -1 if absent
	time      int64
	marks     event.Fields // about the stamp
	uptime    int64
	hasUptime bool
	host      []byte
	facility  []byte // of busybox' and logread's "kern.warn"
	level     []byte
	tag       []byte // without pid and colon
	pid       int    // -1 if absent
	msg       []byte

	// Of the rarer forms.
	depth     int   // wrappers taken off
	kmsgSeq   int64 // of /dev/kmsg
	hasSeq    bool
	body      body   // what msg is, if not the kernel's text
	vmid      int    // of Proxmox
	chain     []byte // of Proxmox
	transport []byte // of the journal, if it is not the kernel
	dropped   uint64 // messages that journald suppressed
	reject    string // why the envelope itself is damaged
	part      bool   // it is a part of a container's line, and not the last one
	headless  bool   // msg lacks its beginning: parts of it are out of reach
}

// body says whose text a message is.
type body uint8

const (
	kernelBody body = iota
	proxmoxBody
)

// priority parses "<4>" at the start of b and returns its length, 0 if there is none.
func priority(b []byte) (pri, n int) {
	if len(b) < 3 || b[0] != '<' {
		return -1, 0
	}
	end := bytes.IndexByte(b[:min(len(b), 5)], '>')
	if end < 2 {
		return -1, 0
	}
	p, ok := lex.Uint16(b[1:end])
	if !ok || p > 191 {
		return -1, 0
	}
	return int(p), end + 1
}

// open takes the envelope off a line. Every line has one, if only an empty one:
// what is not recognised is message.
func (p *parser) open(env *envelope, line []byte, ref int64) {
	*env = envelope{pri: -1, pid: -1, time: event.NoTime}
	p.prioritised(env, line, ref)
}

// prioritised is a line that may begin with a priority.
func (p *parser) prioritised(env *envelope, rest []byte, ref int64) {
	if pri, n := priority(rest); n > 0 {
		env.pri, rest = pri, rest[n:]
		if len(rest) > 2 && rest[0] == '1' && rest[1] == ' ' && p.rfc5424(env, rest[2:]) {
			return
		}
	}
	if len(rest) == 0 {
		return
	}
	switch c := rest[0]; {
	case c-'0' <= 9:
		p.isoForm(env, rest, ref)
	case c|0x20 >= 'a' && c|0x20 <= 'z':
		p.bsdForm(env, rest, ref)
	case c == '[':
		p.bracketForm(env, rest, ref)
	case c == '{' && p.jsonForm(env, rest):
	case c == recordSeparator && len(rest) > 1 && rest[1] == '{' && p.jsonForm(env, rest[1:]):
	default:
		env.msg = stripUptime(env, rest)
	}
}

// bsdForm is RFC 3164: stamp, host, tag.
func (p *parser) bsdForm(env *envelope, rest []byte, ref int64) {
	t, marks, n := p.clock.rfc3164(rest, ref)
	if n == 0 {
		if !p.wordForm(env, rest, ref) {
			env.msg = stripUptime(env, rest)
		}
		return
	}
	env.time, env.marks = t, marks
	rest = skipSpaces(rest[n:])
	if len(rest) > 0 && rest[0] == '[' {
		rest = epochBracket(env, rest)
	}
	p.hostAndTag(env, rest)
}

// isoForm is what rsyslog and systemd write by default today: an ISO stamp,
// host, tag. dmesg --time-format iso writes a comma and no host.
func (p *parser) isoForm(env *envelope, rest []byte, ref int64) {
	t, marks, n, comma := p.clock.iso(rest)
	if n == 0 || n < len(rest) && rest[n] != ' ' {
		if !p.numberForm(env, rest, ref) {
			env.msg = stripUptime(env, rest)
		}
		return
	}
	env.time, env.marks = t, marks
	rest = skipSpaces(rest[n:])
	if comma {
		env.msg = stripUptime(env, rest)
		return
	}
	if len(rest) > 0 && rest[0] == 's' && p.cri(env, rest) {
		return
	}
	p.hostAndTag(env, rest)
}

// rfc5424 is STAMP HOST APP PROCID MSGID SD MSG, with - for what is absent.
func (p *parser) rfc5424(env *envelope, rest []byte) bool {
	var field [5][]byte
	r := rest
	for i := range field {
		w, after, ok := bytes.Cut(r, space)
		if !ok {
			return false
		}
		field[i], r = w, after
	}
	if string(field[0]) != "-" {
		t, marks, n, _ := p.clock.iso(field[0])
		if n != len(field[0]) {
			return false
		}
		env.time, env.marks = t, marks
	}
	env.host, env.tag = nilValue(field[1]), nilValue(field[2])
	if pid, ok := lex.Uint(field[3]); ok {
		env.pid = int(pid)
	}
	n := structuredData(r)
	if n == 0 {
		return false
	}
	// rsyslog's template leaves the space that stood before the message.
	msg := trimOneSpace(bytes.TrimPrefix(trimOneSpace(r[n:]), bom))
	if trimmed := skipSpaces(msg); len(trimmed) > 0 && trimmed[0] == '[' {
		msg = trimmed
	}
	env.msg = stripUptime(env, msg)
	return true
}

var (
	space = []byte{' '}
	bom   = []byte("\ufeff")
)

func nilValue(b []byte) []byte {
	if len(b) == 1 && b[0] == '-' {
		return nil
	}
	return b
}

// structuredData is the length of "-" or of [elements], 0 if there are none.
// Inside quotes ] may stand escaped (RFC 5424, 6.3.3).
func structuredData(b []byte) int {
	if len(b) == 0 {
		return 0
	}
	if b[0] == '-' {
		return 1
	}
	quoted, open := false, false
	for i := 0; i < len(b); i++ {
		switch c := b[i]; {
		case !open && c != '[':
			return i
		case c == '\\' && quoted:
			i++
		case c == '"':
			quoted = !quoted
		case c == '[' && !quoted:
			open = true
		case c == ']' && !quoted:
			open = false
		}
	}
	if open {
		return 0
	}
	return len(b)
}

// hostAndTag is splitHostAndTag with a memory: nearly all records of a file come
// from the same host under the tag "kernel:", which no following text can change.
func (p *parser) hostAndTag(env *envelope, rest []byte) {
	if n := len(p.hostTag); n > 0 && len(rest) >= n && string(rest[:n]) == string(p.hostTag) {
		env.host, env.tag = rest[:p.hostLen], kernelTag[:len(kernelTag)-1]
		kernelMessage(env, rest[n:])
		return
	}
	splitHostAndTag(env, rest)
	n := len(env.host)
	if string(env.tag) != "kernel" || env.pid >= 0 || env.facility != nil || n == 0 {
		return
	}
	// The host may be the second word: then the first one is not followed by the
	// tag. One in brackets can be a stamp in other lines.
	if env.host[0] != '[' && bytes.HasPrefix(rest, env.host) && bytes.HasPrefix(rest[n:], hostToMessage) {
		p.hostLen, p.hostSym = n, p.names.Sym(env.host)
		p.hostTag = append(p.hostTag[:0], rest[:n+len(hostToMessage)]...)
		p.tag.set(p.hostTag)
	}
}

// hostToMessage stands between host and message.
var hostToMessage = []byte(" kernel: ")

// splitHostAndTag splits "host tag[pid]: message". Each part can be missing: logread
// and busybox -S write no host, LOGEMU no tag, and a log prefix can look like a
// tag. So a tag must be one that daemons use if a record follows.
func splitHostAndTag(env *envelope, rest []byte) {
	w, after := cutWord(rest)
	switch {
	case facilityLevel(env, w):
		rest = after
	case isTag(w):
	default:
		env.host, rest = secondHost(w, after)
		if f, behind := cutWord(rest); facilityLevel(env, f) {
			rest = behind
		}
	}
	rest = takeTag(env, rest)
	kernelMessage(env, rest)
}

// secondHost takes a second host off: UniFi gateways and some relays write it
// twice, others put their own name before that of the sender. So a second word
// is a host if it is the first one again or has the kernel's tag behind it.
func secondHost(host, rest []byte) (sender, after []byte) {
	w, behind := cutWord(rest)
	if len(w) == 0 || isTag(w) {
		return host, rest
	}
	if bytes.Equal(w, host) || bytes.HasPrefix(behind, kernelTag) && tagName(w) == len(w) && !facilityLevel(&envelope{}, w) {
		return w, behind
	}
	return host, rest
}

// kernelMessage takes off what stands between tag and message.
func kernelMessage(env *envelope, rest []byte) {
	for bytes.HasPrefix(rest, kernelTag) { // relays add it again
		rest = trimOneSpace(rest[len(kernelTag):])
	}
	if trimmed := skipSpaces(rest); len(trimmed) > 0 && trimmed[0] == '[' && len(env.tag) > 0 {
		env.msg = stripUptime(env, trimmed)
		if env.hasUptime {
			return
		}
	}
	env.msg = stripUptime(env, rest)
}

var kernelTag = []byte("kernel:")

func cutWord(b []byte) (w, rest []byte) {
	i := bytes.IndexByte(b, ' ')
	if i < 0 {
		return b, nil
	}
	return b[:i], b[i+1:]
}

// isTag reports whether a word is a tag with its colon, "kernel:" or
// "ulogd[812]:", or has an uptime glued to it ("kernel:[12345.678901]").
func isTag(w []byte) bool {
	return len(w) > 1 && (w[len(w)-1] == ':' || bytes.Contains(w, []byte(":["))) && tagName(w) > 0
}

// tagName is the length of the name that a tag begins with.
func tagName(w []byte) int {
	for i, c := range w {
		ok := c|0x20 >= 'a' && c|0x20 <= 'z' || c-'0' <= 9 || c == '_' || c == '.' || c == '/' || c == '-'
		if !ok {
			return i
		}
	}
	return len(w)
}

// takeTag takes a tag off rest. If a firewall record follows, only the tags of
// those who relay kernel messages are taken: anything else is its log prefix.
func takeTag(env *envelope, rest []byte) []byte {
	n := tagName(rest)
	if n == 0 || n == len(rest) {
		return rest
	}
	i, pid := n, -1
	if rest[i] == '[' {
		end := bytes.IndexByte(rest[i:min(len(rest), i+12)], ']')
		if end < 0 {
			return rest
		}
		v, ok := lex.Uint(rest[i+1 : i+end])
		if !ok {
			return rest
		}
		pid, i = int(v), i+end+1
	}
	if i >= len(rest) || rest[i] != ':' {
		return rest
	}
	if !relays(rest[:n]) && netfilter.Anchored(rest) && !bytes.HasPrefix(trimOneSpace(rest[i+1:]), kernelTag) {
		return rest
	}
	env.tag, env.pid = rest[:n], pid
	return trimOneSpace(rest[i+1:])
}

// relays reports whether a tag is one under which kernel or ulogd records come.
func relays(tag []byte) bool {
	switch string(tag) {
	case "kernel", "vmunix", "klogd", "ulogd", "ulogd2", "unknown", "audit", "systemd-journald", "rsyslogd", "syslog-ng", "dmesg":
		return true
	}
	return false
}

// facilityLevel takes busybox' and logread's "kern.warn".
func facilityLevel(env *envelope, w []byte) bool {
	f, l, ok := bytes.Cut(w, []byte{'.'})
	if !ok || !knownFacility(f) || !knownLevel(l) {
		return false
	}
	env.facility, env.level = f, l
	return true
}

func knownFacility(b []byte) bool {
	switch string(b) {
	case "kern", "user", "mail", "daemon", "auth", "syslog", "lpr", "news", "uucp", "cron", "authpriv", "ftp", "ntp",
		"local0", "local1", "local2", "local3", "local4", "local5", "local6", "local7":
		return true
	}
	return false
}

func knownLevel(b []byte) bool {
	switch string(b) {
	case "emerg", "alert", "crit", "err", "error", "warn", "warning", "notice", "info", "debug":
		return true
	}
	return false
}

// stripUptime takes the kernel's stamps off a message; the first one counts.
func stripUptime(env *envelope, msg []byte) []byte {
	for {
		us, n := netfilter.Uptime(msg)
		if n == 0 {
			return msg
		}
		if !env.hasUptime {
			env.uptime, env.hasUptime = us, true
		}
		msg = msg[n:]
	}
}

func skipSpaces(b []byte) []byte {
	for len(b) > 0 && b[0] == ' ' {
		b = b[1:]
	}
	return b
}

func trimOneSpace(b []byte) []byte {
	if len(b) > 0 && b[0] == ' ' {
		return b[1:]
	}
	return b
}
