package engine

import (
	"cmp"
	"fmt"
	"slices"

	"fwreport/reader"
	"fwreport/reader/event"
	"fwreport/reader/evidence"
	"fwreport/report"
)

func (t *tally) addLoss(l evidence.Loss) {
	have, met := t.losses[l.Class]
	if !met {
		t.losses[l.Class] = l
		return
	}
	have.Notices += l.Notices
	have.Lost += l.Lost
	have.Record = min(have.Record, l.Record)
	if l.First != event.NoTime && (have.First == event.NoTime || l.First < have.First) {
		have.First = l.First
	}
	have.Last = max(have.Last, l.Last) // NoTime is the least
	t.losses[l.Class] = have
}

// boundary reports whether notices of a class tell of an ordinary event, which
// every log has: they are listed in the section evidence, and no note says so.
func boundary(class string) bool {
	return class == "boot" || class == "clock_set" || class == "daemon_restart"
}

// quantity is "1 record", "1,042 records".
func quantity(n uint64, thing string) string {
	if n == 1 {
		return "1 " + thing
	}
	return report.Group(n) + " " + thing + "s"
}

func lossNotes(losses []evidence.Loss) []string {
	var notes []string
	for _, l := range losses {
		if boundary(l.Class) {
			continue
		}
		s := fmt.Sprintf("%s (%s", cmp.Or(l.Meaning(), l.Class), quantity(l.Notices, "notice"))
		if l.Lost > 0 {
			s += ", at least " + quantity(l.Lost, "record")
		}
		s += ")"
		if l.LowersCounts() {
			s += ": counts are lower bounds"
		}
		notes = append(notes, s)
	}
	return notes
}

// numbered is what one chunk holds of a numbered stream; such runs are folded in
// the chunks' order.
type numbered struct {
	seq         int
	records     uint64
	first, last reader.Sequence
	lost, gaps  uint64
	backs       uint64          // steps back: the source started anew, or streams are mixed
	at          reader.Sequence // the record after the first gap
	lastAt      int64           // time of the record after the last gap
}

// sequences folds the numbers of one chunk.
func (t *tally) sequences(seq int, all []reader.Sequence) {
	for i := range all {
		s := &all[i]
		runs := t.numbers[s.Stream]
		if n := len(runs); n > 0 && runs[n-1].seq == seq {
			runs[n-1].step(runs[n-1].last, *s)
			runs[n-1].last = *s
			runs[n-1].records++
			continue
		}
		t.numbers[s.Stream] = append(runs, numbered{seq: seq, records: 1, first: *s, last: *s})
	}
}

// step counts what is missing between two neighbours.
func (n *numbered) step(a, b reader.Sequence) {
	d := b.N - a.N
	if a.Stream != reader.KernelMessages {
		d = uint64(uint32(d)) // modulo 2^32
	}
	switch {
	case d == 1:
	case d == 0 || d > 1<<31:
		n.backs++
	default:
		if n.gaps == 0 {
			n.at = b
		}
		n.gaps++
		n.lost += d - 1
		n.lastAt = b.Time
	}
}

// then is n's records followed by o's.
func (n numbered) then(o numbered) numbered {
	n.step(n.last, o.first)
	if n.gaps == 0 {
		n.at = o.at
	}
	if o.gaps > 0 {
		n.lastAt = o.lastAt
	}
	n.records += o.records
	n.gaps += o.gaps
	n.lost += o.lost
	n.backs += o.backs
	n.last = o.last
	return n
}

// missingNumbers adds what the numbered streams tell of lost records to the
// losses, and says where they tell nothing.
func (t *tally) missingNumbers() (notes []string) {
	streams := make([]reader.Stream, 0, len(t.numbers))
	for s := range t.numbers {
		streams = append(streams, s)
	}
	slices.Sort(streams)
	for _, s := range streams {
		runs := t.numbers[s]
		slices.SortFunc(runs, func(a, b numbered) int { return cmp.Compare(a.seq, b.seq) })
		all := runs[0]
		for _, r := range runs[1:] {
			all = all.then(r)
		}
		switch {
		case all.gaps == 0:
		case s == reader.KernelMessages && t.ledger.Other == 0:
			notes = append(notes, fmt.Sprintf("%d numbers of kernel messages are missing in it, as it holds firewall records alone: they do not tell of losses", all.lost))
		case all.backs*10 > all.records:
			notes = append(notes, "its records are numbered, but the numbers run back too often to tell what is missing: it may hold several NFLOG groups")
		default:
			t.addLoss(evidence.Loss{Class: missingClass(s), Notices: all.gaps, Lost: all.lost, First: all.at.Time, Last: all.lastAt, Record: all.at.Record})
		}
	}
	return notes
}

func missingClass(s reader.Stream) string {
	if s == reader.KernelMessages {
		return "kernel_missing"
	}
	return "nflog_missing"
}
