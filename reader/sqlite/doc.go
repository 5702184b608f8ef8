// Package sqlite reads the databases that ulogd2's SQLITE3 output writes: tables
// whose columns are named as ulogd's keys with _ for each dot (ip_saddr,
// oob_prefix, orig_l4_dport). ulogd ships two, ulog_pkt and ulog_ct, but takes
// any (output/sqlite3/ulogd_output_SQLITE3.c), so that tables are found by their
// columns. Tables without such columns are named in a note.
//
// The rows become a stream of JSON lines, one a row, tables by name and rows by
// rowid, the values as they are stored: that line is what an evidence link
// shows. The parser turns a line into ulogd's own JSON and leaves the rest to
// package ulogd, so that its traps are dealt with in one place.
//
// # Why not a library
//
// The file comes from a seized disk and may be damaged or hostile, the program
// is built without cgo, and a damaged database has to give what can be read.
// Looked at in November 2026:
//
//   - modernc.org/sqlite 1.61 (SQLite translated to Go): 6.4 MB of program and
//     23 s of build time, and C's memory model through package unsafe for input
//     of an enemy. As SQLite does, it ends a query at the first damaged page.
//   - github.com/ncruces/go-sqlite3 0.36 (SQLite in a sandbox): its module of
//     translated code could not be had when this was written; 0.30 needs a
//     compiler of WebAssembly in the program. It ends at the first damaged page too.
//   - zombiezen.com/go/sqlite: modernc's translation with another interface.
//   - github.com/alicebob/sqlittle (a reader in Go): could not be had.
//
// What is needed of the format (https://sqlite.org/fileformat2.html) is small:
// the header, table b-trees, records, chains of overflow pages and the column
// names of CREATE TABLE. Indexes, freelist and pointer maps are not looked at.
//
// Not read: a write-ahead log or a rollback journal beside the database (the
// reader of folders names them), tables WITHOUT ROWID, virtual tables.
//
// # Hostile databases
//
// Each page is looked at once: a walk that asks for more pages than the file has
// ends. Cells of a page may not claim more bytes than the page has, a row no
// more than a line may be long. So no loop of pages and no claimed length makes
// the output much larger than the file.
//
// Memory: the pages on the way from the root to a leaf, the numbers of the
// interior pages that were entered, a row and its line. A
// parser keeps two lines. Events hold no part of any of them.
package sqlite
