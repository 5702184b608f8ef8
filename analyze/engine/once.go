package engine

import (
	"slices"
	"sync"

	"fwreport/analyze/duplicates"
	"fwreport/reader"
	"fwreport/reader/event"
)

// once sees to it that a record that stands in several log families is counted
// once, and finds out which packets of the logs are in captures too. Both need
// families to follow each other, so it says in which order inputs are read.
type once struct {
	names  []string // of families
	of     []int    // family of each input, none if it takes no part
	logs   int      // the first so many families are logs, the others captures
	phases []phase

	ident *event.Identifier
	dup   *duplicates.Finder // nil: nothing can be a duplicate, or all are kept
	cross *duplicates.Finder // nil: there is nothing to compare

	turns    *turns         // of the chunks of inputs that take part
	now      int            // the present family
	inflight sync.WaitGroup // chunks of it that workers have
}

// none is the family of what takes no part.
const none = -1

// phase is inputs that are read side by side.
type phase struct {
	inputs  []*reader.Input
	family  int  // of all of them; none: each chunk's own
	recall  bool // records are to be remembered: another log family comes
	recallX bool // for the comparison of logs and captures
}

// plan finds the families and the order. With keep duplicates are events.
func plan(inputs []*reader.Input, keep bool) *once {
	o := &once{of: slices.Repeat([]int{none}, len(inputs)), turns: newTurns(len(inputs)), now: none, ident: event.NewIdentifier()}
	o.number(inputs, func(in *reader.Input) bool { return in.Format.Identifies })
	o.logs = len(o.names)
	o.number(inputs, (*reader.Input).Packets)
	if o.logs > 1 && !keep {
		o.dup = duplicates.New()
	}
	if o.logs > 0 && len(o.names) > o.logs {
		o.cross = duplicates.NewObserver()
	}
	if o.dup == nil && o.cross == nil {
		o.of = slices.Repeat([]int{none}, len(inputs))
		o.phases = []phase{{inputs: inputs, family: none}}
		return o
	}
	o.order(inputs)
	return o
}

// number gives each family among the inputs that take part a number.
func (o *once) number(inputs []*reader.Input, takesPart func(*reader.Input) bool) {
	known := map[string]int{}
	var before *reader.Input
	for i, in := range inputs {
		if in.Format == nil || !takesPart(in) {
			continue
		}
		name := in.Facts.Family
		if before != nil && in.SamePlace(before) {
			name = in.Path // kern.log.1 beside kern.log.1.gz is a copy, not the next file
		}
		before = in
		n, met := known[name]
		if !met {
			n = len(o.names)
			known[name] = n
			o.names = append(o.names, name)
		}
		o.of[i] = n
	}
}

// order makes the phases: families one by one, then archives whose members of
// several families pass by in one stream, then all else.
func (o *once) order(inputs []*reader.Input) {
	own := make([][]*reader.Input, len(o.names))
	var rest, streams []*reader.Input
	for i, in := range inputs {
		switch carrier := in.Carrier(); {
		case carrier != in:
			if o.of[i] != none && !slices.Contains(streams, carrier) {
				streams = append(streams, carrier)
			}
		case o.of[i] != none:
			own[o.of[i]] = append(own[o.of[i]], in)
		default:
			rest = append(rest, in)
		}
	}
	logs, captures := o.span(own, 0, o.logs), o.span(own, o.logs, len(own))
	for i := range logs {
		logs[i].recall = o.dup != nil && (i < len(logs)-1 || len(streams) > 0)
	}
	// What comes first is remembered: the smaller part.
	first, then := logs, captures
	if size(captures) < size(logs) {
		first, then = captures, logs
	}
	for i := range first {
		first[i].recallX = true
	}
	o.phases = append(first, then...)
	for _, in := range streams {
		o.phases = append(o.phases, phase{inputs: []*reader.Input{in}, family: none})
		rest = slices.DeleteFunc(rest, func(r *reader.Input) bool { return r == in })
	}
	o.phases = append(o.phases, phase{inputs: rest, family: none})
}

// span makes the phases of families from up to to.
func (o *once) span(own [][]*reader.Input, from, to int) (phases []phase) {
	for f := from; f < to; f++ {
		if len(own[f]) > 0 {
			phases = append(phases, phase{inputs: own[f], family: f})
		}
	}
	return phases
}

func size(phases []phase) (n int64) {
	for _, p := range phases {
		for _, in := range p.inputs {
			n += max(in.Facts.Size, 0)
		}
	}
	return n
}

// enter waits, before a chunk of another family than the last is handed out,
// until the workers are done with those of the last one. It is called by one
// reader at a time where families change.
func (o *once) enter(c *reader.Chunk, p *phase, settle func()) {
	if f := o.of[c.Input.Index]; f != none && f != o.now {
		o.inflight.Wait()
		settle()
		o.begin(f, p.recall || p.family == none, p.recallX || p.family == none)
	}
	o.inflight.Add(1)
}

func (o *once) begin(family int, recall, recallX bool) {
	o.now = family
	if o.dup != nil && family < o.logs {
		o.dup.Begin(family, recall)
	}
	if o.cross != nil {
		o.cross.Begin(family, recallX)
	}
}

// inTurn calls do when all chunks of the input before this one are done with, if the
// input takes part.
func (o *once) inTurn(c *reader.Chunk, do func()) {
	if o.of[c.Input.Index] == none {
		return
	}
	o.turns.wait(c)
	defer o.turns.pass(c)
	do()
}

// sieve is a worker's part of once.
type sieve struct {
	*once
	own     *duplicates.Sieve // of dup
	theirs  *duplicates.Sieve // of cross
	packets []event.Identity
}

func newSieve(o *once) sieve {
	s := sieve{once: o}
	if o.dup != nil {
		s.own = o.dup.Sieve()
	}
	if o.cross != nil {
		s.theirs = o.cross.Sieve()
	}
	return s
}

// unique leaves those of the events that are no duplicates, moved to the front.
// What is pending comes back from settle, what waits on disk from replay.
func (s *sieve) unique(family int, t *tally, events []event.Event, bodies []event.Identity) []event.Event {
	s.compare(events)
	if s.dup != nil && family < s.logs {
		kept := events[:0]
		for i, seen := range s.own.Sift(events, bodies) {
			switch seen {
			case duplicates.Event:
				kept = append(kept, events[i])
			case duplicates.Duplicate:
				t.put(&t.ledger.Duplicates, &events[i])
			}
		}
		events = kept
	}
	return events
}

// compare looks for the events' packets on the other side, log or capture.
func (s *sieve) compare(events []event.Event) {
	if s.cross == nil {
		return
	}
	s.packets = s.packets[:0]
	for i := range events {
		p, _ := duplicates.PacketID(s.ident, &events[i])
		s.packets = append(s.packets, p)
	}
	s.theirs.Sift(events, s.packets)
}

// relieve puts what is remembered of records on disk if it is much of what may be
// in memory.
func (s *sieve) relieve(shelf *shelf) error {
	for _, f := range []*duplicates.Finder{s.dup, s.cross} {
		if f == nil || float64(f.Bytes()) < 0.1*shelf.limit {
			continue
		}
		if err := f.Evict(shelf.space); err != nil {
			return err
		}
	}
	return nil
}
