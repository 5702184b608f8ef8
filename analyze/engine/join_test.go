package engine_test

import (
	"bytes"
	"context"
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"fwreport/analyze/engine"
	"fwreport/analyze/spill"
	"fwreport/reader"
	"fwreport/reader/action"
	"fwreport/reader/event"
	"fwreport/reader/evidence"
	"fwreport/report/json"
)

// pieces counts inputs of a folder apart or together, as chance has it.
type pieces struct {
	t       *testing.T
	rnd     *rand.Rand
	inputs  []*reader.Input
	cfg     engine.Config
	order   *engine.Order
	extents []engine.Extent
	shelve  int
}

func (p *pieces) extent(i int) engine.Extent { return p.extents[i] }

// run counts the inputs of a role, and reads those that they are compared with.
func (p *pieces) run(as engine.Role, want func(i int) bool) *engine.Result {
	p.t.Helper()
	cfg := p.cfg
	cfg.Roles = slices.Repeat([]engine.Role{engine.Leave}, len(p.inputs))
	for i := range p.inputs {
		if want(i) {
			for _, k := range p.order.Before(i, p.extent).Inputs {
				cfg.Roles[k] = engine.Recall
			}
		}
	}
	for i := range p.inputs {
		if want(i) {
			cfg.Roles[i] = as
		}
	}
	cfg.Jobs = 1 + p.rnd.IntN(4)
	if p.shelve > 0 {
		cfg.Memory = 1
		engine.Shelve(&cfg, p.shelve)
	}
	facts := make([]evidence.Input, len(p.inputs))
	for i, in := range p.inputs {
		facts[i] = in.Facts
	}
	res, err := engine.Run(context.Background(), cfg)
	if err != nil {
		p.t.Fatal(err)
	}
	for i, in := range p.inputs {
		in.Facts = facts[i]
	}
	return res
}

// memoryFile is a file in memory.
type memoryFile struct{ *bytes.Reader }

func (memoryFile) Close() error { return nil }

// kept is a piece that was saved and loaded.
func (p *pieces) kept(i int, piece *engine.Piece) *engine.Piece {
	p.t.Helper()
	var b bytes.Buffer
	before := p.order.Before(i, p.extent)
	if err := piece.Save(&b, program, "name", before); err != nil {
		p.t.Fatal(err)
	}
	open := func() (engine.File, error) { return memoryFile{bytes.NewReader(b.Bytes())}, nil }
	got, err := engine.LoadPiece(open, int64(b.Len()), program, "name", before)
	if err != nil {
		p.t.Fatal(err)
	}
	if err := got.Check(); err != nil {
		p.t.Fatal(err)
	}
	return got
}

// report puts together what several runs counted of inputs apart and one of the rest.
func (p *pieces) report(r run) []byte {
	p.t.Helper()
	class := make([]int, len(p.inputs)) // the run that counts it; 0: the one of the rest
	for i := range class {
		class[i] = p.rnd.IntN(4)
	}
	placed := make([]*engine.Placed, len(p.inputs))
	for n := 1; n < 4; n++ {
		of := func(i int) bool { return class[i] == n }
		if !slices.Contains(class, n) {
			continue
		}
		for i, piece := range p.run(engine.Apart, of).Pieces {
			if piece != nil {
				placed[i] = &engine.Placed{Piece: p.kept(i, piece)}
			}
		}
	}
	rest := p.run(engine.Count, func(i int) bool { return class[i] == 0 })
	cfg := p.cfg
	if p.shelve > 0 {
		cfg.Memory = 1
	}
	res, err := engine.Join(&cfg, p.order, rest, placed)
	if err != nil {
		p.t.Fatal(err)
	}
	var b bytes.Buffer
	if err := json.Render(&b, r.made(p.t, p.inputs, res), json.Options{}); err != nil {
		p.t.Fatal(err)
	}
	return b.Bytes()
}

// TestJoin: inputs that were counted apart, in several runs that read but what is
// compared with them, and the rest in one more, make the report of one run, also if
// memory is short.
func TestJoin(t *testing.T) {
	for seed := range uint64(4) {
		d, _, _ := oneDay(seed, 2000)
		dir := d.folder(t)
		want := run{jobs: 2, year: 2026}.report(t, dir)
		var text bytes.Buffer
		if err := json.Render(&text, want, json.Options{}); err != nil {
			t.Fatal(err)
		}
		for _, shelve := range []int{0, 200} {
			t.Run(fmt.Sprint(seed, " ", shelve), func(t *testing.T) {
				inputs, err := reader.Open(context.Background(), []string{dir}, reader.OpenOptions{Formats: formats, Year: 2026, Now: time.Date(2030, 1, 1, 0, 0, 0, 0, time.UTC)})
				if err != nil {
					t.Fatal(err)
				}
				space, err := spill.NewSpace(t.TempDir(), 0)
				if err != nil {
					t.Fatal(err)
				}
				t.Cleanup(func() {
					if err := space.Close(); err != nil {
						t.Error(err)
					}
				})
				p := &pieces{t: t, rnd: rand.New(rand.NewPCG(seed, 3)), inputs: inputs, order: engine.NewOrder(inputs, false), shelve: shelve}
				p.cfg = engine.Config{
					Inputs: inputs, Modules: modules, Window: always, Jobs: 2, Space: space, Memory: 1 << 40,
					Options: reader.Options{Symbols: event.NewSymbols(), Actions: action.NewTable(action.Options{})},
				}
				for i := range want.Evidence.Inputs {
					f := &want.Evidence.Inputs[i]
					p.extents = append(p.extents, engine.Extent{First: f.First, Last: f.Last})
				}
				if got := p.report(run{year: 2026, win: &always}); !bytes.Equal(got, text.Bytes()) {
					at := differ(got, text.Bytes())
					t.Errorf("the report differs at byte %d:\n got %.300s\nwant %.300s", at, got[max(0, at-200):], text.Bytes()[max(0, at-200):])
				}
			})
		}
	}
}
