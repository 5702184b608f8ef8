package main

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"

	"github.com/spf13/pflag"

	"fwreport/analyze"
	"fwreport/reader"
)

// Rules of the config:
//
//   - A setting is a flag's long name; its value is checked by the flag itself.
//   - The user's file overrides the system's setting by setting, a flag both. A
//     list is one setting. Of the tables each entry is one.
//   - --config FILE is read in place of both, --config none reads none. No file
//     is read because of where one works: a folder of evidence may hold anything.
//   - The report states what the config had it do as if it had been said by
//     flags, so that its bytes depend on what was asked and not on who asked how.

// configPlaces are the config files that are read unasked; "" is none.
type configPlaces struct{ user, system string }

// machineConfigs are this user's and this machine's config files.
func machineConfigs() configPlaces {
	return configPlaces{user: userConfig(), system: systemConfig()}
}

// userConfig is below the folder that the system has for it ($XDG_CONFIG_HOME,
// else ~/.config, on Unix). A folder that is not absolute counts as none, as the
// XDG specification says: it would depend on where one works.
func userConfig() string {
	dir, err := os.UserConfigDir()
	if err != nil || !filepath.IsAbs(dir) {
		return ""
	}
	return filepath.Join(dir, "fwreport", "config.toml")
}

func systemConfig() string {
	if runtime.GOOS != "windows" {
		return "/etc/fwreport.toml"
	}
	dir := os.Getenv("ProgramData")
	if !filepath.IsAbs(dir) {
		return ""
	}
	return filepath.Join(dir, "fwreport", "config.toml")
}

// maxConfig is the size in bytes from which on a file is no config.
const maxConfig = 1 << 20

// config is what config files say, checked. A nil *config says nothing.
type config struct {
	values     map[string]setting // by the name of the flag
	actions    []entry            // of action-map: prefix and action; the first of a prefix counts
	networks   []entry            // prefix and name
	interfaces []entry            // interface and name
	rules      []pathRule         // the first that matches counts

	applied map[string]string // where what was applied stands, by flag; of actions by actionKey
}

// actionKey is the key of an action in config.applied.
func actionKey(prefix string) string { return "action-map." + strings.TrimSpace(prefix) }

// setting is a flag's value or values as on the command line.
type setting struct {
	texts []string
	at    string // FILE:LINE
}

// entry is one of a table of names.
type entry struct{ key, value, at string }

// pathRule is a [[path]].
type pathRule struct {
	reader.PathRule
	tz string // as given
	at string
}

// configure reads the config that applies and sets the flags that the command
// line leaves open: those in only, or all if only is empty. It keeps what no flag
// says in f.config.
func (f *flags) configure(fs *pflag.FlagSet, ui *ui, only ...string) error {
	c, err := f.readConfigs(ui, fs.Changed("config"))
	if err != nil {
		return err
	}
	f.config = c
	return c.apply(fs, only)
}

// readConfigs reads the file that was named, else the user's and the system's.
func (f *flags) readConfigs(ui *ui, named bool) (*config, error) {
	switch {
	case named && f.configFile == "":
		return nil, usageError{errors.New("--config: name a file, or none to read none")}
	case named && f.configFile == "none":
		return nil, nil
	case named:
		return readConfig(ui, f.configFile, true)
	}
	var all *config
	for _, path := range []string{f.places.user, f.places.system} {
		c, err := readConfig(ui, path, false)
		if err != nil {
			return nil, err
		}
		all = all.over(c)
	}
	return all, nil
}

// readConfig reads one file. One that was not named need not exist.
func readConfig(ui *ui, path string, named bool) (*config, error) {
	if path == "" {
		return nil, nil
	}
	info, err := os.Stat(path)
	switch {
	case err != nil && !named && absent(path, err):
		return nil, nil
	case err != nil:
		return nil, fmt.Errorf("config: %w", cannotRead(path, err))
	case info.IsDir() || !named && !info.Mode().IsRegular():
		return nil, usageError{fmt.Errorf("config: %s is not a file", path)}
	}
	text, err := readConfigText(path)
	if err != nil {
		return nil, err
	}
	ui.detail("config: %s", path)
	return parseConfig(path, text)
}

// absent reports whether an error means that there is no such file. (A folder
// of the path that is a file is another error, and no file either.)
func absent(path string, err error) bool {
	if errors.Is(err, fs.ErrNotExist) {
		return true
	}
	info, parent := os.Stat(filepath.Dir(path))
	return parent != nil && !errors.Is(parent, fs.ErrPermission) || parent == nil && !info.IsDir()
}

func readConfigText(path string) (string, error) {
	f, err := os.Open(path)
	if err != nil {
		return "", fmt.Errorf("config: %w", cannotRead(path, err))
	}
	defer f.Close()
	text, err := io.ReadAll(io.LimitReader(f, maxConfig+1))
	if err != nil {
		return "", fmt.Errorf("config: %w", cannotRead(path, err))
	}
	if len(text) > maxConfig {
		return "", usageError{fmt.Errorf("config: %s is longer than 1 MiB: it is no config", path)}
	}
	return string(text), nil
}

