package integrity

import (
	"fmt"
	"time"

	"fwreport/analyze"
	"fwreport/reader/event"
	"fwreport/report"
)

// kind is what is odd about a clock.
type kind uint8

// The kinds, in the order of their names.
const (
	contradiction kind = iota // few records out of line with many
	crowded                   // too many boots at once to tell them apart
	misplaced                 // records of another boot stand between those of one
	overlap                   // two boots at the same time
	clockStep                 // the uptime goes on, the stamps jump
	uptimeReset               // the uptime is lower than before, without room for a boot
)

// String is the cell of the column kind.
func (k kind) String() string {
	return [...]string{"contradiction", "crowded", "misplaced", "overlap", "step", "uptime reset"}[k]
}

// oddity is one row of the table clock.
type oddity struct {
	count         uint64 // records after the step, or out of line
	time, last    int64  // stamps of the first and last of them
	step          int64  // nanoseconds: later stamps are positive
	before, after event.Ref
	source        uint32 // rank
	boots         uint32 // of crowded
	kind          kind
	early         bool // within ten minutes of a boot
}

// step notes a change of the clock between two runs of one boot, b after a.
func (t *timeline) step(a, b *line) {
	d := b.base - a.top
	if abs(d) <= 10*second+drifted(b.lo-a.hi) || abs(d) <= late && (a.slight(a.topCount) || b.slight(b.baseCount)) {
		return
	}
	t.odd = append(doubled(t.odd), oddity{source: t.src, kind: clockStep, count: b.Count, time: b.base + b.lo, last: b.Last(),
		step: d, before: a.hiRef, after: b.loRef, early: a.hi <= 10*minute})
}

// parallel notes a run whose uptimes overlap those of a and whose stamps differ.
func (t *timeline) parallel(a, r *line) {
	o := oddity{source: t.src, kind: overlap, count: r.Count, time: r.First(), last: r.Last(), step: r.base - a.at(r.lo),
		before: a.LastRef(), after: r.FirstRef(), early: r.lo <= 10*minute}
	switch {
	case r.First() >= a.Last():
		o.kind = uptimeReset
	case r.Count*fewest <= a.Count:
		o.kind, o.before = contradiction, a.loRef
	default:
		o.before = a.FirstRef()
	}
	t.odd = append(doubled(t.odd), o)
}

// crowded notes runs that are too many to be told apart, as one.
func (t *timeline) crowded(all *stripe, runs int) {
	t.odd = append(doubled(t.odd), oddity{source: t.src, kind: crowded, count: all.Count, time: all.First(), last: all.Last(),
		before: all.FirstRef(), after: all.LastRef(), boots: uint32(runs)})
}

// misplaced notes boots that are sound by their stamps, but whose records stand
// in the file between the records of one other boot: a boot's records stand
// together, whatever the clock shows.
func (t *timeline) misplaced(env *analyze.Env) {
	t.places = t.places[:0]
	more := uint64(0)
	for i := range t.told {
		t.places = append(t.places, placeOfBoot(&t.told[i]))
		more = max(more, t.told[i].Count)
	}
	for i := range t.places {
		r := &t.places[i]
		if r.count*fewest > more {
			continue
		}
		for j := range t.places {
			if a := &t.places[j]; r.count*fewest <= a.count && i != j && r.within(a) && t.oneFamily(env, i, j) {
				t.misplace(&t.told[j], &t.told[i])
				break
			}
		}
	}
}

func (t *timeline) misplace(a, r *line) {
	t.odd = append(doubled(t.odd), oddity{source: t.src, kind: misplaced, count: r.Count, time: r.First(), last: r.Last(),
		step: r.base - a.at(r.lo), before: a.loRef, after: r.loRef})
}

// place is where a boot's records stand: what is compared of each with each.
type place struct {
	count       uint64
	first, last event.Ref
	lo, hi      int64
}

func placeOfBoot(l *line) place {
	return place{l.Count, min(l.loRef, l.hiRef), max(l.loRef, l.hiRef), l.lo, l.hi}
}

