package xlsx

import (
	"archive/zip"
	"bytes"
	"cmp"
	"encoding/xml"
	"fmt"
	"io"
	"math"
	"slices"
)

const contentTypes = "[Content_Types].xml"

// pack copies a finished workbook to w with its parts in a fixed order: the
// content types first, as readers of the format expect, then by name. The parts
// stay compressed as they are.
func pack(w io.Writer, archive []byte) error {
	in, err := zip.NewReader(bytes.NewReader(archive), int64(len(archive)))
	if err != nil {
		return fmt.Errorf("reading the workbook back: %w", err)
	}
	slices.SortFunc(in.File, func(a, b *zip.File) int {
		if first := cmp.Compare(rank(a.Name), rank(b.Name)); first != 0 {
			return first
		}
		return cmp.Compare(a.Name, b.Name)
	})
	out := zip.NewWriter(w)
	for _, f := range in.File {
		add := copyPart
		if f.Name == contentTypes {
			add = sortTypes
		}
		if err := add(out, f); err != nil {
			return fmt.Errorf("part %s: %w", f.Name, err)
		}
	}
	return out.Close()
}

func rank(name string) int {
	if name == contentTypes {
		return 0
	}
	return 1
}

// copyPart copies a part as it is. Excel insists that the header of a part over
// 4 GB asks for version 4.5 of the ZIP format; Go's writer, which keeps what it
// is given here, would ask for 2.0.
func copyPart(out *zip.Writer, f *zip.File) error {
	header := f.FileHeader
	if header.UncompressedSize64 > math.MaxUint32 {
		header.ReaderVersion = 45
	}
	raw, err := f.OpenRaw()
	if err != nil {
		return err
	}
	w, err := out.CreateRaw(&header)
	if err != nil {
		return err
	}
	_, err = io.Copy(w, raw)
	return err
}

// types is the part that says of what type each other part is.
type types struct {
	XMLName   xml.Name       `xml:"http://schemas.openxmlformats.org/package/2006/content-types Types"`
	Defaults  []defaultType  `xml:"Default"`
	Overrides []overrideType `xml:"Override"`
}

type defaultType struct {
	Extension   string `xml:",attr"`
	ContentType string `xml:",attr"`
}

type overrideType struct {
	PartName    string `xml:",attr"`
	ContentType string `xml:",attr"`
}

// sortTypes writes the content types in order.
func sortTypes(out *zip.Writer, f *zip.File) error {
	in, err := f.Open()
	if err != nil {
		return err
	}
	defer in.Close()
	var t types
	if err := xml.NewDecoder(in).Decode(&t); err != nil {
		return err
	}
	slices.SortFunc(t.Defaults, func(a, b defaultType) int { return cmp.Compare(a.Extension, b.Extension) })
	slices.SortFunc(t.Overrides, func(a, b overrideType) int { return cmp.Compare(a.PartName, b.PartName) })
	content, err := xml.Marshal(t)
	if err != nil {
		return err
	}
	w, err := out.Create(f.Name)
	if err != nil {
		return err
	}
	_, err = w.Write(append([]byte(xml.Header), content...))
	return err
}
