package sqlite

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
)

// maxColumns is SQLite's own limit (SQLITE_MAX_COLUMN); maxColumnName bounds what
// each row repeats. No key of ulogd is longer.
const (
	maxColumns    = 2000
	maxColumnName = 64
)

// table is a table as the schema describes it.
type table struct {
	name    string
	root    uint32
	columns []column
}

// column is one stored column.
type column struct {
	name  string
	lead  string // `, "name": `; "" if it is not shown
	means meaning
	rowid bool // INTEGER PRIMARY KEY: stored as NULL, its value is the rowid
}

// newColumn knows what a column of that name means.
func newColumn(name string) column {
	c := column{name: name, means: keys[name]}
	if len(name) <= maxColumnName && !strings.HasPrefix(name, ownPrefix) {
		c.lead = string(append(appendString([]byte(", "), []byte(name)), ": "...))
	}
	return c
}

// schema is what the database says of its tables, ordered by name.
type schema struct {
	tables []table // with columns that are keys of ulogd
	others []string
	count  int // of others, which are kept as far as a note shows them
	unread []string
}

// schema reads the table sqlite_schema, whose root is page 1.
func (f *file) schema(damage func(error)) schema {
	f.rewind()
	c := cursor{f: f, root: 1, damage: damage}
	s, roots := schema{}, map[uint32]bool{1: true}
	for r, ok := c.next(); ok; r, ok = c.next() {
		if r.bad != nil {
			continue
		}
		e, ok := f.entry(r.payload)
		if !ok {
			damage(fmt.Errorf("the schema's row %d makes no sense", r.id))
			continue
		}
		if e.kind != "table" || strings.HasPrefix(e.name, "sqlite_") {
			continue
		}
		columns, rowids, ok := parseCreate(e.sql)
		switch t := (table{e.name, e.root, columns}); {
		case !ok || !t.isUlogd():
			s.other(e.name)
		case !rowids || e.root == 0:
			s.unread = append(s.unread, e.name)
		case roots[e.root]:
			damage(fmt.Errorf("table %s is said to stand where another does", shortName(e.name)))
		default:
			roots[e.root] = true
			s.tables = append(s.tables, t)
		}
	}
	slices.SortFunc(s.tables, func(a, b table) int { return cmp.Compare(a.name, b.name) })
	return s
}

// maxNamed is how many tables a note names.
const maxNamed = 8

func (s *schema) other(name string) {
	s.count++
	i, _ := slices.BinarySearch(s.others, name)
	s.others = slices.Insert(s.others, i, shortName(name))
	s.others = s.others[:min(len(s.others), maxNamed)]
}

func shortName(name string) string {
	if len(name) > maxColumnName {
		return name[:maxColumnName] + "…"
	}
	return name
}

// isUlogd reports whether a column belongs to packets or flows of ulogd.
func (t *table) isUlogd() bool {
	return slices.ContainsFunc(t.columns, func(c column) bool { return c.means.telling })
}

// entry is a row of the schema.
type entry struct {
	kind, name, sql string
	root            uint32
}

// entry decodes type, name, tbl_name, rootpage, sql.
func (f *file) entry(payload []byte) (e entry, ok bool) {
	r, err := newRecord(payload)
	if err != nil {
		return e, false
	}
	for i := range 5 {
		v, ok := r.next()
		if !ok {
			return e, false
		}
		switch {
		case i == 3 && v.kind == integer && v.num >= 0 && v.num < 1<<32:
			e.root = uint32(v.num)
		case v.kind != text:
		case i == 0:
			e.kind = string(f.appendText(nil, v.bytes))
		case i == 1:
			e.name = string(f.appendText(nil, v.bytes))
		case i == 4:
			e.sql = string(f.appendText(nil, v.bytes))
		}
	}
	return e, e.kind != ""
}
