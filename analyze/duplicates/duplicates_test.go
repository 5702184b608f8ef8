package duplicates

import (
	"fmt"
	"math/rand/v2"
	"reflect"
	"slices"
	"sync"
	"testing"

	"fwreport/analyze/spill"
	"fwreport/reader/event"
)

// line is a record as the tests make it; body stands for its text.
type line struct {
	host, body, sec, uptime int // uptime -1: none
}

func (l line) event(ref event.Ref) event.Event {
	e := event.Event{Time: int64(1_700_000_000+l.sec) * second, Ref: ref, Host: event.Sym(l.host), Count: 1}
	if l.uptime >= 0 {
		e.Uptime, e.Fields = int64(l.uptime), event.HasUptime
	}
	return e
}

func (l line) identity() event.Identity {
	return event.Identity{A: uint64(l.body) * 0x9e3779b97f4a7c15, B: uint64(l.body) * 0xda942042e4dd58b5}
}

// result is what a run found: the places that count, sorted, and all duplicates.
type result struct {
	events, dups []event.Ref
	finder       *Finder
	space        *spill.Space
}

// drive runs families through a Finder with several workers that take random
// chunks, in the families' order.
func drive(t *testing.T, families [][]line, workers int, rnd *rand.Rand) result {
	t.Helper()
	return driveWith(t, families, workers, rnd, nil)
}

// driveWith puts shards on disk now and then if there is space.
func driveWith(t *testing.T, families [][]line, workers int, rnd *rand.Rand, space *spill.Space) result {
	t.Helper()
	r := result{finder: New(), space: space}
	for f, lines := range families {
		r.finder.Begin(f, f < len(families)-1)
		r.family(uint32(f), lines, workers, rnd)
		for _, s := range r.finder.Settle() {
			r.settled(t, &s)
		}
	}
	if err := r.finder.Replay(func(s *Settled) { r.settled(t, s) }); err != nil {
		t.Fatal(err)
	}
	slices.Sort(r.events)
	slices.Sort(r.dups)
	return r
}

func (r *result) settled(t *testing.T, s *Settled) {
	t.Helper()
	ref := s.Event.Ref
	if !s.Pending {
		if !s.Counts {
			t.Fatalf("Settle names %v, a duplicate that Sift named", ref)
		}
		r.dups = slices.DeleteFunc(r.dups, func(d event.Ref) bool { return d == ref })
	}
	if s.Counts {
		r.events = append(r.events, ref)
	} else {
		r.dups = append(r.dups, ref)
	}
}

func (r *result) family(f uint32, lines []line, workers int, rnd *rand.Rand) {
	var mu sync.Mutex
	var wg sync.WaitGroup
	for at := 0; at < len(lines); {
		if r.space != nil && rnd.IntN(40) == 0 {
			wg.Go(func() {
				if err := r.finder.Evict(r.space); err != nil {
					panic(err)
				}
			})
		}
		n := min(1+rnd.IntN(9), len(lines)-at)
		chunk, first := lines[at:at+n], at
		at += n
		work := func() {
			var events []event.Event
			var bodies []event.Identity
			for i, l := range chunk {
				events = append(events, l.event(event.MakeRef(f, uint64(first+i+1))))
				bodies = append(bodies, l.identity())
			}
			seen := r.finder.Sieve().Sift(events, bodies)
			mu.Lock()
			defer mu.Unlock()
			for i, s := range seen {
				switch s {
				case Event:
					r.events = append(r.events, events[i].Ref)
				case Duplicate:
					r.dups = append(r.dups, events[i].Ref)
				}
			}
		}
		if workers == 1 {
			work()
		} else {
			wg.Go(work)
		}
	}
	wg.Wait()
}

// count is the simple second way to the same numbers: multisets.
func count(families [][]line) (events int, shared map[[2]int]int) {
	most, all := map[line]int{}, make([]map[line]int, len(families))
	for f, lines := range families {
		all[f] = map[line]int{}
		for _, l := range lines {
			all[f][l]++
			most[l] = max(most[l], all[f][l])
		}
	}
	for _, n := range most {
		events += n
	}
	shared = map[[2]int]int{}
	for a := range all {
		for b := range a {
			for l, n := range all[a] {
				shared[[2]int{b, a}] += min(n, all[b][l])
			}
		}
	}
	return events, shared
}

