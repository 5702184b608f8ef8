package reader

import (
	"bufio"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"sync"
)

// chunkSize is how much data a chunk holds, more or less. Half of it takes 1 to 3 %
// more time, twice as much no less.
const chunkSize = 512 << 10

// maxBuffer bounds what a Splitter may ask for at once.
const maxBuffer = 64 << 20

// buffer is the memory of one chunk: look-back, then data.
type buffer struct{ b []byte }

var buffers = sync.Pool{New: func() any { return &buffer{b: make([]byte, 0, LookBack+chunkSize)} }}

// Release gives the chunk's memory back. Nothing of it may be used afterwards.
func (c *Chunk) Release() {
	if c.buf != nil && cap(c.buf.b) <= 4*chunkSize {
		buffers.Put(c.buf)
	}
	c.buf, c.Data, c.Prev = nil, nil, nil
}

// Chunks reads in from start to end, hashes what stands on disk, decompresses,
// cuts, and hands over the chunks in order. read, if not nil, is told how many
// bytes were read from disk. Damage is no error: what was read before it is
// handed over and the damage noted in in.Facts. An error is emit's own.
//
// Chunks of an archive hands over those of the members that can only be read by
// going through it (see archive), whose own Chunks do nothing. read is told of
// members' bytes, not of the archive's. What was set aside is hashed only.
func (in *Input) Chunks(read func(n int), emit func(*Chunk) error) error {
	if in.passing {
		return nil
	}
	return in.read(read, emit)
}

func (in *Input) read(read func(n int), emit func(*Chunk) error) error {
	if in.archive != nil {
		return in.readArchive(read, emit)
	}
	if in.Format == nil {
		return nil
	}
	rc, err := in.source.open()
	if err != nil {
		in.damaged(fmt.Sprintf("cannot be read: %v", reason(err)))
		return nil
	}
	defer rc.Close()
	raw := in.raw(rc, read)
	defer raw.close()
	if in.hashAside(rc, raw) {
		return nil
	}
	data, err := in.decompress(raw)
	if err != nil {
		in.damaged(fmt.Sprintf("its %s data cannot be decompressed: %v", in.Facts.Compression, err))
	} else {
		src, done := in.fetch(rc, raw, data)
		defer done()
		if err := in.cut(src, emit); err != nil {
			return err
		}
	}
	in.finishRaw(raw)
	return nil
}

// cut hands over the chunks of src. nil has none.
func (in *Input) cut(src io.Reader, emit func(*Chunk) error) error {
	if src == nil {
		return nil
	}
	c := cutter{in: in, src: src, split: in.Format.NewSplitter(), emit: emit, next: 1}
	if err := c.run(); err != nil {
		return err
	}
	for _, x := range []any{c.split, src} {
		if n, ok := x.(Noter); ok {
			in.Facts.Notes = append(in.Facts.Notes, n.Notes()...)
		}
	}
	return nil
}

// decompress puts the decompressor, if any, over the raw bytes.
func (in *Input) decompress(raw *rawReader) (io.Reader, error) {
	if in.compression == nil {
		return raw, nil
	}
	r, err := in.compression.open(bufio.NewReaderSize(raw, 1<<18))
	if err != nil {
		return nil, err
	}
	return &guard{r: r, in: &raw.n, lim: in.limits}, nil
}

// finishRaw reads what a decompressor or splitter left, so that the hash is
// that of the whole file, and notes what the bytes on disk tell.
func (in *Input) finishRaw(raw *rawReader) {
	raw.drain()
	if raw.err != io.EOF {
		if in.parent == nil || !in.Facts.Incomplete { // a member's cut is said already
			in.damaged(fmt.Sprintf("reading stopped after %d bytes: %v", raw.n, reason(raw.err)))
		}
		return
	}
	if in.Facts.Size >= 0 && raw.n != in.Facts.Size {
		in.note(fmt.Sprintf("it was %d bytes long when it was found and %d when it was read: it is being written to", in.Facts.Size, raw.n))
	}
	in.Facts.Size = raw.n
	in.Facts.SHA256 = hex.EncodeToString(raw.hash.Sum(nil))
}

// rawReader reads the bytes on disk and hashes them on the way.
type rawReader struct {
	r        io.Reader
	hash     summer // nil: not wanted
	n        int64
	err      error
	progress func(int)
}

// summer is the part of hash.Hash that is needed.
type summer interface {
	io.Writer
	Sum(b []byte) []byte
}

// raw is the bytes on disk of an input that is open. It must be closed.
func (in *Input) raw(rc io.Reader, progress func(int)) *rawReader {
	r := &rawReader{r: rc, hash: sha256.New(), progress: progress}
	if in.compression != nil {
		r.hash = &sideHash{}
	}
	return r
}

// drain reads what is left.
func (r *rawReader) drain() {
	if r.err != nil {
		return
	}
	for buf := make([]byte, 1<<18); r.err == nil; {
		_, _ = r.Read(buf) // its error is kept
	}
}

