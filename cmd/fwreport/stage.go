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
	"syscall"
)

// stage is the files of one report in the making. Each is written without a name
// where the system has that (Linux: a run that is killed leaves nothing behind),
// else under a hidden one, in its folder or the nearest above that exists. When
// all are complete they are put into their places. So nobody ever sees half a
// file, and a run that fails or is interrupted leaves what was there before, and
// no new folders.
type stage struct {
	ctx     context.Context
	sums    bool // the files are hashed as they are written
	files   []*pending
	folders []string // made for the files, deepest last
}

// pending is one file. It is written to until Close.
type pending struct {
	*bufio.Writer
	file   *os.File
	hidden string // its temporary name, "" if it has none
	path   string // as the user knows it
	place  string // path with symbolic links resolved
	direct bool   // it is written to in its place
	hash   hash.Hash
}

// create makes a file of the stage. Devices and pipes are written to directly:
// they cannot be replaced by a rename, and /dev/null must not be.
func (s *stage) create(path string) (*pending, error) {
	p := &pending{path: path, place: path}
	if real, err := filepath.EvalSymlinks(path); err == nil {
		p.place = real
	}
	var err error
	if info, statErr := os.Stat(p.place); statErr == nil && !info.Mode().IsRegular() && !info.IsDir() {
		p.direct = true
		p.file, err = os.OpenFile(p.place, os.O_WRONLY, 0)
	} else {
		err = p.open()
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

// writeWhole writes one file whole or not at all; say is told of it when it is there.
func writeWhole(ctx context.Context, path string, write func(io.Writer) error, say func(path string)) error {
	s := &stage{ctx: ctx}
	f, err := s.create(path)
	if err == nil {
		err = write(f)
	}
	if err == nil {
		err = f.Close()
	}
	if err == nil {
		err = s.commit(say)
	}
	if err != nil {
		s.discard()
		return cannotWrite(path, err)
	}
	return nil
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

// open makes the file.
func (p *pending) open() error {
	dir, err := existing(filepath.Dir(p.place))
	if err != nil {
		return err
	}
	if p.file, err = createNameless(dir); err == nil {
		return nil
	}
	p.file, err = createHidden(filepath.Join(dir, filepath.Base(p.place)), func(name string) (*os.File, error) {
		return os.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o666)
	})
	if err == nil {
		p.hidden = p.file.Name()
	}
	return err
}

// existing is the folder, or the nearest above it that exists.
func existing(dir string) (string, error) {
	for {
		info, err := os.Stat(dir)
		switch up := filepath.Dir(dir); {
		case err == nil && info.IsDir():
			return dir, nil
		case err == nil:
			return "", fmt.Errorf("%s is not a folder", dir)
		case up == dir || !errors.Is(err, fs.ErrNotExist) && !errors.Is(err, syscall.ENOTDIR):
			return "", err
		default:
			dir = up
		}
	}
}

// createHidden tries hidden names in path's folder until one is free. Unlike
// os.CreateTemp it leaves the mode to the umask, as the file will have it in its
// place.
func createHidden[T any](path string, create func(name string) (T, error)) (T, error) {
	dir, base := filepath.Split(path)
	for i := 0; ; i++ {
		made, err := create(fmt.Sprintf("%s.%.100s.%d-%d.tmp", dir, base, os.Getpid(), i))
		if !errors.Is(err, fs.ErrExist) || i == 100 {
			return made, err
		}
	}
}

// Close completes the file. One without a name stays open until it has its place.
func (p *pending) Close() error {
	err := p.Flush()
	if p.direct || p.hidden != "" {
		if closeErr := p.file.Close(); err == nil {
			err = closeErr
		}
	}
	if err != nil {
		return cannotWrite(p.path, err)
	}
	return nil
}

// settle puts the file into its place.
func (p *pending) settle() error {
	switch {
	case p.direct:
		return nil
	case p.hidden != "":
		return os.Rename(p.hidden, p.place)
	}
	defer p.file.Close()
	err := nameFile(p.file, p.place)
	if !errors.Is(err, fs.ErrExist) {
		return err
	}
	// A file cannot be given a name that is taken, but one that has a name can
	// take its place.
	hidden, err := createHidden(p.place, func(name string) (string, error) { return name, nameFile(p.file, name) })
	if err != nil {
		return err
	}
	if err = os.Rename(hidden, p.place); err != nil {
		_ = os.Remove(hidden)
	}
	return err
}

// commit puts all files in their places and calls done for each.
func (s *stage) commit(done func(path string)) error {
	for len(s.files) > 0 {
		p := s.files[0]
		if err := s.makeFolder(filepath.Dir(p.place)); err != nil {
			return err
		}
		if err := p.settle(); err != nil {
			return cannotWrite(p.path, err)
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
		if p.hidden != "" {
			_ = os.Remove(p.hidden)
		}
	}
	for i := len(s.folders) - 1; i >= 0; i-- {
		_ = os.Remove(s.folders[i]) // one that is not empty stays
	}
}

// writable tries whether files can be made where path is to be, as far as that
// exists: a run of an hour must not end with "permission denied".
func writable(path string) error {
	if info, err := os.Stat(path); err == nil && !info.IsDir() && !info.Mode().IsRegular() {
		return nil // a device or a pipe
	}
	p := pending{path: path, place: filepath.Join(path, "fwreport")}
	if info, err := os.Stat(path); err == nil && !info.IsDir() {
		p.place = path
	}
	if err := p.open(); err != nil {
		return cannotWrite(path, err)
	}
	_ = p.file.Close()
	if p.hidden != "" {
		return os.Remove(p.hidden)
	}
	return nil
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
