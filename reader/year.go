package reader

import (
	"io"
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

// resolveYear gives the inputs with year-less stamps the references that --year
// demands: the last record of each family's newest file is of that year, each
// older file ends before the next newer one begins.
func resolveYear(inputs []*Input, opt *OpenOptions) {
	var newer *Input // of the same family
	for i := len(inputs) - 1; i >= 0; i-- {
		in := inputs[i]
		if in.first == nil || in.Format == nil {
			continue
		}
		if newer != nil && newer.rotation.family == in.rotation.family {
			in.setReference(reference{firstTime(newer, opt.zone()), "--year, by the next file of the family"})
		} else {
			in.setReference(lastInYear(in, opt))
		}
		newer = in
	}
}

// firstTime is the time of the first year-less stamp of in.
func firstTime(in *Input, zone *time.Location) time.Time {
	if t, ok := in.first.Resolve(in.YearRef, zone); ok {
		return t
	}
	return in.ref.at
}

// lastInYear is the reference under which the last record of in is of opt.Year.
func lastInYear(in *Input, opt *OpenOptions) reference {
	if in.last == nil {
		in.last = lastYearless(in)
	}
	if s := in.last; s != nil {
		if t, ok := s.In(opt.Year, opt.zone()); ok {
			return reference{t, "--year"}
		}
	}
	// Standard input is read once and its end is not known yet.
	end := time.Date(opt.Year+1, 1, 1, 0, 0, 0, 0, opt.zone()).Add(-time.Nanosecond)
	return reference{end.Add(-grace), "--year, taken for all records"}
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

// tailSize is how much of a file's end is searched for a stamp.
const tailSize = 1 << 20

// lastYearless is the last year-less stamp of in. A compressed file has to be
// decompressed for it, which is why this is done for --year only.
func lastYearless(in *Input) *Stamp {
	if in.source == nil || in.source.once() && in.parent == nil {
		return nil
	}
	tail, err := in.tail()
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

// tail is the last bytes of in, decompressed; what a cut stream still gives.
func (in *Input) tail() ([]byte, error) {
	rc, err := in.source.open()
	if err != nil {
		return nil, err
	}
	defer rc.Close()
	if f, ok := rc.(io.Seeker); ok && in.compression == nil {
		if _, err := f.Seek(max(0, in.Facts.Size-tailSize), io.SeekStart); err != nil {
			return nil, err
		}
	}
	r, err := in.decompress(&rawReader{r: rc})
	if err != nil {
		return nil, err
	}
	return lastBytes(r), nil
}

// lastBytes reads r to its end or first error and keeps at least the last
// tailSize bytes.
func lastBytes(r io.Reader) []byte {
	buf, n := make([]byte, 2*tailSize), 0
	for {
		if n == len(buf) {
			n = copy(buf, buf[tailSize:])
		}
		k, err := r.Read(buf[n:])
		if n += k; err != nil {
			return buf[:n]
		}
	}
}
