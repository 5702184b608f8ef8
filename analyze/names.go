package analyze

import (
	"cmp"
	"net/netip"
	"slices"

	"fwreport/report"
)

// Names are the user's names of own networks and interfaces, by which the tables
// show on which side of the firewall a row belongs. They are words beside the
// figures: nothing is counted, ordered or judged by them. A nil *Names has none.
type Names struct {
	networks   map[netip.Prefix]string
	lengths    []int // of the networks' prefixes, longest first
	interfaces map[string]string
}

// Network is an own network and its name.
type Network struct {
	Prefix netip.Prefix
	Name   string
}

// NewNames makes Names. Of two networks that hold an address the smaller one
// names it; of two equal ones the later. Interfaces are named exactly.
func NewNames(networks []Network, interfaces map[string]string) *Names {
	n := &Names{networks: map[netip.Prefix]string{}, interfaces: interfaces}
	for _, w := range networks {
		p := w.Prefix.Masked()
		n.networks[p] = w.Name
		if !slices.Contains(n.lengths, p.Bits()) {
			n.lengths = append(n.lengths, p.Bits())
		}
	}
	slices.SortFunc(n.lengths, func(a, b int) int { return cmp.Compare(b, a) })
	return n
}

// NetworkOf is the name of the smallest own network that holds the address; ""
// if there is none. An IPv4 address written as IPv6 is the IPv4 address.
func (n *Names) NetworkOf(a netip.Addr) string {
	if n == nil {
		return ""
	}
	a = a.Unmap().WithZone("")
	for _, bits := range n.lengths {
		p, err := a.Prefix(bits)
		if err != nil {
			continue // longer than an IPv4 address
		}
		if name, ok := n.networks[p]; ok {
			return name
		}
	}
	return ""
}

// InterfaceOf is the name of an interface, "" if it has none. A record that names
// no interface has the interface "", which cannot be named.
func (n *Names) InterfaceOf(name string) string {
	if n == nil || name == "" {
		return ""
	}
	return n.interfaces[name]
}

// WithNetworks adds the column network to a table if networks are named: the own
// network in which the address of the column src lies. It stands last, so that
// what reads columns by place finds them where they were.
func (n *Names) WithNetworks(t report.Table) report.Table {
	if n == nil || len(n.networks) == 0 {
		return t
	}
	return withColumns(t, func(v report.Value) string {
		a, err := netip.ParseAddr(v.Str())
		if err != nil {
			return "" // a row without a source
		}
		return n.NetworkOf(a)
	}, added{"src", report.Col("network", "Network", report.Text)})
}

// WithInterfaces adds the columns in_name and out_name to a table with the
// columns in and out if interfaces are named.
func (n *Names) WithInterfaces(t report.Table) report.Table {
	if n == nil || len(n.interfaces) == 0 {
		return t
	}
	return withColumns(t, func(v report.Value) string { return n.InterfaceOf(v.Str()) },
		added{"in", report.Col("in_name", "In, named", report.Text)}, added{"out", report.Col("out_name", "Out, named", report.Text)})
}

// added is a column with the ID of the one that it names.
type added struct {
	of     string
	column report.Column
}

// withColumns appends columns whose cells are the names of cells of the same row.
func withColumns(t report.Table, name func(report.Value) string, more ...added) report.Table {
	at := make([]int, len(more))
	t.Columns = slices.Clip(t.Columns)
	for i, m := range more {
		at[i] = t.Column(m.of)
		t.Columns = append(t.Columns, m.column)
	}
	rows := t.Rows
	t.Rows = func(yield func([]report.Value) bool) {
		var cells []report.Value
		for row := range rows {
			cells = append(cells[:0], row...)
			for _, i := range at {
				cells = append(cells, report.TextOf(name(row[i])))
			}
			if !yield(cells) {
				return
			}
		}
	}
	return t
}
