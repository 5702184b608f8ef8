package sqlite

import (
	"bytes"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"fwreport/reader"
	"fwreport/reader/readertest"
)

func TestExamples(t *testing.T) {
	for _, ex := range readertest.OfKind(t, "sqlite_row") {
		ex.Run(t, Format, []byte(ex.Input))
	}
}

// rows are the lines that the database in b gives, and what could not be read.
func rows(t testing.TB, b []byte) (lines []string, notes []string, damage error) {
	t.Helper()
	s, err := Format.Open(bytes.NewReader(b), int64(len(b)))
	if err != nil {
		return nil, nil, err
	}
	defer s.Close()
	out, err := io.ReadAll(io.LimitReader(s, 64<<20))
	if len(out) > 0 {
		lines = strings.Split(strings.TrimSuffix(string(out), "\n"), "\n")
	}
	return lines, s.(reader.Noter).Notes(), err
}

func sample(t testing.TB) []byte {
	t.Helper()
	b, err := os.ReadFile("testdata/ulogd.db")
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// TestSample: what testdata/ulogd.sql inserts comes out, table by table.
func TestSample(t *testing.T) {
	lines, notes, damage := rows(t, sample(t))
	if damage != nil || len(lines) != 5+2+300 {
		t.Fatalf("%d rows, want 307; damage: %v", len(lines), damage)
	}
	long := strings.Repeat("x", 3000)
	want := map[int]string{
		0: `{"sqlite.table": "fw log", "sqlite.rowid": 1, "id": 1, "note, \"quoted\"": "a, (b", "oob_prefix": "IPT: DROP ", "oob_time_sec": 1735787045, "oob_family": 2, ` +
			`"ip_saddr": 124007366, "ip_daddr": 167903424, "ip_saddr_str": null, "ip_protocol": 6, "ip_fragoff": 16384, "tcp_sport": 40000, "tcp_dport": 22, ` +
			`"udp_sport": null, "udp_dport": null, "tcp_seq": -2, "tcp_syn": 1, "pwsniff_pass": null}`,
		4: `{"sqlite.table": "fw log", "sqlite.rowid": 99, "id": 99, "note, \"quoted\"": "a, (b", "oob_prefix": "` + long + `", "oob_time_sec": 1735787048, "oob_family": null, ` +
			`"ip_saddr": null, "ip_daddr": 167903424, "ip_saddr_str": null, "ip_protocol": null, "ip_fragoff": null, "tcp_sport": null, "tcp_dport": null, ` +
			`"udp_sport": null, "udp_dport": null, "tcp_seq": null, "tcp_syn": null, "pwsniff_pass": null}`,
		6: `{"sqlite.table": "ulog_ct", "sqlite.rowid": 2, "flow_start_sec": 1735787050, "flow_start_usec": 5, "flow_end_sec": null, "flow_end_usec": null, ` +
			`"orig_ip_saddr": -932957242, "orig_ip_daddr": 167903424, "orig_l4_sport": 5353, "orig_l4_dport": 53, "orig_ip_protocol": 17, "icmp_type": null, "icmp_code": null, ` +
			`"orig_raw_pktlen": 60, "orig_raw_pktcount": 1, "reply_raw_pktlen": 0, "reply_raw_pktcount": 0, "ct_mark": -2147483647}`,
		306: `{"sqlite.table": "ulog_pkt", "sqlite.rowid": 300, "raw_pktlen": 44, "raw_pktcount": 1, "oob_prefix": "IPT: DROP ", "oob_time_sec": 1735787344, "oob_time_usec": 123456, "oob_mark": 0, "oob_hook": 1, "oob_uid": null, "oob_gid": null}`,
	}
	for i, w := range want {
		if lines[i] != w {
			t.Errorf("row %d is\n%s, want\n%s", i, lines[i], w)
		}
	}
	if !slices.Equal(notes, []string{"1 of its tables are not ulogd's and were not read: users"}) {
		t.Errorf("notes: %q", notes)
	}
	if all := strings.Join(lines, "\n"); strings.Contains(all, "hunter2") {
		t.Error("a password that ulogd sniffed is shown")
	}
}

// make runs SQL through the sqlite3 command or python's module.
func makeDB(t *testing.T, sql string) []byte {
	t.Helper()
	path := filepath.Join(t.TempDir(), "made.db")
	var cmd *exec.Cmd
	if _, err := exec.LookPath("sqlite3"); err == nil {
		cmd = exec.Command("sqlite3", "-bail", path)
	} else if _, err := exec.LookPath("python3"); err == nil {
		cmd = exec.Command("python3", "-c", "import sqlite3, sys\nsqlite3.connect(sys.argv[1], isolation_level=None).executescript(sys.stdin.read())", path)
	} else {
		t.Skip("neither sqlite3 nor python3 is here to make a database")
	}
	cmd.Stdin = strings.NewReader(sql)
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Skipf("making a database: %v: %s", err, out)
	}
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// TestMade: a database of the sqlite3 that is here reads as the committed one,
// in each page size and encoding.
func TestMade(t *testing.T) {
	sql, err := os.ReadFile("testdata/ulogd.sql")
	if err != nil {
		t.Fatal(err)
	}
	want, _, _ := rows(t, sample(t))
	for _, pragma := range []string{
		"PRAGMA page_size = 512;", "PRAGMA page_size = 1024;", "PRAGMA page_size = 4096;", "PRAGMA page_size = 65536;",
		"PRAGMA encoding = 'UTF-16le';", "PRAGMA encoding = 'UTF-16be';", "PRAGMA auto_vacuum = FULL;",
	} {
		t.Run(pragma, func(t *testing.T) {
			lines, _, damage := rows(t, makeDB(t, strings.Replace(string(sql), "PRAGMA page_size = 512;", pragma, 1)))
			if damage != nil || !slices.Equal(lines, want) {
				t.Errorf("%d rows, not the same as the sample's %d; damage: %v", len(lines), len(want), damage)
			}
		})
	}
}

// TestTextInAnyEncoding: names and values beyond ASCII, and what is no text.
func TestTextInAnyEncoding(t *testing.T) {
	const insert = "CREATE TABLE t(oob_prefix, größe, b, r); INSERT INTO t VALUES ('Über 𝄞 \"x\\', 'ß', x'00ff', 0.5), (x'', '', 9e999, 1e300); " +
		"ALTER TABLE t ADD COLUMN oob_mark;INSERT INTO t VALUES ('a'||char(10)||char(27), NULL, NULL, NULL, 7);"
	for _, encoding := range []string{"UTF-8", "UTF-16le", "UTF-16be"} {
		lines, _, damage := rows(t, makeDB(t, "PRAGMA encoding = '"+encoding+"';"+insert))
		want := []string{
			`{"sqlite.table": "t", "sqlite.rowid": 1, "oob_prefix": "Über 𝄞 \"x\\", "größe": "ß", "b": "x'00ff'", "r": 0.5}`,
			`{"sqlite.table": "t", "sqlite.rowid": 2, "oob_prefix": "x''", "größe": "", "b": "+Inf", "r": 1e+300}`,
			`{"sqlite.table": "t", "sqlite.rowid": 3, "oob_prefix": "a\u000a\u001b", "größe": null, "b": null, "r": null, "oob_mark": 7}`,
		}
		if damage != nil || !slices.Equal(lines, want) {
			t.Errorf("%s: %q, want %q; damage: %v", encoding, lines, want, damage)
		}
	}
}

// TestTablesNotRead are those that are ulogd's but lie elsewhere, and others.
func TestTablesNotRead(t *testing.T) {
	lines, notes, damage := rows(t, makeDB(t, "CREATE TABLE k(oob_prefix PRIMARY KEY, ip_saddr) WITHOUT ROWID; CREATE TABLE t(oob_prefix);INSERT INTO t VALUES ('a');"))
	if len(lines) != 1 || damage == nil || !strings.Contains(damage.Error(), "table k holds its rows in an index") {
		t.Errorf("%q, %q, %v", lines, notes, damage)
	}
	other := makeDB(t, "CREATE TABLE moz_places(id INTEGER PRIMARY KEY, url, icmp_type, timestamp, action); INSERT INTO moz_places VALUES (1, 'a', 'b', 3, 4);")
	if err := Format.Sniff(other, true); err == nil {
		t.Error("another program's database is taken for ulogd's")
	}
	if err := Format.Sniff(sample(t), true); err != nil {
		t.Error(err)
	}
	if err := Format.Sniff(sample(t)[:2000], false); err != nil {
		t.Errorf("a head that holds part of the schema: %v", err)
	}
	if err := Format.Sniff([]byte(magic), true); err != nil {
		t.Errorf("a database that ends in its header: %v", err)
	}
}

func TestWriteAheadLogIsNoted(t *testing.T) {
	_, notes, damage := rows(t, makeDB(t, "PRAGMA journal_mode = WAL; CREATE TABLE t(oob_prefix);"))
	if damage != nil || len(notes) != 1 || !strings.Contains(notes[0], "-wal") {
		t.Errorf("%q, %v", notes, damage)
	}
}

// TestByteOrder: little-endian unless the addresses speak for the other.
func TestByteOrder(t *testing.T) {
	for _, c := range []struct {
		name, values, order, note string
	}{
		// 0x0a000001 is 10.0.0.1 as a big-endian number, 1.0.0.10 as a little-endian one.
		{"of a big-endian machine", "(167772160),(167772416),(167772672),(167772928),(167773184),(167773440),(167773696),(167773952),(167774208)", `"sqlite.order": "big"`, "taken for big-endian"},
		{"too few to tell", "(167772160),(167772416)", "", "may be of a big-endian machine"},
		{"of a little-endian machine", "(124007366),(167903424),(-932957242),(16777226),(33554442),(50331658),(67108874),(83886090),(100663306)", "", ""},
		{"halves of IPv6 do not count", "(190265844105504),(190265844105505),(190265844105506)", "", ""},
	} {
		lines, notes, _ := rows(t, makeDB(t, "CREATE TABLE t(ip_saddr INT); INSERT INTO t VALUES "+c.values))
		if !strings.Contains(lines[0], c.order) || strings.Contains(lines[0], "order") != (c.order != "") {
			t.Errorf("%s: %s", c.name, lines[0])
		}
		if got := strings.Join(notes, "; "); !strings.Contains(got, c.note) || (got == "") != (c.note == "") {
			t.Errorf("%s: note %q, want %q", c.name, got, c.note)
		}
	}
}
