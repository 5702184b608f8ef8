package reader

import (
	"archive/zip"
	"bufio"
	"compress/flate"
	"fmt"
	"hash"
	"hash/crc32"
	"io"
	"io/fs"
	"slices"
)

// expandZip lists the members of a zip archive. Its directory stands at its end,
// so it has to lie open as a whole: one that comes in a stream is held in memory.
func (f *finder) expandZip(in *Input) {
	base, ok := in.source.(sectioner)
	if !ok || in.compression != nil {
		b, err := f.spoolContent(in)
		if err != nil {
			in.archive, in.Facts.Format = nil, ""
			in.skip(fmt.Sprintf("it is a zip archive that %v", err), true)
			return
		}
		base = b
	}
	rc, err := base.open()
	if err != nil {
		in.damaged(fmt.Sprintf("cannot be read: %v", reason(err)))
		return
	}
	defer rc.Close()
	size, err := rc.(io.Seeker).Seek(0, io.SeekEnd)
	if err != nil {
		in.damaged(fmt.Sprintf("cannot be read: %v", reason(err)))
		return
	}
	w := zipWalk{f: f, in: in, base: base, raw: rc.(io.ReaderAt), size: size}
	w.run()
}

// zipWalk lists one zip archive.
type zipWalk struct {
	f    *finder
	in   *Input
	base sectioner
	raw  io.ReaderAt
	size int64
	used int64 // compressed bytes that members have claimed
}

func (w *zipWalk) run() {
	entries, damage := w.entries()
	if slices.ContainsFunc(entries, isDocument) {
		w.in.archive, w.in.Facts.Format = nil, ""
		w.in.Facts.Incomplete = false
		w.in.skip("it is an office document or a Java archive", false)
		return
	}
	if damage != nil {
		w.in.damaged(w.in.archiveDamage(damage, len(entries)))
	}
	for i := range entries {
		if w.f.ctx.Err() != nil {
			return
		}
		if i >= w.f.limits.members {
			w.in.damaged(fmt.Sprintf("it holds more than %d members: the rest is not read", w.f.limits.members))
			return
		}
		if w.used += entries[i].packed; w.used > w.size {
			w.in.damaged(fmt.Sprintf("its members claim more bytes than it has, as in a decompression bomb: only the first %d are read", i))
			return
		}
		w.member(&entries[i])
	}
}

// isDocument knows the zip archives that are documents or programs: passing over
// them loses no evidence.
func isDocument(e zipEntry) bool {
	return e.header.Name == "[Content_Types].xml" || e.header.Name == "META-INF/MANIFEST.MF"
}

// zipEntry is what is known of a member before it is opened.
type zipEntry struct {
	header *zip.FileHeader
	at     int64 // of its data; -1 if its place cannot be told
	packed int64 // bytes of its data
}

// entries reads the directory or, where there is none, the headers before the
// members. The error tells what is missing.
func (w *zipWalk) entries() ([]zipEntry, error) {
	r, err := zip.NewReader(w.raw, w.size)
	if err != nil && r == nil {
		entries := w.scan()
		return entries, io.ErrUnexpectedEOF
	}
	if err != nil && err != zip.ErrInsecurePath { // names are only labels
		return nil, err
	}
	var entries []zipEntry
	for _, f := range r.File[:min(len(r.File), w.f.limits.members+1)] {
		at, err := f.DataOffset()
		if err != nil {
			at = -1
		}
		entries = append(entries, zipEntry{&f.FileHeader, at, clamp(f.CompressedSize64)})
	}
	return entries, nil
}

func clamp(n uint64) int64 { return int64(min(n, 1<<62)) }

// member makes and examines the input of one entry.
func (w *zipWalk) member(e *zipEntry) {
	h := e.header
	mode := h.Mode()
	if mode.IsDir() {
		return
	}
	m := w.f.member(w.in, h.Name, clamp(h.UncompressedSize64), h.Modified, mode)
	unpack := zipMethod(h.Method)
	switch {
	case m.Facts.Skipped != "":
		w.link(m, e)
		return
	case e.at < 0:
		m.skip("its place in the archive cannot be told: the archive is damaged", true)
	case h.Flags&1 != 0:
		m.skip("it is encrypted: extract it with its password", true)
	case unpack == nil:
		m.skip(fmt.Sprintf("it is compressed by zip's method %d, which is not read: extract it", h.Method), true)
	default:
		m.source = zipMember{w.base.part(e.at, e.packed), h, unpack, w.in.limits}
		m.examine(w.f)
	}
}

// link reads the target of a symbolic link, which is its content.
func (w *zipWalk) link(m *Input, e *zipEntry) {
	unpack := zipMethod(e.header.Method)
	if e.header.Mode()&fs.ModeSymlink == 0 || e.at < 0 || e.header.Flags&1 != 0 || unpack == nil || !isEtcZone(m.Path) {
		return
	}
	rc, err := zipMember{w.base.part(e.at, e.packed), e.header, unpack, w.in.limits}.open()
	if err != nil {
		return
	}
	defer rc.Close()
	if target, err := io.ReadAll(io.LimitReader(rc, maxName)); err == nil {
		w.f.etcMember(m, target, fs.ModeSymlink)
	}
}

// zipMember is the source of a member.
type zipMember struct {
	packed source
	header *zip.FileHeader
	unpack func(io.Reader) (io.Reader, error)
	limits *limits
}

// zipMethod is how a member is stored: APPNOTE.TXT section 4.4.5. nil is a method
// that is not read.
func zipMethod(n uint16) func(io.Reader) (io.Reader, error) {
	switch n {
	case zip.Store:
		return func(r io.Reader) (io.Reader, error) { return r, nil }
	case zip.Deflate:
		return func(r io.Reader) (io.Reader, error) { return flate.NewReader(r), nil }
	case 12:
		return named("bzip2")
	case 93:
		return named("zstd")
	case 95:
		return named("xz")
	}
	return nil
}

func named(form string) func(io.Reader) (io.Reader, error) {
	i := slices.IndexFunc(compressions, func(c *compression) bool { return c.name == form })
	return func(r io.Reader) (io.Reader, error) { return compressions[i].open(bufio.NewReaderSize(r, 1<<18)) }
}

func (z zipMember) once() bool { return false }

func (z zipMember) open() (io.ReadCloser, error) {
	rc, err := z.packed.open()
	if err != nil {
		return nil, err
	}
	raw := &rawReader{r: rc}
	data, err := z.unpack(bufio.NewReaderSize(raw, 1<<16))
	if err != nil {
		rc.Close()
		return nil, err
	}
	return &zipReader{r: &guard{r: data, in: &raw.n, lim: z.limits}, sum: crc32.NewIEEE(), want: z.header, Closer: rc}, nil
}

// zipReader reads a member and checks it against its header.
type zipReader struct {
	r    io.Reader
	n    uint64
	sum  hash.Hash32
	want *zip.FileHeader
	io.Closer
}

func (z *zipReader) Read(p []byte) (int, error) {
	n, err := z.r.Read(p)
	z.n += uint64(n)
	z.sum.Write(p[:n])
	if err != io.EOF {
		return n, err
	}
	switch {
	case z.n < z.want.UncompressedSize64:
		return n, io.ErrUnexpectedEOF
	case z.n > z.want.UncompressedSize64 || z.sum.Sum32() != z.want.CRC32:
		return n, zip.ErrChecksum
	}
	return n, io.EOF
}
