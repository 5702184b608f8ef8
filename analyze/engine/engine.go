// Package engine runs the parallel part: inputs → chunks → workers → one Set.
//
// Readers (one goroutine an input, as many at once as there are workers) read,
// hash, decompress and cut; workers parse chunks, sort events into the ledger
// and add what is left to their own Set; the Sets are merged at the end. So a
// single large file keeps all workers busy, a single gzip is decompressed while
// it is parsed, and many files are decompressed side by side. What crosses
// goroutines are chunks of about a thousand records, never records: a channel
// operation costs more than counting an event.
//
// Results do not depend on the number of workers or on timing: States are
// commutative, and the facts about inputs are folded in the chunks' order.
// Where several log families are read, they are read one after the other, so
// that copies of a record are told in the same way each time (see once).
package engine

import (
	"cmp"
	"context"
	"fmt"
	"sync"
	"sync/atomic"

	"fwreport/analyze"
	"fwreport/analyze/spill"
	"fwreport/reader"
	"fwreport/reader/event"
	"fwreport/reader/evidence"
	"fwreport/report"
)

// Config says what to run.
type Config struct {
	Inputs  []*reader.Input
	Modules []*analyze.Analyzer
	Options reader.Options
	Window  report.Window                  // events outside are counted as such
	Keep    func() func(*event.Event) bool // makes a filter for one worker, true for events to keep; nil keeps all
	Jobs    int                            // workers; at least 1

	// KeepDuplicates counts the copies of a record in several log families as
	// events of their own.
	KeepDuplicates bool

	// Space is where counters wait that do not fit into Memory, in bytes; nil: all
	// stay in memory. It must stay open until the report is written.
	Space  *spill.Space
	Memory int64
	every  int // for tests

	Read func(bytes int) // told of bytes read from disk, from several goroutines; may be nil

	// Rejects is told of each record that could not be decoded, from several
	// goroutines and in no order; may be nil.
	Rejects func(in *reader.Input, r reader.Reject)
}

// Result is what a run found.
type Result struct {
	Set      *analyze.Set
	Manifest evidence.Manifest
	Span     report.Span // of the events counted
	Assumed  uint64      // events whose verdict is an assumption, repeats included

	modules []*analyze.Analyzer
	shelf   *shelf // nil: all is in Set
	tables  *spill.Tables
}

// Run reads all inputs. The error is that of ctx.
func Run(ctx context.Context, cfg Config) (*Result, error) {
	ctx, stop := context.WithCancelCause(ctx)
	defer stop(nil)
	o := plan(cfg.Inputs, cfg.KeepDuplicates)
	if o.dup != nil {
		cfg.Options.Identify = o.ident
	}
	chunks := make(chan *reader.Chunk, 4*cfg.Jobs)
	all := make([]*worker, max(cfg.Jobs, 1))
	var workers sync.WaitGroup
	shelf := &shelf{space: cfg.Space, limit: float64(cfg.Memory), every: cmp.Or(cfg.every, lookEvery), same: make([]uint32, len(cfg.Inputs))}
	for i := range shelf.same {
		shelf.same[i] = uint32(i)
	}
	for i := range all {
		all[i] = newWorker(&cfg, o)
		all[i].shelf, all[i].fail = shelf, stop
		workers.Go(func() { all[i].run(ctx, chunks) })
	}
	settle := func() { all[0].settle() }
	for i := range o.phases {
		readPhase(ctx, &cfg, o, &o.phases[i], chunks, settle)
	}
	o.inflight.Wait()
	settle()
	close(chunks)
	workers.Wait()
	if err := all[0].replay(); err != nil {
		stop(err)
	}
	if len(shelf.sets) > 0 {
		for _, w := range all {
			w.putAway()
		}
	}
	if err := ctx.Err(); err != nil {
		return nil, fmt.Errorf("reading evidence: %w", context.Cause(ctx))
	}
	res := finish(&cfg, o, all)
	if res.modules = cfg.Modules; len(shelf.sets) > 0 {
		res.shelf = shelf
	}
	return res, nil
}

// readPhase reads the inputs of a phase in their order, several at once.
func readPhase(ctx context.Context, cfg *Config, o *once, p *phase, chunks chan<- *reader.Chunk, settle func()) {
	if p.family != none {
		o.inflight.Wait()
		settle()
		o.begin(p.family, p.recall, p.recallX)
	}
	var next atomic.Int64
	emit := func(c *reader.Chunk) error {
		o.enter(c, p, settle)
		select {
		case chunks <- c:
			return nil
		case <-ctx.Done():
			o.inflight.Done()
			return ctx.Err()
		}
	}
	var readers sync.WaitGroup
	for range min(max(cfg.Jobs, 1), len(p.inputs)) {
		readers.Go(func() {
			for {
				i := next.Add(1) - 1
				if i >= int64(len(p.inputs)) || ctx.Err() != nil {
					return
				}
				if p.inputs[i].Chunks(cfg.Read, emit) != nil {
					return // ctx is done; Run tells why
				}
			}
		})
	}
	readers.Wait()
}

// finish merges the workers and completes the manifest.
func finish(cfg *Config, o *once, workers []*worker) *Result {
	first := workers[0]
	for _, w := range workers[1:] {
		first.merge(w)
	}
	res := &Result{Set: first.set, Span: first.span, Assumed: first.assumed}
	for i, in := range cfg.Inputs {
		facts := in.Facts
		if t := first.tallies[uint32(i)]; t != nil {
			t.complete(&facts, in, &cfg.Options)
		}
		res.Manifest.Inputs = append(res.Manifest.Inputs, facts)
		res.Manifest.Totals.Add(facts.Records)
	}
	res.Manifest.Overlaps = o.overlaps(o.comparisons())
	checkFamilies(cfg.Inputs, res.Manifest.Inputs, &cfg.Options)
	return res
}
