package reader

import (
	"io"
	"runtime"
	"slices"
	"sync"
	"time"

	"fwreport/reader/event"
)

// Stamp is a time of the year without a year, as in RFC 3164.
type Stamp struct {
	Month                time.Month
	Day                  int
	Hour, Min, Sec, Nsec int
}

// In is the stamp in a year and zone; ok is false for 29 February in a common year.
func (s Stamp) In(year int, zone *time.Location) (t time.Time, ok bool) {
	t = time.Date(year, s.Month, s.Day, s.Hour, s.Min, s.Sec, s.Nsec, zone)
	// A clock that is set forward moves the hour, never the day of a real date.
	return t, s.Month != time.February || s.Day != 29 || isLeap(year)
}

func isLeap(y int) bool { return y%4 == 0 && (y%100 != 0 || y%400 == 0) }

// Resolve applies the year rule: the latest year in which the stamp exists and
// is not after the reference, Unix nanoseconds (the grace of a day included).
// Without a reference (event.NoTime) there is no answer.
func (s Stamp) Resolve(ref int64, zone *time.Location) (t time.Time, ok bool) {
	if ref == event.NoTime {
		return time.Time{}, false
	}
	r := time.Unix(0, ref)
	for year := r.Year() + 1; year > r.Year()-10; year-- {
		if t, exists := s.In(year, zone); exists && !t.After(r) {
			return t, true
		}
	}
	return time.Time{}, false
}

// yearOf is the year that was given for in's last record, or 0.
func (f *finder) yearOf(in *Input) int {
	if in.rule != nil && in.rule.Year != 0 {
		return in.rule.Year
	}
	return f.opt.Year
}

// yearSource names who gave it.
func (f *finder) yearSource(in *Input) string {
	if in.rule != nil && in.rule.Year != 0 {
		return in.rule.source()
	}
	return "--year"
}

// findYears settles the references of the inputs with year-less stamps. Where a
// year was given, the last record of each family's newest file is of that year
// and each older file ends before the next newer one begins. Where none was,
// what is left to the clock goes by the next newer file too, and what ends
// earlier in the year than it begins goes by its end.
func (f *finder) findYears(inputs []*Input) {
	list := succession(inputs)
	f.readEnds(list)
	for _, h := range list {
		if f.yearOf(h.in) != 0 {
			f.giveYear(h.in, h.newer)
		} else {
			f.judgeYear(h.in, h.newer)
		}
	}
}

// heir is an input with year-less stamps and the next newer one of its family,
// nil if there is none.
type heir struct{ in, newer *Input }

// succession lists the inputs with year-less stamps, each family's newest first.
func succession(inputs []*Input) (list []heir) {
	var newer *Input
	for _, in := range slices.Backward(inputs) {
		if in.first == nil || in.Format == nil {
			continue
		}
		if newer != nil && newer.rotation.family != in.rotation.family {
			newer = nil
		}
		list = append(list, heir{in, newer})
		newer = in
	}
	return list
}

// readEnds looks for the last stamps of the files that have to be decompressed
// for it, on all cores: they are one of each family, but whole ones.
func (f *finder) readEnds(list []heir) {
	var readers sync.WaitGroup
	slots := make(chan struct{}, runtime.GOMAXPROCS(0))
	for _, h := range list {
		if h.in.compression == nil || h.in.parent != nil || f.yearOf(h.in) == 0 || f.follows(h.in, h.newer) {
			continue
		}
		slots <- struct{}{}
		readers.Go(func() {
			defer func() { <-slots }()
			h.in.last = lastYearless(h.in, tailSize)
		})
	}
	readers.Wait()
}

// follows reports whether in's year is that of the next newer file.
func (f *finder) follows(in, newer *Input) bool {
	return newer != nil && f.yearOf(newer) == f.yearOf(in) && f.yearSource(newer) == f.yearSource(in)
}

// giveYear sets the reference that a given year demands.
func (f *finder) giveYear(in, newer *Input) {
	source := f.yearSource(in)
	if f.follows(in, newer) {
		in.setReference(reference{f.firstTime(newer), source + ", by the next file of the family", false})
		return
	}
	in.setReference(f.lastInYear(in, source))
}

