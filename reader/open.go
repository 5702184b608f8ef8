package reader

import (
	"bufio"
	"bytes"
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"time"

	"fwreport/reader/event"
)

// OpenOptions say how to find and judge inputs.
type OpenOptions struct {
	Formats []*Format
	Stdin   io.Reader      // what "-" means
	Now     time.Time      // last resort for the year rule
	Year    int            // year of the last record of year-less stamps; 0: the year rule decides
	Zone    *time.Location // of stamps that carry none, if the evidence does not tell; nil is UTC
	Rules   []PathRule     // what is known of some inputs; the first that matches counts

	ZoneFrom  string // who says Zone, for the manifest: "--tz"; "" leaves Input.ZoneFrom to who knows
	ZoneGiven bool   // Zone was asked for: inputs whose own zone is another get a note

	// Around judges zones and years of a file as if its folder had been named.
	Around bool

	limits *limits // for tests; nil are the usual ones
}

// PathRule says what is known of the inputs whose path matches.
type PathRule struct {
	Pattern string         // of the whole path as shown; * stands for any text
	Zone    *time.Location // of stamps that carry none; nil: not said
	Year    int            // of the last record of year-less stamps; 0: not said
	From    string         // who says so, for the manifest: "config"
}

func (o *OpenOptions) zone() *time.Location {
	if o.Zone == nil {
		return time.UTC
	}
	return o.Zone
}

// Open finds the inputs behind paths: files, folders (walked, symbolic links and
// special files inside them are passed over and noted), the members of archives
// (tar, also compressed, and zip), and "-". It reads the head of each to tell
// compression and format. The inputs come back ordered by folder, family and
// age, oldest first, and numbered in that order.
//
// A path that does not exist is an error. A file that exists but cannot be read
// is an input with Facts.Incomplete: the rest goes on.
func Open(ctx context.Context, paths []string, opt OpenOptions) ([]*Input, error) {
	f := newFinder(ctx, &opt)
	for _, p := range paths {
		if err := f.add(p); err != nil {
			return nil, err
		}
	}
	if err := f.examine(); err != nil {
		return nil, err
	}
	inputs := f.inputs
	slices.SortStableFunc(inputs, byAge)
	if len(inputs) > event.MaxInputs {
		return nil, fmt.Errorf("%d inputs are more than one run can number (%d): split the folder", len(inputs), event.MaxInputs)
	}
	if err := skipEqual(ctx, inputs); err != nil {
		return nil, err
	}
	for i, in := range inputs {
		in.Index = uint32(i)
	}
	f.judgeTimes(inputs)
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	return inputs, nil
}

// judgeTimes finds out the zones and years of inputs.
func (f *finder) judgeTimes(inputs []*Input) {
	if f.opt.Around && len(inputs) == 1 {
		inputs = append(f.around(inputs[0]), inputs[0])
		slices.SortStableFunc(inputs, byAge)
	}
	f.findZones(inputs)
	f.findYears(inputs)
}

func byAge(a, b *Input) int {
	if c := cmp.Compare(a.rotation.family, b.rotation.family); c != 0 {
		return c
	}
	switch {
	case a.rotation.older(b.rotation):
		return -1
	case b.rotation.older(a.rotation):
		return 1
	}
	return cmp.Compare(a.Path, b.Path)
}

// finder collects inputs.
type finder struct {
	ctx     context.Context
	opt     *OpenOptions
	limits  *limits
	inputs  []*Input
	rules   []rule
	zones   zones
	labels  map[string]int // how many members have a path
	spooled int64          // bytes held in memory
	flat    bool           // archives are not looked into
}

func newFinder(ctx context.Context, opt *OpenOptions) *finder {
	f := &finder{ctx: ctx, opt: opt, limits: opt.limits, labels: map[string]int{}, rules: rulesOf(opt.Rules)}
	f.zones.etc = map[string]*etcZone{}
	if f.limits == nil {
		usual := usualLimits()
		f.limits = &usual
	}
	return f
}

// examine looks at all inputs, named twice or not, once. Members of archives are
// examined, and added, as they are found.
func (f *finder) examine() error {
	found := slices.Clone(f.inputs)
	slices.SortStableFunc(found, byAge)
	found = slices.CompactFunc(found, func(a, b *Input) bool { return a.Path == b.Path })
	f.inputs = slices.Clone(found)
	for _, in := range found {
		in.limits = f.limits
		in.examine(f)
		if err := f.ctx.Err(); err != nil {
			return err
		}
	}
	return nil
}

