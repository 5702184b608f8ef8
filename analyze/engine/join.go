package engine

import (
	"cmp"
	"fmt"
	"sync"
	"sync/atomic"

	"fwreport/analyze"
	"fwreport/analyze/codec"
	"fwreport/reader/evidence"
)

// Placed is a piece in a report.
type Placed struct {
	*Piece
	Outside bool // all of the input lies outside the window
}

// Join puts pieces together with the Result of a run that counted the other inputs,
// nil if there are none. The order is that of the configuration's inputs. The Result is
// what one run would have found that counted all inputs, if the pieces were counted
// with the same options and with all their time, and the other inputs by a run with
// this window. pieces are by input.
//
// An error that is not one of temporary space tells that a piece cannot be read.
func Join(cfg *Config, o *Order, rest *Result, pieces []*Placed) (*Result, error) {
	if rest == nil {
		rest = &Result{
			Set: analyze.NewSet(cfg.Modules, cfg.Options.Symbols), modules: cfg.Modules,
			Span: noSpan(), compared: make([]comparison, len(cfg.Inputs)),
		}
		rest.Manifest.Inputs = make([]evidence.Input, len(cfg.Inputs))
	}
	j := joiner{cfg: cfg, res: rest, shelf: cmp.Or(rest.shelf, newShelf(cfg))}
	rest.Manifest.Totals = evidence.Ledger{}
	for i, p := range pieces {
		if p != nil {
			j.facts(i, p)
		}
		rest.Manifest.Totals.Add(rest.Manifest.Inputs[i].Records)
	}
	if err := j.sets(); err != nil {
		return nil, err
	}
	rest.Manifest.Overlaps = o.overlaps(rest.compared)
	checkFamilies(cfg.Inputs, rest.Manifest.Inputs, &cfg.Options)
	return rest, nil
}

// joiner puts pieces together.
type joiner struct {
	cfg   *Config
	res   *Result
	shelf *shelf
	todo  []located
}

// located is a Set and the input that it is of.
type located struct {
	savedSet
	from, to uint32 // its number in the Set and in the report
}

// facts takes over what is known of an input.
func (j *joiner) facts(i int, p *Placed) {
	j.res.Manifest.Inputs[i] = p.adopt(j.cfg.Inputs[i], p.Outside)
	j.res.compared[i] = comparison{}
	if p.Outside {
		return
	}
	j.res.compared[i] = p.comparison
	j.res.Span = spanning(j.res.Span, p.span)
	j.res.Assumed += p.assumed
	for _, s := range p.sets {
		j.todo = append(j.todo, located{s, p.input, uint32(i)})
	}
}

// sets merges all Sets, by several goroutines.
func (j *joiner) sets() error {
	var next atomic.Int64
	var workers sync.WaitGroup
	parts := make([]*analyze.Set, min(max(j.cfg.Jobs, 1), len(j.todo)))
	errs := make([]error, len(parts))
	for w := range parts {
		workers.Go(func() {
			for i := next.Add(1) - 1; i < int64(len(j.todo)) && errs[w] == nil; i = next.Add(1) - 1 {
				parts[w], errs[w] = j.add(parts[w], &j.todo[i])
			}
		})
	}
	workers.Wait()
	for w, part := range parts {
		if errs[w] != nil {
			return errs[w]
		}
		if part == nil {
			continue
		}
		if len(j.shelf.sets) > 0 {
			if err := j.shelf.put(part); err != nil {
				return err
			}
			continue
		}
		j.res.Set.Merge(part)
	}
	return j.shelve()
}

// shelve puts what is in memory to the rest on disk, if there is any.
func (j *joiner) shelve() error {
	if len(j.shelf.sets) == 0 || j.res.shelf != nil {
		return nil
	}
	err := j.shelf.put(j.res.Set)
	j.res.Set, j.res.shelf = analyze.NewSet(j.cfg.Modules, j.cfg.Options.Symbols), j.shelf
	return err
}

// add merges a Set into what one goroutine has, which goes to disk if memory is short.
func (j *joiner) add(have *analyze.Set, l *located) (*analyze.Set, error) {
	set, err := j.load(l)
	if err != nil {
		return nil, fmt.Errorf("what is kept of %s: %w", j.cfg.Inputs[l.to].Path, err)
	}
	if have != nil {
		have.Merge(set)
		set = have
	}
	if j.shelf.space == nil || !j.shelf.short() {
		return set, nil
	}
	return nil, j.shelf.put(set)
}

func (j *joiner) load(l *located) (*analyze.Set, error) {
	in, err := l.open()
	if err != nil {
		return nil, err
	}
	defer in.Close()
	r, err := codec.NewReader(in, j.cfg.Options.Symbols)
	if err != nil {
		return nil, err
	}
	numbers := make([]uint32, l.from+1)
	for i := range numbers {
		numbers[i] = l.to
	}
	r.SetInputs(numbers)
	return analyze.LoadSet(r, j.cfg.Modules, j.cfg.Options.Symbols)
}
