package reader

import (
	"os"
	"path/filepath"
	"slices"
)

// Zones and years of a file are judged with the files around it in view: a log
// with exact times in the same folder, the newer files of its family. A file
// that is opened alone has to be judged as it is where its folder is opened, or
// a record of it would have one time in a report and another one by itself.

// around examines the neighbours of a file on disk: those below its machine's
// var/log, else those in its folder. Archives among them are not looked into.
func (f *finder) around(in *Input) []*Input {
	if _, ok := in.source.(file); !ok || in.Format == nil || in.Packets() {
		return nil
	}
	n := newFinder(f.ctx, f.opt)
	n.flat = true
	if machine, _ := machineOf(in); machine == "" {
		n.list(filepath.Dir(in.Path))
	} else if err := n.walk(varLogOf(in)); err != nil {
		return nil // the context's, which the caller meets too
	}
	if n.examine() != nil {
		return nil
	}
	return slices.DeleteFunc(n.inputs, in.isTwin)
}

// isTwin knows in itself among other inputs, and copies of it, which would be
// read once.
func (in *Input) isTwin(o *Input) bool {
	if o.Path == in.Path {
		return true
	}
	return o.rotation.family == in.rotation.family && o.Facts.Size == in.Facts.Size &&
		(in.first == o.first || in.first != nil && o.first != nil && *in.first == *o.first)
}

// varLogOf is the var/log folder of in in the spelling of its path, or the
// folder that it is in if the path does not name that.
func varLogOf(in *Input) string {
	if x, ok := aboveVarLog("/" + filepath.ToSlash(in.Path)); ok {
		return filepath.FromSlash(x[1:] + "var/log")
	}
	return filepath.Dir(in.Path)
}

// list adds the files of a folder, without those below it.
func (f *finder) list(folder string) {
	root, err := os.OpenRoot(folder)
	if err != nil {
		return
	}
	defer root.Close()
	entries, _ := listFolder(root, ".") // those met before an error
	for _, e := range entries {
		info, err := root.Lstat(e.Name())
		if err != nil || !info.Mode().IsRegular() {
			continue
		}
		in := fileInput(filepath.Join(folder, e.Name()), info)
		in.source = file{folder, e.Name()}
		f.inputs = append(f.inputs, in)
	}
}
