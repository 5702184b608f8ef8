package pcap

import (
	"fmt"
	"io"
)

// Limits of what a length field is believed.
const (
	usualRecord = 256 << 10 // libpcap's MAXIMUM_SNAPLEN: a longer record is believed only if the snaplen allows it
	maxRecord   = 16 << 20  // no record or block is longer
)

// cutError says that a capture ends inside a record: a live copy, a killed
// tcpdump, a full disk.
type cutError struct {
	where         string // "packet 57", "the file header"
	offset        int64
	missing, size int
}

func (e *cutError) Error() string {
	return fmt.Sprintf("capture ends inside %s at byte %d: %d of %d bytes missing", e.where, e.offset, e.missing, e.size)
}

func (e *cutError) Unwrap() error { return io.ErrUnexpectedEOF }

// damage says that the bytes at offset make no sense, so that no record can be
// found from there on.
func damage(offset int64, format string, args ...any) error {
	return fmt.Errorf("capture is damaged at byte %d: %s; what follows was not read", offset, fmt.Sprintf(format, args...))
}

// packetName names the n-th packet of a capture.
func packetName(n uint64) string { return fmt.Sprintf("packet %d", n) }
