package codec

import (
	"bufio"
	"encoding/binary"
	"errors"
	"fmt"
	"hash/crc32"
	"io"

	"fwreport/reader/event"
)

// Reader reads what a Writer wrote. After an error, which Err tells, it returns
// zeros.
type Reader struct {
	in    *bufio.Reader
	names *event.Symbols
	err   error
	crc   uint32

	buf     []byte // of the block
	block   []byte // what is left of it
	done    bool   // the section's last block was read
	ended   bool   // so was the stream's
	section string
	met     map[string]bool // sections

	syms    []event.Sym // by number in the stream
	handles []uint32    // by number in the stream
	handle  func(event.Addr) uint32
	inputs  []uint32 // new number of each input; nil until they are known

	time int64
	ref  event.Ref
}

// NewReader reads the beginning of a stream. names takes the stream's names. The
// error says that it is no such stream, or of which version it is.
func NewReader(in io.Reader, names *event.Symbols) (*Reader, error) {
	r := &Reader{in: bufio.NewReaderSize(in, maxBlock), names: names, done: true,
		met: map[string]bool{}, syms: []event.Sym{0}, handles: []uint32{0}}
	head := make([]byte, len(magic)+1)
	if _, err := io.ReadFull(r.in, head); err != nil && !errors.Is(err, io.EOF) && !errors.Is(err, io.ErrUnexpectedEOF) {
		return nil, fmt.Errorf("reading a partial result: %w", err)
	}
	if string(head[:len(magic)]) != magic {
		return nil, errors.New("no partial result of fwreport")
	}
	if v := head[len(magic)]; v != Version {
		return nil, fmt.Errorf("a partial result in version %d of its format: this program reads version %d only", v, Version)
	}
	r.crc = crc32.Checksum(head, castagnoli)
	return r, nil
}

// Err is the first error.
func (r *Reader) Err() error { return r.err }

// Fail notes that a value makes no sense; the first error is kept.
func (r *Reader) Fail(format string, args ...any) { r.fail(fmt.Errorf(format, args...)) }

func (r *Reader) fail(err error) {
	if r.err == nil {
		where := "partial result"
		if r.section != "" {
			where += fmt.Sprintf(", section %.*q", maxName, r.section)
		}
		r.err = fmt.Errorf("%s: %w", where, err)
	}
	r.block, r.done = nil, true
}

// Section reads the head of the next section; ok is false at the end of the
// stream, and after an error. The section before must have been read to its end.
func (r *Reader) Section() (name string, ok bool) {
	r.endSection()
	if r.err != nil || r.ended {
		return "", false
	}
	r.section = ""
	r.next()
	r.done = true // the name is in one block
	name = r.Text(maxName)
	if len(r.block) > 0 {
		r.Fail("more than a name at the head of section %q", name)
	}
	if r.ended = name == ""; r.err != nil || r.ended {
		return "", false
	}
	r.section, r.done, r.time, r.ref = name, false, 0, 0
	if r.met[name] {
		r.Fail("it is there twice")
	}
	r.met[name] = true
	return name, r.err == nil
}

// endSection checks that all of the section was read.
func (r *Reader) endSection() {
	if r.err == nil && !r.done && len(r.block) == 0 {
		r.fill()
	}
	if r.err == nil && len(r.block) > 0 {
		r.Fail("it has more data than were expected")
	}
}

// Close checks that the stream ends here and returns the first error. It must
// be called: until then a cut stream is not told.
func (r *Reader) Close() error {
	if _, ok := r.Section(); ok {
		r.Fail("it was not expected")
	}
	if _, err := r.in.Peek(1); r.err == nil && err == nil {
		r.Fail("bytes after the end")
	}
	return r.err
}

// fill reads the section's next block, if it has one.
func (r *Reader) fill() {
	if r.done {
		return
	}
	if r.next(); len(r.block) == 0 {
		r.done = true
	}
}

// next reads a block and checks it.
func (r *Reader) next() {
	var head [4]byte
	if !r.read(head[:]) {
		return
	}
	n := binary.LittleEndian.Uint32(head[:])
	if n > maxBlock {
		r.Fail("a block of %d bytes: damaged", n)
		return
	}
	if r.buf == nil {
		r.buf = make([]byte, maxBlock+4)
	}
	if !r.read(r.buf[:n+4]) {
		return
	}
	r.crc = crc32.Update(crc32.Update(r.crc, castagnoli, head[:]), castagnoli, r.buf[:n])
	sum := r.buf[n : n+4]
	if binary.LittleEndian.Uint32(sum) != r.crc {
		r.Fail("wrong checksum: damaged")
		return
	}
	r.crc = crc32.Update(r.crc, castagnoli, sum)
	r.block = r.buf[:n]
}

func (r *Reader) read(p []byte) bool {
	_, err := io.ReadFull(r.in, p)
	switch {
	case err == nil:
		return true
	case errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF):
		r.Fail("it is cut: %w", io.ErrUnexpectedEOF)
	default:
		r.fail(err)
	}
	return false
}

// Uvarint reads a number.
func (r *Reader) Uvarint() uint64 {
	if b := r.block; len(b) > 0 && b[0] < 0x80 {
		r.block = b[1:]
		return uint64(b[0])
	}
	v, n := binary.Uvarint(r.block)
	if n > 0 {
		r.block = r.block[n:]
		return v
	}
	return r.uvarintAcross()
}

