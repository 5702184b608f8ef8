package reader

import (
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"slices"
)

// skipEqual lets files of equal content be read once: the first in the inputs'
// order is, the others name it. Files of one size and one beginning are hashed
// to know; members of archives are not compared.
func skipEqual(ctx context.Context, inputs []*Input) error {
	var files []*Input
	for _, in := range inputs {
		if _, ok := in.source.(file); ok && in.Facts.Skipped == "" && in.Facts.Size > 0 && in.Format != nil {
			files = append(files, in)
		}
	}
	slices.SortStableFunc(files, func(a, b *Input) int { return cmp.Compare(a.Facts.Size, b.Facts.Size) })
	for len(files) > 0 {
		n := 1
		for n < len(files) && files[n].Facts.Size == files[0].Facts.Size {
			n++
		}
		if err := skipEqualOf(ctx, files[:n]); err != nil {
			return err
		}
		files = files[n:]
	}
	return nil
}

// skipEqualOf compares files of one size.
func skipEqualOf(ctx context.Context, files []*Input) error {
	if len(files) < 2 {
		return nil
	}
	heads := map[string][]*Input{}
	for _, in := range files {
		if head, err := in.peek(); err == nil {
			heads[string(head)] = append(heads[string(head)], in)
		}
	}
	for _, same := range heads {
		if len(same) < 2 {
			continue
		}
		first := map[string]*Input{}
		for _, in := range same {
			sum, err := in.hash(ctx)
			if err != nil {
				return err
			}
			switch kept := first[sum]; {
			case sum == "":
			case kept == nil:
				first[sum] = in
			default:
				in.Facts.SHA256, kept.twins = sum, append(kept.twins, in)
				in.Format, in.Facts.Format = nil, ""
				in.skip(fmt.Sprintf("its content is that of %s, which is read", kept.Path), false)
			}
		}
	}
	return nil
}

// hash is the SHA-256 of in's bytes on disk, in hex; "" if they cannot be read,
// which Chunks will find too and tell.
func (in *Input) hash(ctx context.Context) (string, error) {
	rc, err := in.source.open()
	if err != nil {
		return "", nil
	}
	defer rc.Close()
	h, buf := sha256.New(), make([]byte, 1<<18)
	for {
		n, err := rc.Read(buf)
		h.Write(buf[:n])
		if err == io.EOF {
			return hex.EncodeToString(h.Sum(nil)), nil
		}
		if err != nil {
			return "", nil
		}
		if err := ctx.Err(); err != nil {
			return "", err
		}
	}
}

// WholeFile reports whether in is a file on disk that is read for itself: no
// stream, no archive nor anything in one, neither passed over nor set aside.
func (in *Input) WholeFile() bool {
	_, onDisk := in.source.(file)
	return onDisk && in.Format != nil && !in.aside && in.Carrier() == in
}

// ContentHash is the SHA-256 of the bytes of a whole file, in hex; "" for what is
// none, or cannot be read.
func (in *Input) ContentHash(ctx context.Context) (string, error) {
	if !in.WholeFile() {
		return "", nil
	}
	return in.hash(ctx)
}
