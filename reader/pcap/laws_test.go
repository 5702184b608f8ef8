package pcap

import (
	"encoding/binary"
	"testing"

	"fwreport/reader/readertest"
)

// mixed is frames of every kind that an Ethernet capture holds and that decode
// without a reject.
func mixed() [][]byte {
	synWithTail := tcpSyn()
	synWithTail[12] = 0xa0
	synWithTail = append(synWithTail[:20], 2, 4, 5, 0xb4, 4, 2, 8, 10, 1, 2, 3, 4, 0, 0, 0, 0, 1, 3, 3, 7)
	return [][]byte{
		ether(0x0800, ip4(6, 0x4000, tcpSyn())),
		ether(0x0800, ip4(6, 0x4000, synWithTail)),
		ether(0x0800, ip4(17, 0, udp(30))),
		ether(0x0800, ip4(1, 0, []byte{8, 0, 0, 0, 1, 2, 3, 4})),
		ether(0x0800, ip4(6, 0x2000, tcpSyn())),
		ether(0x0800, ip4(6, 185, tcpSyn())),
		ether(0x86dd, ip6(6, tcpSyn())),
		ether(0x86dd, ip6(0, join([]byte{6, 0, 1, 4, 0, 0, 0, 0}, tcpSyn()))),
		ether(0x86dd, ip6(58, []byte{128, 0, 0, 0, 1, 2, 3, 4})),
		ether(0x8100, join([]byte{0, 20, 8, 0}, ip4(17, 0, udp(3)))),
		ether(0x88cc, []byte{2, 7, 4}),
		ether(0x0806, []byte{0, 1, 8, 0, 6, 4, 0, 1, 2, 0, 0x5e, 0, 0x53, 1, 192, 0, 2, 77, 0, 0, 0, 0, 0, 0, 192, 0, 2, 10}),
	}
}

// classicMixed is a classic capture of mixed frames, the header once more in the middle.
func classicMixed() []byte {
	o := binary.BigEndian
	b := classicHeader(o, magicNano, 1)
	for i, f := range mixed() {
		if i == 5 {
			b = append(b, classicHeader(binary.LittleEndian, magicMicro, 1)...)
			o2 := binary.LittleEndian
			b = append(b, classicRecord(o2, 1735787045, 5, f)...)
			b = append(b, classicHeader(o, magicNano, 1)...)
		}
		b = append(b, classicRecord(o, 1735787045, uint32(i), f)...)
	}
	return b
}

// ngMixed is a pcapng capture of mixed frames in two sections of different byte
// order, with interfaces that come late, statistics, and unknown blocks.
func ngMixed() []byte {
	var b []byte
	for s, o := range []binary.ByteOrder{binary.LittleEndian, binary.BigEndian} {
		b = append(b, ngSection(o)...)
		b = append(b, ngInterface(o, 1, 0, ngOption(o, 2, []byte("eth0")), ngOption(o, 11, []byte("\x00tcp port 22")))...)
		for i, f := range mixed() {
			id := uint32(0)
			if i == 4 {
				b = append(b, ngInterface(o, 1, 0, ngOption(o, 2, []byte("eth1")), ngOption(o, 9, []byte{9}))...)
				b = append(b, ngBlock(o, 0x0bad, []byte{1, 2, 3})...)
			}
			if i >= 4 {
				id = 1
			}
			b = append(b, ngPacketBlock(o, id, 1735787045000000+uint64(i), f, ngOption(o, 2, u64(o, uint64(s+1))[:4]), ngOption(o, 4, u64(o, uint64(i%2))))...)
		}
		stats := join(make([]byte, 12), ngOption(o, 5, u64(o, 100)))
		b = append(b, ngBlock(o, 5, stats)...)
	}
	return b
}

// nflogMixed is a capture of NFLOG records: one with everything, one without a
// packet, one whose tail is garbage.
func nflogMixed(t testing.TB) []byte {
	o := binary.LittleEndian
	b := classicHeader(o, magicMicro, 239)
	for _, ex := range readertest.OfKind(t, "nflog_hex") {
		b = append(b, classicRecord(o, 1735787045, 7, unhex(t, ex.Input))...)
	}
	return b
}

