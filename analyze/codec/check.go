package codec

import (
	"io"

	"fwreport/reader/event"
)

// Check reads a stream to its end and tells whether it is whole and undamaged, as
// far as check sums tell. What it says is not looked at.
func Check(in io.Reader) error {
	r, err := NewReader(in, event.NewSymbols())
	if err != nil {
		return err
	}
	for _, ok := r.Section(); ok; _, ok = r.Section() {
		for r.fill(); len(r.block) > 0; r.fill() {
			r.block = nil
		}
	}
	return r.Close()
}
