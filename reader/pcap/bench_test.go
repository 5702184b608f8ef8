package pcap

import (
	"testing"

	"fwreport/reader"
	"fwreport/reader/readertest"
)

// benchmark parses the records of a capture again and again.
func benchmark(b *testing.B, f *reader.Format, data []byte) {
	opt := readertest.Options(b, "")
	opt.Detail = false
	chunks := readertest.Chunks(f, anInput, data)
	p, batch := f.NewParser(opt), &reader.Batch{}
	packets := uint64(0)
	b.SetBytes(int64(len(data)))
	b.ReportAllocs()
	for b.Loop() {
		for _, c := range chunks {
			batch.Reset()
			p.Parse(batch, c)
			packets += c.Records
		}
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(packets), "ns/packet")
	b.ReportMetric(float64(packets)/b.Elapsed().Seconds(), "packets/s")
}

// traffic is what a firewall's interface sees: SYNs, datagrams, echo requests.
func traffic() [][]byte {
	return [][]byte{
		ether(0x0800, ip4(6, 0x4000, tcpSyn())),
		ether(0x0800, ip4(17, 0, udp(60))),
		ether(0x0800, ip4(1, 0, make([]byte, 64))),
		ether(0x0800, ip4(6, 0x4000, options4(2, 4, 5, 0xb4, 4, 2, 8, 10, 0, 0, 0, 1, 0, 0, 0, 0, 1, 3, 3, 7))),
		ether(0x86dd, ip6(6, tcpSyn())),
	}
}

func BenchmarkPcap(b *testing.B) {
	data := classicHeader(le, magicMicro, 1)
	for i := range 1000 {
		data = append(data, classicRecord(le, 1735787045, uint32(i), traffic()[i%5])...)
	}
	benchmark(b, Format, data)
}

func BenchmarkPcapNG(b *testing.B) {
	data := join(ngSection(le), ngInterface(le, 1, 0, ngOption(le, 2, []byte("eth0"))))
	for i := range 1000 {
		data = append(data, ngPacketBlock(le, 0, 1735787045000000+uint64(i), traffic()[i%5])...)
	}
	benchmark(b, FormatNG, data)
}

// BenchmarkByHand is what is decoded by hand.
func BenchmarkByHand(b *testing.B) {
	data := classicHeader(le, magicMicro, 101)
	for i := range 1000 {
		data = append(data, classicRecord(le, 1735787045, uint32(i), ip4(6, 0x2000, tcpSyn()))...)
	}
	benchmark(b, Format, data)
}

func BenchmarkNFLOG(b *testing.B) {
	record := unhex(b, readertest.OfKind(b, "nflog_hex")[0].Input)
	data := classicHeader(le, magicMicro, 239)
	for i := range 1000 {
		data = append(data, classicRecord(le, 1735787045, uint32(i), record)...)
	}
	benchmark(b, Format, data)
}

func BenchmarkSplit(b *testing.B) {
	data := classicHeader(le, magicMicro, 1)
	for i := range 3000 {
		data = append(data, classicRecord(le, 1735787045, uint32(i), traffic()[i%5])...)
	}
	b.SetBytes(int64(len(data)))
	for b.Loop() {
		if cut, err := Format.NewSplitter().Split(data, true); cut.N != len(data) || err != nil {
			b.Fatal(cut, err)
		}
	}
}
