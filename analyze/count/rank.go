package count

import (
	"cmp"
	"iter"
	"slices"
	"strings"
	"sync"

	"fwreport/reader/event"
)

// Ranks tells of each address handle its place in the order of Compare. Whoever
// sorts many rows compares ranks instead of the addresses behind the handles. It
// takes some time: see analyze.Env.Ranks.
func (t *Addrs) Ranks() []uint32 {
	fours, sixes := make([]uint64, 0, t.fours), make([]uint32, 0, t.Len()-1-t.fours)
	for id := uint32(1); int(id) < t.Len(); id++ {
		if a := t.Addr(id); a.Is4() {
			fours = append(fours, uint64(a.V4())<<32|uint64(id))
		} else {
			sixes = append(sixes, id)
		}
	}
	slices.Sort(fours)
	slices.SortFunc(sixes, t.Compare)
	rank := make([]uint32, t.Len())
	for r, four := range fours {
		rank[uint32(four)] = uint32(1 + r)
	}
	for r, id := range sixes {
		rank[id] = uint32(1 + len(fours) + r)
	}
	return rank
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
func SortRows(rows []Row) { sortRows(rows, 0, len(rows)) }

// Order is rows in the order of SortRows. Few reports show all rows of a large
// table: only its head is sorted before somebody asks for more.
type Order struct {
	rows []Row
	rest sync.Once
}

// headRows is how many rows an Order sorts at first.
const headRows = 1000

// NewOrder takes rows over, and sorts their head.
func NewOrder(rows []Row) *Order {
	sortRows(rows, 0, headRows)
	return &Order{rows: rows}
}

// Len is the number of rows.
func (o *Order) Len() int { return len(o.rows) }

// All yields the rows' indices. It may be called by several goroutines.
func (o *Order) All() iter.Seq[uint32] {
	return func(yield func(uint32) bool) {
		head, rest := o.rows[:min(headRows, len(o.rows))], o.rows[min(headRows, len(o.rows)):]
		if !yieldAll(head, yield) {
			return
		}
		o.rest.Do(func() { SortRows(rest) })
		yieldAll(rest, yield)
	}
}

func yieldAll(rows []Row, yield func(uint32) bool) bool {
	for i := range rows {
		if !yield(rows[i].Index) {
			return false
		}
	}
	return true
}

// digits is how many bytes a Row is ordered by, and fewRows how many rows are
// sorted by comparing them: a pass for each byte costs more.
const (
	digits  = 24
	fewRows = 48
)

// digit is the byte d, from the most significant one on, of what r is ordered by.
func (r *Row) digit(d int) byte {
	shift := 56 - d%8*8
	switch d / 8 {
	case 0:
		return byte(^r.Count >> shift)
	case 1:
		return byte(r.Hi >> shift)
	}
	return byte(r.Lo >> shift)
}

func (r *Row) compare(o *Row) int {
	switch {
	case r.Count != o.Count:
		return cmp.Compare(o.Count, r.Count)
	case r.Hi != o.Hi:
		return cmp.Compare(r.Hi, o.Hi)
	}
	return cmp.Compare(r.Lo, o.Lo)
}

// sortRows orders rows that are the same in all bytes before d, or at least so many
// that the first most are the right ones in their order.
func sortRows(rows []Row, d, most int) {
	if len(rows) > fewRows && d < digits {
		sortByDigit(rows, d, most)
		return
	}
	if len(rows) > 1 {
		slices.SortFunc(rows, func(a, b Row) int { return a.compare(&b) })
	}
}

// sortByDigit puts rows in place by the byte d, without a second slice, and goes
// on with those of each value. (Comparing rows took twice as long: which of two
// comes first is hard to foresee.)
func sortByDigit(rows []Row, d, most int) {
	var n [256]int
	for i := range rows {
		n[rows[i].digit(d)]++
	}
	if n[rows[0].digit(d)] < len(rows) {
		place(rows, d, &n)
	}
	for _, n := range n {
		if most <= 0 {
			return
		}
		sortRows(rows[:n], d+1, most)
		rows, most = rows[n:], most-n
	}
}

// place puts rows in the order of their bytes d, n of each value.
func place(rows []Row, d int, n *[256]int) {
	var next, end [256]int
	at := 0
	for b := range n {
		next[b] = at
		at += n[b]
		end[b] = at
	}
	for b := range n {
		for next[b] < end[b] {
			r := rows[next[b]]
			for to := r.digit(d); int(to) != b; to = r.digit(d) {
				r, rows[next[to]] = rows[next[to]], r
				next[to]++
			}
			rows[next[b]] = r
			next[b]++
		}
	}
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
