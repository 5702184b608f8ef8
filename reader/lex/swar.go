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
	return eight(y << ((64 - 8*uint(digits)) & 63)), digits // zeros in front
}

// eight is the number of eight digits, each a byte of 0 to 9, the first lowest.
func eight(y uint64) uint32 {
	y = y*10 + y>>8 // pairs, then fours, then all eight
	const pairs = 0x000000ff000000ff
	return uint32((y&pairs*(100+1000000<<32) + y>>16&pairs*(1+10000<<32)) >> 32)
}

// Micros reads ".123456]", the end of a kernel's stamp.
func Micros(w uint64) (us uint32, ok bool) {
	const ends = 0xff000000000000ff
	y := w ^ (zeros&^ends | '.' | ']'<<56)
	return eight(y << 8), y&ends == 0 && notDigits(y) == 0
}

// Quad reads a dotted quad and the byte behind it, all within b. It gives n = 0
// for everything else, right or wrong: that is for a loop to tell.
//
// That each part is spelled as it should be, without zeros in front, is told by
// the length of the whole: it is that of the four values and three dots.
func Quad(b *[16]byte) (addr uint32, n int) {
	lo, hi := binary.LittleEndian.Uint64(b[:]), binary.LittleEndian.Uint64(b[8:])
	stops := squeeze(notDigits(lo^zeros)) | squeeze(notDigits(hi^zeros))<<8 | 1<<31
	bad := stops & (stops<<1 | 1) // a part without a digit
	four := ^stops & (^stops >> 1)
	bad |= four & (four >> 2) // or with more than three
	d1 := bits.TrailingZeros32(stops)
	stops &= stops - 1
	d2 := bits.TrailingZeros32(stops)
	stops &= stops - 1
	d3 := bits.TrailingZeros32(stops)
	stops &= stops - 1
	n = bits.TrailingZeros32(stops)
	if n > 15 || b[d1&15] != '.' || b[d2&15] != '.' || b[d3&15] != '.' || bits.TrailingZeros32(bad) <= n {
		return 0, 0
	}
	v12 := octets(uint32(lo), d1, binary.LittleEndian.Uint32(b[(d1+1)&7:]), d2-d1-1)
	v34 := octets(binary.LittleEndian.Uint32(b[min(d2+1, 12):]), d3-d2-1, binary.LittleEndian.Uint32(b[min(d3+1, 12):]), n-d3-1)
	v := v12<<32 | v34
	const each, high = 0x0001000100010001, 0x8000800080008000
	longer := (v+each*(0x8000-10))&high>>15 + (v+each*(0x8000-100))&high>>15
	if (v+each*(0x8000-256))&high != 0 || int(longer*each>>48) != n-7 {
		return 0, 0
	}
	v = (v | v>>8) & 0x0000ffff0000ffff
	return uint32(v | v>>16), n
}

// octets reads n1 digits of w1 and n2 of w2, the first one lowest, one to three
// each. The first number is in the upper half of v.
func octets(w1 uint32, n1 int, w2 uint32, n2 int) (v uint64) {
	y1 := (w1 ^ zeros&(1<<32-1)) << ((32 - 8*uint(n1)) & 31) // the last digit is the highest byte
	y2 := (w2 ^ zeros&(1<<32-1)) << ((32 - 8*uint(n2)) & 31)
	y := uint64(y1)<<32 | uint64(y2)
	const ones = 0x000000ff000000ff
	v = (y>>8&ones*10+y>>16&ones)*10 + y>>24&ones
	return v>>16 | v&0xffff
}

// squeeze gathers the high bits of eight bytes.
func squeeze(high uint64) uint32 { return uint32(high >> 7 * 0x0102040810204080 >> 56) }
