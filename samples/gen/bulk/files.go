package main

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"sync"

	"github.com/klauspost/compress/gzip"
	"github.com/klauspost/compress/zstd"
)

// writeFiles writes all packets to a file, or to several as logrotate leaves
// them: kern.log.gz becomes kern.log.8.gz, the oldest, to kern.log.1.gz.
func writeFiles(f form, t *traffic, path string, files int) error {
	for i := range files {
		name := path
		if files > 1 {
			ext := filepath.Ext(path)
			if ext != ".gz" && ext != ".zst" {
				ext = ""
			}
			name = strings.TrimSuffix(path, ext) + "." + strconv.Itoa(files-i) + ext
		}
		last := t.lines * (i + 1) / files
		if err := writeFile(f, t, name, last); err != nil {
			return fmt.Errorf("writing %s: %w", name, err)
		}
	}
	return nil
}

// writeFile writes the packets up to number last, which is left out.
func writeFile(f form, t *traffic, path string, last int) error {
	out := os.Stdout
	if path != "-" {
		var err error
		if out, err = os.Create(path); err != nil {
			return err
		}
	}
	z, err := compressor(out, path)
	if err != nil {
		return errors.Join(err, out.Close())
	}
	err = writeRecords(z, f.open(), t, last)
	if z != io.WriteCloser(out) {
		err = errors.Join(err, z.Close())
	}
	return errors.Join(err, out.Close())
}

// compressor is out itself where the name asks for none.
func compressor(out *os.File, path string) (io.WriteCloser, error) {
	switch filepath.Ext(path) {
	case ".gz":
		return gzip.NewWriter(out), nil
	case ".zst":
		return zstd.NewWriter(out)
	}
	return out, nil
}

// full is how many bytes are written at once.
const full = 256 << 10

func writeRecords(w io.Writer, to writer, t *traffic, last int) error {
	b := append(make([]byte, 0, full+4096), to.header...)
	for t.n+1 < last {
		p, _ := t.next()
		if b = to.record(b, p); len(b) >= full {
			if _, err := w.Write(b); err != nil {
				return fmt.Errorf("record %d: %w", p.n+1, err)
			}
			b = b[:0]
		}
	}
	_, err := w.Write(b)
	return err
}

// unpackAll decompresses files as fast as the library can, each on one core: what
// a program that does more than that is to be measured against.
func unpackAll(paths []string) error {
	work := make(chan string, len(paths))
	for _, p := range paths {
		work <- p
	}
	close(work)
	workers := min(len(paths), runtime.GOMAXPROCS(0))
	errs := make([]error, workers)
	var wg sync.WaitGroup
	for i := range workers {
		wg.Go(func() {
			for path := range work {
				errs[i] = errors.Join(errs[i], unpack(path))
			}
		})
	}
	wg.Wait()
	return errors.Join(errs...)
}

func unpack(path string) error {
	f, err := os.Open(path)
	if err != nil {
		return err
	}
	defer f.Close()
	var from io.Reader
	switch filepath.Ext(path) {
	case ".gz":
		from, err = gzip.NewReader(f)
	case ".zst":
		from, err = zstd.NewReader(f, zstd.WithDecoderConcurrency(1))
	default:
		err = errors.New("is neither .gz nor .zst")
	}
	if err == nil {
		_, err = io.Copy(io.Discard, from)
	}
	if err != nil {
		return fmt.Errorf("decompressing %s: %w", path, err)
	}
	return nil
}
