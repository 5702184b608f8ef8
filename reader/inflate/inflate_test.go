package inflate

import (
	"bufio"
	"bytes"
	"compress/flate"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"strings"
	"testing"
	"testing/iotest"

	fast "github.com/klauspost/compress/flate"
)

// compressed is b at a level of flate's; 0 is stored, -2 without matches.
func compressed(t testing.TB, b []byte, level int) []byte {
	t.Helper()
	var z bytes.Buffer
	w, err := flate.NewWriter(&z, level)
	if err != nil {
		t.Fatal(err)
	}
	for len(b) > 0 { // a flush now and then makes empty stored blocks
		n := min(len(b), 70_000)
		if _, err := w.Write(b[:n]); err != nil {
			t.Fatal(err)
		}
		if b = b[n:]; len(b)%3 == 0 {
			if err := w.Flush(); err != nil {
				t.Fatal(err)
			}
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return z.Bytes()
}

// texts are kinds of data: a log's lines, noise, one byte again and again, short
// periods, and nothing.
func texts() [][]byte {
	rnd := rand.New(rand.NewPCG(1, 2))
	var log strings.Builder
	for i := range 5000 {
		fmt.Fprintf(&log, "Mar  1 00:00:%02d fw1 kernel: [%d.%06d] IN=eth0 OUT= SRC=%d.%d.2.3 DST=192.0.2.1 LEN=60 DPT=%d SYN\n",
			i%60, i, rnd.IntN(1e6), rnd.IntN(256), rnd.IntN(256), rnd.IntN(1<<16))
	}
	noise := make([]byte, 300_000)
	for i := range noise {
		noise[i] = byte(rnd.Uint32())
	}
	skewed := make([]byte, 300_000) // of very unequal frequencies: long codes
	for i := range skewed {
		skewed[i] = byte(rnd.ExpFloat64() * 12)
	}
	return [][]byte{[]byte(log.String()), noise, skewed, bytes.Repeat([]byte{7}, 200_000),
		bytes.Repeat([]byte("abc"), 50_000), bytes.Repeat([]byte("0123456"), 30_000), []byte("a"), {}}
}

func TestAgainstFlate(t *testing.T) {
	for i, text := range texts() {
		for level := -2; level <= 9; level++ {
			z := compressed(t, text, level)
			same(t, fmt.Sprintf("text %d, level %d", i, level), append(z, "what follows"...))
		}
	}
}

// Cut at each place around the ends, and at others.
func TestCut(t *testing.T) {
	for i, text := range texts() {
		text = text[:min(len(text), 3000)]
		for _, level := range []int{-2, 0, 1, 6} {
			z := compressed(t, text, level)
			for n := range z {
				same(t, fmt.Sprintf("text %d, level %d, %d bytes of %d", i, level, n, len(z)), z[:n])
			}
		}
	}
}

func TestDamaged(t *testing.T) {
	rnd := rand.New(rand.NewPCG(3, 4))
	for i, text := range texts() {
		z := compressed(t, text[:min(len(text), 40_000)], 6)
		for range 300 {
			bad := bytes.Clone(z)
			bad[rnd.IntN(len(bad))] ^= 1 << rnd.IntN(8)
			same(t, fmt.Sprintf("text %d", i), bad)
		}
	}
}

// same holds that z is decompressed as flate does it: the same bytes, the same
// kind of error, and the source at the same place.
func same(t *testing.T, what string, z []byte) {
	t.Helper()
	src, ref := bufio.NewReaderSize(bytes.NewReader(z), 256), bufio.NewReader(bytes.NewReader(z))
	const most = 8 << 20 // a bomb is no better told by more
	got, err := io.ReadAll(io.LimitReader(NewReader(src), most))
	want, wantErr := io.ReadAll(io.LimitReader(flate.NewReader(ref), most))
	if !bytes.Equal(got, want) {
		t.Fatalf("%s: %d bytes, want %d (%v, want %v)", what, len(got), len(want), err, wantErr)
	}
	if fmt.Sprint(err) != fmt.Sprint(wantErr) && !bothCorrupt(err, wantErr) {
		t.Fatalf("%s: %v, want %v", what, err, wantErr)
	}
	if err != nil || len(got) == most {
		return
	}
	left, _ := io.ReadAll(src)
	if wantLeft, _ := io.ReadAll(ref); !bytes.Equal(left, wantLeft) {
		t.Fatalf("%s: %q follows, want %q", what, left, wantLeft)
	}
}

// bothCorrupt leaves the offset aside: flate counts some bytes of stored blocks twice.
func bothCorrupt(a, b error) bool {
	var x, y flate.CorruptInputError
	return errors.As(a, &x) && errors.As(b, &y)
}

var errSource = errors.New("the disk is gone")

func TestSourceFails(t *testing.T) {
	z := compressed(t, texts()[0], 6)
	src := io.MultiReader(bytes.NewReader(z[:len(z)/2]), iotest.ErrReader(errSource))
	if _, err := io.ReadAll(NewReader(bufio.NewReader(src))); !errors.Is(err, errSource) {
		t.Error(err)
	}
}

// A Reader that is used again allocates nothing, and reads from slow sources.
func TestReset(t *testing.T) {
	text := texts()[0]
	z := compressed(t, text, 6)
	src := bufio.NewReader(nil)
	r := NewReader(src)
	from := bytes.NewReader(nil)
	buf := make([]byte, len(text))
	n := testing.AllocsPerRun(5, func() {
		from.Reset(z)
		src.Reset(from)
		r.Reset(src)
		if _, err := io.ReadFull(r, buf); err != nil || !bytes.Equal(buf, text) {
			t.Fatal(err)
		}
	})
	if n != 0 {
		t.Errorf("%v allocations", n)
	}
	src.Reset(iotest.OneByteReader(bytes.NewReader(z)))
	r.Reset(src)
	if got, err := io.ReadAll(r); err != nil || !bytes.Equal(got, text) {
		t.Error(err)
	}
}

func FuzzInflate(f *testing.F) {
	for _, text := range texts() {
		text = text[:min(len(text), 2000)]
		for _, level := range []int{-2, 0, 1, 6, 9} {
			f.Add(compressed(f, text, level))
		}
	}
	f.Add([]byte{5, 0xc0, 0x81, 0, 0, 0, 0, 0, 0x90, 0xff, 0x6b, 4}) // one distance code of one bit
	f.Fuzz(func(t *testing.T, z []byte) { same(t, "fuzzed", z) })
}

func BenchmarkInflate(b *testing.B) {
	text := bytes.Repeat(texts()[0], 10)
	z := compressed(b, text, 6)
	from, src := bytes.NewReader(nil), bufio.NewReaderSize(nil, 256<<10)
	for _, c := range []struct {
		name string
		r    io.Reader
	}{
		{"inflate", NewReader(src)}, {"klauspost", fast.NewReader(src)}, {"standard", flate.NewReader(src)},
	} {
		b.Run(c.name, func(b *testing.B) {
			b.SetBytes(int64(len(text)))
			b.ReportAllocs()
			for b.Loop() {
				from.Reset(z)
				src.Reset(from)
				if r, ok := c.r.(*Reader); ok {
					r.Reset(src)
				} else if err := c.r.(flate.Resetter).Reset(src, nil); err != nil {
					b.Fatal(err)
				}
				if n, err := io.Copy(io.Discard, c.r); err != nil || n != int64(len(text)) {
					b.Fatal(n, err)
				}
			}
		})
	}
}
