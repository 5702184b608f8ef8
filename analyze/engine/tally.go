package engine

import (
	"cmp"
	"fmt"
	"slices"
	"time"

	"fwreport/reader"
	"fwreport/reader/event"
	"fwreport/reader/evidence"
)

// tally is what one worker learnt of one input.
type tally struct {
	ledger  evidence.Ledger
	reasons map[string]uint64
	rejects []evidence.Reject // the first examples of each reason
	losses  map[string]evidence.Loss
	numbers map[reader.Stream][]numbered
	runs    []run

	yearless, zoneless bool
	timeless           uint64 // events without a wall-clock time
	folded, gap        uint64 // events in the hour that exists twice, or not at all
	undated            uint64 // of timeless, those outside the window for it
	announced          uint64 // connections whose end is a record of its own
	flows              uint64 // connections counted
}

// run is the order of times in one chunk: runs are folded in the chunks' order.
type run struct {
	seq         int
	first, last int64 // earliest and latest time
	back        int64 // largest step back from a time seen before
	backRef     event.Ref
	backTime    int64     // of backRef
	lowRef      event.Ref // of the earliest time
	turns       []turn
}

// examples is how many rejected records of each reason are kept for the report.
const examples = 5

func newTally() *tally {
	return &tally{reasons: map[string]uint64{}, losses: map[string]evidence.Loss{}, numbers: map[reader.Stream][]numbered{}}
}

// chunk takes what the parser said of a chunk, and returns what its events say.
func (t *tally) chunk(c *reader.Chunk, b *reader.Batch, opt *reader.Options) survey {
	t.ledger.Read += c.Records
	t.ledger.Other += b.Other
	t.ledger.Malformed += b.Malformed
	t.yearless = t.yearless || b.YearInferred
	t.zoneless = t.zoneless || b.TZAssumed
	for i := range b.Rejects {
		t.reasons[b.Rejects[i].Reason]++
		t.rejects = append(t.rejects, b.Rejects[i])
	}
	if len(t.rejects) > 64*examples {
		t.rejects = firstOfEach(t.rejects)
	}
	for i := range b.Notices {
		n := &b.Notices[i]
		t.addLoss(evidence.Loss{Class: n.Class, Notices: 1, Lost: n.Count, First: n.Time, Last: n.Time, Record: n.Record})
	}
	t.sequences(c.Seq, b.Sequences)
	s := surveyOf(c, b.Events)
	if s.timed() {
		if b.YearInferred {
			s.turns = turnsOf(b.Events, s.last, c.Zone(opt))
		}
		t.runs = append(t.runs, s.run)
	}
	return s
}

// put counts an event that is left out.
func (t *tally) put(column *uint64, e *event.Event) {
	if e.Has(event.Repeat) {
		return // its record is counted as other; what it repeats is left out with it
	}
	*column++
	if e.Time == event.NoTime {
		t.undated++
	}
}

// takeBack undoes put.
func (t *tally) takeBack(column *uint64, e *event.Event) {
	if !e.Has(event.Repeat) {
		*column--
	}
}

// announce counts a record that says that a connection begins or goes on. The
// connection is counted by the record of its end: once.
func (t *tally) announce() {
	t.ledger.Other++
	t.announced++
}

// event counts an event that is kept.
func (t *tally) event(e *event.Event) {
	if e.Has(event.Flow) {
		t.flows++
	}
	if e.Has(event.Repeat) {
		t.ledger.Repeats += uint64(e.Count)
	} else {
		t.ledger.Events++
		t.ledger.Repeats += uint64(e.Count) - 1
	}
	if e.Time == event.NoTime {
		t.timeless++
	}
	if e.Fields&(event.TimeFolded|event.TimeGap) != 0 {
		if e.Has(event.TimeFolded) {
			t.folded++
		} else {
			t.gap++
		}
	}
}

// firstOfEach keeps the first examples of each reason, by place.
func firstOfEach(rejects []evidence.Reject) []evidence.Reject {
	slices.SortStableFunc(rejects, func(a, b evidence.Reject) int { return cmp.Compare(a.Record, b.Record) })
	seen := map[string]int{}
	return slices.DeleteFunc(rejects, func(r evidence.Reject) bool {
		seen[r.Reason]++
		return seen[r.Reason] > examples
	})
}

// then is the run of r's records followed by o's.
func (r run) then(o run) run {
	if o.back > r.back {
		r.back, r.backRef, r.backTime = o.back, o.backRef, o.backTime
	}
	if d := r.last - o.first; d > r.back {
		r.back, r.backRef, r.backTime = d, o.lowRef, o.first
	}
	if o.first < r.first {
		r.first, r.lowRef = o.first, o.lowRef
	}
	r.last = max(r.last, o.last)
	r.turns = laterTurns(r.turns, o.turns)
	return r
}

