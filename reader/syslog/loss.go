package syslog

import (
	"bytes"

	"fwreport/reader/lex"
)

// lossForms are the messages that tell of lost or suppressed records. The number
// stands before or after the key, if there is one. Sources: kernel
// lib/ratelimit.c and kernel/printk/printk.c, systemd-journald, rsyslog's
// imjournal and imuxsock, nf_conntrack_core.c, ulogd2, Proxmox pvefw-logger.c.
var lossForms = []struct {
	key    string
	class  string
	number numberPlace
}{
	{" callbacks suppressed", "kernel_flood", before},
	{" printk messages dropped", "kernel_lost", before},
	{"messages suppressed.", "kernel_flood", before},
	{"output lines suppressed due to ratelimiting", "kernel_flood", before},
	{"Missed ", "kernel_lost", after},
	{"/dev/kmsg buffer overrun, some messages lost", "kernel_lost", none},
	{"Suppressed ", "service_suppressed", after},
	{"Forwarding to syslog missed ", "relay_lost", after},
	{"messages lost due to rate-limiting", "relay_lost", before},
	{"begin to drop messages due to rate-limiting", "relay_lost", none},
	{"begins to drop messages from pid", "relay_lost", none},
	{"imuxsock lost ", "relay_lost", after},
	{"messages from diskqueue", "relay_lost", before},
	{"Message(s) dropped while sending message to destination", "relay_lost", none},
	{"table full, dropping packet", "conntrack_full", none},
	{"We are losing events", "nflog_lost", none},
	{"Maximum buffer size", "nflog_lost", none},
	{" log entries (queue full)", "nflog_lost", before},
}

type numberPlace uint8

const (
	none numberPlace = iota
	before
	after
)

// hints are words of which every form has one: most lines are done after them.
var hints = [][]byte{[]byte("uppress"), []byte("issed "), []byte("lost"), []byte("drop"), []byte("losing"), []byte("Maximum buffer"), []byte("queue full")}

// lossNotice recognises a loss notice. known tells whether it gives a number.
func lossNotice(msg []byte) (class string, lost uint64, known, ok bool) {
	if !hinted(msg) {
		return "", 0, false, false
	}
	for i := range lossForms {
		f := &lossForms[i]
		at := bytes.Index(msg, []byte(f.key))
		if at < 0 {
			continue
		}
		switch f.number {
		case before:
			lost, known = numberBefore(msg[:at])
		case after:
			w, rest := cutWord(msg[at+len(f.key):])
			lost, known = lex.Uint64(w)
			if f.class != "relay_lost" && !bytes.Contains(rest, []byte("messages")) {
				continue
			}
		}
		if f.number != none && !known {
			continue
		}
		return f.class, lost, known, true
	}
	return "", 0, false, false
}

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
