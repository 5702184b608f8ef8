package lex

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"math/rand/v2"
	"net/netip"
	"testing"
)

// decimal is Decimal, byte by byte.
func decimal(b []byte) (v uint32, n int) {
	for n < len(b) && b[n] >= '0' && b[n] <= '9' {
		v = v*10 + uint32(b[n]-'0')
		n++
	}
	return v, n
}

func FuzzDecimal(f *testing.F) {
	for _, s := range []string{"0 ", "7=abcdef", "12345678", "00000001", "99999999", "65535 SP", "1234567\xff", "\x80\x00/:\xb0\xb9  ", "1\xffffffff"} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		b = append(b, "        "...)[:8]
		v, n := Decimal(binary.LittleEndian.Uint64(b))
		if want, wantN := decimal(b); n != wantN || n > 0 && v != want {
			t.Errorf("Decimal(%q) = %d of %d digits, want %d of %d", b, v, n, want, wantN)
		}
	})
}

// numbersAgree holds what reads a number of few digits against the loop.
func numbersAgree(t *testing.T, b []byte) {
	t.Helper()
	b = append(b, "        "...)[:8]
	w := binary.LittleEndian.Uint64(b)
	want, n := decimal(b)
	if v, k, ok := Short(w); ok != (n >= 1 && n <= 5 && want <= 65535) || ok && (uint32(v) != want || k != n) {
		t.Fatalf("Short(%q) = %d of %d digits, %v, want %d of %d", b, v, k, ok, want, n)
	}
	if v, k, ok := Tiny(uint32(w)); ok != (n >= 1 && n <= 3 && want <= 255) || ok && (uint32(v) != want || k != n) {
		t.Fatalf("Tiny(%q) = %d of %d digits, %v, want %d of %d", b, v, k, ok, want, n)
	}
	if v, ok := Two(uint32(w)); ok != (n == 2 && b[2] == ' ') || ok && uint32(v) != want {
		t.Fatalf("Two(%q) = %d, %v, want %d of %d", b, v, ok, want, n)
	}
	good := n == 5 && want <= 65535 // and any byte behind it may be taken for a space, but not a space for another
	if v, ok := Five(w); ok && !good || !ok && good && b[5] == ' ' || ok && uint32(v) != want {
		t.Fatalf("Five(%q) = %d, %v, want %d of %d", b, v, ok, want, n)
	}
	for k := uint8(1); k <= 8; k++ {
		want, n := decimal(b[:k])
		if v, ok := Digits(w, k); ok != (n == int(k)) || ok && v != want {
			t.Fatalf("Digits(%q, %d) = %d, %v, want %d of %d", b, k, v, ok, want, n)
		}
	}
}

// TestNumbers has all numbers, with what may stand behind them.
func TestNumbers(t *testing.T) {
	for v := range 70_000 {
		for _, behind := range []string{" ", "/", ":", " DPT=", "\xff\xff\xff", "\x00", "]", "\xb0\xb1"} {
			numbersAgree(t, fmt.Appendf(nil, "%d%s", v, behind))
			numbersAgree(t, fmt.Appendf(nil, "%0*d%s", 1+v%7, v, behind))
		}
	}
}

func FuzzNumbers(f *testing.F) {
	for _, s := range []string{"0 ", "7=abcdef", "12345678", "00000001", "65535 SP", "65536 SP", "255 ID=4", "256 ", "51 ID=7", "44 TOS=0", "1234567\xff", "\x80\x00/:\xb0\xb9  ", "1\xffffffff"} {
		f.Add([]byte(s))
	}
	f.Fuzz(numbersAgree)
}

func FuzzMicros(f *testing.F) {
	for _, s := range []string{".000000]", ".678901]", ".999999]", ".67890]1", "]678901.", ".67 901]", ".67890\xb1]", ",678901]", ".678901["} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		b = append(b, "        "...)[:8]
		v, ok := Micros(binary.LittleEndian.Uint64(b))
		want, n := decimal(b[1:])
		if wantOK := b[0] == '.' && n == 6 && b[7] == ']'; ok != wantOK || ok && v != want {
			t.Errorf("Micros(%q) = %d, %v, want %d, %v", b, v, ok, want, wantOK)
		}
	})
}

