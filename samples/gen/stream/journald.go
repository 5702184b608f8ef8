package stream

import (
	"encoding/json"
	"fmt"
	"strings"
	"time"
)

// JournalForms are the journal's own formats (O), of which export and verbose
// print an entry on several lines, and what wraps lines of JSON or of containers
// around other lines (S and T).
func JournalForms() []Form {
	micro := upTo(time.Microsecond)
	return []Form{
		{Name: "O: journalctl export", Host: true, When: micro, print: (*line).export},
		{Name: "O: journalctl json", Host: true, When: micro, print: func(l *line) string { return l.journalJSON() + "\n" }},
		{Name: "O: journalctl json-seq", Host: true, When: micro, print: func(l *line) string { return "\x1e" + l.journalJSON() + "\n" }},
		{Name: "O: journalctl json-sse", more: 1, Host: true, When: micro, print: func(l *line) string { return "data: " + l.journalJSON() + "\n\n" }},
		{Name: "O: journalctl verbose", Host: true, When: micro, print: (*line).verbose},
		{Name: "S: docker json-file", Host: true, When: micro, print: func(l *line) string { return l.docker(l.relayed() + "\n") }},
		{Name: "S: docker json-file, nothing but the record", When: micro, print: func(l *line) string { return l.docker(l.full + "\n") }},
		{Name: "S: docker json-file, long lines between", more: 2, Host: true, When: micro, print: func(l *line) string {
			return l.docker(l.relayed()+"\n") + l.docker(chatter) + l.docker(chatter[:99]+"\n")
		}},
		{Name: "T: CRI", Host: true, When: micro, print: func(l *line) string { return l.cri("F", l.relayed()) }},
		{Name: "T: CRI, nothing but the record", When: micro, print: func(l *line) string { return l.cri("F", l.full) }},
		{Name: "T: CRI, long lines between", more: 2, Host: true, When: micro, print: func(l *line) string {
			return l.cri("F", l.relayed()) + l.cri("P", chatter) + l.cri("F", chatter[:99])
		}},
	}
}

// journalFields are an entry's fields, the stamps first; MESSAGE is the last.
func (l *line) journalFields() [][2]string {
	us := func(d time.Duration) string { return fmt.Sprint(int64(d / time.Microsecond)) }
	return [][2]string{
		{"__CURSOR", fmt.Sprintf("s=cf875b02238e4397ad308e6f9474d08b;i=%x", l.number)},
		{"__REALTIME_TIMESTAMP", fmt.Sprint(l.at.UnixMicro())},
		{"__MONOTONIC_TIMESTAMP", us(l.Uptime + time.Second)}, // of the journal's arrival
		{"_BOOT_ID", "00112233445566778899aabbccddeeff"},
		{"_HOSTNAME", l.Host},
		{"_TRANSPORT", "kernel"},
		{"PRIORITY", "4"},
		{"SYSLOG_FACILITY", "0"},
		{"SYSLOG_IDENTIFIER", "kernel"},
		{"_SOURCE_MONOTONIC_TIMESTAMP", us(l.Uptime)},
		{"MESSAGE", l.text},
	}
}

func (l *line) export() string {
	var b strings.Builder
	for _, f := range l.journalFields() {
		b.WriteString(f[0] + "=" + f[1] + "\n")
	}
	return b.String() + "\n"
}

func (l *line) journalJSON() string {
	fields := map[string]string{}
	for _, f := range l.journalFields() {
		fields[f[0]] = f[1]
	}
	return inJSON(fields)
}

// inJSON is v in JSON; it is always something that has JSON.
func inJSON(v any) string {
	b, err := json.Marshal(v)
	if err != nil {
		panic(err)
	}
	return string(b)
}

// verbose has what export calls the cursor and the arrival in its first line.
func (l *line) verbose() string {
	fields := l.journalFields()
	head := l.at.Format("Mon 2006-01-02 15:04:05.000000 MST") + " [" + fields[0][1] + "]\n"
	for _, f := range fields[3:] {
		head += "    " + f[0] + "=" + f[1] + "\n"
	}
	return head
}

// relayed is the line of a log daemon in a container.
func (l *line) relayed() string {
	return l.at.Format(isoMicro) + " " + l.Host + " kernel: " + l.full
}

// chatter fills the 16 KiB of text at which runtimes split a line. No record of
// the kernel is that long, but what else a container says may be.
var chatter = strings.Repeat("chatter ", 16<<10/8)

// docker is a line of docker's json-file driver.
func (l *line) docker(text string) string {
	return fmt.Sprintf(`{"log":%s,"stream":"stdout","time":%q}`+"\n", inJSON(text), l.at.UTC().Format(time.RFC3339Nano))
}

// cri is a line of a Kubernetes container's log.
func (l *line) cri(part, text string) string {
	return l.at.Format("2006-01-02T15:04:05.000000000-07:00") + " stdout " + part + " " + text + "\n"
}

// DmesgJSON is dmesg -J, one document for all.
func DmesgJSON(ps []Packet, f LogFlags) string {
	var b strings.Builder
	b.WriteString("{\n   \"dmesg\": [\n      ")
	for i := range ps {
		if i > 0 {
			b.WriteString(",")
		}
		fmt.Fprintf(&b, "{\n         \"pri\": 4,\n         \"time\": %5d.%06d,\n         \"msg\": %s\n      }",
			ps[i].Uptime/time.Second, micros(ps[i].Uptime), inJSON(ps[i].LogText(f)))
	}
	return b.String() + "\n   ]\n}\n"
}
