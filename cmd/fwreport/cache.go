package main

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"strings"
	"time"

	"fwreport/analyze/engine"
	"fwreport/reader"
	"fwreport/reader/evidence"
)

// The cache keeps what was counted of each log file, so that a weekly report of
// a year of rotations reads what is new. An entry is what was counted of one
// input, of its whole time (engine.Piece), under a name made of all that it depends
// on: the program's very version, the options, the file's content, where its years
// and zone come from, and the same of the files that are compared with it: where
// several log families are read, or logs and captures, those of the same time that
// are read before it (engine.Order). A file that was only renamed is known again. With
// a window (--since), an entry serves if the file lies inside it, or outside of it, as a
// whole; the others are read.
//
// A run with the cache goes so:
//
//  1. Files whose size is known are hashed (look), which tells from their entries
//     what time they span. Others are new.
//  2. What has no entry is counted, each file apart, in one run of the engine, which
//     reads the files that they are compared with too, without counting them (fill).
//     Which those are follows from the spans; that of a new file is guessed from its
//     ends, and if the run shows that the guess was too short, its result is not
//     used and the next round does it again.
//  3. What cannot be kept, what is compared with that, and files across the window's
//     border are counted together, in a second run (rest).
//  4. All is put together (engine.Join).
//
// Rejected: to keep the records' identities, so that files need not be read again to
// compare others with them. They are as many as the records, and hashed with a secret
// that lasts for one run, so that nobody can write lines that collide.

// cache is --cache.
type cache struct {
	j       *job
	cfg     engine.Config
	order   *engine.Order
	program string
	options string
	store   store
	list    []*candidate // by input
}

// candidate is an input that may be known, and what is known of it.
type candidate struct {
	in  *reader.Input
	why string // why nothing can be kept of it; "": it can

	sum    string // of its content; "": not known yet
	id     string // names all that its records depend on; "": not known yet
	extent engine.Extent
	sure   bool // of the extent; else it is a guess

	some    *engine.Piece // of this content, whatever it was compared with; nil: none is known
	blocked string        // an input before it of which nothing can be kept
	name    string        // of the entry of piece
	piece   *engine.Piece // nil: none, or none any more
	hit     bool          // piece was there
}

// cached counts the inputs, but takes from the cache what it knows.
func (j *job) cached(ctx context.Context, inputs []*reader.Input, cfg engine.Config, options string) (*engine.Result, error) {
	c, err := newCache(j, inputs, cfg, options)
	if err != nil {
		return nil, err
	}
	res, err := c.run(ctx)
	var broken unreadableEntry
	if errors.As(err, &broken) && !c.passing() {
		j.ui.line(fmt.Sprintf("fwreport: the cache cannot be used, everything is read: %v", broken))
		return engine.Run(ctx, cfg)
	}
	return res, err
}

func newCache(j *job, inputs []*reader.Input, cfg engine.Config, options string) (*cache, error) {
	id, err := programID()
	if err != nil {
		return nil, err
	}
	c := &cache{j: j, cfg: cfg, order: engine.NewOrder(inputs, cfg.KeepDuplicates), program: id, options: options}
	c.store, err = openStore(j.flags.cache, id, time.Now(), j.ui.detail)
	return c, err
}

// passing reports whether an input can be read only once.
func (c *cache) passing() bool {
	for _, e := range c.list {
		if e.in.Path == "-" {
			return true
		}
	}
	return false
}

// rounds is how often what is missing is counted. Guesses are right in the second
// round; after that only files that change while they are read are left.
const rounds = 4

func (c *cache) run(ctx context.Context) (*engine.Result, error) {
	if err := c.look(ctx); err != nil {
		return nil, err
	}
	for range rounds {
		todo := c.missing()
		if len(todo) == 0 {
			break
		}
		if err := c.fill(ctx, todo); err != nil {
			return nil, err
		}
	}
	c.missing() // what was counted may depend on what turned out not to be kept
	return c.join(ctx)
}

