package pcap

import (
	"encoding/binary"
	"errors"
	"io"
	"math"
	"strings"
	"testing"
	"time"

	"fwreport/reader/event"
)

var (
	le binary.ByteOrder = binary.LittleEndian
	be binary.ByteOrder = binary.BigEndian
)

// stampOf is the time of the i-th event.
func stampOf(r *result, i int) string {
	if r.Events[i].Time == event.NoTime {
		return "none"
	}
	return time.Unix(0, r.Events[i].Time).UTC().Format(time.RFC3339Nano)
}

func TestClassicTimes(t *testing.T) {
	for _, c := range []struct {
		name      string
		o         binary.ByteOrder
		magic     uint32
		sec, frac uint32
		want      string
		imprecise bool
	}{
		{"microseconds", le, magicMicro, 1735787045, 123456, "2025-01-02T03:04:05.123456Z", false},
		{"microseconds, big-endian", be, magicMicro, 1735787045, 123456, "2025-01-02T03:04:05.123456Z", false},
		{"nanoseconds", le, magicNano, 1735787045, 123456789, "2025-01-02T03:04:05.123456789Z", false},
		{"nanoseconds, big-endian", be, magicNano, 1735787045, 1, "2025-01-02T03:04:05.000000001Z", false},
		{"seconds are unsigned", le, magicMicro, 0xffffffff, 0, "2106-02-07T06:28:15Z", false},
		{"a million microseconds", le, magicMicro, 1735787045, 1000000, "2025-01-02T03:04:05.999999999Z", true},
		{"a milliard nanoseconds", be, magicNano, 1735787045, 1000000000, "2025-01-02T03:04:05.999999999Z", true},
	} {
		r := read(t, Format, join(classicHeader(c.o, c.magic, 101), classicRecord(c.o, c.sec, c.frac, probe())))
		if len(r.Events) != 1 || stampOf(&r, 0) != c.want || r.Events[0].Has(event.TimeImprecise) != c.imprecise {
			t.Errorf("%s: %+v %v", c.name, r.Events, r.errs)
		}
	}
}

// modifiedRecord has a header of 24 bytes, with interface 3 and a packet type.
func modifiedRecord(o binary.ByteOrder, pkttype byte, data []byte) []byte {
	b := classicRecord(o, 1735787045, 5, nil)
	o.PutUint32(b[8:], uint32(len(data)))
	o.PutUint32(b[12:], uint32(len(data)))
	tail := make([]byte, 8)
	o.PutUint32(tail, 3)
	tail[6] = pkttype
	return join(b, tail, data)
}

func TestModifiedRecords(t *testing.T) {
	for _, o := range []binary.ByteOrder{le, be} {
		r := read(t, Format, join(classicHeader(o, 0xa1b2cd34, 101), modifiedRecord(o, 0, probe()), modifiedRecord(o, 4, probe())))
		if len(r.Events) != 2 || r.sym.Name(r.Events[0].In) != "if#3" || r.sym.Name(r.Events[1].Out) != "if#3" || r.Events[1].In != 0 {
			t.Errorf("%v: %+v %v", o, r.Events, r.errs)
		}
	}
}

// TestSwappedLengths reads versions whose records have the two lengths the
// other way round: always, or where the captured length would be the larger.
func TestSwappedLengths(t *testing.T) {
	for _, c := range []struct {
		major, minor uint16
		first        uint32 // the first length field; the second is the other one
		second       uint32
	}{{2, 2, 100, 28}, {2, 3, 100, 28}, {2, 3, 28, 100}, {543, 0, 100, 28}, {2, 4, 28, 100}, {2, 4, 28, 5}, {2, 9, 28, 28}} {
		head := classicHeader(le, magicMicro, 101)
		le.PutUint16(head[4:], c.major)
		le.PutUint16(head[6:], c.minor)
		rec := classicRecord(le, 1, 1, probe())
		le.PutUint32(rec[8:], c.first)
		le.PutUint32(rec[12:], c.second)
		if r := read(t, Format, join(head, rec, rec)); len(r.Events) != 2 || len(r.errs) > 0 {
			t.Errorf("version %d.%d, lengths %d and %d: %d events %v", c.major, c.minor, c.first, c.second, len(r.Events), r.errs)
		}
	}
}

