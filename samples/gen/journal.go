package main

import (
	"bytes"
	"fmt"
	"slices"
	"strings"
	"time"

	"fwreport/samples/gen/stream"
)

// journal is the log of one machine: messages of its kernel and its programs.
type journal struct {
	host   string
	boot   time.Time
	kernel stream.Kernel
	dice   *dice
	entry  []entry
}

// entry is one message, or a line that is none.
type entry struct {
	stream.Message
	raw string // a damaged line, as it stands
}

// log adds packets that the machine's firewall logged under a prefix.
func (j *journal) log(prefix string, ps ...stream.Packet) {
	for i := range ps {
		p := ps[i]
		p.Host, p.Prefix = j.host, prefix
		p.Uptime = p.Time.Sub(j.boot)
		if p.Uptime < 0 {
			panic(fmt.Sprintf("%s logs a packet before it was booted", j.host))
		}
		j.entry = append(j.entry, entry{Message: j.kernel.Message(&p)})
	}
}

// say adds a message of a program.
func (j *journal) say(t time.Time, tag, format string, args ...any) {
	j.relay(j.host, t, tag, fmt.Sprintf(format, args...))
}

// authInfo is facility authpriv, severity info.
const authInfo = 10*8 + 6

// relay adds a message that another machine sent here.
func (j *journal) relay(host string, t time.Time, tag, text string) {
	j.entry = append(j.entry, entry{Message: stream.Message{Time: t, Host: host, Tag: tag, PRI: authInfo, Text: text}})
}

// damage adds a line that is no message any more.
func (j *journal) damage(t time.Time, line string) {
	j.entry = append(j.entry, entry{Message: stream.Message{Time: t}, raw: line + "\n"})
}

// everyday adds what machines say all day: cron, sessions, DHCP.
func (j *journal) everyday(from, to time.Time) {
	for t := from.Add(17 * time.Minute); t.Before(to); t = t.Add(7 * time.Hour) {
		j.say(t, fmt.Sprintf("CRON[%d]", j.dice.between(2000, 30000)), "(root) CMD (   cd / && run-parts --report /etc/cron.hourly)")
		if j.dice.n(3) == 0 {
			u := t.Add(time.Duration(j.dice.n(3000)) * time.Second)
			j.say(u, fmt.Sprintf("sshd[%d]", j.dice.between(2000, 30000)), "Accepted publickey for ops from 10.20.0.5 port %d ssh2: ED25519 SHA256:x1x2x3", j.dice.port())
		}
	}
}

// text is what was logged from from to to, in the order of time, each message
// written by line.
func (j *journal) text(from, to time.Time, line func(stream.Message) string) []byte {
	slices.SortStableFunc(j.entry, func(a, b entry) int { return a.Time.Compare(b.Time) })
	var b bytes.Buffer
	for _, e := range j.entry {
		switch {
		case e.Time.Before(from) || !e.Time.Before(to):
		case e.raw != "":
			b.WriteString(e.raw)
		default:
			b.WriteString(line(e.Message))
		}
	}
	return b.Bytes()
}

// traditional, iso and protocol23 are rsyslog's formats, on machines that run in UTC.
func traditional(m stream.Message) string { return m.RFC3164(time.UTC) }
func iso(m stream.Message) string         { return m.ISO(time.UTC) }
func protocol23(m stream.Message) string  { return m.RFC5424(time.UTC) }

// repeated is a message as rsyslog sums up the ones that followed it, all alike.
func repeated(m stream.Message, times int) stream.Message {
	m.Text = fmt.Sprintf("message repeated %d times: [ %s]", times, m.Text)
	return m
}

// cutAfter is a traditional line that a full disk ended just behind mark.
func cutAfter(m stream.Message, mark string, more int) string {
	s := traditional(m)
	i := strings.Index(s, mark)
	return s[:i+len(mark)+more]
}
