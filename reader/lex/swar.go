package lex

import (
	"math/bits"
)

// Eight bytes are looked at as one word, the first byte lowest: a loop over the
// bytes of a number costs a mispredicted branch for each number of another
// length than the last, which is more than all the arithmetic here.

const (
	zeros    = 0x3030303030303030 // "00000000"
	highBits = 0x8080808080808080
)

// beyond has the high bit set of the first byte of y that is above 9, and of
// none before it. The sum may carry into what comes behind.
func beyond(y uint64) uint64 { return (y + 0x7676767676767676 | y) & highBits }

// Decimal reads the decimal digits that w begins with, and says how many they
// are; with eight of them the number may go on behind w.
func Decimal(w uint64) (v uint32, digits int) {
	y := w ^ zeros
	digits = bits.TrailingZeros64(beyond(y)) >> 3
	return eight(y << ((64 - 8*uint(digits)) & 63)), digits // zeros in front
}

// Short reads the one to five decimal digits that w begins with, a number of up
// to 65535; ok is false for all else.
func Short(w uint64) (v uint16, digits int, ok bool) {
	y := w ^ zeros
	stop := beyond(y)
	stop = stop & -stop >> 7 // the first bit of the byte behind the number, 0 if that is far
	digits = int(stop * 0x0001020304050607 >> 56)
	y *= bits.ReverseBytes64(stop)  // brings the last digit to the last byte but one
	const most = 0x00000605050305ff // "65535" and whatever stands behind it
	if uint(digits-1) > 4 || bits.ReverseBytes64(y) > most {
		return 0, 0, false
	}
	y = (y*10 + y>>8) & 0x0000ff00ff00ff00 // pairs, of which three count
	return uint16(y * (1<<8 + 100<<24 + 10000<<40) >> 48), digits, true
}

// Five reads five digits and a space, a number of up to 65535; ok is false for
// all else, but some other bytes that are no digits may pass for the space.
func Five(w uint64) (v uint16, ok bool) {
	y := (w ^ (zeros&(1<<40-1) | ' '<<40)) << 16
	if beyond(y) != 0 || bits.ReverseBytes64(y) > 0x0000060505030500 {
		return 0, false
	}
	y = (y*10 + y>>8) & 0x0000ff00ff00ff00
	return uint16(y * (1<<8 + 100<<24 + 10000<<40) >> 48), true
}

// Two reads two digits and a space.
func Two(w uint32) (v uint8, ok bool) {
	y := w ^ ('0' | '0'<<8 | ' '<<16)
	return uint8(y*10 + y>>8), (y+0x7676|y)&0xff8080 == 0
}

// Tiny reads the one to three decimal digits that w begins with, a number of up
// to 255; ok is false for all else.
func Tiny(w uint32) (v uint8, digits int, ok bool) {
	y := w ^ zeros&(1<<32-1)
	stop := (y + 0x76767676 | y) & (highBits & (1<<32 - 1))
	stop = stop & -stop >> 7
	digits = int(stop * 0x00010203 >> 24)
	y *= bits.ReverseBytes32(stop)
	if digits == 0 || bits.ReverseBytes32(y) > 0x020505ff {
		return 0, 0, false
	}
	return uint8(y * (1 + 10<<8 + 100<<16) >> 16), digits, true
}

// eight is the number of eight digits, each a byte of 0 to 9, the first lowest.
func eight(y uint64) uint32 {
	y = y*10 + y>>8 // pairs, then fours, then all eight
	const pairs = 0x000000ff000000ff
	return uint32((y&pairs*(100+1000000<<32) + y>>16&pairs*(1+10000<<32)) >> 32)
}

// Digits reads exactly n decimal digits at the start of w, one to eight.
func Digits(w uint64, n uint8) (v uint32, ok bool) {
	y := (w ^ zeros) << ((64 - 8*n) & 63) // zeros in front
	return eight(y), beyond(y) == 0
}

// Micros reads ".123456]", the end of a kernel's stamp.
func Micros(w uint64) (us uint32, ok bool) {
	const ends = 0xff000000000000ff
	y := w ^ (zeros&^ends | '.' | ']'<<56)
	return eight(y << 8), y&ends == 0 && beyond(y) == 0
}