func TestAnyCut(t *testing.T) {
	readertest.AnyCut(t, Format, nil, nil, classicMixed(), 1)
	readertest.AnyCut(t, Format, nil, nil, nflogMixed(t), 2)
	readertest.AnyCut(t, Format, nil, nil, nflogMixed(t)[:900], 3)
	readertest.AnyCut(t, FormatNG, nil, nil, ngMixed(), 4)
	readertest.AnyCut(t, FormatNG, nil, nil, ngMixed()[:2222], 5)
}

// TestEveryCut cuts once at every byte.
func TestEveryCut(t *testing.T) {
	want := readertest.Parse(Format, readertest.Options(t, ""), anInput, classicMixed())
	for at := range classicMixed() {
		if got := readertest.Parse(Format, readertest.Options(t, ""), anInput, classicMixed(), at); len(got.Events) != len(want.Events) {
			t.Fatalf("cut at %d: %d events, want %d", at, len(got.Events), len(want.Events))
		}
	}
	want = readertest.Parse(FormatNG, readertest.Options(t, ""), anInput, ngMixed())
	for at := range ngMixed() {
		if got := readertest.Parse(FormatNG, readertest.Options(t, ""), anInput, ngMixed(), at); len(got.Events) != len(want.Events) || len(got.Notices) != len(want.Notices) {
			t.Fatalf("cut at %d: %d events and %d notices, want %d and %d", at, len(got.Events), len(got.Notices), len(want.Events), len(want.Notices))
		}
	}
}

func TestNoAlias(t *testing.T) {
	readertest.NoAlias(t, Format, nil, nil, classicMixed())
	readertest.NoAlias(t, Format, nil, nil, nflogMixed(t))
	readertest.NoAlias(t, FormatNG, nil, nil, ngMixed())
}

// TestNoAlloc leaves out interface descriptions and sections inside a chunk:
// those allocate, once each.
func TestNoAlloc(t *testing.T) {
	o := binary.LittleEndian
	classic, ng := classicHeader(o, magicMicro, 1), join(ngSection(o), ngInterface(o, 1, 0, ngOption(o, 2, []byte("eth0"))))
	start := len(ng)
	for range 20 {
		for i, f := range mixed() {
			classic = append(classic, classicRecord(o, 1735787045, uint32(i), f)...)
			ng = append(ng, ngPacketBlock(o, 0, uint64(i), f)...)
		}
	}
	readertest.NoAlloc(t, Format, nil, classic)
	readertest.NoAlloc(t, Format, nil, nflogMixed(t))
	opt := readertest.Options(t, "")
	opt.Detail = false
	chunks := readertest.Chunks(FormatNG, anInput, ng, start, len(ng)/2)
	readNoAlloc(t, opt, chunks[1:])
}

func FuzzPcap(f *testing.F) {
	f.Add(classicMixed())
	f.Add(oneFrame(276, join([]byte{8, 0, 0, 0, 0, 0, 0, 3, 0, 1, 4, 6}, make([]byte, 8), ip4(17, 0, udp(0)))))
	f.Add(oneFrame(9, join([]byte{0xff, 3, 0, 0x21}, ip4(6, 0, tcpSyn()))))
	f.Fuzz(func(t *testing.T, data []byte) { readertest.Fuzz(t, Format, nil, data) })
}

func FuzzPcapNG(f *testing.F) {
	f.Add(ngMixed())
	f.Fuzz(func(t *testing.T, data []byte) { readertest.Fuzz(t, FormatNG, nil, data) })
}

// FuzzNFLOG mutates one record inside an intact capture.
func FuzzNFLOG(f *testing.F) {
	for _, ex := range readertest.OfKind(f, "nflog_hex") {
		f.Add(unhex(f, ex.Input))
	}
	f.Fuzz(func(t *testing.T, record []byte) { readertest.Fuzz(t, Format, nil, oneFrame(239, record)) })
}
