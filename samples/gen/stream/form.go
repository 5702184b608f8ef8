package stream

import (
	"fmt"
	"io"
	"strings"
	"time"
)

// Form is a textual form: how a program prints what the kernel logged, in the
// order of the forms' description (section 5.1).
type Form struct {
	Name string
	Host bool // it names the host

	// When is what a line tells of the packet's time, given that of the packet
	// before it: the zero Time if nothing.
	When func(at, before time.Time) time.Time

	print func(*line) string

	more int // lines beyond the first that a record takes
}

// Place is the number of the line on which record n begins, both from 1. In
// export and verbose, whose records are entries, it is n.
func (f Form) Place(n int) int { return (n-1)*(1+f.more) + 1 }

// line is what there is to print.
type line struct {
	*Packet
	at     time.Time // in the zone of the writer
	before time.Time // of the line before it; zero for the first
	since  time.Duration
	number int
	text   string // of the kernel
	full   string // with the kernel's own stamp
}

// Write writes ps in the form, by a program in a zone.
func (f Form) Write(w io.Writer, ps []Packet, flags LogFlags, zone *time.Location) error {
	l := line{}
	return lines(w, ps, func(p *Packet) string {
		if l.Packet != nil {
			l.before, l.since = l.at, p.Uptime-l.Uptime
		}
		l.Packet, l.at, l.number = p, p.Time.In(zone), l.number+1
		l.text = p.LogText(flags)
		l.full = UptimeStamp(p.Uptime) + l.text
		return f.print(&l)
	})
}

// upTo is When of stamps that are cut to a step.
func upTo(step time.Duration) func(at, _ time.Time) time.Time {
	return func(at, _ time.Time) time.Time { return at.Truncate(step) }
}

func never(_, _ time.Time) time.Time { return time.Time{} }

// Layouts of stamps, as time.Format takes them.
const (
	zeroDay  = "Jan 02 15:04:05"
	iso      = "2006-01-02T15:04:05-07:00"
	isoMicro = "2006-01-02T15:04:05.000000-07:00"
	ctime    = "Mon Jan _2 15:04:05 2006"
)

// kernelTag is a form whose stamp is followed by host, "kernel:" and the text
// without the kernel's stamp.
func kernelTag(layout string) func(*line) string {
	return func(l *line) string { return l.at.Format(layout) + " " + l.Host + " kernel: " + l.text + "\n" }
}

// stampedTag is kernelTag with the kernel's own stamp before the text.
func stampedTag(before, layout string) func(*line) string {
	return func(l *line) string { return before + l.at.Format(layout) + " " + l.Host + " kernel: " + l.full + "\n" }
}

// SyslogForms are the envelopes of log daemons (A to K, U and V).
func SyslogForms() []Form {
	second, micro, milli := upTo(time.Second), upTo(time.Microsecond), upTo(time.Millisecond)
	return []Form{
		{Name: "A: RFC 3164", Host: true, When: second, print: stampedTag("", time.Stamp)},
		{Name: "B: journalctl short", Host: true, When: second, print: kernelTag(zeroDay)},
		{Name: "B: journalctl short-precise", Host: true, When: micro, print: kernelTag(zeroDay + ".000000")},
		{Name: "C: journalctl short-full and with-unit", Host: true, When: second, print: kernelTag("Mon 2006-01-02 15:04:05 MST")},
		{Name: "D: journalctl short-iso", Host: true, When: second, print: kernelTag("2006-01-02T15:04:05-0700")},
		{Name: "D: journalctl short-iso-precise", Host: true, When: micro, print: kernelTag("2006-01-02T15:04:05.000000-0700")},
		{Name: "D: journalctl short-iso of systemd 255", Host: true, When: second, print: kernelTag(iso)},
		{Name: "E: rsyslog FileFormat", Host: true, When: micro, print: stampedTag("", isoMicro)},
		{Name: "E: rsyslog FileFormat, Z", Host: true, When: micro, print: func(l *line) string {
			return l.at.UTC().Format("2006-01-02T15:04:05.000000Z") + " " + l.Host + " kernel: " + l.full + "\n"
		}},
		{Name: "F: syslog-ng iso", Host: true, When: second, print: stampedTag("", iso)},
		{Name: "F: syslog-ng full", Host: true, When: second, print: stampedTag("", "2006 Jan _2 15:04:05")},
		{Name: "G: RFC 3164 with PRI", Host: true, When: second, print: stampedTag("<4>", time.Stamp)},
		{Name: "G: ISO with PRI", Host: true, When: micro, print: stampedTag("<4>", isoMicro)},
		{Name: "H: RFC 5424", Host: true, When: micro, print: func(l *line) string { return l.rfc5424() + "\n" }},
		{Name: "H: RFC 5424, octets counted", Host: true, When: micro, print: func(l *line) string {
			s := l.rfc5424()
			return fmt.Sprintf("%d %s\n", len(s), s)
		}},
		{Name: "I: logread", When: second, print: func(l *line) string { return l.at.Format(ctime) + " kern.warn kernel: " + l.full + "\n" }},
		{Name: "I: logread -t", When: milli, print: func(l *line) string {
			return l.at.Format(ctime) + " " + l.epochMilli() + " kern.warn kernel: " + l.full + "\n"
		}},
		{Name: "J: logread, remote", When: second, print: func(l *line) string {
			return "<4>" + l.at.Format(time.Stamp) + " kernel: " + l.full + "\n"
		}},
		{Name: "J: logread -t -h -P, remote", Host: true, When: milli, print: func(l *line) string {
			return "<4>" + l.at.Format(time.Stamp) + " " + l.epochMilli() + " " + l.Host + " openwrt: kernel: " + l.full + "\n"
		}},
		{Name: "K: busybox syslogd", Host: true, When: second, print: func(l *line) string {
			return l.at.Format(time.Stamp) + " " + l.Host + " kern.warn kernel: " + l.full + "\n"
		}},
		{Name: "K: busybox syslogd -S", When: second, print: func(l *line) string { return l.at.Format(time.Stamp) + " kernel: " + l.full + "\n" }},
		{Name: "U: UniFi, no tag", Host: true, When: second, print: func(l *line) string { return l.at.Format(time.Stamp) + " " + l.Host + " " + l.text + "\n" }},
		{Name: "V: year behind the day", Host: true, When: second, print: stampedTag("", "Jan _2 2006 15:04:05")},
	}
}

