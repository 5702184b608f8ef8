package reader

import (
	"bufio"
	"bytes"
	"encoding/base64"
	"io"
	"testing"
	"testing/iotest"
	"time"

	"github.com/pierrec/lz4/v4"
)

// What xz and bzip2 make of three lines, for which there is no writer here, and
// what bzip2 makes of nothing.
const (
	xzSeed         = "/Td6WFoAAAFpIt42AgAhARYAAAB0L+Wj4AA1ABVdACaYSkILtLWkR5hcjwEUeqWwfKCAAAAAAABAm/jdAAEtNl16Fs+QQpkNAQAAAAABWVo="
	bzip2Seed      = "QlpoOTFBWSZTWSfpamoAABZdgAAQQABgEAACIAAQQCAAMQZMQR+qmmJprVqXDISmHHIY81T4u5IpwoSBP0tTUA=="
	bzip2EmptySeed = "QlpoORdyRThQkAAAAAA="
)

// compressedSeeds are three lines in each compressed form, by its name.
func compressedSeeds(tb testing.TB) map[string][]byte {
	t := new(testing.T) // what gz and the like want
	text := bytes.Repeat([]byte("Mar  1 00:00:00 x\n"), 3)
	var frame bytes.Buffer
	w := lz4.NewWriter(&frame)
	if _, err := w.Write(text); err != nil {
		tb.Fatal(err)
	}
	if err := w.Close(); err != nil {
		tb.Fatal(err)
	}
	seeds := map[string][]byte{
		"gzip": gz(t, text, time.Unix(1, 0)), "zstd": zst(t, text), "zlib": zlibbed(t, text), "lz4": frame.Bytes(),
	}
	for name, seed := range map[string]string{"xz": xzSeed, "bzip2": bzip2Seed} {
		data, err := base64.StdEncoding.DecodeString(seed)
		if err != nil {
			tb.Fatal(err)
		}
		seeds[name] = data
	}
	return seeds
}

// unpacked is what a decompressor gives of data in a form, up to 1 MiB, and
// whether it came to a clean end. Its bytes are read one by one if slow.
func unpacked(form *compression, data []byte, slow bool) (out []byte, clean bool) {
	src := bufio.NewReader(bytes.NewReader(data))
	r, err := form.open(src)
	if err != nil {
		return nil, false
	}
	if c, ok := r.(io.Closer); ok {
		defer c.Close()
	}
	if slow {
		r = iotest.OneByteReader(r)
	}
	out, err = io.ReadAll(io.LimitReader(r, 1<<20))
	return out, err == nil
}

func TestCompressedSeeds(t *testing.T) {
	seeds := compressedSeeds(t)
	for _, form := range compressions {
		data := seeds[form.name]
		if compressionOf(data) != form {
			t.Errorf("%s is not recognised", form.name)
		}
		if out, clean := unpacked(form, data, false); len(out) != 54 || !clean {
			t.Errorf("%s gives %q, to its end: %v", form.name, out, clean)
		}
	}
}

// FuzzCompression: no bytes behind the magic of any compressed form make its
// reader panic or hang, and how they are asked for makes no difference.
func FuzzCompression(f *testing.F) {
	seeds := compressedSeeds(f)
	for i, form := range compressions {
		data := seeds[form.name]
		f.Add(uint8(i), data)
		f.Add(uint8(i), data[:len(data)-3])
		f.Add(uint8(i), append(bytes.Clone(data), data...))
		f.Add(uint8(i), append(bytes.Clone(data), 0, 0, 'x'))
	}
	empty, err := base64.StdEncoding.DecodeString(bzip2EmptySeed)
	if err != nil {
		f.Fatal(err)
	}
	f.Add(uint8(2), empty)
	f.Fuzz(func(t *testing.T, n uint8, data []byte) {
		form := compressions[int(n)%len(compressions)]
		_ = compressionOf(data)
		if form.written != nil {
			_ = form.written(data)
		}
		fast, ok := unpacked(form, data, false)
		slow, same := unpacked(form, data, true)
		if ok != same || ok && !bytes.Equal(fast, slow) {
			t.Errorf("%s: %d bytes (clean end %v) at once, %d (%v) one by one", form.name, len(fast), ok, len(slow), same)
		}
	})
}
