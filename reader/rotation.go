package reader

import (
	"path"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"time"
)

// rotation is a file's place among the rotated copies of one log.
type rotation struct {
	family string    // path of the newest: the name without number, date and compression
	number int       // of .1, .2.gz; 0 for the newest
	date   time.Time // of dateext names; zero for others
}

var (
	compressionExt = regexp.MustCompile(`(?i)\.(gz|bz2|xz|zst|zstd|z|lz4|zz|zlib)$`)
	numberExt      = regexp.MustCompile(`\.(\d{1,4})$`)
	// logrotate's dateext (-20260101, -2026010123, -20260101-1767225600) and
	// the common variations of its dateformat, before or after the extension.
	dateExt = regexp.MustCompile(`[-._](\d{4})-?(\d{2})-?(\d{2})(?:[-T_.]?\d{2,10})?(\.[A-Za-z]+)?$`)
)

// rotationOf reads a file name as logrotate, savelog and newsyslog write them.
func rotationOf(path string) rotation { return rotationIn(filepath.Split(path)) }

// rotationOfLabel reads the name of an archive's member, which has slashes
// whatever the machine has.
func rotationOfLabel(name string) rotation { return rotationIn(path.Split(name)) }

func rotationIn(dir, name string) rotation {
	name = compressionExt.ReplaceAllString(name, "")
	var r rotation
	if m := numberExt.FindStringSubmatchIndex(name); m != nil && m[0] > 0 {
		r.number, _ = strconv.Atoi(name[m[2]:m[3]])
		r.number++ // .0 is older than none
		name = name[:m[0]]
	}
	if m := dateExt.FindStringSubmatch(name); m != nil && len(m[0]) < len(name) {
		if t, err := time.Parse("20060102", m[1]+m[2]+m[3]); err == nil && t.Year() >= 1990 && t.Year() < 2200 {
			r.date = t
			name = strings.TrimSuffix(name, m[0]) + m[4]
		}
	}
	r.family = dir + name
	return r
}

// older reports whether r was rotated before o, both of one family.
func (r rotation) older(o rotation) bool {
	if !r.date.Equal(o.date) {
		if r.date.IsZero() || o.date.IsZero() {
			return !r.date.IsZero()
		}
		return r.date.Before(o.date)
	}
	return r.number > o.number
}
