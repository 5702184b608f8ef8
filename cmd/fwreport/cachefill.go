package main

import (
	"context"
	"math"
	"slices"
	"sync"
	"sync/atomic"

	"fwreport/analyze/engine"
	"fwreport/reader"
	"fwreport/reader/event"
	"fwreport/reader/evidence"
)

// look finds out what is known of the inputs.
func (c *cache) look(ctx context.Context) error {
	for _, in := range c.cfg.Inputs {
		c.list = append(c.list, &candidate{in: in, extent: engine.Extent{First: event.NoTime, Last: event.NoTime}, sure: true})
	}
	var next atomic.Int64
	var workers sync.WaitGroup
	errs := make([]error, max(c.cfg.Jobs, 1))
	for w := range errs {
		workers.Go(func() {
			for i := next.Add(1) - 1; i < int64(len(c.list)) && errs[w] == nil; i = next.Add(1) - 1 {
				errs[w] = c.lookAt(ctx, c.list[i])
			}
		})
	}
	workers.Wait()
	for _, err := range errs {
		if err != nil {
			return err
		}
	}
	return nil
}

// lookAt hashes a file if there are entries of files of its size, and takes its
// extent from one of its own.
func (c *cache) lookAt(ctx context.Context, e *candidate) error {
	in := e.in
	switch {
	case in.Facts.Skipped != "" || in.Format == nil:
		e.why = "it is not read" // it has no records
		return nil
	case !in.WholeFile():
		e.why, e.sure, e.extent = "it is no file of its own", false, engine.Anytime()
		return nil
	}
	if c.store.sizes[in.Facts.Size] {
		sum, err := in.ContentHash(ctx)
		if err != nil {
			return err
		}
		if sum != "" {
			e.sum, e.id = sum, c.idOf(in, sum)
			if e.some = c.store.any(e.id); e.some != nil {
				e.extent = e.some.Extent()
				return nil
			}
		}
	}
	e.sure, e.extent = false, guess(in, &c.cfg.Options)
	return nil
}

// guess is about what time an input covers, from its ends; if it is compressed, from
// its beginning and the time when it was written.
func guess(in *reader.Input, opt *reader.Options) engine.Extent {
	span := engine.Anytime()
	if !in.Format.InOrder {
		return span
	}
	head := in.HeadTimes(opt)
	if !head.Known() {
		return span
	}
	span.First = head.Low
	if tail, ok := in.TailTimes(opt); ok && tail.Known() {
		span.Last = max(head.High, tail.High)
	} else if in.Facts.MTime >= head.High {
		span.Last = in.Facts.MTime
	}
	return span
}

// missing finds the entries of the inputs, with what is known of them by now, and
// returns the inputs that have none and can have one.
func (c *cache) missing() (todo []int) {
	now := make([]bool, len(c.list)) // those of which nothing is known
	var later []int
	for i, e := range c.list {
		switch {
		case e.why != "":
			e.drop()
		case e.some != nil && positionOf(c.j.win, e.extent, e.some.Windowy()) == outside:
			e.piece, e.hit = e.some, true // whatever it was compared with
		case c.isBlocked(i):
			e.drop()
		case e.id == "" || !e.sure:
			now[i] = true
			todo = append(todo, i)
		default:
			later = append(later, i)
		}
	}
	for _, i := range later {
		if c.lacks(i, now) {
			todo = append(todo, i)
		}
	}
	slices.Sort(todo)
	return todo
}

// drop forgets the piece.
func (e *candidate) drop() { e.piece, e.name, e.hit = nil, "", false }

// isBlocked notes an input before this one of which nothing can be kept.
func (c *cache) isBlocked(i int) bool {
	e := c.list[i]
	e.blocked = ""
	for k, other := range c.list {
		if other.why != "" && c.order.Needs(i, k, c.extent) {
			e.blocked = other.in.Path
			return true
		}
	}
	return false
}

// lacks looks for the entry of an input that has been hashed, and reports whether it
// is to be counted. It may wait for others that are counted now if their extents are
// not even guessed.
func (c *cache) lacks(i int, now []bool) bool {
	e, b := c.list[i], c.before(i)
	known, wait := true, false
	for _, k := range b.Inputs {
		if other := c.list[k]; other.id == "" {
			known = false
			wait = wait || now[k] && other.extent == engine.Anytime()
		}
	}
	if !known {
		e.drop()
		return !wait
	}
	name := c.nameOf(e, b)
	if e.piece != nil && e.name == name {
		return false
	}
	e.drop()
	if p := c.store.load(name, b); p != nil {
		e.piece, e.name, e.hit = p, name, true
	}
	return e.piece == nil
}

// nameOf names the entry of an input whose content and whose inputs before are known.
func (c *cache) nameOf(e *candidate, b *engine.Before) string {
	return entryName(e.id, hashed(b.Key(func(k int) string { return c.list[k].id })), e.in.Facts.Size)
}

// fill counts inputs apart and keeps what it found.
func (c *cache) fill(ctx context.Context, todo []int) error {
	cfg := c.cfg
	cfg.Roles = slices.Repeat([]engine.Role{engine.Leave}, len(c.list))
	cfg.Window.Since, cfg.Window.Until = event.NoTime, event.NoTime
	for _, i := range todo {
		for _, k := range c.before(i).Inputs {
			cfg.Roles[k] = engine.Recall
		}
	}
	for _, i := range todo {
		cfg.Roles[i] = engine.Apart
	}
	res, err := c.untouched(func() (*engine.Result, error) { return engine.Run(ctx, cfg) })
	if err != nil {
		return err
	}
	for i, e := range c.list {
		if cfg.Roles[i] != engine.Leave {
			e.learn(c, &res.Manifest.Inputs[i])
		}
	}
	for _, i := range todo {
		if err := c.keep(ctx, i, cfg.Roles, res.Pieces[i]); err != nil {
			return err
		}
	}
	return nil
}

// learn takes over what reading an input showed.
func (e *candidate) learn(c *cache, read *evidence.Input) {
	switch {
	case read.SHA256 == "":
		e.why = "it cannot be read to its end"
	case read.Size != e.in.Facts.Size || e.sum != "" && e.sum != read.SHA256:
		e.why = "it is being written to"
	}
	if e.why != "" {
		if e.sure, e.extent.First = false, min(e.extent.First, read.First); e.extent.First == event.NoTime {
			e.extent = engine.Anytime()
		}
		e.extent.Last = math.MaxInt64
		return
	}
	e.sum, e.id = read.SHA256, c.idOf(e.in, read.SHA256)
	e.extent, e.sure = engine.Extent{First: read.First, Last: read.Last}, true
}

// keep stores what was counted of an input, if all was read that it is compared with.
func (c *cache) keep(ctx context.Context, i int, roles []engine.Role, p *engine.Piece) error {
	e := c.list[i]
	if e.why != "" {
		return nil
	}
	b := c.before(i)
	for _, k := range b.Inputs {
		if roles[k] == engine.Leave || c.list[k].why != "" {
			return nil
		}
	}
	e.name, e.piece, e.hit = c.nameOf(e, b), p, false
	return c.store.put(ctx, e.name, p, b)
}
