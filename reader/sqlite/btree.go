package sqlite

import (
	"encoding/binary"
	"errors"
	"fmt"
	"math"
)

// Types of b-tree pages that tables have.
const (
	interiorTable = 0x05
	leafTable     = 0x0d
)

// maxDepth bounds a b-tree's depth: with four children a page, 2^32 pages are
// 16 deep.
const maxDepth = 20

// maxPayload is the longest row that is read; longer ones are malformed, as lines are.
const maxPayload = 1 << 20

// node is a page on the way from the root to the leaf that is being read.
type node struct {
	number uint32
	page   []byte
	leaf   bool
	cells  []byte // the array of cell pointers, two bytes each
	next   int    // cell, or child, to be looked at next
	lo, hi int64  // rowids on and below the page are above lo and at most hi
	open   bool   // lo is no bound: rowids may be math.MinInt64
	room   int    // bytes that the page's cells may still claim
}

// cursor goes through the rows of one table in the order of rowids.
type cursor struct {
	f       *file
	root    uint32
	stack   []node
	started bool
	spare   [][]byte // pages that were left
	payload []byte
	over    []byte          // an overflow page
	inner   map[uint32]bool // interior pages that were entered
	damage  func(error)
}

// row is a row as it is stored. bad is why it cannot be decoded, nil if it can.
type row struct {
	id      int64
	payload []byte // valid until the next call of cursor.next
	bad     error
}

// next is the next row; false at the end. Pages that cannot be read are told to
// damage and passed over.
func (c *cursor) next() (row, bool) {
	if !c.started {
		c.started, c.inner = true, map[uint32]bool{}
		c.enter(c.root, node{lo: math.MinInt64, hi: math.MaxInt64, open: true})
	}
	for len(c.stack) > 0 {
		n := &c.stack[len(c.stack)-1]
		switch {
		case n.leaf && n.next < len(n.cells)/2:
			return c.row(n), true
		case !n.leaf && n.next <= len(n.cells)/2:
			c.descend(n)
		default:
			c.leave()
		}
	}
	return row{}, false
}

// enter reads page number and puts it on the stack, with bounds as its bounds.
func (c *cursor) enter(number uint32, bounds node) {
	if len(c.stack) >= maxDepth {
		c.damage(fmt.Errorf("page %d: is deeper in the tree than can be", number))
		return
	}
	var buf []byte
	if n := len(c.spare); n > 0 {
		buf, c.spare = c.spare[n-1], c.spare[:n-1]
	}
	page, err := c.f.page(number, buf)
	if err != nil {
		c.damage(err)
		return
	}
	n := bounds
	n.number, n.page, n.room = number, page, len(page)
	err = n.header()
	if err == nil && !n.leaf && c.inner[number] {
		err = errTwice
	}
	if err != nil {
		c.damage(fmt.Errorf("page %d: %w", number, err))
		c.spare = append(c.spare, page)
		return
	}
	if !n.leaf {
		c.inner[number] = true
	}
	c.stack = append(c.stack, n)
}

func (c *cursor) leave() {
	n := &c.stack[len(c.stack)-1]
	c.spare = append(c.spare, n.page)
	c.stack = c.stack[:len(c.stack)-1]
}

var (
	errNoTable = errors.New("is no page of a table")
	errTwice   = errors.New("stands in the tree twice")
)

// header reads the page's header. Page 1 has the database's before it.
func (n *node) header() error {
	h, size := n.page, 12
	if n.number == 1 {
		h = h[headerSize:]
	}
	switch h[0] {
	case leafTable:
		n.leaf, size = true, 8
	case interiorTable:
	default:
		return errNoTable
	}
	count := int(binary.BigEndian.Uint16(h[3:]))
	if size+2*count > len(h) {
		return fmt.Errorf("claims %d cells, more than it has room for", count)
	}
	n.cells = h[size : size+2*count]
	return nil
}

// cell is what stands from the i-th cell on.
func (n *node) cell(i int) []byte {
	at := int(binary.BigEndian.Uint16(n.cells[2*i:]))
	return n.page[min(at, len(n.page)):]
}

// descend goes to the next child of an interior page. Cell i holds the i-th
// child and the largest rowid below it, the header holds the last child.
func (c *cursor) descend(n *node) {
	i := n.next
	n.next++
	bounds := node{lo: n.lo, hi: n.hi, open: n.open}
	if i == len(n.cells)/2 {
		h := n.page
		if n.number == 1 {
			h = h[headerSize:]
		}
		c.enter(binary.BigEndian.Uint32(h[8:]), bounds)
		return
	}
	b := n.cell(i)
	if len(b) < 5 {
		c.damage(fmt.Errorf("page %d: cell %d is outside of it", n.number, i))
		return
	}
	key, size := varint(b[4:])
	if id := int64(key); size > 0 && id <= n.hi && (id > n.lo || n.open) {
		bounds.hi, n.lo, n.open = id, id, false
	} else {
		c.damage(fmt.Errorf("page %d: the key of cell %d is out of order", n.number, i))
	}
	c.enter(binary.BigEndian.Uint32(b), bounds)
}

// row reads the next cell of a leaf.
func (c *cursor) row(n *node) row {
	i := n.next
	n.next++
	b := n.cell(i)
	size, s := varint(b)
	key, k := varint(b[s:])
	r := row{id: int64(key)}
	switch {
	case s == 0 || k == 0:
		r.bad = errors.New("the row is outside of its page")
	case r.id > n.hi || r.id <= n.lo && !n.open:
		r.bad = errors.New("the row's number is out of order")
	case size > maxPayload:
		r.bad = fmt.Errorf("the row claims to be %d bytes long", size)
	default:
		n.lo, n.open = r.id, false
		r.payload, r.bad = c.assemble(n, b[s+k:], int(size))
	}
	if r.bad != nil {
		c.damage(fmt.Errorf("page %d: cell %d: %w", n.number, i, r.bad))
	}
	return r
}

// assemble is the payload of a cell, size bytes: on the page as far as the
// format has it there, the rest in a chain of overflow pages.
func (c *cursor) assemble(n *node, b []byte, size int) ([]byte, error) {
	local := c.f.local(size)
	if local > len(b) || local > n.room {
		return nil, errors.New("the row does not fit its page")
	}
	n.room -= local
	if local == size {
		return b[:size], nil
	}
	if len(b) < local+4 {
		return nil, errors.New("the row does not fit its page")
	}
	c.payload = append(c.payload[:0], b[:local]...)
	for next := binary.BigEndian.Uint32(b[local:]); len(c.payload) < size; {
		page, err := c.f.page(next, c.over)
		if err != nil {
			return nil, fmt.Errorf("the row's rest: %w", err)
		}
		c.over = page
		next = binary.BigEndian.Uint32(page)
		c.payload = append(c.payload, page[4:min(len(page), 4+size-len(c.payload))]...)
	}
	return c.payload, nil
}

// local is how many bytes of a payload stand on the leaf page (fileformat2,
// section 1.6: X, M and K).
func (f *file) local(size int) int {
	x := f.usable - 35
	if size <= x {
		return size
	}
	m := (f.usable-12)*32/255 - 23
	if k := m + (size-m)%(f.usable-4); k <= x {
		return k
	}
	return m
}
