package engine

import (
	"math/rand/v2"
	"reflect"
	"testing"

	"fwreport/reader"
	"fwreport/reader/event"
	"fwreport/reader/evidence"
)

// numbers cuts a stream's numbers into chunks, gives them to two tallies in any
// order and returns what the two together say.
func numbers(stream reader.Stream, ns []uint64, rnd *rand.Rand) (evidence.Loss, []string) {
	tallies := [2]*tally{newTally(), newTally()}
	type part struct{ seq, from, to int }
	var parts []part
	for at := 0; at < len(ns); {
		n := min(1+rnd.IntN(4), len(ns)-at)
		parts = append(parts, part{len(parts), at, at + n})
		at += n
	}
	for _, i := range rnd.Perm(len(parts)) {
		var all []reader.Sequence
		for j := parts[i].from; j < parts[i].to; j++ {
			all = append(all, reader.Sequence{Record: uint64(j + 1), Time: int64(j+1) * 1000, Stream: stream, N: ns[j]})
		}
		tallies[rnd.IntN(2)].sequences(parts[i].seq, all)
	}
	tallies[0].ledger.Other = 1
	tallies[0].merge(tallies[1])
	notes := tallies[0].missingNumbers()
	return tallies[0].losses[missingClass(stream)], notes
}

func TestMissingNumbers(t *testing.T) {
	tests := []struct {
		name   string
		stream reader.Stream
		ns     []uint64
		want   evidence.Loss
		notes  int
	}{
		{"whole", reader.NFLOGLocal, []uint64{5, 6, 7, 8}, evidence.Loss{}, 0},
		{"two gaps", reader.NFLOGLocal, []uint64{1, 2, 5, 6, 16, 17}, evidence.Loss{Notices: 2, Lost: 2 + 9, First: 3000, Last: 5000, Record: 3}, 0},
		{"wraps", reader.NFLOGGlobal, []uint64{0xfffffffe, 0xffffffff, 0, 1}, evidence.Loss{}, 0},
		{"wraps with a gap", reader.NFLOGGroup + 3, []uint64{0xfffffffe, 1, 2}, evidence.Loss{Notices: 1, Lost: 2, First: 2000, Last: 2000, Record: 2}, 0},
		{"kernel's do not wrap", reader.KernelMessages, []uint64{1 << 33, 1<<33 + 3}, evidence.Loss{Notices: 1, Lost: 2, First: 2000, Last: 2000, Record: 2}, 0},
		{"restart", reader.NFLOGLocal, []uint64{90, 91, 92, 93, 94, 95, 96, 97, 98, 0, 1, 2}, evidence.Loss{}, 0},
		{"two groups mixed", reader.NFLOGLocal, []uint64{5, 100, 6, 101, 7, 102}, evidence.Loss{}, 1},
	}
	for _, test := range tests {
		if test.want != (evidence.Loss{}) {
			test.want.Class = missingClass(test.stream)
		}
		for seed := range uint64(20) {
			got, notes := numbers(test.stream, test.ns, rand.New(rand.NewPCG(seed, 1)))
			if !reflect.DeepEqual(got, test.want) || len(notes) != test.notes {
				t.Fatalf("%s, seed %d: %+v %q, want %+v", test.name, seed, got, notes, test.want)
			}
		}
	}
}

// Kernel messages are numbered all together: a file of firewall records alone
// has holes that tell nothing.
func TestNumbersOfSomeMessages(t *testing.T) {
	y := newTally()
	y.sequences(0, []reader.Sequence{{Record: 1, Time: event.NoTime, Stream: reader.KernelMessages, N: 4}, {Record: 2, Time: event.NoTime, Stream: reader.KernelMessages, N: 9}})
	if notes := y.missingNumbers(); len(notes) != 1 || len(y.losses) != 0 {
		t.Errorf("%q %v", notes, y.losses)
	}
}
