package engine

import (
	"context"
	"fmt"
	"time"

	"fwreport/reader"
	"fwreport/reader/event"
	"fwreport/report"
)

// The files of a rotation follow each other in time, so the beginnings of all of
// them tell, without reading any to its end, which of them lie outside a window:
// one ends before the next one begins. A file is set aside, hashed and not read,
// only where that is certain as far as beginnings can tell. If anything is
// doubtful, it is read:
//
//   - names and beginnings must tell the same order in the whole family, without
//     two files in one place, two formats, or clocks that jump in what is seen;
//   - files are missing beside it by their names (their absence is reported with
//     the end of one neighbour and the beginning of the other);
//   - plain files must agree at their ends as well, and compressed ones with the
//     time in their header, if there is one;
//   - stamps without a year take it from when their file was written: see boundBy
//     and settled.
//
// What is outside becomes no event and is compared with nothing, so all sections
// are the same as if it were read, but for what inputs say of themselves without
// regard to a window: losses, boundaries and rejected records.
//
// What beginnings cannot show is a clock that was wrong by more than that in the
// middle of a file and right at its ends, records that were delivered later, or
// one put there by hand. So the caller must have a way to read all.
//
// It is decided from the inputs and the window alone: neither workers nor what is
// known of files from elsewhere have a part in it.

const (
	// ahead is by how much a stamp may be ahead of those around it: of hosts of one
	// relay, some have clocks that are a day wrong or show another zone (26 hours
	// at most). The reader takes a larger step back for a New Year.
	ahead = int64(48 * time.Hour)
	// late is how long a record may wait to be written: daemons catch up after a
	// boot, and a relay's senders after they were cut off for days. It is more than
	// ahead, for nothing is written before it happens.
	late = int64(7 * 24 * time.Hour)
	// jump is the step back from which on the report says that records run back.
	jump = int64(24 * time.Hour)
	// season is how long after a file the next one may begin whose stamps' year is to
	// be beyond doubt.
	season = int64(180 * 24 * time.Hour)
	// yearLong and yearShort are how far before its reference the year rule looks,
	// the 29 February aside, which it looks for further back.
	yearLong  = int64(366 * 24 * time.Hour)
	yearShort = int64(365 * 24 * time.Hour)
)

// sibling is a file of a rotation family and what its beginning tells.
type sibling struct {
	in      *reader.Input
	head    reader.Times
	missing bool // files are missing beside it
}

// SetAside finds the inputs that lie wholly outside the window, as their families
// tell, and sets them aside. It returns how many they are. Where ctx is done, it
// ends early; Run says so.
func SetAside(ctx context.Context, inputs []*reader.Input, win report.Window, opt *reader.Options) (n int) {
	if win.Open() {
		return 0
	}
	own := *opt
	own.Symbols, own.Identify, own.Detail = event.NewSymbols(), nil, false
	for len(inputs) > 0 && ctx.Err() == nil {
		family := inputs[:1]
		for len(family) < len(inputs) && inputs[len(family)].Facts.Family == family[0].Facts.Family {
			family = inputs[:len(family)+1]
		}
		inputs = inputs[len(family):]
		n += setAside(family, &win, &own)
	}
	return n
}

// setAside looks at one family, the oldest file first.
func setAside(family []*reader.Input, win *report.Window, opt *reader.Options) (n int) {
	list := siblingsOf(family, opt)
	if doubtful(list) {
		return 0
	}
	for i := range list {
		var older, younger *sibling
		if i > 0 {
			older = &list[i-1]
		}
		if i+1 < len(list) {
			younger = &list[i+1]
		}
		s := &list[i]
		why := s.before(younger, win.Since)
		if why == "" {
			why = s.after(older, win)
		}
		if why != "" && !s.missing && s.endAgrees(win, opt) {
			s.tellSource(opt)
			s.in.SetAside(why)
			n++
		}
	}
	return n
}