// join counts what is left and puts all together.
func (c *cache) join(ctx context.Context) (*engine.Result, error) {
	placed := make([]*engine.Placed, len(c.list))
	hits := 0
	for i, e := range c.list {
		if where := c.place(i); where != across {
			placed[i] = &engine.Placed{Piece: e.piece, Outside: where == outside}
			if e.hit {
				hits++
			}
		}
	}
	rest, err := c.rest(ctx, placed)
	if err != nil {
		return nil, err
	}
	c.j.ui.detail("%d of %d inputs from the cache", hits, len(c.list))
	res, err := engine.Join(&c.cfg, c.order, rest, placed)
	if err != nil {
		return nil, unreadableEntry{err}
	}
	return res, nil
}

// rest counts the inputs that are not placed, together, with the window.
func (c *cache) rest(ctx context.Context, placed []*engine.Placed) (*engine.Result, error) {
	roles := make([]engine.Role, len(c.list))
	any := false
	for i := range c.list {
		roles[i] = engine.Leave
		if placed[i] == nil {
			roles[i], any = engine.Count, true
		}
	}
	if !any {
		return nil, nil
	}
	for i, e := range c.list {
		if roles[i] == engine.Count {
			c.explain(e)
		} else if c.needed(i, roles) {
			roles[i] = engine.Recall
		}
	}
	cfg := c.cfg
	cfg.Roles = roles
	return c.untouched(func() (*engine.Result, error) { return engine.Run(ctx, cfg) })
}

// needed reports whether an input is compared with one that is counted.
func (c *cache) needed(k int, roles []engine.Role) bool {
	for i, r := range roles {
		if r == engine.Count && c.order.Needs(i, k, c.extent) {
			return true
		}
	}
	return false
}

// before is what the counts of an input depend on. It is not kept: where many inputs
// are of one time, all of them together would take much memory.
func (c *cache) before(i int) *engine.Before { return c.order.Before(i, c.extent) }

// explain says why an input is read though the cache is used.
func (c *cache) explain(e *candidate) {
	switch path := e.in.Path; {
	case e.in.Format == nil || e.in.Facts.Skipped != "":
	case e.why != "":
		c.j.ui.detail("%s: not kept: %s", path, e.why)
	case e.blocked != "":
		c.j.ui.detail("%s: not kept: it is compared with %s, which is not", path, e.blocked)
	case e.piece != nil:
		c.j.ui.detail("%s: read: it lies across a border of the window, or near one", path)
	default:
		c.j.ui.detail("%s: not kept: it, or what it is compared with, changes while it is read", path)
	}
}

// untouched runs something and forgets what it noted in the inputs themselves: they
// are read again.
func (c *cache) untouched(run func() (*engine.Result, error)) (*engine.Result, error) {
	facts := make([]evidence.Input, len(c.list))
	for i, e := range c.list {
		facts[i] = e.in.Facts
	}
	res, err := run()
	for i, e := range c.list {
		e.in.Facts = facts[i]
	}
	return res, err
}

func (c *cache) extent(i int) engine.Extent { return c.list[i].extent }

// idOf names all that the records of an input depend on, but for its place in the
// list: those of a renamed file are the same.
func (c *cache) idOf(in *reader.Input, sum string) string {
	return hashed(c.program, c.options, sum, in.Format.Name, in.Facts.Compression, in.YearSource(), fmt.Sprint(in.YearRef),
		in.StampZone(&c.cfg.Options).String(), in.ZoneFrom, strings.Join(in.ZoneNotes, "\n"))
}

// hashed is the hash of texts, in hex.
func hashed(texts ...string) string {
	h := sha256.New()
	for _, s := range texts {
		fmt.Fprintf(h, "%d %s\n", len(s), s)
	}
	return hex.EncodeToString(h.Sum(nil))
}
