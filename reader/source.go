package reader

import (
	"bufio"
	"bytes"
	"fmt"
	"io"
	"os"
)

// source is where the bytes of an input come from. It can be opened more than
// once unless it is a stream.
type source interface {
	open() (io.ReadCloser, error)
	once() bool
}

// sectioner is a source of which parts are sources too. What its open returns
// is an io.ReaderAt and an io.Seeker as well.
type sectioner interface {
	source
	part(off, size int64) source
}

// file is a file on disk. Below a walked folder it is opened through that
// folder, so that no symbolic link put in its way leads out.
type file struct {
	root string // the walked folder; "" if the user named the file
	name string // relative to root, if there is one
}

func (f file) open() (io.ReadCloser, error) { return f.osFile() }
func (file) once() bool                     { return false }

func (f file) part(off, size int64) source { return section{f, off, size} }

func (f file) osFile() (*os.File, error) {
	o, err := f.openAny()
	if err != nil {
		return nil, err
	}
	// What was a file when it was found may be a pipe by now.
	info, err := o.Stat()
	if err == nil && !info.Mode().IsRegular() {
		err = fmt.Errorf("it is a %s", kindOf(info.Mode()))
	}
	if err != nil {
		o.Close()
		return nil, err
	}
	return o, nil
}

func (f file) openAny() (*os.File, error) {
	if f.root == "" {
		return os.OpenFile(f.name, os.O_RDONLY|nonblock, 0)
	}
	root, err := os.OpenRoot(f.root)
	if err != nil {
		return nil, err
	}
	defer root.Close()
	return root.OpenFile(f.name, os.O_RDONLY|nonblock, 0)
}

// section is a part of a file: a member of a tar or zip archive.
type section struct {
	file      file
	off, size int64
}

func (s section) open() (io.ReadCloser, error) {
	f, err := s.file.osFile()
	if err != nil {
		return nil, err
	}
	return &sectionFile{io.NewSectionReader(f, s.off, s.size), f}, nil
}
func (section) once() bool { return false }

func (s section) part(off, size int64) source { return section{s.file, s.off + off, size} }

// sectionFile is an open section.
type sectionFile struct {
	*io.SectionReader
	file *os.File
}

func (s *sectionFile) Close() error { return s.file.Close() }

// Read tells a section that reaches past the end of its file from one that ends.
func (s *sectionFile) Read(p []byte) (int, error) {
	n, err := s.SectionReader.Read(p)
	if err == io.EOF {
		if at, _ := s.Seek(0, io.SeekCurrent); at < s.Size() {
			err = io.ErrUnexpectedEOF
		}
	}
	return n, err
}

// memory is what had to be held in memory: an archive that came in a stream.
type memory []byte

func (m memory) open() (io.ReadCloser, error) { return memoryFile{bytes.NewReader(m)}, nil }
func (memory) once() bool                     { return false }

func (m memory) part(off, size int64) source {
	off = min(max(off, 0), int64(len(m)))
	return m[off:min(off+max(size, 0), int64(len(m)))]
}

type memoryFile struct{ *bytes.Reader }

func (memoryFile) Close() error { return nil }

// streamBuffer is how far ahead a stream can be looked at: a bzip2 block of
// 900 kB has to be there as a whole before a byte comes out of it.
const streamBuffer = 1 << 20

// stream is what passes by once: standard input, or a member of an archive that
// is itself a stream. Its head is looked at and then read again, so it is opened
// as a buffer that keeps what was peeked.
type stream struct {
	r   io.Reader
	buf *bufio.Reader // over r; made when first needed
}

func (s *stream) open() (io.ReadCloser, error) {
	if s.buf == nil {
		s.buf = bufio.NewReaderSize(s.r, streamBuffer)
	}
	return io.NopCloser(s.buf), nil
}
func (*stream) once() bool { return true }

// ahead is what stands next in the stream, n bytes at most, without taking it.
func (s *stream) ahead(n int) (io.Reader, error) {
	if _, err := s.open(); err != nil {
		return nil, err
	}
	b, err := s.buf.Peek(n)
	if len(b) > 0 {
		err = nil // it is met again by who reads on
	}
	return bytes.NewReader(b), ignoreEOF(err)
}
