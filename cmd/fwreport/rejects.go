package main

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"sync"

	"fwreport/reader"
	"fwreport/reader/evidence"
	"fwreport/report"
)

// rejectsBound is how many bytes of memory the records that could not be
// decoded may take; beyond it the first ones, by place, are kept.
const rejectsBound = 64 << 20

// rejects collects what could not be decoded, for --rejects. It is told from
// several goroutines; what it keeps does not depend on the order in which they
// come. Spilling to a file was rejected: a log of which more is damaged than
// fits is not read record by record.
type rejects struct {
	bound int

	mu    sync.Mutex
	list  []reject
	size  int
	total int
}

// reject is one record and the input that it stands in.
type reject struct {
	in *reader.Input
	reader.Reject
}

// cost is about what a reject takes of the memory: reasons are mostly constants.
func (r *reject) cost() int { return 64 + len(r.Text) }

// add takes one record; it is what engine.Config.Rejects wants.
func (l *rejects) add(in *reader.Input, r reader.Reject) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.list = append(l.list, reject{in, r})
	l.total++
	if l.size += l.list[len(l.list)-1].cost(); l.size > 2*l.bound {
		l.trim()
	}
}

// trim sorts by place and keeps the first that fit. One that is among the first
// of all is among the first whenever this is called, so it is never lost.
func (l *rejects) trim() {
	slices.SortFunc(l.list, func(a, b reject) int {
		return cmp.Or(cmp.Compare(a.in.Index, b.in.Index), cmp.Compare(a.Record, b.Record),
			strings.Compare(a.Reason, b.Reason), strings.Compare(a.Text, b.Text))
	})
	l.size = 0
	for i := range l.list {
		if l.size += l.list[i].cost(); l.size > l.bound {
			l.size -= l.list[i].cost()
			clear(l.list[i:])
			l.list = l.list[:i]
			return
		}
	}
}

// write adds the list to the stage: PLACE, REASON and TEXT, with tabs between,
// all made visible, so that a line is a record and a tab ends a column.
func (l *rejects) write(s *stage, path string, m *evidence.Manifest) error {
	if isEvidence(path, m) {
		return fmt.Errorf("--rejects would overwrite %s, which is evidence: choose another file", path)
	}
	f, err := s.create(path)
	if err != nil {
		return err
	}
	l.trim()
	for i := range l.list {
		r := &l.list[i]
		_, err := fmt.Fprintf(f, "%s\t%s\t%s\n", report.Visible(r.in.Place(r.Record)), report.Visible(r.Reason), report.Visible(r.Text))
		if err != nil {
			return cannotWrite(path, err)
		}
	}
	return f.Close()
}

// warn says on standard error if not all records are in the file.
func (l *rejects) warn(ui *ui, path string) {
	if left := l.total - len(l.list); left > 0 {
		ui.line(fmt.Sprintf("fwreport: %s holds the first %d records that could not be decoded; %d more took too much memory", path, len(l.list), left))
	}
}
