package engine

import (
	"bufio"
	"cmp"
	"fmt"
	"runtime"
	"runtime/metrics"
	"sync"

	"fwreport/analyze"
	"fwreport/analyze/codec"
	"fwreport/analyze/spill"
	"fwreport/report"
)

// When memory is short a worker writes its Set to disk, cut into parts by source
// address, and begins anew. At the end each part is put together from all that
// was written of it and looked at on its own (see analyze.Gatherer): what is
// counted by source is complete in it. Rows of finished tables wait on disk too.
// So memory holds one part at a time, and results are the same to the last byte.

// parts is into how many parts Sets are cut. Each has to fit into memory.
const parts = 32

// A worker looks every so many events whether memory is short. It is from two
// fifths of the limit on: a table that grows takes three times its size for a
// moment, and chunks, names and the report need some.
const (
	lookEvery   = 50_000
	shortAbove  = 0.40 // of the limit, without garbage
	mayBeShort  = 0.55 // with it
	heapObjects = "/memory/classes/heap/objects:bytes"
)

// shelf is where Sets wait on disk. It is shared by all workers.
type shelf struct {
	space *spill.Space // nil: everything stays in memory
	limit float64      // bytes of memory
	every int          // see lookEvery
	same  []uint32     // each input's number, which stays what it is
	apart *collector   // nil: no inputs are counted apart

	mu   sync.Mutex
	sets []shelved
}

// shelved is a Set on disk.
type shelved struct {
	file  *spill.File
	parts [parts]struct{ off, size int64 }
}

func newShelf(cfg *Config) *shelf {
	s := &shelf{space: cfg.Space, limit: float64(cfg.Memory), every: cmp.Or(cfg.every, lookEvery), same: make([]uint32, len(cfg.Inputs))}
	for i := range s.same {
		s.same[i] = uint32(i)
	}
	return s
}

// short reports whether memory is short, whatever takes it.
func (s *shelf) short() bool {
	if heap() < mayBeShort*s.limit {
		return false
	}
	runtime.GC()
	return heap() > shortAbove*s.limit
}

func heap() float64 {
	sample := []metrics.Sample{{Name: heapObjects}}
	metrics.Read(sample)
	return float64(sample[0].Value.Uint64())
}

// put writes a Set.
func (s *shelf) put(set *analyze.Set) error {
	file, err := s.space.Create()
	if err != nil {
		return err
	}
	on := shelved{file: file}
	for i, part := range set.Parts(parts) {
		at := &on.parts[i]
		at.off = file.Size()
		out := bufio.NewWriterSize(file, 1<<16)
		w := codec.NewWriter(out, set.Symbols())
		set.SavePart(w, part)
		if err := w.Close(); err != nil {
			return err
		}
		if err := out.Flush(); err != nil {
			return err
		}
		at.size = file.Size() - at.off
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.sets = append(s.sets, on)
	return nil
}

// part puts a part together.
func (s *shelf) part(i int, modules []*analyze.Analyzer, empty *analyze.Set) (*analyze.Set, error) {
	set := empty
	for n := range s.sets {
		at := s.sets[n].parts[i]
		r, err := codec.NewReader(s.sets[n].file.Section(at.off, at.size), empty.Symbols())
		if err != nil {
			return nil, err
		}
		r.SetInputs(s.same)
		loaded, err := analyze.LoadSet(r, modules, empty.Symbols())
		if err != nil {
			return nil, err
		}
		if set == empty {
			set = loaded
		} else {
			set.Merge(loaded)
		}
	}
	return set, nil
}

// relieve writes the worker's Set to disk if memory is short.
func (w *worker) relieve() {
	if w.shelf.space == nil || w.since < w.shelf.every {
		return
	}
	w.since = 0
	if !w.shelf.short() {
		return
	}
	if w.used {
		w.putAway()
	}
	if err := w.sieve.relieve(w.shelf); err != nil {
		w.fail(fmt.Errorf("memory is short: %w", err))
	}
}

func (w *worker) putAway() {
	put := w.shelf.put
	if w.shelf.apart != nil {
		put = w.shelf.apart.relieve
	}
	if err := put(w.set); err != nil {
		w.fail(fmt.Errorf("memory is short: %w", err))
		return
	}
	w.set = analyze.NewSet(w.cfg.Modules, w.cfg.Options.Symbols)
}

// Sections makes the sections of the report. Their rows may be on disk for as long
// as the space is open, of each table the first limit ones; 0 is all. An error is
// one of temporary space.
func (r *Result) Sections(env *analyze.Env, limit int) ([]report.Section, error) {
	if r.shelf == nil {
		return r.Set.Sections(env), nil
	}
	var err error
	if r.tables, err = spill.NewTables(r.shelf.space); err != nil {
		return nil, err
	}
	env.KeepTable = func(t report.Table, all bool) report.Table {
		most := limit
		if all {
			most = 0
		}
		kept, keepErr := r.tables.Keep(t, most)
		if err == nil {
			err = keepErr
		}
		return kept
	}
	p := analyze.NewParts(r.modules)
	each := func(look func(i int, set *analyze.Set)) {
		for i := 0; i < parts && err == nil; i++ {
			var set *analyze.Set
			if set, err = r.shelf.part(i, r.modules, r.Set); err == nil {
				look(i, set)
			}
		}
	}
	each(func(_ int, set *analyze.Set) { p.Survey(set, env) })
	each(func(i int, set *analyze.Set) { p.Take(set, env, i == 0) })
	if err != nil {
		return nil, fmt.Errorf("putting the report together: %w", err)
	}
	return p.Sections(env), nil
}

// Err is an error that was met in reading rows back from disk: a table is cut.
func (r *Result) Err() error {
	if r.tables == nil {
		return nil
	}
	return r.tables.Err()
}
