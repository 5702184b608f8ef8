package pcap

import (
	"encoding/binary"
	"fmt"
	"strings"
	"testing"

	"fwreport/reader/event"
)

// TestResolutions checks if_tsresol and if_tsoffset with values worked out by hand.
func TestResolutions(t *testing.T) {
	for _, c := range []struct {
		name string
		opts [][]byte
		ts   uint64
		want string
	}{
		{"default: microseconds", nil, 1735787045123456, "2025-01-02T03:04:05.123456Z"},
		{"nanoseconds", [][]byte{ngOption(le, 9, []byte{9})}, 1735787045123456789, "2025-01-02T03:04:05.123456789Z"},
		{"seconds", [][]byte{ngOption(le, 9, []byte{0})}, 1735787045, "2025-01-02T03:04:05Z"},
		{"milliseconds", [][]byte{ngOption(le, 9, []byte{3})}, 1735787045123, "2025-01-02T03:04:05.123Z"},
		{"2^-8 seconds", [][]byte{ngOption(le, 9, []byte{0x88})}, 1735787045<<8 | 0x40, "2025-01-02T03:04:05.25Z"},
		{"2^-32 seconds", [][]byte{ngOption(le, 9, []byte{0xa0})}, 1735787045<<32 | 1<<31, "2025-01-02T03:04:05.5Z"},
		{"2^0 seconds", [][]byte{ngOption(le, 9, []byte{0x80})}, 1735787045, "2025-01-02T03:04:05Z"},
		{"2^-63 seconds", [][]byte{ngOption(le, 9, []byte{0xbf})}, 1<<63 | 1<<62, "1970-01-01T00:00:01.5Z"},
		{"10^-19 seconds", [][]byte{ngOption(le, 9, []byte{19})}, 15000000000000000000, "1970-01-01T00:00:01.5Z"},
		{"offset", [][]byte{ngOption(le, 14, u64(le, 1735787000))}, 45000001, "2025-01-02T03:04:05.000001Z"},
		{"negative offset", [][]byte{ngOption(le, 14, u64(le, ^uint64(0)))}, 1735787046123456, "2025-01-02T03:04:05.123456Z"},
		{"10^-20 is impossible", [][]byte{ngOption(le, 9, []byte{20})}, 5, "none"},
		{"2^-64 is impossible", [][]byte{ngOption(le, 9, []byte{0xc0})}, 5, "none"},
		{"beyond the year 2262", [][]byte{ngOption(le, 9, []byte{0})}, 1 << 40, "none"},
		{"offset beyond all years", [][]byte{ngOption(le, 14, u64(le, 1<<63-1))}, 5, "none"},
	} {
		r := read(t, FormatNG, join(ngSection(le), ngInterface(le, 101, 0, c.opts...), ngPacketBlock(le, 0, c.ts, probe())))
		if len(r.Events) != 1 || stampOf(&r, 0) != c.want {
			t.Errorf("%s: %v, want %s", c.name, r.Events, c.want)
		}
	}
}

// TestSections reads two sections of different byte order: interfaces begin
// again at 0 in each, and only the names of their own section count.
func TestSections(t *testing.T) {
	var data []byte
	for i, o := range []binary.ByteOrder{le, be} {
		data = join(data, ngSection(o),
			ngInterface(o, 1, 0, ngOption(o, 2, []byte(fmt.Sprintf("eth%d", i)))),
			ngInterface(o, 101, 0, ngOption(o, 2, []byte(fmt.Sprintf("tun%d", i))), ngOption(o, 0, nil), ngOption(o, 2, []byte("not read"))),
			ngBlock(o, 0x0bad, []byte("skipped")),
			ngPacketBlock(o, 1, 1735787045000000, probe()),
			ngPacketBlock(o, 0, 1735787045000001, ether(0x0800, probe())))
	}
	data = join(data, ngPacketBlock(be, 2, 0, probe()))
	r := read(t, FormatNG, data)
	var names []string
	for i := range r.Events {
		names = append(names, r.sym.Name(r.Events[i].In))
	}
	if got := strings.Join(names, " "); got != "tun0 eth0 tun1 eth1" || len(r.errs) > 0 {
		t.Errorf("interfaces %q, %v", got, r.errs)
	}
	if len(r.Rejects) != 1 || r.Rejects[0].Record != 5 || r.Rejects[0].Reason != "interface is not described" {
		t.Errorf("rejects %+v", r.Rejects)
	}
}

// TestDirection reads epb_flags.
func TestDirection(t *testing.T) {
	flags := func(v uint64) []byte { return ngOption(le, 2, u64(le, v)[:4]) }
	r := read(t, FormatNG, join(ngSection(le), ngInterface(le, 101, 0, ngOption(le, 2, []byte("eth0"))),
		ngPacketBlock(le, 0, 1, probe()),
		ngPacketBlock(le, 0, 1, probe(), flags(1)),
		ngPacketBlock(le, 0, 1, probe(), ngOption(le, 1, []byte("a comment")), flags(0xffff0002))))
	want := []string{"eth0/", "eth0/", "/eth0"}
	for i, w := range want {
		if got := r.sym.Name(r.Events[i].In) + "/" + r.sym.Name(r.Events[i].Out); got != w {
			t.Errorf("packet %d: %q, want %q", i+1, got, w)
		}
	}
}

