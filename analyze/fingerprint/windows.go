package fingerprint

import (
	"cmp"
	"math/bits"
	"slices"

	"fwreport/analyze"
	"fwreport/analyze/count"
	"fwreport/reader/event"
	"fwreport/report"
)

// windowKey is a SYN's window and IP length, either of which may be absent.
type windowKey uint64

const (
	keyHasWindow windowKey = 1 << 63
	keyHasLen    windowKey = 1 << 62
)

func windowKeyOf(e *event.Event) windowKey {
	var k windowKey
	if e.Has(event.HasWindow) {
		k = keyHasWindow | windowKey(e.Window)<<32
	}
	if e.Has(event.HasLen) {
		k |= keyHasLen | windowKey(e.Len)
	}
	return k
}

func (k windowKey) window() (uint16, bool) { return uint16(k >> 32), k&keyHasWindow != 0 }
func (k windowKey) length() (uint32, bool) { return uint32(k), k&keyHasLen != 0 }

// compare orders what is absent before what is there.
func (k windowKey) compare(o windowKey) int {
	return cmp.Or(cmp.Compare(k&keyHasWindow, o&keyHasWindow), cmp.Compare(uint16(k>>32), uint16(o>>32)),
		cmp.Compare(k&keyHasLen, o&keyHasLen), cmp.Compare(uint32(k), uint32(o)))
}

// window is what is known of the SYNs of one windowKey.
type window struct {
	count.Stat
	ttl     count.Same // initial TTL
	options count.Same // layout
	id      uint32     // place in the table plus one
}

// windows counts SYNs by window and length.
type windows struct {
	*count.Cached[window]
	sources *count.Pairs // source's handle, window's id
}

func newWindows() *windows {
	return &windows{Cached: count.NewCached[window](), sources: count.NewPairs()}
}

func (w *windows) at(k windowKey) *window {
	v := w.At(count.Words{A: uint64(k)})
	if v.id == 0 {
		v.id = uint32(w.Len())
	}
	return v
}

// key is the key of an index.
func (w *windows) key(i int) windowKey { return windowKey(w.Keys[i].A) }

func (w *windows) add(e *event.Event) {
	v := w.at(windowKeyOf(e))
	v.Stat.Add(e)
	v.ttl.Add(uint32(InitialTTL(e.TTL)), e.Has(event.HasTTL))
	v.options.Add(uint32(e.Options), e.Has(event.HasOptions))
	if e.SrcID != 0 {
		w.sources.Add(e.SrcID, v.id)
	}
}

func (w *windows) merge(o *windows, r count.Remap) {
	ids := make([]uint32, o.Len()+1)
	for i, k := range o.Keys {
		from, to := &o.Vals[i], w.at(windowKey(k.A))
		ids[from.id] = to.id
		to.Stat.Merge(&from.Stat)
		to.ttl.Merge(from.ttl, nil)
		to.options.Merge(from.options, nil)
	}
	for src, id := range o.sources.All() {
		w.sources.Add(r[src], ids[id])
	}
}

// InitialTTL is the TTL that a packet left its host with, as far as the observed
// one tells: the next of 32, 64, 128 and 255 (hosts start with one of them, and
// few routes are longer than 30 hops).
func InitialTTL(observed uint8) uint8 {
	return uint8(min(1<<max(bits.Len8(max(observed, 1)-1), 5), 255))
}

var windowColumns = []report.Column{
	report.Col("count", "Count", report.Count),
	report.KeyCol("window", "Window", report.Number),
	report.KeyCol("length", "Length", report.Number),
	report.Col("ttl", "Initial TTL", report.Number),
	report.Col("options", "TCP options", report.Text),
	report.Col("sources", "Sources", report.Count),
	report.Col("known_as", "Known as", report.Text),
}

// table makes the table windows.
func (w *windows) table(env *analyze.Env) report.Table {
	order := make([]int, w.Len())
	var total uint64
	for i := range order {
		order[i] = i
		total += w.Vals[i].Count
	}
	slices.SortFunc(order, func(a, b int) int {
		return cmp.Or(cmp.Compare(w.Vals[b].Count, w.Vals[a].Count), w.key(a).compare(w.key(b)))
	})
	sources := make([]uint64, w.Len()+1) // by id
	for _, id := range w.sources.All() {
		sources[id]++
	}
	return report.Table{
		ID: "windows", Title: "Windows of TCP SYNs",
		Doc: "TCP packets with SYN and without ACK, by TCP window (as sent, unscaled) and IP length in bytes. The initial " +
			"TTL (observed, rounded up to 32, 64, 128 or 255) and the options are shown where the whole row has the same. " +
			"\"Known as\" tells where such SYNs are known from; it attributes nothing, for several stacks and tools share a row.",
		Columns: windowColumns, TotalRows: len(order), TotalCount: total,
		Rows: func(yield func([]report.Value) bool) {
			row := make([]report.Value, len(windowColumns))
			for _, i := range order {
				w.row(env, i, sources, row)
				if !yield(row) {
					return
				}
			}
		},
	}
}

func (w *windows) row(env *analyze.Env, i int, sources []uint64, row []report.Value) {
	k, v := w.key(i), &w.Vals[i]
	clear(row)
	row[0] = report.CountOf(v.Count)
	win, hasWindow := k.window()
	if hasWindow {
		row[1] = report.NumberOf(uint64(win))
	}
	length, hasLen := k.length()
	if hasLen {
		row[2] = report.NumberOf(uint64(length))
	}
	ttl, _ := v.ttl.Value()
	if ttl != 0 {
		row[3] = report.NumberOf(uint64(ttl))
	}
	sym, same := v.options.Value()
	options := env.Symbols.Name(event.Sym(sym))
	if same {
		row[4] = report.EmptyText(options)
	}
	row[5] = report.CountOf(sources[v.id])
	if hasWindow && hasLen {
		row[6] = report.TextOf(KnownAs(win, length, uint8(ttl), options))
	}
}
