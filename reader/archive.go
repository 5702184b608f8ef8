package reader

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"path"
	"strconv"
	"strings"
	"time"

	"fwreport/reader/event"
)

// An archive (tar, also compressed, or zip) is an input without records; its
// members are inputs of their own, shown as ARCHIVE!MEMBER. The name of a member
// is a label and never a path on disk.
//
// Members that can be read from their place in the archive (a plain tar, a zip)
// are read like files, several at once. Those of a compressed tar pass by in
// their order: Chunks of the archive reads them all in one go, and theirs do
// nothing. To know the members beforehand, Open decompresses such an archive
// once as well. Rejected: unpacking to a temporary folder, because evidence may
// be larger than the disk and names in it are hostile; and a pass for each
// member, which is quadratic.
type archive struct {
	slots  []*Input // tar only: the members in the order of headers, nil for folders
	stream bool     // some of slots can only be read by going through the archive
	hashed bool     // the archive's hash is known from holding it in memory
}

// archiveForm tells an archive by its head: tar, zip, or "" for anything else.
func archiveForm(h []byte) string {
	switch {
	case bytes.HasPrefix(h, []byte("PK\x03\x04")) || bytes.HasPrefix(h, []byte("PK\x05\x06")):
		return "zip"
	case isTar(h):
		return "tar"
	}
	return ""
}

// isTar knows POSIX and GNU headers by their magic, older ones by the checksum.
func isTar(h []byte) bool {
	if len(h) > 262 && string(h[257:262]) == "ustar" {
		return true
	}
	if len(h) < 512 || h[0] == 0 {
		return false
	}
	want, err := strconv.ParseUint(strings.Trim(string(h[148:156]), " \x00"), 8, 32)
	sum := uint64(8 * ' ')
	for i, b := range h[:512] {
		if i < 148 || i >= 156 {
			sum += uint64(b)
		}
	}
	return err == nil && sum == want
}

// expand finds the members of an archive.
func (f *finder) expand(in *Input, form string) {
	if in.depth >= f.limits.depth {
		in.skip(fmt.Sprintf("it is a %s archive inside of %d others, deeper than is looked into: extract it", form, in.depth), true)
		return
	}
	if in.parent == nil && in.source.once() {
		if err := f.spoolInput(in); err != nil {
			in.skip(fmt.Sprintf("it is a %s archive on standard input and %v", form, err), true)
			return
		}
	}
	in.Facts.Format, in.archive = form, &archive{}
	if form == "zip" {
		f.expandZip(in)
	} else {
		f.expandTar(in)
	}
}

// spoolInput takes the bytes of in as they stand into memory.
func (f *finder) spoolInput(in *Input) error {
	rc, err := in.source.open()
	if err != nil {
		return err
	}
	b, err := f.spool(rc)
	if err == nil {
		in.source = memory(b)
	}
	return err
}

// spool reads r into memory, within what is left of the limit.
func (f *finder) spool(r io.Reader) ([]byte, error) {
	left := f.limits.spool - f.spooled
	b, err := io.ReadAll(io.LimitReader(cancelable{f.ctx, r}, left+1))
	if int64(len(b)) > left {
		return nil, fmt.Errorf("would have to be held in memory, where %d bytes are left of the %d for that: extract it", left, f.limits.spool)
	}
	f.spooled += int64(len(b))
	return b, err
}

// spoolContent takes the decompressed bytes of in into memory. Its raw bytes are
// hashed on the way, because a stream does not pass by again.
func (f *finder) spoolContent(in *Input) (memory, error) {
	rc, err := in.source.open()
	if err != nil {
		return nil, err
	}
	defer rc.Close()
	raw := in.raw(rc, nil)
	defer raw.close()
	data, err := in.decompress(raw)
	if err != nil {
		return nil, err
	}
	b, err := f.spool(data)
	if b == nil {
		return nil, err
	}
	if err != nil {
		in.damaged(in.archiveDamage(err, 0))
	}
	in.finishRaw(raw)
	in.archive.hashed, in.source = true, memory(b)
	return b, nil
}

// maxName is how much of a member's name is kept: no file system has longer ones.
const maxName = 4096

// member makes the input of one member.
func (f *finder) member(in *Input, name string, size int64, written time.Time, mode fs.FileMode) *Input {
	m := &Input{parent: in, depth: in.depth + 1, limits: in.limits}
	label := strings.TrimPrefix(name, "./")
	if len(label) > maxName {
		label = label[:maxName]
		m.note(fmt.Sprintf("its name in the archive is %d bytes long and shown cut", len(name)))
	}
	m.Path = in.Path + "!" + label
	if n := f.labels[m.Path]; n > 0 {
		m.note("the archive holds several members of its name")
		f.labels[m.Path]++
		m.Path += fmt.Sprintf(" (%d)", n+1)
	}
	f.labels[m.Path]++
	m.rotation = rotationOfLabel(label)
	m.rotation.family = in.Path + "!" + m.rotation.family
	if path.IsAbs(label) || climbs(label) {
		m.note("its name in the archive is absolute or leads upwards: it is a label here and nothing is written there")
	}
	m.Facts.Path, m.Facts.Family, m.Facts.Size = m.Path, m.rotation.family, size
	m.Facts.MTime, m.Facts.First, m.Facts.Last = event.NoTime, event.NoTime, event.NoTime
	if written.Year() > 1 && written.Year() < 2262 {
		m.Facts.MTime = written.UnixNano()
	}
	if !mode.IsRegular() {
		m.skip("it is a "+kindOf(mode)+" in the archive, which is not followed", false)
	}
	f.inputs = append(f.inputs, m)
	return m
}

func climbs(name string) bool {
	for part := range strings.FieldsFuncSeq(name, func(r rune) bool { return r == '/' || r == '\\' }) {
		if part == ".." {
			return true
		}
	}
	return false
}

// readArchive hashes the archive and hands over the records of the members that
// can only be read by going through it.
func (in *Input) readArchive(read func(int), emit func(*Chunk) error) error {
	if in.archive.hashed {
		return nil
	}
	rc, err := in.source.open()
	if err != nil {
		in.damaged(fmt.Sprintf("cannot be read: %v", reason(err)))
		return nil
	}
	defer rc.Close()
	raw := in.raw(rc, nil)
	defer raw.close()
	if in.archive.stream {
		if data, err := in.decompress(raw); err == nil { // if not, Open has said so
			if err := in.readSlots(data, read, emit); err != nil {
				return err
			}
		}
	}
	in.finishRaw(raw)
	return nil
}

// archiveDamage words an error met in an archive after n members.
func (in *Input) archiveDamage(err error, n int) string {
	switch {
	case errors.Is(err, errBomb):
		return fmt.Sprintf("it %v; its first %d members are read", err, n)
	case errors.Is(err, io.ErrUnexpectedEOF):
		return fmt.Sprintf("the %s archive is cut short: its first %d members are read, as far as they go", in.Facts.Format, n)
	}
	return fmt.Sprintf("the %s archive is damaged (%v): its first %d members are read, as far as they go", in.Facts.Format, reason(err), n)
}

// look is a buffer that is moved from member to member of a stream.
func look(buf *bufio.Reader, r io.Reader) *stream {
	buf.Reset(r)
	return &stream{r: r, buf: buf}
}
