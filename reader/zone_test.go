package reader

import (
	"archive/zip"
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"
	_ "time/tzdata"
)

// hintFormat is a Format for tests: "hint SECONDS UNIX" is a machine's offset
// from UTC at a time.
var hintFormat = &Format{
	Name: "hint",
	Sniff: func(head []byte, _ bool) error {
		if !bytes.HasPrefix(head, []byte("hint ")) {
			return errors.New("is no hint")
		}
		return nil
	},
	NewSplitter: NewLineSplitter,
	ZoneHint: func(head []byte) (offset time.Duration, at int64, ok bool) {
		n, _ := fmt.Sscanf(string(head), "hint %d %d", &offset, &at)
		return offset * time.Second, at, n == 2
	},
}

const (
	inWinter = 1767225600 // 2026-01-01T00:00:00Z
	inSummer = 1782864000 // 2026-07-01T00:00:00Z
)

func hintText(offset, at int) []byte { return fmt.Appendf(nil, "hint %d %d\n", offset, at) }

func location(t *testing.T, name string) *time.Location {
	t.Helper()
	zone, err := time.LoadLocation(name)
	if err != nil {
		t.Fatal(err)
	}
	return zone
}

// tzif is a compiled zone of one offset, with a rule for what comes.
func tzif(offset int32, rule string) []byte {
	var b bytes.Buffer
	for range 2 { // as version 1, and as version 2
		b.WriteString("TZif2" + strings.Repeat("\x00", 15))
		for _, n := range []uint32{0, 0, 0, 0, 1, 4} {
			_ = binary.Write(&b, binary.BigEndian, n)
		}
		_ = binary.Write(&b, binary.BigEndian, offset)
		b.WriteString("\x00\x00TST\x00")
	}
	b.WriteString("\n" + rule + "\n")
	return b.Bytes()
}

func TestAboveVarLog(t *testing.T) {
	tests := []struct{ path, want string }{
		{"/mnt/case/var/log/kern.log", "/mnt/case/"},
		{"/var/log/kern.log", "/"},
		{"/mnt/case/var/log/hosts/fw1/kern.log", "/mnt/case/"},
		{"/mnt/var/log/case/fw1/var/log/kern.log", "/mnt/var/log/case/fw1/"},
		{"/var/log/var/log/kern.log", "/var/log/"},
		{"!var/log/kern.log", "!"},
		{"!fw1/var/log/kern.log", "!fw1/"},
		{"!var/log/old.tgz!kern.log", "!"},
		{"!case.tar!var/log/kern.log", "!case.tar!"},
		{"/mnt/avar/log/kern.log", ""},
		{"/mnt/var/logs/kern.log", ""},
		{"/mnt/var/log", ""},
		{"", ""},
	}
	for _, tt := range tests {
		if got, ok := aboveVarLog(tt.path); got != tt.want || ok != (tt.want != "") {
			t.Errorf("%q: %q %v, want %q", tt.path, got, ok, tt.want)
		}
	}
}

// TestZoneNamed: names come from evidence. What leads out of the database or
// stands for the examiner's own zone is no name.
func TestZoneNamed(t *testing.T) {
	for _, name := range []string{"Europe/Berlin", "UTC", "Etc/GMT+5", "America/Port-au-Prince", "America/Argentina/Buenos_Aires", "EST5EDT"} {
		if zone := zoneNamed(name); zone == nil || zone.String() != name {
			t.Errorf("%q gives %v", name, zone)
		}
	}
	for _, name := range []string{
		"", "Local", "localtime", "posixrules", "Factory", "Europe/Nowhere", "europe berlin",
		"../../etc/passwd", "../../../../../etc/localtime", "/etc/localtime", "Europe/../../../../etc/localtime", "..", ".", "Europe/", "/",
		`..\..\etc\localtime`, `Europe\Berlin`, "Europe/Berlin\x00", "Europe//Berlin", "zone.tab", "+VERSION", "\x1b[31m", strings.Repeat("A", 1000),
	} {
		if zone := zoneNamed(name); zone != nil {
			t.Errorf("%q gives %v", name, zone)
		}
	}
}