// TestEndings holds what is said of captures that end or break before their
// end, and that everything before that is kept.
func TestEndings(t *testing.T) {
	rec := classicRecord(le, 1735787045, 0, probe()) // 16 + 28 bytes
	good := join(classicHeader(le, magicMicro, 101), rec, rec)
	long := classicRecord(le, 1735787045, 0, nil)
	le.PutUint32(long[8:], 300000)
	ng := join(ngSection(le), ngInterface(le, 101, 0), ngPacketBlock(le, 0, 5, probe()))
	block := ngPacketBlock(le, 0, 5, probe()) // 12 + 20 + 28 bytes
	broken := ngPacketBlock(le, 0, 5, probe())
	broken[len(broken)-4]++
	huge := ngPacketBlock(le, 0, 5, probe())
	le.PutUint32(huge[4:], 17<<20)
	version := ngSection(le)
	version[12] = 2
	for _, c := range []struct {
		name   string
		data   []byte
		events int
		cut    bool
		want   string
	}{
		{"whole", good, 2, false, ""},
		{"only a header", good[:24], 0, false, ""},
		{"record cut", join(good, rec[:32]), 2, true, "capture ends inside packet 3 at byte 112: 12 of 28 bytes missing"},
		{"record header cut", join(good, rec[:12]), 2, true, "capture ends inside the header of packet 3 at byte 112: 4 of 16 bytes missing"},
		{"file header cut", good[:20], 0, true, "capture ends inside the file header at byte 0: 4 of 24 bytes missing"},
		{"impossible length", join(good, long, rec), 2, false, "capture is damaged at byte 112: a record claims 300000 bytes, more than the capture's limit of 262144; what follows was not read"},
		{"pcapng whole", ng, 1, false, ""},
		{"pcapng packet cut", join(ng, block[:40]), 1, true, "capture ends inside packet 2 at byte 108: 20 of 60 bytes missing"},
		{"pcapng block header cut", join(ng, block[:7]), 1, true, "capture ends inside a block at byte 108: 5 of 12 bytes missing"},
		{"pcapng other block cut", join(ng, ngBlock(le, 5, make([]byte, 12))[:13]), 1, true, "capture ends inside a block at byte 108: 11 of 24 bytes missing"},
		{"pcapng lengths differ", join(ng, broken, block), 1, false, "capture is damaged at byte 108: a block's two lengths differ; what follows was not read"},
		{"pcapng huge block", join(ng, huge), 1, false, "capture is damaged at byte 108: a block of type 0x6 claims 17825792 bytes; what follows was not read"},
		{"pcapng tiny block", join(ng, make([]byte, 12)), 1, false, "capture is damaged at byte 108: a block of type 0x0 claims 0 bytes; what follows was not read"},
		{"pcapng other version", join(ng, version), 1, false, "capture is damaged at byte 108: pcapng version 2.0 is not supported; what follows was not read"},
	} {
		f := Format
		if strings.HasPrefix(c.name, "pcapng") {
			f = FormatNG
		}
		r := read(t, f, c.data)
		got := ""
		if len(r.errs) > 0 {
			got = r.errs[0].Error()
		}
		if len(r.Events) != c.events || got != c.want {
			t.Errorf("%s: %d events, %q; want %d, %q", c.name, len(r.Events), got, c.events, c.want)
		}
		if c.want != "" && errors.Is(r.errs[0], io.ErrUnexpectedEOF) != c.cut {
			t.Errorf("%s: io.ErrUnexpectedEOF is wrong", c.name)
		}
	}
}

// TestWant holds that a record longer than the data at hand is asked for in
// full, and that one of 16 MiB is not believed without a snaplen that allows it.
func TestWant(t *testing.T) {
	head := classicHeader(le, magicMicro, 101)
	le.PutUint32(head[16:], 0x7fffffff)
	rec := classicRecord(le, 1, 1, nil)
	le.PutUint32(rec[8:], 10<<20)
	s := Format.NewSplitter()
	if cut, err := s.Split(head, false); cut.N != 24 || cut.Records != 0 || err != nil {
		t.Fatalf("the header: %+v, %v", cut, err)
	}
	if cut, err := s.Split(rec, false); cut.N != 0 || cut.Want != 16+10<<20 || err != nil {
		t.Errorf("a record of 10 MiB: %+v, %v", cut, err)
	}
	le.PutUint32(rec[8:], 16<<20+1)
	if cut, err := s.Split(rec, false); err == nil {
		t.Errorf("a record of more than 16 MiB: %+v", cut)
	}
}

