package syslog

import (
	"strings"
	"testing"

	"fwreport/reader"
	"fwreport/reader/event"
	"fwreport/reader/readertest"
)

// notices are lines of those that log themselves. count is the number of lost
// records, -1 if the line gives none.
var notices = []struct {
	line, class string
	count       int
}{
	{"fw1 kernel: [5.000001] net_ratelimit: 12 callbacks suppressed", "kernel_flood", 12},
	{"fw1 kernel: printk: 9 messages suppressed.", "kernel_flood", 9},
	{"fw1 kernel: [5.000001] nf_conntrack: 3 output lines suppressed due to ratelimiting", "kernel_flood", 3},
	{"fw1 kernel: ** 118 printk messages dropped **", "kernel_lost", 118},
	{"fw1 systemd-journald[300]: Missed 42 kernel messages", "kernel_lost", 42},
	{"fw1 kernel: [5.000001] systemd-journald[300]: Missed 42 kernel messages", "kernel_lost", 42},
	{"fw1 systemd-journald[300]: /dev/kmsg buffer overrun, some messages lost.", "kernel_lost", -1},
	{"fw1 systemd-journal[300]: Suppressed 97 messages from /system.slice/ulogd2.service", "service_suppressed", 97},
	{"fw1 systemd-journald[300]: N_DROPPED=6", "service_suppressed", 6},
	{"fw1 systemd-journald[300]: Forwarding to syslog missed 11 messages.", "relay_lost", 11},
	{"fw1 rsyslogd: imjournal from <fw1:kernel>: begin to drop messages due to rate-limiting", "relay_lost", -1},
	{"fw1 rsyslogd: imjournal: 406 messages lost due to rate-limiting (20000 allowed within 600 seconds)", "relay_lost", 406},
	{"fw1 rsyslogd-2177: imuxsock begins to drop messages from pid 9832 due to rate-limiting", "relay_lost", -1},
	{"fw1 rsyslogd-2177: imuxsock lost 432 messages from pid 9832 due to rate-limiting", "relay_lost", 432},
	{"fw1 rsyslogd: main Q: queue nearly full (9800 entries), discarded severity 7 message", "relay_lost", -1},
	{"fw1 rsyslogd: lost 5 messages from diskqueue", "relay_lost", 5},
	{"fw1 rsyslogd: action 'action-8-builtin:omfwd' suspended (module 'builtin:omfwd'), retry 0.", "relay_lost", -1},
	{"fw1 rsyslogd: main Q: queue files contain 31 messages fewer than specified in .qi file -- we lost those messages.", "relay_lost", 31},
	{`fw1 rsyslogd: [origin software="rsyslogd" swVersion="8.2302.0" x-pid="812" x-info="https://www.rsyslog.com"] start`, "daemon_restart", -1},
	{`fw1 rsyslogd: [origin software="rsyslogd" swVersion="8.2302.0" x-pid="812" x-info="https://www.rsyslog.com"] exiting on signal 15.`, "daemon_restart", -1},
	{`fw1 rsyslogd: [origin software="rsyslogd" swVersion="8.2302.0" x-pid="812" x-info="https://www.rsyslog.com"] rsyslogd was HUPed`, "daemon_restart", -1},
	{"fw1 syslog.info syslogd started: BusyBox v1.35.0", "daemon_restart", -1},
	{"fw1 syslog.info syslogd exiting", "daemon_restart", -1},
	{"fw1 syslogd 1.5.0: restart.", "daemon_restart", -1},
	{"fw1 syslog-ng[812]: syslog-ng starting up; version='3.38.1'", "daemon_restart", -1},
	{"fw1 syslog-ng[812]: syslog-ng shutting down; version='3.38.1'", "daemon_restart", -1},
	{"fw1 syslog-ng[812]: Message(s) dropped while sending message to destination; file='/x'", "relay_lost", -1},
	{"fw1 syslog-ng[812]: Log statistics; processed='src.internal(s_sys#2)=7', dropped='dst.file(d#0)=0', dropped='dst.udp(d#0)=12'", "relay_lost", -1},
	{"fw1 syslog-ng[812]: Log statistics; dropped='dst.udp(d#0)' => 12", "relay_lost", -1},
	{"fw1 ulogd[812]: We are losing events. Please, consider using the clauses `netlink_socket_buffer_size' and `netlink_socket_buffer_maxsize'", "nflog_lost", -1},
	{"fw1 ulogd[812]: Maximum buffer size (851968) in NFLOG has been reached.", "nflog_lost", -1},
	{"fw1 kernel: nf_conntrack: nf_conntrack: table full, dropping packet", "conntrack_full", -1},
	{"fw1 kernel: ip_conntrack: table full, dropping packet.", "conntrack_full", -1},
	{"fw1 kernel: [5.000001] TCP: request_sock_TCP: Possible SYN flooding on port 22. Sending cookies.", "syn_flood", -1},
	{"fw1 kernel: possible SYN flooding on port 80. Sending cookies.", "syn_flood", -1},
	{"fw1 kernel: [5.000001] IPv4: martian source 192.0.2.10 from 127.0.0.1, on dev eth0", "martian", -1},
	{"fw1 kernel: audit: audit_lost=17 audit_rate_limit=0 audit_backlog_limit=64", "audit_lost", -1},
	{"fw1 kernel: audit: backlog limit exceeded", "audit_lost", -1},
	{"fw1 kernel: audit: rate limit exceeded", "audit_lost", -1},
	{"fw1 systemd[1]: Time has been changed", "clock_set", -1},
	{"fw1 systemd-journald[300]: Time jumped backwards, rotating.", "clock_set", -1},
	{"fw1 chronyd[501]: System clock was stepped by -3600.012345 seconds", "clock_set", -1},
	{"fw1 ntpd[501]: time reset +12.345678 s", "clock_set", -1},
	{"fw1 ntpd[501]: time reset -0.5 s", "clock_set", -1},
	{"fw1 ntpd[501]: ntpd: time set +3.210000 s", "clock_set", -1},
	{"fw1 ntpd[501]: set local clock to Thu Jan  2 03:04:05 UTC 2025 (offset 12.3s)", "clock_set", -1},
	{"fw1 systemd-timesyncd[401]: System clock time unset or jumped backwards, restored from recorded timestamp: Thu 2025-01-02", "clock_set", -1},
	{"fw1 kernel: martian destination 127.0.0.1 from 192.0.2.10, dev eth0", "martian", -1},
	{"fw1 ntpd[501]: ntpd: time set -3.210000 s", "clock_set", -1},
	{"fw1 ntpd[501]: 0.0.0.0 c61c 0c clock_step +1.234567 s", "clock_set", -1},
	{"fw1 ntpdate[501]: step time server 192.0.2.1 offset 3.210000 sec", "clock_set", -1},
	{"fw1 daemon.notice ntpd: setting time to 2025-01-02 03:04:05.123456 (offset +12.345678s)", "clock_set", -1},
	{"fw1 kernel: [    0.000000] Linux version 6.1.0-13-amd64 (debian-kernel@lists.debian.org)", "boot", -1},
}

