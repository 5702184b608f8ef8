package lex

import (
	"encoding/binary"
	"math/bits"
)

// Eight bytes are looked at as one word, the first byte lowest: a loop over the
// bytes of a number costs a mispredicted branch for each number of another
// length than the last, which is more than all the arithmetic here.

const (
	zeros    = 0x3030303030303030 // "00000000"
	highBits = 0x8080808080808080
)

// notDigits has the high bit of each byte of y set that is above 9.
func notDigits(y uint64) uint64 {
	return ((y&^highBits + 0x7676767676767676) | y) & highBits
}

// Decimal reads the decimal digits that w begins with, and says how many they
// are; with eight of them the number may go on behind w.
func Decimal(w uint64) (v uint32, digits int) {
	y := w ^ zeros
	digits = bits.TrailingZeros64(notDigits(y)) >> 3
	y <<= (64 - 8*uint(digits)) & 63 // zeros in front
	y = y*10 + y>>8                  // pairs, then fours, then all eight
	const pairs = 0x000000ff000000ff
	y = y&pairs*(100+1000000<<32) + y>>16&pairs*(1+10000<<32)
	return uint32(y >> 32), digits
}

// quad reads a dotted quad and the byte behind it, all within b. It gives n = 0
// for everything else, right or wrong: that is for a loop to tell.
func quad(b *[16]byte) (addr uint32, n int) {
	lo, hi := binary.LittleEndian.Uint64(b[:]), binary.LittleEndian.Uint64(b[8:])
	stops := squeeze(notDigits(lo^zeros)) | squeeze(notDigits(hi^zeros))<<8 | 1<<31
	d1 := bits.TrailingZeros32(stops)
	stops &= stops - 1
	d2 := bits.TrailingZeros32(stops)
	stops &= stops - 1
	d3 := bits.TrailingZeros32(stops)
	stops &= stops - 1
	n = bits.TrailingZeros32(stops)
	if n > 15 || b[d1&15] != '.' || b[d2&15] != '.' || b[d3&15] != '.' {
		return 0, 0
	}
	v1, bad1 := octet(uint32(lo), uint(d1))
	v2, bad2 := octet(binary.LittleEndian.Uint32(b[(d1+1)&7:]), uint(d2-d1-1))
	v3, bad3 := octet(binary.LittleEndian.Uint32(b[min(d2+1, 12):]), uint(d3-d2-1))
	v4, bad4 := octet(binary.LittleEndian.Uint32(b[min(d3+1, 12):]), uint(n-d3-1))
	if bad1 || bad2 || bad3 || bad4 {
		return 0, 0
	}
	return v1<<24 | v2<<16 | v3<<8 | v4, n
}

// octet reads n digits of w, the first one lowest.
func octet(w uint32, n uint) (v uint32, bad bool) {
	w ^= zeros & (1<<32 - 1)
	y := w << ((32 - 8*n) & 31) // the last digit is the highest byte
	v = y>>24 + 10*(y>>16&0xff) + 100*(y>>8&0xff)
	return v, n-1 > 2 || v > 255 || w&0xff == 0 && n > 1
}

// squeeze gathers the high bits of eight bytes.
func squeeze(high uint64) uint32 { return uint32(high >> 7 * 0x0102040810204080 >> 56) }
