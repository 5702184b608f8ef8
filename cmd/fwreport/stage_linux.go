package main

import (
	"fmt"
	"os"

	"golang.org/x/sys/unix"
)

// createNameless makes a file without a name in a folder (open(2), O_TMPFILE).
// Not every file system can.
func createNameless(dir string) (*os.File, error) {
	return os.OpenFile(dir, os.O_WRONLY|unix.O_TMPFILE, 0o666)
}

// nameFile gives a nameless file its name. It is fs.ErrExist if that is taken.
func nameFile(f *os.File, path string) error {
	fd := fmt.Sprintf("/proc/self/fd/%d", f.Fd())
	if err := unix.Linkat(unix.AT_FDCWD, fd, unix.AT_FDCWD, path, unix.AT_SYMLINK_FOLLOW); err != nil {
		return &os.LinkError{Op: "link", Old: fd, New: path, Err: err}
	}
	return nil
}
