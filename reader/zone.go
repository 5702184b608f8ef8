package reader

import (
	"fmt"
	"path/filepath"
	"strings"
	"time"

	"fwreport/reader/lex"
)

// The zone of stamps that carry none, by what is known best: a rule for the
// path; etc/localtime and etc/timezone beside the var/log that the input is in;
// the difference of local and exact times in a log of the same machine; what the
// options say. Open decides it for each input: whether it was needed is known
// only when the records have been read.

// zones is what Open knows of zones.
type zones struct {
	etc   map[string]*etcZone // by machine: ARCHIVE!X, or X on disk
	hints map[string][]*Input // by machine, else by folder: inputs with a hint
}

// zoneHint is what Format.ZoneHint found.
type zoneHint struct {
	offset time.Duration
	at     int64
}

// rule is a PathRule with its pattern read.
type rule struct {
	*PathRule
	pattern lex.Wildcard
}

func rulesOf(list []PathRule) []rule {
	rules := make([]rule, len(list))
	for i := range list {
		rules[i] = rule{&list[i], lex.NewWildcard(list[i].Pattern)}
	}
	return rules
}

// ruleFor is the first rule whose pattern matches path, or nil.
func (f *finder) ruleFor(path string) *PathRule {
	for _, r := range f.rules {
		if r.pattern.Match(path) {
			return r.PathRule
		}
	}
	return nil
}

// source names the rule for the manifest.
func (r *PathRule) source() string {
	if r.From == "" {
		return r.Pattern
	}
	return r.From + ": " + r.Pattern
}

// findZones decides the zone of each input.
func (f *finder) findZones(inputs []*Input) {
	f.zones.hints = map[string][]*Input{}
	for _, in := range inputs {
		if in.hint != nil {
			key := in.folder()
			if machine, inArchive := machineOf(in); machine != "" && (inArchive || in.parent == nil) {
				key = machine // an archive in var/log may be another machine's
			}
			f.zones.hints[key] = append(f.zones.hints[key], in)
		}
	}
	for _, in := range inputs {
		if in.Format != nil {
			f.findZone(in)
		}
	}
}

func (f *finder) findZone(in *Input) {
	if r := in.rule; r != nil && r.Zone != nil {
		in.Zone, in.ZoneFrom = r.Zone, fmt.Sprintf("%s (%s)", r.Zone, r.source())
		return
	}
	if e := f.etcOf(in); e != nil {
		f.learnt(in, e.zone, fmt.Sprintf("%s, from %s", e.zone, e.from))
		in.ZoneNotes = append(in.ZoneNotes, e.notes...)
		return
	}
	if f.learnFromHints(in) {
		return
	}
	if f.opt.ZoneFrom != "" {
		in.ZoneFrom = fmt.Sprintf("%s (%s)", f.opt.zone(), f.opt.ZoneFrom)
	}
}

// learnt sets a zone that the evidence itself tells.
func (f *finder) learnt(in *Input, zone *time.Location, from string) {
	in.Zone, in.ZoneFrom = zone, from
	if f.opt.ZoneGiven && !sameClock(zone, f.opt.zone()) {
		in.ZoneNotes = append(in.ZoneNotes, fmt.Sprintf("its stamps are read in %s, not in %s (%s): what the evidence says of its own machine counts more",
			from, f.opt.zone(), f.opt.ZoneFrom))
	}
}

