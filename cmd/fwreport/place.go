package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"regexp"
	"strconv"
	"strings"

	"fwreport/reader"
)

// place is an evidence link taken apart: PATH:LINE or PATH#PACKET.
type place struct {
	path   string
	record uint64
}

var placePattern = regexp.MustCompile(`(?s)^(.+)[:#]([0-9]{1,13})$`)

func parsePlace(s string) (place, error) {
	m := placePattern.FindStringSubmatch(s)
	if m == nil {
		return place{}, usageError{fmt.Errorf("%q is no place of a record: give FILE:LINE, or FILE#PACKET for a capture", s)}
	}
	n, err := strconv.ParseUint(m[2], 10, 64)
	if err != nil || n == 0 {
		return place{}, usageError{fmt.Errorf("%q is no place of a record: lines and packets count from 1", s)}
	}
	return place{m[1], n}, nil
}

// errNoInput says that there is nothing to read at a path.
var errNoInput = errors.New("there is no such file or member of an archive")

// openInput finds the one input with this path: a file, standard input, or a
// member of an archive (ARCHIVE!MEMBER).
func openInput(ctx context.Context, path string, opt reader.OpenOptions) (*reader.Input, error) {
	opt.Formats = formats
	from := path
	if _, err := os.Lstat(path); err != nil && path != "-" {
		if archive, _, ok := strings.Cut(path, "!"); ok {
			from = archive
		}
	}
	opt.Around = from == path && path != "-"
	inputs, err := reader.Open(ctx, []string{from}, opt)
	if err != nil {
		return nil, err
	}
	for _, in := range inputs {
		if in.Path == path || from == path && len(inputs) == 1 {
			return in, nil
		}
	}
	return nil, fmt.Errorf("%s: %w", path, errNoInput)
}

// rawRecord is a copy of a record.
type rawRecord struct {
	number uint64
	data   []byte
}

// excerpt is a record with its neighbours, and what the parser said of the
// chunk that it stands in.
type excerpt struct {
	before, after []rawRecord
	record        rawRecord
	batch         reader.Batch
	read          uint64 // records met
}

// errEnough ends reading.
var errEnough = errors.New("enough")

// find reads in up to the record and around it. The whole chunk is parsed, for
// a record may speak of the one before it.
func find(ctx context.Context, in *reader.Input, record uint64, around int, opt *reader.Options) (*excerpt, error) {
	x := &excerpt{}
	err := in.Carrier().Chunks(nil, func(c *reader.Chunk) error {
		defer c.Release()
		if c.Input != in {
			return ctx.Err()
		}
		x.read += c.Records
		if c.First <= record && record < c.First+c.Records && !c.Oversize {
			in.Format.NewParser(opt).Parse(&x.batch, c)
		}
		if x.read+uint64(around) < record {
			return ctx.Err()
		}
		for n, data := range c.Each() {
			if x.take(n, data, record, around) {
				return errEnough
			}
		}
		return ctx.Err()
	})
	if err != nil && !errors.Is(err, errEnough) && !errors.Is(err, io.EOF) {
		return nil, fmt.Errorf("reading %s: %w", in.Path, err)
	}
	return x, nil
}

// take keeps a record if it is wanted, and reports whether it was the last.
func (x *excerpt) take(n uint64, data []byte, record uint64, around int) bool {
	switch {
	case n+uint64(around) < record:
		return false
	case n > record+uint64(around):
		return true
	}
	r := rawRecord{n, append([]byte{}, data...)}
	switch {
	case n < record:
		x.before = append(x.before, r)
	case n == record:
		x.record = r
	default:
		x.after = append(x.after, r)
	}
	return n == record+uint64(around)
}
