package main

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/pflag"

	"fwreport/analyze/window"
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
