package pcap

import (
	"encoding/binary"
	"encoding/hex"
	"strings"
	"testing"

	"fwreport/reader"
	"fwreport/reader/event"
	"fwreport/reader/readertest"
)

// Builders of captures and packets. They write the formats from their
// descriptions, without the package's own code.

// unhex decodes hex with blanks between the bytes.
func unhex(t testing.TB, s string) []byte {
	t.Helper()
	b, err := hex.DecodeString(strings.Join(strings.Fields(s), ""))
	if err != nil {
		t.Fatalf("decoding the hex of a test: %v", err)
	}
	return b
}

// join puts byte slices one after another.
func join(parts ...[]byte) []byte {
	var b []byte
	for _, p := range parts {
		b = append(b, p...)
	}
	return b
}

// classicHeader is a file header of version 2.4.
func classicHeader(o binary.ByteOrder, magic uint32, link uint32) []byte {
	b := make([]byte, 24)
	o.PutUint32(b, magic)
	o.PutUint16(b[4:], 2)
	o.PutUint16(b[6:], 4)
	o.PutUint32(b[16:], 65535)
	o.PutUint32(b[20:], link)
	return b
}

// classicRecord is one record with a header of 16 bytes.
func classicRecord(o binary.ByteOrder, sec, frac uint32, data []byte) []byte {
	b := make([]byte, 16)
	o.PutUint32(b, sec)
	o.PutUint32(b[4:], frac)
	o.PutUint32(b[8:], uint32(len(data)))
	o.PutUint32(b[12:], uint32(len(data)))
	return append(b, data...)
}

// oneFrame is a classic capture of a single frame.
func oneFrame(link uint32, frame []byte) []byte {
	o := binary.LittleEndian
	return join(classicHeader(o, magicMicro, link), classicRecord(o, 1735787045, 123456, frame))
}

// ngBlock is a block of pcapng.
func ngBlock(o binary.ByteOrder, kind uint32, body []byte) []byte {
	n := 12 + len(body) + (-len(body) & 3)
	b := make([]byte, n)
	o.PutUint32(b, kind)
	o.PutUint32(b[4:], uint32(n))
	copy(b[8:], body)
	o.PutUint32(b[n-4:], uint32(n))
	return b
}

// ngSection is a section header.
func ngSection(o binary.ByteOrder) []byte {
	b := make([]byte, 16)
	o.PutUint32(b, 0x1a2b3c4d)
	o.PutUint16(b[4:], 1)
	o.PutUint64(b[8:], ^uint64(0))
	return ngBlock(o, 0x0a0d0d0a, b)
}

// ngOption is one option, padded.
func ngOption(o binary.ByteOrder, code uint16, value []byte) []byte {
	b := make([]byte, 4)
	o.PutUint16(b, code)
	o.PutUint16(b[2:], uint16(len(value)))
	return join(b, value, make([]byte, -len(value)&3))
}

// ngInterface is an interface description; snaplen 0 is no limit.
func ngInterface(o binary.ByteOrder, link uint16, snaplen uint32, opts ...[]byte) []byte {
	b := make([]byte, 8)
	o.PutUint16(b, link)
	o.PutUint32(b[4:], snaplen)
	return ngBlock(o, 1, join(b, join(opts...)))
}

// ngPacketBlock is an enhanced packet block.
func ngPacketBlock(o binary.ByteOrder, iface uint32, ts uint64, data []byte, opts ...[]byte) []byte {
	b := make([]byte, 20)
	o.PutUint32(b, iface)
	o.PutUint32(b[4:], uint32(ts>>32))
	o.PutUint32(b[8:], uint32(ts))
	o.PutUint32(b[12:], uint32(len(data)))
	o.PutUint32(b[16:], uint32(len(data)))
	return ngBlock(o, 6, join(b, data, make([]byte, -len(data)&3), join(opts...)))
}

func u64(o binary.ByteOrder, v uint64) []byte {
	b := make([]byte, 8)
	o.PutUint64(b, v)
	return b
}

