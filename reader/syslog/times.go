package syslog

import (
	"fwreport/reader"
	"fwreport/reader/event"
)

// TimeOf implements reader.Clock: the stamp of any line, in whatever envelope.
func (p *parser) TimeOf(in *reader.Input, line []byte) (t int64, marks event.Fields) {
	p.clock.in(in.StampZone(p.opt))
	p.open(&p.env, bare0(line), in.YearRef)
	return p.env.time, p.env.marks
}
