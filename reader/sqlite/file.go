package sqlite

import (
	"encoding/binary"
	"errors"
	"fmt"
	"io"
)

const magic = "SQLite format 3\x00"

// headerSize is the length of the database header, with which page 1 begins.
const headerSize = 100

// file is a database as pages.
type file struct {
	src      io.ReaderAt
	pageSize int
	usable   int    // bytes of a page without the reserved ones at its end
	pages    uint32 // whole pages that are there
	claimed  uint32 // pages that the header speaks of; 0 if it cannot be trusted
	encoding uint32 // 1 UTF-8, 2 UTF-16 little-endian, 3 UTF-16 big-endian
	wal      bool

	left int64 // pages that may still be asked for, see spend
}

var errLoop = errors.New("pages are used more than once: the walk ended there")

// openFile reads the header of a database of size bytes.
func openFile(src io.ReaderAt, size int64) (*file, error) {
	var h [headerSize]byte
	if n, err := src.ReadAt(h[:], 0); n < headerSize {
		return nil, fmt.Errorf("the database ends in its header, after %d of %d bytes: %w", n, headerSize, err)
	}
	f := &file{src: src, encoding: binary.BigEndian.Uint32(h[56:]), wal: h[18] == 2 || h[19] == 2}
	f.pageSize = int(binary.BigEndian.Uint16(h[16:]))
	if f.pageSize == 1 {
		f.pageSize = 1 << 16
	}
	if f.pageSize < 512 || f.pageSize&(f.pageSize-1) != 0 {
		return nil, fmt.Errorf("its header gives a page size of %d, which cannot be", f.pageSize)
	}
	if f.usable = f.pageSize - int(h[20]); f.usable < 480 {
		return nil, fmt.Errorf("its header leaves %d bytes of a page to be used, which cannot be", f.usable)
	}
	f.pages = uint32(min(size/int64(f.pageSize), 1<<32-2))
	if binary.BigEndian.Uint32(h[24:]) == binary.BigEndian.Uint32(h[92:]) { // else an old writer left it behind
		f.claimed = binary.BigEndian.Uint32(h[28:])
	}
	f.rewind()
	return f, nil
}

// rewind allows each page to be asked for once more.
func (f *file) rewind() { f.left = int64(f.pages) }

// spend counts a page that is asked for. In a sound database each page belongs
// to one place, so that no walk of all tables needs more than there are.
func (f *file) spend() error {
	if f.left--; f.left < 0 {
		return errLoop
	}
	return nil
}

// page reads page n into buf, which is grown at need.
func (f *file) page(n uint32, buf []byte) ([]byte, error) {
	if n == 0 || n > f.pages {
		return nil, fmt.Errorf("page %d is not in the file, which has %d", n, f.pages)
	}
	if err := f.spend(); err != nil {
		return nil, err
	}
	if cap(buf) < f.pageSize {
		buf = make([]byte, f.pageSize)
	}
	buf = buf[:f.pageSize]
	if got, err := f.src.ReadAt(buf, int64(n-1)*int64(f.pageSize)); got < len(buf) {
		return nil, fmt.Errorf("page %d cannot be read: %w", n, err)
	}
	return buf[:f.usable], nil
}

// varint reads SQLite's variable-length integer: up to nine bytes, most
// significant first. n is 0 if b ends before it does.
func varint(b []byte) (v uint64, n int) {
	for i := 0; i < len(b) && i < 8; i++ {
		v = v<<7 | uint64(b[i]&0x7f)
		if b[i] < 0x80 {
			return v, i + 1
		}
	}
	if len(b) < 9 {
		return 0, 0
	}
	return v<<8 | uint64(b[8]), 9
}
