package main

import (
	"bytes"
	"compress/bzip2"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"

	"github.com/klauspost/compress/gzip"
	"github.com/klauspost/compress/zstd"
	"github.com/mikelolasagasti/xz"
)

// file is one sample: its content before compression. The ending of its path
// says how it is compressed.
type file struct {
	path    string
	content []byte
	rotated time.Time // written into gzip's header
}

// writeAll writes every sample below dir.
func writeAll(dir string) error {
	for _, f := range samples() {
		path := filepath.Join(dir, filepath.FromSlash(f.path))
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			return fmt.Errorf("making the folder of %s: %w", f.path, err)
		}
		if f.command() != "" && f.matches(path) {
			continue
		}
		b, err := f.packed()
		if err != nil {
			return fmt.Errorf("compressing %s: %w", f.path, err)
		}
		if err := os.WriteFile(path, b, 0o644); err != nil {
			return fmt.Errorf("writing %s: %w", f.path, err)
		}
	}
	return nil
}

// command is the compressor to be run, "" if we have one of our own.
func (f *file) command() string {
	switch filepath.Ext(f.path) {
	case ".xz":
		return "xz"
	case ".bz2":
		return "bzip2"
	}
	return ""
}

// packed is the file's bytes on disk.
func (f *file) packed() ([]byte, error) {
	var b bytes.Buffer
	switch filepath.Ext(f.path) {
	case ".gz":
		w, err := gzip.NewWriterLevel(&b, gzip.BestCompression)
		if err != nil {
			return nil, err
		}
		w.ModTime = f.rotated
		return finish(&b, w, f.content)
	case ".zst":
		w, err := zstd.NewWriter(&b, zstd.WithEncoderConcurrency(1), zstd.WithEncoderLevel(zstd.SpeedBestCompression))
		if err != nil {
			return nil, err
		}
		return finish(&b, w, f.content)
	}
	name := f.command()
	if name == "" {
		return f.content, nil
	}
	c := exec.Command(name, "-9", "-c")
	c.Stdin, c.Stdout = bytes.NewReader(f.content), &b
	if err := c.Run(); err != nil {
		return nil, fmt.Errorf("running %s: %w", name, err)
	}
	return b.Bytes(), nil
}

func finish(b *bytes.Buffer, w io.WriteCloser, content []byte) ([]byte, error) {
	if _, err := w.Write(content); err != nil {
		return nil, err
	}
	if err := w.Close(); err != nil {
		return nil, err
	}
	return b.Bytes(), nil
}

// matches reports whether the file at path holds f: byte for byte if its
// compressor is ours, else after decompression.
func (f *file) matches(path string) bool {
	have, err := os.ReadFile(path)
	if err != nil {
		return false
	}
	if f.command() == "" {
		want, err := f.packed()
		return err == nil && bytes.Equal(have, want)
	}
	content, err := unpack(path, have)
	return err == nil && bytes.Equal(content, f.content)
}

func unpack(path string, b []byte) ([]byte, error) {
	if strings.HasSuffix(path, ".bz2") {
		return io.ReadAll(bzip2.NewReader(bytes.NewReader(b)))
	}
	r, err := xz.NewReader(bytes.NewReader(b), 0)
	if err != nil {
		return nil, err
	}
	return io.ReadAll(r)
}
