package reader

import (
	"bytes"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"
)

// etcZone is what an etc folder says of its machine's zone.
type etcZone struct {
	timezone, localtime         *time.Location // of the files of that name; nil: none, or nonsense
	timezonePath, localtimePath string         // as shown

	// The outcome, from settle.
	zone  *time.Location
	from  string
	notes []string
}

// settle decides between the two files. What programs follow is etc/localtime;
// etc/timezone is Debian's note of the name, which a regular etc/localtime lacks.
func (e *etcZone) settle() *etcZone {
	switch {
	case e.timezone == nil && e.localtime == nil:
		return nil
	case e.localtime == nil || e.timezone != nil && sameClock(e.timezone, e.localtime):
		e.zone, e.from = e.timezone, e.timezonePath
	default:
		e.zone, e.from = e.localtime, e.localtimePath
		if e.timezone != nil {
			e.notes = []string{fmt.Sprintf("%s names the zone %s, but programs followed %s: %s", e.timezonePath, e.timezone, e.localtimePath, e.localtime)}
		}
	}
	return e
}

// etcOf is what the etc folder of in's machine says; nil if nothing.
func (f *finder) etcOf(in *Input) *etcZone {
	machine, inArchive := machineOf(in)
	if machine == "" {
		return nil
	}
	e, met := f.zones.etc[machine]
	switch {
	case met && e != nil && e.zone == nil: // from the members of an archive
		e = e.settle()
	case !met && !inArchive:
		e = etcOnDisk(machine, shownRoot(in, machine))
	}
	f.zones.etc[machine] = e
	return e
}

// shownRoot is machine, an absolute path, in the form that the input's path has.
func shownRoot(in *Input, machine string) string {
	top := in.outermost()
	if x, ok := aboveVarLog("/" + filepath.ToSlash(top.Path)); ok {
		return strings.TrimPrefix(x, "/")
	}
	abs, err := filepath.Abs(".")
	if err != nil {
		return machine
	}
	rel, err := filepath.Rel(abs, filepath.FromSlash(machine))
	if err != nil {
		return machine
	}
	return filepath.ToSlash(rel) + "/"
}

// etcOnDisk looks into machine/etc. The machine that this runs on is left out:
// its zone is the one that there is without this.
func etcOnDisk(machine, shown string) *etcZone {
	dir := filepath.Clean(filepath.FromSlash(machine))
	if filepath.Dir(dir) == dir {
		return nil
	}
	root, err := os.OpenRoot(dir)
	if err != nil {
		return nil
	}
	defer root.Close()
	e := &etcZone{timezonePath: shown + "etc/timezone", localtimePath: shown + "etc/localtime"}
	if b, ok := smallFile(root, dir, "etc/timezone"); ok {
		e.timezone = zoneNamedIn(b)
	}
	if b, ok := smallFile(root, dir, "etc/localtime"); ok {
		e.localtime = zoneOfTZif(b)
	} else if target, err := root.Readlink("etc/localtime"); err == nil {
		e.localtime = zoneOfLink(target)
	}
	return e.settle()
}

// smallFile reads a regular file, not a link to one, of at most headSize bytes.
func smallFile(root *os.Root, dir, name string) ([]byte, bool) {
	info, err := root.Lstat(name)
	if err != nil || !info.Mode().IsRegular() {
		return nil, false
	}
	rc, err := file{dir, name}.open()
	if err != nil {
		return nil, false
	}
	defer rc.Close()
	b, err := io.ReadAll(io.LimitReader(rc, headSize))
	return b, err == nil && len(b) < headSize
}

// etcMember takes over what a member of an archive says of a zone, if it is
// etc/timezone or etc/localtime. A link's content is its target.
func (f *finder) etcMember(m *Input, content []byte, mode fs.FileMode) {
	name := m.Path[len(m.outermost().Path):]
	x, ok := strings.CutSuffix(name, "etc/timezone")
	if !ok {
		x, ok = strings.CutSuffix(name, "etc/localtime")
	}
	if !ok || x == "" || x[len(x)-1] != '/' && x[len(x)-1] != '!' {
		return
	}
	machine := m.outermost().Path + x
	e := f.zones.etc[machine]
	if e == nil {
		e = &etcZone{timezonePath: machine + "etc/timezone", localtimePath: machine + "etc/localtime"}
		f.zones.etc[machine] = e
	}
	switch link := !mode.IsRegular(); {
	case strings.HasSuffix(name, "localtime") && link:
		e.localtime = zoneOfLink(string(content))
	case strings.HasSuffix(name, "localtime"):
		e.localtime = zoneOfTZif(content)
	case !link:
		e.timezone = zoneNamedIn(content)
	}
}