func TestZoneOfLink(t *testing.T) {
	tests := []struct{ target, want string }{
		{"/usr/share/zoneinfo/Europe/Berlin", "Europe/Berlin"},
		{"../usr/share/zoneinfo/Asia/Tokyo", "Asia/Tokyo"},
		{"/usr/share/zoneinfo/posix/Asia/Tokyo", "Asia/Tokyo"},
		{"/usr/share/zoneinfo/right/Asia/Tokyo", "Asia/Tokyo"},
		{"/var/db/timezone/zoneinfo/Asia/Tokyo", "Asia/Tokyo"},
		{"/usr/share/zoneinfo/../../../etc/localtime", ""},
		{"/usr/share/zoneinfo/", ""},
		{"/usr/share/zoneinfo/localtime", ""},
		{"/etc/localtime", ""},
		{"", ""},
	}
	for _, tt := range tests {
		got := ""
		if zone := zoneOfLink(tt.target); zone != nil {
			got = zone.String()
		}
		if got != tt.want {
			t.Errorf("%q: %q, want %q", tt.target, got, tt.want)
		}
	}
}

func TestZoneOfTZif(t *testing.T) {
	good := tzif(3*3600+1800, "TST-3:30")
	if zone := zoneOfTZif(good); zone == nil || zone.String() != "TST-3:30" || time.Unix(inSummer, 0).In(zone).Format("15:04") != "03:30" {
		t.Errorf("a zone gives %v", zone)
	}
	if zone := zoneOfTZif(good[:len(good)-len("\nTST-3:30\n")]); zone != nil && zone.String() != "etc/localtime" {
		t.Errorf("without its rule: %v", zone)
	}
	for i := range good[:len(good)-1] {
		_ = zoneOfTZif(good[:i]) // no panic
	}
	for _, bad := range [][]byte{nil, []byte("Europe/Berlin\n"), []byte("TZif"), tzif(26*3600, "TST-26"), tzif(-1<<31, "")} {
		if zone := zoneOfTZif(bad); zone != nil {
			t.Errorf("%.20q gives %v", bad, zone)
		}
	}
	if zone := zoneOfTZif(tzif(0, "\x1b[31m0")); zone == nil || zone.String() != "etc/localtime" {
		t.Errorf("a rule that is none names the zone %v", zone)
	}
}

// etcFile is a file of a machine; a link if target is set.
type etcFile struct {
	name, content, target string
}

