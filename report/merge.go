package report

import (
	"cmp"
	"container/heap"
	"iter"
	"net/netip"
	"strings"
)

// Compare orders two rows of t as every table is ordered: by count, descending,
// where there is such a column, then by the key columns, null first.
func (t *Table) Compare(a, b []Value) int {
	if n := t.Column("count"); n >= 0 {
		if c := cmp.Compare(b[n].Uint(), a[n].Uint()); c != 0 {
			return c
		}
	}
	for i := range t.Columns {
		if t.Columns[i].Key {
			if c := a[i].Compare(b[i]); c != 0 {
				return c
			}
		}
	}
	return 0
}

// Compare orders cells of one column: null first, numbers and times by value,
// addresses as netip does, text by its bytes.
func (v Value) Compare(o Value) int {
	switch {
	case v.IsNull() && o.IsNull():
		return 0
	case v.IsNull():
		return -1
	case o.IsNull():
		return 1
	}
	switch v.kind {
	case Count, Bytes, Port, Number:
		return cmp.Compare(v.n, o.n)
	case Time, Duration:
		return cmp.Compare(int64(v.n), int64(o.n))
	case Ratio:
		return cmp.Compare(v.Float(), o.Float())
	case Address:
		x, errX := netip.ParseAddr(v.s)
		y, errY := netip.ParseAddr(o.s)
		if errX == nil && errY == nil {
			return x.Compare(y)
		}
	}
	return strings.Compare(v.s, o.s)
}

// Merged is one table of the rows of several, which have the same columns and no
// key in common. Rows are read from all of them at once and not kept.
func Merged(tables []Table) Table {
	all := tables[0]
	if len(tables) == 1 {
		return all
	}
	all.TotalRows, all.TotalCount = 0, 0
	for i := range tables {
		all.TotalRows += tables[i].TotalRows
		all.TotalCount += tables[i].TotalCount
	}
	all.Rows = func(yield func([]Value) bool) {
		h := newRowHeap(tables)
		defer h.stop()
		for len(h.heads) > 0 && yield(h.heads[0].row) {
			if !h.heads[0].advance(h) {
				heap.Pop(h).(rowHead).stop()
				continue
			}
			heap.Fix(h, 0)
		}
	}
	return all
}

// rowHead is the next row of one table, and of it what nearly always tells which
// of two comes first: an address is read once, not for each comparison.
type rowHead struct {
	row   []Value
	count uint64
	addr  netip.Addr // the first key, if that is an address
	next  func() ([]Value, bool)
	stop  func()
}

// advance goes on to the next row; it is false if there is none.
func (r *rowHead) advance(h *rowHeap) (ok bool) {
	if r.row, ok = r.next(); !ok {
		return false
	}
	if h.count >= 0 {
		r.count = r.row[h.count].Uint()
	}
	if h.addr >= 0 {
		r.addr, _ = netip.ParseAddr(r.row[h.addr].Str())
	}
	return true
}

// rowHeap has the table whose next row comes first on top.
type rowHeap struct {
	table *Table
	count int // the column count, -1 for none
	addr  int // the first key, -1 if that is no address
	heads []rowHead
}

func newRowHeap(tables []Table) *rowHeap {
	h := &rowHeap{table: &tables[0], count: tables[0].Column("count"), addr: -1}
	for i, c := range h.table.Columns {
		if c.Key {
			if c.Kind == Address {
				h.addr = i
			}
			break
		}
	}
	for i := range tables {
		head := rowHead{}
		head.next, head.stop = iter.Pull(tables[i].Rows)
		if head.advance(h) {
			h.heads = append(h.heads, head)
		} else {
			head.stop()
		}
	}
	heap.Init(h)
	return h
}

func (h *rowHeap) Len() int { return len(h.heads) }

func (h *rowHeap) Less(i, j int) bool {
	a, b := &h.heads[i], &h.heads[j]
	if a.count != b.count {
		return a.count > b.count
	}
	if a.addr.IsValid() && b.addr.IsValid() && a.addr != b.addr {
		return a.addr.Less(b.addr)
	}
	return h.table.Compare(a.row, b.row) < 0
}

func (h *rowHeap) Swap(i, j int) { h.heads[i], h.heads[j] = h.heads[j], h.heads[i] }
func (h *rowHeap) Push(x any)    { h.heads = append(h.heads, x.(rowHead)) }
func (h *rowHeap) Pop() any {
	last := h.heads[len(h.heads)-1]
	h.heads = h.heads[:len(h.heads)-1]
	return last
}

func (h *rowHeap) stop() {
	for _, head := range h.heads {
		head.stop()
	}
}
