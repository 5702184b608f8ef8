package main

import (
	"fwreport/analyze"
	"fwreport/analyze/countries"
	"fwreport/analyze/denied"
	"fwreport/analyze/fingerprint"
	"fwreport/analyze/icmp"
	"fwreport/analyze/integrity"
	"fwreport/analyze/interfaces"
	"fwreport/analyze/invalid"
	"fwreport/analyze/overview"
	"fwreport/analyze/ports"
	"fwreport/analyze/rules"
	"fwreport/reader"
	"fwreport/reader/pcap"
	"fwreport/reader/sqlite"
	"fwreport/reader/syslog"
	"fwreport/reader/ulogd"
)

// formats are the input formats in the order in which they are tried; the last
// one takes every text.
var formats = []*reader.Format{pcap.Format, pcap.FormatNG, syslog.FormatDmesg, ulogd.Format, ulogd.FormatGPRINT, ulogd.FormatOPRINT, pcap.FormatXML, ulogd.FormatNACCT, sqlite.Format, syslog.FormatExport, syslog.FormatVerbose, syslog.Format}

// analyzers are the modules in the order of the report's sections.
var analyzers = []*analyze.Analyzer{
	overview.Analyzer,
	denied.Analyzer,
	icmp.Analyzer,
	ports.Analyzer,
	invalid.Analyzer,
	interfaces.Analyzer,
	countries.Analyzer,
	fingerprint.Analyzer,
	rules.Analyzer,
	integrity.Analyzer,
}