// TestZoneFromEtc: one table for the disk, a tar, a compressed tar and a zip.
func TestZoneFromEtc(t *testing.T) {
	log := etcFile{name: "var/log/kern.log", content: "Mar  1 00:00:00 x\n"}
	berlinZone := etcFile{name: "etc/timezone", content: "Europe/Berlin\n"}
	tokyoLink := etcFile{name: "etc/localtime", target: "/usr/share/zoneinfo/Asia/Tokyo"}
	tests := []struct {
		name  string
		files []etcFile
		zone  string // "" for none
		from  string // of the machine's folder
		note  string
	}{
		{"timezone", []etcFile{berlinZone}, "Europe/Berlin", "etc/timezone", ""},
		{"timezone with comments", []etcFile{{name: "etc/timezone", content: "# by hand\n\n  Asia/Tokyo \n"}}, "Asia/Tokyo", "etc/timezone", ""},
		{"localtime is a link", []etcFile{tokyoLink}, "Asia/Tokyo", "etc/localtime", ""},
		{"localtime is a file", []etcFile{{name: "etc/localtime", content: string(tzif(3600, "CET-1"))}}, "CET-1", "etc/localtime", ""},
		{"both agree: the name counts", []etcFile{{name: "etc/localtime", content: string(tzif(9*3600, "JST-9"))}, {name: "etc/timezone", content: "Asia/Tokyo"}}, "Asia/Tokyo", "etc/timezone", ""},
		{"both differ: the one that programs read counts", []etcFile{berlinZone, tokyoLink}, "Asia/Tokyo", "etc/localtime", "names the zone Europe/Berlin"},
		{"a link that leads astray", []etcFile{{name: "etc/localtime", target: "../../../../etc/passwd"}}, "", "", ""},
		{"a climbing name", []etcFile{{name: "etc/timezone", content: "../../../../etc/localtime\n"}}, "", "", ""},
		{"a link for etc/timezone", []etcFile{{name: "etc/timezone", target: "/usr/share/zoneinfo/Asia/Tokyo"}}, "", "", ""},
		{"too large", []etcFile{{name: "etc/timezone", content: "Asia/Tokyo\n" + strings.Repeat(" ", headSize)}}, "", "", ""},
		{"nonsense", []etcFile{{name: "etc/localtime", content: "TZif2nonsense"}}, "", "", ""},
		{"of another machine", []etcFile{{name: "other/etc/timezone", content: "Asia/Tokyo\n"}}, "", "", ""},
		{"empty", []etcFile{{name: "etc/timezone"}}, "", "", ""},
	}
	for _, tt := range tests {
		for form, place := range etcPlaces {
			t.Run(tt.name+" in "+form, func(t *testing.T) {
				path, machine := place(t, append(slices.Clone(tt.files), log))
				in := logOf(t, open(t, OpenOptions{ZoneFrom: "--tz"}, path))
				want := "UTC (--tz)"
				if tt.zone != "" {
					want = tt.zone + ", from " + machine + tt.from
				}
				if in.ZoneFrom != want || (in.Zone != nil) != (tt.zone != "") || in.Zone != nil && in.Zone.String() != tt.zone {
					t.Errorf("zone %v from %q, want %q", in.Zone, in.ZoneFrom, want)
				}
				if notes := strings.Join(in.ZoneNotes, ";"); (tt.note == "") != (notes == "") || !strings.Contains(notes, tt.note) {
					t.Errorf("notes: %s", notes)
				}
			})
		}
	}
}

func logOf(t *testing.T, inputs []*Input) *Input {
	t.Helper()
	i := slices.IndexFunc(inputs, func(in *Input) bool { return strings.HasSuffix(in.Path, "kern.log") })
	if i < 0 {
		t.Fatal("there is no kern.log")
	}
	return inputs[i]
}

// etcPlaces put a machine's files somewhere: the path to open, and how the
// machine's folder is shown.
var etcPlaces = map[string]func(*testing.T, []etcFile) (path, machine string){
	"a folder": func(t *testing.T, files []etcFile) (string, string) {
		dir := machineOnDisk(t, files)
		return dir, dir + "/"
	},
	"a folder of which the log is named": func(t *testing.T, files []etcFile) (string, string) {
		dir := machineOnDisk(t, files)
		return filepath.Join(dir, "var/log/kern.log"), dir + "/"
	},
	"tar": func(t *testing.T, files []etcFile) (string, string) {
		path := write(t, t.TempDir(), "a.tar", tarOf(t, etcMembers(files)...))
		return path, path + "!"
	},
	"tar.gz": func(t *testing.T, files []etcFile) (string, string) {
		slices.Reverse(files)
		path := write(t, t.TempDir(), "a.tgz", gz(t, tarOf(t, etcMembers(files)...), time.Time{}))
		return path, path + "!"
	},
	"tar in tar": func(t *testing.T, files []etcFile) (string, string) {
		inner := packed{name: "fw1.tar", data: tarOf(t, etcMembers(files)...)}
		path := write(t, t.TempDir(), "a.tar", tarOf(t, inner))
		return path, path + "!fw1.tar!"
	},
	"zip": func(t *testing.T, files []etcFile) (string, string) {
		path := write(t, t.TempDir(), "a.zip", etcZip(t, files))
		return path, path + "!"
	},
}

