package reader

import (
	"bytes"
	"fmt"
	"strings"
)

// headSize is how much of an input (decompressed) the formats may look at.
const headSize = 64 << 10

// foreign are kinds of file that are recognised but not read, with what to do.
var foreign = []struct {
	name, advice string
	evidence     bool // may hold firewall records: leaving it out is a loss
	match        func(h []byte) bool
}{
	{"systemd journal", "export it with: journalctl --file FILE -k -o short-iso-precise", true, prefix("LPKSHHRH")},
	{"7z archive", "unpack it and name the folder", true, prefix("7z\xbc\xaf\x27\x1c")},
	{"compress (.Z) file", "decompress it first: gzip -d FILE", true, prefix("\x1f\x9d")},
	{"SQLite write-ahead log", "its rows are not in the database yet: on a copy of both run sqlite3 DATABASE 'PRAGMA wal_checkpoint'", true, func(h []byte) bool {
		return bytes.HasPrefix(h, []byte("\x37\x7f\x06\x82")) || bytes.HasPrefix(h, []byte("\x37\x7f\x06\x83"))
	}},
	{"SQLite rollback journal", "its database was being written to: open a copy of both with sqlite3", true, prefix("\xd9\xd5\x05\xf9\x20\xa1\x63\xd7")},
	{"MaxMind database", "to use it for countries or ASNs, name it with --geo", false, func(h []byte) bool { return bytes.Contains(h, []byte("\xab\xcd\xefMaxMind.com")) }},
}

func prefix(magic string) func([]byte) bool {
	return func(h []byte) bool { return bytes.HasPrefix(h, []byte(magic)) }
}

// sniff chooses the first format that can read head. Where none can, why tells
// what each said, and evidence whether the file may hold records all the same.
func sniff(formats []*Format, head []byte, complete bool) (f *Format, why string, evidence bool) {
	for _, k := range foreign {
		if k.match(head) {
			return nil, fmt.Sprintf("it is a %s; %s", k.name, k.advice), k.evidence
		}
	}
	var refusals []string
	for _, f := range formats {
		err := f.Sniff(head, complete)
		if err == nil {
			return f, "", false
		}
		refusals = append(refusals, f.Name+": "+err.Error())
	}
	return nil, "no format recognises it (" + strings.Join(refusals, "; ") + ")", false
}
