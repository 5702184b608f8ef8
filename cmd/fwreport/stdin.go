package main

import (
	"context"
	"io"
	"sync"
)

// breakable is a reader that returns when ctx is done. A read from a terminal
// or from a pipe that nobody writes to cannot be broken off by itself, so the
// first Read starts a goroutine that copies; it ends with the process.
type breakable struct {
	ctx   context.Context
	from  io.Reader
	start sync.Once
	pipe  *io.PipeReader
}

func (b *breakable) Read(p []byte) (int, error) {
	b.start.Do(b.copy)
	return b.pipe.Read(p)
}

func (b *breakable) copy() {
	r, w := io.Pipe()
	b.pipe = r
	context.AfterFunc(b.ctx, func() { w.CloseWithError(errInterrupted) })
	go func() {
		// Hiding the file's WriteTo makes CopyBuffer use the buffer given.
		_, err := io.CopyBuffer(w, struct{ io.Reader }{b.from}, make([]byte, 256<<10))
		w.CloseWithError(err)
	}()
}
