package engine

import (
	"slices"

	"fwreport/analyze/codec"
	"fwreport/reader/event"
	"fwreport/reader/evidence"
)

// The manifest is written field by field, not as JSON: paths and the beginnings
// of records may hold any bytes, which JSON would replace.

// saveManifest writes m; Totals follow from the inputs.
func saveManifest(w *codec.Writer, m *evidence.Manifest) {
	saveList(w, m.Inputs, saveInput)
	saveList(w, m.Overlaps, func(w *codec.Writer, o *evidence.Overlap) {
		w.Text(string(o.Kind))
		for i := range o.Families {
			w.Text(o.Families[i])
			w.Uvarint(o.Records[i])
		}
		w.Uvarint(o.Shared)
	})
}

func loadManifest(r *codec.Reader, m *evidence.Manifest) {
	m.Inputs = loadList(r, event.MaxInputs, loadInput)
	m.Overlaps = loadList(r, mostEntries, func(r *codec.Reader) (o evidence.Overlap) {
		o.Kind = evidence.OverlapKind(r.Text(mostText))
		for i := range o.Families {
			o.Families[i], o.Records[i] = r.Text(mostText), r.Uvarint()
		}
		o.Shared = r.Uvarint()
		return o
	})
	for i := range m.Inputs {
		m.Totals.Add(m.Inputs[i].Records)
	}
}

func saveInput(w *codec.Writer, in *evidence.Input) {
	for _, s := range []string{in.Path, in.Family, in.Format, in.Compression, in.SHA256, in.YearFrom, in.ZoneFrom, in.Skipped} {
		w.Text(s)
	}
	w.Varint(in.Size)
	w.Time(in.MTime)
	w.Time(in.First)
	w.Time(in.Last)
	w.Uvarint(in.Timeless)
	for _, n := range columns(&in.Records) {
		w.Uvarint(*n)
	}
	saveTexts(w, in.Notes)
	saveList(w, in.Rejects, saveReject)
	saveReasons(w, in.Reasons)
	saveList(w, in.Losses, saveLoss)
	w.Bool(in.Incomplete)
	w.Bool(in.HashedOnly)
}

func loadInput(r *codec.Reader) (in evidence.Input) {
	for _, s := range []*string{&in.Path, &in.Family, &in.Format, &in.Compression, &in.SHA256, &in.YearFrom, &in.ZoneFrom, &in.Skipped} {
		*s = r.Text(mostText)
	}
	in.Size = r.Varint()
	in.MTime, in.First, in.Last = r.Time(), r.Time(), r.Time()
	in.Timeless = r.Uvarint()
	for _, n := range columns(&in.Records) {
		*n = r.Uvarint()
	}
	in.Notes = loadTexts(r)
	in.Rejects = loadList(r, mostEntries, loadReject)
	in.Reasons = loadReasons(r)
	in.Losses = loadList(r, mostEntries, loadLoss)
	in.Incomplete = r.Bool()
	in.HashedOnly = r.Bool()
	if err := in.Records.Check(); err != nil {
		r.Fail("input %q: %w", in.Path, err)
	}
	return in
}

func columns(l *evidence.Ledger) []*uint64 {
	return []*uint64{&l.Read, &l.Events, &l.Other, &l.Malformed, &l.Duplicates, &l.Outside, &l.Filtered, &l.Repeats}
}

func saveReject(w *codec.Writer, j *evidence.Reject) {
	w.Uvarint(j.Record)
	w.Text(j.Reason)
	w.Text(j.Text)
	w.Text(j.Host)
}

func loadReject(r *codec.Reader) evidence.Reject {
	return evidence.Reject{Record: r.Uvarint(), Reason: r.Text(mostText), Text: r.Text(mostText), Host: r.Text(mostText)}
}

func saveLoss(w *codec.Writer, l *evidence.Loss) {
	w.Text(l.Class)
	w.Uvarint(l.Notices)
	w.Uvarint(l.Lost)
	w.Time(l.First)
	w.Time(l.Last)
	w.Uvarint(l.Record)
}

func loadLoss(r *codec.Reader) evidence.Loss {
	return evidence.Loss{Class: r.Text(mostText), Notices: r.Uvarint(), Lost: r.Uvarint(), First: r.Time(), Last: r.Time(), Record: r.Uvarint()}
}

// saveReasons writes the counts in the order of the reasons, or 0 for nil.
func saveReasons(w *codec.Writer, m map[string]uint64) {
	if m == nil {
		w.Uvarint(0)
		return
	}
	keys := make([]string, 0, len(m))
	for k := range m {
		keys = append(keys, k)
	}
	slices.Sort(keys)
	w.Uvarint(uint64(len(keys)) + 1)
	for _, k := range keys {
		w.Text(k)
		w.Uvarint(m[k])
	}
}

func loadReasons(r *codec.Reader) map[string]uint64 {
	n := r.Below(mostEntries, "number of reasons")
	if n == 0 {
		return nil
	}
	m := map[string]uint64{}
	for ; n > 1 && r.Err() == nil; n-- {
		k := r.Text(mostText)
		m[k] = r.Uvarint()
	}
	return m
}

// mostEntries is how long a list of an input is believed to be.
const mostEntries = 1 << 30

// saveList writes the length plus one, 0 for nil, then the elements.
func saveList[T any](w *codec.Writer, list []T, save func(*codec.Writer, *T)) {
	if list == nil {
		w.Uvarint(0)
		return
	}
	w.Uvarint(uint64(len(list)) + 1)
	for i := range list {
		save(w, &list[i])
	}
}

func loadList[T any](r *codec.Reader, most uint64, load func(*codec.Reader) T) []T {
	n := r.Below(most+2, "number of entries")
	if n == 0 {
		return nil
	}
	list := []T{}
	for ; n > 1 && r.Err() == nil; n-- {
		list = append(list, load(r))
	}
	return list
}

func saveTexts(w *codec.Writer, list []string) {
	saveList(w, list, func(w *codec.Writer, s *string) { w.Text(*s) })
}

func loadTexts(r *codec.Reader) []string {
	return loadList(r, mostEntries, func(r *codec.Reader) string { return r.Text(mostText) })
}
