package engine

import (
	"sync"

	"fwreport/reader"
)

// turns lets the chunks of each input be compared in their order, whichever worker
// has them: which of several copies counts may depend on which came first. The parsing
// before and the counting after go on side by side, so that a worker waits only if
// the one before it is late. A worker takes chunks in the order in which they were
// handed out, so that the one whose turn it is always has a worker.
//
// Rejected: one order over all inputs of a phase, for they are decompressed side by
// side, and the workers would hold chunks of the second until the first ends.
type turns struct {
	mu   sync.Mutex
	came sync.Cond
	next []int // Seq of the chunk whose turn it is, by input
}

func newTurns(inputs int) *turns {
	t := &turns{next: make([]int, inputs)}
	t.came.L = &t.mu
	return t
}

// wait returns when it is the chunk's turn.
func (t *turns) wait(c *reader.Chunk) {
	t.mu.Lock()
	defer t.mu.Unlock()
	for t.next[c.Input.Index] != c.Seq {
		t.came.Wait()
	}
}

// pass ends the turn of a chunk. Each chunk that a worker got has to pass, or the
// others wait for ever.
func (t *turns) pass(c *reader.Chunk) {
	t.mu.Lock()
	t.next[c.Input.Index] = c.Seq + 1
	t.mu.Unlock()
	t.came.Broadcast()
}
