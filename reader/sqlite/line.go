package sqlite

import (
	"encoding/hex"
	"math"
	"strconv"
	"unicode/utf8"
)

// The members of a line that are no columns. A column whose name begins in the
// same way is left out.
const (
	ownPrefix   = "sqlite."
	tableMember = ownPrefix + "table"
	rowMember   = ownPrefix + "rowid"
	orderMember = ownPrefix + "order"  // big: raw numbers of addresses are big-endian
	faultMember = ownPrefix + "damage" // why the row cannot be decoded
)

// maxBlob is how many bytes of a blob are shown.
const maxBlob = 256

// appendLine appends the row as one line of JSON.
func (s *stream) appendLine(dst []byte, t *table, r row) []byte {
	dst = append(dst, `{"`+tableMember+`": `...)
	dst = appendString(dst, []byte(shortName(t.name)))
	dst = append(dst, `, "`+rowMember+`": `...)
	dst = strconv.AppendInt(dst, r.id, 10)
	if s.order == big {
		dst = append(dst, `, "`+orderMember+`": "big"`...)
	}
	rec, err := record{}, r.bad
	if err == nil {
		if rec, err = newRecord(r.payload); err != nil {
			s.damaged(err)
		}
	}
	if err != nil {
		dst = append(dst, `, "`+faultMember+`": `...)
		return append(appendString(dst, []byte(err.Error())), "}\n"...)
	}
	for i := range t.columns {
		v, ok := rec.next()
		if !ok {
			break // the column is younger than the row
		}
		dst = s.appendColumn(dst, &t.columns[i], v, r.id)
	}
	return append(dst, "}\n"...)
}

func (s *stream) appendColumn(dst []byte, c *column, v value, id int64) []byte {
	if c.lead == "" {
		return dst
	}
	dst = append(dst, c.lead...)
	switch {
	case c.means.secret && v.kind != null:
		return append(dst, `"(not shown)"`...)
	case c.rowid && v.kind == null:
		return strconv.AppendInt(dst, id, 10)
	}
	switch v.kind {
	case integer:
		return strconv.AppendInt(dst, v.num, 10)
	case real:
		return appendReal(dst, v.float)
	case text:
		s.text = s.f.appendText(s.text[:0], v.bytes)
		return appendString(dst, s.text)
	case blob:
		return appendBlob(dst, v.bytes)
	}
	return append(dst, "null"...)
}

// appendReal: SQLite stores no NaN, but a hostile file may, and infinities are
// no JSON either.
func appendReal(dst []byte, f float64) []byte {
	if math.IsNaN(f) || math.IsInf(f, 0) {
		return append(strconv.AppendFloat(append(dst, '"'), f, 'g', -1, 64), '"')
	}
	return strconv.AppendFloat(dst, f, 'g', -1, 64)
}

// appendBlob writes a blob as SQL does: x'0a'.
func appendBlob(dst, b []byte) []byte {
	dst = append(dst, `"x'`...)
	dst = hex.AppendEncode(dst, b[:min(len(b), maxBlob)])
	if more := len(b) - maxBlob; more > 0 {
		dst = append(strconv.AppendInt(append(dst, `' and `...), int64(more), 10), ` bytes more"`...)
		return dst
	}
	return append(dst, `'"`...)
}

// appendString writes b as a JSON string; what is not UTF-8 becomes U+FFFD.
func appendString(dst, b []byte) []byte {
	const digits = "0123456789abcdef"
	dst = append(dst, '"')
	for len(b) > 0 {
		c, n := b[0], 1
		switch {
		case c == '"' || c == '\\':
			dst = append(dst, '\\', c)
		case c < ' ':
			dst = append(dst, '\\', 'u', '0', '0', digits[c>>4], digits[c&15])
		case c < utf8.RuneSelf:
			dst = append(dst, c)
		default:
			var r rune
			r, n = utf8.DecodeRune(b)
			dst = utf8.AppendRune(dst, r)
		}
		b = b[n:]
	}
	return append(dst, '"')
}
