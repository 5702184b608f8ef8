package engine

import (
	"cmp"
	"maps"
	"slices"

	"fwreport/analyze/duplicates"
	"fwreport/reader/evidence"
)

// comparison is what was found by comparing the records of one input with those
// of others.
type comparison struct {
	// records is how many were looked at for copies of log records, and how many
	// for packets that logs and captures tell of.
	records [2]uint64

	// shared is how many copies the input has of records of other families, by
	// their number. Each pair of families is told of by the one that was read later.
	shared map[int]uint64
}

// The indices of comparison.records.
const (
	asRecords = iota
	asPackets
)

// kind says what is compared between two families: asRecords, asPackets or none.
func (o *once) kind(a, b int) int {
	switch {
	case a < o.logs && b < o.logs:
		return asRecords
	case a < o.logs || b < o.logs:
		return asPackets
	}
	return none
}

// comparisons tells of each input what comparing it told.
func (o *once) comparisons() []comparison {
	all := make([]comparison, len(o.of))
	for kind, finder := range [...]*duplicates.Finder{asRecords: o.dup, asPackets: o.cross} {
		if finder == nil {
			continue
		}
		for in, n := range finder.Looked() {
			all[in].records[kind] = n
		}
		for s, n := range finder.Shares() {
			if o.kind(s.Family, s.Other) != kind {
				continue
			}
			c := &all[s.Input]
			if c.shared == nil {
				c.shared = map[int]uint64{}
			}
			c.shared[s.Other] += n
		}
	}
	return all
}

// overlaps lists what the families have in common, from what comparing each input
// told.
func (o *once) overlaps(all []comparison) (list []evidence.Overlap) {
	records := make([][2]uint64, len(o.names))
	shared := map[[2]int]uint64{}
	for i := range all {
		f := o.of[i]
		if f == none {
			continue
		}
		for k, n := range all[i].records {
			records[f][k] += n
		}
		for other, n := range all[i].shared {
			shared[[2]int{max(f, other), min(f, other)}] += n
		}
	}
	pairs := slices.SortedFunc(maps.Keys(shared), func(a, b [2]int) int {
		return cmp.Or(cmp.Compare(a[0], b[0]), cmp.Compare(a[1], b[1]))
	})
	kinds := [...]evidence.OverlapKind{asRecords: evidence.SameRecords, asPackets: evidence.SamePackets}
	for _, p := range pairs {
		later, earlier := p[0], p[1]
		k := o.kind(later, earlier)
		list = append(list, evidence.Overlap{
			Kind: kinds[k], Families: [2]string{o.names[earlier], o.names[later]}, Shared: shared[p],
			Records: [2]uint64{records[earlier][k], records[later][k]},
		})
	}
	return list
}
