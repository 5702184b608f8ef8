package engine

import (
	"context"

	"fwreport/analyze"
	"fwreport/analyze/duplicates"
	"fwreport/reader"
	"fwreport/reader/event"
	"fwreport/report"
)

// worker parses chunks and counts their events.
type worker struct {
	cfg     *Config
	keep    func(*event.Event) bool // nil keeps all
	set     *analyze.Set
	parsers map[*reader.Format]reader.Parser
	batch   reader.Batch
	tallies map[uint32]*tally
	sieve   sieve

	shelf *shelf
	since int         // events since the last look at memory
	used  bool        // set holds events
	fail  func(error) // ends the run

	span    report.Span
	assumed uint64
}

func newWorker(cfg *Config, o *once) *worker {
	w := &worker{
		cfg:     cfg,
		parsers: map[*reader.Format]reader.Parser{},
		tallies: map[uint32]*tally{},
		sieve:   newSieve(o),
	}
	w.renew()
	if cfg.Keep != nil {
		w.keep = cfg.Keep()
	}
	return w
}

func (w *worker) run(ctx context.Context, chunks <-chan *reader.Chunk) {
	for c := range chunks {
		if ctx.Err() == nil {
			w.chunk(c)
		} else {
			w.sieve.inTurn(c, func() {})
		}
		c.Release()
		w.sieve.inflight.Done()
	}
}

func (w *worker) chunk(c *reader.Chunk) {
	w.batch.Reset()
	if c.Oversize {
		w.batch.Reject(c, 0, "longer than 1 MiB without an end", c.Data)
	} else {
		w.parser(c.Input.Format).Parse(&w.batch, c)
	}
	if w.cfg.Rejects != nil {
		for _, r := range w.batch.Rejects {
			w.cfg.Rejects(c.Input, r)
		}
	}
	t := w.tally(c.Input.Index)
	s := t.chunk(c, &w.batch, &w.cfg.Options)
	events, bodies := w.sift(t, s.any)
	w.sieve.inTurn(c, func() { events = w.sieve.unique(w.sieve.of[c.Input.Index], t, events, bodies) })
	w.since += len(events)
	if len(events) > 0 && w.cfg.role(c.Input.Index) != Recall {
		w.count(t, events, &s)
		w.set.Add(events)
		w.used = true
	}
	w.relieve()
}

// settle counts what could be told only at the end of a family of logs. No
// worker may be at work.
func (w *worker) settle() {
	if w.sieve.dup == nil {
		return
	}
	for _, s := range w.sieve.dup.Settle() {
		w.settled(&s)
	}
}

// settled counts one event that was not told at once, or wrongly at first.
func (w *worker) settled(s *duplicates.Settled) {
	if w.cfg.role(s.Event.Ref.Input()) == Recall {
		return
	}
	t := w.tally(s.Event.Ref.Input())
	if !s.Counts {
		t.put(&t.ledger.Duplicates, &s.Event)
		return
	}
	if !s.Pending {
		t.takeBack(&t.ledger.Duplicates, &s.Event)
	}
	t.event(&s.Event)
	w.note(&s.Event)
	w.set.Add([]event.Event{s.Event})
	w.used = true
}

// replay counts the events that waited on disk to be compared.
func (w *worker) replay() error {
	if w.sieve.cross != nil {
		if err := w.sieve.cross.Replay(func(*duplicates.Settled) {}); err != nil {
			return err
		}
	}
	if w.sieve.dup == nil {
		return nil
	}
	return w.sieve.dup.Replay(func(s *duplicates.Settled) {
		w.shelf.apart.turn(w, s.Event.Ref.Input())
		w.settled(s)
		w.since++
		w.relieve()
	})
}

func (w *worker) parser(f *reader.Format) reader.Parser {
	p := w.parsers[f]
	if p == nil {
		p = f.NewParser(&w.cfg.Options)
		w.parsers[f] = p
	}
	return p
}

func (w *worker) tally(input uint32) *tally {
	t := w.tallies[input]
	if t == nil {
		t = newTally()
		w.tallies[input] = t
	}
	return t
}

// sift sorts out the batch's events that do not count, and returns the others,
// moved to the front of the batch, with the identities of their records. any is
// what at least one event has.
func (w *worker) sift(t *tally, any event.Fields) ([]event.Event, []event.Identity) {
	kept, bodies := w.batch.Events[:0], w.batch.Bodies[:0]
	open := w.cfg.Window.Open()
	identified := len(w.batch.Bodies) == len(w.batch.Events)
	if open && w.keep == nil && any&event.FlowOpen == 0 {
		if identified {
			bodies = w.batch.Bodies
		}
		return w.batch.Events, bodies
	}
	for i := range w.batch.Events {
		e := &w.batch.Events[i]
		switch {
		case e.Has(event.FlowOpen):
			t.announce()
			continue
		case !open && !within(&w.cfg.Window, e.Time):
			t.put(&t.ledger.Outside, e)
			continue
		case w.keep != nil && !w.keep(e):
			t.put(&t.ledger.Filtered, e)
			continue
		case len(kept) != i:
			kept = append(kept, *e)
		default:
			kept = kept[:i+1]
		}
		if identified {
			bodies = append(bodies, w.batch.Bodies[i])
		}
	}
	return kept, bodies
}

// within reports whether a time is in the window. A record without a time
// cannot be placed in one.
func within(win *report.Window, t int64) bool {
	if t == event.NoTime {
		return false
	}
	return (win.Since == event.NoTime || t >= win.Since) && (win.Until == event.NoTime || t < win.Until)
}

// note keeps the facts about counted events that are not a module's.
func (w *worker) note(e *event.Event) {
	w.span = spanning(w.span, report.Span{First: e.Time, Last: e.Time})
	if e.Has(event.Assumed) {
		w.assumed += uint64(e.Count)
	}
}

func (w *worker) merge(o *worker) {
	w.set.Merge(o.set)
	w.assumed += o.assumed
	w.span = spanning(w.span, o.span)
	for i, t := range o.tallies {
		if have := w.tallies[i]; have != nil {
			have.merge(t)
		} else {
			w.tallies[i] = t
		}
	}
}
