package integrity

import (
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"
	_ "time/tzdata"

	"fwreport/analyze"
	"fwreport/analyze/analyzetest"
	"fwreport/reader/event"
	"fwreport/report"
)

// machine simulates a host that logs: true time goes on, the kernel's clock
// counts it with an error, the wall clock is set and corrected, a daemon writes
// records in whole seconds, some of them late. The tests compare what the module
// says with what was done to the machine; the module's own code is not used.
type machine struct {
	r      *rand.Rand
	sym    *event.Symbols
	host   string
	input  uint32
	record uint64
	events []event.Event

	now    int64 // true time
	booted int64
	ppm    float64 // by which the kernel's clock is fast
	wrong  int64   // by which the wall clock is ahead
}

func newMachine(seed uint64, sym *event.Symbols, host string) *machine {
	return &machine{r: rand.New(rand.NewPCG(seed, 0x6d616368)), sym: sym, host: host,
		now: at("2026-03-01T00:00:00Z"), booted: at("2026-03-01T00:00:00Z")}
}

func at(s string) int64 {
	t, err := time.Parse(time.RFC3339, s)
	if err != nil {
		panic(err)
	}
	return t.UnixNano()
}

// boot reboots: off for a time, then up, early messages written when the daemon
// starts.
func (m *machine) boot(off, daemon int64, early int) {
	m.now += off
	m.booted = m.now
	for range early {
		m.now += m.r.Int64N(daemon/int64(early) + 1)
		m.write(m.booted + daemon - m.now)
	}
	m.now = m.booted + daemon
}

// write logs one record, by so much late.
func (m *machine) write(by int64) {
	m.record++
	up := float64(m.now-m.booted) * (1 + m.ppm/1e6)
	m.events = append(m.events, event.Event{
		Time: (m.now + m.wrong + by) / second * second, Uptime: int64(up) / 1000, Fields: event.HasUptime, Count: 1,
		Host: m.sym.Of(m.host), Ref: event.MakeRef(m.input, m.record),
	})
}

// run logs for a time, a record each mean on the average, daemons up to late.
func (m *machine) run(length, mean, late int64) {
	for end := m.now + length; ; {
		m.now += int64(m.r.ExpFloat64() * float64(mean))
		if m.now >= end {
			m.now = end
			return
		}
		by := int64(0)
		if late > 0 && m.r.IntN(10) == 0 {
			by = m.r.Int64N(late)
		}
		m.write(by)
	}
}

func section(t *testing.T, sym *event.Symbols, events ...[]event.Event) *report.Section {
	t.Helper()
	return analyzetest.SectionOf(t, Analyzer, sym, env(sym), slices.Concat(events...))
}

func env(sym *event.Symbols) *analyze.Env {
	e := analyzetest.Env(sym)
	for i := range e.Inputs {
		e.Inputs[i].Family = "kern.log"
	}
	return e
}

// clock is the rows of the table clock: count, host, kind, step.
func clock(t *testing.T, s *report.Section) []string {
	return analyzetest.Lines(t, analyzetest.Table(t, s, "clock"), "count", "host", "kind", "step")
}

func wantClock(t *testing.T, s *report.Section, want ...string) {
	t.Helper()
	if got := clock(t, s); !slices.Equal(got, want) {
		t.Errorf("clock:\n got %s\nwant %s\n%s", strings.Join(got, "\n     "), strings.Join(want, "\n     "), analyzetest.Render(s))
	}
}

// boots is the instants of the table's boots in order, to the minute.
func boots(t *testing.T, s *report.Section) []string {
	var list []string
	for _, r := range analyzetest.Rows(t, analyzetest.Table(t, s, "boots"), "boot") {
		b := time.Unix(0, at(r[0])).UTC().Round(time.Minute)
		list = append(list, b.Format("01-02 15:04"))
	}
	slices.Sort(list)
	return list
}

func wantText(t *testing.T, s *report.Section, word report.Confidence, parts ...string) {
	t.Helper()
	for _, f := range s.Findings {
		if f.Confidence == word && !slices.ContainsFunc(parts, func(p string) bool { return !strings.Contains(f.Text, p) }) {
			return
		}
	}
	t.Errorf("no %s finding with %q in\n%s", word, parts, analyzetest.Render(s))
}

