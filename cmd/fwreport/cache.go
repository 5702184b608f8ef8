package main

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"

	"fwreport/analyze/codec"
	"fwreport/analyze/engine"
	"fwreport/reader"
	"fwreport/reader/event"
	"fwreport/reader/evidence"
	"fwreport/report"
)

// The cache keeps what was counted of each log file, so that a weekly report of
// a year of rotations reads what is new. An entry is a partial result of one
// input, of its whole time, under a name made of all that it depends on: the
// program's very version, the options, the file's content, and where its years
// and zone come from. A file that was only renamed is known again. With a window
// (--since), an entry serves if the file lies inside it, or outside of it, as a
// whole; the others are read.
//
// What depends on several inputs cannot be kept for one of them: where several
// log families are read, whose copies are counted once, nothing is cached.

const (
	cacheEnding = ".partial"
	// cacheAge is after which time without use an entry is removed.
	cacheAge = 100 * 24 * time.Hour
	// anyPath stands for the path of the input in an entry.
	anyPath = "\x00input\x00"
)

// cache is --cache.
type cache struct {
	j       *job
	dir     string
	program string
	options string
	cfg     engine.Config
	hits    int
}

// cached counts the inputs, those from the cache that it knows.
func (j *job) cached(ctx context.Context, inputs []*reader.Input, cfg engine.Config, options string) (*engine.Result, error) {
	if !engine.Independent(inputs, cfg.KeepDuplicates) {
		j.ui.line("fwreport: --cache is not used: several logs, or logs and captures, are compared with each other here (see --duplicates)")
		return engine.Run(ctx, cfg)
	}
	id, err := programID()
	if err != nil {
		return nil, err
	}
	c := &cache{j: j, dir: j.flags.cache, program: id, options: options, cfg: cfg}
	c.cfg.Space = nil // an input's counts are kept as a whole
	if err := os.MkdirAll(c.dir, 0o700); err != nil {
		return nil, cannotWrite(c.dir, err)
	}
	c.expire(time.Now())
	p, err := c.run(ctx, inputs)
	if err != nil {
		return nil, err
	}
	j.ui.detail("%d of %d inputs from the cache", c.hits, len(inputs))
	engine.CompareNeighbours(inputs, p.Manifest.Inputs, &cfg.Options)
	return &p.Result, nil
}

// run counts each input that can be kept by itself and the others together.
func (c *cache) run(ctx context.Context, inputs []*reader.Input) (*engine.Partial, error) {
	var sources []engine.Source
	var others []*reader.Input
	for _, in := range inputs {
		sum, err := in.ContentHash(ctx)
		if err != nil {
			return nil, err
		}
		if sum == "" {
			others = append(others, in)
			continue
		}
		src, err := c.input(ctx, in, sum)
		if err != nil {
			return nil, err
		}
		sources = append(sources, src)
	}
	if len(others) > 0 {
		b, err := c.count(ctx, others, c.j.win)
		if err != nil {
			return nil, err
		}
		sources = append(sources, engine.Source{Name: "the other inputs", Reader: b})
	}
	p, err := engine.LoadPartials(sources, c.program, analyzers, c.cfg.Options.Symbols)
	for i, in := range inputs {
		in.Index = uint32(i)
	}
	return p, err
}

// input is the counts of one input: from the cache, or now put there.
func (c *cache) input(ctx context.Context, in *reader.Input, sum string) (engine.Source, error) {
	path := filepath.Join(c.dir, c.key(in, sum)+cacheEnding)
	entry, span, err := c.load(path)
	if err == nil {
		c.hits++
	} else {
		b, err := c.countAside(ctx, in)
		if err != nil {
			return engine.Source{}, err
		}
		if span, err = spanOfPartial(b.Bytes(), c.program); err != nil {
			return engine.Source{}, err
		}
		if err := c.store(ctx, path, b.Bytes()); err != nil {
			return engine.Source{}, err
		}
		entry = b.Bytes()
	}
	switch where := span.in(c.j.win); where {
	case inside, outside:
		return engine.Source{Name: in.Path, Reader: bytes.NewReader(entry), Adopt: c.adopt(in, sum, where)}, nil
	}
	b, err := c.count(ctx, []*reader.Input{in}, c.j.win)
	return engine.Source{Name: in.Path, Reader: b}, err
}

// key names an entry after all that it depends on.
func (c *cache) key(in *reader.Input, sum string) string {
	h := sha256.New()
	for _, s := range []string{c.program, c.options, sum, in.Format.Name, in.Facts.Compression, in.YearSource(), fmt.Sprint(in.YearRef),
		in.StampZone(&c.cfg.Options).String(), in.ZoneFrom, strings.Join(in.ZoneNotes, "\n")} {
		fmt.Fprintf(h, "%d %s\n", len(s), s)
	}
	return hex.EncodeToString(h.Sum(nil))
}

