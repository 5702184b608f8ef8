package reader

import (
	"bytes"
	"crypto/sha256"
	"fmt"
	"os"
	"slices"
	"time"

	"fwreport/reader/event"
)

// An input can be set aside before it is read: then it is hashed as it stands on
// disk, and neither decompressed nor cut, so that it is listed like all others
// at the cost of reading its bytes. Who does so must know from elsewhere that
// none of its records matters; Times of the beginnings of a rotation's files, and
// what their names say of their order, are what this package tells for it.

// Times is what the lines of a part of an input tell of when they were logged.
// Times are Unix nanoseconds, or event.NoTime where no line tells.
type Times struct {
	First     int64 // of the first line that tells
	Low, High int64 // the earliest and the latest
	Back      int64 // the largest step back from a time seen before

	Yearless, Zoneless bool // some stamps carry no year, no zone
}

// Known reports whether any line tells a time.
func (t *Times) Known() bool { return t.First != event.NoTime }

func (t *Times) see(at int64, marks event.Fields) {
	if at == event.NoTime {
		return
	}
	if !t.Known() {
		t.First, t.Low, t.High = at, at, at
	}
	t.Back = max(t.Back, t.High-at)
	t.Low, t.High = min(t.Low, at), max(t.High, at)
	t.Yearless = t.Yearless || marks&event.YearInferred != 0
	t.Zoneless = t.Zoneless || marks&event.TZAssumed != 0
}

// and is what two ways of looking at the same text tell; the first is t's.
func (t Times) and(o Times) Times {
	if !t.Known() || !o.Known() {
		if t.Known() {
			return t
		}
		return o
	}
	return Times{
		First: t.First, Low: min(t.Low, o.Low), High: max(t.High, o.High), Back: max(t.Back, o.Back),
		Yearless: t.Yearless || o.Yearless, Zoneless: t.Zoneless || o.Zoneless,
	}
}

// sight is what in's file was when its head was looked at.
type sight struct{ head [sha256.Size]byte }

// Rotates reports whether in is a log file on disk, read by itself, of a format
// in which the files of a rotation follow each other in time. Members of archives,
// standard input, captures and databases are not.
func (in *Input) Rotates() bool {
	_, onDisk := in.source.(file)
	return onDisk && in.parent == nil && in.Facts.Skipped == "" && in.Format != nil && in.Format.InOrder
}

// HeadTimes is what the first 64 KiB of in, decompressed, tell. Nothing of it is
// noted; what cannot be read or decompressed tells nothing.
func (in *Input) HeadTimes(opt *Options) Times {
	in.seen = nil
	raw, err := in.peek()
	if err != nil {
		return noTimes()
	}
	in.seen = &sight{sha256.Sum256(raw)}
	head, complete := raw, len(raw) < headSize
	if in.compression != nil {
		if head, complete, err = in.decompressHead(raw); err != nil {
			return noTimes()
		}
	}
	if !complete {
		head = head[:bytes.LastIndexByte(head, '\n')+1]
	}
	return in.timesOf(opt, head)
}

// TailTimes is what the last 64 KiB of in tell. ok is false if in is compressed:
// all of it would have to be decompressed.
func (in *Input) TailTimes(opt *Options) (t Times, ok bool) {
	if in.compression != nil {
		return noTimes(), false
	}
	text, err := in.tail(headSize)
	if err != nil {
		return noTimes(), true
	}
	if in.Facts.Size > headSize { // it may begin inside a line
		_, text, _ = bytes.Cut(text, newline)
	}
	return in.timesOf(opt, text), true
}

func noTimes() Times { return Times{First: event.NoTime, Low: event.NoTime, High: event.NoTime} }

