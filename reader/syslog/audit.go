package syslog

import (
	"bytes"

	"fwreport/reader/lex"
)

var (
	auditType  = []byte("type=NETFILTER_PKT ")
	auditRelay = []byte("type=1324 audit(")
	auditTag   = []byte("audit: ")
	auditMsg   = []byte("msg=audit(")
	auditEnd   = []byte("): ")
	nodeKey    = []byte("node=")
)

// auditLine is a line of audit.log, "[node=HOST ]type=NETFILTER_PKT msg=audit(…".
func auditLine(env *envelope, rest []byte) bool {
	if bytes.HasPrefix(rest, nodeKey) {
		host, after := cutWord(rest[len(nodeKey):])
		if !bytes.HasPrefix(after, []byte("type=")) {
			return false
		}
		env.host, rest = host, after
	} else if !bytes.HasPrefix(rest, auditType) {
		return false
	}
	env.msg = rest
	return true
}

// auditHeader is the head of a NETFILTER_PKT record with its stamp, in audit.log
// or behind the tag "audit:" in the kernel's log, where the type is a number
// (include/uapi/linux/audit.h: 1324).
func auditHeader(msg []byte) (t int64, n int) {
	own := bytes.HasPrefix(msg, auditTag) // pr_fmt of kernel/audit.c, behind "kernel: [uptime] "
	if own {
		msg = msg[len(auditTag):]
	}
	switch {
	case bytes.HasPrefix(msg, auditRelay):
		n = len(auditRelay)
	case bytes.HasPrefix(msg, auditType) && bytes.HasPrefix(msg[len(auditType):], auditMsg):
		n = len(auditType) + len(auditMsg)
	default:
		return 0, 0
	}
	t, k := epochStamp(msg[n:])
	serial, _, ok := bytes.Cut(msg[n+k:], auditEnd)
	if k == 0 || !ok || len(serial) < 2 || serial[0] != ':' {
		return 0, 0
	}
	if _, ok := lex.Uint64(serial[1:]); !ok {
		return 0, 0
	}
	n += k + len(serial) + len(auditEnd)
	if own {
		n += len(auditTag)
	}
	return t, n
}