func (f *finder) add(path string) error {
	if path == "-" {
		f.inputs = append(f.inputs, stdinInput(f.opt.Stdin))
		return nil
	}
	info, err := os.Stat(path)
	if err != nil {
		return fmt.Errorf("cannot read %s: %w", path, reason(err))
	}
	if info.IsDir() {
		return f.walk(path)
	}
	if !info.Mode().IsRegular() {
		return fmt.Errorf("%s is a %s: only files, folders and - are read", path, kindOf(info.Mode()))
	}
	in := fileInput(filepath.Clean(path), info)
	in.named = true
	f.inputs = append(f.inputs, in)
	return nil
}

// walk adds the files below a folder. What cannot be read is an input too, so
// that it is named in the report.
func (f *finder) walk(folder string) error {
	root, err := os.OpenRoot(folder)
	if err != nil {
		f.inputs = append(f.inputs, unreadable(folder, err))
		return nil
	}
	defer root.Close()
	return f.walkIn(root, folder, ".")
}

// walkIn adds the files below the folder called name of root. (fs.WalkDir takes
// no names that are not UTF-8, and evidence has them.)
func (f *finder) walkIn(root *os.Root, folder, name string) error {
	if err := f.ctx.Err(); err != nil {
		return err
	}
	entries, err := listFolder(root, name)
	if err != nil {
		f.inputs = append(f.inputs, unreadable(filepath.Join(folder, name), err))
	}
	for _, e := range entries { // those met before an error as well
		below := filepath.Join(name, e.Name())
		if e.IsDir() {
			if err := f.walkIn(root, folder, below); err != nil {
				return err
			}
			continue
		}
		info, err := root.Lstat(below)
		if err != nil {
			continue // gone between listing and looking
		}
		in := fileInput(filepath.Join(folder, below), info)
		in.source = file{folder, below}
		if !info.Mode().IsRegular() {
			in.skip("it is a "+kindOf(info.Mode())+", which is not followed", false)
		}
		f.inputs = append(f.inputs, in)
	}
	return nil
}

func listFolder(root *os.Root, name string) ([]fs.DirEntry, error) {
	// Between listing and opening a pipe can take the folder's place.
	d, err := root.OpenFile(name, os.O_RDONLY|nonblock, 0)
	if err != nil {
		return nil, err
	}
	defer d.Close()
	return d.ReadDir(-1)
}

// unreadable is the input for what the walk could not look into.
func unreadable(path string, err error) *Input {
	in := &Input{Path: path}
	in.Facts.Path = path
	in.Facts.Size, in.Facts.MTime = -1, event.NoTime
	in.Facts.First, in.Facts.Last = event.NoTime, event.NoTime
	in.skip(fmt.Sprintf("cannot be read: %v", reason(err)), true)
	return in
}

func kindOf(m fs.FileMode) string {
	switch {
	case m&fs.ModeSymlink != 0:
		return "symbolic link"
	case m&fs.ModeNamedPipe != 0:
		return "named pipe"
	case m&fs.ModeSocket != 0:
		return "socket"
	case m&fs.ModeDevice != 0:
		return "device"
	}
	return "special file"
}

// reason is the plain reason of a file system error, without operation and path.
func reason(err error) error {
	var pe *fs.PathError
	if errors.As(err, &pe) {
		return pe.Err
	}
	return err
}

func fileInput(path string, info fs.FileInfo) *Input {
	in := &Input{Path: path, source: file{name: path}, rotation: rotationOf(path)}
	in.Facts.Path, in.Facts.Family = path, in.rotation.family
	in.Facts.Size, in.Facts.MTime = info.Size(), info.ModTime().UnixNano()
	in.Facts.First, in.Facts.Last = event.NoTime, event.NoTime
	return in
}

func stdinInput(r io.Reader) *Input {
	in := &Input{Path: "-", source: &stream{r: r}, rotation: rotation{family: "-"}, named: true}
	in.Facts.Path, in.Facts.Family, in.Facts.Size, in.Facts.MTime = "-", "-", -1, event.NoTime
	in.Facts.First, in.Facts.Last = event.NoTime, event.NoTime
	return in
}

// skip decides that in is not read.
func (in *Input) skip(why string, loss bool) {
	in.Facts.Skipped = why
	in.Facts.Incomplete = in.Facts.Incomplete || loss
}

