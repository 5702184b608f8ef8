package ports

import (
	_ "embed"
	"strconv"
	"strings"
)

// servicesTSV lists port, protocol and service, ordered by port and protocol.
// The names are those of /etc/services of Debian's netbase, which follows IANA's
// "Service Name and Transport Protocol Port Number Registry"; where another
// service than the registered one is usually met or attacked at a port (5555
// adb, 7547 cwmp, 8291 winbox, 37215 huawei-upnp), that one is named.
//
//go:embed services.tsv
var servicesTSV string

// service is a port of a protocol, the latter in the report's spelling.
type service struct {
	port  uint16
	proto string
}

// services parses the embedded list. It is made anew for each table rather than
// kept in a package variable; it takes a fraction of a millisecond.
func services() map[service]string {
	known := make(map[service]string, 1024)
	for line := range strings.Lines(servicesTSV) {
		f := strings.Split(strings.TrimSuffix(line, "\n"), "\t")
		if len(f) != 3 {
			continue
		}
		if port, err := strconv.ParseUint(f[0], 10, 16); err == nil {
			known[service{uint16(port), f[1]}] = f[2]
		}
	}
	return known
}