// within reports whether r's records stand between a's.
func (r *place) within(a *place) bool {
	return a.first < r.first && a.last > r.last && a.lo <= r.lo && a.hi >= r.hi
}

// oneFamily reports whether the records of two boots stand in one input or
// rotation family.
func (t *timeline) oneFamily(env *analyze.Env, i, j int) bool {
	first := t.places[j].first
	family := familyOf(env, first)
	for _, ref := range []event.Ref{t.places[j].last, t.places[i].first, t.places[i].last} {
		if ref.Input() != first.Input() && (family == "" || familyOf(env, ref) != family) {
			return false
		}
	}
	return true
}

func familyOf(env *analyze.Env, r event.Ref) string {
	if int(r.Input()) >= len(env.Inputs) {
		return ""
	}
	return env.Inputs[r.Input()].Family
}

// finding words an oddity with care: the records show that, not why.
func (o *oddity) finding(env *analyze.Env, src source) report.Finding {
	return report.Finding{Confidence: report.Inferred, Text: "On " + src.words() + " " + o.text(env) + ".", Evidence: places(env, o.before, o.after)}
}

func (o *oddity) text(env *analyze.Env) string {
	those := records(o.count) + " " + span(o.time, o.last, env.Zone)
	switch o.kind {
	case clockStep:
		return o.stepText(env)
	case uptimeReset:
		return fmt.Sprintf("the uptime starts anew without room for a boot: %s are of a boot that would have begun before the last record of the one before%s: %s",
			those, o.fit(), o.causes("the clock was set back across the boot"))
	case contradiction:
		return fmt.Sprintf("the stamps of %s are %s%s against their kernel uptime, while records around them agree: %s",
			those, shift(o.step), o.fit(), o.causes("the clock was set and set again"))
	case overlap:
		return fmt.Sprintf("two boots run at the same time: %s are of a boot that differs by %s%s: two machines log under one name, or the stamps were changed",
			those, length(abs(o.step)), o.fit())
	case misplaced:
		return fmt.Sprintf("%s stand in the log between records of one boot, but are %s%s against it: the stamps were changed, the clock was set, records were delivered late, or logs were put together",
			those, shift(o.step), o.fit())
	}
	return fmt.Sprintf("stamps and uptimes of %s fit %s overlapping boots: they were made up, or many machines log under one name",
		those, report.Group(uint64(o.boots)))
}

func (o *oddity) stepText(env *analyze.Env) string {
	way, or := "back", ""
	if o.step > 0 {
		way, or = "forward", ", or the machine slept so long"
	}
	if o.early {
		or += "; it was soon after a boot, when a clock is often set"
	}
	return fmt.Sprintf("the clock was set %s by %s%s at %s%s (%s after it)",
		way, length(abs(o.step)), o.fit(), stamp(o.time, env.Zone), or, records(o.count))
}

// causes lists what may have led to stamps out of line.
func (o *oddity) causes(clock string) string {
	if o.early {
		clock = "the clock was not yet set after a boot"
	}
	return "the stamps were changed, " + clock + ", or two machines log under one name"
}

// fit says where a shift is a whole number of hours or a year: the mark of a
// wrong zone or year.
func (o *oddity) fit() string {
	d := abs(o.step)
	for _, days := range []int64{365, 366} {
		if abs(d-days*day) <= late {
			return " (a year: a year may be wrong)"
		}
	}
	if h := (d + hour/2) / hour; h >= 1 && h <= 14 && abs(d-h*hour) <= 20*second {
		return " (whole hours: a zone may be wrong, or summer time not minded)"
	}
	return ""
}

// shift is a step in words: "3h0m0s late".
func shift(d int64) string {
	if d < 0 {
		return length(-d) + " early"
	}
	return length(d) + " late"
}

// length is a duration to the second.
func length(ns int64) string { return time.Duration(ns).Round(time.Second).String() }