func TestSniff(t *testing.T) {
	rec := classicRecord(le, 1735787045, 1, probe())
	for _, c := range []struct {
		name        string
		head        []byte
		classic, ng string // "" is accepted
	}{
		{"classic", classicHeader(le, magicMicro, 1), "", "does not begin"},
		{"classic, nanoseconds, big-endian", classicHeader(be, magicNano, 1), "", "does not begin"},
		{"classic, cut in the header", classicHeader(le, magicMicro, 1)[:9], "", "does not begin"},
		{"classic, version 3", with(classicHeader(le, magicMicro, 1), 4, 3), "version 3.4 is not supported", "does not begin"},
		{"pcapng", ngSection(be), "does not begin", ""},
		{"pcapng without byte order", ngBlock(le, 0x0a0d0d0a, make([]byte, 16)), "does not begin", "no byte-order magic"},
		{"Navtel's variant", classicHeader(le, 0xa12b3c4d, 1), "Navtel's variant", "does not begin"},
		{"BPF program", classicHeader(be, 0xa1b2c3cb, 1), "a1b2c3cb", "does not begin"},
		{"ulogd2 without its header", join(rec, rec, rec[:20]), "", "does not begin"},
		{"text", []byte("Jan  2 03:04:05 host kernel: IN=eth0 OUT= MAC= SRC=192.0.2.1"), "does not begin", "does not begin"},
		{"nothing", nil, "too short", "does not begin"},
	} {
		for i, f := range []string{c.classic, c.ng} {
			err := Format.Sniff(c.head, true)
			if i == 1 {
				err = FormatNG.Sniff(c.head, true)
			}
			if f == "" && err != nil || f != "" && (err == nil || !strings.Contains(err.Error(), f)) {
				t.Errorf("%s: %v, want %q", c.name, err, f)
			}
		}
	}
}

// TestHeaderless reads ulogd2's records without a file header.
func TestHeaderless(t *testing.T) {
	for _, o := range []binary.ByteOrder{le, be} {
		rec := classicRecord(o, 1735787045, 123456, ip4(6, 0, tcpSyn()))
		r := read(t, Format, join(rec, rec))
		if len(r.Events) != 2 || stampOf(&r, 1) != "2025-01-02T03:04:05.123456Z" || r.Events[1].DstPort != 22 {
			t.Errorf("%v: %+v %v", o, r.Events, r.errs)
		}
	}
	s := &classicSplitter{}
	_, err := s.Split(classicRecord(le, 1735787045, 1, probe()), true)
	if err != nil || len(s.Notes()) != 1 || !strings.Contains(s.Notes()[0], "no file header") {
		t.Errorf("notes: %q, %v", s.Notes(), err)
	}
}

// TestConcatenated reads captures one after another, of different kinds.
func TestConcatenated(t *testing.T) {
	data := join(
		classicHeader(le, magicMicro, 101), classicRecord(le, 1735787045, 1, probe()),
		classicHeader(be, magicNano, 1), classicRecord(be, 1735787045, 2, ether(0x0800, probe())),
		classicHeader(le, 0xa1b2cd34, 101), modifiedRecord(le, 0, probe()))
	r := read(t, Format, data)
	if len(r.Events) != 3 || stampOf(&r, 0) != "2025-01-02T03:04:05.000001Z" || stampOf(&r, 1) != "2025-01-02T03:04:05.000000002Z" || r.sym.Name(r.Events[2].In) != "if#3" {
		t.Errorf("%+v %v", r.Events, r.errs)
	}
	if n := r.Events[2].Ref.Record(); n != 3 {
		t.Errorf("the third packet is number %d", n)
	}
}

// TestHugeSnaplen holds that nothing is allocated from a length field: the
// header claims 2 GiB, the record 16 MiB of which nothing is there.
func TestHugeSnaplen(t *testing.T) {
	head := classicHeader(le, magicMicro, 1)
	le.PutUint32(head[16:], math.MaxInt32)
	rec := classicRecord(le, 1, 1, nil)
	le.PutUint32(rec[8:], 16<<20)
	data := join(head, rec)
	if n := testing.AllocsPerRun(10, func() { _, _ = Format.NewSplitter().Split(data, true) }); n > 20 {
		t.Errorf("%v allocations", n)
	}
}
