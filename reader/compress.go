package reader

import (
	"bufio"
	"bytes"
	"compress/bzip2"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"time"

	"github.com/klauspost/compress/gzip"
	"github.com/klauspost/compress/zlib"
	"github.com/klauspost/compress/zstd"
	"github.com/mikelolasagasti/xz"
	"github.com/pierrec/lz4/v4"
)

// compression describes one compressed form, told by its first bytes.
type compression struct {
	name  string
	magic func(head []byte) bool
	open  func(r *bufio.Reader) (io.Reader, error)
	// written is the time that the header gives to what was compressed.
	written func(head []byte) time.Time
}

// compressions are the forms that are read. Their names never decide: logrotate
// can be told any extension, and evidence is renamed.
var compressions = []*compression{
	{
		name:    "gzip",
		magic:   func(h []byte) bool { return bytes.HasPrefix(h, gzipMagic) },
		open:    func(r *bufio.Reader) (io.Reader, error) { return &gzipReader{src: r}, nil },
		written: gzipTime,
	},
	{
		name:  "zstd",
		magic: isZstd,
		open:  openZstd,
	},
	{
		name: "bzip2",
		magic: func(h []byte) bool {
			return len(h) >= 10 && h[0] == 'B' && h[1] == 'Z' && h[2] == 'h' && h[3] >= '1' && h[3] <= '9' &&
				(string(h[4:10]) == "1AY&SY" || string(h[4:10]) == "\x17\x72\x45\x38\x50\x90")
		},
		open: func(r *bufio.Reader) (io.Reader, error) { return bzip2.NewReader(r), nil },
	},
	{
		name:  "xz",
		magic: func(h []byte) bool { return bytes.HasPrefix(h, []byte("\xfd7zXZ\x00")) },
		open: func(r *bufio.Reader) (io.Reader, error) {
			// 64 MiB is what xz -9 uses; the limit stops a crafted header
			// from claiming 4 GiB.
			return xz.NewReader(r, 64<<20)
		},
	},
	{
		name:  "lz4",
		magic: func(h []byte) bool { return bytes.HasPrefix(h, lz4Magic) },
		open:  func(r *bufio.Reader) (io.Reader, error) { return &lz4Reader{src: r}, nil },
	},
	{
		name:  "zlib",
		magic: isZlib,
		open:  func(r *bufio.Reader) (io.Reader, error) { return zlib.NewReader(r) },
	},
}

var gzipMagic = []byte{0x1f, 0x8b, 8}

// gzipTime is the MTIME field of RFC 1952: when the log was written, not when
// the copy was made.
func gzipTime(head []byte) time.Time {
	if len(head) < 8 {
		return time.Time{}
	}
	if sec := binary.LittleEndian.Uint32(head[4:]); sec != 0 {
		return time.Unix(int64(sec), 0)
	}
	return time.Time{}
}

func isZstd(h []byte) bool {
	if len(h) < 4 {
		return false
	}
	m := binary.LittleEndian.Uint32(h)
	return m == 0xfd2fb528 || m&0xfffffff0 == 0x184d2a50 // a frame, or a skippable one before it
}

func openZstd(r *bufio.Reader) (io.Reader, error) {
	d, err := zstd.NewReader(r, zstd.WithDecoderConcurrency(1), zstd.WithDecoderMaxWindow(128<<20))
	if err != nil {
		return nil, err
	}
	return d.IOReadCloser(), nil
}

// compressionOf is the compressed form of a stream that begins with head, or nil.
func compressionOf(head []byte) *compression {
	for _, c := range compressions {
		if c.magic(head) {
			return c
		}
	}
	return nil
}

// errTrailing marks bytes after the compressed data that do not belong to it.
var errTrailing = errors.New("bytes follow the compressed data")

// gzipReader reads the members of a gzip stream one by one. The library's own
// multistream mode takes padding and appended garbage for damage of the whole
// and calls a bare header an empty file; here NUL padding is passed over,
// garbage is an error after all good data, and a bare header is a cut.
type gzipReader struct {
	src     *bufio.Reader
	gz      *gzip.Reader
	members int
}

func (g *gzipReader) Read(p []byte) (int, error) {
	for {
		if g.gz == nil {
			if err := g.next(); err != nil {
				return 0, err
			}
		}
		n, err := g.gz.Read(p)
		if err == io.EOF {
			g.finish()
			err = nil
			if n == 0 {
				continue
			}
		}
		return n, err
	}
}

// finish ends a member; the next Read looks for another.
func (g *gzipReader) finish() {
	g.members++
	g.gz = nil
}

// next opens the next member, or returns io.EOF at the clean end.
func (g *gzipReader) next() error {
	head, err := g.src.Peek(len(gzipMagic))
	if g.members > 0 {
		if len(head) == 0 && err == io.EOF {
			return io.EOF
		}
		if !bytes.Equal(head, gzipMagic) {
			return g.trailing()
		}
	}
	gz, err := gzip.NewReader(g.src)
	if err == io.EOF {
		err = io.ErrUnexpectedEOF
	}
	if err != nil {
		return err
	}
	gz.Multistream(false)
	g.gz = gz
	return nil
}

// trailing passes over NUL padding; anything else is reported.
func (g *gzipReader) trailing() error {
	var n int64
	garbage := false
	for {
		b, err := g.src.ReadByte()
		if err == io.EOF {
			break
		}
		if err != nil {
			return err
		}
		n++
		garbage = garbage || b != 0
	}
	if garbage {
		return fmt.Errorf("%d %w", n, errTrailing)
	}
	return io.EOF
}

var lz4Magic = []byte{0x04, 0x22, 0x4d, 0x18}

// lz4Reader reads the frames of an lz4 stream one by one: the library ends with
// the first, and tools append.
type lz4Reader struct {
	src    *bufio.Reader
	lz     *lz4.Reader
	inside bool // a frame is open
	frames int
}

func (l *lz4Reader) Read(p []byte) (int, error) {
	for {
		if !l.inside {
			if err := l.next(); err != nil {
				return 0, err
			}
		}
		n, err := l.lz.Read(p)
		if err == io.EOF {
			l.inside, err = false, nil
			if n == 0 {
				continue
			}
		}
		return n, err
	}
}

// next opens the next frame, or returns io.EOF at the clean end.
func (l *lz4Reader) next() error {
	head, err := l.src.Peek(len(lz4Magic))
	switch {
	case len(head) == 0 && err == io.EOF && l.frames > 0:
		return io.EOF
	case len(head) == 0 && err == io.EOF:
		return io.ErrUnexpectedEOF
	case !bytes.Equal(head, lz4Magic):
		n, err := io.Copy(io.Discard, l.src)
		if err != nil {
			return err
		}
		return fmt.Errorf("%d %w", n, errTrailing)
	}
	if l.lz == nil {
		l.lz = lz4.NewReader(l.src)
	} else {
		l.lz.Reset(l.src)
	}
	l.inside = true
	l.frames++
	return nil
}

// isZlib tells RFC 1950 data. Its header is two bytes that a text may begin with
// ("x^"), so the beginning has to decompress as well.
func isZlib(h []byte) bool {
	if len(h) < 3 || h[0] != 0x78 || (int(h[0])<<8|int(h[1]))%31 != 0 || h[1]&0x20 != 0 {
		return false
	}
	z, err := zlib.NewReader(bytes.NewReader(h))
	if err != nil {
		return false
	}
	n, err := io.ReadFull(z, make([]byte, 1024))
	return err == nil || n > 0 && (err == io.ErrUnexpectedEOF || err == io.EOF)
}