// someFamilies writes records to several families as syslog daemons do: most
// lines to most families, some repeated, some lost.
func someFamilies(rnd *rand.Rand, uptimes bool) [][]line {
	families := make([][]line, 1+rnd.IntN(5))
	for range rnd.IntN(400) {
		l := line{host: rnd.IntN(2), body: rnd.IntN(30), sec: 5 * rnd.IntN(40), uptime: -1}
		if uptimes {
			l.uptime = 1_000_000*(1000+l.sec) + rnd.IntN(3)
		}
		for f := range families {
			for range []int{1, 1, 1, 0, 2, 3}[rnd.IntN(6)] {
				families[f] = append(families[f], l)
			}
		}
	}
	for _, lines := range families {
		rnd.Shuffle(len(lines), func(i, j int) { lines[i], lines[j] = lines[j], lines[i] })
	}
	return families
}

func TestAgainstMultisets(t *testing.T) {
	for seed := range uint64(300) {
		rnd := rand.New(rand.NewPCG(seed, 1))
		families := someFamilies(rnd, seed%2 == 0)
		want, shared := count(families)
		one := drive(t, families, 1, rnd)
		if len(one.events) != want {
			t.Fatalf("seed %d: %d events, want %d", seed, len(one.events), want)
		}
		total := 0
		for _, lines := range families {
			total += len(lines)
		}
		if len(one.events)+len(one.dups) != total {
			t.Fatalf("seed %d: %d events and %d duplicates of %d records", seed, len(one.events), len(one.dups), total)
		}
		for ab, n := range shared {
			if got := one.finder.Shared(ab[0], ab[1]); got != uint64(n) {
				t.Fatalf("seed %d: families %v share %d, want %d", seed, ab, got, n)
			}
		}
		for f, lines := range families {
			if got := one.finder.Records(f); got != uint64(len(lines)) {
				t.Errorf("seed %d: family %d: %d records, want %d", seed, f, got, len(lines))
			}
		}
	}
}

// The order in which workers get the chunks changes nothing, down to the place.
func TestAnyWorkers(t *testing.T) {
	for seed := range uint64(60) {
		families := someFamilies(rand.New(rand.NewPCG(seed, 2)), seed%2 == 0)
		one := drive(t, families, 1, rand.New(rand.NewPCG(seed, 3)))
		for again := range uint64(3) {
			many := drive(t, families, 8, rand.New(rand.NewPCG(seed, 4+again)))
			if !slices.Equal(one.events, many.events) || !slices.Equal(one.dups, many.dups) {
				t.Fatalf("seed %d: other places with several workers:\n%v\n%v", seed, one.events, many.events)
			}
		}
	}
}

// Shards on disk change nothing, whenever they went there.
func TestOnDisk(t *testing.T) {
	for seed := range uint64(100) {
		families := someFamilies(rand.New(rand.NewPCG(seed, 5)), seed%2 == 0)
		one := drive(t, families, 1, rand.New(rand.NewPCG(seed, 6)))
		space, err := spill.NewSpace(t.TempDir(), 0)
		if err != nil {
			t.Fatal(err)
		}
		got := driveWith(t, families, int(1+seed%8), rand.New(rand.NewPCG(seed, 7)), space)
		if !slices.Equal(one.events, got.events) || !slices.Equal(one.dups, got.dups) {
			t.Fatalf("seed %d: other places:\n%v\n%v", seed, one.events, got.events)
		}
		for a := range families {
			for b := range a {
				if one.finder.Shared(b, a) != got.finder.Shared(b, a) {
					t.Fatalf("seed %d: %d and %d share %d, want %d", seed, b, a, got.finder.Shared(b, a), one.finder.Shared(b, a))
				}
			}
		}
		if err := space.Close(); err != nil {
			t.Error(err)
		}
	}
}

// The image of a waiting event is read back as memory: it must hold no pointers.
func TestImageHasNoPointers(t *testing.T) {
	var check func(reflect.Type)
	check = func(y reflect.Type) {
		switch y.Kind() {
		case reflect.Struct:
			for i := range y.NumField() {
				check(y.Field(i).Type)
			}
		case reflect.Array:
			check(y.Elem())
		case reflect.Pointer, reflect.Slice, reflect.String, reflect.Map, reflect.Interface, reflect.Func, reflect.Chan, reflect.UnsafePointer:
			t.Errorf("%v is a pointer", y)
		}
	}
	check(reflect.TypeFor[waiting]())
}

