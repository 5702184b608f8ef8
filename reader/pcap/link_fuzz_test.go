package pcap

import (
	"testing"

	"fwreport/reader/readertest"
)

// links are the link types that are read, and one that is not, with a header in
// front of an IP packet.
var links = []struct {
	link   uint32
	header []byte
}{
	{linkNull, []byte{2, 0, 0, 0}},
	{linkEthernet, []byte{2, 0, 0, 0, 0, 1, 2, 0, 0, 0, 0, 2, 0x81, 0, 0, 10, 8, 0}},
	{linkPPP, []byte{0x21}},
	{linkRawDLT, nil},
	{linkRawBSD, nil},
	{linkPPPSerial, []byte{0xff, 3, 0, 0x21}},
	{linkPPPSerial, []byte{0x0f, 0, 8, 0}},
	{linkPPPEther, []byte{0x11, 0, 0, 1, 0, 42, 0, 0x21}},
	{linkRaw, nil},
	{linkCiscoHDLC, []byte{0x0f, 0, 8, 0}},
	{linkLoop, []byte{0, 0, 0, 2}},
	{linkSLL, []byte{0, 0, 0, 1, 0, 6, 2, 0, 0, 0, 0, 1, 0, 0, 8, 0}},
	{linkIPv4, nil},
	{linkIPv6, nil},
	{linkSLL2, []byte{8, 0, 0, 0, 0, 0, 0, 3, 0, 1, 4, 6, 2, 0, 0, 0, 0, 1, 0, 0}},
	{9999, nil},
}

// TestLinkSeeds: without this the fuzzing below might begin with nothing that is
// read.
func TestLinkSeeds(t *testing.T) {
	packet := ip4(17, 0, udp(0))
	for _, l := range links {
		b := readertest.Parse(Format, readertest.Options(t, ""), anInput, oneFrame(l.link, join(l.header, packet)))
		read := l.link != linkIPv6 && l.link != 9999
		if (len(b.Events) == 1) != read {
			t.Errorf("link type %d: %d events, rejects %v", l.link, len(b.Events), b.Rejects)
		}
	}
}

// FuzzLink mutates a frame of any link type inside an intact capture.
func FuzzLink(f *testing.F) {
	for _, l := range links {
		f.Add(l.link, join(l.header, ip4(6, 0, tcpSyn())))
		f.Add(l.link, join(l.header, ip4(17, 0, udp(0))))
	}
	f.Fuzz(func(t *testing.T, link uint32, frame []byte) {
		readertest.Fuzz(t, Format, nil, oneFrame(link, frame))
	})
}
