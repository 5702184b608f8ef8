package engine

import (
	"fwreport/reader"
	"fwreport/reader/event"
	"fwreport/report"
)

// survey is what all of a chunk's events say together. It is made in one pass;
// most often nothing more has to be known of any single event.
type survey struct {
	run
	any      event.Fields // what at least one has
	counted  uint64       // events that they stand for
	timeless uint64       // without a wall-clock time
}

// single are events that must be looked at one by one when they are counted.
const single = event.Flow | event.FlowOpen | event.Repeat | event.TimeFolded | event.TimeGap | event.Assumed

func surveyOf(c *reader.Chunk, events []event.Event) survey {
	s := survey{run: run{seq: c.Seq, first: event.NoTime, last: event.NoTime}}
	for i := range events {
		e := &events[i]
		s.any |= e.Fields
		s.counted += uint64(e.Count)
		if e.Time == event.NoTime {
			s.timeless++
			continue
		}
		if s.last != event.NoTime && s.last-e.Time > s.back {
			s.back, s.backRef, s.backTime = s.last-e.Time, e.Ref, e.Time
		}
		if s.first == event.NoTime || e.Time < s.first {
			s.first, s.lowRef = e.Time, e.Ref
		}
		s.last = max(s.last, e.Time)
	}
	return s
}

// timed reports whether any event has a time.
func (s *survey) timed() bool { return s.first != event.NoTime }

// count counts the events that are kept. s is what all of the chunk's say: if
// all are kept, and none is to be looked at, that is enough.
func (w *worker) count(t *tally, events []event.Event, s *survey) {
	if len(events) < len(w.batch.Events) || s.any&single != 0 {
		for i := range events {
			t.event(&events[i])
			w.note(&events[i])
		}
		return
	}
	t.ledger.Events += uint64(len(events))
	t.ledger.Repeats += s.counted - uint64(len(events))
	t.timeless += s.timeless
	w.span = spanning(w.span, report.Span{First: s.first, Last: s.last})
}