// examine looks at the head of in: compression, format, reference of the year.
func (in *Input) examine(f *finder) {
	opt := f.opt
	if in.Facts.Skipped != "" {
		return
	}
	raw, err := in.peek()
	if err != nil {
		in.skip(fmt.Sprintf("cannot be read: %v", reason(err)), true)
		return
	}
	in.compression = compressionOf(raw)
	head, complete := raw, len(raw) < headSize
	var damage error
	if in.compression != nil {
		in.Facts.Compression = in.compression.name
		head, complete, damage = in.decompressHead(raw)
	}
	in.setReference(in.findReference(raw, opt.Now))
	if in.parent != nil && len(head) < headSize {
		f.etcMember(in, head, 0)
	}
	if len(head) == 0 {
		in.examineEmpty(damage)
		return
	}
	if form := archiveForm(head); form != "" {
		if f.flat {
			in.skip("it is an archive", false)
			return
		}
		f.expand(in, form)
		return
	}
	var loss bool
	var why string
	if in.Format, why, loss = sniff(opt.Formats, head, complete); in.Format == nil {
		in.skip(why, loss || in.named)
		return
	}
	in.Facts.Format = in.Format.Name
	in.rule = f.ruleFor(in.Path)
	if in.Format.YearLess != nil {
		in.first = firstYearless(in.Format, head)
	}
	if in.Format.ZoneHint != nil {
		if offset, at, ok := in.Format.ZoneHint(head); ok {
			in.hint = &zoneHint{offset, at}
		}
	}
}

func (in *Input) examineEmpty(damage error) {
	if damage != nil {
		in.skip(fmt.Sprintf("its %s data cannot be decompressed: %v", in.Facts.Compression, damage), true)
		return
	}
	in.skip("it is empty", false)
}

// peek returns the first bytes of in as they stand on disk.
func (in *Input) peek() ([]byte, error) {
	rc, err := in.source.open()
	if err != nil {
		return nil, err
	}
	defer rc.Close()
	if s, ok := in.source.(*stream); ok {
		ahead, err := s.ahead(headSize)
		if err != nil {
			return nil, err
		}
		return io.ReadAll(ahead)
	}
	head := make([]byte, headSize)
	n, err := io.ReadFull(rc, head)
	if n > 0 {
		err = nil // it is met again by who reads on
	}
	return head[:n], ignoreEOF(err)
}

func ignoreEOF(err error) error {
	if err == io.EOF || err == io.ErrUnexpectedEOF {
		return nil
	}
	return err
}

// decompressHead decompresses what the raw head holds. The error is that of
// the decompressor, met before anything came out.
func (in *Input) decompressHead(raw []byte) (head []byte, complete bool, err error) {
	r, err := in.compression.open(bufio.NewReader(bytes.NewReader(raw)))
	if err != nil {
		return nil, false, err
	}
	head = make([]byte, headSize)
	n, err := io.ReadFull(r, head)
	if n > 0 || err == io.EOF {
		complete = len(raw) < headSize && (err == io.EOF || err == io.ErrUnexpectedEOF)
		return head[:n], complete, nil
	}
	if len(raw) == headSize && ignoreEOF(err) == nil {
		return in.decompressMore()
	}
	return nil, false, err
}

// decompressMore is for forms whose first block is larger than the head (bzip2
// blocks are up to 900 kB).
func (in *Input) decompressMore() (head []byte, complete bool, err error) {
	if s, ok := in.source.(*stream); ok {
		return in.headOf(s.ahead(streamBuffer))
	}
	rc, err := in.source.open()
	if err != nil {
		return nil, false, err
	}
	defer rc.Close()
	return in.headOf(rc, nil)
}

// headOf decompresses the beginning of raw.
func (in *Input) headOf(raw io.Reader, err error) (head []byte, complete bool, _ error) {
	if err != nil {
		return nil, false, err
	}
	r, err := in.compression.open(bufio.NewReaderSize(raw, 1<<18))
	if err != nil {
		return nil, false, err
	}
	head = make([]byte, headSize)
	n, err := io.ReadFull(r, head)
	return head[:n], false, ignoreEOF(err)
}

// findReference takes the first that is known of: the compressed header's time,
// the file's modification time (a member's is in its archive), the date in a
// rotated name, the reference of the archive, the clock.
func (in *Input) findReference(raw []byte, now time.Time) reference {
	if in.compression != nil && in.compression.written != nil {
		if t := in.compression.written(raw); plausible(t, now) {
			in.packed = t
			return reference{t, in.compression.name + " header", true}
		}
	}
	if in.Facts.MTime != event.NoTime {
		if t := time.Unix(0, in.Facts.MTime); plausible(t, now) {
			if in.parent != nil {
				return reference{t, "archive member", true}
			}
			return reference{t, "mtime", true}
		}
	}
	if !in.rotation.date.IsZero() {
		// A rotated file is dated by the day of the rotation, zone unknown.
		return reference{in.rotation.date.Add(24 * time.Hour), "file name", true}
	}
	if in.parent != nil {
		return in.parent.ref // packed after it was written
	}
	return reference{now, fromClock, false}
}

// fromClock is the source of a year that nothing in the evidence tells.
const fromClock = "clock"

// plausible tells a real time from the ones that mean "not set": some writers
// leave the field at its type's zero, or at what that becomes in 32 bits.
func plausible(t, now time.Time) bool {
	return t.Year() >= 1990 && (now.IsZero() || t.Before(now.Add(grace)))
}
