package reader

import (
	"context"
	"errors"
	"fmt"
	"io"
	"sync"
)

// limits bound what evidence can make the program do. An archive or a compressed
// file that reaches one is incomplete; the other inputs go on.
type limits struct {
	ratio   int64 // bytes out for each byte in, once more than free came out
	free    int64 // bytes out that are never too many
	members int   // of one archive
	depth   int   // archives in archives
	spool   int64 // bytes of all archives that have to be held in memory, and of one input

	holding sync.Mutex // held by the one input that is in memory, see fetch
}

// usualLimits: no deflate stream grows by more than 1,032, so that a gzip is
// never refused; what needs more is no log.
func usualLimits() limits {
	return limits{ratio: 1100, free: 1 << 30, members: 1_000_000, depth: 2, spool: 256 << 20}
}

var errBomb = errors.New("is a decompression bomb")

// guard ends a decompressed stream that grows beyond the limits.
type guard struct {
	r   io.Reader
	in  *int64 // bytes read so far of the compressed stream
	out int64
	lim *limits
}

func (g *guard) Read(p []byte) (int, error) {
	n, err := g.r.Read(p)
	g.out += int64(n)
	if g.out > g.lim.free && g.out/g.lim.ratio > *g.in {
		return n, fmt.Errorf("%w: more than %d bytes came out of %d", errBomb, g.out-int64(n), *g.in)
	}
	return n, err
}

// cancelable ends with its context.
type cancelable struct {
	ctx context.Context
	r   io.Reader
}

func (c cancelable) Read(p []byte) (int, error) {
	if err := c.ctx.Err(); err != nil {
		return 0, err
	}
	return c.r.Read(p)
}
