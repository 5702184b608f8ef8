package sqlite

import (
	"bytes"
	"encoding/binary"
	"io"
	"slices"
	"strings"
	"testing"

	"fwreport/reader/readertest"
)

// TestCut: a database that ends at any page gives rows of the whole one, and
// says that it is cut.
func TestCut(t *testing.T) {
	b := sample(t)
	whole, _, _ := rows(t, b)
	known := map[string]bool{}
	for _, line := range whole {
		known[line] = true
	}
	last := 0
	for at := 0; at < len(b); at += 256 {
		lines, _, damage := rows(t, b[:at])
		if damage == nil {
			t.Errorf("cut at %d: no word of it", at)
		}
		lines = slices.DeleteFunc(lines, func(l string) bool { return strings.Contains(l, faultMember) })
		for _, line := range lines {
			if !known[line] {
				t.Errorf("cut at %d: a row that was never written: %s", at, line)
			}
		}
		last = max(last, len(lines))
	}
	if last < len(whole)-20 {
		t.Errorf("a database that lacks half a page gives %d rows of %d", last, len(whole))
	}
}

// TestFlippedBytes: whatever byte is wrong, the walk ends, and the output is not
// much larger than the file.
func TestFlippedBytes(t *testing.T) {
	b := sample(t)
	for at := 0; at < len(b); at += 23 {
		for _, x := range []byte{0xff, 0x01, 0x80} {
			b[at] ^= x
			bounded(t, b)
			b[at] ^= x
		}
	}
}

// bounded holds that reading b ends, with no more lines and bytes than b has
// room for.
func bounded(t testing.TB, b []byte) []byte {
	t.Helper()
	s, err := Format.Open(bytes.NewReader(b), int64(len(b)))
	if err != nil {
		return nil
	}
	defer s.Close()
	limit := int64(len(b))*(maxColumnName+200) + 1<<16
	out, _ := io.ReadAll(io.LimitReader(s, limit+1))
	if int64(len(out)) > limit {
		t.Fatalf("%d bytes give more than %d", len(b), limit)
	}
	return out
}

// patched is the sample with bytes written over it.
func patched(t *testing.T, at int, with ...byte) []byte {
	b := sample(t)
	copy(b[at:], with)
	return b
}

// page is where page n of the sample begins.
func page(n uint32) int { return int(n-1) * 512 }

// rootOf is the root of a table of the sample.
func rootOf(t *testing.T, name string) uint32 {
	t.Helper()
	b := sample(t)
	f, err := openFile(bytes.NewReader(b), int64(len(b)))
	if err != nil {
		t.Fatal(err)
	}
	for _, tab := range f.schema(func(err error) { t.Error(err) }).tables {
		if tab.name == name {
			return tab.root
		}
	}
	t.Fatalf("the sample has no table %s", name)
	return 0
}

func TestHostile(t *testing.T) {
	root := rootOf(t, "ulog_pkt")
	b := sample(t)
	if b[page(root)] != interiorTable {
		t.Fatal("the sample's ulog_pkt is one page: it does not show a tree")
	}
	firstCell := page(root) + int(binary.BigEndian.Uint16(b[page(root)+12:]))
	leaf := binary.BigEndian.Uint32(b[firstCell:])
	firstRow := page(leaf) + int(binary.BigEndian.Uint16(b[page(leaf)+8:]))
	long := rootOf(t, "fw log")
	if b[page(long)] == interiorTable {
		long = binary.BigEndian.Uint32(b[page(long)+8:])
	}
	// The row of 3000 bytes is the last one of its page; the number of its
	// first overflow page stands at the end of what is on the page.
	cells := int(binary.BigEndian.Uint16(b[page(long)+3:]))
	at := page(long) + int(binary.BigEndian.Uint16(b[page(long)+8+2*(cells-1):]))
	size, n := varint(b[at:])
	f := file{usable: 512}
	overflow := at + n + 1 + f.local(int(size))

	for name, c := range map[string]struct {
		db   []byte
		want string // in the damage
		rows int    // at least
	}{
		"a child is its own root":  {patched(t, firstCell, byte(root>>24), byte(root>>16), byte(root>>8), byte(root)), "", 200},
		"the last child is page 1": {patched(t, page(root)+8, 0, 0, 0, 1), "", 200},
		"a child outside":          {patched(t, firstCell, 0x7f, 0, 0, 0), "not in the file", 200},
		"a child is page 0":        {patched(t, firstCell, 0, 0, 0, 0), "page 0 is not in the file", 200},
		"a row of 2^63 bytes":      {patched(t, firstRow, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff), "claims to be", 290},
		"a row longer than a page": {patched(t, firstRow, 0xbf, 0x7f), "", 290},
		"cells without end":        {patched(t, page(leaf)+3, 0xff, 0xff), "claims 65535 cells", 250},
		"a cell outside its page":  {patched(t, page(leaf)+8, 0xff, 0xff), "outside of its page", 300},
		"an overflow loop":         {patched(t, overflow, byte(long>>24), byte(long>>16), byte(long>>8), byte(long)), "", 300},
		"an overflow chain's end":  {patched(t, overflow, 0, 0, 0, 0), "the row's rest: page 0", 300},
		"an index for a table":     {patched(t, page(leaf), 0x0a), "is no page of a table", 250},
		"a page size of 3":         {patched(t, 16, 0, 3), "page size of 3", 0},
		"nothing of a page usable": {patched(t, 20, 255), "to be used", 0},
		"the wrong kind of schema": {patched(t, headerSize, 0), "is no page of a table", 0},
	} {
		lines, _, damage := rows(t, c.db)
		good := 0
		for _, l := range lines {
			if !strings.Contains(l, faultMember) {
				good++
			}
		}
		if damage == nil || !strings.Contains(damage.Error(), c.want) || good < c.rows {
			t.Errorf("%s: %d rows, want at least %d; damage %v, want %q", name, good, c.rows, damage, c.want)
		}
		ids := map[string]bool{}
		for _, l := range lines {
			if !strings.Contains(l, faultMember) && ids[l] {
				t.Errorf("%s: a row comes twice: %s", name, l)
			}
			ids[l] = true
		}
	}
}