func TestBootsOfAMachine(t *testing.T) {
	sym := event.NewSymbols()
	m := newMachine(1, sym, "gw")
	m.ppm = 40
	m.boot(0, 15*second, 8)
	m.run(9*day+5*hour, 10*minute, 3*second)
	m.boot(2*minute, 20*second, 8)
	m.run(day+hour, 10*minute, 3*second)
	m.boot(8*hour, 70*second, 3)
	m.run(2*day, 10*minute, 3*second)
	s := section(t, sym, m.events)
	wantClock(t, s)
	// 9 days and 5 hours, 15 s of the first start, 2 minutes off; 25 hours, 20 s of the second start, 8 hours off.
	if got, want := boots(t, s), []string{"03-01 00:00", "03-10 05:02", "03-11 14:03"}; !slices.Equal(got, want) {
		t.Errorf("boots %q, want %q", got, want)
	}
	var n uint64
	for row := range analyzetest.Table(t, s, "boots").Rows {
		n += row[0].Uint()
	}
	if n != uint64(len(m.events)) {
		t.Errorf("%d records in boots, want %d", n, len(m.events))
	}
}

func TestStepsOfTheClock(t *testing.T) {
	for _, c := range []struct {
		step       int64
		want, text string
	}{
		{2 * hour, "2h0m0s", "set forward by 2h0m0s (whole hours"},
		{-3 * hour, "-3h0m0s", "set back by 3h0m0s (whole hours"},
		{40 * second, "40s", "set forward by 40s at"},
		{-25 * second, "-25s", "set back by 25s at"},
		{17 * minute, "17m0s", "set forward by 17m0s at"},
	} {
		sym := event.NewSymbols()
		m := newMachine(2, sym, "gw")
		m.boot(0, 5*second, 0)
		m.run(3*day, 5*minute, 0)
		before := len(m.events)
		m.wrong = c.step
		m.run(2*day, 5*minute, 0)
		s := section(t, sym, m.events)
		rows := analyzetest.Rows(t, analyzetest.Table(t, s, "clock"), "count", "kind", "step", "evidence_before", "evidence_after")
		if len(rows) != 1 {
			t.Fatalf("step of %s: rows %q", length(c.step), rows)
		}
		d, err := time.ParseDuration(rows[0][2])
		if err != nil || abs(int64(d)-c.step) > 2*second || rows[0][1] != "step" {
			t.Errorf("row %q, want a step of %s", rows[0], c.want)
		}
		first := m.events[before].Ref.Record()
		if rows[0][0] != itoa(uint64(len(m.events)-before)) || rows[0][3] != "kern.log:"+itoa(first-1) || rows[0][4] != "kern.log:"+itoa(first) {
			t.Errorf("row %q, want the step at record %d", rows[0], first)
		}
		if got := boots(t, s); len(got) != 1 {
			t.Errorf("boots %q, want one", got)
		}
		if c.step%minute == 0 {
			wantText(t, s, report.Inferred, c.text)
		}
	}
}

func itoa(n uint64) string { return report.CountOf(n).String() }

func TestEditedStamps(t *testing.T) {
	for _, shift := range []int64{3 * hour, -3 * hour, 11 * minute, -7 * minute, 20 * hour} {
		sym := event.NewSymbols()
		m := newMachine(3, sym, "gw")
		m.boot(0, 5*second, 0)
		m.run(6*day, 4*minute, 2*second)
		n := len(m.events) / 2
		for i := n; i < n+20; i++ {
			m.events[i].Time += shift
		}
		s := section(t, sym, m.events)
		rows := analyzetest.Rows(t, analyzetest.Table(t, s, "clock"), "count", "host", "kind", "evidence_after")
		want := []string{"20", "gw", "contradiction", "kern.log:" + itoa(m.events[n].Ref.Record())}
		if len(rows) != 1 || !slices.Equal(rows[0], want) {
			t.Errorf("shift of %s: %q, want %q", length(shift), rows, want)
		}
		wantText(t, s, report.Inferred, "the stamps of 20 records", "the stamps were changed")
	}
}

