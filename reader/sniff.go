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
	{"SQLite database", "export its packet table as JSON lines", true, prefix("SQLite format 3\x00")},
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