// TestOverlappingCells: cells that share their bytes do not multiply them.
func TestOverlappingCells(t *testing.T) {
	b := makeDB(t, "PRAGMA page_size = 65536; CREATE TABLE t(oob_prefix); INSERT INTO t VALUES ('"+strings.Repeat("x", 60000)+"')")
	p := b[1<<16:]
	at := binary.BigEndian.Uint16(p[8:])
	const cells = 1000
	binary.BigEndian.PutUint16(p[3:], cells)
	for i := range cells { // each begins a byte later, with a length and a rowid of its own
		cell := int(at) + 8*i
		binary.BigEndian.PutUint16(p[8+2*i:], uint16(cell))
		// varint 50000, then the rowid
		copy(p[cell:], []byte{0x83, 0x86, 0x50, 0x81 + byte(i>>7), byte(i & 0x7f)})
	}
	if out := bounded(t, b); len(out) > 400_000 {
		t.Errorf("%d bytes came out of %d", len(out), len(b))
	}
}

// TestHostileSchema: statements that no SQLite wrote.
func TestHostileSchema(t *testing.T) {
	for sql, want := range map[string]string{
		"CREATE TABLE t(oob_prefix, ip_saddr)":                            "oob_prefix ip_saddr",
		"create table [a(b]\n(\"oob_prefix\"text,/* , */ip_saddr--)\n)":   "oob_prefix ip_saddr",
		"CREATE TABLE t(a, PRIMARY KEY (a), CHECK (a > (1)), UNIQUE (a))": "a",
		"CREATE TABLE t(a AS (b) VIRTUAL, b, c AS (b+1) STORED)":          "b c",
		"CREATE TABLE t(\"\", '''', \"a\"\"b\")":                          "  ' a\"b",
		"CREATE TABLE t(":                                                 "-",
		"CREATE TABLE t":                                                  "-",
		"":                                                                "-",
		"CREATE TABLE t(a":                                                "-",
		"CREATE TABLE t(a, 'b":                                            "-",
		"/*":                                                              "-",
		"CREATE TABLE t(" + strings.Repeat("a,", 5000):                    "-",
		"CREATE TABLE t(" + strings.Repeat("(", 100000):                   "-",
		"CREATE TABLE t(" + strings.Repeat("n", 100) + ", b)":             " b",
	} {
		columns, _, ok := parseCreate(sql)
		var names []string
		for _, c := range columns {
			if c.lead == "" {
				c.name = ""
			}
			names = append(names, c.name)
		}
		got := strings.Join(names, " ")
		if !ok {
			got = "-"
		}
		if got != want {
			t.Errorf("%.60q has columns %q, want %q", sql, got, want)
		}
	}
}

// FuzzDatabase: no bytes make reading a database panic, hang or grow, and every
// line that comes out is accounted for.
func FuzzDatabase(f *testing.F) {
	b := sample(f)
	f.Add(b)
	f.Add(b[:len(b)/2])
	f.Add(b[:page(3)]) // the schema and one root
	f.Add(b[:headerSize])
	f.Fuzz(func(t *testing.T, b []byte) {
		if !bytes.HasPrefix(b, []byte(magic)) {
			copy(b, magic)
		}
		_ = Format.Sniff(b, false)
		readertest.Fuzz(t, Format, nil, bounded(t, b))
	})
}

// FuzzRow: no line makes the parser panic.
func FuzzRow(f *testing.F) {
	for _, ex := range readertest.OfKind(f, "sqlite_row") {
		f.Add([]byte(ex.Input))
	}
	f.Add([]byte(`{"sqlite.table": "t", "sqlite.order": "big", "ip_saddr": -1, "ip_daddr_bin": "0x00000000000000000000ffffc6336407", "oob_family": 10}`))
	f.Fuzz(func(t *testing.T, b []byte) { readertest.Fuzz(t, Format, nil, b) })
}
