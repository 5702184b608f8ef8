package main

import (
	"fwreport/analyze/engine"
	"fwreport/reader/event"
	"fwreport/report"
)

// position is where an input lies in a window.
type position int

const (
	across position = iota
	inside
	outside
)

// place says how the piece of an input can be used: across is not at all. Near the
// border of the window a copy of a record may lie beyond it, and the record counts.
func (c *cache) place(i int) position {
	e := c.list[i]
	if e.piece == nil {
		return across
	}
	where := positionOf(c.j.win, e.extent, e.piece.Windowy())
	if where != inside || positionOf(c.j.win, wider(e.extent), false) == inside {
		return where
	}
	for _, k := range c.before(i).Inputs {
		if positionOf(c.j.win, c.extent(k), false) != inside {
			return across
		}
	}
	return inside
}

// wider is an extent with that of all copies of its records.
func wider(x engine.Extent) engine.Extent {
	if x.First == event.NoTime {
		return x
	}
	return engine.Extent{First: x.First - engine.Reach, Last: x.Last + engine.Reach}
}

// positionOf says where an extent lies. A record without a time is in no window, and
// what is noted of such records depends on it (windowy).
func positionOf(win report.Window, x engine.Extent, windowy bool) position {
	switch {
	case win.Open():
		return inside
	case windowy:
		return across
	case x.First == event.NoTime:
		return inside // there is no event
	case (win.Since == event.NoTime || x.First >= win.Since) && (win.Until == event.NoTime || x.Last < win.Until):
		return inside
	case win.Since != event.NoTime && x.Last < win.Since, win.Until != event.NoTime && x.First >= win.Until:
		return outside
	}
	return across
}
