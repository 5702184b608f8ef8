// Package inflate decompresses DEFLATE (RFC 1951), the data of gzip files.
//
// It is there because a run over rotated logs spends most of its time here: it
// decodes about half as fast again as klauspost/compress/flate, whose loop takes
// its input byte by byte from a bufio.Reader. Here 64 bits are taken at once out
// of the reader's buffer, a table gives a symbol with its extra bits in one look,
// and what is copied is copied in words. That loop knows the whole input and
// output at hand; near an end of one of them, and for all that is not in order,
// a slow one takes over, symbol by symbol, so that no error is found in the fast.
//
// The results are those of compress/flate, byte for byte, also of what is cut or
// damaged: as many bytes come before the error. A fuzz test compares the two.
// (klauspost's gives up a few bytes earlier where a stream is cut, and takes the
// table of the block before where one is empty.)
//
// Rejected: assembly, as it serves one machine only, and unsafe: the slices'
// bounds cost little and this code reads what an attacker wrote.
//
// A Reader owns its window; it takes from its source what belongs to the DEFLATE
// stream and not a byte more, so that what follows can be read from there.
package inflate

import (
	"bufio"
	"compress/flate"
	"encoding/binary"
	"io"
)

const (
	window = 32 << 10  // the farthest that a match reaches back
	fresh  = 128 << 10 // decompressed at once
	slack  = 3 + 258 + 8
	margin = 16 // bytes of input that one turn of the fast loop may look at
)

// Reader is an io.Reader of the decompressed bytes. Its error at the end of the
// stream is io.EOF, where the input ends earlier io.ErrUnexpectedEOF, and
// flate.CorruptInputError where it makes no sense.
type Reader struct {
	src    *bufio.Reader
	in     []byte // src's buffer
	ip     int    // of it was taken
	last   bool   // src ends behind in
	srcErr error  // its error then
	passed int64  // bytes before in

	b  uint64 // bits taken and not used, the next one lowest; above nb what is in in[ip:], or 0
	nb uint

	out   []byte
	start int // out[start:op] waits to be read
	op    int

	step   step
	final  bool
	stored int // bytes to be copied
	err    error

	lit, dist table
	ahead     uint // bits that must be there for a literal, as a block's end will come: as in flate
	lengths   [maxLit + maxDist]uint8
}

type step uint8

const (
	atHeader step = iota
	inCodes
	inStored
)

// NewReader makes a Reader of the stream that src is at. src's buffer must hold
// at least 64 bytes.
func NewReader(src *bufio.Reader) *Reader {
	r := &Reader{out: make([]byte, window+fresh+slack)}
	r.Reset(src)
	return r
}

// Reset makes r a Reader of another stream.
func (r *Reader) Reset(src *bufio.Reader) {
	r.src, r.in, r.ip, r.last, r.srcErr, r.passed = src, nil, 0, false, nil, 0
	r.b, r.nb, r.start, r.op, r.step, r.final, r.err = 0, 0, 0, 0, atHeader, false, nil
}

// Read implements io.Reader.
func (r *Reader) Read(p []byte) (int, error) {
	for r.start == r.op {
		if r.err != nil {
			return 0, r.err
		}
		r.fill()
	}
	n := copy(p, r.out[r.start:r.op])
	r.start += n
	return n, nil
}

// fill decompresses until the window is full, or the end or an error.
func (r *Reader) fill() {
	if r.op > window+fresh/2 {
		r.op = copy(r.out, r.out[r.op-window:r.op])
		r.start = r.op
	}
	for r.err == nil && r.op < len(r.out)-slack {
		switch r.step {
		case atHeader:
			r.err = r.header()
		case inStored:
			r.err = r.copyStored()
		case inCodes:
			r.err = r.codes()
		}
	}
	if r.err != nil {
		r.unread()
		r.drop()
	}
}

// unread gives whole bytes back that no symbol has used.
func (r *Reader) unread() {
	r.ip -= int(r.nb >> 3)
	r.nb &= 7
	r.b &= 1<<r.nb - 1
}

// drop passes over the input that was taken.
func (r *Reader) drop() {
	_, _ = r.src.Discard(r.ip) // it is in the buffer
	r.passed += int64(r.ip)
	r.in, r.ip = r.in[r.ip:], 0
}

// more has the source fill its buffer.
func (r *Reader) more() {
	r.unread()
	r.drop()
	head, err := r.src.Peek(2 * margin)
	if len(head) < 2*margin {
		r.last, r.srcErr = true, err
	}
	r.in, _ = r.src.Peek(r.src.Buffered()) // it is there
}

// need takes bytes until there are n bits.
func (r *Reader) need(n uint) error {
	for r.nb < n {
		if r.ip == len(r.in) && !r.last {
			r.more()
			continue
		}
		if r.ip == len(r.in) {
			return cut(r.srcErr)
		}
		r.b |= uint64(r.in[r.ip]) << r.nb
		r.ip++
		r.nb += 8
	}
	return nil
}

// cut is what an error of the source means within the stream.
func cut(err error) error {
	if err == io.EOF {
		return io.ErrUnexpectedEOF
	}
	return err
}

// take gives n bits, at most 16.
func (r *Reader) take(n uint) (uint32, error) {
	err := r.need(n)
	v := uint32(r.b & (1<<n - 1))
	if err == nil {
		r.use(n)
	}
	return v, err
}

func (r *Reader) use(n uint) {
	r.b >>= n
	r.nb -= n
}

func (r *Reader) corrupt() error { return flate.CorruptInputError(r.passed + int64(r.ip)) }