func (t *tally) merge(o *tally) {
	t.ledger.Add(o.ledger)
	for k, n := range o.reasons {
		t.reasons[k] += n
	}
	t.rejects = append(t.rejects, o.rejects...)
	for _, l := range o.losses {
		t.addLoss(l)
	}
	for stream, runs := range o.numbers {
		t.numbers[stream] = append(t.numbers[stream], runs...)
	}
	t.runs = append(t.runs, o.runs...)
	t.yearless = t.yearless || o.yearless
	t.zoneless = t.zoneless || o.zoneless
	t.timeless += o.timeless
	t.undated += o.undated
	t.folded += o.folded
	t.gap += o.gap
	t.announced += o.announced
	t.flows += o.flows
}

// complete writes the tally into the input's facts.
func (t *tally) complete(f *evidence.Input, in *reader.Input, opt *reader.Options) {
	f.Records, f.Timeless = t.ledger, t.timeless
	f.Rejects = firstOfEach(t.rejects)
	f.Reasons = t.reasons
	f.Notes = append(f.Notes, t.missingNumbers()...)
	for _, l := range t.losses {
		f.Losses = append(f.Losses, l)
	}
	slices.SortFunc(f.Losses, func(a, b evidence.Loss) int { return cmp.Compare(a.Class, b.Class) })
	if t.yearless {
		f.YearFrom = in.YearSource()
	}
	if t.zoneless {
		f.Notes = append(f.Notes, in.ZoneNotes...)
		if f.ZoneFrom = in.ZoneFrom; f.ZoneFrom == "" {
			f.ZoneFrom = in.StampZone(opt).String()
		}
	}
	f.Notes = append(f.Notes, t.timeNotes(f, in, in.StampZone(opt))...)
	f.Notes = append(f.Notes, lossNotes(f.Losses)...)
	f.Notes = append(f.Notes, t.flowNotes()...)
}

// timeNotes says what is to be known of the input's times, and sets its span.
func (t *tally) timeNotes(f *evidence.Input, in *reader.Input, zone *time.Location) []string {
	var notes []string
	if len(t.runs) > 0 {
		slices.SortFunc(t.runs, func(a, b run) int { return cmp.Compare(a.seq, b.seq) })
		all := t.runs[0]
		for _, r := range t.runs[1:] {
			all = all.then(r)
		}
		f.First, f.Last = all.first, all.last
		notes = append(notes, turnNote(all.turns, in)...)
		// The tables of a database follow each other, each from its own first day on.
		if all.back > int64(24*time.Hour) && in.Format.Open == nil {
			notes = append(notes, fmt.Sprintf("its records run back in time by up to %s, at %s: the clock was set, the file was put together, or it spans more than a year",
				days(all.back), in.Place(all.backRef.Record())))
			if t.yearless {
				notes = append(notes, leapNote(all.backTime, all.backRef, in, zone)...)
			}
		}
	}
	if n := t.timeless + t.undated; n > 0 {
		s := fmt.Sprintf("%d records carry no wall-clock time", n)
		if t.undated > 0 {
			s += fmt.Sprintf("; %d of them were left out because they cannot be placed in the window", t.undated)
		}
		notes = append(notes, s)
	}
	if t.folded > 0 {
		notes = append(notes, fmt.Sprintf("%d records fall into the hour that exists twice when clocks are set back; the earlier instant was taken", t.folded))
	}
	if t.gap > 0 {
		notes = append(notes, fmt.Sprintf("%d records fall into the hour that does not exist when clocks are set forward: is the zone right?", t.gap))
	}
	return notes
}

// flowNotes says what became of records that announce connections.
func (t *tally) flowNotes() []string {
	switch {
	case t.announced == 0:
		return nil
	case t.flows == 0:
		return []string{fmt.Sprintf("%d records announce connections (NEW, UPDATE) and none tells of an end (DESTROY): no connection is counted, have DESTROY logged", t.announced)}
	}
	return []string{fmt.Sprintf("%d records announce connections (NEW, UPDATE) and are counted as other: a connection is counted by the record of its end", t.announced)}
}

func days(ns int64) string { return fmt.Sprintf("%.1f days", float64(ns)/float64(24*time.Hour)) }

// checkFamilies notes rotated files that do not come out in order.
func checkFamilies(inputs []*reader.Input, facts []evidence.Input, opt *reader.Options) {
	older := -1
	for i := range facts {
		if facts[i].First == event.NoTime {
			continue
		}
		if older >= 0 && facts[older].Family == facts[i].Family {
			checkNeighbours(&facts[older], &facts[i], inputs[i].StampZone(opt))
		}
		older = i
	}
}

func checkNeighbours(older, f *evidence.Input, zone *time.Location) {
	if f.First < older.Last-int64(time.Minute) {
		f.Notes = append(f.Notes, fmt.Sprintf("it begins %s before the older %s of its rotation ends: a year, a zone or a name is wrong, or files of several hosts are mixed",
			(time.Duration(older.Last-f.First)).Round(time.Second), older.Path))
	}
	newYearBetween(older, f, zone)
}
