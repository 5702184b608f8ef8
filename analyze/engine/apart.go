package engine

import (
	"bufio"
	"errors"
	"io"
	"sync"

	"fwreport/analyze"
	"fwreport/analyze/codec"
	"fwreport/analyze/spill"
	"fwreport/reader"
	"fwreport/reader/event"
	"fwreport/report"
)

// Role is what a run does with an input.
type Role uint8

// The roles. One run counts inputs together or apart, not some so and some so.
const (
	Count  Role = iota // it is counted, into the Result's Set
	Apart              // it is counted by itself: see Result.Pieces
	Recall             // it is read for others to be compared with it, and not counted
	Leave              // it is not read
)

var errRoles = errors.New("some inputs are to be counted apart and others together, in one run")

// role is what the run does with an input.
func (c *Config) role(input uint32) Role {
	if c.Roles == nil {
		return Count
	}
	return c.Roles[input]
}

// only leaves out what is not read and makes a phase of each input that is
// compared with others or counted apart. So what an input has in common with the
// inputs before it is known when it was read, and what is counted of it is all
// there (but for what waits on disk): no other input is under way then. Reading
// several at once and finding out at the end whose a copy was would use more cores
// on compressed logs, but keep the places of all copies.
func (o *once) only(c *Config) {
	all := o.phases
	o.phases = nil
	for _, p := range all {
		var together []*reader.Input
		for _, in := range p.inputs {
			switch r := c.role(in.Index); {
			case r == Leave, r == Recall && o.of[in.Index] == none && in.Carrier() == in && in.Format != nil:
			case r == Apart, p.family != none:
				alone := p
				alone.inputs = []*reader.Input{in}
				o.phases = append(o.phases, alone)
			default:
				together = append(together, in)
			}
		}
		if len(together) > 0 {
			p.inputs = together
			o.phases = append(o.phases, p)
		}
	}
}

// collector takes what is counted of inputs apart.
type collector struct {
	space  *spill.Space
	now    uint32   // the input that is counted
	pieces []*Piece // by input; nil: it is not counted apart
	late   map[uint32]*analyze.Set

	mu sync.Mutex
}

// newCollector makes one if any input is counted apart.
func newCollector(c *Config) (*collector, error) {
	got := collector{space: c.Space, pieces: make([]*Piece, len(c.Inputs)), late: map[uint32]*analyze.Set{}}
	apart, together := 0, 0
	for i, in := range c.Inputs {
		switch c.role(uint32(i)) {
		case Apart:
			apart++
			got.pieces[i] = &Piece{input: uint32(i), noted: len(in.Facts.Notes), span: noSpan()}
		case Count:
			together++
		}
	}
	if apart > 0 && together > 0 {
		return nil, errRoles
	}
	if apart == 0 {
		return nil, nil
	}
	return &got, nil
}

// piece is that of an input; nil if it is not counted apart.
func (c *collector) piece(input uint32) *Piece {
	if c == nil {
		return nil
	}
	return c.pieces[input]
}

// collect takes what the workers counted of the present input. None is at work.
func (c *collector) collect(workers []*worker) error {
	var set *analyze.Set
	for _, w := range workers {
		if !w.used {
			continue
		}
		c.pieces[c.now].count(w)
		if set == nil {
			set = w.set
		} else {
			set.Merge(w.set)
		}
		w.renew()
	}
	if set == nil {
		return nil
	}
	return c.put(c.now, set)
}

// renew makes the worker begin with nothing counted.
func (w *worker) renew() {
	w.set, w.used = analyze.NewSet(w.cfg.Modules, w.cfg.Options.Symbols), false
	w.span, w.assumed = noSpan(), 0
}

// count takes over what a worker knows of the events that it counted.
func (p *Piece) count(w *worker) {
	p.span = spanning(p.span, w.span)
	p.assumed += w.assumed
}

// noSpan is the span of no event.
func noSpan() report.Span { return report.Span{First: event.NoTime, Last: event.NoTime} }

// spanning is the span of both.
func spanning(a, b report.Span) report.Span {
	if a.First == event.NoTime || b.First != event.NoTime && b.First < a.First {
		a.First = b.First
	}
	a.Last = max(a.Last, b.Last) // NoTime is the least
	return a
}

// put writes a Set of an input.
func (c *collector) put(input uint32, set *analyze.Set) error {
	file, err := c.space.Create()
	if err != nil {
		return err
	}
	out := bufio.NewWriterSize(file, 1<<16)
	w := codec.NewWriter(out, set.Symbols())
	set.Save(w)
	if err := errors.Join(w.Close(), out.Flush()); err != nil {
		return err
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	p := c.pieces[input]
	p.sets = append(p.sets, savedSet{
		size: file.Size(),
		open: func() (io.ReadCloser, error) { return io.NopCloser(file.Section(0, file.Size())), nil },
	})
	return nil
}

// relieve writes the Set of a worker for which memory is short, and those of other
// inputs that replay left.
func (c *collector) relieve(set *analyze.Set) error {
	return errors.Join(c.put(c.now, set), c.putLate())
}

func (c *collector) putLate() error {
	for input, set := range c.late {
		if err := c.put(input, set); err != nil {
			return err
		}
		delete(c.late, input)
	}
	return nil
}

// turn makes the worker count for another input, when events that waited on disk
// come: they come by shard, and in each by input.
func (c *collector) turn(w *worker, input uint32) {
	if c == nil || input == c.now || c.pieces[input] == nil {
		return
	}
	if w.used {
		c.pieces[c.now].count(w)
		c.late[c.now] = w.set
		w.renew()
	}
	c.now = input
	if set := c.late[input]; set != nil {
		w.set, w.used = set, true
		delete(c.late, input)
	}
}

// finish takes what came late.
func (c *collector) finish(w *worker) error {
	if c == nil {
		return nil
	}
	return errors.Join(c.collect([]*worker{w}), c.putLate())
}
