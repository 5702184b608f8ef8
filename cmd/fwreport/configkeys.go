package main

import (
	"fmt"
	"net/netip"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/pflag"

	"fwreport/analyze/window"
	"fwreport/reader"
)

// configTables are the keys of a config that are no flags.
var configTables = []string{"path", "networks", "interfaces"}

// notInConfig are the flags that make no sense in a config, and why.
var notInConfig = map[string]string{
	"config":       "a config cannot name another one",
	"print-config": "it asks for something to be done, which is for the command line",
	"help":         "it asks for something to be done, which is for the command line",
	"version":      "it asks for something to be done, which is for the command line",
}

// configReader checks the leaves of one file.
type configReader struct {
	name   string
	c      *config
	schema *pflag.FlagSet    // flags of a report nobody makes: they check values
	seen   map[string]string // where each key stands
	item   int               // the [[path]] read last
}

// parseConfig reads the text of a config. name is what errors call it.
func parseConfig(name, text string) (*config, error) {
	leaves, err := parseTOML(name, text)
	if err != nil {
		return nil, err
	}
	r := configReader{name: name, seen: map[string]string{}, schema: pflag.NewFlagSet(name, pflag.ContinueOnError)}
	r.c = &config{values: map[string]setting{}, applied: map[string]string{}}
	new(flags).register(r.schema, new(ui))
	for _, l := range leaves {
		if err := r.leaf(l); err != nil {
			return nil, usageError{fmt.Errorf("%s: %w", r.at(l), err)}
		}
	}
	for _, rule := range r.c.rules {
		if err := rule.complete(); err != nil {
			return nil, usageError{fmt.Errorf("%s: %w", rule.at, err)}
		}
	}
	return r.c, nil
}

func (r *configReader) at(l leaf) string { return fmt.Sprintf("%s:%d", r.name, l.line) }

// leaf takes one value.
func (r *configReader) leaf(l leaf) error {
	key := strings.ReplaceAll(l.path[0], "_", "-")
	switch key {
	case "path":
		return r.rule(l)
	case "networks", "interfaces":
		return r.entry(key, l)
	case "action-map":
		if list, isList := l.value.([]any); isList && len(l.path) == 1 {
			return r.actionList(l, list)
		}
		return r.entry(key, l)
	}
	fl := r.schema.Lookup(key)
	if why, ok := notInConfig[key]; ok {
		return fmt.Errorf("%q cannot stand in a config: %s", l.path[0], why)
	}
	if fl == nil {
		return r.unknown(l.path[0], r.known())
	}
	if len(l.path) > 1 || l.value == nil {
		return fmt.Errorf("%s wants %s, not a table", fl.Name, kindWanted(fl))
	}
	if err := r.once(fl.Name, l); err != nil {
		return err
	}
	return r.flag(fl, l)
}

// once refuses a key that was met before in another spelling: with underscores,
// by the flag's other name, a network with other bits behind its prefix.
func (r *configReader) once(key string, l leaf) error {
	if at, met := r.seen[key]; met {
		return fmt.Errorf("%s is there already (%s)", l.path[len(l.path)-1], at)
	}
	r.seen[key] = r.at(l)
	return nil
}

// flag takes the value of a flag.
func (r *configReader) flag(fl *pflag.Flag, l leaf) error {
	texts, ok := valueTexts(fl, l.value)
	if !ok {
		return fmt.Errorf("%s wants %s, not %s", fl.Name, kindWanted(fl), kindGiven(l.value))
	}
	for _, text := range texts {
		if err := fl.Value.Set(text); err != nil {
			return fmt.Errorf("%s: %w", fl.Name, err)
		}
		if err := checkText(fl.Name, text); err != nil {
			return err
		}
	}
	r.c.values[fl.Name] = setting{texts, r.at(l)}
	return nil
}

// checkText is for the flags that are looked at only when all are known.
func checkText(name, text string) error {
	switch name {
	case "tz", "report-tz":
		_, err := zone(name, text, time.UTC)
		return err
	case "since", "until", "now":
		if text == "" {
			return nil
		}
		if _, err := window.ParseTime(text, time.Unix(0, 0), time.UTC); err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
	case "year":
		if n, _ := strconv.Atoi(text); n != 0 { // it is a number
			return checkYear(name, n)
		}
	case "jobs":
		n, _ := strconv.Atoi(text)
		return checkJobs(name, n)
	}
	return nil
}

