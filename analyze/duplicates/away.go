package duplicates

import (
	"bufio"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"unsafe"

	"fwreport/analyze/spill"
	"fwreport/reader/event"
)

// When memory is short, shards of the table go to disk, and with them all events
// that would have to be looked up there: they are looked at when everything else
// is done, shard by shard, in the order of the families. So what counts is the
// same, and memory holds one such shard at a time.

// away is a shard on disk.
type away struct {
	entries *spill.File
	events  *spill.File
	out     *bufio.Writer // over events
	err     error
}

// Bytes is about how much memory the table takes.
func (f *Finder) Bytes() (n int64) {
	for i := range f.shards {
		s := &f.shards[i]
		s.mu.Lock()
		n += int64(len(s.table)) * int64(unsafe.Sizeof(entry{}))
		s.mu.Unlock()
	}
	return n
}

// Evict puts half of the shards that are in memory on disk. Workers may be in
// Sift.
func (f *Finder) Evict(space *spill.Space) error {
	here := 0
	for i := range f.shards {
		s := &f.shards[i]
		s.mu.Lock()
		var err error
		if s.away == nil && len(s.table) > 0 {
			if here++; here%2 == 1 {
				err = s.evict(space)
			}
		}
		s.mu.Unlock()
		if err != nil {
			return err
		}
	}
	return nil
}

func (s *shard) evict(space *spill.Space) error {
	entries, err1 := space.Create()
	events, err2 := space.Create()
	if err := errors.Join(err1, err2); err != nil {
		return err
	}
	out := bufio.NewWriterSize(entries, 1<<16)
	var b []byte
	each(s.table, func(e *entry) {
		b = e.append(b[:0])
		_, _ = out.Write(b) // Flush tells
	})
	if err := out.Flush(); err != nil {
		return err
	}
	s.away = &away{entries: entries, events: events, out: bufio.NewWriterSize(events, 1<<13)}
	s.table, s.used = nil, 0
	return nil
}

const entrySize = 32

func (e *entry) append(b []byte) []byte {
	b = binary.LittleEndian.AppendUint64(b, e.hash)
	b = binary.LittleEndian.AppendUint64(b, uint64(e.ref))
	for _, v := range [...]uint32{e.lo, e.up, e.set, e.phase} {
		b = binary.LittleEndian.AppendUint32(b, v)
	}
	return b
}

func entryOf(b []byte) entry {
	u := binary.LittleEndian
	return entry{hash: u.Uint64(b), ref: event.Ref(u.Uint64(b[8:])), lo: u.Uint32(b[16:]), up: u.Uint32(b[20:]), set: u.Uint32(b[24:]), phase: u.Uint32(b[28:])}
}

// waiting is an event on disk with what it needs to be looked at.
type waiting struct {
	event  event.Event
	body   event.Identity
	family uint32
	phase  uint32
	insert bool
}

// image is the memory of a waiting event. It is read by this run only, and holds
// no pointers (a test says so).
func (w *waiting) image() []byte {
	return unsafe.Slice((*byte)(unsafe.Pointer(w)), unsafe.Sizeof(*w))
}

// later lets an event wait.
func (s *shard) later(f *Finder, e *event.Event, body event.Identity) {
	if s.away.err == nil {
		w := waiting{*e, body, f.family, f.phase, f.insert}
		_, s.away.err = s.away.out.Write(w.image())
	}
}

// Replay looks at the events that wait on disk. Their families need no Begin, and
// no Settle; deliver is told of each event what was decided. No worker may be in
// Sift.
func (f *Finder) Replay(deliver func(*Settled)) error {
	for i := range f.shards {
		s := &f.shards[i]
		if s.away == nil {
			continue
		}
		if err := f.replay(s, deliver); err != nil {
			return fmt.Errorf("looking for copies of records on disk: %w", err)
		}
		s.table, s.used, s.away = nil, 0, nil
	}
	return nil
}

func (f *Finder) replay(s *shard, deliver func(*Settled)) error {
	if err := errors.Join(s.away.err, s.away.out.Flush(), s.load()); err != nil {
		return err
	}
	f.phase = 0 // that of no event
	in := bufio.NewReaderSize(s.away.events.Section(0, s.away.events.Size()), 1<<16)
	var w waiting
	for {
		if _, err := io.ReadFull(in, w.image()); err == io.EOF {
			break
		} else if err != nil {
			return err
		}
		if w.phase != f.phase {
			s.decide(w.phase, deliver)
			f.family, f.phase, f.insert = w.family, w.phase, w.insert
		}
		k, _ := f.keyOf(&w.event, w.body)
		k.prepare()
		if seen := f.one(s, &w.event, &k); seen != Pending {
			deliver(&Settled{Event: w.event, Counts: seen == Event, Pending: true})
		}
	}
	s.decide(0, deliver)
	return nil
}

// load brings the entries back.
func (s *shard) load() error {
	in := bufio.NewReaderSize(s.away.entries.Section(0, s.away.entries.Size()), 1<<16)
	b := make([]byte, entrySize)
	for {
		if _, err := io.ReadFull(in, b); err == io.EOF {
			return nil
		} else if err != nil {
			return err
		}
		s.add(entryOf(b))
	}
}

// decide settles the families before phase next in a shard that was on disk.
func (s *shard) decide(next uint32, deliver func(*Settled)) {
	open := s.contested[:0]
	for _, i := range s.contested {
		m := s.many[i]
		if m.phase == next {
			open = append(open, i)
			continue
		}
		for _, d := range m.settle(nil) {
			deliver(&d)
		}
	}
	s.contested = open
}
