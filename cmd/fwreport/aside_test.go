package main

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/klauspost/compress/gzip"
	"github.com/rogpeppe/go-internal/testscript"
)

// familyCommand is "family PATH FORM [N]": a log and nine rotated copies of it, a file
// a week from 4 December 2025 on, the log itself from 5 February 2026 on, all but
// two compressed. Each has a line of sshd, then N denied packets, or one every 12
// hours: 14. The form is bsd (stamps without a year) or iso. Files and headers of gzip
// have the times of the last records.
func familyCommand(ts *testscript.TestScript, _ bool, args []string) {
	stamp := map[string]string{"bsd": time.Stamp, "iso": "2006-01-02T15:04:05.000000Z07:00"}[args[1]]
	records := 14
	if len(args) > 2 {
		_, err := fmt.Sscan(args[2], &records)
		ts.Check(err)
	}
	for i := range 10 {
		begin := time.Date(2025, 12, 4+7*(9-i), 0, 0, 0, 0, time.UTC)
		var text strings.Builder
		var last time.Time
		fmt.Fprintf(&text, "%s gw1 sshd[71]: written to %s\n", begin.Format(stamp), filepath.Base(args[0]))
		for n := range records {
			last = begin.Add(time.Duration(n) * 7 * 24 * time.Hour / time.Duration(records))
			fmt.Fprintf(&text, "%s gw1 kernel: [UFW BLOCK] IN=eth0 OUT= SRC=198.51.100.%d DST=192.0.2.1 LEN=44 TOS=0x00 PREC=0x00 TTL=50 ID=%d PROTO=TCP SPT=1024 DPT=%d WINDOW=1024 RES=0x00 SYN URGP=0\n",
				last.Format(stamp), n%5, i*records+n, 22+n%2)
		}
		name, data := ts.MkAbs(args[0]), []byte(text.String())
		if i > 0 {
			name += fmt.Sprintf(".%d", i)
		}
		if i > 1 {
			name, data = name+".gz", deflated(ts, data, last)
		}
		ts.Check(os.MkdirAll(filepath.Dir(name), 0o755))
		ts.Check(os.WriteFile(name, data, 0o644))
		ts.Check(os.Chtimes(name, last, last))
	}
}

func deflated(ts *testscript.TestScript, data []byte, written time.Time) []byte {
	var b bytes.Buffer
	w := gzip.NewWriter(&b)
	w.ModTime = written
	_, err := w.Write(data)
	ts.Check(err)
	ts.Check(w.Close())
	return b.Bytes()
}

// datedCommand is "dated DAY FOLDER": all files in the folder were last written
// to on that day, as after a copy.
func datedCommand(ts *testscript.TestScript, _ bool, args []string) {
	day, err := time.Parse(time.DateOnly, args[0])
	ts.Check(err)
	files, err := filepath.Glob(filepath.Join(ts.MkAbs(args[1]), "*"))
	ts.Check(err)
	for _, f := range files {
		ts.Check(os.Chtimes(f, day, day))
	}
}

// spoilCommand is "spoil FILE": its check sum and the bytes before it are wrong.
func spoilCommand(ts *testscript.TestScript, _ bool, args []string) {
	path := ts.MkAbs(args[0])
	data := []byte(ts.ReadFile(args[0]))
	info, err := os.Stat(path)
	ts.Check(err)
	copy(data[len(data)-24:], bytes.Repeat([]byte{0xff}, 24))
	ts.Check(os.WriteFile(path, data, 0o644))
	ts.Check(os.Chtimes(path, info.ModTime(), info.ModTime()))
}
