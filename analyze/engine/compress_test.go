package engine_test

import (
	"bytes"
	"compress/zlib"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"fwreport/samples/gen/stream"
)

// compressions are made by the programs that people use, but zlib's, which has
// none, and gzip's where the program is missing.
var compressions = []struct {
	name, ext string
	tool      []string
	own       func(*testing.T, []byte) []byte
	one       bool // streams are not put one behind the other
}{
	{name: "gzip", ext: ".gz", tool: []string{"gzip", "-c"}, own: gzipped},
	{name: "zstd", ext: ".zst", tool: []string{"zstd", "-c", "-q"}},
	{name: "bzip2", ext: ".bz2", tool: []string{"bzip2", "-c"}},
	{name: "xz", ext: ".xz", tool: []string{"xz", "-c"}},
	{name: "lz4", ext: ".lz4", tool: []string{"lz4", "-c", "-q"}},
	{name: "zlib", ext: ".zz", own: zlibbed, one: true},
}

func zlibbed(t *testing.T, data []byte) []byte {
	t.Helper()
	var b bytes.Buffer
	w := zlib.NewWriter(&b)
	_, err := w.Write(data)
	if err = errors.Join(err, w.Close()); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// compressed runs the program, or skips.
func compressed(t *testing.T, tool []string, own func(*testing.T, []byte) []byte, data []byte) []byte {
	t.Helper()
	if own != nil && (len(tool) == 0 || !installed(tool[0])) {
		return own(t, data)
	}
	if !installed(tool[0]) {
		t.Skipf("%s is not installed", tool[0])
	}
	cmd := exec.Command(tool[0], tool[1:]...)
	cmd.Stdin = bytes.NewReader(data)
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("%v: %v", tool, err)
	}
	return out
}

func installed(tool string) bool {
	_, err := exec.LookPath(tool)
	return err == nil
}

// TestCompressions: a log in each compression, as one stream, as two streams one
// behind the other, and in a tar archive, gives the tables of the plain log.
func TestCompressions(t *testing.T) {
	var log bytes.Buffer
	if err := stream.Syslog3164(&log, model(700), stream.Kernel{Flags: stream.AllFlags, Uptime: true}, time.UTC); err != nil {
		t.Fatal(err)
	}
	text := log.Bytes()
	want := tables(run{year: 2026}.report(t, put(t, "kern.log", text)))
	for _, c := range compressions {
		t.Run(c.name, func(t *testing.T) {
			pack := func(data []byte) []byte { return compressed(t, c.tool, c.own, data) }
			forms := map[string][]byte{
				"kern.log" + c.ext:         pack(text),
				"case.tar" + c.ext:         pack(tarred(t, []member{{"kern.log", text}})),
				"member" + c.ext + ".zip":  zipped(t, []member{{"kern.log" + c.ext, pack(text)}}),
				"nested" + c.ext + ".tar":  tarred(t, []member{{"inner.tar" + c.ext, pack(tarred(t, []member{{"kern.log", text}}))}}),
				"no-name-tells-the-format": pack(text),
			}
			if !c.one {
				half := len(text) / 2 // amid a line
				forms["two.log"+c.ext] = append(pack(text[:half]), pack(text[half:])...)
			}
			for name, data := range forms {
				got := tables(run{year: 2026, jobs: 2}.report(t, put(t, name, data)))
				if diff := cmp.Diff(want, got); diff != "" {
					t.Errorf("%s: tables differ (- plain)\n%.2000s", name, diff)
				}
			}
		})
	}
}

// put makes a file in a folder of its own.
func put(t *testing.T, name string, data []byte) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(path, data, 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}
