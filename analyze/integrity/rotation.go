package integrity

import (
	"cmp"
	"fmt"
	"path"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"fwreport/reader/event"
	"fwreport/reader/evidence"
	"fwreport/report"
)

// The names that logrotate, savelog and newsyslog give, as package reader reads
// them; here only the place within a family is of interest.
var (
	compressed = regexp.MustCompile(`(?i)\.(gz|bz2|xz|zst|zstd|z|lz4|zz|zlib)$`)
	numbered   = regexp.MustCompile(`\.(\d{1,4})$`)
	dated      = regexp.MustCompile(`[-._](\d{4})-?(\d{2})-?(\d{2})(\.[A-Za-z]+)?$`)
)

const (
	mostMissing = 30 // files missing in a row, beyond which a number is not a place in a rotation
	cadence     = 3  // dated files whose distance tells the cadence
)

// copyOf is one file of a rotation.
type copyOf struct {
	in     *evidence.Input
	name   string // without folder and archive
	number int    // 0 for the newest, 1 for .1; -1 if it has a date
	day    int64  // since 1970, of a date
}

// rotations finds files that are missing in the rotations of the inputs.
func rotations(inputs []evidence.Input) []gap {
	families := map[string][]copyOf{}
	for i := range inputs {
		if c, ok := placeOf(&inputs[i]); ok {
			families[inputs[i].Family] = append(families[inputs[i].Family], c)
		}
	}
	var list []gap
	for _, f := range families {
		list = append(list, missingNumbers(f)...)
		list = append(list, missingDates(f)...)
	}
	return list
}

func placeOf(in *evidence.Input) (copyOf, bool) {
	base := path.Base(strings.ReplaceAll(strings.ReplaceAll(in.Path, `\`, "/"), "!", "/"))
	c := copyOf{in: in, name: base}
	base = compressed.ReplaceAllString(base, "")
	if m := numbered.FindStringSubmatch(base); m != nil && len(m[0]) < len(base) {
		c.number, _ = strconv.Atoi(m[1])
		return c, true
	}
	m := dated.FindStringSubmatch(base)
	if m == nil || len(m[0]) == len(base) {
		return c, true
	}
	t, err := time.Parse("20060102", m[1]+m[2]+m[3])
	c.number, c.day = -1, t.Unix()/86400
	return c, err == nil
}

// missingNumbers looks between the highest and the lowest number; the log
// itself, which has none, counts as number 0. A family may begin with .0, or
// with .1 where the log itself was not copied.
func missingNumbers(f []copyOf) []gap {
	f = slices.DeleteFunc(slices.Clone(f), func(c copyOf) bool { return c.number < 0 })
	slices.SortFunc(f, func(a, b copyOf) int {
		return cmp.Or(cmp.Compare(b.number, a.number), strings.Compare(a.in.Path, b.in.Path))
	})
	var list []gap
	for i := 1; i < len(f); i++ {
		older, newer := &f[i-1], &f[i]
		if n := older.number - newer.number - 1; n > 0 && n <= mostMissing {
			first, last := older.number-1, newer.number+1
			list = append(list, missing(older, newer, rotated(newer, older, first), rotated(newer, older, last), n))
		}
	}
	return list
}

// rotated is the name of number n in the family.
func rotated(a, b *copyOf, n int) string {
	c := b
	if a.number > 0 {
		c = a
	}
	return numbered.ReplaceAllString(compressed.ReplaceAllString(c.name, ""), "."+strconv.Itoa(n))
}

// missingDates looks for holes in a regular cadence: at least three quarters of
// the distances between dated files are the same number of days.
func missingDates(f []copyOf) []gap {
	f = slices.DeleteFunc(slices.Clone(f), func(c copyOf) bool { return c.number >= 0 })
	slices.SortFunc(f, func(a, b copyOf) int {
		return cmp.Or(cmp.Compare(a.day, b.day), strings.Compare(a.in.Path, b.in.Path))
	})
	step := commonStep(f)
	if step <= 0 {
		return nil
	}
	var list []gap
	for i := 1; i < len(f); i++ {
		older, newer := &f[i-1], &f[i]
		d := newer.day - older.day
		if n := d/step - 1; d%step == 0 && n > 0 && n <= mostMissing {
			list = append(list, missing(older, newer, ofDay(older, older.day+step), ofDay(older, newer.day-step), int(n)))
		}
	}
	return list
}

// commonStep is the distance in days that three quarters of the neighbours have,
// 0 if there is none.
func commonStep(f []copyOf) int64 {
	if len(f) <= cadence {
		return 0
	}
	var steps []int64
	for i := 1; i < len(f); i++ {
		steps = append(steps, f[i].day-f[i-1].day)
	}
	slices.Sort(steps)
	mid, same := steps[(len(steps)-1)/2], 0
	for _, s := range steps {
		if s == mid {
			same++
		}
	}
	if same < cadence-1 || same*4 < len(steps)*3-1 {
		return 0
	}
	return mid
}

// ofDay is the name of a day in the family.
func ofDay(c *copyOf, day int64) string {
	base := compressed.ReplaceAllString(c.name, "")
	m := dated.FindStringSubmatchIndex(base)
	t := time.Unix(day*86400, 0).UTC()
	return base[:m[2]] + t.Format("2006") + base[m[3]:m[4]] + t.Format("01") + base[m[5]:m[6]] + t.Format("02") + base[m[7]:]
}

// missing is the row and sentence of n files, from first to last in order of
// time, that are missing between two.
func missing(older, newer *copyOf, first, last string, n int) gap {
	dir := strings.TrimSuffix(older.in.Path, older.name)
	g := gap{source: source{family: dir + first}, kind: missed, first: older.in.Last, last: newer.in.First}
	what := report.Visible(first) + " is"
	if n > 1 {
		g.source.family += " to " + last
		what = fmt.Sprintf("%s files, %s to %s, are", report.Group(uint64(n)), report.Visible(first), report.Visible(last))
	}
	if g.first == event.NoTime || g.last == event.NoTime || g.last < g.first {
		g.first, g.last = event.NoTime, event.NoTime
	}
	g.text = fmt.Sprintf("%s missing between %s and %s: not among the inputs.", what,
		report.Visible(older.in.Path), report.Visible(newer.in.Path))
	return g
}
