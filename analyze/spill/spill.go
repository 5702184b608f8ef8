// Package spill keeps on disk what does not fit into memory while a run lasts:
// parts of States, and rows of tables that are done.
//
// A [Space] is a number of temporary files that have no name, as far as the
// system has such files: nothing is left behind, however the run ends. It knows
// how much it may take and says clearly when that is not enough.
package spill

import (
	"errors"
	"fmt"
	"io"
	"os"
	"sync"
	"sync/atomic"
)

// Space is temporary space in one folder. It is safe for concurrent use.
type Space struct {
	dir   string
	limit int64 // bytes; 0: as much as the disk has
	used  atomic.Int64

	mu    sync.Mutex
	files []*os.File
	names []string // of files that could not be made without a name
}

// NewSpace makes room in a folder, for at most so many bytes; 0 is what the disk
// has, less a reserve of a sixteenth, so that a run does not fill up a disk that
// others need.
func NewSpace(dir string, limit int64) (*Space, error) {
	free, err := freeSpace(dir)
	if err != nil && !errors.Is(err, errors.ErrUnsupported) {
		return nil, fmt.Errorf("temporary space in %s: %w", dir, err)
	}
	if err == nil {
		free -= free / 16
		if limit == 0 || limit > free {
			limit = free
		}
	}
	return &Space{dir: dir, limit: limit}, nil
}

// Used is how many bytes were written.
func (s *Space) Used() int64 { return s.used.Load() }

// File is a temporary file that is written from start to end and then read in
// any place.
type File struct {
	space *Space
	file  *os.File
	size  int64
}

// Create makes a file.
func (s *Space) Create() (*File, error) {
	f, name, err := create(s.dir)
	if err != nil {
		return nil, fmt.Errorf("temporary space in %s: %w", s.dir, err)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.files = append(s.files, f)
	if name != "" {
		s.names = append(s.names, name)
	}
	return &File{space: s, file: f}, nil
}

// create makes a file without a name where the system has that; elsewhere its name
// is taken away at once, or, where an open file must have one, returned.
func create(dir string) (f *os.File, name string, err error) {
	if f, err = createNameless(dir); err == nil {
		return f, "", nil
	}
	f, err = os.CreateTemp(dir, "fwreport-*.tmp")
	if err != nil {
		return nil, "", err
	}
	if os.Remove(f.Name()) != nil {
		name = f.Name()
	}
	return f, name, nil
}

// Write appends to the file.
func (f *File) Write(p []byte) (int, error) {
	if used := f.space.used.Add(int64(len(p))); f.space.limit > 0 && used > f.space.limit {
		return 0, fmt.Errorf("the %d MB of temporary space in %s are used up: give more memory (--memory), or a folder on a larger disk (TMPDIR)",
			f.space.limit>>20, f.space.dir)
	}
	n, err := f.file.Write(p)
	f.size += int64(n)
	if err != nil {
		err = fmt.Errorf("temporary space in %s: %w", f.space.dir, reason(err))
	}
	return n, err
}

// reason is the plain reason of a file system error: the name of the file says
// nothing to anybody.
func reason(err error) error {
	var pe *os.PathError
	if errors.As(err, &pe) {
		return pe.Err
	}
	return err
}

// Size is how many bytes were written.
func (f *File) Size() int64 { return f.size }

// Section reads size bytes from off on.
func (f *File) Section(off, size int64) io.Reader { return io.NewSectionReader(f.file, off, size) }

// Close gives all files back. The Space can be used again.
func (s *Space) Close() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	var errs []error
	for _, f := range s.files {
		errs = append(errs, f.Close())
	}
	for _, name := range s.names {
		errs = append(errs, os.Remove(name))
	}
	s.files, s.names = nil, nil
	return errors.Join(errs...)
}
