package pcap

import (
	"fmt"

	"fwreport/reader"
)

// classicMeta is the Chunk.Meta of a classic capture: the header that is in
// force at the chunk's first byte. header.recordLen is 0 where the chunk itself
// begins with the first file header.
type classicMeta struct{ header fileHeader }

// classicSplitter cuts a classic capture. Its header is the one in force where
// the last cut ended.
type classicSplitter struct {
	header  fileHeader
	offset  int64
	packets uint64
	notes   []string
}

// Notes are sentences about the capture as a whole.
func (s *classicSplitter) Notes() []string { return s.notes }

// Split implements reader.Splitter.
func (s *classicSplitter) Split(data []byte, atEOF bool) (reader.Cut, error) {
	if s.header.recordLen == 0 && len(data) > 0 {
		if want, err := s.begin(data, atEOF); want > 0 || err != nil {
			return reader.Cut{Want: want}, err
		}
	}
	start := s.header
	pos, packets, want, err := s.walk(data, atEOF)
	if pos == 0 {
		return reader.Cut{Want: want}, err
	}
	s.offset += int64(pos)
	s.packets += packets
	return reader.Cut{N: pos, Records: packets, Meta: &classicMeta{start}}, nil
}

// begin looks at the first bytes of the stream. It returns how many it needs if
// there are too few.
func (s *classicSplitter) begin(data []byte, atEOF bool) (want int, err error) {
	if len(data) < fileHeaderLen {
		if atEOF {
			return 0, &cutError{"the file header", 0, fileHeaderLen - len(data), fileHeaderLen}
		}
		return fileHeaderLen, nil
	}
	if _, ok := magicOrder(data); ok {
		return 0, nil
	}
	if len(data) < sniffLen && !atEOF {
		return sniffLen, nil
	}
	o, ok := findHeaderless(data)
	if !ok {
		return 0, damage(0, "%v", unreadableMagic(data))
	}
	s.header = ulogdHeader(o)
	s.notes = append(s.notes, "the capture has no file header; its records were read as ulogd2 writes them (link type RAW, microseconds)")
	return 0, nil
}

// walk goes over the whole records of data. It returns where they end and, if
// that is at 0, how many bytes the first needs, or why there is none.
func (s *classicSplitter) walk(data []byte, atEOF bool) (pos int, packets uint64, want int, err error) {
	for {
		n, plain := s.header.plain(data[pos:])
		if packets, pos = packets+n, pos+plain; pos == len(data) {
			return pos, packets, 0, nil
		}
		size, isHeader, err := s.header.next(data[pos:])
		if err != nil {
			return pos, packets, 0, damage(s.offset+int64(pos), "%v", err)
		}
		if size > len(data)-pos {
			return pos, packets, size, s.cut(pos, len(data)-pos, packets, size, atEOF)
		}
		if isHeader {
			if err := s.newHeader(data[pos:], pos); err != nil {
				return pos, packets, 0, err
			}
		} else {
			packets++
		}
		pos += size
	}
}

// plain counts the whole records that data begins with, and their bytes, where
// next would take each for one. It stops where it would have to look closer, for
// next to do that: nearly always at the end.
func (h *fileHeader) plain(data []byte) (n uint64, size int) {
	if h.recordLen != shortRecord || h.swap != neverSwapped {
		return 0, 0
	}
	big, longest := h.big, h.maxLen
	for len(data)-size >= shortRecord {
		rec := data[size:]
		captured := big.u32(rec[8:])
		if captured > longest || int(captured) > len(rec)-shortRecord || mayBeMagic(big.u32(rec)) {
			break
		}
		size += shortRecord + int(captured)
		n++
	}
	return n, size
}

// newHeader takes the file header that b begins with.
func (s *classicSplitter) newHeader(b []byte, pos int) error {
	h, err := parseFileHeader(b)
	if err != nil {
		return damage(s.offset+int64(pos), "%v", err)
	}
	s.header = h
	if at := s.offset + int64(pos); at > 0 && len(s.notes) == 0 {
		s.notes = append(s.notes, fmt.Sprintf("the file holds several captures, one after another, the second from byte %d on", at))
	}
	return nil
}

// next is the size of what b begins with: a record, or a file header where the
// first is still missing or another one follows. It is the size of the record's
// header where that is cut.
func (h *fileHeader) next(b []byte) (size int, isHeader bool, err error) {
	if h.recordLen == 0 || headerFollows(b) {
		return fileHeaderLen, true, nil
	}
	if len(b) < h.recordLen {
		return h.recordLen, false, nil
	}
	n, _ := h.lengths(b)
	if n > h.maxLen {
		return 0, false, fmt.Errorf("a record claims %d bytes, more than the capture's limit of %d", n, h.maxLen)
	}
	return h.recordLen + int(n), false, nil
}

// cut is the error of a record that has only have of size bytes, nil before the
// end of the stream.
func (s *classicSplitter) cut(pos, have int, packets uint64, size int, atEOF bool) error {
	if !atEOF {
		return nil
	}
	where := packetName(s.packets + packets + 1)
	at := s.offset + int64(pos)
	if h := s.header.recordLen; have < h {
		return &cutError{"the header of " + where, at, h - have, h}
	}
	return &cutError{where, at, size - have, size - s.header.recordLen}
}
