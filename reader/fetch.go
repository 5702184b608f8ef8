package reader

import (
	"errors"
	"fmt"
	"io"
)

// fetch is what is cut into chunks: data or, for a format with Open, the stream
// that it makes of data's bytes. nil says that there is none and that in.Facts
// tells why. done is to be called when all is cut.
//
// A file that lies open is read twice: once from end to end for its hash, then
// by the format. What is compressed or passes by is held in memory, one input at
// a time, so that the bound is one for all.
func (in *Input) fetch(rc io.Reader, raw *rawReader, data io.Reader) (src io.Reader, done func()) {
	if in.Format.Open == nil {
		return data, func() {}
	}
	if at, ok := rc.(io.ReaderAt); ok && in.compression == nil {
		raw.drain()
		return in.openRecords(at, raw.n, func() {})
	}
	in.limits.holding.Lock()
	b, err := io.ReadAll(io.LimitReader(data, in.limits.spool+1))
	if err != nil {
		in.damaged(in.damage(err, int64(len(b))))
	}
	if int64(len(b)) > in.limits.spool {
		in.damaged(fmt.Sprintf("it would have to be held in memory, where %d bytes are the limit: decompress or extract it", in.limits.spool))
		return nil, in.limits.holding.Unlock
	}
	held, err := memory(b).open()
	if err != nil {
		in.damaged(fmt.Sprintf("cannot be read: %v", reason(err)))
		return nil, in.limits.holding.Unlock
	}
	return in.openRecords(held.(io.ReaderAt), int64(len(b)), in.limits.holding.Unlock)
}

// openRecords lets the format make its stream; done is called after it is closed.
func (in *Input) openRecords(at io.ReaderAt, size int64, done func()) (io.Reader, func()) {
	s, err := in.Format.Open(at, size)
	if err != nil {
		in.damaged(err.Error())
		return nil, done
	}
	return s, func() {
		_ = s.Close() // it was only read
		done()
	}
}

// damage words an error of the stream for the report; at bytes of it were read.
func (in *Input) damage(err error, at int64) string {
	name := in.Facts.Compression
	switch {
	case errors.Is(err, errTrailing):
		return fmt.Sprintf("%v: they were not read", err)
	case errors.Is(err, errBomb):
		return fmt.Sprintf("it %v: what came before was read", err)
	case in.parent != nil && name == "" && errors.Is(err, io.ErrUnexpectedEOF):
		return fmt.Sprintf("it is cut short: %d of its %d bytes are in the archive and were read", at, in.Facts.Size)
	case name != "" && errors.Is(err, io.ErrUnexpectedEOF):
		return fmt.Sprintf("its %s data is cut short: %d bytes could be decompressed and were read", name, at)
	case name != "":
		return fmt.Sprintf("its %s data is damaged (%v): %d bytes could be decompressed and were read, the last of them may be wrong", name, err, at)
	}
	return fmt.Sprintf("reading stopped at byte %d: %v", at, reason(err))
}
