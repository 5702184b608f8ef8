package reader

import "iter"

// Carrier is the input whose Chunks hands over in's chunks: in itself, or the
// archive that has to be gone through for it.
func (in *Input) Carrier() *Input {
	for in.passing && in.parent != nil {
		in = in.parent
	}
	return in
}

// Each yields the chunk's records with their numbers in the input, without the
// ends of lines. They are parts of c.Data: valid until Release.
func (c *Chunk) Each() iter.Seq2[uint64, []byte] {
	return func(yield func(uint64, []byte) bool) {
		n := c.First
		for rec := range c.records() {
			if n >= c.First+c.Records || !yield(n, rec) {
				return
			}
			n++
		}
	}
}

func (c *Chunk) records() iter.Seq[[]byte] {
	switch {
	case c.Oversize:
		return func(yield func([]byte) bool) { yield(c.Data) }
	case c.Input.Format.Records != nil:
		return c.Input.Format.Records(c)
	}
	return func(yield func([]byte) bool) {
		for data := c.Data; len(data) > 0; {
			var line []byte
			line, data = NextLine(data)
			if !yield(line) {
				return
			}
		}
	}
}
