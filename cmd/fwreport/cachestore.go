package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"fwreport/analyze/engine"
)

const (
	cacheEnding = ".partial"
	// cacheAge is after which time without use an entry is removed.
	cacheAge = 100 * 24 * time.Hour
)

// store is the folder with the entries. Their names are the hash of what the input's
// records depend on, a dot, the hash of the same of the inputs that were compared with
// it, a dot, and the size of the file, by which new files are known without hashing
// them.
type store struct {
	dir     string
	program string
	sizes   map[int64]bool
	names   map[string][]string // by what the records depend on
	say     func(format string, args ...any)
}

func entryName(id, before string, size int64) string {
	return fmt.Sprintf("%s.%.32s.%d%s", id, before, size, cacheEnding)
}

// openStore reads the folder's list, makes the folder if it is not there, and removes
// entries that were not used for long.
func openStore(dir, program string, now time.Time, say func(format string, args ...any)) (store, error) {
	s := store{dir: dir, program: program, sizes: map[int64]bool{}, names: map[string][]string{}, say: say}
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return s, cannotWrite(dir, err)
	}
	entries, err := os.ReadDir(dir)
	if err != nil {
		return s, cannotRead(dir, err)
	}
	for _, e := range entries {
		info, err := e.Info()
		if err != nil || !info.Mode().IsRegular() || !strings.HasSuffix(e.Name(), cacheEnding) {
			continue
		}
		if now.Sub(info.ModTime()) > cacheAge {
			s.remove(e.Name())
			continue
		}
		part := strings.Split(strings.TrimSuffix(e.Name(), cacheEnding), ".")
		if size, err := strconv.ParseInt(part[len(part)-1], 10, 64); err == nil && len(part) == 3 {
			s.sizes[size] = true
			s.names[part[0]] = append(s.names[part[0]], e.Name())
		}
	}
	return s, nil
}

func (s *store) remove(name string) {
	if err := os.Remove(filepath.Join(s.dir, name)); err != nil && !errors.Is(err, fs.ErrNotExist) {
		s.say("%v", err)
	}
}

// any is what some entry of an input says of it, whatever it was compared with; nil if
// there is none.
func (s *store) any(id string) *engine.Piece {
	for _, name := range s.names[id] {
		if p := s.read(name, nil); p != nil {
			s.touch(name)
			return p
		}
	}
	return nil
}

// load is an entry, checked from end to end; nil if there is none that is sound.
func (s *store) load(name string, b *engine.Before) *engine.Piece {
	p := s.read(name, b)
	if p == nil || !s.sound(name, p) {
		return nil
	}
	s.touch(name)
	return p
}

// touch notes that an entry was used.
func (s *store) touch(name string) {
	now := time.Now()
	_ = os.Chtimes(filepath.Join(s.dir, name), now, now) // it is then removed too early, no more
}

// read reads the head of an entry.
func (s *store) read(name string, b *engine.Before) *engine.Piece {
	path := filepath.Join(s.dir, name)
	info, err := os.Stat(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	var p *engine.Piece
	if err == nil {
		p, err = engine.LoadPiece(func() (engine.File, error) { return os.Open(path) }, info.Size(), s.program, name, b)
	}
	if err != nil {
		s.say("%s: %v: it is made anew", path, err)
		return nil
	}
	return p
}

func (s *store) sound(name string, p *engine.Piece) bool {
	err := p.Check()
	if err != nil {
		s.say("%s: %v: it is made anew", filepath.Join(s.dir, name), err)
	}
	return err == nil
}

// put writes an entry whole or not at all.
func (s *store) put(ctx context.Context, name string, p *engine.Piece, b *engine.Before) error {
	return writeWhole(ctx, filepath.Join(s.dir, name), func(w io.Writer) error { return p.Save(w, s.program, name, b) }, func(string) {})
}

// unreadableEntry is the error of an entry that was sound when it was checked, and
// could not be put together with others.
type unreadableEntry struct{ error }

func (d unreadableEntry) Unwrap() error { return d.error }
