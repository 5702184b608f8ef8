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
	list    uint8      // of the rules that may cover such SYNs: see ruleset.listOf
}

// merge adds what was counted of the same window elsewhere.
func (v *window) merge(o *window) {
	v.Stat.Merge(&o.Stat)
	v.ttl.Merge(o.ttl, nil)
	v.options.Merge(o.options, nil)
}

// windows counts SYNs by window and length.
type windows struct {
	*count.Cached[window]
	rules   *ruleset
	sources *count.Pairs // source's handle, window's id, for ids above fewWindows
}

func newWindows(rules *ruleset) *windows {
	return &windows{Cached: count.NewCached[window](), rules: rules, sources: count.NewPairs()}
}

func (w *windows) at(k windowKey) *window {
	v := w.At(count.Words{A: uint64(k)})
	if v.id == 0 {
		w.enter(k, v)
	}
	return v
}

// enter sets what follows from the key of a new window.
func (w *windows) enter(k windowKey, v *window) {
	v.id = uint32(w.Len())
	win, _ := k.window()
	if length, ok := k.length(); ok {
		v.list = w.rules.listOf(SYN, length, win)
	}
}

// add counts a SYN, and returns its window.
func (w *windows) add(e *event.Event) *window {
	v := w.at(windowKeyOf(e))
	v.Stat.Add(e)
	if !v.ttl.Mixed() {
		v.ttl.Add(uint32(InitialTTL(e.TTL)), e.Has(event.HasTTL))
	}
	if !v.options.Mixed() {
		v.options.Add(uint32(e.Options), e.Has(event.HasOptions))
	}
	return v
}

// merge adds other windows, and returns the ids that theirs have here.
func (w *windows) merge(o *windows) (ids []uint32) {
	ids = make([]uint32, o.Len()+1)
	for i, k := range o.Keys {
		from, to := &o.Vals[i], w.at(windowKey(k.A))
		ids[from.id] = to.id
		to.merge(from)
	}
	return ids
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

// windowRows are the rows of the table windows: what was counted of each window in
// the parts so far.
type windowRows struct{ *count.Packed[windowRow] }

type windowRow struct {
	window
	sources uint64 // distinct
}

func newWindowRows() *windowRows { return &windowRows{count.NewPacked[windowRow]()} }

// take adds the windows of a part, of which each may have them all, and the number
// of their sources, by id.
func (t *windowRows) take(w *windows, sources []uint64) {
	for i, k := range w.Keys {
		row, from := t.At(k), &w.Vals[i]
		row.merge(from)
		row.sources += sources[from.id]
	}
}

// table makes the table windows.
func (t *windowRows) table(env *analyze.Env) report.Table {
	order := make([]int, t.Len())
	var total uint64
	for i := range order {
		order[i] = i
		total += t.Vals[i].Count
	}
	slices.SortFunc(order, func(a, b int) int {
		return cmp.Or(cmp.Compare(t.Vals[b].Count, t.Vals[a].Count), windowKey(t.Keys[a].A).compare(windowKey(t.Keys[b].A)))
	})
	return report.Table{
		ID: "windows", Title: "Windows of TCP SYNs",
		Doc: "TCP packets with SYN and without ACK, by TCP window (as sent, unscaled) and IP length in bytes. The initial " +
			"TTL (observed, rounded up to 32, 64, 128 or 255) and the options are shown where the whole row has the same. " +
			"\"Known as\" tells where such SYNs are known from; it attributes nothing, for several stacks and tools share a row.",
		Columns: windowColumns, TotalRows: len(order), TotalCount: total,
		Rows: func(yield func([]report.Value) bool) {
			cells := make([]report.Value, len(windowColumns))
			for _, i := range order {
				t.Vals[i].cells(windowKey(t.Keys[i].A), env.Symbols, cells)
				if !yield(cells) {
					return
				}
			}
		},
	}
}

func (v *windowRow) cells(k windowKey, symbols *event.Symbols, cells []report.Value) {
	clear(cells)
	cells[0] = report.CountOf(v.Count)
	win, hasWindow := k.window()
	if hasWindow {
		cells[1] = report.NumberOf(uint64(win))
	}
	length, hasLen := k.length()
	if hasLen {
		cells[2] = report.NumberOf(uint64(length))
	}
	ttl, _ := v.ttl.Value()
	if ttl != 0 {
		cells[3] = report.NumberOf(uint64(ttl))
	}
	sym, same := v.options.Value()
	options := symbols.Name(event.Sym(sym))
	if same {
		cells[4] = report.EmptyText(options)
	}
	cells[5] = report.CountOf(v.sources)
	if hasWindow && hasLen {
		cells[6] = report.TextOf(KnownAs(win, length, uint8(ttl), options))
	}
}
