package count

import (
	"cmp"
	"slices"
	"strings"

	"fwreport/reader/event"
)

// Ranks tells of each address handle its place in the order of Compare. Whoever
// sorts many rows compares ranks instead of the addresses behind the handles.
func (t *Addrs) Ranks() []uint32 {
	ids := make([]uint32, t.Len())
	for i := range ids {
		ids[i] = uint32(i)
	}
	slices.SortFunc(ids, t.Compare)
	return inverse(ids)
}

// SymRanks tells of each name its place in the byte order of all names; "" is 0.
func SymRanks(t *event.Symbols) []uint32 {
	type named struct {
		name string
		sym  uint32
	}
	all := make([]named, t.Len())
	for i := range all {
		all[i] = named{t.Name(event.Sym(i)), uint32(i)}
	}
	slices.SortFunc(all, func(a, b named) int { return strings.Compare(a.name, b.name) })
	order := make([]uint32, len(all))
	for i := range all {
		order[i] = all[i].sym
	}
	return inverse(order)
}

func inverse(order []uint32) []uint32 {
	rank := make([]uint32, len(order))
	for r, i := range order {
		rank[i] = uint32(r)
	}
	return rank
}

// Row stands for a row while rows are sorted: its count, its key columns as
// numbers that order as their cells do, and its index in the state.
type Row struct {
	Count  uint64
	Hi, Lo uint64
	Index  uint32
}

// SortRows orders rows as all tables are: by count, descending, then by key.
func SortRows(rows []Row) {
	slices.SortFunc(rows, func(a, b Row) int {
		switch {
		case a.Count != b.Count:
			return cmp.Compare(b.Count, a.Count)
		case a.Hi != b.Hi:
			return cmp.Compare(a.Hi, b.Hi)
		}
		return cmp.Compare(a.Lo, b.Lo)
	})
}

// protos is above every event.Proto, those that are no IP protocol included.
const protos = 0x300

// ProtoRanks tells of each event.Proto its place in the byte order of the names.
func ProtoRanks() []uint32 {
	names, order := make([]string, protos), make([]uint32, protos)
	for i := range order {
		names[i], order[i] = event.Proto(i).String(), uint32(i)
	}
	slices.SortFunc(order, func(a, b uint32) int { return strings.Compare(names[a], names[b]) })
	return inverse(order)
}