// timesOf looks at whole lines: at each of them where the format can tell its
// time, and at the records that they hold, whose time may be another.
func (in *Input) timesOf(opt *Options, text []byte) Times {
	lines, events := noTimes(), noTimes()
	p := in.Format.NewParser(opt)
	var b Batch
	p.Parse(&b, &Chunk{Input: in, Data: text, First: 1, Records: countLines(text)})
	for i := range b.Events {
		events.see(b.Events[i].Time, b.Events[i].Fields)
	}
	if c, ok := p.(Clock); ok {
		for len(text) > 0 {
			var line []byte
			line, text = NextLine(text)
			lines.see(c.TimeOf(in, line))
		}
	}
	return lines.and(events)
}

func countLines(text []byte) uint64 {
	n := uint64(bytes.Count(text, newline))
	if len(text) > 0 && text[len(text)-1] != '\n' {
		n++
	}
	return n
}

// Written is when in was last written to, as the header of its compressed form,
// its file's time, the date in its name or, if it must have been touched later,
// its own last record tells. ok is false if the year rule had to take its
// reference from anywhere else: from a given year, or from another file.
func (in *Input) Written() (at time.Time, ok bool) { return in.ref.at, in.ref.own }

// Packed is when the log in in was last written to as the header of its compressed
// form has it; ok is false if that does not tell.
func (in *Input) Packed() (at time.Time, ok bool) { return in.packed, !in.packed.IsZero() }

// SetAside decides that in, whose HeadTimes were asked for, is hashed and no more.
// why is for the manifest. If it is another file by the time that it is read (a
// rotation took place), it is read all the same.
func (in *Input) SetAside(why string) {
	in.skip(why, false)
	in.aside = true
}

// hashAside hashes the rest of in's bytes if it was set aside.
func (in *Input) hashAside(rc any, raw *rawReader) bool {
	if !in.aside {
		return false
	}
	if f, ok := rc.(*os.File); !ok || !in.isAsSeen(f) {
		in.aside, in.Facts.Skipped, in.Facts.YearFrom, in.Facts.ZoneFrom = false, "", "", ""
		in.note("it was read, for it changed after its beginning was looked at")
		return false
	}
	in.finishRaw(raw)
	in.Facts.HashedOnly = !in.Facts.Incomplete
	for _, t := range in.twins {
		t.Facts.Skipped = fmt.Sprintf("its content is that of %s, which is hashed only", in.Path)
	}
	return true
}

// isAsSeen compares a file with what was looked at: its size and its head.
func (in *Input) isAsSeen(f *os.File) bool {
	info, err := f.Stat()
	if err != nil || in.seen == nil || info.Size() != in.Facts.Size {
		return false
	}
	head := make([]byte, headSize)
	n, err := f.ReadAt(head, 0)
	return ignoreEOF(err) == nil && sha256.Sum256(head[:n]) == in.seen.head
}

// MissingBefore tells of each file of a family, in the order of Open, whether the
// names say that files are missing between it and the one before it: numbers
// that are left out, or twice the usual distance of dates.
func MissingBefore(family []*Input) []bool {
	missing := make([]bool, len(family))
	days := usualDays(family)
	for i := 1; i < len(family); i++ {
		older, newer := family[i-1].rotation, family[i].rotation
		switch d := daysBetween(older, newer); {
		case older.date.IsZero() && newer.date.IsZero():
			missing[i] = place(older)-place(newer) > 1
		case !older.date.IsZero() && !newer.date.IsZero():
			missing[i] = days > 0 && d >= 2*days
		}
	}
	return missing
}

// place is the number in a rotated name. The log itself has none and counts as 0,
// as .0 does: families begin with .0 or .1.
func place(r rotation) int { return max(r.number-1, 0) }

// usualDays is the median distance of the dated files of a family, 0 if there is
// none.
func usualDays(family []*Input) int {
	var all []int
	for i := 1; i < len(family); i++ {
		older, newer := family[i-1].rotation, family[i].rotation
		if !older.date.IsZero() && !newer.date.IsZero() {
			all = append(all, daysBetween(older, newer))
		}
	}
	if len(all) == 0 {
		return 0
	}
	slices.Sort(all)
	return all[(len(all)-1)/2]
}

func daysBetween(older, newer rotation) int {
	return int(newer.date.Sub(older.date) / (24 * time.Hour))
}
