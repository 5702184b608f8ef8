package denied

import (
	"math/rand/v2"
	"net/netip"
	"testing"

	"fwreport/analyze"
	"fwreport/analyze/analyzetest"
	"fwreport/reader/event"
)

// named is an environment in which half of the IPv4 addresses have a name.
func named(sym *event.Symbols) *analyze.Env {
	env := analyzetest.Env(sym)
	env.Names = analyze.NewNames([]analyze.Network{{Prefix: netip.MustParsePrefix("0.0.0.0/1"), Name: "low"}}, nil)
	return env
}

func TestLawsWithNames(t *testing.T) {
	analyzetest.Laws(t, Analyzer, analyzetest.Events, analyzetest.WithEnv(named))
}

func TestNetworks(t *testing.T) {
	sym := event.NewSymbols()
	events := analyzetest.Events(rand.New(rand.NewPCG(51, 52)), sym, 3000)
	s := analyzetest.SectionOf(t, Analyzer, sym, named(sym), events)
	for _, id := range []string{"denied", "undetermined", "sources"} {
		met := map[string]int{}
		for _, row := range analyzetest.Rows(t, analyzetest.Table(t, s, id), "src", "network") {
			want := "-"
			if a, err := netip.ParseAddr(row[0]); err == nil && a.Is4() && a.As4()[0] < 128 {
				want = "low"
			}
			if met[want]++; row[1] != want {
				t.Errorf("%s: network of %s is %s, want %s", id, row[0], row[1], want)
			}
		}
		if met["low"] == 0 || met["-"] == 0 {
			t.Errorf("%s: rows %v show nothing", id, met)
		}
		if plain := analyzetest.SectionOf(t, Analyzer, sym, nil, events); analyzetest.Table(t, plain, id).Column("network") >= 0 {
			t.Errorf("%s: a column network without networks", id)
		}
	}
}