// copyStored copies what is left of a stored block.
func (r *Reader) copyStored() error {
	for r.stored > 0 && r.op < len(r.out)-slack {
		if r.ip == len(r.in) {
			if !r.last {
				r.more()
				continue
			}
			return cut(r.srcErr)
		}
		n := min(r.stored, len(r.out)-slack-r.op)
		n = copy(r.out[r.op:r.op+n], r.in[r.ip:])
		r.op, r.ip, r.stored = r.op+n, r.ip+n, r.stored-n
	}
	if r.stored > 0 {
		return nil
	}
	return r.endBlock()
}

func (r *Reader) endBlock() error {
	r.step = atHeader
	if r.final {
		return io.EOF
	}
	return nil
}

// codes decodes symbols until the output is full or the block ends.
func (r *Reader) codes() error {
	for r.step == inCodes {
		r.fast()
		switch {
		case r.op >= len(r.out)-slack:
			return nil
		case r.ip > len(r.in)-margin && !r.last:
			r.more()
			if r.ip <= len(r.in)-margin {
				continue
			}
		}
		if err := r.symbol(); err != nil {
			return err
		}
	}
	return nil
}

// symbol decodes a literal, a match or the end of the block, and finds what is
// wrong with it.
func (r *Reader) symbol() error {
	r.unread()
	e, err := r.lookUp(&r.lit, litBits, r.ahead)
	switch {
	case err != nil:
		return err
	case e&literal != 0:
		r.out[r.op] = byte(e >> 16)
		r.op++
		return nil
	case e&special != 0:
		return r.endBlock()
	}
	length, err := r.extended(e)
	if err != nil {
		return err
	}
	if e, err = r.lookUp(&r.dist, distBits, r.dist.shortest); err != nil {
		return err
	}
	dist, err := r.extended(e)
	if err != nil {
		return err
	}
	if dist > r.op {
		return r.corrupt()
	}
	for range length {
		r.out[r.op] = r.out[r.op-dist]
		r.op++
	}
	return nil
}

// lookUp takes the bits of a code, without its extra bits.
func (r *Reader) lookUp(t *table, bits, want uint) (uint32, error) {
	for {
		if err := r.need(want); err != nil {
			return 0, err
		}
		e := t.find(r.b, bits)
		size := uint(e >> 8 & 15)
		if size == 0 {
			return 0, r.corrupt()
		}
		if size <= r.nb {
			r.use(size)
			if e&invalid == invalid {
				return 0, r.corrupt()
			}
			return e, nil
		}
		want = size
	}
}

// extended is the value of a length or distance whose code was taken.
func (r *Reader) extended(e uint32) (int, error) {
	extra, err := r.take(uint(e&63 - e>>8&15))
	return int(e>>16&0x7fff) + int(extra), err
}

// fast decodes literals and matches while there is enough input and output for
// any of them. Whatever else comes it leaves where it is.
func (r *Reader) fast() {
	in, ip, out, op := r.in, r.ip, r.out, r.op
	b, nb := r.b, r.nb
	lit, dist := &r.lit.entries, &r.dist.entries
	for ip <= len(in)-margin && op < len(out)-slack {
		b |= binary.LittleEndian.Uint64(in[ip:]) << (nb & 63)
		ip += int(63-nb) >> 3
		nb |= 56
		e := lit[b&(1<<litBits-1)]
		if e&literal != 0 {
			b >>= e & 63
			nb -= uint(e & 63)
			out[op] = byte(e >> 16)
			op++
			if e = lit[b&(1<<litBits-1)]; e&literal != 0 {
				b >>= e & 63
				nb -= uint(e & 63)
				out[op] = byte(e >> 16)
				op++
				if e = lit[b&(1<<litBits-1)]; e&literal != 0 {
					b >>= e & 63
					nb -= uint(e & 63)
					out[op] = byte(e >> 16)
					op++
					continue
				}
			}
			b |= binary.LittleEndian.Uint64(in[ip:]) << (nb & 63)
			ip += int(63-nb) >> 3
			nb |= 56
		}
		if e&special != 0 {
			if e&pointer != pointer {
				break
			}
			if e = lit[follow(e, b, litBits)&(entries-1)]; e&literal != 0 {
				b >>= e & 63
				nb -= uint(e & 63)
				out[op] = byte(e >> 16)
				op++
				continue
			}
			if e&special != 0 {
				break
			}
		}
		length := int(e>>16&0x1ff) + int(b&(1<<(e&63)-1)>>(e>>8&15))
		left := b >> (e & 63)
		d := dist[left&(1<<distBits-1)]
		if d&special != 0 {
			if d&pointer != pointer {
				break
			}
			if d = dist[follow(d, left, distBits)&(entries-1)]; d&special != 0 {
				break
			}
		}
		back := int(d>>16&0x7fff) + int(left&(1<<(d&63)-1)>>(d>>8&15))
		if back > op {
			break
		}
		b = left >> (d & 63)
		nb -= uint(e&63) + uint(d&63)
		repeat(out[op-back:], back, length)
		op += length
	}
	r.ip, r.op, r.b, r.nb = ip, op, b, nb
}

// repeat appends to the first back bytes of b length more, each the one that
// stands back before it. It may write up to 8 bytes more than that.
func repeat(b []byte, back, length int) {
	if back >= 8 {
		to := b[back : back+length+8]
		for from := b[:len(to)]; len(to) > 8 && len(from) > 8; from, to = from[8:], to[8:] {
			binary.LittleEndian.PutUint64(to, binary.LittleEndian.Uint64(from))
		}
		return
	}
	for i := range length {
		b[back+i] = b[i]
	}
}