// judgeYear corrects a reference that was found.
func (f *finder) judgeYear(in, newer *Input) {
	if newer != nil && in.ref.from == fromClock && f.firstTime(newer).Before(in.ref.at) {
		in.setReference(reference{f.firstTime(newer), "the next file of the family", false})
	}
	f.byItsEnd(in)
}

// byItsEnd lowers the reference of a log that was copied or touched long after
// its last record: if its first stamp lies after its last one, it passes a New
// Year, and what was written before that must not come after its end. This is
// judged for files that can be read from anywhere: others would have to be
// decompressed for it.
func (f *finder) byItsEnd(in *Input) {
	if _, ok := in.source.(sectioner); !ok || in.compression != nil || in.YearRef == event.NoTime {
		return
	}
	zone := f.zoneOf(in)
	first, ok := in.first.Resolve(in.YearRef, zone)
	if in.last = lastYearless(in, headSize); in.last == nil || !ok {
		return
	}
	if in.last.Month == time.January && in.last.Day == 1 && in.last.Hour == 0 {
		return // so begins a router's time, before its clock is set
	}
	last, ok := in.last.Resolve(in.YearRef, zone)
	if ok && first.Sub(last) > disorder {
		in.setReference(reference{last, in.ref.from + ", by its last record", in.ref.own})
	}
}

// disorder is how far records may run back without a turn of the year.
const disorder = 48 * time.Hour

// zoneOf is the zone of in's stamps without one.
func (f *finder) zoneOf(in *Input) *time.Location {
	if in.Zone != nil {
		return in.Zone
	}
	return f.opt.zone()
}

// firstTime is the time of the first year-less stamp of in.
func (f *finder) firstTime(in *Input) time.Time {
	if t, ok := in.first.Resolve(in.YearRef, f.zoneOf(in)); ok {
		return t
	}
	return in.ref.at
}

// lastInYear is the reference under which the last record of in is of the year
// that was given.
func (f *finder) lastInYear(in *Input, source string) reference {
	year, zone := f.yearOf(in), f.zoneOf(in)
	if in.last == nil {
		in.last = lastYearless(in, tailSize)
	}
	if s := in.last; s != nil {
		if t, ok := s.In(year, zone); ok {
			return reference{t, source, false}
		}
	}
	// Standard input is read once and its end is not known yet.
	end := time.Date(year+1, 1, 1, 0, 0, 0, 0, zone).Add(-time.Nanosecond)
	return reference{end.Add(-grace), source + ", taken for all records", false}
}

func firstYearless(f *Format, text []byte) *Stamp {
	for len(text) > 0 {
		var line []byte
		line, text = NextLine(text)
		if s, ok := f.YearLess(line); ok {
			return &s
		}
	}
	return nil
}

// tailSize is how much of a file's end is searched for a stamp if it decides over
// the years of a family.
const tailSize = 1 << 20

// lastYearless is the last year-less stamp of in. A compressed file has to be
// decompressed for it, which is why that is done only where a year was given.
func lastYearless(in *Input, size int) *Stamp {
	if in.source == nil || in.source.once() && in.parent == nil {
		return nil
	}
	tail, err := in.tail(size)
	if err != nil {
		return nil
	}
	var last *Stamp
	for len(tail) > 0 {
		var line []byte
		line, tail = NextLine(tail)
		if s, ok := in.Format.YearLess(line); ok {
			last = &s
		}
	}
	return last
}

// tail is at least the last size bytes of in, decompressed; what a cut stream still gives.
func (in *Input) tail(size int) ([]byte, error) {
	rc, err := in.source.open()
	if err != nil {
		return nil, err
	}
	defer rc.Close()
	if f, ok := rc.(io.Seeker); ok && in.compression == nil {
		if _, err := f.Seek(max(0, in.Facts.Size-int64(size)), io.SeekStart); err != nil {
			return nil, err
		}
	}
	r, err := in.decompress(&rawReader{r: rc})
	if err != nil {
		return nil, err
	}
	return lastBytes(r, size), nil
}

// lastBytes reads r to its end or first error and keeps at least the last
// size bytes.
func lastBytes(r io.Reader, size int) []byte {
	buf, n := make([]byte, 2*size), 0
	for {
		if n == len(buf) {
			n = copy(buf, buf[size:])
		}
		k, err := r.Read(buf[n:])
		if n += k; err != nil {
			return buf[:n]
		}
	}
}
