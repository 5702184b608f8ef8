// Package html renders a report as one self-contained page: no request to any
// network, readable from a file:// URL, complete without JavaScript, in a
// browser's print dialogue and in the dark.
//
// # Safety
//
// Whoever is logged writes part of the log, and so part of this page. Every
// string passes report.Visible and a limit of length before it reaches the
// templates, html/template escapes it for the place where it stands, no text of
// a log ever becomes a link, and the page's Content-Security-Policy admits
// nothing but its own style sheet and script, by their hashes. Inline style
// attributes would need 'unsafe-inline': bars are therefore classes of the
// style sheet or attributes of SVG.
//
// # Memory
//
// Rows stream from the report's sequences through the template into the writer;
// a table is never in memory as a whole. The charts alone sum a table into at
// most a few hundred slots.
//
// # Rejected
//
// Rows as data for a script that draws only what is in view (a virtual table)
// shows 100,000 rows at once where a plain table takes a browser seconds. But
// that page is blank on paper, in a mail viewer and wherever scripts are off,
// and an auditor cannot check it by its source. The caller limits the rows
// instead; CSV, XLSX and JSON have all of them. A chart library was rejected
// for the same reasons, and because it draws in the browser's time zone.
package html

import (
	"bufio"
	"crypto/sha256"
	"encoding/base64"
	"fmt"
	"html/template"
	"io"

	"fwreport/report"
	"fwreport/templates"
)

// Options are what the caller chooses.
type Options struct {
	Limit int // rows shown of each table; 0 is all. Charts always show the whole table.
}

// Render writes r as one HTML file. The same report and options give the same
// bytes. The error is that of writing to w.
func Render(w io.Writer, r *report.Report, opt Options) error {
	t, err := template.ParseFS(templates.Page(), "*.html")
	if err != nil {
		return fmt.Errorf("reading the templates of the HTML report: %w", err)
	}
	buf := bufio.NewWriterSize(w, 64<<10)
	if err := t.ExecuteTemplate(buf, "page", newPage(r, opt)); err != nil {
		return fmt.Errorf("writing the HTML report: %w", err)
	}
	if err := buf.Flush(); err != nil {
		return fmt.Errorf("writing the HTML report: %w", err)
	}
	return nil
}

// policy is the Content-Security-Policy of a page with this style sheet and
// this script: the hashes are of exactly the text between the tags.
func policy(css, js string) string {
	return "default-src 'none'; script-src '" + source(js) + "'; style-src '" + source(css) +
		"'; img-src data:; base-uri 'none'; form-action 'none'"
}

func source(text string) string {
	sum := sha256.Sum256([]byte(text))
	return "sha256-" + base64.StdEncoding.EncodeToString(sum[:])
}

// Style and script are our own embedded files. As template.HTML they reach the
// page byte for byte, which their hashes require; html/template would otherwise
// strip their comments.
func styleElement(css string) template.HTML { return template.HTML("<style>" + css + "</style>") }
func scriptElement(js string) template.HTML { return template.HTML("<script>" + js + "</script>") }
