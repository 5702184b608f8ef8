package main

import (
	"fmt"
	"net/netip"
	"slices"
	"strings"

	"fwreport/reader"
)

// entry takes an entry of a table of names.
func (r *configReader) entry(table string, l leaf) error {
	switch {
	case l.item != 0:
		return fmt.Errorf("%s is one table: write [%s]", l.path[0], l.path[0])
	case len(l.path) == 1 && isEmptyTable(l.value):
		return nil // the header, or {}
	case len(l.path) == 1:
		return fmt.Errorf("%s wants a table of names, not %s", table, kindGiven(l.value))
	}
	text, ok := l.value.(string)
	if !ok || len(l.path) > 2 {
		given := "a table"
		if len(l.path) == 2 {
			given = kindGiven(l.value)
		}
		return fmt.Errorf("%s: %q wants a string, not %s", table, l.path[1], given)
	}
	e := entry{l.path[1], text, r.at(l)}
	list, err := r.checkEntry(table, &e)
	if err != nil {
		return fmt.Errorf("%s: %w", table, err)
	}
	if err := r.once(table+"."+e.key, l); err != nil {
		return fmt.Errorf("%s: %w", table, err)
	}
	*list = append(*list, e)
	return nil
}

// actionList takes an action map that is written as the flag is.
func (r *configReader) actionList(l leaf, list []any) error {
	for _, v := range list {
		text, ok := v.(string)
		if !ok {
			return fmt.Errorf("action-map wants strings, not %s", kindGiven(v))
		}
		if err := r.schema.Lookup("action-map").Value.Set(text); err != nil {
			return fmt.Errorf("action-map: %w", err)
		}
		i := strings.LastIndexByte(text, '=')
		if err := r.entry("action-map", leaf{[]string{l.path[0], text[:i]}, text[i+1:], l.line, 0}); err != nil {
			return err
		}
	}
	return nil
}

func isEmptyTable(v any) bool {
	m, ok := v.(map[string]any)
	return v == nil || ok && len(m) == 0
}

// checkEntry checks an entry, brings its key into one spelling and says where it
// belongs.
func (r *configReader) checkEntry(table string, e *entry) (*[]entry, error) {
	switch table {
	case "action-map":
		if strings.Contains(e.value, "=") {
			return nil, fmt.Errorf("%q is no action", e.value)
		}
		return &r.c.actions, r.schema.Lookup(table).Value.Set(e.key + "=" + e.value)
	case "networks":
		p, err := parsePrefix(e.key)
		if err != nil {
			return nil, err
		}
		e.key = p.String()
	case "interfaces":
		if e.key == "" {
			return nil, fmt.Errorf("the interface is missing")
		}
	}
	if strings.TrimSpace(e.value) == "" {
		return nil, fmt.Errorf("the name of %q is missing", e.key)
	}
	if table == "networks" {
		return &r.c.networks, nil
	}
	return &r.c.interfaces, nil
}

// parsePrefix reads a network, or an address as a network of its own. An IPv4
// network written as IPv6 is the IPv4 one.
func parsePrefix(text string) (netip.Prefix, error) {
	p, err := netip.ParsePrefix(text)
	if a, bad := netip.ParseAddr(text); bad == nil && a.Zone() == "" {
		p, err = netip.PrefixFrom(a, a.BitLen()), nil
	}
	if err != nil {
		return p, fmt.Errorf("%q is no network: write 192.0.2.0/24 or 2001:db8::/32", text)
	}
	if p.Addr().Is4In6() && p.Bits() >= 96 {
		p = netip.PrefixFrom(p.Addr().Unmap(), p.Bits()-96)
	}
	return p.Masked(), nil
}

// rule takes a key of a [[path]].
func (r *configReader) rule(l leaf) error {
	if list, isList := l.value.([]any); isList && len(list) == 0 && len(l.path) == 1 {
		return nil
	}
	if l.item == 0 {
		return fmt.Errorf("path is a list of tables: write [[path]]")
	}
	if l.item != r.item {
		r.item = l.item
		r.c.rules = append(r.c.rules, pathRule{PathRule: reader.PathRule{From: "config"}, at: r.at(l)})
	}
	if len(l.path) == 1 {
		return nil // the header
	}
	rule, key := &r.c.rules[len(r.c.rules)-1], l.path[1]
	if !slices.Contains([]string{"pattern", "tz", "year"}, key) || len(l.path) > 2 {
		return r.unknown(key, []string{"pattern", "tz", "year"})
	}
	return rule.set(key, l.value)
}

// set takes one key of a rule.
func (p *pathRule) set(key string, value any) error {
	text, isText := value.(string)
	year, isYear := value.(int64)
	var err error
	switch {
	case key == "year" && !isYear:
		return fmt.Errorf("year wants an integer, not %s", kindGiven(value))
	case key == "year":
		p.Year = int(year)
		return checkYear("year", p.Year)
	case !isText:
		return fmt.Errorf("%s wants a string, not %s", key, kindGiven(value))
	case text == "":
		return fmt.Errorf("%s is empty", key)
	case key == "pattern":
		p.Pattern = text
	default:
		p.tz = text
		p.Zone, err = zone("tz", text, nil)
	}
	return err
}

// complete reports what is missing in a rule.
func (p *pathRule) complete() error {
	if p.Pattern == "" {
		return fmt.Errorf("path: the pattern is missing, such as pattern = \"case/*/var/log/*\"")
	}
	if p.Zone == nil && p.Year == 0 {
		return fmt.Errorf("path: tz or year is missing: the rule says nothing of %q", p.Pattern)
	}
	return nil
}
