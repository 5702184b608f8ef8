package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"
)

// started is a run of the command that is to be interrupted.
type started struct {
	*exec.Cmd
	limit  context.Context
	folder string // where it writes to
	stdin  io.WriteCloser
	stderr bytes.Buffer
}

// start runs the command with an output folder of its own.
func start(t *testing.T, args ...string) *started {
	t.Helper()
	if runtime.GOOS == "windows" {
		t.Skip("Windows has no signal that one process could send to another")
	}
	ctx, cancel := context.WithTimeout(t.Context(), 2*time.Minute) // it would hang for ever otherwise
	t.Cleanup(cancel)
	s := &started{limit: ctx, folder: t.TempDir()}
	s.Cmd = exec.CommandContext(ctx, "fwreport", append([]string{"--tz=UTC", "--year=2026", "-o", filepath.Join(s.folder, "new", "report")}, args...)...)
	s.Stderr = &s.stderr
	var err error
	if s.stdin, err = s.StdinPipe(); err != nil {
		t.Fatal(err)
	}
	if err := s.Start(); err != nil {
		t.Fatal(err)
	}
	return s
}

// interrupt sends what Ctrl-C sends and returns the exit status.
func (s *started) interrupt(t *testing.T) int {
	t.Helper()
	if err := s.Process.Signal(os.Interrupt); err != nil {
		t.Fatal(err)
	}
	err := s.Wait()
	var exit *exec.ExitError
	if err != nil && !errors.As(err, &exit) {
		t.Fatal(err)
	}
	return s.ProcessState.ExitCode()
}

// wantNothing checks that the run failed and left nothing behind.
func (s *started) wantNothing(t *testing.T, status int) {
	t.Helper()
	if got := s.stderr.String(); status != exitFailed || got != "fwreport: interrupted: no report was written\n" {
		t.Errorf("exit status %d, standard error %q", status, got)
	}
	for _, path := range files(t, s.folder) {
		t.Errorf("left behind: %s", path)
	}
}

// files are the files and folders below dir.
func files(t *testing.T, dir string) (found []string) {
	t.Helper()
	err := filepath.WalkDir(dir, func(path string, _ os.DirEntry, err error) error {
		if path != dir {
			found = append(found, path)
		}
		if errors.Is(err, os.ErrNotExist) {
			return nil // renamed or removed while we look
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return found
}

func TestInterruptWhileInputDoesNotEnd(t *testing.T) {
	s := start(t, "--format=html,json", "-")
	// More than all buffers on the way hold: when it is written, the run is reading.
	if _, err := io.WriteString(s.stdin, logLines(40_000, 10)); err != nil {
		t.Fatal(err)
	}
	s.wantNothing(t, s.interrupt(t))
}

// The first file of each list takes long enough to be caught in the making: it is
// there, without a name or under a hidden one, as soon as it is begun.
func TestInterruptWhileWriting(t *testing.T) {
	for _, formats := range []string{"json,text", "xlsx,json", "csv,json"} {
		t.Run(formats, func(t *testing.T) {
			s := start(t, "--format="+formats, "--limit=0", "-")
			if _, err := io.WriteString(s.stdin, logLines(100_000, 100_000)); err != nil {
				t.Fatal(err)
			}
			if err := s.stdin.Close(); err != nil {
				t.Fatal(err)
			}
			for !writing(s.Process.Pid, s.folder) && !slices.ContainsFunc(files(t, s.folder), isTemporary) {
				if s.limit.Err() != nil {
					t.Fatalf("it never began to write: %s", &s.stderr)
				}
				time.Sleep(time.Millisecond)
			}
			s.wantNothing(t, s.interrupt(t))
		})
	}
}

func isTemporary(path string) bool { return strings.HasSuffix(path, ".tmp") }

// logLines makes n denied packets of so many sources.
func logLines(n, sources int) string {
	var b strings.Builder
	for i := range n {
		s := i % sources
		fmt.Fprintf(&b, "Mar  1 %02d:%02d:%02d gw kernel: [UFW BLOCK] IN=eth0 OUT= SRC=100.%d.%d.%d DST=192.0.2.1 LEN=44 TOS=0x00 PREC=0x00 TTL=50 ID=%d PROTO=TCP SPT=1024 DPT=%d WINDOW=1024 RES=0x00 SYN URGP=0\n",
			i/3600%24, i/60%60, i%60, 64+s>>16, s>>8&255, s&255, i&65535, s%65535+1)
	}
	return b.String()
}
