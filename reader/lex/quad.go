package lex

import (
	"encoding/binary"
	"math/bits"
)

// shape is how the four parts of a dotted quad lie in 16 bytes.
type shape struct {
	stops uint16   // the bytes that are no digits, up to the one behind the quad
	dots  [3]uint8 // where they are
	shift [4]uint8 // bits that bring the last digit of a part to the top of a word of four bytes
}

// shapes are all 81 of them, each at the place that its stops give. Looking them
// up takes a quarter of the time that telling one stop from the next does.
var shapes = func() (t [256]shape) {
	for i := range 81 {
		s, n := shape{}, uint8(0)
		for part, at := range [4]int{i % 3, i / 3 % 3, i / 9 % 3, i / 27} {
			size := uint8(at + 1)
			s.shift[part] = 32 - 8*size
			n += size
			s.stops |= 1 << n
			if part < 3 {
				s.dots[part] = n
				n++
			}
		}
		t[placeOf(uint32(s.stops))] = s
	}
	return t
}()

// placeOf is the place of a shape. The factor was found by trying: with it, no
// two have the same.
func placeOf(stops uint32) uint8 { return uint8(stops * 0x9b1e4d9b >> 24) }

// QuadEnd is the place of the first space in b where a dotted quad can end; 0 if
// there is none. It is there before Quad is through: what stands behind the quad
// need not wait for it.
func QuadEnd(b *[20]byte) int {
	const ones = 0x0101010101010101
	w := binary.LittleEndian.Uint64(b[8:]) ^ ones*' '
	space := (w - ones) & ^w & highBits // the lowest bit is that of the first space
	if b[7] == ' ' {
		return 7
	}
	return int(space & -space >> 7 * 0x08090a0b0c0d0e0f >> 56)
}

// fourthStop is the place of the fourth byte of b that is no digit, among the
// first 16; 0 if there are fewer.
func fourthStop(b *[20]byte) int {
	lo, hi := binary.LittleEndian.Uint64(b[:])^zeros, binary.LittleEndian.Uint64(b[8:])^zeros
	stops := stopsIn(lo, hi)
	for range 3 {
		stops &= stops - 1
	}
	return bits.TrailingZeros32(stops|1<<16) & 15
}

// stopsIn has a bit for each of 16 bytes that is above 9, up to the first that
// is beyond ASCII.
func stopsIn(lo, hi uint64) uint32 {
	return squeeze(beyond(lo)) | squeeze(beyond(hi))<<8
}

// Quad reads a dotted quad of n bytes, up to 15, at the start of b. ok is false
// for everything else, right or wrong: that is for a loop to tell.
func Quad(b *[20]byte, n int) (addr uint32, ok bool) {
	lo, hi := binary.LittleEndian.Uint64(b[:])^zeros, binary.LittleEndian.Uint64(b[8:])^zeros
	stops := stopsIn(lo, hi) & (2<<(n&15) - 1)
	s := &shapes[placeOf(stops)]
	d1, d2, d3 := int(s.dots[0])&15, int(s.dots[1])&15, int(s.dots[2])&15
	if uint32(s.stops) != stops || b[d1] != '.' || b[d2] != '.' || b[d3] != '.' {
		return 0, false
	}
	w1, w2 := uint32(lo), part(b[d1+1:])
	w3, w4 := part(b[d2+1:]), part(b[d3+1:])
	y1, y2 := w1<<(s.shift[0]&31), w2<<(s.shift[1]&31)
	y3, y4 := w3<<(s.shift[2]&31), w4<<(s.shift[3]&31)
	if above255(y1) || above255(y2) || above255(y3) || above255(y4) {
		return 0, false
	}
	if uint8(w1) == 0 || uint8(w2) == 0 || uint8(w3) == 0 || uint8(w4) == 0 {
		ok = (uint8(w1) != 0 || d1 == 1) && (uint8(w2) != 0 || d2 == d1+2) && (uint8(w3) != 0 || d3 == d2+2) && (uint8(w4) != 0 || n == d3+2)
		if !ok {
			return 0, false
		}
	}
	return octet(y1)<<24 | octet(y2)<<16 | octet(y3)<<8 | octet(y4), true
}

// part are the digits of a part, the first one lowest, and what follows.
func part(b []byte) uint32 { return binary.LittleEndian.Uint32(b) ^ zeros&(1<<32-1) }

// above255 tells whether three digits, the last one highest, are more than 255.
func above255(y uint32) bool { return bits.ReverseBytes32(y) > 0x020505 }

// octet is the number of three digits, the last one highest.
func octet(y uint32) uint32 { return y * (1 + 10<<8 + 100<<16) >> 24 }

// squeeze gathers the high bits of eight bytes.
func squeeze(high uint64) uint32 { return uint32(high >> 7 * 0x0102040810204080 >> 56) }
