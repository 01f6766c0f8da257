package document_test

import (
	"embed"
	"errors"
	"fmt"
	"os"
	"testing/fstest"

	"github.com/partsmith/partsmith-migrate/core/catalog"
	"github.com/partsmith/partsmith-migrate/document"
)

//go:embed testdata/example.yaml
var files embed.FS

// A document that is compiled into the program.
func ExampleReadFS() {
	doc, err := document.ReadFS(files, os.LookupEnv, "testdata/example.yaml")
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, t := range doc.Tables {
		fmt.Printf("%s at line %d: every %s, keep %s\n", t.Name, t.Place.Line, t.Policy.Every, t.Policy.Keep)
	}
	// Output:
	// public.events at line 4: every 1 day, keep 90 days
	// public.invoices at line 7: every 1 month, keep 24
}

// Every mistake is named at once, with its place.
func ExampleErrors() {
	wrong := fstest.MapFS{"partsmith.yaml": {Data: []byte(`version: 1
tables:
  - table: public.events
    every: 1 day
    keep: 90 dyas
    drop-after: 7 days
`)}}
	_, err := document.ReadFS(wrong, os.LookupEnv, "partsmith.yaml")
	var all document.Errors
	if errors.As(err, &all) {
		for _, one := range all {
			fmt.Printf("line %d: %s, %q\n", one.Line, one.What, one.Text)
		}
	}
	// Output:
	// line 5: keep: is no length: no unit "dya", "90 dyas"
	// line 6: unknown field of a table (did you mean drop_after?), "drop-after"
}

// A policy that stands in a format of one's own is read as strictly as a document.
func ExampleReadPolicy() {
	at := func(line int) document.Place { return document.Place{File: "tables.toml", Line: line, Col: 1} }
	fields := document.Map(at(1),
		document.Field{Name: "every", Place: at(2), Value: document.Text(at(2), "1 day")},
		document.Field{Name: "keep", Place: at(3), Value: document.Text(at(3), "0")},
	)
	_, err := document.ReadPolicy(catalog.Name{Schema: "public", Table: "events"}, fields)
	fmt.Println(err)
	// Output: tables.toml:3:1: keep: must be more than nothing; leave the field out instead, "0"
}
