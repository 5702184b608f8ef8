package pcap

import (
	"bytes"
	"encoding/binary"
	"slices"
	"testing"

	"fwreport/reader"
	"fwreport/reader/event"
	"fwreport/reader/lex"
	"fwreport/reader/readertest"
)

// usualAndGeneral decodes one frame as Parse does and by the general way alone.
func usualAndGeneral(t *testing.T, p, q *decoder, f frame) (usual bool) {
	t.Helper()
	c := &reader.Chunk{Input: anInput, First: 7, Records: 1}
	var got, want reader.Batch
	g, w := f, f
	usual = p.usual(&got, c.Ref(0), &g)
	if !usual {
		p.general(&got, c, 0, &g)
	}
	q.general(&want, c, 0, &w)
	if !slices.Equal(got.Events, want.Events) || !slices.Equal(got.Rejects, want.Rejects) || got.Other != want.Other {
		t.Fatalf("link %d, frame %x:\n got %+v\nwant %+v", f.link, f.data, got, want)
	}
	return usual
}

// twoDecoders share their names, so that handles can be compared.
func twoDecoders(t testing.TB) (p, q *decoder) {
	opt := readertest.Options(t, "")
	opt.Detail = false
	return newDecoder(opt), newDecoder(opt)
}

func TestUsual(t *testing.T) {
	p, q := twoDecoders(t)
	seen := 0
	for _, data := range append(mixed(), traffic()...) {
		for _, link := range []uint32{linkEthernet, linkRaw, linkNull} {
			f := frame{data: data, link: link, iface: 3, time: 12345, fields: event.TimeImprecise}
			if link == linkRaw {
				f.data, f.dir = data[14:], outbound
			}
			for n := range len(f.data) + 1 {
				g := f
				g.data = f.data[:n:n]
				if usualAndGeneral(t, p, q, g) {
					seen++
				}
			}
		}
	}
	if seen == 0 {
		t.Error("no frame is a usual one")
	}
}

// FuzzUsual holds both ways to the same result, and lex.OptionLayout to the
// layouts that are remembered.
func FuzzUsual(f *testing.F) {
	for _, data := range append(mixed(), traffic()...) {
		f.Add(uint16(linkEthernet), data)
		f.Add(uint16(linkRaw), data[14:])
	}
	p, q := twoDecoders(f)
	f.Fuzz(func(t *testing.T, link uint16, data []byte) {
		q.layouts = layouts{} // forgets: what p remembers must be no other
		usualAndGeneral(t, p, q, frame{data: data, link: uint32(link), iface: 3, time: 12345})
	})
}

// sameCapture holds a capture's records, taken many at once, to those taken one by
// one, and their events to those of the general way.
func sameCapture(t *testing.T, opt *reader.Options, data []byte) (usual uint64) {
	t.Helper()
	p, q := &classicParser{newDecoder(opt)}, newDecoder(opt)
	for _, c := range readertest.Chunks(Format, anInput, data) {
		var got, want reader.Batch
		p.Parse(&got, c)
		h, i := c.Meta.(*classicMeta).header, uint64(0)
		for rest := c.Data; len(rest) > 0; {
			n, plain := h.plain(rest)
			some, after := p.usuals(&reader.Batch{}, 0, &h, rest)
			usual += some
			size, isHeader, err := h.next(rest)
			if err != nil || n > 0 && (isHeader || plain < size) || some > n || plain > len(rest) || len(rest)-len(after) > plain {
				t.Fatalf("%x: the first is %d long, %t, %v; %d of %d bytes are plain, %d usual", rest, size, isHeader, err, n, plain, some)
			}
			if isHeader {
				h, _ = parseFileHeader(rest)
			} else {
				f := p.record(&h, rest[:size])
				q.general(&want, c, i, &f)
				i++
			}
			rest = rest[size:]
		}
		if i != c.Records || !slices.Equal(got.Events, want.Events) || !slices.Equal(got.Rejects, want.Rejects) || got.Other != want.Other {
			t.Fatalf("%x:\n got %d records, %+v\nwant %d, %+v", c.Data, c.Records, got, i, want)
		}
	}
	return usual
}

// captures are of both byte orders, resolutions and of old versions, whose lengths
// stand the other way round, with records that are not usual, and some that begin
// as a file header does.
func captures() [][]byte {
	var all [][]byte
	packets := append(traffic(), mixed()...)
	for _, o := range []binary.ByteOrder{le, be} {
		for _, magic := range []uint32{magicMicro, magicNano} {
			data := classicHeader(o, magic, linkEthernet)
			for i, packet := range packets {
				data = append(data, classicRecord(o, 1735787045, uint32(i)*400000, packet)...)
				if i%3 == 1 {
					data = append(data, classicRecord(o, [...]uint32{0xa1b20000, 0xb2a1, 0xd4c3b2a1}[i/3%3], 5, packet)...)
				}
			}
			for minor := range uint16(3) {
				old := bytes.Clone(data)
				o.PutUint16(old[6:], 2+minor)
				all = append(all, old, old[:len(old)-9])
			}
			all = append(all, append(bytes.Clone(data), data...))
		}
	}
	return all
}

func TestCaptures(t *testing.T) {
	opt := readertest.Options(t, "")
	opt.Detail = false
	usual := uint64(0)
	for _, data := range captures() {
		usual += sameCapture(t, opt, data)
	}
	if usual == 0 {
		t.Error("no record is a usual one")
	}
}

func FuzzCaptures(f *testing.F) {
	for _, data := range captures() {
		f.Add(data[:min(len(data), 600)])
	}
	opt := readertest.Options(f, "")
	opt.Detail = false
	f.Fuzz(func(t *testing.T, data []byte) { sameCapture(t, opt, data) })
}

func FuzzLayouts(f *testing.F) {
	f.Add([]byte{2, 4, 5, 0xb4, 4, 2, 8, 10, 0, 0, 0, 1, 0, 0, 0, 0, 1, 3, 3, 7}, byte(9), byte(1))
	f.Add([]byte{8, 10, 0, 0, 0, 1, 0, 0, 0, 0, 8, 10, 0, 0, 0, 1, 0, 0, 0, 0}, byte(13), byte(200))
	f.Add([]byte{2, 5, 1, 2, 3, 8, 10, 0, 0, 0, 1, 0, 0, 0, 0}, byte(9), byte(0))
	f.Add([]byte{1, 1, 8, 9, 0, 0, 0, 1, 0, 0, 0, 0}, byte(3), byte(10))
	d, _ := twoDecoders(f)
	f.Fuzz(func(t *testing.T, raw []byte, at, b byte) {
		if len(raw) == 0 || len(raw) > 40 {
			return
		}
		for range 2 { // as it is, then with a byte changed
			want := d.names.Sym(lex.OptionLayout(nil, raw))
			if got := d.layouts.of(d, raw); got != want {
				t.Fatalf("%x: %v, want %v", raw, d.opt.Symbols.Name(got), d.opt.Symbols.Name(want))
			}
			raw[int(at)%len(raw)] = b
		}
	})
}