func machineOnDisk(t *testing.T, files []etcFile) string {
	dir := t.TempDir()
	for _, f := range files {
		path := filepath.Join(dir, f.name)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if f.target == "" {
			write(t, filepath.Dir(path), filepath.Base(path), []byte(f.content))
		} else if err := os.Symlink(f.target, path); err != nil {
			t.Skip("no symbolic links here:", err)
		}
	}
	return dir
}

func etcMembers(files []etcFile) (members []packed) {
	for _, f := range files {
		m := packed{name: "./" + f.name, data: []byte(f.content), link: f.target}
		if f.target != "" {
			m.kind = '2'
		}
		members = append(members, m)
	}
	return members
}

func etcZip(t *testing.T, files []etcFile) []byte {
	t.Helper()
	var b bytes.Buffer
	w := zip.NewWriter(&b)
	for _, f := range files {
		h, content := &zip.FileHeader{Name: f.name, Method: zip.Deflate, Modified: packedAt}, f.content
		h.SetMode(0o644)
		if f.target != "" {
			h.SetMode(0o777 | fs.ModeSymlink)
			content = f.target
		}
		m, err := w.CreateHeader(h)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := m.Write([]byte(content)); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// TestZoneFromRelativePaths: whoever stands in the evidence names no var/log.
func TestZoneFromRelativePaths(t *testing.T) {
	dir := machineOnDisk(t, []etcFile{{name: "var/log/kern.log", content: "Mar  1 00:00:00 x\n"}, {name: "etc/timezone", content: "Asia/Tokyo"}})
	for from, want := range map[string]string{".": "etc/timezone", "var": "../etc/timezone", "var/log": "../../etc/timezone"} {
		t.Chdir(filepath.Join(dir, from))
		if in := logOf(t, open(t, OpenOptions{}, ".")); in.ZoneFrom != "Asia/Tokyo, from "+want {
			t.Errorf("in %s: %q", from, in.ZoneFrom)
		}
	}
}

// TestZoneFromHints: the offset of a log with both times is that of its machine,
// or of its folder; the zone of the options stands where it has that offset.
func TestZoneFromHints(t *testing.T) {
	tokyo, berlin := location(t, "Asia/Tokyo"), location(t, "Europe/Berlin")
	tests := []struct {
		name  string
		hints map[string][]byte
		opt   OpenOptions
		zone  string // of host/var/log/kern.log
		from  string // DIR stands for the folder
		notes int
	}{
		{"none", nil, OpenOptions{}, "", "", 0},
		{"same machine", map[string][]byte{"host/var/log/ulog/ulogd.json": hintText(3600, inWinter)}, OpenOptions{},
			"UTC+01:00", "UTC+01:00, learnt from DIR/host/var/log/ulog/ulogd.json", 0},
		{"behind UTC", map[string][]byte{"host/var/log/ulogd.json": hintText(-12600, inWinter)}, OpenOptions{},
			"UTC-03:30", "UTC-03:30, learnt from DIR/host/var/log/ulogd.json", 0},
		{"UTC", map[string][]byte{"host/var/log/ulogd.json": hintText(0, inWinter)}, OpenOptions{Zone: tokyo},
			"UTC", "UTC, learnt from DIR/host/var/log/ulogd.json", 0},
		{"another machine", map[string][]byte{"other/var/log/ulogd.json": hintText(3600, inWinter)}, OpenOptions{Zone: tokyo, ZoneFrom: "--tz"},
			"", "Asia/Tokyo (--tz)", 0},
		{"--tz was given and is another", map[string][]byte{"host/var/log/ulogd.json": hintText(3600, inWinter)}, OpenOptions{Zone: tokyo, ZoneFrom: "--tz", ZoneGiven: true},
			"UTC+01:00", "UTC+01:00, learnt from DIR/host/var/log/ulogd.json", 1},
		{"--tz agrees, in summer and winter", map[string][]byte{"host/var/log/a": hintText(3600, inWinter), "host/var/log/b": hintText(7200, inSummer)},
			OpenOptions{Zone: berlin, ZoneFrom: "--tz", ZoneGiven: true}, "", "Europe/Berlin (--tz), which agrees with DIR/host/var/log/a", 0},
		{"hints differ", map[string][]byte{"host/var/log/a": hintText(3600, inWinter), "host/var/log/b": hintText(7200, inSummer)},
			OpenOptions{Zone: tokyo, ZoneFrom: "--tz"}, "", "Asia/Tokyo (--tz)", 1},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			files := []etcFile{{name: "host/var/log/kern.log", content: "Mar  1 00:00:00 x\n"}}
			for name, text := range tt.hints {
				files = append(files, etcFile{name: name, content: string(text)})
			}
			dir := machineOnDisk(t, files)
			tt.opt.Formats = []*Format{hintFormat, textFormat}
			in := logOf(t, open(t, tt.opt, dir))
			if want := strings.ReplaceAll(tt.from, "DIR", dir); in.ZoneFrom != want {
				t.Errorf("from %q, want %q", in.ZoneFrom, want)
			}
			if got := in.StampZone(&Options{}).String(); tt.zone != "" && got != tt.zone || tt.zone == "" && in.Zone != nil {
				t.Errorf("zone %s, want %q", got, tt.zone)
			}
			if len(in.ZoneNotes) != tt.notes {
				t.Errorf("notes: %q", in.ZoneNotes)
			}
		})
	}
	t.Run("same folder", func(t *testing.T) {
		dir := t.TempDir()
		write(t, dir, "kern.log", []byte("Mar  1 00:00:00 x\n"))
		write(t, dir, "ulogd.json", hintText(20700, inWinter))
		in := logOf(t, open(t, OpenOptions{Formats: []*Format{hintFormat, textFormat}}, dir))
		if in.Zone == nil || in.Zone.String() != "UTC+05:45" {
			t.Errorf("zone %v from %s", in.Zone, in.ZoneFrom)
		}
	})
}