// ip4 is an IPv4 packet from 198.51.100.7 to 192.0.2.10, ID 54321, TTL 51, TOS 0x28.
func ip4(proto uint8, frag uint16, payload []byte) []byte {
	b := make([]byte, 20)
	b[0], b[1], b[8], b[9] = 0x45, 0x28, 51, proto
	binary.BigEndian.PutUint16(b[2:], uint16(20+len(payload)))
	binary.BigEndian.PutUint16(b[4:], 54321)
	binary.BigEndian.PutUint16(b[6:], frag)
	copy(b[12:], []byte{198, 51, 100, 7, 192, 0, 2, 10})
	return append(b, payload...)
}

// ip6 is an IPv6 packet from 2001:db8::7 to 2001:db8:1::10, class 0x28, flow
// label 0x12345, 64 hops.
func ip6(next uint8, payload []byte) []byte {
	b := make([]byte, 40)
	binary.BigEndian.PutUint32(b, 6<<28|0x28<<20|0x12345)
	binary.BigEndian.PutUint16(b[4:], uint16(len(payload)))
	b[6], b[7] = next, 64
	copy(b[8:], []byte{0x20, 0x01, 0x0d, 0xb8})
	b[23] = 7
	copy(b[24:], []byte{0x20, 0x01, 0x0d, 0xb8, 0, 1})
	b[39] = 0x10
	return append(b, payload...)
}

// tcpSyn is a SYN from 40000 to 22, sequence 1000, window 1024, MSS 1460.
func tcpSyn() []byte {
	b := make([]byte, 24)
	binary.BigEndian.PutUint16(b, 40000)
	binary.BigEndian.PutUint16(b[2:], 22)
	binary.BigEndian.PutUint32(b[4:], 1000)
	b[12], b[13] = 0x60, 0x02
	binary.BigEndian.PutUint16(b[14:], 1024)
	copy(b[20:], []byte{2, 4, 5, 0xb4})
	return b
}

// udp is a datagram from 40000 to 53 with n bytes of payload.
func udp(n int) []byte {
	b := make([]byte, 8+n)
	binary.BigEndian.PutUint16(b, 40000)
	binary.BigEndian.PutUint16(b[2:], 53)
	binary.BigEndian.PutUint16(b[4:], uint16(8+n))
	return b
}

// ether is an Ethernet frame from 02:00:5e:00:53:01 to 02:00:5e:00:53:10.
func ether(kind uint16, payload []byte) []byte {
	b := []byte{2, 0, 0x5e, 0, 0x53, 0x10, 2, 0, 0x5e, 0, 0x53, 1, byte(kind >> 8), byte(kind)}
	return append(b, payload...)
}

// result is what a capture gave.
type result struct {
	*reader.Batch
	sym  *event.Symbols
	errs []error
}

// read feeds data to the format in one piece and keeps the Splitter's errors,
// which readertest.Parse does not show.
func read(t testing.TB, f *reader.Format, data []byte) result {
	t.Helper()
	opt := readertest.Options(t, "")
	r := result{Batch: &reader.Batch{}, sym: opt.Symbols}
	split, parser := f.NewSplitter(), f.NewParser(opt)
	in, first := &reader.Input{Path: "input", Format: f}, uint64(1)
	for len(data) > 0 {
		cut, err := split.Split(data, true)
		if err != nil {
			r.errs = append(r.errs, err)
			return r
		}
		if cut.Skip+cut.N == 0 {
			t.Fatalf("the splitter neither takes nor refuses %d bytes at the end", len(data))
		}
		parser.Parse(r.Batch, &reader.Chunk{
			Input: in, Data: data[cut.Skip : cut.Skip+cut.N], First: first, Records: cut.Records, Meta: cut.Meta,
		})
		first += cut.Records
		data = data[cut.Skip+cut.N:]
	}
	if why := readertest.Unaccounted(r.Batch, first-1); why != "" {
		t.Error(why)
	}
	return r
}

// fields is the i-th event in canonical form.
func (r *result) fields(i int) map[string]any {
	return readertest.Canonical(r.sym, &r.Events[i], &r.Details[i])
}