func (l *line) rfc5424() string {
	return "<4>1 " + l.at.Format(isoMicro) + " " + l.Host + " kernel - - -  " + l.full
}

// epochMilli is what logread -t adds: "[1735787045.123]".
func (l *line) epochMilli() string {
	return fmt.Sprintf("[%d.%03d]", l.at.Unix(), l.at.Nanosecond()/1e6)
}

// KernelForms are dmesg's, /dev/kmsg and journalctl's with monotonic stamps (L
// to N).
func KernelForms() []Form {
	second, micro := upTo(time.Second), upTo(time.Microsecond)
	return []Form{
		{Name: "L: dmesg", When: never, print: func(l *line) string { return l.full + "\n" }},
		{Name: "L: dmesg -r", When: never, print: func(l *line) string { return "<4>" + l.full + "\n" }},
		{Name: "L: dmesg -x", When: never, print: func(l *line) string { return "kern  :warn  : " + l.full + "\n" }},
		{Name: "L: dmesg -T", When: second, print: func(l *line) string { return "[" + l.at.Format(ctime) + "] " + l.text + "\n" }},
		{Name: "L: dmesg -x -T", When: second, print: func(l *line) string {
			return "kern  :warn  : [" + l.at.Format(ctime) + "] " + l.text + "\n"
		}},
		{Name: "L: dmesg --time-format iso", When: micro, print: func(l *line) string {
			return l.at.Format("2006-01-02T15:04:05,000000-07:00") + " " + l.text + "\n"
		}},
		{Name: "L: dmesg -d", When: never, print: func(l *line) string {
			return fmt.Sprintf("[%5d.%06d <%5d.%06d>] %s\n", l.Uptime/time.Second, micros(l.Uptime), l.since/time.Second, micros(l.since), l.text)
		}},
		{Name: "L: dmesg -e", When: minuteWhenNew, print: (*line).relative},
		{Name: "L: dmesg --time-format notime", When: never, print: func(l *line) string { return l.text + "\n" }},
		{Name: "M: /dev/kmsg", more: 1, When: never, print: func(l *line) string {
			return fmt.Sprintf("4,%d,%d,-;%s\n SUBSYSTEM=net\n", 500+l.number, l.Uptime/time.Microsecond, l.text)
		}},
		{Name: "N: journalctl short-monotonic", Host: true, When: never, print: func(l *line) string {
			return UptimeStamp(l.Uptime) + l.Host + " kernel: " + l.text + "\n"
		}},
		{Name: "N: journalctl short-delta", Host: true, When: never, print: (*line).delta},
		{Name: "N: journalctl short-unix", Host: true, When: micro, print: func(l *line) string { return l.epoch() + " " + l.Host + " kernel: " + l.text + "\n" }},
		{Name: "O: journalctl cat", When: never, print: func(l *line) string { return l.text + "\n" }},
	}
}

// epoch is the time in seconds since 1970, with microseconds.
func (l *line) epoch() string { return fmt.Sprintf("%d.%06d", l.at.Unix(), l.at.Nanosecond()/1e3) }

func micros(d time.Duration) time.Duration { return d % time.Second / time.Microsecond }

// minuteWhenNew is When of dmesg -e, which prints the minute when it changes and
// the time since the line before otherwise.
func minuteWhenNew(at, before time.Time) time.Time {
	at = at.Truncate(time.Minute)
	if at.Equal(before.Truncate(time.Minute)) {
		return time.Time{}
	}
	return at
}

// relative is dmesg -e: "%b%e %H:%M" (util-linux, sys-utils/dmesg.c), which
// leaves no space before a day of two digits.
func (l *line) relative() string {
	if minuteWhenNew(l.at, l.before).IsZero() {
		return fmt.Sprintf("[%+4d.%06d] %s\n", l.since/time.Second, micros(l.since), l.text)
	}
	return "[" + l.at.Format("Jan_2 15:04") + "] " + l.text + "\n"
}

// delta is journalctl -o short-delta, whose first line has nothing to compare with.
func (l *line) delta() string {
	since := strings.Repeat(" ", 16)
	if !l.before.IsZero() {
		since = fmt.Sprintf(" <%5d.%06d >", l.since/time.Second, micros(l.since))
	}
	return fmt.Sprintf("[%5d.%06d%s] %s kernel: %s\n", l.Uptime/time.Second, micros(l.Uptime), since, l.Host, l.text)
}
