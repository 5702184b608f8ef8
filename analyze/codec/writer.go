package codec

import (
	"encoding/binary"
	"fmt"
	"hash/crc32"
	"io"

	"fwreport/reader/event"
)

// Writer writes sections of values. Its first error, which is that of the
// underlying writer, ends all writing; Close returns it.
type Writer struct {
	out   io.Writer
	names *event.Symbols
	err   error
	crc   uint32

	frame   []byte // the block in the making, its length in front
	section string // "" between sections

	known []uint32 // by Sym: its number in the stream, 0 if it was not written yet
	next  uint32   // the number of the next new name

	addr    func(id uint32) event.Addr
	written []uint32 // by address handle: its number in the stream, 0 if it was not written yet
	nextOf  uint32   // the number of the next new address

	time int64     // the last time written in the section
	ref  event.Ref // the last place
}

// NewWriter begins a stream. names are those that Sym is asked to write.
func NewWriter(out io.Writer, names *event.Symbols) *Writer {
	w := &Writer{out: out, names: names, frame: make([]byte, 4, 4+maxBlock+4), next: 1, nextOf: 1}
	head := binary.AppendUvarint([]byte(magic), Version)
	w.write(head)
	return w
}

func (w *Writer) write(p []byte) {
	if w.err != nil {
		return
	}
	w.crc = crc32.Update(w.crc, castagnoli, p)
	if _, err := w.out.Write(p); err != nil {
		w.err = fmt.Errorf("writing a partial result: %w", err)
	}
}

// Section ends the section before and begins a new one. The name must be unique
// in the stream, not empty and at most 64 bytes.
func (w *Writer) Section(name string) {
	if name == "" || len(name) > maxName {
		panic(fmt.Sprintf("codec: %q is no name of a section", name))
	}
	w.endSection()
	w.section, w.time, w.ref = name, 0, 0
	w.Text(name)
	w.endBlock()
}

func (w *Writer) endSection() {
	if w.section == "" {
		return
	}
	if len(w.frame) > 4 {
		w.endBlock()
	}
	w.endBlock() // the empty one
	w.section = ""
}

// endBlock writes the block.
func (w *Writer) endBlock() {
	binary.LittleEndian.PutUint32(w.frame, uint32(len(w.frame)-4))
	sum := crc32.Update(w.crc, castagnoli, w.frame)
	w.frame = binary.LittleEndian.AppendUint32(w.frame, sum)
	w.write(w.frame)
	w.frame = w.frame[:4]
}

// Close ends the stream; it does not close the underlying writer. It returns
// the first error.
func (w *Writer) Close() error {
	w.endSection()
	w.Text("")
	w.endBlock()
	return w.err
}

// Err is the first error.
func (w *Writer) Err() error { return w.err }

// Uvarint writes a number, in one byte if it is below 128.
func (w *Writer) Uvarint(v uint64) {
	if len(w.frame) >= fullBlock {
		w.endBlock()
	}
	w.frame = binary.AppendUvarint(w.frame, v)
}

// Varint writes a number that may be negative, in one byte if it is near 0.
func (w *Writer) Varint(v int64) { w.Uvarint(zigzag(v)) }

func zigzag(v int64) uint64   { return uint64(v<<1) ^ uint64(v>>63) }
func unzigzag(v uint64) int64 { return int64(v>>1) ^ -int64(v&1) }

// Bool writes a truth value.
func (w *Writer) Bool(v bool) {
	if v {
		w.Uvarint(1)
	} else {
		w.Uvarint(0)
	}
}

// Text writes a string of any bytes.
func (w *Writer) Text(s string) {
	w.Uvarint(uint64(len(s)))
	for len(s) > 0 {
		if len(w.frame) >= fullBlock {
			w.endBlock()
		}
		n := min(len(s), 4+maxBlock-len(w.frame))
		w.frame = append(w.frame, s[:n]...)
		s = s[n:]
	}
}

// Sym writes a name, which the stream then has a number for.
func (w *Writer) Sym(s event.Sym) {
	if s == 0 {
		w.Uvarint(0)
		return
	}
	if int(s) >= len(w.known) {
		w.known = append(w.known, make([]uint32, w.names.Len()-len(w.known))...)
	}
	if n := w.known[s]; n != 0 {
		w.Uvarint(uint64(n))
		return
	}
	w.known[s] = w.next
	w.Uvarint(uint64(w.next))
	w.next++
	w.Text(w.names.Name(s))
}

// Addresses tells what stands behind address handles. It must be called before
// Handle is.
func (w *Writer) Addresses(addr func(id uint32) event.Addr) { w.addr = addr }

// Handle writes an address handle, the address with it where it is met first.
// Handle 0 is no address.
func (w *Writer) Handle(id uint32) {
	if id == 0 {
		w.Uvarint(0)
		return
	}
	if int(id) >= len(w.written) {
		w.written = append(w.written, make([]uint32, int(id)+1-len(w.written)+len(w.written)/2)...)
	}
	if n := w.written[id]; n != 0 {
		w.Uvarint(uint64(n))
		return
	}
	w.written[id] = w.nextOf
	w.Uvarint(uint64(w.nextOf))
	w.nextOf++
	w.Addr(w.addr(id))
}

// Addr writes an address.
func (w *Writer) Addr(a event.Addr) {
	if len(w.frame) >= fullBlock {
		w.endBlock()
	}
	if a.Is4() {
		w.frame = binary.BigEndian.AppendUint32(append(w.frame, 4), a.V4())
		return
	}
	hi, lo := a.Halves()
	w.frame = binary.BigEndian.AppendUint64(append(w.frame, 16), hi)
	w.frame = binary.BigEndian.AppendUint64(w.frame, lo)
}

// Input writes the number of an input.
func (w *Writer) Input(in uint32) { w.Uvarint(uint64(in)) }

// Ref writes the place of a record: the distance from the one before if it is
// of the same input.
func (w *Writer) Ref(r event.Ref) {
	d := zigzag(int64(r.Record())-int64(w.ref.Record())) << 1
	if r.Input() == w.ref.Input() {
		w.Uvarint(d)
	} else {
		w.Uvarint(d | 1)
		w.Uvarint(uint64(r.Input()))
	}
	w.ref = r
}

// Time writes Unix nanoseconds or event.NoTime: the difference from the time
// before, in the largest of three units that divides it.
func (w *Writer) Time(t int64) {
	d := t - w.time
	switch {
	case t == event.NoTime: // keep the last time: others follow
		w.Uvarint(absolute)
		w.Varint(t)
		return
	case d%1e9 == 0:
		w.Uvarint(zigzag(d/1e9)<<2 + inSeconds)
	case d%1e3 == 0:
		w.Uvarint(zigzag(d/1e3)<<2 + inMicroseconds)
	case zigzag(d)>>62 == 0:
		w.Uvarint(zigzag(d)<<2 + inNanoseconds)
	default:
		w.Uvarint(absolute)
		w.Varint(t)
	}
	w.time = t
}