// isEtcZone reports whether a path is that of a file that etcMember looks for.
func isEtcZone(path string) bool {
	return strings.HasSuffix(path, "etc/timezone") || strings.HasSuffix(path, "etc/localtime")
}

// zoneNamedIn is the zone that the text of an etc/timezone names.
func zoneNamedIn(text []byte) *time.Location {
	for line := range bytes.Lines(text) {
		if line = bytes.TrimSpace(line); len(line) > 0 && line[0] != '#' {
			return zoneNamed(string(line))
		}
	}
	return nil
}

// zoneOfLink is the zone that a link into a copy of the zone database names. The
// link is not followed: it leads to the examiner's own files.
func zoneOfLink(target string) *time.Location {
	const database = "zoneinfo/"
	target = filepath.ToSlash(target)
	i := strings.LastIndex(target, database)
	if i < 0 {
		return nil
	}
	name := target[i+len(database):]
	for _, variant := range []string{"posix/", "right/"} { // the same zones, leap seconds left out or counted
		name = strings.TrimPrefix(name, variant)
	}
	return zoneNamed(name)
}

// zoneNamed loads a zone by its IANA name; nil if there is none. Names come from
// evidence: what would lead out of the database, and the names that stand for
// whatever zone the examiner's own machine has, are none.
func zoneNamed(name string) *time.Location {
	switch name {
	case "", "Local", "localtime", "posixrules", "Factory":
		return nil
	}
	for _, part := range strings.Split(name, "/") {
		if len(name) > 64 || !isZoneWord(part) {
			return nil
		}
	}
	zone, err := time.LoadLocation(name)
	if err != nil {
		return nil
	}
	return zone
}

// isZoneWord knows the words of zone names: Port-au-Prince, GMT+5, EST5EDT.
func isZoneWord(s string) bool {
	for _, c := range []byte(s) {
		letter := c|0x20 >= 'a' && c|0x20 <= 'z'
		if !letter && (c < '0' || c > '9') && c != '_' && c != '-' && c != '+' {
			return false
		}
	}
	return s != "" && (s[0]|0x20 >= 'a' && s[0]|0x20 <= 'z')
}

// zoneOfTZif reads a compiled zone (RFC 9636). It does not hold its name; its
// last line, where it has one, is the rule of the years to come, which tells a
// reader of the report as much.
func zoneOfTZif(data []byte) *time.Location {
	name := "etc/localtime"
	if rest, ok := bytes.CutSuffix(data, []byte("\n")); ok {
		if rule := string(rest[bytes.LastIndexByte(rest, '\n')+1:]); isRule(rule) {
			name = rule
		}
	}
	zone, err := time.LoadLocationFromTZData(name, data)
	if err != nil || !isEarthly(zone) {
		return nil
	}
	return zone
}

// isEarthly refuses zones that were made up to move times by years: RFC 9636
// has offsets of less than 26 hours. It goes from each change of the clock to the
// next, for a false offset may hold for a minute only, that of the record.
func isEarthly(zone *time.Location) bool {
	at, last := time.Unix(0, 0).In(zone), time.Date(2100, 1, 1, 0, 0, 0, 0, time.UTC)
	for at.Before(last) {
		if _, offset := at.Zone(); offset <= -26*3600 || offset >= 26*3600 {
			return false
		}
		_, end := at.ZoneBounds()
		if end.IsZero() {
			return true
		}
		if !end.After(at) {
			return false
		}
		at = end
	}
	return true
}

// isRule knows the look of a POSIX TZ string: CET-1CEST,M3.5.0,M10.5.0/3.
func isRule(s string) bool {
	for _, c := range []byte(s) {
		if c <= ' ' || c > '~' {
			return false
		}
	}
	return len(s) <= 64 && strings.ContainsAny(s, "0123456789")
}