// countAside counts an input under no name, with all of its time.
func (c *cache) countAside(ctx context.Context, in *reader.Input) (*bytes.Buffer, error) {
	path, facts := in.Path, in.Facts
	defer func() { in.Path, in.Facts = path, facts }()
	in.Path, in.Facts.Path, in.Facts.Family = anyPath, anyPath, anyPath
	return c.count(ctx, []*reader.Input{in}, report.Window{Since: event.NoTime, Until: event.NoTime})
}

// count counts some of the inputs.
func (c *cache) count(ctx context.Context, inputs []*reader.Input, win report.Window) (*bytes.Buffer, error) {
	cfg := c.cfg
	cfg.Inputs, cfg.Window = inputs, win
	var packets []bool
	for i, in := range inputs {
		in.Index = uint32(i)
		packets = append(packets, in.Packets())
	}
	res, err := engine.Run(ctx, cfg)
	if err != nil {
		return nil, err
	}
	return inMemory(&engine.Partial{Program: c.program, Window: c.j.win, Packets: packets, Result: *res})
}

// adopt gives an entry's input its path, and takes it out of the window if it
// lies outside.
func (c *cache) adopt(in *reader.Input, sum string, where position) func(*evidence.Input) bool {
	return func(f *evidence.Input) bool {
		f.Path, f.Family, f.MTime, f.SHA256 = in.Path, in.Facts.Family, in.Facts.MTime, sum
		for i := range f.Notes {
			f.Notes[i] = strings.ReplaceAll(f.Notes[i], anyPath, in.Path)
		}
		if where == inside {
			return true
		}
		f.Records.Outside, f.Records.Events, f.Records.Repeats = f.Records.Events, 0, 0
		return false
	}
}

// load reads an entry and checks it.
func (c *cache) load(path string) ([]byte, entrySpan, error) {
	b, err := os.ReadFile(path)
	if err != nil {
		return nil, entrySpan{}, err
	}
	span, err := spanOfPartial(b, c.program)
	if err != nil {
		c.j.ui.detail("%s: %v: it is made anew", path, err)
		return nil, entrySpan{}, err
	}
	now := time.Now()
	_ = os.Chtimes(path, now, now) // it is then removed too early, no more
	return b, span, nil
}

// store writes an entry whole or not at all.
func (c *cache) store(ctx context.Context, path string, b []byte) error {
	s := &stage{ctx: ctx}
	f, err := s.create(path)
	if err == nil {
		_, err = f.Write(b)
	}
	if err == nil {
		err = f.Close()
	}
	if err == nil {
		err = s.commit(func(string) {})
	}
	if err != nil {
		s.discard()
		return cannotWrite(path, err)
	}
	return nil
}

// expire removes entries that were not used for long.
func (c *cache) expire(now time.Time) {
	entries, _ := os.ReadDir(c.dir) // what is wrong with it will be met
	for _, e := range entries {
		info, err := e.Info()
		if err == nil && info.Mode().IsRegular() && strings.HasSuffix(e.Name(), cacheEnding) && now.Sub(info.ModTime()) > cacheAge {
			if err := os.Remove(filepath.Join(c.dir, e.Name())); err != nil && !errors.Is(err, fs.ErrNotExist) {
				c.j.ui.detail("%v", err)
			}
		}
	}
}

// entrySpan is what an entry's place in a window follows from.
type entrySpan struct {
	first, last int64
	noted       bool // there are notes, of which some depend on the window
	timeless    bool
}

// position is where an input lies in a window.
type position int

const (
	across position = iota
	inside
	outside
)

// in says where the input lies in a window. A record without a time is in no
// window, and what is noted of records may not hold of those in it alone.
func (s entrySpan) in(win report.Window) position {
	open := win.Since == event.NoTime && win.Until == event.NoTime
	switch {
	case open:
		return inside
	case s.timeless:
		return across
	case s.first == event.NoTime:
		return inside // there is no event
	case (win.Since == event.NoTime || s.first >= win.Since) && (win.Until == event.NoTime || s.last < win.Until):
		return inside
	case s.noted:
		return across
	case win.Since != event.NoTime && s.last < win.Since, win.Until != event.NoTime && s.first >= win.Until:
		return outside
	}
	return across
}

// spanOfPartial checks an entry from end to end and says what its input spans.
func spanOfPartial(b []byte, program string) (entrySpan, error) {
	err := codec.Check(bytes.NewReader(b))
	if err != nil {
		return entrySpan{}, err
	}
	p, err := engine.LoadPartials([]engine.Source{{
		Name: "cached result", Reader: bytes.NewReader(b), Adopt: func(*evidence.Input) bool { return false },
	}}, program, analyzers, event.NewSymbols())
	if err != nil {
		return entrySpan{}, err
	}
	if len(p.Manifest.Inputs) != 1 {
		return entrySpan{}, fmt.Errorf("a cached result of %d inputs", len(p.Manifest.Inputs))
	}
	f := &p.Manifest.Inputs[0]
	return entrySpan{f.First, f.Last, len(f.Notes) > 0, f.Timeless > 0}, nil
}
