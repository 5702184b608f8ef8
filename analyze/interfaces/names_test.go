package interfaces

import (
	"math/rand/v2"
	"testing"

	"fwreport/analyze"
	"fwreport/analyze/analyzetest"
	"fwreport/reader/event"
)

func named(sym *event.Symbols) *analyze.Env {
	env := analyzetest.Env(sym)
	env.Names = analyze.NewNames(nil, map[string]string{"eth0": "WAN", "": "nowhere"})
	return env
}

func TestLawsWithNames(t *testing.T) {
	analyzetest.Laws(t, Analyzer, analyzetest.Events, analyzetest.WithEnv(named))
}

func TestNames(t *testing.T) {
	sym := event.NewSymbols()
	events := analyzetest.Events(rand.New(rand.NewPCG(51, 52)), sym, 3000)
	table := analyzetest.Table(t, analyzetest.SectionOf(t, Analyzer, sym, named(sym), events), "interfaces")
	met := 0
	for _, row := range analyzetest.Rows(t, table, "in", "in_name", "out", "out_name") {
		for i := 0; i < 4; i += 2 {
			want := "-"
			if row[i] == "eth0" {
				want = "WAN"
				met++
			}
			if row[i+1] != want {
				t.Errorf("name of %s is %s, want %s", row[i], row[i+1], want)
			}
		}
	}
	if met == 0 {
		t.Error("no row names eth0")
	}
	if plain := analyzetest.SectionOf(t, Analyzer, sym, nil, events); analyzetest.Table(t, plain, "interfaces").Column("in_name") >= 0 {
		t.Error("a column in_name without names")
	}
}
