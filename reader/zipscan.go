package reader

import (
	"archive/zip"
	"bufio"
	"compress/flate"
	"encoding/binary"
	"hash/crc32"
	"io"
	"io/fs"
	"strings"
	"time"
)

// scan finds members by the headers that stand before them, for an archive whose
// directory at the end is missing or damaged.
func (w *zipWalk) scan() []zipEntry {
	var entries []zipEntry
	at := int64(0)
	for len(entries) <= w.f.limits.members && w.f.ctx.Err() == nil {
		e, next := w.local(at)
		if e == nil {
			break
		}
		entries, at = append(entries, *e), next
	}
	return entries
}

// The local file header of APPNOTE.TXT section 4.3.7, and its data descriptor.
const (
	localSize   = 30
	localMagic  = 0x04034b50
	zip64Marker = 0xffffffff
)

// local reads the header at a place and tells where the next one may be. nil is
// no header.
func (w *zipWalk) local(at int64) (*zipEntry, int64) {
	var b [localSize]byte
	if _, err := w.raw.ReadAt(b[:], at); err != nil || binary.LittleEndian.Uint32(b[:]) != localMagic {
		return nil, 0
	}
	name := make([]byte, binary.LittleEndian.Uint16(b[26:]))
	if _, err := w.raw.ReadAt(name, at+localSize); err != nil {
		return nil, 0
	}
	h := &zip.FileHeader{
		Name: string(name), Flags: binary.LittleEndian.Uint16(b[6:]), Method: binary.LittleEndian.Uint16(b[8:]),
		Modified: dosTime(binary.LittleEndian.Uint16(b[12:]), binary.LittleEndian.Uint16(b[10:])),
		CRC32:    binary.LittleEndian.Uint32(b[14:]), CompressedSize64: uint64(binary.LittleEndian.Uint32(b[18:])),
		UncompressedSize64: uint64(binary.LittleEndian.Uint32(b[22:])),
	}
	if strings.HasSuffix(h.Name, "/") {
		h.SetMode(fs.ModeDir | 0o755)
	} else {
		h.SetMode(0o644)
	}
	e := &zipEntry{header: h, at: at + localSize + int64(len(name)) + int64(binary.LittleEndian.Uint16(b[28:]))}
	if h.Flags&8 != 0 || h.CompressedSize64 == zip64Marker {
		return e, w.measure(e)
	}
	e.packed = int64(h.CompressedSize64)
	return e, e.at + e.packed
}

// measure finds the end of a deflated member whose sizes stand behind it, and
// returns where the next header may be.
func (w *zipWalk) measure(e *zipEntry) int64 {
	src := &counted{r: bufio.NewReaderSize(io.NewSectionReader(w.raw, e.at, w.size-e.at), 1<<16)}
	if e.header.Method != zip.Deflate {
		e.packed = w.size - e.at
		return w.size
	}
	sum := crc32.NewIEEE()
	out := &guard{r: flate.NewReader(src), in: &src.n, lim: w.in.limits}
	n, err := io.Copy(sum, cancelable{w.f.ctx, out})
	e.packed, e.header.UncompressedSize64, e.header.CRC32 = src.n, uint64(n), sum.Sum32()
	if err != nil { // it ends here: reading it meets the same end
		e.header.UncompressedSize64++
		return w.size
	}
	next := e.at + src.n
	for _, size := range []int64{12, 16, 20, 24} { // without and with signature, 32 and 64 bits
		var b [4]byte
		if _, err := w.raw.ReadAt(b[:], next+size); err == nil && b[0] == 'P' && b[1] == 'K' {
			return next + size
		}
	}
	return w.size
}

// counted counts what flate takes, which takes no byte too many from an
// io.ByteReader.
type counted struct {
	r *bufio.Reader
	n int64
}

func (c *counted) ReadByte() (byte, error) {
	b, err := c.r.ReadByte()
	if err == nil {
		c.n++
	}
	return b, err
}

func (c *counted) Read(p []byte) (int, error) {
	n, err := c.r.Read(p)
	c.n += int64(n)
	return n, err
}

// dosTime is MS-DOS's time of a file, of no known zone.
func dosTime(date, clock uint16) time.Time {
	return time.Date(1980+int(date>>9), time.Month(date>>5&15), int(date&31), int(clock>>11), int(clock>>5&63), int(clock&31)*2, 0, time.UTC)
}