// TestOtherPacketBlocks reads simple and obsolete packet blocks.
func TestOtherPacketBlocks(t *testing.T) {
	simple := func(original uint32, data []byte) []byte {
		n := make([]byte, 4)
		le.PutUint32(n, original)
		return ngBlock(le, 3, join(n, data))
	}
	old := make([]byte, 20)
	le.PutUint16(old, 1)     // interface
	le.PutUint16(old[2:], 7) // drops
	le.PutUint32(old[8:], 45000001)
	le.PutUint32(old[12:], 28)
	le.PutUint32(old[16:], 28)
	r := read(t, FormatNG, join(ngSection(le), ngInterface(le, 101, 44), ngInterface(le, 101, 0, ngOption(le, 14, u64(le, 1735787000))),
		simple(28, probe()),
		simple(60, ip4(6, 0, join(tcpSyn(), make([]byte, 16)))[:44]), // cut by the snaplen
		ngBlock(le, 2, join(old, probe())),
		ngBlock(le, 2, old[:16])))
	if len(r.Events) != 3 || r.Events[0].Time != event.NoTime || r.Events[0].DstPort != 53 || r.Events[1].DstPort != 22 {
		t.Fatalf("%+v %v", r.Events, r.errs)
	}
	if got := stampOf(&r, 2); got != "2025-01-02T03:04:05.000001Z" {
		t.Errorf("obsolete packet block: %s", got)
	}
	if len(r.Rejects) != 1 || r.Rejects[0].Reason != "packet block cut" {
		t.Errorf("rejects %+v", r.Rejects)
	}
	if len(r.Notices) != 1 || r.Notices[0].Count != 7 || r.Notices[0].Record != 3 {
		t.Errorf("notices %+v", r.Notices)
	}
}

// TestLosses adds up what packets and statistics say was lost: 3 before the
// first packet, 10 in all by the first statistics, 12 by the second.
func TestLosses(t *testing.T) {
	stats := func(iface uint32, opts ...[]byte) []byte {
		b := make([]byte, 12)
		le.PutUint32(b, iface)
		le.PutUint32(b[8:], 9000000)
		return ngBlock(le, 5, join(b, join(opts...)))
	}
	r := read(t, FormatNG, join(ngSection(le), ngInterface(le, 101, 0), ngInterface(le, 101, 0),
		ngPacketBlock(le, 0, 7000000, probe(), ngOption(le, 4, u64(le, 3))),
		stats(0, ngOption(le, 4, u64(le, 1000)), ngOption(le, 5, u64(le, 4)), ngOption(le, 7, u64(le, 6))),
		stats(1, ngOption(le, 5, u64(le, 0))),
		stats(9, ngOption(le, 5, u64(le, 5))),
		ngPacketBlock(le, 0, 8000000, probe()),
		stats(0, ngOption(le, 5, u64(le, 4)), ngOption(le, 7, u64(le, 8))),
		stats(0, ngOption(le, 5, u64(le, 4)), ngOption(le, 7, u64(le, 8)))))
	var got []string
	for _, n := range r.Notices {
		got = append(got, fmt.Sprintf("%s %d at %d, %ds", n.Class, n.Count, n.Record, n.Time/1e9))
	}
	want := "capture_dropped 3 at 1, 7s; capture_dropped 7 at 1, 9s; capture_dropped 2 at 2, 9s"
	if s := strings.Join(got, "; "); s != want {
		t.Errorf("losses %q, want %q", s, want)
	}
}

// TestFilterNote holds that a capture filter is told, quoted.
func TestFilterNote(t *testing.T) {
	s := &ngSplitter{}
	_, err := s.Split(join(ngSection(le), ngInterface(le, 1, 0, ngOption(le, 11, []byte("\x00not port 22\x1b[2J")))), true)
	want := `interface 0 was captured with the filter "not port 22\x1b[2J": other packets are not in the evidence`
	if err != nil || len(s.Notes()) != 1 || s.Notes()[0] != want {
		t.Errorf("notes %q, %v", s.Notes(), err)
	}
}

// TestOptionsEnd holds that options without an end mark, or with a length that
// runs over the block, neither loop nor hide what stands before them.
func TestOptionsEnd(t *testing.T) {
	for _, tail := range [][]byte{nil, {2}, {9, 0, 255, 255}, {0, 0, 0, 0}, {9, 0, 0, 0}} {
		r := read(t, FormatNG, join(ngSection(le), ngInterface(le, 101, 0, ngOption(le, 2, []byte("eth0")), tail), ngPacketBlock(le, 0, 1735787045000000, probe())))
		if len(r.Events) != 1 || r.sym.Name(r.Events[0].In) != "eth0" || stampOf(&r, 0) != "2025-01-02T03:04:05Z" {
			t.Errorf("options that end in %v: %+v", tail, r.Events)
		}
	}
}

// TestOutrun holds that a packet block that claims more bytes than it holds is
// malformed, and the next one read.
func TestOutrun(t *testing.T) {
	bad := ngPacketBlock(le, 0, 1, probe())
	le.PutUint32(bad[8+12:], 29)
	r := read(t, FormatNG, join(ngSection(le), ngInterface(le, 101, 0), bad, ngPacketBlock(le, 0, 1, probe())))
	if len(r.Events) != 1 || len(r.Rejects) != 1 || r.Rejects[0].Reason != "captured length exceeds the block" || r.Events[0].Ref.Record() != 2 {
		t.Errorf("%+v %+v", r.Events, r.Rejects)
	}
}

// TestManyInterfaces holds that interfaces are not collected without end.
func TestManyInterfaces(t *testing.T) {
	one := ngInterface(le, 101, 0)
	data := ngSection(le)
	for range maxInterfaces + 5 {
		data = append(data, one...)
	}
	data = append(data, ngPacketBlock(le, 0, 1, probe())...)
	r := read(t, FormatNG, data)
	if len(r.Events) != 0 || len(r.errs) != 1 || !strings.Contains(r.errs[0].Error(), "more than 65536 interfaces") {
		t.Errorf("%d events, %v", len(r.Events), r.errs)
	}
}
