package syslog

import (
	"bytes"
	"encoding/json"
	"time"

	"fwreport/reader/event"
	"fwreport/reader/lex"
)

// entry is what matters of an entry of the journal, or of a line of JSON that a
// container runtime or a log shipper wrapped around another line. The slices
// point into the text, or into memory of their own after an escape.
type entry struct {
	message   []byte
	has, null bool // there is a message; it was left out
	realtime  []byte
	source    []byte // _SOURCE_REALTIME_TIMESTAMP: when it was sent, not received
	monotonic []byte
	transport []byte
	tag       []byte
	pid       []byte
	host      []byte
	priority  []byte
	facility  []byte
	dropped   []byte // N_DROPPED: how many messages of a service journald suppressed

	log, stamp []byte // of docker's json-file, and Filebeat's "message"
}

// named takes one field if its name can be one of those that matter.
func (j *entry) named(name, v []byte) {
	if len(name) <= len("_SOURCE_MONOTONIC_TIMESTAMP") { // a longer one would have to be copied
		j.field(string(name), v)
	}
}

// field takes one field of a journal entry (systemd.journal-fields(7)).
func (j *entry) field(key string, v []byte) {
	switch key {
	case "MESSAGE":
		j.message, j.has = v, true
	case "__REALTIME_TIMESTAMP":
		j.realtime = v
	case "_SOURCE_REALTIME_TIMESTAMP":
		j.source = v
	case "_SOURCE_MONOTONIC_TIMESTAMP":
		j.monotonic = v
	case "_TRANSPORT":
		j.transport = v
	case "SYSLOG_IDENTIFIER":
		j.tag = v
	case "SYSLOG_PID":
		j.pid = v
	case "_PID":
		if len(j.pid) == 0 {
			j.pid = v
		}
	case "_HOSTNAME":
		j.host = v
	case "PRIORITY":
		j.priority = v
	case "SYSLOG_FACILITY":
		j.facility = v
	case "N_DROPPED":
		j.dropped = v
	}
}

// wrapped takes one member of the JSON of docker or of Filebeat.
func (j *entry) wrapped(key string, v []byte) {
	switch key {
	case "log", "message":
		j.log = v
	case "time", "@timestamp":
		j.stamp = v
	}
}

// jsonForm is a line of JSON: an entry of the journal (journalctl -o json,
// json-seq and json-sse), docker's json-file, or a shipper's.
func (p *parser) jsonForm(env *envelope, line []byte) bool {
	var e entry
	j := lex.NewJSON(line)
	for j.Next() {
		e.member(&j)
	}
	switch {
	case j.Err != nil && bytes.HasPrefix(skipSpaces(line[1:]), quote) && bytes.Contains(line, outKey):
		env.reject = "the JSON around the record: " + j.Err.Error()
	case j.Err != nil:
		return false
	case e.has || len(e.realtime) > 0:
		p.journal(env, &e)
	case e.log != nil:
		t, marks, n, _ := p.clock.iso(e.stamp)
		if n == 0 {
			t, marks = event.NoTime, 0
		}
		p.inside(env, e.log, t, marks)
	default:
		return false
	}
	return true
}

// recordSeparator begins each line of journalctl -o json-seq (RFC 7464).
const recordSeparator = 0x1e

var quote, outKey = []byte{'"'}, []byte(" OUT=")

func (e *entry) member(j *lex.JSON) {
	key := string(j.Key)
	switch j.Kind {
	case lex.JSONString, lex.JSONInt:
		e.field(key, j.Value)
		if j.Kind == lex.JSONString {
			e.wrapped(key, j.Value)
		}
	case lex.JSONNull:
		if key == "MESSAGE" {
			e.message, e.has, e.null = nil, true, true
		}
	case lex.JSONNested:
		if key == "MESSAGE" {
			e.message, e.has = messageArray(j.Value), true
		}
	}
}

// messageArray is a MESSAGE that is no string: an array of its bytes, if they
// are not UTF-8, or of strings, if the field stood several times: then the last.
func messageArray(v []byte) []byte {
	var codes []uint16
	if json.Unmarshal(v, &codes) == nil {
		text := make([]byte, 0, len(codes))
		for _, c := range codes {
			text = append(text, byte(c))
		}
		return text
	}
	var texts []string
	if json.Unmarshal(v, &texts) == nil && len(texts) > 0 {
		return []byte(texts[len(texts)-1])
	}
	return nil
}

// journal fills env from an entry. Only what came by the transport "kernel" is
// surely the kernel's: any user can write the same text by logger(1), so another
// transport is kept for whoever looks at the record.
func (p *parser) journal(env *envelope, e *entry) {
	env.time = microseconds(e.source, microseconds(e.realtime, event.NoTime))
	if us, ok := lex.Uint64(e.monotonic); ok && us < 1<<62 {
		env.uptime, env.hasUptime = int64(us), true
	}
	env.host, env.tag = e.host, e.tag
	if pid, ok := lex.Uint(e.pid); ok {
		env.pid = int(pid)
	}
	if pri, ok := lex.Uint8(e.priority); ok && pri < 8 {
		facility, _ := lex.Uint8(e.facility)
		env.pri = int(facility)*8 + int(pri)
	}
	if string(e.transport) != "kernel" {
		env.transport = e.transport
	}
	env.dropped, _ = lex.Uint64(e.dropped)
	if e.null {
		env.reject = "the journal's JSON leaves MESSAGE out: it is longer than 4096 bytes (export with --all)"
	}
	env.msg = stripUptime(env, e.message)
}

// microseconds is the instant of a decimal number of microseconds since 1970.
func microseconds(v []byte, otherwise int64) int64 {
	us, ok := lex.Uint64(v)
	if !ok || us == 0 || us > uint64(1<<63-1)/1000 {
		return otherwise
	}
	return int64(us) * int64(time.Microsecond)
}

// blob reports whether msg is what journalctl prints for text that it does not
// show: "[36B blob data]". The text is lost.
func blob(msg []byte) bool {
	size, ok := bytes.CutSuffix(bytes.TrimRight(msg, " "), []byte("B blob data]"))
	if !ok || len(size) < 2 || size[0] != '[' {
		return false
	}
	return len(bytes.Trim(size[1:], "0123456789.KMG")) == 0
}
