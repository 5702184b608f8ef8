package reader

import (
	"archive/tar"
	"bufio"
	"fmt"
	"io"
	"io/fs"
	"strings"
)

// tarWalk goes through a tar archive to find its members.
type tarWalk struct {
	f   *finder
	in  *Input
	tr  *tar.Reader
	end *endMark
	pos io.Seeker // of a plain archive: members are read from their places
	buf *bufio.Reader
}

// endMark counts the zeros that were read last: a tar ends with blocks of them.
// Without that a tar that is cut between two members looks whole.
type endMark struct {
	io.Reader
	zeros int
}

func (e *endMark) Read(p []byte) (int, error) {
	n, err := e.Reader.Read(p)
	i := n
	for i > 0 && p[i-1] == 0 {
		i--
	}
	if i > 0 {
		e.zeros = 0
	}
	e.zeros += n - i
	return n, err
}

// tarBlock is the unit of a tar archive.
const tarBlock = 512

// seekMark is an endMark over what can seek, so that members are passed over
// without reading them.
type seekMark struct {
	*endMark
	io.Seeker
}

func (f *finder) expandTar(in *Input) {
	rc, err := in.source.open()
	if err != nil {
		in.damaged(fmt.Sprintf("cannot be read: %v", reason(err)))
		return
	}
	defer rc.Close()
	w := tarWalk{f: f, in: in}
	_, direct := in.source.(sectioner)
	if seeker, ok := rc.(io.Seeker); ok && direct && in.compression == nil {
		w.end = &endMark{Reader: rc}
		w.pos, w.tr = seeker, tar.NewReader(seekMark{w.end, seeker})
		w.run(nil)
		return
	}
	data, err := in.decompress(&rawReader{r: cancelable{f.ctx, rc}})
	if err != nil {
		in.damaged(in.archiveDamage(err, 0))
		return
	}
	w.end = &endMark{Reader: data}
	w.tr = tar.NewReader(w.end)
	w.run(data)
}

// run lists all members. data is what a compressed archive decompresses to: it
// is read to its end, where its checksum stands.
func (w *tarWalk) run(data io.Reader) {
	a := w.in.archive
	for w.f.ctx.Err() == nil {
		hdr, err := w.tr.Next()
		if err == io.EOF {
			if err = w.atEnd(data); err == nil {
				return
			}
		}
		if err != nil {
			w.in.damaged(w.in.archiveDamage(err, len(a.slots)))
			return
		}
		if len(a.slots) >= w.f.limits.members {
			w.in.damaged(fmt.Sprintf("it holds more than %d members: the rest is not read", w.f.limits.members))
			return
		}
		a.slots = append(a.slots, w.member(hdr))
	}
}

// atEnd judges the end of the archive: its mark, and what follows.
func (w *tarWalk) atEnd(data io.Reader) error {
	if w.end.zeros < tarBlock {
		return io.ErrUnexpectedEOF
	}
	if data == nil {
		return nil
	}
	_, err := io.Copy(io.Discard, data)
	return err
}

// member makes and examines the input of one header; nil for a folder.
func (w *tarWalk) member(hdr *tar.Header) *Input {
	info := hdr.FileInfo()
	if info.IsDir() || hdr.Typeflag == tar.TypeXGlobalHeader {
		return nil
	}
	m := w.f.member(w.in, hdr.Name, hdr.Size, hdr.ModTime, info.Mode())
	switch {
	case hdr.Typeflag == tar.TypeLink:
		m.skip(fmt.Sprintf("it is a hard link to %q of the archive, which is not followed", hdr.Linkname), false)
	case isSparse(hdr) && hdr.Size > w.f.limits.free:
		m.skip(fmt.Sprintf("it is a sparse file that claims %d bytes: extract it", hdr.Size), true)
	}
	if m.Facts.Skipped != "" {
		w.f.etcMember(m, []byte(hdr.Linkname), fs.ModeSymlink)
		return m
	}
	if w.pos != nil && !isSparse(hdr) {
		w.direct(m, hdr.Size)
	} else {
		w.passing(m)
	}
	return m
}

// direct examines a member that can be read from its place.
func (w *tarWalk) direct(m *Input, size int64) {
	at, err := w.pos.Seek(0, io.SeekCurrent)
	if err != nil {
		m.skip(fmt.Sprintf("its place in the archive cannot be told: %v", reason(err)), true)
		return
	}
	m.source = w.in.source.(sectioner).part(at, size)
	m.examine(w.f)
}

// passing examines a member that passes by.
func (w *tarWalk) passing(m *Input) {
	if w.buf == nil {
		w.buf = bufio.NewReaderSize(nil, streamBuffer)
	}
	m.source = look(w.buf, w.tr)
	m.examine(w.f)
	if m.first != nil && w.f.yearOf(m) != 0 {
		m.last = lastYearless(m, tailSize)
	}
	if _, ok := m.source.(*stream); ok {
		m.passing = m.Format != nil || m.archive != nil
		w.in.archive.stream = w.in.archive.stream || m.passing
		m.source = nil // until the archive is read
	}
}

// isSparse tells members whose holes are not stored.
func isSparse(hdr *tar.Header) bool {
	if hdr.Typeflag == tar.TypeGNUSparse {
		return true
	}
	for k := range hdr.PAXRecords {
		if strings.HasPrefix(k, "GNU.sparse.") {
			return true
		}
	}
	return false
}

// readSlots goes through the archive a second time and hands over the records of
// the members that pass by.
func (in *Input) readSlots(data io.Reader, read func(int), emit func(*Chunk) error) error {
	tr, buf := tar.NewReader(data), bufio.NewReaderSize(nil, streamBuffer)
	for _, m := range in.archive.slots {
		if _, err := tr.Next(); err != nil {
			return nil // Open has said so
		}
		if m == nil || !m.passing {
			continue
		}
		m.source = look(buf, tr)
		if err := m.read(read, emit); err != nil {
			return err
		}
		m.source = nil
	}
	return nil
}
