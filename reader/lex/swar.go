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

// least is the least value that has so many digits, or zeros stand before it.
var least = [4]uint32{0, 0, 10, 100}

// quad reads a dotted quad and the byte behind it, all within b. It gives n = 0
// for everything else, right or wrong: that is for a loop to tell.
func quad(b *[16]byte) (addr uint32, n int) {
	lo, hi := binary.LittleEndian.Uint64(b[:]), binary.LittleEndian.Uint64(b[8:])
	stops := squeeze(notDigits(lo^zeros)) | squeeze(notDigits(hi^zeros))<<8
	start := 0
	for i := range 4 {
		n = bits.TrailingZeros32(stops) & 31
		stops &= stops - 1
		part := uint(n - start)
		if part-1 > 2 || n > 15 || i < 3 && b[n&15] != '.' {
			return 0, 0
		}
		// The digits are shifted to the top: the last one is the highest byte.
		y := (binary.LittleEndian.Uint32(b[start:start+4]) ^ uint32(zeros&0xffffffff)) << ((32 - 8*part) & 31)
		v := y>>24 + 10*(y>>16&0xff) + 100*(y>>8&0xff)
		if v > 255 || v < least[part&3] {
			return 0, 0
		}
		addr, start = addr<<8|v, n+1
	}
	return addr, n
}

// squeeze gathers the high bits of eight bytes.
func squeeze(high uint64) uint32 { return uint32(high >> 7 * 0x0102040810204080 >> 56) }
