package sqlite

import (
	"bytes"
	"strconv"

	"fwreport/reader/lex"
)

// fields are what of a row has to be seen as a whole.
type fields struct {
	body              []byte // members of ulogd's JSON, each with a comma before it
	addr              [slots]address
	family, ethertype int64
	hasFamily         bool
	order             order
	known, damaged    bool
	reason            []byte
}

// address is the best that a row has of one address.
type address struct {
	form   form
	number bool
	n      int64
	text   []byte // into the line
}

// read takes over the members of a line.
func (r *fields) read(line []byte) error {
	*r = fields{body: r.body[:0]}
	j := lex.NewJSON(line)
	for j.Next() {
		m, ok := keys[string(j.Key)]
		switch {
		case !ok:
			r.own(&j)
		case m.form != notAddress:
			r.known = true
			r.address(m, &j)
		default:
			r.known = r.known || m.telling
			r.member(m, &j)
		}
	}
	return j.Err
}

// own reads a member that is no column.
func (r *fields) own(j *lex.JSON) {
	switch string(j.Key) {
	case orderMember:
		r.order = big
	case faultMember:
		r.damaged, r.reason = true, j.Value
	}
}

// address keeps the best form of an address.
func (r *fields) address(m meaning, j *lex.JSON) {
	a := address{form: m.form}
	switch j.Kind {
	case lex.JSONInt, lex.JSONNumber:
		n, ok := parseInt(j.Value)
		if a.number, a.n = true, n; !ok {
			return
		}
	case lex.JSONString:
		a.text = j.Value
	default:
		return
	}
	if len(a.text) == 0 && !a.number || m.form < r.addr[m.slot].form {
		return
	}
	r.addr[m.slot] = a
}

// member translates any other column. Numbers of 32 bits are bound signed.
func (r *fields) member(m meaning, j *lex.JSON) {
	if j.Kind == lex.JSONNull || m.secret {
		return
	}
	r.body = append(r.body, m.lead...)
	if j.Kind != lex.JSONInt && j.Kind != lex.JSONNumber {
		r.body = appendString(r.body, j.Value)
		return
	}
	n, ok := parseInt(j.Value)
	if !ok {
		r.body = append(r.body, j.Value...)
		return
	}
	if n < 0 && n >= -1<<31 {
		n += 1 << 32
	}
	r.body = strconv.AppendInt(r.body, n, 10)
	switch {
	case m.family:
		r.family, r.hasFamily = n, true
	case m.ether:
		r.ethertype = n
	}
}

// translate appends the row as ulogd's JSON. net is true if an address is half
// an address, ok is false if one cannot be any.
func (r *fields) translate(dst []byte) (line []byte, net, ok bool) {
	v6 := false
	for i := range r.addr {
		a := &r.addr[i]
		if a.form == notAddress {
			continue
		}
		n := len(r.body)
		r.body = append(r.body, slotLeads[i]...)
		start, half := len(r.body), false
		if ok = true; a.number {
			r.body, half, ok = appendNumber(r.body, a.form, a.n, r.order, version(r.family, r.ethertype))
		} else {
			r.body = appendBytes(r.body, a.text)
		}
		if !ok {
			return dst, false, false
		}
		net = net || half
		v6 = v6 || half || bytes.IndexByte(r.body[start:], ':') >= 0
		if len(r.body) == start { // it has none
			r.body = r.body[:n]
		}
	}
	if v6 && !r.hasFamily {
		r.body = append(r.body, `, "oob.family": 10`...)
	}
	dst = append(dst, '{')
	if len(r.body) > 0 {
		dst = append(dst, r.body[2:]...)
	}
	return append(dst, '}'), net, true
}
