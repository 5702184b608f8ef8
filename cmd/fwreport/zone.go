package main

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"
)

// machineZone is the machine's zone under its real name: Go's own time.Local
// calls itself "Local", which tells a reader of the report nothing.
func machineZone() *time.Location {
	if name, ok := os.LookupEnv("TZ"); ok {
		if name = strings.TrimPrefix(name, ":"); name == "" {
			return time.UTC
		}
		if loc, err := time.LoadLocation(name); err == nil {
			return loc
		}
		return time.Local
	}
	for _, name := range []string{linkedZone(), fileZone()} {
		if loc, err := time.LoadLocation(name); name != "" && err == nil {
			return loc
		}
	}
	if _, off := time.Now().Zone(); off == 0 && time.Local.String() == "Local" {
		if _, err := os.Stat("/etc/localtime"); err != nil {
			return time.UTC // nothing is configured: that is UTC
		}
	}
	return time.Local
}

// linkedZone is the zone to which /etc/localtime links (systemd, macOS).
func linkedZone() string {
	target, err := filepath.EvalSymlinks("/etc/localtime")
	if err != nil {
		return ""
	}
	_, name, ok := strings.Cut(filepath.ToSlash(target), "zoneinfo/")
	if !ok {
		return ""
	}
	return name
}

// fileZone is the zone that Debian names in a file.
func fileZone() string {
	b, err := os.ReadFile("/etc/timezone")
	if err != nil {
		return ""
	}
	return strings.TrimSpace(string(b))
}

// zone finds the zone that a flag or key of the config names: an IANA name, UTC, or an offset such as +02:00.
func zone(flag, name string, otherwise *time.Location) (*time.Location, error) {
	if name == "" {
		return otherwise, nil
	}
	if strings.EqualFold(name, "local") {
		return machineZone(), nil
	}
	if strings.EqualFold(name, "utc") || name == "Z" {
		return time.UTC, nil
	}
	if t, err := time.Parse("-07:00", name); err == nil {
		_, off := t.Zone()
		return time.FixedZone(name, off), nil
	}
	loc, err := time.LoadLocation(name)
	if err != nil {
		return nil, usageError{fmt.Errorf("%s %q is no known zone: use a name such as Europe/Berlin, UTC, or an offset such as +02:00", flag, name)}
	}
	return loc, nil
}