// over is what c and other say together, where c has the last word.
func (c *config) over(other *config) *config {
	if c == nil || other == nil {
		if c == nil {
			return other
		}
		return c
	}
	for name, s := range other.values {
		if _, said := c.values[name]; !said {
			c.values[name] = s
		}
	}
	c.actions = overEntries(c.actions, other.actions)
	c.networks = overEntries(c.networks, other.networks)
	c.interfaces = overEntries(c.interfaces, other.interfaces)
	c.rules = append(c.rules, other.rules...)
	return c
}

func overEntries(list, other []entry) []entry {
	for _, e := range other {
		if !slices.ContainsFunc(list, func(have entry) bool { return have.key == e.key }) {
			list = append(list, e)
		}
	}
	return list
}

// apply sets flags that the command line does not set: those in only, or all.
func (c *config) apply(fs *pflag.FlagSet, only []string) error {
	if c == nil {
		return nil
	}
	wanted := func(fl *pflag.Flag) bool { return len(only) == 0 || slices.Contains(only, fl.Name) }
	var open []*pflag.Flag // now, for setting one changes it
	fs.VisitAll(func(fl *pflag.Flag) {
		if !fl.Changed && wanted(fl) && !endingDecides(fs, fl) {
			open = append(open, fl)
		}
	})
	for _, fl := range open {
		s, said := c.values[fl.Name]
		if said {
			c.applied[fl.Name] = s.at
		}
		for _, text := range s.texts {
			if err := fs.Set(fl.Name, text); err != nil {
				return usageError{fmt.Errorf("%s: %w", s.at, err)}
			}
		}
	}
	if fl := fs.Lookup("action-map"); fl != nil && wanted(fl) {
		return c.applyActions(fs, fl.Value.(mapValue))
	}
	return nil
}

// endingDecides reports whether fl is --format and the ending of an output named
// on the command line says it: report.xlsx shall be one, whatever the config.
func endingDecides(fs *pflag.FlagSet, fl *pflag.Flag) bool {
	out := fs.Lookup("output")
	return fl.Name == "format" && out != nil && out.Changed && (formatOf(out.Value.String()) != "text" ||
		strings.EqualFold(filepath.Ext(out.Value.String()), ".txt"))
}

// applyActions appends what the flags do not say of a prefix: the first that
// matches counts.
func (c *config) applyActions(fs *pflag.FlagSet, flag mapValue) error {
	given := slices.Clone(*flag.list)
	for _, e := range c.actions {
		said := false
		for _, m := range given {
			said = said || strings.TrimSpace(m.Prefix) == strings.TrimSpace(e.key)
		}
		if said {
			continue
		}
		c.applied[actionKey(e.key)] = e.at
		if err := fs.Set("action-map", e.key+"="+e.value); err != nil {
			return usageError{fmt.Errorf("%s: %w", e.at, err)}
		}
	}
	return nil
}

// pathRules are what the reader must know of some inputs.
func (c *config) pathRules() []reader.PathRule {
	if c == nil {
		return nil
	}
	var all []reader.PathRule
	for _, r := range c.rules {
		all = append(all, r.PathRule)
	}
	return all
}

// names are those of own networks and interfaces, nil if there are none.
func (c *config) names() *analyze.Names {
	if c == nil || len(c.networks)+len(c.interfaces) == 0 {
		return nil
	}
	var networks []analyze.Network
	for _, e := range c.networks {
		if p, err := parsePrefix(e.key); err == nil { // it was checked
			networks = append(networks, analyze.Network{Prefix: p, Name: e.value})
		}
	}
	interfaces := map[string]string{}
	for _, e := range c.interfaces {
		interfaces[e.key] = e.value
	}
	return analyze.NewNames(networks, interfaces)
}

// asGiven is what bears on the report and no flag can say, an argument each:
// --config: and the entry as it may stand in a config file. The order is that of
// the files only where it counts.
func (c *config) asGiven() []string {
	if c == nil {
		return nil
	}
	var args []string
	for _, r := range c.rules {
		args = append(args, "--config:path={"+strings.Join(r.fields(), ", ")+"}")
	}
	for _, t := range []struct {
		name string
		list []entry
	}{{"networks", c.networks}, {"interfaces", c.interfaces}} {
		var lines []string
		for _, e := range t.list {
			lines = append(lines, "--config:"+t.name+"."+tomlString(e.key)+"="+tomlString(e.value))
		}
		slices.Sort(lines)
		args = append(args, lines...)
	}
	return args
}

// fields are a rule's lines in the config.
func (r *pathRule) fields() []string {
	all := []string{"pattern = " + tomlString(r.Pattern)}
	if r.tz != "" {
		all = append(all, "tz = "+tomlString(r.tz))
	}
	if r.Year != 0 {
		all = append(all, fmt.Sprintf("year = %d", r.Year))
	}
	return all
}