// uvarintAcross reads a number that may go over the end of a block.
func (r *Reader) uvarintAcross() uint64 {
	var v uint64
	for shift := 0; shift < 64; shift += 7 {
		if len(r.block) == 0 {
			r.fill()
		}
		if len(r.block) == 0 {
			r.fail(errShort)
			return 0
		}
		b := r.block[0]
		r.block = r.block[1:]
		v |= uint64(b&0x7f) << shift
		if b < 0x80 && (shift < 63 || b < 2) {
			return v
		}
	}
	r.Fail("a number of more than 64 bits")
	return 0
}

// Below reads a number and checks that it is below n; what is its name.
func (r *Reader) Below(n uint64, what string) uint64 {
	v := r.Uvarint()
	if v >= n {
		r.Fail("%s %d, but there are %d", what, v, n)
		return 0
	}
	return v
}

// Varint reads a number that may be negative.
func (r *Reader) Varint() int64 { return unzigzag(r.Uvarint()) }

// Bool reads a truth value.
func (r *Reader) Bool() bool { return r.Below(2, "truth value") == 1 }

// Uint32 reads a number of 32 bits.
func (r *Reader) Uint32() uint32 { return uint32(r.Below(1<<32, "number")) }

// Verdict reads one.
func (r *Reader) Verdict() event.Verdict {
	return event.Verdict(r.Below(uint64(event.Accepted)+1, "verdict"))
}

// Proto reads a protocol: up to event.AHorESP, the largest.
func (r *Reader) Proto() event.Proto {
	return event.Proto(r.Below(uint64(event.AHorESP)+1, "protocol"))
}

// Text reads a string of at most most bytes.
func (r *Reader) Text(most int) string {
	n := r.Below(uint64(most)+1, "length of a text")
	if n <= uint64(len(r.block)) {
		s := string(r.block[:n])
		r.block = r.block[n:]
		return s
	}
	var all []byte
	for uint64(len(all)) < n {
		if len(r.block) == 0 {
			r.fill()
		}
		if len(r.block) == 0 {
			r.fail(errShort)
			return ""
		}
		part := r.block[:min(uint64(len(r.block)), n-uint64(len(all)))]
		all = append(all, part...)
		r.block = r.block[len(part):]
	}
	return string(all)
}

// longestName is the length to which a name is believed: the readers cut
// records at a megabyte.
const longestName = 1 << 20

// Sym reads a name and gives its handle in the Reader's names.
func (r *Reader) Sym() event.Sym {
	n := r.Uvarint()
	if n < uint64(len(r.syms)) {
		return r.syms[n]
	}
	if n > uint64(len(r.syms)) {
		r.Fail("name number %d, but there are %d", n, len(r.syms))
		return 0
	}
	s := r.Text(longestName)
	if r.err != nil {
		return 0
	}
	sym := r.names.Of(s)
	r.syms = append(r.syms, sym)
	return sym
}

// Addresses tells how addresses get their handles. It must be called before
// Handle is.
func (r *Reader) Addresses(handle func(event.Addr) uint32) { r.handle = handle }

// Handle reads an address handle and gives the address its handle here.
func (r *Reader) Handle() uint32 {
	n := r.Below(uint64(len(r.handles))+1, "address")
	if n < uint64(len(r.handles)) {
		return r.handles[n]
	}
	a := r.Addr()
	if r.err != nil {
		return 0
	}
	id := r.handle(a)
	r.handles = append(r.handles, id)
	return id
}

// Addr reads an address.
func (r *Reader) Addr() event.Addr {
	var b [16]byte
	switch r.Uvarint() {
	case 4:
		r.bytes(b[:4])
		return event.AddrFrom4(binary.BigEndian.Uint32(b[:]))
	case 16:
		r.bytes(b[:])
		return event.AddrFrom16(b)
	}
	r.Fail("an address of neither 4 nor 16 bytes")
	return event.Addr{}
}

func (r *Reader) bytes(p []byte) {
	for len(p) > 0 {
		if len(r.block) == 0 {
			r.fill()
		}
		if len(r.block) == 0 {
			r.fail(errShort)
			return
		}
		n := copy(p, r.block)
		p, r.block = p[n:], r.block[n:]
	}
}

// SetInputs gives the inputs of the stream their new numbers, which differ;
// until it is called the stream has no inputs. The Reader keeps the slice.
func (r *Reader) SetInputs(numbers []uint32) { r.inputs = numbers }

// Input reads the number of an input and translates it.
func (r *Reader) Input() uint32 {
	n := r.Below(uint64(len(r.inputs)), "input")
	if r.err != nil {
		return 0
	}
	return r.inputs[n]
}

// Ref reads the place of a record; its input is translated.
func (r *Reader) Ref() event.Ref {
	v := r.Uvarint()
	in := r.ref.Input()
	if v&1 != 0 {
		in = r.Uint32()
	}
	record := int64(r.ref.Record()) + unzigzag(v>>1)
	if record < 0 || record >= 1<<44 || uint64(in) >= uint64(len(r.inputs)) {
		r.Fail("record %d of input %d, but there are %d inputs", record, in, len(r.inputs))
		return 0
	}
	r.ref = event.MakeRef(in, uint64(record))
	return event.MakeRef(r.inputs[in], uint64(record))
}

// Time reads Unix nanoseconds or event.NoTime.
func (r *Reader) Time() int64 {
	v := r.Uvarint()
	d := unzigzag(v >> 2)
	switch v & 3 {
	case inSeconds:
		r.time += d * 1e9
	case inMicroseconds:
		r.time += d * 1e3
	case inNanoseconds:
		r.time += d
	case absolute:
		t := r.Varint()
		if t == event.NoTime {
			return t
		}
		r.time = t
	}
	return r.time
}
