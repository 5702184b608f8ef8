package xlsx

import (
	"os"
	"path/filepath"
	"strings"
)

// unname takes the names of excelize's temporary files in dir away while they are
// open: a process that is killed then leaves none behind. The data stay until the
// file is closed. Only files that this process has open are touched.
func unname(dir string) {
	const fds = "/proc/self/fd"
	entries, _ := os.ReadDir(fds) // without it the names stay until the end
	for _, e := range entries {
		to, err := os.Readlink(filepath.Join(fds, e.Name()))
		if err == nil && filepath.Dir(to) == filepath.Clean(dir) && strings.HasPrefix(filepath.Base(to), "excelize-") && !strings.HasSuffix(to, " (deleted)") {
			_ = os.Remove(to) // then the end removes it
		}
	}
}
