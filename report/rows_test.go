package report

import (
	"bufio"
	"bytes"
	"io"
	"math/rand/v2"
	"slices"
	"testing"

	"fwreport/reader/event"
)

// anyCell makes a cell of a kind, sometimes null.
func anyCell(rnd *rand.Rand, k Kind) Value {
	if rnd.IntN(5) == 0 {
		return Null
	}
	n := rnd.Uint64() >> rnd.IntN(64)
	switch k {
	case Text:
		return EmptyText([]string{"", "a", "=1+1", "\x00\xff", "ä\n"}[rnd.IntN(5)])
	case Count:
		return CountOf(n)
	case Bytes:
		return BytesOf(n)
	case Ratio:
		return RatioOf(rnd.Float64())
	case Address:
		return AddressOf(event.AddrFrom4(uint32(n)))
	case Port:
		return PortOf(uint16(n))
	case Number:
		return NumberOf(n)
	case Time:
		return TimeOf(int64(n) - 1<<40)
	case Duration:
		return DurationOf(-int64(n >> 1))
	}
	return EvidenceOf("log:1")
}

var allKinds = []Column{
	Col("count", "", Count), KeyCol("a", "", Address), KeyCol("b", "", Text), KeyCol("c", "", Port), KeyCol("d", "", Number),
	KeyCol("e", "", Time), KeyCol("f", "", Duration), KeyCol("g", "", Ratio), Col("h", "", Bytes), Col("i", "", Evidence),
}

func anyRows(rnd *rand.Rand, n int) (rows [][]Value) {
	for range n {
		var row []Value
		for _, c := range allKinds {
			row = append(row, anyCell(rnd, c.Kind))
		}
		row[0] = CountOf(uint64(rnd.IntN(3)))
		rows = append(rows, row)
	}
	return rows
}

func TestRowsSurvive(t *testing.T) {
	rnd := rand.New(rand.NewPCG(1, 2))
	rows := anyRows(rnd, 500)
	var b []byte
	for _, row := range rows {
		b = AppendRow(b, row)
	}
	r, got := bufio.NewReader(bytes.NewReader(b)), make([]Value, len(allKinds))
	for i, want := range rows {
		if err := ReadRow(r, got); err != nil || !slices.Equal(got, want) {
			t.Fatalf("row %d: %v %v, want %v", i, got, err, want)
		}
	}
	if err := ReadRow(r, got); err != io.EOF {
		t.Errorf("after the last row: %v", err)
	}
	for n := range b {
		r := bufio.NewReader(bytes.NewReader(b[:n]))
		for err := ReadRow(r, got); err != io.EOF; err = ReadRow(r, got) {
			if err != nil {
				break
			}
		}
	}
}

// Tables of parts, merged, are the table of the whole.
func TestMerged(t *testing.T) {
	for seed := range uint64(50) {
		rnd := rand.New(rand.NewPCG(seed, 3))
		whole := Table{ID: "t", Columns: allKinds}
		rows := anyRows(rnd, rnd.IntN(60))
		slices.SortFunc(rows, whole.Compare)
		rows = slices.CompactFunc(rows, func(a, b []Value) bool { return whole.Compare(a, b) == 0 })
		parts := make([]Table, 1+rnd.IntN(5))
		split := make([][][]Value, len(parts))
		var total uint64
		for _, row := range rows {
			p := rnd.IntN(len(parts))
			split[p] = append(split[p], row)
			parts[p].TotalCount += row[0].Uint()
			total += row[0].Uint()
		}
		for p := range parts {
			parts[p].ID, parts[p].Columns, parts[p].Rows, parts[p].TotalRows = "t", allKinds, RowsOf(split[p]), len(split[p])
		}
		m := Merged(parts)
		var got [][]Value
		for row := range m.Rows {
			got = append(got, slices.Clone(row))
		}
		if !slices.EqualFunc(got, rows, slices.Equal[[]Value]) || m.TotalRows != len(rows) || m.TotalCount != total {
			t.Fatalf("seed %d: %d rows of %d, %d events of %d", seed, len(got), len(rows), m.TotalCount, total)
		}
		for range m.Head(1) { // stops early
			break
		}
	}
}
