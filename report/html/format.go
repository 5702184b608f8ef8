package html

import (
	"fmt"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"fwreport/report"
)

const (
	maxText  = 400  // characters of a cell shown; prefixes are 29 at most, but JSON may hold anything
	maxProse = 4000 // characters of a sentence shown: a finding may quote several texts
	enDash   = "–"
	ellipsis = "…"
)

// shown is text of the report as it may reach the page: visible, and cut where
// it is so long that it must be an accident or an attack.
func shown(s string) string { return shownUpTo(maxText, s) }

// prose is shown for sentences, which are longer than cells.
func prose(s string) string { return shownUpTo(maxProse, s) }

func shownUpTo(limit int, s string) string {
	v := report.Visible(cut(limit, s))
	if rest := utf8.RuneCountInString(s) - limit; rest > 0 {
		v += fmt.Sprintf("%s (+%s characters)", ellipsis, group(uint64(rest)))
	}
	return v
}

func allShown(list []string) []string { return each(list, shown) }

func allProse(list []string) []string { return each(list, prose) }

func each(list []string, f func(string) string) []string {
	var out []string
	for _, s := range list {
		out = append(out, f(s))
	}
	return out
}

// cut is the first limit characters of s.
func cut(limit int, s string) string {
	n := 0
	for i := range s {
		if n == limit {
			return s[:i]
		}
		n++
	}
	return s
}

// group is n with a comma between thousands, as in findings and the other forms.
func group(n uint64) string { return report.Group(n) }

func groupInt(n int) string { return group(uint64(max(n, 0))) }

// plural is "1 row", "1 234 rows".
func plural(n uint64, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return group(n) + " " + many
}

// share is part of whole in percent; an en dash where there is no whole.
func share(part, whole uint64) string {
	if whole == 0 {
		return enDash
	}
	return report.Percent(float64(part) / float64(whole))
}

// span is a length of time in its two largest units: "3 d 4 h", "12.5 s".
func span(ns int64) string { return units(ns, 2) }

// exactSpan is a length of time in all its units, "1 d 4 h 11 min 3 s", rounded
// to the second from a minute on, as findings have it.
func exactSpan(ns int64) string {
	if d := time.Duration(ns).Round(time.Second); d >= time.Minute || d <= -time.Minute {
		return units(int64(d), 4)
	}
	return units(ns, 4)
}

// units is a length of time in at most so many units, from its largest on; those
// that are 0 are left out.
func units(ns int64, most int) string {
	d := time.Duration(ns)
	sign := ""
	if d < 0 {
		sign, d = "−", -d
	}
	if d < time.Minute {
		return sign + strconv.FormatFloat(d.Seconds(), 'f', -1, 64) + " s"
	}
	var parts []string
	for _, u := range []struct {
		name string
		size time.Duration
	}{{"d", 24 * time.Hour}, {"h", time.Hour}, {"min", time.Minute}, {"s", time.Second}} {
		n := d / u.size
		if d -= n * u.size; n == 0 && len(parts) == 0 {
			continue
		}
		if most--; n > 0 {
			parts = append(parts, fmt.Sprintf("%d %s", n, u.name))
		}
		if most == 0 {
			break
		}
	}
	return sign + strings.Join(parts, " ")
}

// size is a number of bytes for reading; exact numbers stand in the table.
func size(n uint64) string {
	if n < 1000 {
		return plural(n, "byte", "bytes")
	}
	f, unit := float64(n), ""
	for _, u := range []string{"kB", "MB", "GB", "TB", "PB"} {
		if f, unit = f/1000, u; f < 999.95 {
			break
		}
	}
	return strconv.FormatFloat(f, 'f', 1, 64) + " " + unit
}

// commandLine is the command in a form that a POSIX shell reads back. Hidden
// characters are spelled out, so an argument that has some is shown, not
// reproduced.
func commandLine(name string, args []string) string {
	words := make([]string, 0, len(args)+1)
	if len(args) == 0 || args[0] != name {
		words = append(words, shellWord(name))
	}
	for _, a := range args {
		words = append(words, shellWord(a))
	}
	return strings.Join(words, " ")
}

func shellWord(s string) string {
	plain := s != "" && strings.IndexFunc(s, func(r rune) bool {
		return !(r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' || strings.ContainsRune("-_./:=,+@%", r))
	}) < 0
	if plain {
		return s
	}
	return report.Visible("'" + strings.ReplaceAll(s, "'", `'\''`) + "'")
}