func (r *rawReader) close() {
	if s, ok := r.hash.(*sideHash); ok {
		s.end()
	}
}

func (r *rawReader) Read(p []byte) (int, error) {
	n, err := r.r.Read(p)
	if n > 0 {
		if r.hash != nil {
			_, _ = r.hash.Write(p[:n]) // it never fails
		}
		r.n += int64(n)
		if r.progress != nil {
			r.progress(n)
		}
	}
	if err != nil {
		r.err = err
	}
	return n, err
}

// cutter makes the chunks of one stream.
type cutter struct {
	in    *Input
	src   io.Reader
	split Splitter
	emit  func(*Chunk) error

	buf    *buffer // holds prev bytes of look-back, then data not yet cut
	prev   int
	offset int64 // of the data in buf
	next   uint64
	seq    int
	eof    bool
	text   bool
}

func (c *cutter) run() error {
	c.text = !c.in.Format.Packets
	c.buf = buffers.Get().(*buffer)
	c.buf.b = c.buf.b[:0]
	want := 0
	for {
		if err := c.fill(want); err != nil {
			c.in.damaged(c.damage(err))
		}
		want = 0
		data := c.buf.b[c.prev:]
		if len(data) == 0 && c.eof {
			return nil
		}
		cut, err := c.split.Split(data, c.eof)
		if e := c.take(cut); e != nil {
			return e
		}
		if err != nil {
			c.in.damaged(err.Error())
			return nil
		}
		if cut.Skip+cut.N > 0 {
			continue
		}
		if c.eof {
			c.in.damaged(fmt.Sprintf("%d bytes at its end are no whole record", len(data)))
			return nil
		}
		if want = max(cut.Want, len(data)+1); want > maxBuffer {
			c.in.damaged(fmt.Sprintf("a record at byte %d claims to be %d bytes long: reading stopped there", c.offset, want))
			return nil
		}
	}
}

// damage words an error of the stream; that of Format.Open knows best itself.
func (c *cutter) damage(err error) string {
	if c.in.Format.Open != nil {
		return err.Error()
	}
	return c.in.damage(err, c.offset+int64(len(c.buf.b)-c.prev))
}

// fill reads until the buffer holds a chunk's worth of data or want bytes, the
// end or an error. After an error there is no more data.
func (c *cutter) fill(want int) error {
	target := c.prev + chunkSize
	if want > 0 { // a whole step more, or a long record would be looked at for each byte
		target = max(c.prev+want, len(c.buf.b)+chunkSize)
	}
	c.grow(target)
	for !c.eof && len(c.buf.b) < target {
		n, err := c.src.Read(c.buf.b[len(c.buf.b):target])
		c.buf.b = c.buf.b[:len(c.buf.b)+n]
		if err == io.EOF {
			c.eof = true
		} else if err != nil {
			c.eof = true
			return err
		}
	}
	return nil
}

func (c *cutter) grow(size int) {
	if cap(c.buf.b) >= size {
		return
	}
	b := make([]byte, len(c.buf.b), max(size, 2*cap(c.buf.b)))
	copy(b, c.buf.b)
	c.buf.b = b
}

// take emits what was cut and keeps the rest.
func (c *cutter) take(cut Cut) error {
	if cut.N == 0 {
		if cut.Skip > 0 {
			c.buf.b = append(c.buf.b[:0], c.buf.b[c.prev+cut.Skip:]...)
			c.prev, c.offset = 0, c.offset+int64(cut.Skip)
		}
		return nil
	}
	full, start := c.buf, c.prev+cut.Skip
	end := start + cut.N
	ch := &Chunk{
		Input: c.in, Seq: c.seq, Data: full.b[start:end:end], Offset: c.offset + int64(cut.Skip),
		First: c.next, Records: cut.Records, Meta: cut.Meta, Oversize: cut.Oversize, buf: full,
	}
	if cut.Skip == 0 {
		ch.Prev = full.b[:c.prev:c.prev]
	}
	c.renew(full.b[:end], full.b[end:], cut.Oversize)
	c.offset = ch.Offset + int64(cut.N)
	c.next += cut.Records
	c.seq++
	return c.emit(ch)
}

// renew starts the next buffer: look-back into what was cut, and what is left.
func (c *cutter) renew(done, left []byte, oversize bool) {
	var back []byte
	if c.text && !oversize {
		back = lookBack(done)
	}
	c.buf = buffers.Get().(*buffer)
	c.buf.b = c.buf.b[:0]
	c.grow(len(back) + max(len(left), chunkSize))
	c.buf.b = append(append(c.buf.b, back...), left...)
	c.prev = len(back)
}

// lookBack is the end of done, LookBack bytes at most, from a line's start on.
func lookBack(done []byte) []byte {
	if len(done) <= LookBack {
		return done
	}
	// The byte before the window tells whether the window begins with a line.
	tail := done[len(done)-LookBack-1:]
	for i, b := range tail {
		if b == '\n' {
			return tail[i+1:]
		}
	}
	return nil
}
