package stream

import (
	"fmt"
	"io"
	"strings"
	"time"
)

// Message is one line of a system log.
type Message struct {
	Time      time.Time
	Host, Tag string // Tag without colon: "kernel", "sshd[812]"
	PRI       int    // facility*8 + severity; printed by RFC5424 only
	Text      string
}

// Kernel says how the kernel and its log daemon are set up.
type Kernel struct {
	Flags  LogFlags
	Uptime bool // the kernel's own stamp stands before the text
}

// kernWarning is facility kern, severity warning: the level of the LOG target.
const kernWarning = 0*8 + 4

// Message is the message that the log daemon receives for p.
func (k Kernel) Message(p *Packet) Message {
	m := Message{p.Time, p.Host, "kernel", kernWarning, p.LogText(k.Flags)}
	if k.Uptime {
		m.Text = UptimeStamp(p.Uptime) + m.Text
	}
	return m
}

// UptimeStamp is the stamp of printk, with the space after it.
func UptimeStamp(d time.Duration) string {
	return fmt.Sprintf("[%5d.%06d] ", d/time.Second, d%time.Second/time.Microsecond)
}

// RFC3164 is the line of rsyslog's traditional file format: no year, no zone,
// whole seconds.
func (m Message) RFC3164(zone *time.Location) string {
	return fmt.Sprintf("%s %s %s: %s\n", m.Time.In(zone).Format(time.Stamp), m.Host, m.Tag, m.Text)
}

// ISO is the line of RSYSLOG_FileFormat: microseconds and offset.
func (m Message) ISO(zone *time.Location) string {
	return fmt.Sprintf("%s %s %s: %s\n", m.Time.In(zone).Format("2006-01-02T15:04:05.000000-07:00"), m.Host, m.Tag, m.Text)
}

// RFC5424 is the line of RSYSLOG_SyslogProtocol23Format, which leaves two
// spaces before the text. The tag's number becomes the process ID.
func (m Message) RFC5424(zone *time.Location) string {
	app, process := m.Tag, "-"
	if name, number, ok := strings.Cut(m.Tag, "["); ok {
		app, process = name, strings.TrimSuffix(number, "]")
	}
	stamp := m.Time.In(zone).Format("2006-01-02T15:04:05.000000-07:00")
	return fmt.Sprintf("<%d>1 %s %s %s %s - -  %s\n", m.PRI, stamp, m.Host, app, process, m.Text)
}

// Syslog3164 writes ps in rsyslog's traditional format.
func Syslog3164(w io.Writer, ps []Packet, k Kernel, zone *time.Location) error {
	return lines(w, ps, func(p *Packet) string { return k.Message(p).RFC3164(zone) })
}

// SyslogISO writes ps with ISO stamps.
func SyslogISO(w io.Writer, ps []Packet, k Kernel, zone *time.Location) error {
	return lines(w, ps, func(p *Packet) string { return k.Message(p).ISO(zone) })
}

// Syslog5424 writes ps as RFC 5424.
func Syslog5424(w io.Writer, ps []Packet, k Kernel, zone *time.Location) error {
	return lines(w, ps, func(p *Packet) string { return k.Message(p).RFC5424(zone) })
}

// Dmesg writes ps as dmesg prints them: no wall clock, no host.
func Dmesg(w io.Writer, ps []Packet, f LogFlags) error {
	return lines(w, ps, func(p *Packet) string { return UptimeStamp(p.Uptime) + p.LogText(f) + "\n" })
}

func lines(w io.Writer, ps []Packet, line func(*Packet) string) error {
	for i := range ps {
		if _, err := io.WriteString(w, line(&ps[i])); err != nil {
			return fmt.Errorf("writing packet %d: %w", i+1, err)
		}
	}
	return nil
}
