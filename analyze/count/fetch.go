package count

import (
	"unsafe"

	"fwreport/reader/event"
)

// lines are places in memory that will be looked at soon. Tables of many sources do
// not fit a core's caches, and a look-up that waits for memory takes five times as
// long as one that does not. So the places that a block of events leads to are asked
// for together, with the processor's own instruction, which does not wait (Go has no
// other way to give it; where there is none, nothing is asked for). Reading them
// ahead with loads, as far as a core looks ahead, gained half as much.
type lines struct {
	n  int
	at [Several]unsafe.Pointer
}

// want adds a place; more than Several are too many.
func (l *lines) want(p unsafe.Pointer) {
	l.at[l.n%Several] = p
	l.n++
}

func (l *lines) fetch() { fetch(&l.at, min(l.n, Several)) }

// FetchSources asks for the values of the sources of events, at most Several.
func (c *Column[V]) FetchSources(events []event.Event) {
	var l lines
	for i := range events {
		if v := c.Find(events[i].SrcID); v != nil {
			l.want(unsafe.Pointer(v))
		}
	}
	l.fetch()
}

// FetchSources is that of Column for a slice by address handle, which reaches all of
// them.
func FetchSources[V any](s []V, events []event.Event) {
	var l lines
	for i := range events {
		l.want(unsafe.Pointer(&s[events[i].SrcID]))
	}
	l.fetch()
}
