package main

import (
	"bytes"
	"fmt"
	"net/netip"
	"time"

	"fwreport/samples/gen/stream"
)

// webServer is web1: Ubuntu with ufw, ISO stamps in syslog.
func webServer() []file {
	d := dice(2)
	j := &journal{host: "web1", boot: at(1, 0, 0, 0).Add(-3 * time.Hour), kernel: stream.Kernel{Uptime: true}, dice: &d}
	self := netip.MustParseAddr("192.0.2.80")
	here := func(ps ...stream.Packet) []stream.Packet {
		return through("ens3", "", routerMAC, [6]byte{2, 0, 0x5e, 0, 0x53, 0x80}, ps)
	}
	fresh, invalid := byFlags(noise(&d, newSources(&d, 45, 30, 75), 620, week1, end, func() netip.Addr { return self }))
	j.log("[UFW BLOCK] ", here(fresh...)...)
	for _, p := range here(invalid...) { // ufw logs these twice
		j.log("[UFW AUDIT INVALID] ", p)
		p.Time = p.Time.Add(4 * time.Microsecond)
		j.log("[UFW BLOCK] ", p)
	}
	audited := newSources(&d, 8, 80, 99)
	for _, p := range here(noise(&d, audited, 60, week2, end, func() netip.Addr { return self })...) {
		j.log("[UFW AUDIT] ", p)
		p.Time = p.Time.Add(6 * time.Microsecond)
		j.log("[UFW BLOCK] ", p)
	}
	knock := &source{addr: knocker, hops: 9}
	j.log("[UFW LIMIT BLOCK] ", here(spread(&d, 45, at(9, 6, 0, 0), at(9, 6, 12, 0), func() stream.Packet {
		p := knock.syn(self, 64, d.port(), 22, 29200, linuxOptions...)
		p.DF = true
		return p
	})...)...)
	resolver := netip.MustParseAddr("9.9.9.9")
	j.log("[UFW BLOCK] ", here(spread(&d, 25, week1, end, func() stream.Packet { return lateAnswer(&d, resolver, self) })...)...)
	j.everyday(week1, end)
	j.say(at(9, 6, 3, 0), "systemd-journald[288]", "Missed 112 kernel messages")

	const log = "web1/var/log/syslog"
	return []file{
		{path: log + ".2.gz", content: j.text(week1, week2, iso), rotated: week2},
		{path: log + ".1", content: j.text(week2, week3, iso)},
		{path: log, content: j.text(week3, end, iso)},
	}
}

// mailServer is mail1: firewalld, traditional stamps without uptime (as rsyslog
// writes what it takes from the journal), so that equal lines are summed up;
// rotated with dates in the names.
func mailServer() []file {
	d := dice(3)
	j := &journal{host: "mail1", dice: &d}
	self := netip.MustParseAddr("192.0.2.25")
	here := func(ps ...stream.Packet) []stream.Packet {
		return through("enp1s0", "", routerMAC, [6]byte{2, 0, 0x5e, 0, 0x53, 0x25}, ps)
	}
	fresh, invalid := byFlags(noise(&d, newSources(&d, 35, 60, 99), 420, week1, end, func() netip.Addr { return self }))
	j.log("filter_IN_public_REJECT: ", here(fresh...)...)
	j.log("STATE_INVALID_DROP: ", here(invalid...)...)

	impatient := &source{addr: spammer, hops: 10}
	for i := range 12 {
		p := impatient.syn(self, 64, 40100, 465, 29200, linuxOptions...)
		p.Time, p.ID = at(10+i/2, 11+i, 20, 30), 77
		p = here(p)[0]
		j.log("filter_IN_public_REJECT: ", p)
		p.Host, p.Prefix = j.host, "filter_IN_public_REJECT: "
		m := j.kernel.Message(&p)
		m.Time = p.Time.Add(time.Duration(3+i) * time.Second)
		if i%2 == 0 {
			m = repeated(m, 3+i)
		} else {
			m.Text = fmt.Sprintf("last message repeated %d times", 3+i)
		}
		j.entry = append(j.entry, entry{Message: m})
	}
	j.everyday(week1, end)
	j.say(at(13, 5, 0, 0), "rsyslogd", "imjournal: 112 messages lost due to rate-limiting (20000 allowed within 600 seconds)")
	j.say(at(5, 0, 1, 0), "kernel", "martian source 192.0.2.25 from 127.0.0.1, on dev enp1s0")

	const log = "mail1/var/log/messages"
	return []file{
		{path: log + "-20261108.xz", content: j.text(week1, week2, traditional)},
		{path: log + "-20261115.bz2", content: j.text(week2, week3, traditional)},
		{path: log, content: j.text(week3, end, traditional)},
	}
}

// databases are db1 and db2, which send their logs to a log host: RFC 5424, one
// file, Shorewall's prefixes. Their rules log sequence numbers and options.
func databases() []file {
	d := dice(4)
	first := &journal{host: "db1", boot: at(1, 0, 0, 0).Add(-200 * 24 * time.Hour), dice: &d,
		kernel: stream.Kernel{Uptime: true, Flags: stream.LogFlags{Sequence: true, TCPOptions: true}}}
	second := &journal{host: "db2", boot: at(1, 0, 0, 0).Add(-9 * 24 * time.Hour), dice: &d, kernel: first.kernel}
	for i, j := range []*journal{first, second} {
		self := netip.AddrFrom4([4]byte{192, 0, 2, byte(40 + i)})
		ps := noise(&d, newSources(&d, 30, 220, 250), 230, week3, end, func() netip.Addr { return self })
		fresh, invalid := byFlags(through("eth0", "", routerMAC, [6]byte{2, 0, 0x5e, 0, 0x53, byte(0x40 + i)}, ps))
		j.log("net-fw DROP ", fresh...)
		j.log("tcpflags DROP ", invalid...)
		j.everyday(week3, end)
	}
	first.entry = append(first.entry, second.entry...)
	return []file{{path: "loghost/remote/databases.log.zst", content: first.text(week3, end, protocol23)}}
}

// storage is nas1: the kernel's ring buffer as dmesg prints it; no wall clock.
func storage() []file {
	d := dice(5)
	ps := noise(&d, newSources(&d, 12, 150, 170), 60, week3, end, func() netip.Addr { return netip.MustParseAddr("192.0.2.60") })
	ps = through("eth0", "", routerMAC, [6]byte{2, 0, 0x5e, 0, 0x53, 0x60}, ps)
	sortByTime(ps)
	for i := range ps {
		ps[i].Prefix, ps[i].Uptime = "DROP ", ps[i].Time.Sub(week3)+77*time.Second
	}
	var b bytes.Buffer
	b.WriteString("[    0.000000] Linux version 6.1.0-28-amd64 (debian-kernel@lists.debian.org)\n")
	b.WriteString("[    4.101123] eth0: renamed from veth0\n")
	must(stream.Dmesg(&b, ps, stream.LogFlags{MACDecode: true}))
	return []file{{path: "nas1/dmesg.txt", content: b.Bytes()}}
}

func must(err error) {
	if err != nil {
		panic(err) // a bytes.Buffer takes everything
	}
}