// takesMany reports whether a flag may be given more than once.
func takesMany(fl *pflag.Flag) bool {
	_, slice := fl.Value.(pflag.SliceValue)
	_, list := fl.Value.(listValue)
	return slice || list
}

func takesNumber(fl *pflag.Flag) bool {
	return slices.Contains([]string{"int", "int64", "uint", "uint64", "ROWS"}, fl.Value.Type())
}

func takesTime(fl *pflag.Flag) bool {
	return slices.Contains([]string{"since", "until", "now"}, fl.Name)
}

// kindWanted is what TOML value a flag takes.
func kindWanted(fl *pflag.Flag) string {
	switch {
	case fl.Value.Type() == "bool":
		return "true or false"
	case takesNumber(fl):
		return "an integer"
	case takesMany(fl):
		return "a string or an array of strings"
	case takesTime(fl):
		return "a string or a date"
	}
	return "a string"
}

// kindGiven is what TOML value a value is.
func kindGiven(v any) string {
	switch v := v.(type) {
	case string:
		return "a string"
	case int64:
		return "an integer"
	case float64:
		return "a float"
	case bool:
		return "a boolean"
	case time.Time:
		if isTimeOfDay(v) {
			return "a time of day"
		}
		return "a date"
	case []any, []map[string]any:
		return "an array"
	}
	return "a table"
}

// valueTexts are a TOML value in the words of the command line. ok is false if
// the value is of the wrong type.
func valueTexts(fl *pflag.Flag, v any) (texts []string, ok bool) {
	if list, isList := v.([]any); isList && takesMany(fl) {
		texts = []string{}
		for _, x := range list {
			text, ok := manyText(x)
			if !ok {
				return nil, false
			}
			texts = append(texts, text)
		}
		return texts, true
	}
	text, ok := valueText(fl, v)
	return []string{text}, ok
}

// manyText is one of several values: ports and protocols may be numbers.
func manyText(v any) (string, bool) {
	switch v := v.(type) {
	case string:
		return v, true
	case int64:
		return strconv.FormatInt(v, 10), true
	}
	return "", false
}

func valueText(fl *pflag.Flag, v any) (string, bool) {
	switch v := v.(type) {
	case bool:
		return strconv.FormatBool(v), fl.Value.Type() == "bool"
	case int64:
		return strconv.FormatInt(v, 10), takesNumber(fl) || takesMany(fl)
	case string:
		return v, fl.Value.Type() != "bool" && !takesNumber(fl)
	case time.Time:
		return timeText(v), takesTime(fl) && !isTimeOfDay(v)
	}
	return "", false
}

// isTimeOfDay tells TOML's local time from its dates. The library tells what has
// no zone by the names of invented ones.
func isTimeOfDay(t time.Time) bool { return t.Location().String() == "time-local" }

// timeText spells a date, with or without a time, as the flags take it.
func timeText(t time.Time) string {
	switch t.Location().String() {
	case "date-local":
		return t.Format(time.DateOnly)
	case "datetime-local":
		return t.Format("2006-01-02T15:04:05.999999999")
	}
	return t.Format(time.RFC3339Nano)
}

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

// known are all keys of a config.
func (r *configReader) known() []string {
	all := slices.Clone(configTables)
	r.schema.VisitAll(func(fl *pflag.Flag) {
		if notInConfig[fl.Name] == "" {
			all = append(all, fl.Name)
		}
	})
	return all
}

// unknown names the key that may have been meant.
func (r *configReader) unknown(key string, known []string) error {
	best, at := "", 1+max(min(2, len(key)/2), len(key)/3)
	for _, k := range known {
		if len(key) > 64 {
			break // no slip of the hand
		}
		if d := distance(strings.ToLower(strings.ReplaceAll(key, "_", "-")), k); d < at {
			best, at = k, d
		}
	}
	if best == "" {
		return fmt.Errorf("unknown key %q", key)
	}
	return fmt.Errorf("unknown key %q: did you mean %q?", key, best)
}

// distance is Levenshtein's: how many bytes must be put in, taken out or changed
// to make b of a.
func distance(a, b string) int {
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		diagonal := row[0]
		row[0] = i + 1
		for j := range len(b) {
			change := diagonal
			if a[i] != b[j] {
				change++
			}
			diagonal = row[j+1]
			row[j+1] = min(change, row[j]+1, row[j+1]+1)
		}
	}
	return row[len(b)]
}