// siblingsOf are the files of a family that are read and tell of their time; nil
// if one of those read has no place in a rotation.
func siblingsOf(family []*reader.Input, opt *reader.Options) (list []sibling) {
	var files []*reader.Input
	for _, in := range family {
		switch {
		case in.Rotates():
			files = append(files, in)
		case in.Format != nil:
			return nil
		}
	}
	if len(files) < 2 {
		return nil
	}
	missing := append(reader.MissingBefore(files), false)
	for i, in := range files {
		if head := in.HeadTimes(opt); head.Known() {
			list = append(list, sibling{in, head, missing[i] || missing[i+1]})
		}
	}
	return list
}

// doubtful reports whether the beginnings do not tell the order of the names.
func doubtful(list []sibling) bool {
	for i := range list {
		s := &list[i]
		if s.head.Back > jump {
			return true
		}
		if i == 0 {
			continue
		}
		older := &list[i-1]
		if older.in.SamePlace(s.in) || older.in.Format != s.in.Format ||
			older.head.First > s.head.First || older.head.High > s.head.First+ahead {
			return true
		}
	}
	return len(list) < 2
}

// before says why all of s is before since, or "": the next younger file begins
// before it, by more than clocks are ahead. All of that beginning must lie there:
// its first lines may be old ones that were delivered late.
func (s *sibling) before(younger *sibling, since int64) string {
	if since == event.NoTime || younger == nil || younger.head.High >= since-ahead {
		return ""
	}
	if at, ok := s.in.Packed(); ok && at.UnixNano() >= since {
		return ""
	}
	if (s.head.Yearless || younger.head.Yearless) && !s.boundBy(since) {
		return ""
	}
	return fmt.Sprintf("its records, from %s on, end before %s begins, at %s, which is before --since",
		report.FormatTime(s.head.First), younger.in.Path, report.FormatTime(younger.head.First))
}

// boundBy reports whether no stamp without a year can be of since or later: the
// year rule puts none after the reference. A copy that got a new time does not
// say when its log was written, and a log that covers more than a year would have
// stamps that seem to be younger than they are.
func (s *sibling) boundBy(since int64) bool {
	return s.in.YearRef != event.NoTime && s.in.YearRef < since
}

// after says why all of s is of until or later, or "": it begins after it, by more
// than records are late.
func (s *sibling) after(older *sibling, win *report.Window) string {
	if win.Until == event.NoTime || s.head.Low < win.Until+late {
		return ""
	}
	if at, ok := s.in.Packed(); ok && at.UnixNano() < win.Until {
		return ""
	}
	if s.head.Yearless && s.in.YearRef-yearLong < win.Until && !s.settled(older, win.Since) {
		return ""
	}
	return fmt.Sprintf("its records begin at %s, which is after --until, as its rotation is in order", report.FormatTime(s.head.First))
}

// settled reports whether the year of s's stamps without one is beyond doubt: it
// begins within half a year after the next older file was last written to.
// Otherwise it could have begun a year earlier, and hold records of the window.
// And stamps after the reference, of clocks that are ahead, which the year rule
// puts a year before it, are not in the window there.
func (s *sibling) settled(older *sibling, since int64) bool {
	if older == nil || since == event.NoTime || since < s.in.YearRef-yearShort+ahead {
		return false
	}
	if _, own := s.in.Written(); !own {
		return false
	}
	end, own := older.in.Written()
	between := s.head.First - end.UnixNano()
	return own && between >= -ahead && between <= season
}

// endAgrees reports whether the end of a file that can be read from anywhere is
// outside the window as well.
func (s *sibling) endAgrees(win *report.Window, opt *reader.Options) bool {
	end, ok := s.in.TailTimes(opt)
	if !ok {
		return true
	}
	return end.Known() && (win.Since != event.NoTime && end.High < win.Since || win.Until != event.NoTime && end.Low >= win.Until)
}

// tellSource notes where the years and zones come from that were relied on.
func (s *sibling) tellSource(opt *reader.Options) {
	f := &s.in.Facts
	if s.head.Yearless {
		f.YearFrom = s.in.YearSource()
	}
	if s.head.Zoneless {
		if f.ZoneFrom = s.in.ZoneFrom; f.ZoneFrom == "" {
			f.ZoneFrom = s.in.StampZone(opt).String()
		}
	}
}