// quadEndAgrees holds Quad up to the first space against the loop.
func quadEndAgrees(t *testing.T, b []byte) {
	t.Helper()
	w := (*[20]byte)(append(b, "                    "...))
	n := QuadEnd(w)
	addr, ok := Quad(w, n)
	space := bytes.IndexByte(w[:16], ' ')
	want, size := quadByByte(w[:])
	if wantOK := size > 0 && size == space; ok != wantOK || ok && (addr != want || n != size) {
		t.Fatalf("Quad(%q) = %x of %d bytes, %v, byte by byte %x of %d", w, addr, n, ok, want, size)
	}
}

// quadAgrees holds IPv4Prefix against the loop, and against netip for the text
// up to the first byte that no quad can hold.
func quadAgrees(t *testing.T, b []byte) {
	t.Helper()
	quadEndAgrees(t, bytes.Clone(b))
	addr, n := IPv4Prefix(b)
	if want, wantN := quadByByte(b); addr != want || n != wantN {
		t.Errorf("IPv4Prefix(%q) = %x of %d bytes, byte by byte %x of %d", b, addr, n, want, wantN)
	}
	end := 0
	for end < len(b) && (b[end] == '.' || b[end]-'0' <= 9) {
		end++
	}
	a, err := netip.ParseAddr(string(b[:end]))
	if err == nil && (n != end || a.As4() != [4]byte{byte(addr >> 24), byte(addr >> 16), byte(addr >> 8), byte(addr)}) {
		t.Errorf("IPv4Prefix(%q) = %x of %d bytes, want %v", b, addr, n, a)
	}
}

func TestQuad(t *testing.T) {
	rnd := rand.New(rand.NewPCG(1, 2))
	part := func() string {
		switch rnd.IntN(30) {
		case 0:
			return "0" + fmt.Sprint(rnd.IntN(300))
		case 1:
			return ""
		case 2:
			return fmt.Sprintf("%0*d", 1+rnd.IntN(9), rnd.IntN(300))
		}
		return fmt.Sprint(rnd.IntN([]int{10, 100, 260, 1000}[rnd.IntN(4)]))
	}
	behind := []string{" DST=192.0.2.10 LEN", "                ", ".1              ", "", "\n", "x\xb0\xff234567890123456"}
	for range 200_000 {
		quadAgrees(t, []byte(part()+"."+part()+"."+part()+"."+part()+behind[rnd.IntN(len(behind))]))
	}
}

func FuzzQuad(f *testing.F) {
	for _, s := range []string{"198.51.100.7 DST=1", "0.0.0.0 0123456789", "255.255.255.255 ", "255.255.255.255", "256.1.1.1        ", "01.2.3.4         ", "1.2.3            ", "1.2.3.4.5        ", "1..2.3.4         "} {
		f.Add([]byte(s))
	}
	f.Fuzz(quadAgrees)
}

func BenchmarkIPv4Prefix(b *testing.B) {
	rnd := rand.New(rand.NewPCG(1, 2))
	var texts [1 << 16][]byte
	for i := range texts {
		texts[i] = fmt.Appendf(nil, "%d.%d.%d.%d DST=192.0.2.10", rnd.IntN(256), rnd.IntN(256), rnd.IntN(256), rnd.IntN(256))
	}
	i := 0
	for b.Loop() {
		if _, n := IPv4Prefix(texts[i&(1<<16-1)]); n == 0 {
			b.Fatal("no address")
		}
		i++
	}
}

func BenchmarkQuadByByte(b *testing.B) {
	rnd := rand.New(rand.NewPCG(1, 2))
	var texts [1 << 16][]byte
	for i := range texts {
		texts[i] = fmt.Appendf(nil, "%d.%d.%d.%d DST=192.0.2.10", rnd.IntN(256), rnd.IntN(256), rnd.IntN(256), rnd.IntN(256))
	}
	i := 0
	for b.Loop() {
		if _, n := quadByByte(texts[i&(1<<16-1)]); n == 0 {
			b.Fatal("no address")
		}
		i++
	}
}
