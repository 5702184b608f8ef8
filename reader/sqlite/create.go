package sqlite

import (
	"cmp"
	"strings"
)

// parseCreate finds the columns of a CREATE TABLE statement, as SQLite keeps it
// in the schema. Constraints, types and expressions are passed over. rowids is
// false for a table WITHOUT ROWID, whose rows stand in an index.
func parseCreate(sql string) (columns []column, rowids, ok bool) {
	l := lexer{rest: sql}
	for t := l.next(); t.text != "("; t = l.next() {
		if t.text == "" {
			return nil, false, false
		}
	}
	for more := true; more; {
		var def []token
		if def, more, ok = l.definition(); !ok || len(columns) >= maxColumns {
			return nil, false, false
		}
		if c, stored := columnOf(def); stored {
			columns = append(columns, c)
		}
	}
	rowids = true
	for t := l.next(); t.text != ""; t = l.next() {
		if t.is("WITHOUT") {
			rowids = false
		}
	}
	return columns, rowids, true
}

// token is a word, a quoted name without its quotes, or one sign.
type token struct {
	text   string
	quoted bool
}

func (t token) is(word string) bool { return !t.quoted && strings.EqualFold(t.text, word) }

// lexer cuts SQL into tokens. At the end comes the empty token; a quoted empty
// name is given as a blank, so that it is not taken for the end.
type lexer struct{ rest string }

func (l *lexer) next() token {
	l.blanks()
	if l.rest == "" {
		return token{}
	}
	switch c := l.rest[0]; c {
	case '"', '\'', '`':
		return l.quoted(c, c)
	case '[':
		return l.quoted('[', ']')
	}
	n := strings.IndexFunc(l.rest, func(r rune) bool { return !isWord(r) })
	if n < 0 {
		n = len(l.rest)
	}
	return l.take(max(n, 1))
}

func (l *lexer) take(n int) token {
	t := token{text: l.rest[:n]}
	l.rest = l.rest[n:]
	return t
}

func isWord(r rune) bool {
	return r == '_' || r == '$' || r >= 0x80 || r >= '0' && r <= '9' || r|0x20 >= 'a' && r|0x20 <= 'z'
}

// blanks skips white space and comments.
func (l *lexer) blanks() {
	for {
		l.rest = strings.TrimLeft(l.rest, " \t\r\n\f")
		end := ""
		switch {
		case strings.HasPrefix(l.rest, "--"):
			end = "\n"
		case strings.HasPrefix(l.rest, "/*"):
			end = "*/"
		default:
			return
		}
		_, l.rest, _ = strings.Cut(l.rest[2:], end)
	}
}

// quoted reads a name in quotes; a quote that stands twice is one of the name.
func (l *lexer) quoted(open, end byte) token {
	var name strings.Builder
	s := l.rest[1:]
	for {
		i := strings.IndexByte(s, end)
		if i < 0 {
			name.WriteString(s)
			s = ""
			break
		}
		name.WriteString(s[:i])
		s = s[i+1:]
		if open != end || s == "" || s[0] != end {
			break
		}
		name.WriteByte(end)
		s = s[1:]
	}
	l.rest = s
	return token{text: cmp.Or(name.String(), " "), quoted: true}
}

// definition reads up to the comma or parenthesis that ends a column or
// constraint. more is whether another follows.
func (l *lexer) definition() (def []token, more, ok bool) {
	for depth := 0; ; {
		t := l.next()
		switch {
		case t.text == "":
			return nil, false, false
		case t.quoted:
		case t.text == "(":
			depth++
		case t.text == ")" && depth == 0:
			return def, false, true
		case t.text == ")":
			depth--
		case t.text == "," && depth == 0:
			return def, true, true
		}
		if len(def) < 64 { // what decides stands at the beginning
			def = append(def, t)
		}
	}
}

// columnOf is the column that def defines; stored is false for constraints of
// the table and for columns that are computed when they are read.
func columnOf(def []token) (c column, stored bool) {
	if len(def) == 0 {
		return c, false
	}
	for _, word := range []string{"CONSTRAINT", "PRIMARY", "UNIQUE", "CHECK", "FOREIGN"} {
		if def[0].is(word) {
			return c, false
		}
	}
	c = newColumn(def[0].text)
	computed := false
	for i, t := range def {
		switch {
		case t.is("AS") && i+1 < len(def) && def[i+1].is("("):
			computed = true
		case t.is("STORED"):
			computed = false
		case t.is("PRIMARY") && len(def) > 1 && def[1].is("INTEGER"):
			c.rowid = true
		}
	}
	return c, !computed
}
