package main

import (
	"fmt"
	"io"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/spf13/pflag"

	"fwreport/report"
)

// configPrinter writes the settings that flags and config come to as a config.
type configPrinter struct {
	w   io.Writer
	c   *config
	err error
}

// printConfig writes them. What has its default stands in comments: read again,
// it still has it.
func printConfig(w io.Writer, fs *pflag.FlagSet, c *config) error {
	if c == nil {
		c = &config{}
	}
	p := configPrinter{w: w, c: c}
	p.line("# The settings of fwreport, and where each is from.")
	fs.VisitAll(func(fl *pflag.Flag) {
		if notInConfig[fl.Name] == "" && fl.Name != "action-map" {
			p.flag(fl)
		}
	})
	if fl := fs.Lookup("action-map"); fl != nil {
		p.actions(fl.Value.(mapValue))
	}
	p.table("networks", c.networks)
	p.table("interfaces", c.interfaces)
	for _, r := range c.rules {
		p.line("\n[[path]] # %s", report.Visible(r.at))
		for _, line := range r.fields() {
			p.line("%s", line)
		}
	}
	return p.err
}

func (p *configPrinter) line(format string, args ...any) {
	if p.err == nil {
		_, err := fmt.Fprintf(p.w, format+"\n", args...)
		p.err = onStdout(err)
	}
}

// flag writes the setting of one flag.
func (p *configPrinter) flag(fl *pflag.Flag) {
	at, configured := p.c.applied[fl.Name]
	switch {
	case configured:
		p.line("%s = %s # %s", fl.Name, tomlValue(fl), report.Visible(at))
	case !fl.Changed:
		p.line("# %s # default%s", fl.Name, defaultWords(fl))
	case !utf8.ValidString(strings.Join(flagTexts(fl), "")):
		p.fail(fl.Name)
	default:
		p.line("%s = %s # --%s", fl.Name, tomlValue(fl), fl.Name)
	}
}

func (p *configPrinter) fail(flag string) {
	if p.err == nil {
		p.err = fmt.Errorf("--%s is not UTF-8: a config cannot hold it", flag)
	}
}

// actions writes what prefixes mean. Of what is said of one twice the first counts.
func (p *configPrinter) actions(list mapValue) {
	met := map[string]bool{}
	for _, m := range *list.list {
		prefix := strings.TrimSpace(m.Prefix)
		if !utf8.ValidString(m.Prefix + m.Action) {
			p.fail("action-map")
		}
		if met[prefix] {
			continue
		}
		if len(met) == 0 {
			p.line("\n[action-map]")
		}
		met[prefix] = true
		from := "--action-map"
		if at, configured := p.c.applied[actionKey(m.Prefix)]; configured {
			from = report.Visible(at)
		}
		p.line("%s = %s # %s", tomlString(m.Prefix), tomlString(m.Action), from)
	}
}

func (p *configPrinter) table(name string, list []entry) {
	for i, e := range list {
		if i == 0 {
			p.line("\n[%s]", name)
		}
		p.line("%s = %s # %s", tomlString(e.key), tomlString(e.value), report.Visible(e.at))
	}
}

// defaultWords is what --help says of a default.
func defaultWords(fl *pflag.Flag) string {
	if _, words, ok := strings.Cut(fl.Usage, "(default "); ok {
		return ": " + strings.TrimSuffix(words, ")")
	}
	return ""
}

// flagTexts are the values of a flag as on the command line.
func flagTexts(fl *pflag.Flag) []string {
	switch v := fl.Value.(type) {
	case pflag.SliceValue:
		return v.GetSlice()
	case listValue:
		return *v.list
	}
	return []string{fl.Value.String()}
}

// tomlValue is the value of a flag as TOML.
func tomlValue(fl *pflag.Flag) string {
	if fl.Value.Type() == "bool" || takesNumber(fl) {
		return fl.Value.String()
	}
	var all []string
	for _, text := range flagTexts(fl) {
		all = append(all, tomlString(text))
	}
	if !takesMany(fl) {
		return all[0]
	}
	return "[" + strings.Join(all, ", ") + "]"
}

// tomlString is a basic string. What does not show is spelled as an escape: the
// output may go to a terminal.
func tomlString(s string) string {
	var b strings.Builder
	b.WriteByte('"')
	for _, r := range s {
		switch {
		case r == '"' || r == '\\':
			b.WriteByte('\\')
			b.WriteRune(r)
		case unicode.IsPrint(r):
			b.WriteRune(r)
		case r <= 0xffff:
			fmt.Fprintf(&b, `\u%04x`, r)
		default:
			fmt.Fprintf(&b, `\U%08x`, r)
		}
	}
	b.WriteByte('"')
	return b.String()
}