// whole are notices that are lines without an envelope.
var whole = map[string]string{
	"-- Boot 00112233445566778899aabbccddeeff --": "boot",
	"-- Reboot --": "boot",
	"0 3 - 02/Jan/2025:03:04:05 +0100 skipped 17 log entries (queue full)":          "nflog_lost",
	"Sat Nov 21 09:42:57 2026 <5> ulogd.c:503 We are losing events, increasing":     "nflog_lost",
	"4,530,5000001,-;systemd-journald[300]: Time jumped backwards, rotating.":       "clock_set",
	`{"__REALTIME_TIMESTAMP":"1735787045123456","MESSAGE":"x","N_DROPPED":"6"}`:     "service_suppressed",
	`{"__REALTIME_TIMESTAMP":"1735787045123456","MESSAGE":"Time has been changed"}`: "clock_set",
}

func TestNotices(t *testing.T) {
	for _, n := range notices {
		b := readertest.Parse(Format, readertest.Options(t, ""), &reader.Input{Format: Format, YearRef: 1.736e18}, []byte("Jan  2 03:04:05 "+n.line+"\n"))
		if len(b.Notices) != 1 || b.Other != 1 {
			t.Errorf("%s: %+v, %d other", n.line, b.Notices, b.Other)
			continue
		}
		got := b.Notices[0]
		if got.Class != n.class || got.Known != (n.count >= 0) || got.Known && got.Count != uint64(n.count) {
			t.Errorf("%s: %+v, want %s, %d", n.line, got, n.class, n.count)
		}
	}
	for line, class := range whole {
		b := readertest.Parse(Format, readertest.Options(t, ""), &reader.Input{Format: Format, YearRef: 1.736e18}, []byte(line+"\n"))
		if len(b.Notices) != 1 || b.Notices[0].Class != class {
			t.Errorf("%s: %+v, want %s", line, b.Notices, class)
		}
	}
}

