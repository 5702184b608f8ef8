package syslog

import (
	"bytes"
	"strings"

	"fwreport/reader/lex"
)

// form is a message of those that log themselves about what is lost, suppressed
// or begun anew.
type form struct {
	key    string
	class  string // see evidence.Loss
	number numberPlace
	more   string // what must follow somewhere behind the key, and behind the number
}

type numberPlace uint8

const (
	none numberPlace = iota
	before
	after
)

// heads are the messages that are known by their beginning. That keeps out most
// lines in which somebody else's text is logged. Sources: systemd (journald-kmsg.c,
// journald-syslog.c, journald-rate-limit.c, logs-show.c, manager.c, timesyncd),
// kernel (init/version.c, tcp_input.c, route.c, audit.c), chrony (local.c, reference.c),
// ntp (ntp_loopfilter.c, ntpd.c, ntpdate.c), busybox (syslogd.c, ntpd.c), OpenNTPD (ntpd.c),
// rsyslog (rsyslogd.c, action.c), syslog-ng (main.c).
var heads = [...]form{
	{"Missed ", "kernel_lost", after, "kernel messages"},
	{"/dev/kmsg buffer overrun, some messages lost", "kernel_lost", none, ""},
	{"Suppressed ", "service_suppressed", after, "messages"},
	{"N_DROPPED=", "service_suppressed", after, ""},
	{"Forwarding to syslog missed ", "relay_lost", after, ""},
	{"action '", "relay_lost", none, "' suspended"},
	{"audit_lost=", "audit_lost", none, ""}, // a sum since boot
	{"audit: backlog limit exceeded", "audit_lost", none, ""},
	{"audit: rate limit exceeded", "audit_lost", none, ""},
	{"Possible SYN flooding on port ", "syn_flood", none, ""},
	{"possible SYN flooding on port ", "syn_flood", none, ""},
	{"martian source ", "martian", none, ""},
	{"martian destination ", "martian", none, ""},
	{"-- Boot ", "boot", none, " --"},
	{"-- Reboot --", "boot", none, ""},
	{"Linux version ", "boot", none, ""},
	{"Time has been changed", "clock_set", none, ""},
	{"Time jumped backwards", "clock_set", none, ""},
	{"System clock time unset or jumped backwards", "clock_set", none, ""},
	{"System clock was stepped by ", "clock_set", none, ""},
	{"time reset +", "clock_set", none, ""},
	{"time reset -", "clock_set", none, ""},
	{"time set +", "clock_set", none, ""},
	{"time set -", "clock_set", none, ""},
	{"step time server ", "clock_set", none, ""},
	{"0.0.0.0 ", "clock_set", none, " clock_step "},
	{"setting time to ", "clock_set", none, "(offset "},
	{"set local clock to ", "clock_set", none, "(offset "},
	{"rsyslogd was HUPed", "daemon_restart", none, ""},
	{"[origin software=\"rsyslogd\"", "daemon_restart", none, "] start"},
	{"[origin software=\"rsyslogd\"", "daemon_restart", none, "] exiting on signal"},
	{"[origin software=\"rsyslogd\"", "daemon_restart", none, "] rsyslogd was HUPed"},
	{"syslogd started: ", "daemon_restart", none, ""},
	{"syslogd exiting", "daemon_restart", none, ""},
	{"syslogd 1.", "daemon_restart", none, ": restart"},
	{"syslog-ng starting up", "daemon_restart", none, ""},
	{"syslog-ng shutting down", "daemon_restart", none, ""},
}

// headBytes are the first bytes of heads.
const headBytes = "-/0FLMNPST[ampirst"

// lossForms are the messages that have the key anywhere. Sources: kernel
// lib/ratelimit.c and kernel/printk/printk.c, rsyslog's queue.c, imjournal and
// imuxsock, nf_conntrack_core.c, ulogd2, Proxmox pvefw-logger.c.
var lossForms = [...]form{
	{" callbacks suppressed", "kernel_flood", before, ""},
	{" printk messages dropped", "kernel_lost", before, ""},
	{"messages suppressed.", "kernel_flood", before, ""},
	{"output lines suppressed due to ratelimiting", "kernel_flood", before, ""},
	{"messages lost due to rate-limiting", "relay_lost", before, ""},
	{"begin to drop messages due to rate-limiting", "relay_lost", none, ""},
	{"begins to drop messages from pid", "relay_lost", none, ""},
	{"imuxsock lost ", "relay_lost", after, ""},
	{"queue nearly full (", "relay_lost", none, "discarded severity"},
	{"messages from diskqueue", "relay_lost", before, ""},
	{"messages fewer than specified", "relay_lost", before, ""},
	{"Message(s) dropped while sending message to destination", "relay_lost", none, ""},
	{"table full, dropping packet", "conntrack_full", none, ""},
	{"We are losing events", "nflog_lost", none, ""},
	{"Maximum buffer size", "nflog_lost", none, ""},
	{" log entries (queue full)", "nflog_lost", before, ""},
}

