// Package templates holds what the HTML report is made of and is not Go: the
// page's templates, its style sheet and its script. They are files, so that an
// editor knows what they are, and they are embedded, so that the program needs
// nothing but itself.
//
// The package only hands them out. Which data they show, and the hashes under
// which the page's Content-Security-Policy admits style and script, are the
// business of report/html. The embedded bytes are never changed; strings are
// shared, not copied.
//
// A front-end framework with a build step was rejected: its output cannot be
// reviewed, and the whole of style and script is smaller than one such library.
package templates

import (
	"embed"
	"io/fs"
)

//go:embed html
var files embed.FS

//go:embed html/page.css
var pageCSS string

//go:embed html/page.js
var pageJS string

// Page is the file system of the page's templates: *.html, of which "page" is
// the one to execute.
func Page() fs.FS {
	sub, err := fs.Sub(files, "html")
	if err != nil {
		panic(err) // "html" is a valid path: it is the constant above
	}
	return sub
}

// PageCSS is the page's style sheet, without its element.
func PageCSS() string { return pageCSS }

// PageJS is the page's script, without its element. The page is complete
// without it: it adds sorting, searching, copying and the switch to UTC.
func PageJS() string { return pageJS }
