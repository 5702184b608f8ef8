package geo

import (
	"encoding/binary"
	"net/netip"
	"os"
	"path/filepath"
	"slices"
	"testing"
)

// network is one entry of a test database.
type network struct {
	prefix string
	record any
}

// writeMMDB writes a small IPv4 database as the MaxMind DB file format
// specification 2.0 says, so that types can be tested of which no genuine file
// is at hand.
func writeMMDB(t *testing.T, dbType string, epoch uint64, networks []network) string {
	t.Helper()
	nodes := [][2]int{{-1, -1}} // child index, -1 none, -2-n data of network n
	for i, n := range networks {
		p := netip.MustParsePrefix(n.prefix)
		bits, at := binary.BigEndian.Uint32(p.Addr().AsSlice()), 0
		for depth := range p.Bits() {
			bit := bits >> (31 - depth) & 1
			if depth == p.Bits()-1 {
				nodes[at][bit] = -2 - i
			} else if nodes[at][bit] < 0 {
				nodes = append(nodes, [2]int{-1, -1})
				nodes[at][bit] = len(nodes) - 1
			}
			at = max(nodes[at][bit], 0)
		}
	}
	var data []byte
	offsets := make([]int, len(networks))
	for i, n := range networks {
		offsets[i] = len(data)
		data = encode(data, n.record)
	}
	var file []byte
	for _, n := range nodes {
		for _, child := range n {
			v := child
			if child == -1 {
				v = len(nodes)
			} else if child < -1 {
				v = len(nodes) + 16 + offsets[-2-child]
			}
			file = append(file, byte(v>>16), byte(v>>8), byte(v))
		}
	}
	file = append(append(file, make([]byte, 16)...), data...)
	file = append(file, "\xab\xcd\xefMaxMind.com"...)
	file = encode(file, map[string]any{
		"binary_format_major_version": uint64(2), "binary_format_minor_version": uint64(0), "build_epoch": epoch,
		"database_type": dbType, "description": map[string]any{"en": "made for a test"}, "ip_version": uint64(4),
		"node_count": uint64(len(nodes)), "record_size": uint64(24), "languages": []any{"en"},
	})
	path := filepath.Join(t.TempDir(), "test.mmdb")
	if err := os.WriteFile(path, file, 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// encode appends v as a field of the data section.
func encode(b []byte, v any) []byte {
	switch v := v.(type) {
	case string:
		if len(v) >= 29 {
			return append(append(b, 2<<5|29, byte(len(v)-29)), v...)
		}
		return append(append(b, 2<<5|byte(len(v))), v...)
	case uint64:
		full := binary.BigEndian.AppendUint64(nil, v)
		if v > 0xffffffff {
			return append(append(b, 8, 2), full...) // extended type 9: uint64
		}
		return append(append(b, 6<<5|4), full[4:]...)
	case []any:
		b = append(b, byte(len(v)), 4) // extended type 11: array
		for _, e := range v {
			b = encode(b, e)
		}
		return b
	case map[string]any:
		b = append(b, 7<<5|byte(len(v)))
		keys := make([]string, 0, len(v))
		for k := range v {
			keys = append(keys, k)
		}
		slices.Sort(keys)
		for _, k := range keys {
			b = encode(encode(b, k), v[k])
		}
		return b
	}
	panic("type not needed so far")
}