// hints are words of which every one of lossForms has one: most lines are done
// after them.
var hints = [...][]byte{[]byte("uppress"), []byte("lost"), []byte("drop"), []byte("losing"), []byte("Maximum buffer"), []byte("queue ")}

// lossNotice recognises a notice. known tells whether it gives a number of lost
// records.
func lossNotice(msg []byte) (class string, lost uint64, known, ok bool) {
	// The kernel and journald write others' tags into their messages.
	for text, i := msg, 0; len(text) > 0 && i < 3; text, i = behindTag(text), i+1 {
		if strings.IndexByte(headBytes, text[0]) < 0 {
			continue
		}
		for i := range heads {
			if f := &heads[i]; len(text) >= len(f.key) && string(text[:len(f.key)]) == f.key {
				if lost, known, ok = f.at(text, 0); ok {
					return f.class, lost, known, true
				}
			}
		}
	}
	if !hinted(msg) {
		return "", 0, false, false
	}
	for i := range lossForms {
		f := &lossForms[i]
		if at := bytes.Index(msg, []byte(f.key)); at >= 0 {
			if lost, known, ok = f.at(msg, at); ok {
				return f.class, lost, known, true
			}
		}
	}
	return droppedStatistics(msg)
}

// at reads what is wanted around the key, which stands at msg[at:].
func (f *form) at(msg []byte, at int) (lost uint64, known, ok bool) {
	rest := msg[at+len(f.key):]
	switch f.number {
	case before:
		lost, known = numberBefore(msg[:at])
	case after:
		var w []byte
		w, rest = cutWord(rest)
		lost, known = lex.Uint64(w)
	}
	ok = (f.number == none || known) && (f.more == "" || bytes.Contains(rest, []byte(f.more)))
	return lost, known, ok
}

// behindTag is what follows "name: " or "name[pid]: " at the start of msg.
func behindTag(msg []byte) []byte {
	n := tagName(msg)
	if n > 0 && n < len(msg) && msg[n] == '[' {
		n += bytes.IndexByte(msg[n:min(len(msg), n+12)], ']') + 1
	}
	if n == 0 || !bytes.HasPrefix(msg[n:], []byte(": ")) {
		return nil
	}
	return msg[n+2:]
}

// droppedStatistics is syslog-ng's "Log statistics; … dropped='dst.udp(…)=12'",
// or "dropped='dst.udp(…)' => 12". The numbers are sums since it was started, so
// they say that messages were lost, not how many since the last time.
func droppedStatistics(msg []byte) (class string, lost uint64, known, ok bool) {
	if !bytes.HasPrefix(msg, []byte("Log statistics;")) {
		return "", 0, false, false
	}
	for _, rest, more := bytes.Cut(msg, droppedKey); more; _, rest, more = bytes.Cut(rest, droppedKey) {
		value, behind, _ := bytes.Cut(rest, []byte{'\''})
		value = value[bytes.LastIndexByte(value, '=')+1:]
		if arrow, ok := bytes.CutPrefix(behind, []byte(" => ")); ok {
			value = arrow[:len(arrow)-len(bytes.TrimLeft(arrow, "0123456789"))]
		}
		if n, ok := lex.Uint64(value); ok && n > 0 {
			return "relay_lost", 0, false, true
		}
	}
	return "", 0, false, false
}

var droppedKey = []byte("dropped='")

func hinted(msg []byte) bool {
	for _, h := range hints {
		if bytes.Contains(msg, h) {
			return true
		}
	}
	return false
}

// numberBefore is the number that ends b.
func numberBefore(b []byte) (uint64, bool) {
	b = bytes.TrimRight(b, " ")
	i := len(b)
	for i > 0 && b[i-1]-'0' <= 9 {
		i--
	}
	return lex.Uint64(b[i:])
}
