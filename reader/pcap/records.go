package pcap

import (
	"iter"

	"fwreport/reader"
)

// classicRecords yields the packet records of a chunk, each with its header.
func classicRecords(c *reader.Chunk) iter.Seq[[]byte] {
	return func(yield func([]byte) bool) {
		h, data := c.Meta.(*classicMeta).header, c.Data
		for len(data) > 0 {
			size, isHeader, err := h.next(data)
			if err != nil || size > len(data) {
				return // never in a chunk that the Splitter made
			}
			if isHeader {
				h, _ = parseFileHeader(data)
			} else if !yield(data[:size]) {
				return
			}
			data = data[size:]
		}
	}
}

// ngRecords yields the packet blocks of a chunk, whole.
func ngRecords(c *reader.Chunk) iter.Seq[[]byte] {
	return func(yield func([]byte) bool) {
		s, data := c.Meta.(*ngMeta).section, c.Data
		for len(data) > 0 {
			k, err := s.next(data)
			if err != nil || k.body == nil {
				return // never in a chunk that the Splitter made
			}
			if k.isPacket() {
				if !yield(data[:k.size]) {
					return
				}
			} else if s.apply(&k, data) != nil {
				return
			}
			data = data[k.size:]
		}
	}
}