// TestPathRules: the first rule that matches counts; it outranks what the
// evidence and the flags say.
func TestPathRules(t *testing.T) {
	dir := machineOnDisk(t, []etcFile{
		{name: "fw1/var/log/kern.log", content: "Mar  1 00:00:00 x\n"},
		{name: "fw1/var/log/kern.log.1", content: "Dec  1 00:00:00 x\nFeb 28 00:00:00 x\n"},
		{name: "fw1/etc/timezone", content: "Europe/Berlin"},
		{name: "fw2/var/log/kern.log", content: "Mar  2 00:00:00 x\n"},
		{name: "fw3/var/log/kern.log", content: "Mar  3 00:00:00 x\n"},
	})
	opt := OpenOptions{
		Zone: location(t, "America/New_York"), ZoneFrom: "--tz", Year: 2020,
		Rules: []PathRule{
			{Pattern: "*/fw1/*", Zone: location(t, "Asia/Tokyo"), Year: 2024, From: "config"},
			{Pattern: "*/fw*", Year: 2023, From: "config"},
			{Pattern: "*fw2*", Zone: location(t, "Asia/Tokyo")},
		},
	}
	want := map[string][3]string{
		"fw1/var/log/kern.log":   {"Asia/Tokyo (config: */fw1/*)", "config: */fw1/*", "2024-03-01"},
		"fw1/var/log/kern.log.1": {"Asia/Tokyo (config: */fw1/*)", "config: */fw1/*, by the next file of the family", "2023-12-01"},
		"fw2/var/log/kern.log":   {"America/New_York (--tz)", "config: */fw*", "2023-03-02"},
		"fw3/var/log/kern.log":   {"America/New_York (--tz)", "config: */fw*", "2023-03-03"},
	}
	for _, in := range open(t, opt, dir) {
		w, wanted := want[strings.TrimPrefix(in.Path, dir+"/")]
		if !wanted {
			continue
		}
		at, _ := in.first.Resolve(in.YearRef, time.UTC)
		if got := [3]string{in.ZoneFrom, in.YearSource(), at.Format(time.DateOnly)}; got != w {
			t.Errorf("%s: %q, want %q", in.Path, got, w)
		}
	}
}
