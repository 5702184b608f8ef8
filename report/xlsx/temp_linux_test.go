package xlsx

import (
	"os"
	"path/filepath"
	"testing"
)

// Names of open temporary files are taken away; other files stay.
func TestUnname(t *testing.T) {
	dir := t.TempDir()
	ours, err := os.CreateTemp(dir, "excelize-")
	if err != nil {
		t.Fatal(err)
	}
	defer ours.Close()
	closed, other := filepath.Join(dir, "excelize-of-another"), filepath.Join(dir, "notes")
	for _, path := range []string{closed, other} {
		if err := os.WriteFile(path, nil, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	unname(dir)
	left, err := filepath.Glob(filepath.Join(dir, "*"))
	if err != nil || len(left) != 2 || left[0] != closed || left[1] != other {
		t.Errorf("left %q %v", left, err)
	}
	if _, err := ours.WriteString("still there"); err != nil {
		t.Error(err)
	}
}
