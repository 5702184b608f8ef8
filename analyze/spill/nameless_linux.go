package spill

import (
	"os"

	"golang.org/x/sys/unix"
)

// createNameless makes a file without a name in a folder (open(2), O_TMPFILE).
// Not every file system can.
func createNameless(dir string) (*os.File, error) {
	return os.OpenFile(dir, os.O_RDWR|unix.O_TMPFILE|unix.O_EXCL, 0o600)
}
