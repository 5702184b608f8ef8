package analyze

import (
	"net/netip"
	"slices"
	"testing"

	"fwreport/report"
)

func prefix(s string) netip.Prefix { return netip.MustParsePrefix(s) }

func TestNetworkOf(t *testing.T) {
	n := NewNames([]Network{
		{prefix("10.0.0.0/8"), "site"}, {prefix("10.1.2.0/24"), "DMZ"}, {prefix("10.1.2.99/24"), "DMZ again"},
		{prefix("10.1.2.3/32"), "mail"}, {prefix("2001:db8::/32"), "six"}, {prefix("2001:db8:1::/48"), "lab"}, {prefix("fe80::/10"), "link"},
	}, nil)
	for addr, want := range map[string]string{
		"10.200.0.1": "site", "10.1.2.4": "DMZ again", "10.1.2.3": "mail", "::ffff:10.1.2.3": "mail", "11.0.0.1": "",
		"2001:db8:2::1": "six", "2001:db8:1::1": "lab", "2001:db9::1": "", "fe80::1%eth0": "link", "0.0.0.0": "", "::": "",
	} {
		if got := n.NetworkOf(netip.MustParseAddr(addr)); got != want {
			t.Errorf("NetworkOf(%s) = %q, want %q", addr, got, want)
		}
	}
	if got := n.NetworkOf(netip.Addr{}); got != "" {
		t.Errorf("NetworkOf(no address) = %q", got)
	}
}

func TestNamesThatAreNotThere(t *testing.T) {
	table := report.Table{ID: "x", Columns: []report.Column{report.KeyCol("src", "Source", report.Address)}}
	for _, n := range []*Names{nil, NewNames(nil, nil)} {
		if n.NetworkOf(netip.MustParseAddr("10.0.0.1")) != "" || n.InterfaceOf("eth0") != "" {
			t.Error("a name from nowhere")
		}
		if got := n.WithInterfaces(n.WithNetworks(table)); len(got.Columns) != 1 {
			t.Errorf("columns %v", got.Columns)
		}
	}
}

func TestColumns(t *testing.T) {
	n := NewNames([]Network{{prefix("10.0.0.0/8"), "=site<b>"}}, map[string]string{"eth0": "WAN"})
	table := report.Table{
		ID: "x",
		Columns: []report.Column{report.KeyCol("src", "Source", report.Address), report.KeyCol("in", "In", report.Text),
			report.KeyCol("out", "Out", report.Text)},
		Rows: func(yield func([]report.Value) bool) {
			_ = yield([]report.Value{report.AddressText("10.0.0.1"), report.TextOf("eth0"), report.Null}) &&
				yield([]report.Value{report.Null, report.TextOf("eth1"), report.TextOf("eth0")})
		},
	}
	named := n.WithInterfaces(n.WithNetworks(table))
	if len(table.Columns) != 3 {
		t.Error("the table's own columns were changed")
	}
	var ids []string
	for _, c := range named.Columns {
		ids = append(ids, c.ID)
	}
	if want := []string{"src", "in", "out", "network", "in_name", "out_name"}; !slices.Equal(ids, want) {
		t.Errorf("columns %v, want %v", ids, want)
	}
	var got [][]report.Value
	for row := range named.Rows {
		got = append(got, slices.Clone(row[3:]))
	}
	want := [][]report.Value{{report.TextOf("=site<b>"), report.TextOf("WAN"), report.Null}, {report.Null, report.Null, report.TextOf("WAN")}}
	if !slices.EqualFunc(got, want, slices.Equal) {
		t.Errorf("cells %v, want %v", got, want)
	}
	for range named.Rows {
		break
	}
}
