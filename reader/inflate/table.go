package inflate

import "math/bits"

// A table's entry tells of the bits that come next:
//
//	 0-5   how many bits the code has, with its extra bits
//	 8-11  how many without them; 0: no code begins so
//	15     special: neither literal nor value
//	16-30  the literal, or the length or distance without its extra bits;
//	       of a pointer, where the second table begins
//	31     literal
//
// A code that is longer than the first table's bits is found in a second one,
// by the bits behind: the entry there has the size of the whole code.
const (
	special = 1 << 15
	pointer = special | 1<<14 // bits 0-5: of the second table
	invalid = special | 1<<13 // there is a code, of no meaning
	literal = 1 << 31

	litBits  = 11
	distBits = 8
	entries  = 8192 // see put
	maxLit   = 288
	maxDist  = 32
	maxCode  = 15
)

type table struct {
	entries  [entries]uint32
	shortest uint // code's size
}

// find is the entry of the code that b begins with.
func (t *table) find(b uint64, size uint) uint32 {
	e := t.entries[b&(1<<size-1)]
	if e&pointer == pointer {
		return t.entries[follow(e, b, size)&(entries-1)]
	}
	return e
}

// follow is where the second table that e points to has b's entry.
func follow(e uint32, b uint64, size uint) uint32 {
	return e>>16&0x7fff + uint32(b>>size)&(1<<(e&63)-1)
}

// build makes the table of the codes that have these sizes (RFC 1951, section
// 3.2.2). Too many codes or too few are refused, as flate does: none at all, or
// a single one of one bit, are not too few.
func (t *table) build(sizes []uint8, first uint, entry func(symbol int) uint32) bool {
	var count [maxCode + 1]int
	for _, n := range sizes {
		count[n]++
	}
	count[0] = 0
	var next [maxCode + 1]uint32
	code, longest := uint32(0), uint(0)
	t.shortest = 0
	for n := 1; n <= maxCode; n++ {
		code <<= 1
		next[n] = code
		code += uint32(count[n])
		if count[n] > 0 {
			longest = uint(n)
			if t.shortest == 0 {
				t.shortest = uint(n)
			}
		}
		if code > 1<<n {
			return false
		}
	}
	for i := range t.entries[:1<<first] {
		t.entries[i] = special
	}
	if longest == 0 {
		return true
	}
	if used := next[longest] + uint32(count[longest]); used != 1<<longest && !(used == 1 && longest == 1) {
		return false
	}
	end := uint32(1) << first
	for symbol, n := range sizes {
		if n == 0 {
			continue
		}
		reversed := uint32(bits.Reverse16(uint16(next[n]))) >> (16 - n)
		next[n]++
		end = t.put(reversed, uint(n), first, longest, end, entry(symbol))
	}
	return true
}

// put enters a code wherever the bits begin with it; end is where the next
// second table goes.
func (t *table) put(code uint32, size, first, longest uint, end, e uint32) uint32 {
	e += uint32(size) | uint32(size)<<8
	if size <= first {
		for at := code; at < 1<<first; at += 1 << size {
			t.entries[at] = e
		}
		return end
	}
	// All second tables are of one size, that of the longest code. In a code that
	// is complete each has at least two symbols: at most 143 of 16 entries behind
	// 2048 of lengths, 15 of 128 behind 256 of distances.
	at := code & (1<<first - 1)
	if t.entries[at]&pointer != pointer {
		t.entries[at] = pointer | end<<16 | uint32(longest-first)
		end += 1 << (longest - first)
	}
	base := t.entries[at] >> 16 & 0x7fff
	for i := code >> first; i < 1<<(longest-first); i += 1 << (size - first) {
		t.entries[base+i] = e
	}
	return end
}