// TestUptimeOutOfLine gives a record amid a window of a boot an uptime below, or
// above, all others: it is that record that is out of line, and no clock was set.
func TestUptimeOutOfLine(t *testing.T) {
	for _, shift := range []int64{-28 * hour, 40 * hour} {
		sym := event.NewSymbols()
		m := newMachine(5, sym, "gw")
		m.boot(0, 5*second, 0)
		m.now += 60 * day
		m.run(day, 4*minute, 2*second)
		e := &m.events[len(m.events)/3]
		e.Uptime += shift / 1000
		s := section(t, sym, m.events)
		rows := analyzetest.Rows(t, analyzetest.Table(t, s, "clock"), "count", "host", "kind", "evidence_after")
		if want := []string{"1", "gw", "contradiction", "kern.log:" + itoa(e.Ref.Record())}; len(rows) != 1 || !slices.Equal(rows[0], want) {
			t.Errorf("shift of %s: %q, want %q", length(shift), rows, want)
		}
	}
}

// TestEditedFarAway moves records out of the life of their boot: only the order
// of the file shows it.
func TestEditedFarAway(t *testing.T) {
	for _, shift := range []int64{-40 * day, 200 * day, -365 * day} {
		sym := event.NewSymbols()
		m := newMachine(4, sym, "gw")
		m.boot(0, 5*second, 0)
		m.run(6*day, 4*minute, 2*second)
		n := len(m.events) / 2
		for i := n; i < n+20; i++ {
			m.events[i].Time += shift
		}
		s := section(t, sym, m.events)
		wantText(t, s, report.Inferred, "20 records", "stand in the log between records of one boot")
		if shift == -365*day {
			wantText(t, s, report.Inferred, "(a year: a year may be wrong)")
		}
	}
}

func TestTwoMachinesUnderOneName(t *testing.T) {
	sym := event.NewSymbols()
	a, b := newMachine(5, sym, "fw"), newMachine(6, sym, "fw")
	b.input = 1
	b.ppm = -30
	a.boot(0, 5*second, 4)
	b.boot(2*day+hour/2, 5*second, 4)
	a.run(9*day, 6*minute, 2*second)
	b.run(7*day, 6*minute, 2*second)
	s := section(t, sym, a.events, b.events)
	wantText(t, s, report.Inferred, "two boots run at the same time", "two machines log under one name, or the stamps were changed")
	if got, want := boots(t, s), []string{"03-01 00:00", "03-03 00:30"}; !slices.Equal(got, want) {
		t.Errorf("boots %q, want %q", got, want)
	}
}

// TestTwoMachinesAndAStep: the clock of the second one is set while both log.
func TestTwoMachinesAndAStep(t *testing.T) {
	sym := event.NewSymbols()
	a, b := newMachine(15, sym, "fw"), newMachine(16, sym, "fw")
	b.input = 1
	a.boot(0, 5*second, 4)
	b.boot(2*day+hour/2, 5*second, 4)
	a.run(9*day, 6*minute, 2*second)
	b.run(3*day, 6*minute, 2*second)
	n := len(b.events)
	b.wrong = 50 * minute
	b.run(4*day, 6*minute, 2*second)
	s := section(t, sym, a.events, b.events)
	rows := analyzetest.Rows(t, analyzetest.Table(t, s, "clock"), "count", "kind")
	want := [][]string{{itoa(uint64(len(b.events))), "overlap"}, {itoa(uint64(len(b.events) - n)), "step"}}
	if !slices.EqualFunc(rows, want, slices.Equal[[]string]) {
		t.Errorf("%q, want %q", rows, want)
	}
}

// TestSeveralEdits: each is found, and none hides another.
func TestSeveralEdits(t *testing.T) {
	sym := event.NewSymbols()
	m := newMachine(17, sym, "gw")
	m.ppm = 90
	m.boot(0, 5*second, 0)
	m.run(20*day, 4*minute, 2*second)
	shifts := []int64{3 * hour, -2 * hour, 47 * minute, -9 * minute}
	for k, shift := range shifts {
		for i := range 5 + k {
			m.events[1000*(k+1)+i].Time += shift
		}
	}
	s := section(t, sym, m.events)
	got := analyzetest.Lines(t, analyzetest.Table(t, s, "clock"), "count", "kind", "evidence_after")
	want := []string{"8 | contradiction | kern.log:4001", "7 | contradiction | kern.log:3001",
		"6 | contradiction | kern.log:2001", "5 | contradiction | kern.log:1001"}
	if !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
}

