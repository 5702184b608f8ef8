package report

import (
	"bufio"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
)

// kinds numbers the kinds of cells for rows that are written; 0 is null.
var kinds = [...]Kind{1: Text, 2: Count, 3: Bytes, 4: Ratio, 5: Address, 6: Port, 7: Number, 8: Time, 9: Duration, 10: Evidence}

// AppendRow writes a row in a form that ReadRow understands. It is for rows that
// wait on disk until a run ends, not for keeping.
func AppendRow(b []byte, row []Value) []byte {
	for _, v := range row {
		k := 0
		for k < len(kinds)-1 && kinds[k] != v.kind {
			k++
		}
		b = append(b, byte(k))
		switch v.kind {
		case "":
		case Text, Address, Evidence:
			b = binary.AppendUvarint(b, uint64(len(v.s)))
			b = append(b, v.s...)
		case Ratio:
			b = binary.BigEndian.AppendUint64(b, v.n)
		default:
			b = binary.AppendUvarint(b, v.n)
		}
	}
	return b
}

// ReadRow reads a row of so many cells into row. The error is io.EOF where there
// is no other.
func ReadRow(r *bufio.Reader, row []Value) error {
	for i := range row {
		if err := row[i].read(r); err != nil {
			if i > 0 && errors.Is(err, io.EOF) {
				err = io.ErrUnexpectedEOF
			}
			return err
		}
	}
	return nil
}

func (v *Value) read(r *bufio.Reader) error {
	k, err := r.ReadByte()
	if err != nil {
		return err
	}
	if int(k) >= len(kinds) {
		return fmt.Errorf("no kind of cell has the number %d", k)
	}
	*v = Value{kind: kinds[k]}
	switch v.kind {
	case "":
	case Text, Address, Evidence:
		v.s, err = readText(r)
	case Ratio:
		var b [8]byte
		_, err = io.ReadFull(r, b[:])
		v.n = binary.BigEndian.Uint64(b[:])
	default:
		v.n, err = binary.ReadUvarint(r)
	}
	return noEnd(err)
}

func readText(r *bufio.Reader) (string, error) {
	n, err := binary.ReadUvarint(r)
	if err != nil {
		return "", noEnd(err)
	}
	if n > 1<<30 {
		return "", fmt.Errorf("a text of %d bytes", n)
	}
	b := make([]byte, n)
	_, err = io.ReadFull(r, b)
	return string(b), noEnd(err)
}

// noEnd is err, where the end is not expected.
func noEnd(err error) error {
	if errors.Is(err, io.EOF) {
		return io.ErrUnexpectedEOF
	}
	return err
}
