package main

import (
	"bufio"
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"hash"
	"io"
	"io/fs"
	"os"
	"path/filepath"
)

// stage is the files of one report in the making. Each stands under a temporary
// name beside its place until all are complete; then they are renamed. So
// nobody ever sees half a file, and a run that fails or is interrupted leaves
// what was there before, and no new folders.
type stage struct {
	ctx     context.Context
	sums    bool // the files are hashed as they are written
	files   []*pending
	folders []string // made for the files, deepest last
}

// pending is one file. It is written to until Close.
type pending struct {
	*bufio.Writer
	file  *os.File
	path  string // as the user knows it
	place string // path with symbolic links resolved
	hash  hash.Hash
}

// create makes a file of the stage. Devices and pipes are written to directly:
// they cannot be replaced by a rename, and /dev/null must not be.
func (s *stage) create(path string) (*pending, error) {
	if err := s.makeFolder(filepath.Dir(path)); err != nil {
		return nil, err
	}
	p := &pending{path: path, place: path}
	if real, err := filepath.EvalSymlinks(path); err == nil {
		p.place = real
	}
	var err error
	if info, statErr := os.Stat(p.place); statErr == nil && !info.Mode().IsRegular() && !info.IsDir() {
		p.file, err = os.OpenFile(p.place, os.O_WRONLY, 0)
	} else {
		p.file, err = createBeside(p.place)
	}
	if err != nil {
		return nil, cannotWrite(path, err)
	}
	to := io.Writer(p.file)
	if s.sums {
		p.hash = sha256.New()
		to = io.MultiWriter(p.file, p.hash)
	}
	p.Writer = bufio.NewWriterSize(cancellable(s.ctx, to), 1<<16)
	s.files = append(s.files, p)
	return p, nil
}

// makeFolder makes a folder and remembers what was made.
func (s *stage) makeFolder(dir string) error {
	var made []string
	for d := dir; ; d = filepath.Dir(d) {
		if _, err := os.Stat(d); err == nil || d == filepath.Dir(d) {
			break
		}
		made = append([]string{d}, made...)
	}
	s.folders = append(s.folders, made...)
	if err := os.MkdirAll(dir, 0o777); err != nil {
		return cannotWrite(dir, err)
	}
	return nil
}

// createBeside creates a hidden file in path's folder. Unlike os.CreateTemp it
// leaves the mode to the umask, as the file will have it in its place.
func createBeside(path string) (*os.File, error) {
	dir, base := filepath.Split(path)
	for i := 0; ; i++ {
		name := fmt.Sprintf("%s.%.100s.%d-%d.tmp", dir, base, os.Getpid(), i)
		f, err := os.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o666)
		if !errors.Is(err, fs.ErrExist) || i == 100 {
			return f, err
		}
	}
}

// direct reports whether the file is written to in its place.
func (p *pending) direct() bool { return p.file.Name() == p.place }

// Close completes the file under its temporary name.
func (p *pending) Close() error {
	err := p.Flush()
	if closeErr := p.file.Close(); err == nil {
		err = closeErr
	}
	if err != nil {
		return cannotWrite(p.path, err)
	}
	return nil
}

// commit puts all files in their places and calls done for each.
func (s *stage) commit(done func(path string)) error {
	for len(s.files) > 0 {
		p := s.files[0]
		if !p.direct() {
			if err := os.Rename(p.file.Name(), p.place); err != nil {
				return cannotWrite(p.path, err)
			}
		}
		done(p.path)
		s.files = s.files[1:]
	}
	s.folders = nil
	return nil
}

// discard removes what is not committed.
func (s *stage) discard() {
	for _, p := range s.files {
		_ = p.file.Close() // it may be closed already
		if !p.direct() {
			_ = os.Remove(p.file.Name())
		}
	}
	for i := len(s.folders) - 1; i >= 0; i-- {
		_ = os.Remove(s.folders[i]) // one that is not empty stays
	}
}

// writable tries whether files can be made where path is to be, as far as that
// exists: a run of an hour must not end with "permission denied".
func writable(path string) error {
	dir := path
	for {
		info, err := os.Stat(dir)
		if err == nil && info.IsDir() {
			break
		}
		if err == nil && dir != path {
			return cannotWrite(path, fmt.Errorf("%s is not a folder", dir))
		}
		if err == nil && !info.Mode().IsRegular() {
			return nil // a device or a pipe
		}
		dir = filepath.Dir(dir)
	}
	f, err := createBeside(filepath.Join(dir, "fwreport"))
	if err != nil {
		return cannotWrite(path, err)
	}
	_ = f.Close()
	return os.Remove(f.Name())
}

// cannotWrite words an error without the operation and the temporary name.
func cannotWrite(path string, err error) error {
	return fmt.Errorf("cannot write %s: %w", path, plainReason(err))
}

// plainReason is the reason of a file system error without operation and path.
func plainReason(err error) error {
	var pe *fs.PathError
	var le *os.LinkError
	switch {
	case errors.As(err, &pe):
		return pe.Err
	case errors.As(err, &le):
		return le.Err
	}
	return err
}

// cancellable is w until ctx is done.
func cancellable(ctx context.Context, w io.Writer) io.Writer {
	return writerFunc(func(b []byte) (int, error) {
		if ctx.Err() != nil {
			return 0, errInterrupted
		}
		return w.Write(b)
	})
}

type writerFunc func([]byte) (int, error)

func (f writerFunc) Write(b []byte) (int, error) { return f(b) }