func TestUptimeResetWithoutRoom(t *testing.T) {
	sym := event.NewSymbols()
	m := newMachine(7, sym, "gw")
	m.boot(0, 5*second, 0)
	m.run(4*day, 5*minute, 0)
	m.booted = m.now - 9*hour // as if it had been up while the boot before it still logged
	m.run(2*day, 5*minute, 0)
	s := section(t, sym, m.events)
	wantText(t, s, report.Inferred, "the uptime starts anew without room for a boot")
	if got, want := boots(t, s), []string{"03-01 00:00", "03-04 15:00"}; !slices.Equal(got, want) {
		t.Errorf("boots %q, want %q", got, want)
	}
}

func TestAWrongZoneIsSaidToFit(t *testing.T) {
	sym := event.NewSymbols()
	m := newMachine(8, sym, "gw")
	m.boot(0, 5*second, 0)
	m.run(28*day, 10*minute, 2*second) // until 2026-03-29, when Berlin goes to summer time
	m.wrong = hour
	m.run(5*day, 10*minute, 2*second)
	wantText(t, section(t, sym, m.events), report.Inferred, "set forward by 1h0m0s (whole hours: a zone may be wrong, or summer time")
}

// TestFoldedHour: the naive stamps of a machine in Berlin over the end of summer
// time, resolved in the right zone.
func TestFoldedHour(t *testing.T) {
	sym := event.NewSymbols()
	m := newMachine(9, sym, "gw")
	m.now, m.booted = at("2026-10-20T00:00:00Z"), at("2026-10-20T00:00:00Z")
	m.run(10*day, 5*minute, 0)
	second := at("2026-10-25T01:00:00Z")
	for i := range m.events {
		e := &m.events[i]
		if e.Time >= second-hour && e.Time < second+hour {
			e.Fields |= event.TimeFolded
		}
		if e.Time >= second && e.Time < second+hour {
			e.Time -= hour
		}
	}
	wantClock(t, section(t, sym, m.events))
}

func TestClockUnsetAfterABoot(t *testing.T) {
	sym := event.NewSymbols()
	m := newMachine(10, sym, "router")
	m.boot(0, 5*second, 0)
	m.run(4*day, 5*minute, 0)
	m.wrong = -m.now - minute // 1970
	m.boot(minute, 10*second, 6)
	m.run(minute, 5*second, 0)
	m.wrong = 0
	m.run(3*day, 5*minute, 0)
	s := section(t, sym, m.events)
	if got := boots(t, s); len(got) != 3 || !slices.Contains(got, "01-01 00:00") {
		t.Errorf("boots %q", got)
	}
}

func TestMadeUpStampsAreOneFinding(t *testing.T) {
	sym := event.NewSymbols()
	m := newMachine(11, sym, "evil")
	m.run(2*day, minute, 0)
	for i := range m.events {
		m.events[i].Uptime = m.r.Int64N(int64(1e6 * 86400 * 900))
	}
	s := section(t, sym, m.events)
	wantText(t, s, report.Inferred, "overlapping boots", "many machines log under one name")
	if n := analyzetest.Table(t, s, "clock").TotalRows; n > 20 {
		t.Errorf("%d rows", n)
	}
}

// TestHonestMachines: nothing that happens to sound machines is a finding.
func TestHonestMachines(t *testing.T) {
	for seed := range uint64(60) {
		sym := event.NewSymbols()
		m := newMachine(seed, sym, "gw")
		m.ppm = float64(m.r.IntN(400) - 200)
		lateness := m.r.Int64N(90 * second)
		mean := []int64{3 * minute, 20 * minute, 3 * hour, 30 * hour}[m.r.IntN(4)]
		for range 1 + m.r.IntN(4) {
			m.boot(30*second+m.r.Int64N(day), 5*second+m.r.Int64N(90*second), m.r.IntN(12))
			m.run(m.r.Int64N(40*day), mean, lateness)
		}
		s := section(t, sym, m.events)
		if n := analyzetest.Table(t, s, "clock").TotalRows; n != 0 || len(s.Findings) != 0 {
			t.Errorf("machine %d (a record each %s, %v ppm): findings\n%s", seed, time.Duration(mean), m.ppm, analyzetest.Render(s))
		}
	}
}
