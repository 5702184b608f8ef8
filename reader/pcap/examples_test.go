package pcap

import (
	"encoding/binary"
	"testing"
	"time"

	"fwreport/reader/readertest"
)

// TestNFLOGExamples wraps each record into a classic capture of the byte order
// that the example names, and a second time into pcapng.
func TestNFLOGExamples(t *testing.T) {
	all := readertest.OfKind(t, "nflog_hex")
	if len(all) == 0 {
		t.Fatal("there are no examples")
	}
	for _, ex := range all {
		var o binary.ByteOrder = binary.LittleEndian
		if ex.Ctx.Order == "be" {
			o = binary.BigEndian
		}
		at, err := time.Parse(time.RFC3339, ex.Ctx.RecordTS)
		if err != nil {
			t.Fatal(err)
		}
		record := unhex(t, ex.Input)
		usec := uint64(at.UnixMicro())
		ex.Run(t, Format, join(classicHeader(o, magicMicro, 239), classicRecord(o, uint32(at.Unix()), uint32(usec%1e6), record)))
		ex.Run(t, FormatNG, join(ngSection(o), ngInterface(o, 239, 0), ngPacketBlock(o, 0, usec, record)))
	}
}

// TestHeaderExamples reads file headers, and one record after each to hold that
// the stamps are UTC whatever the header's time zone says.
func TestHeaderExamples(t *testing.T) {
	all := readertest.OfKind(t, "pcap_header_hex")
	if len(all) == 0 {
		t.Fatal("there are no examples")
	}
	for _, ex := range all {
		raw := unhex(t, ex.Input)
		h, err := parseFileHeader(raw)
		if err != nil {
			t.Errorf("%s: %v", ex.Name, err)
			continue
		}
		readertest.Check(t, ex, headerFields(h))
		if err := Format.Sniff(raw, true); err != nil {
			t.Errorf("%s: Sniff: %v", ex.Name, err)
		}
	}
}

func headerFields(h fileHeader) map[string]any {
	m := map[string]any{"magic": "usec", "order": "le", "linktype": h.link, "snaplen": h.snaplen, "record_header": h.recordLen, "utc_offset_used": 0}
	if h.nano {
		m["magic"] = "nsec"
	}
	if h.modified {
		m["magic"] = "modified"
	}
	if h.big {
		m["order"] = "be"
	}
	return m
}

// TestThiszoneIgnored reads a record under ulogd's header, whose zone field is
// 12600 seconds.
func TestThiszoneIgnored(t *testing.T) {
	raw := unhex(t, "d4c3b2a1 0200 0400 38310000 00000000 00000100 65000000")
	r := read(t, Format, join(raw, classicRecord(binary.LittleEndian, 1735787045, 123456, ip4(17, 0, udp(0)))))
	if got := r.fields(0)["ts"]; got != "2025-01-02T03:04:05.123456Z" {
		t.Errorf("ts = %v", got)
	}
}