// learnFromHints takes the offset of the logs of in's machine that have exact
// times beside local ones. It is that of one season only: where the zone of the
// options has it at that time it is that zone, summer time and all, which the
// hint confirms. Offsets that differ are summer and winter, or several machines.
func (f *finder) learnFromHints(in *Input) bool {
	hints := f.hintsFor(in)
	if len(hints) == 0 {
		return false
	}
	first, confirmed := hints[0], f.opt.Zone != nil
	for _, h := range hints {
		_, offset := time.Unix(h.hint.at, 0).In(f.opt.zone()).Zone()
		confirmed = confirmed && int64(offset) == int64(h.hint.offset/time.Second)
	}
	if confirmed && f.opt.ZoneFrom != "" {
		in.ZoneFrom = fmt.Sprintf("%s (%s), which agrees with %s", f.opt.zone(), f.opt.ZoneFrom, first.Path)
	}
	if confirmed {
		return true
	}
	for _, h := range hints[1:] {
		if h.hint.offset != first.hint.offset {
			in.ZoneNotes = append(in.ZoneNotes, fmt.Sprintf("%s was written at %s and %s at %s: a zone with summer time, or several machines; no zone was learnt from them",
				first.Path, offsetName(first.hint.offset), h.Path, offsetName(h.hint.offset)))
			return false
		}
	}
	zone := fixedZone(first.hint.offset)
	f.learnt(in, zone, fmt.Sprintf("%s, learnt from %s", zone, first.Path))
	return true
}

// fixedZone is a zone without summer time, named after its offset.
func fixedZone(offset time.Duration) *time.Location {
	if offset == 0 {
		return time.UTC
	}
	return time.FixedZone(offsetName(offset), int(offset/time.Second))
}

// offsetName is UTC+03:30.
func offsetName(offset time.Duration) string {
	sign, min := '+', int(offset/time.Minute)
	if min < 0 {
		sign, min = '-', -min
	}
	if min == 0 {
		return "UTC"
	}
	return fmt.Sprintf("UTC%c%02d:%02d", sign, min/60, min%60)
}

// sameClock reports whether two zones show the same time, looked at twice a week
// from 2000 to 2037: there is no other way to compare two Locations.
func sameClock(a, b *time.Location) bool {
	if a == b {
		return true
	}
	from := time.Date(2000, 1, 1, 0, 0, 0, 0, time.UTC).Unix()
	to := time.Date(2037, 1, 1, 0, 0, 0, 0, time.UTC).Unix()
	for at := from; at < to; at += 84 * 3600 {
		_, x := time.Unix(at, 0).In(a).Zone()
		_, y := time.Unix(at, 0).In(b).Zone()
		if x != y {
			return false
		}
	}
	return true
}

// hintsFor are the hints of in's machine, else those of its folder.
func (f *finder) hintsFor(in *Input) []*Input {
	if machine, _ := machineOf(in); machine != "" {
		if hints := f.zones.hints[machine]; len(hints) > 0 {
			return hints
		}
	}
	return f.zones.hints[in.folder()]
}

// folder is what stands before the last part of in's path.
func (in *Input) folder() string {
	if in.Path == "-" {
		return in.Path // of no folder
	}
	return in.Path[:strings.LastIndexAny(filepath.ToSlash(in.Path), "/!")+1]
}

// machineOf is the X, with a slash or ! at its end, of an input X/var/log/…;
// "" if it is not in such a folder. inArchive tells that X is a place in an
// archive and not one on disk, where it is absolute.
func machineOf(in *Input) (x string, inArchive bool) {
	top := in.outermost()
	if x, ok := aboveVarLog(in.Path[len(top.Path):]); ok {
		return top.Path + x, true
	}
	if top.onDisk == nil { // an archive has many members
		var x string
		if abs, err := filepath.Abs(top.Path); err == nil && top.Path != "-" {
			x, _ = aboveVarLog(filepath.ToSlash(abs))
		}
		top.onDisk = &x
	}
	return *top.onDisk, false
}

func (in *Input) outermost() *Input {
	for in.parent != nil {
		in = in.parent
	}
	return in
}

// aboveVarLog is what stands before the last var/log/ of a path.
func aboveVarLog(path string) (string, bool) {
	const folder = "var/log/"
	for end := len(path); ; {
		i := strings.LastIndex(path[:end], folder)
		if i <= 0 {
			return "", false
		}
		if path[i-1] == '/' || path[i-1] == '!' {
			return path[:i], true
		}
		end = i + len(folder) - 1
	}
}
