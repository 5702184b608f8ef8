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
//
// Inputs can be counted apart too, each into a Piece that can be kept, while others
// are read for comparison only (Role); Order tells which those must be, and Join
// makes of pieces, and of one run over the rest, what one run over all would have
// found. They are read one by one then: the price of knowing whose a copy is.
package engine

import (
	"context"
	"errors"
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

	// Roles says what to do with each input; nil: all are counted. Who does not
	// count all puts the whole together with Join.
	Roles []Role

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
	Pieces   []*Piece    // what was counted apart, by input; nil for the others

	compared []comparison // by input
	modules  []*analyze.Analyzer
	shelf    *shelf // nil: all is in Set
	tables   *spill.Tables
}

// Run reads all inputs. The error is that of ctx, of temporary space, or of Roles.
func Run(ctx context.Context, cfg Config) (*Result, error) {
	ctx, stop := context.WithCancelCause(ctx)
	defer stop(nil)
	o := plan(cfg.Inputs, cfg.KeepDuplicates)
	if o.dup != nil {
		cfg.Options.Identify = o.ident
	}
	shelf := newShelf(&cfg)
	if cfg.Roles != nil {
		var err error
		if shelf.apart, err = newCollector(&cfg); err != nil {
			return nil, err
		}
		o.only(&cfg)
	}
	all := make([]*worker, max(cfg.Jobs, 1))
	for i := range all {
		all[i] = newWorker(&cfg, o)
		all[i].shelf, all[i].fail = shelf, stop
	}
	if err := readAll(ctx, &cfg, o, all); err != nil {
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

// readAll reads the phases one by one and has the workers count them.
func readAll(ctx context.Context, cfg *Config, o *once, all []*worker) error {
	chunks := make(chan *reader.Chunk, 4*cfg.Jobs)
	var workers sync.WaitGroup
	for _, w := range all {
		workers.Go(func() { w.run(ctx, chunks) })
	}
	settle := func() { all[0].settle() }
	apart := all[0].shelf.apart
	var err error
	for i := range o.phases {
		p := &o.phases[i]
		if apart != nil {
			apart.now = p.inputs[0].Index
		}
		readPhase(ctx, cfg, o, p, chunks, settle)
		if apart != nil {
			o.inflight.Wait()
			settle()
			err = errors.Join(err, apart.collect(all))
		}
	}
	o.inflight.Wait()
	settle()
	close(chunks)
	workers.Wait()
	return errors.Join(err, all[0].replay(), apart.finish(all[0]))
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
	res := &Result{Set: first.set, Span: first.span, Assumed: first.assumed, compared: o.comparisons()}
	if apart := first.shelf.apart; apart != nil {
		res.Pieces = apart.pieces
	}
	for i, in := range cfg.Inputs {
		facts := in.Facts
		t, p := first.tallies[uint32(i)], first.shelf.apart.piece(uint32(i))
		if p != nil {
			in = nameless(in)
		}
		if t != nil {
			t.complete(&facts, in, &cfg.Options)
		}
		if p != nil {
			p.complete(&facts, t, &res.compared[i])
		}
		res.Manifest.Inputs = append(res.Manifest.Inputs, facts)
		res.Manifest.Totals.Add(facts.Records)
	}
	if cfg.Roles == nil {
		res.Manifest.Overlaps = o.overlaps(res.compared)
		checkFamilies(cfg.Inputs, res.Manifest.Inputs, &cfg.Options)
	}
	return res
}