func TestWhatIsTheSame(t *testing.T) {
	base := line{host: 1, body: 7, sec: 1000, uptime: 500_000_000}
	with := func(change func(*line)) line { l := base; change(&l); return l }
	tests := []struct {
		name  string
		other line
		same  bool
	}{
		{"copy", base, true},
		{"other host", with(func(l *line) { l.host = 2 }), false},
		{"other body", with(func(l *line) { l.body = 8 }), false},
		{"two seconds later", with(func(l *line) { l.sec += 2 }), true},
		{"two seconds earlier", with(func(l *line) { l.sec -= 2 }), true},
		{"three seconds later", with(func(l *line) { l.sec += 3 }), false},
		{"a microsecond of uptime", with(func(l *line) { l.uptime++ }), false},
		{"no uptime", with(func(l *line) { l.uptime = -1 }), true},
		{"no uptime, a second later", with(func(l *line) { l.uptime = -1; l.sec++ }), false},
		{"after the next boot", with(func(l *line) { l.sec += 86400 }), false},
	}
	for _, test := range tests {
		for _, pair := range [][2]line{{base, test.other}, {test.other, base}} {
			r := drive(t, [][]line{{pair[0]}, {pair[1]}}, 1, rand.New(rand.NewPCG(1, 1)))
			if same := len(r.events) == 1; same != test.same {
				t.Errorf("%s: same is %v, want %v", test.name, same, test.same)
			}
		}
	}
}

// Soon after boot a daemon that starts late stamps all it finds with its start.
func TestLateDaemon(t *testing.T) {
	early := line{host: 1, body: 7, sec: 1000, uptime: 9_000_000}
	late := early
	late.sec += 45
	r := drive(t, [][]line{{early}, {late}}, 1, rand.New(rand.NewPCG(1, 1)))
	if len(r.events) != 1 {
		t.Errorf("%d events, want 1", len(r.events))
	}
}

// A family without uptimes has as many events as one that tells them apart.
func TestUptimesAndNone(t *testing.T) {
	a := line{host: 1, body: 7, sec: 1000, uptime: 500_000_000}
	b, none := a, a
	b.uptime++
	none.uptime = -1
	for _, families := range [][][]line{
		{{a, b}, {none, none}},
		{{none, none}, {a, b}},
		{{none, none}, {a, b}, {none, none}, {b, a}},
		{{a, b}, {none}, {a}},
	} {
		r := drive(t, families, 1, rand.New(rand.NewPCG(1, 1)))
		if len(r.events) != 2 {
			t.Errorf("%v: %d events, want 2", families, len(r.events))
		}
	}
}

func TestNoStampNoCopy(t *testing.T) {
	f := New()
	for family := range 2 {
		f.Begin(family, true)
		e := []event.Event{{Time: event.NoTime}}
		if got := f.Sieve().Sift(e, make([]event.Identity, 1)); got[0] != Event {
			t.Errorf("family %d: %v", family, got[0])
		}
	}
}

// Entries of one hash keep their order when a table grows, wherever they stand.
func TestGrowKeepsOrder(t *testing.T) {
	for seed := range uint64(200) {
		rnd := rand.New(rand.NewPCG(seed, 8))
		var s shard
		for i := range 1000 {
			s.add(entry{hash: ^uint64(rnd.IntN(20)), ref: event.Ref(i)}) // at the table's end
		}
		last := map[uint64]event.Ref{}
		for i := range 20 {
			hash := ^uint64(i)
			mask := uint64(len(s.table) - 1)
			for at := hash & mask; s.table[at].hash != 0; at = (at + 1) & mask {
				if e := s.table[at]; e.hash == hash {
					if before, met := last[hash]; met && before > e.ref {
						t.Fatalf("seed %d: %d stands before %d", seed, before, e.ref)
					}
					last[hash] = e.ref
				}
			}
		}
	}
}

func BenchmarkSift(b *testing.B) {
	const n = 1 << 20
	for _, hits := range []bool{false, true} {
		b.Run(fmt.Sprintf("hits=%v", hits), func(b *testing.B) {
			var events []event.Event
			var bodies []event.Identity
			for i := range n {
				l := line{host: 1, body: i, sec: i / 100, uptime: 600_000_000 + i}
				events = append(events, l.event(event.MakeRef(0, uint64(i+1))))
				bodies = append(bodies, l.identity())
			}
			b.ReportAllocs() // of the table, which is made anew each time
			for b.Loop() {
				f := New()
				s := f.Sieve()
				f.Begin(0, true)
				if hits {
					b.StopTimer()
					s.Sift(events, bodies)
					f.Begin(1, false)
					b.StartTimer()
				}
				for at := 0; at < n; at += 1024 {
					s.Sift(events[at:at+1024], bodies[at:at+1024])
				}
			}
			b.ReportMetric(float64(b.N)*n/b.Elapsed().Seconds(), "records/s")
		})
	}
}
