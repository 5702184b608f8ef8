// Package overview counts all events: by action and verdict, by host, and over
// time. It also says what the counts do not show by themselves: how many
// verdicts are undetermined, and of which prefixes; how many were assumed; how
// many events carry no stamp.
//
// Actions, hosts and undetermined prefixes are counted by package kinds already, and
// rolled up from there.
//
// Time is counted by the minute, and cut into bins only in Result, when the span
// is known: bins of a fixed length are too fine for a year or too coarse for an
// hour, and bins that are merged while the span grows would depend on the order
// of the events. A counter a minute costs 40 bytes, a year of minutes 30 MB at
// most; a dense array was rejected because one wrong stamp would make it huge.
package overview

import (
	"time"

	"fwreport/analyze"
	"fwreport/analyze/count"
	"fwreport/analyze/kinds"
	"fwreport/analyze/window"
	"fwreport/reader/event"
	"fwreport/report"
)

// Analyzer makes the section overview.
var Analyzer = &analyze.Analyzer{
	Name:  "overview",
	Title: "Overview",
	Doc: "All events: what was done with them, which hosts logged them, and when. Denied, accepted or undetermined is what " +
		"the record or its prefix says; a log line by itself does not prove what the next rule did.",
	Requires: []*analyze.Analyzer{kinds.Analyzer},
	New:      func(*analyze.Shared) analyze.State { return &state{minutes: count.NewCached[byVerdict]()} },
}

// verdicts is the number of verdicts; they count up from Undetermined.
const verdicts = 3

// byVerdict counts events by verdict.
type byVerdict [verdicts]uint64

func (v *byVerdict) total() uint64 {
	return v[event.Undetermined] + v[event.Denied] + v[event.Accepted]
}

func (v *byVerdict) merge(o *byVerdict) {
	for i := range v {
		v[i] += o[i]
	}
}

type state struct {
	timeless uint64
	minutes  *count.Cached[byVerdict] // by minute since 1970

	minute *byVerdict // the counter of the minute last used, which most events share; nil if none
	begin  int64      // and when that minute begins
}

// Add counts all events.
func (s *state) Add(events []event.Event) {
	for i := range events {
		e := &events[i]
		if e.Time == event.NoTime {
			s.timeless += uint64(e.Count)
			continue
		}
		if s.minute == nil || uint64(e.Time-s.begin) >= uint64(time.Minute) {
			s.turn(e.Time)
		}
		s.minute[e.Verdict] += uint64(e.Count)
	}
}

// turn makes the minute of t the current one.
func (s *state) turn(t int64) {
	m := window.Minute(t)
	s.minute, s.begin = s.minutes.At(count.Words{A: uint64(m)}), window.MinuteStart(m)
}

// Merge adds another state.
func (s *state) Merge(other analyze.State, _ count.Remap) {
	o := other.(*state)
	s.timeless += o.timeless
	s.minute = nil // it may move
	for i, k := range o.minutes.Keys {
		s.minutes.At(k).merge(&o.minutes.Vals[i])
	}
}

// whole is the state with what the kinds of events add up to.
type whole struct {
	*state
	all      count.Stat
	verdicts byVerdict
	assumed  byVerdict                 // events whose verdict is the user's assumption
	actions  *count.Packed[count.Stat] // by action and verdict
	hosts    *count.Packed[host]       // by name
	open     *count.Packed[uint64]     // undetermined events, by prefix
}

type host struct {
	count.Stat
	denied uint64
}

func (s *state) whole(all *kinds.State) *whole {
	w := &whole{state: s, actions: count.NewPacked[count.Stat](), hosts: count.NewPacked[host](), open: count.NewPacked[uint64]()}
	for i := range all.Keys {
		w.add(&all.Keys[i], all.Vals[i])
	}
	return w
}

func (w *whole) add(k *kinds.Key, v *count.Stat) {
	w.all.Merge(v)
	w.verdicts[k.Verdict()] += v.Count
	if k.Assumed() {
		w.assumed[k.Verdict()] += v.Count
	}
	w.actions.At(count.Words{A: uint64(k.Action()), B: uint64(k.Verdict())}).Merge(v)
	h := w.hosts.At(count.Words{A: uint64(k.Host())})
	h.Merge(v)
	switch k.Verdict() {
	case event.Denied:
		h.denied += v.Count
	case event.Undetermined:
		*w.open.At(count.Words{A: uint64(k.Prefix())}) += v.Count
	}
}

// Result makes the section.
func (s *state) Result(env *analyze.Env) *report.Section {
	w := s.whole(env.State(kinds.Analyzer).(*kinds.State))
	t := w.timeline(env.Zone)
	return &report.Section{
		Findings: w.findings(env, t),
		Notes:    w.notes(env),
		Charts: []report.Chart{{
			ID: "timeline", Title: "Events per " + t.bins.Name(), Kind: report.StackedBars,
			Table: "timeline", X: "time", Y: []string{"denied", "accepted", "undetermined"},
		}},
		Tables: []report.Table{w.actionTable(env), w.hostTable(env), t.table()},
	}
}
