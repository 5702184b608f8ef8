package main

import (
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"golang.org/x/sys/unix"
)

// A run that is killed at any point leaves nothing behind: no temporary file, no
// new folder, no half-written report. What it had put in place is whole.
func TestKilledAtAnyPoint(t *testing.T) {
	log := logLines(30_000, 30_000)
	whole := map[string][]byte{}
	rnd := rand.New(rand.NewPCG(uint64(os.Getpid()), 1))
	took, temp := time.Duration(0), t.TempDir()
	for try := range 8 {
		t.Setenv("TMPDIR", temp)
		s := start(t, "--format=xlsx,json,text", "--limit=0", "--memory=64MiB", "-")
		began := time.Now()
		go func() {
			_, _ = io.WriteString(s.stdin, log) // it is killed meanwhile
			_ = s.stdin.Close()
		}()
		if try == 0 {
			if err := s.Wait(); err != nil {
				t.Fatalf("%v: %s", err, &s.stderr)
			}
			if left := files(t, temp); len(left) > 0 {
				t.Errorf("it left %q", left)
			}
			took = time.Since(began)
			for _, path := range reports(t, s.folder) {
				whole[filepath.Base(path)] = read(t, path)
			}
			continue
		}
		time.Sleep(time.Duration(rnd.Int64N(int64(took) * 11 / 10)))
		_ = s.Process.Kill() // it may be done
		_ = s.Wait()
		for _, path := range files(t, temp) {
			// excelize makes its files with a name, which is taken away soon after.
			if !strings.HasPrefix(filepath.Base(path), "excelize-") {
				t.Errorf("killed, it left %s", path)
			}
		}
		for _, path := range files(t, s.folder) {
			info, err := os.Stat(path)
			if err != nil {
				t.Fatal(err)
			}
			if want, known := whole[filepath.Base(path)]; !info.IsDir() && (!known || string(want) != string(read(t, path))) {
				t.Errorf("killed, it left %s", path)
			}
		}
	}
}

func reports(t *testing.T, dir string) (found []string) {
	t.Helper()
	for _, path := range files(t, dir) {
		if info, err := os.Stat(path); err == nil && !info.IsDir() {
			found = append(found, path)
		}
	}
	return found
}

func read(t *testing.T, path string) []byte {
	t.Helper()
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// A full disk is a clear error, exit status 1, and nothing is left behind.
func TestFullDisk(t *testing.T) {
	dir := t.TempDir()
	if err := unix.Mount("tmpfs", dir, "tmpfs", 0, "size=64k"); err != nil {
		t.Skipf("a small disk cannot be made here: mount: %v", err)
	}
	t.Cleanup(func() {
		if err := unix.Unmount(dir, 0); err != nil {
			t.Error(err)
		}
	})
	for _, formats := range []string{"json", "html", "xlsx", "csv", "text,json"} {
		t.Run(formats, func(t *testing.T) {
			cmd := exec.Command("fwreport", "--tz=UTC", "--year=2026", "--limit=0", "--format="+formats, "-o", filepath.Join(dir, "out"), "-")
			cmd.Stdin = strings.NewReader(logLines(20_000, 20_000))
			var stderr strings.Builder
			cmd.Stderr = &stderr
			err := cmd.Run()
			var exit *exec.ExitError
			if !errors.As(err, &exit) || exit.ExitCode() != exitFailed || !strings.Contains(stderr.String(), "cannot write ") || !strings.Contains(stderr.String(), "no space left on device") {
				t.Errorf("%v: %s", err, stderr.String())
			}
			for _, path := range files(t, dir) {
				t.Errorf("left behind: %s", path)
			}
		})
	}
}

// writing reports whether a process has a file without a name open in a folder.
func writing(pid int, folder string) bool {
	fds := fmt.Sprintf("/proc/%d/fd", pid)
	entries, _ := os.ReadDir(fds) // it may be gone
	for _, e := range entries {
		if to, err := os.Readlink(filepath.Join(fds, e.Name())); err == nil && strings.HasPrefix(to, folder) && strings.HasSuffix(to, "(deleted)") {
			return true
		}
	}
	return false
}