// TestNoNotice are lines that only mention what a notice says, as anyone who is
// logged can make them.
func TestNoNotice(t *testing.T) {
	for _, line := range []string{
		"sshd[812]: Invalid user Time has been changed from 198.51.100.7 port 4000",
		"sshd[812]: Invalid user Missed 42 kernel messages from 198.51.100.7 port 4000",
		"sshd[812]: Invalid user -- Boot 1 -- from 198.51.100.7",
		"app: the Linux version is 6.1",
		"systemd[1]: Missed the train",
		"chronyd[501]: System clock wrong by 0.000012 seconds",
		"ntpd[501]: 0.0.0.0 c615 05 clock_sync",
		"rsyslogd: action 'x' resumed (module 'builtin:omfwd')",
		"syslog-ng[812]: Log statistics; dropped='dst.file(d#0)=0', processed='x=5'",
		"named[812]: queue of 5 entries",
		"", "[", "a[", "a[1", "a[1]:", ": ", "audit: ",
	} {
		b := readertest.Parse(Format, readertest.Options(t, ""), &reader.Input{Format: Format, YearRef: 1.736e18}, []byte("Jan  2 03:04:05 fw1 "+line+"\n"))
		if len(b.Notices) != 0 {
			t.Errorf("%s: %+v", line, b.Notices)
		}
	}
}

// TestEachFormIsTested holds that each form stands in the lists above, and that the first
// byte of each head is known.
func TestEachFormIsTested(t *testing.T) {
	var all strings.Builder
	for _, n := range notices {
		all.WriteString(n.line + "\n")
	}
	for line := range whole {
		all.WriteString(line + "\n")
	}
	for _, f := range heads {
		if strings.IndexByte(headBytes, f.key[0]) < 0 {
			t.Errorf("%q: its first byte is not among headBytes", f.key)
		}
	}
	for _, f := range append(heads[:], lossForms[:]...) {
		if !strings.Contains(all.String(), f.key) {
			t.Errorf("%q is not tested", f.key)
		}
	}
}

func BenchmarkLossNotice(b *testing.B) {
	b.ReportAllocs()
	line := []byte("pam_unix(cron:session): session opened for user root(uid=0) by (uid=0)")
	for b.Loop() {
		if _, _, _, ok := lossNotice(line); ok {
			b.Fatal("a notice")
		}
	}
}

// TestSequences: the numbers of /dev/kmsg are handed on for every line.
func TestSequences(t *testing.T) {
	text := "4,530,12345678901,-;" + rec + "\n SUBSYSTEM=net\n6,531,12345678902,-;usb 1-1: new device\n4,540,12345678903,c;" + rec + "\n"
	b := readertest.Parse(Format, readertest.Options(t, ""), &reader.Input{Format: Format}, []byte(text))
	want := []reader.Sequence{
		{Record: 1, Time: event.NoTime, Stream: reader.KernelMessages, N: 530},
		{Record: 3, Time: event.NoTime, Stream: reader.KernelMessages, N: 531},
		{Record: 4, Time: event.NoTime, Stream: reader.KernelMessages, N: 540},
	}
	if len(b.Events) != 2 || len(b.Sequences) != len(want) {
		t.Fatalf("%d events, sequences %+v", len(b.Events), b.Sequences)
	}
	for i := range want {
		if b.Sequences[i] != want[i] {
			t.Errorf("sequence %d is %+v, want %+v", i, b.Sequences[i], want[i])
		}
	}
}
