//go:build unix

package reader

import (
	"archive/zip"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
)

// TestSwapped: what takes a file's place after it was found is not read, and
// nothing waits for a pipe's writer.
func TestSwapped(t *testing.T) {
	outside := write(t, t.TempDir(), "secret", []byte("secret\n"))
	swaps := map[string]func(path string) error{
		"link": func(path string) error { return os.Symlink(outside, path) },
		"pipe": func(path string) error { return syscall.Mkfifo(path, 0o644) },
		"gone": func(string) error { return nil },
	}
	for name, swap := range swaps {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			path := write(t, dir, "log", []byte("mine\n"))
			inputs := open(t, OpenOptions{}, dir)
			if err := os.Remove(path); err != nil {
				t.Fatal(err)
			}
			if err := swap(path); err != nil {
				t.Skip(err)
			}
			if got := read(t, inputs[0]); got != "" || !inputs[0].Facts.Incomplete {
				t.Errorf("%q was read, incomplete %v", got, inputs[0].Facts.Incomplete)
			}
		})
	}
}

// TestSwappedFolder: neither does a link that takes a folder's place lead out.
func TestSwappedFolder(t *testing.T) {
	outside := t.TempDir()
	write(t, outside, "log", []byte("secret\n"))
	dir := t.TempDir()
	write(t, dir, "sub/log", []byte("mine\n"))
	inputs := open(t, OpenOptions{}, dir)
	if err := os.RemoveAll(filepath.Join(dir, "sub")); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink(outside, filepath.Join(dir, "sub")); err != nil {
		t.Skip(err)
	}
	if got := read(t, inputs[0]); got != "" || !inputs[0].Facts.Incomplete {
		t.Errorf("%q was read, incomplete %v", got, inputs[0].Facts.Incomplete)
	}
}

// TestFolderNames: a folder behind a link is walked if the user names the link,
// and names need not be UTF-8.
func TestFolderNames(t *testing.T) {
	dir := t.TempDir()
	write(t, dir, "real/\xe4\xf6/\xfc.log", []byte("x\n"))
	link := filepath.Join(dir, "link")
	if err := os.Symlink("real", link); err != nil {
		t.Skip(err)
	}
	inputs := open(t, OpenOptions{}, link)
	if len(inputs) != 1 || inputs[0].Path != filepath.Join(link, "\xe4\xf6/\xfc.log") || read(t, inputs[0]) != "x\n" {
		t.Errorf("%d inputs: %+v", len(inputs), inputs[0].Facts)
	}
}

// TestSparse: copytruncate under a writer that keeps its place leaves a log that
// begins with a hole.
func TestSparse(t *testing.T) {
	for _, format := range []string{"gnu", "posix"} {
		dir := t.TempDir()
		path := write(t, dir, "log", nil)
		line := []byte("after the hole\n")
		f, err := os.OpenFile(path, os.O_RDWR, 0)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := f.WriteAt(line, MaxRecord/2); err != nil {
			t.Fatal(err)
		}
		f.Close()
		write(t, dir, "other", line)
		archive := filepath.Join(t.TempDir(), "a.tar")
		if out, err := exec.Command("tar", "--format="+format, "-S", "-cf", archive, "-C", dir, "log", "other").CombinedOutput(); err != nil {
			t.Skipf("no GNU tar here: %v %s", err, out)
		}
		if info, err := os.Stat(archive); err != nil || info.Size() > MaxRecord/2 {
			t.Skipf("the file system keeps no holes: %v", err)
		}
		formats := []*Format{{Name: "any", Sniff: func([]byte, bool) error { return nil }, NewSplitter: NewLineSplitter}}
		got := contents(t, open(t, OpenOptions{Formats: formats}, archive))
		if s := got[archive+"!log"]; !strings.HasSuffix(s, "\x00"+string(line)) {
			t.Errorf("%s: %d bytes came out of the sparse member", format, len(s))
		}
		if s := got[archive+"!other"]; s != string(line) {
			t.Errorf("%s: %q came out of the member behind it", format, s)
		}
	}
}

// TestZipRefusals: what a zip member needs to be read and is not there is named.
func TestZipRefusals(t *testing.T) {
	whole := zipOf(t, zip.Store, packed{name: "log", data: []byte("line\n")})
	directory := strings.Index(string(whole), "PK\x01\x02")
	tests := []struct {
		at   int // in the directory's entry
		to   byte
		want string
	}{
		{8, 1, "encrypted"},
		{10, 77, "method 77"},
		{44, 0xff, "place in the archive"},
	}
	for _, tt := range tests {
		data := append([]byte(nil), whole...)
		data[directory+tt.at] = tt.to
		inputs := open(t, OpenOptions{}, write(t, t.TempDir(), "x.zip", data))
		if f := inputs[1].Facts; !f.Incomplete || !strings.Contains(f.Skipped, tt.want) {
			t.Errorf("%s: %+v", tt.want, f)
		}
	}
}
