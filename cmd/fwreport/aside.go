package main

import (
	"fmt"

	"fwreport/reader/evidence"
)

// sayAside says how many of the inputs are not read, for they lie outside the
// window.
func sayAside(ui *ui, n, all int) {
	if n > 0 {
		ui.say("%s outside the window and are hashed only (--read-all reads them)", ofInputs(n, all))
	}
}

// asideNote says it in the report.
func asideNote(m *evidence.Manifest) string {
	n := 0
	for i := range m.Inputs {
		if m.Inputs[i].HashedOnly {
			n++
		}
	}
	if n == 0 {
		return ""
	}
	return fmt.Sprintf("%s outside the window as a whole, as the order of their rotation and the beginnings of their neighbours tell: they were hashed and not read. "+
		"What they say of losses, boundaries and rejected records is not listed. See the inputs for which; --read-all reads them.", ofInputs(n, len(m.Inputs)))
}

func ofInputs(n, all int) string {
	return fmt.Sprintf("%d of %s lie", n, plural(all, "input"))
}
