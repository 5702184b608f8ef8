package pcap

// sniffLen is how much of a stream is looked at to recognise a capture without
// a header.
const sniffLen = 64 << 10

// ulogdHeader is what ulogd2's PCAP output writes: version 2.4, microseconds,
// link type RAW, snaplen 65536 (output/ulogd_output_PCAP.c).
func ulogdHeader(o order) fileHeader {
	return fileHeader{big: o, link: linkRaw, snaplen: 65536, maxLen: usualRecord, recordLen: 16}
}

// headerless reports whether head is a capture of ulogd2 without its file
// header. ulogd2 writes the header only into a file that is empty when it opens
// it, so after logrotate's copytruncate a file begins with a record.
func headerless(head []byte) bool {
	_, ok := findHeaderless(head)
	return ok
}

// findHeaderless is headerless, with the byte order of the records.
func findHeaderless(head []byte) (order, bool) {
	head = head[:min(len(head), sniffLen)]
	for _, o := range [2]order{false, true} {
		if walksAsUlogd(o, head) {
			return o, true
		}
	}
	return false, false
}

// walksAsUlogd reports whether head consists of ulogd2's records, one whole
// record at least: IP packets with a possible time. Text never does: its letters
// make a fraction of a second of more than a million microseconds.
func walksAsUlogd(o order, head []byte) bool {
	h := ulogdHeader(o)
	whole := 0
	for len(head) > h.recordLen {
		n, _ := h.lengths(head)
		if !plausibleUlogd(o, head, n) {
			return false
		}
		if int(n) > len(head)-h.recordLen {
			break // cut by the sniff limit or by the end of the capture
		}
		head = head[h.recordLen+int(n):]
		whole++
	}
	return whole > 0
}

// earliestUlogd is 2000-01-01T00:00:00Z: ulogd is of that year.
const earliestUlogd = 946684800

func plausibleUlogd(o order, rec []byte, n uint32) bool {
	v := rec[16] >> 4
	return o.u32(rec) >= earliestUlogd && o.u32(rec[4:]) < 1e6 && n >= 20 && n <= 65536 && (v == 4 || v == 6)
}
