package document

import (
	"errors"
	"io/fs"
	"slices"

	"github.com/partsmith/partsmith-migrate/core/catalog"
	"github.com/partsmith/partsmith-migrate/core/lifecycle"
	"github.com/partsmith/partsmith-migrate/document/internal/form"
)

// Document is what one or more policy files say together. The zero Document is that of a file which says nothing.
type Document struct {
	Lock       string  // whose lock, as lock.ParseScheme reads it; empty where the files do not say: goose, beside goose
	CreateOnly bool    // `retire: off`: runs beside a migrator only create
	Tables     []Table // in the order of the files

	database func() (string, error) // a function, so that printing a Document cannot show a password
}

// Table is a table of a document with its policy, and where its name stands.
type Table struct {
	Name   catalog.Name
	Policy lifecycle.Policy
	Place  Place
}

// Read reads policy files and makes one document of them. Their tables are joined; `database`, `lock` and `retire` may
// stand in several files as long as they say the same; `defaults` concern their own file. lookup resolves ${NAME}, usually
// os.LookupEnv; nil knows no variable.
//
// It reads the named files and those that ${file:/path} names, and nothing else. The error is Errors with all that is wrong.
func Read(lookup func(name string) (string, bool), paths ...string) (*Document, error) {
	return read(form.OpenFile, lookup, paths)
}

// ReadFS is Read for files of another file system, such as those that are compiled into a program by go:embed. What
// ${file:/path} names is a secret of the machine, and is read from there.
func ReadFS(fsys fs.FS, lookup func(name string) (string, bool), names ...string) (*Document, error) {
	return read(fsys.Open, lookup, names)
}

func read(open func(string) (fs.File, error), lookup func(string) (string, bool), paths []string) (*Document, error) {
	if len(paths) == 0 {
		return nil, errors.New("read document: no file was named")
	}
	var merged merge
	var wrong Errors
	for _, path := range paths {
		r := &form.Reader{Expander: form.Expander{Lookup: lookup}}
		merged.add(r, readDraft(r, open, path))
		wrong = append(wrong, errorsOf(r)...)
	}
	if len(wrong) > 0 {
		return nil, wrong
	}
	return merged.document(form.Expander{Lookup: lookup}), nil
}

// DatabaseURL is what the document says under `database`, its variables expanded; empty where it says nothing.
// It is expanded at each call and not before, so a document can be validated where the variable is not set.
// The error is an *Error.
func (d *Document) DatabaseURL() (string, error) {
	if d.database == nil {
		return "", nil
	}
	return d.database()
}

// Tasks are the tables as runs take them.
func (d *Document) Tasks() []lifecycle.Task {
	tasks := make([]lifecycle.Task, len(d.Tables))
	for i, t := range d.Tables {
		tasks[i] = lifecycle.Task{Table: t.Name, Policy: t.Policy}
	}
	return tasks
}

// ReadPolicy reads the policy of one table from the fields that an entry of `tables` has in a document, but for `table`. It is
// for formats that keep the policy beside the table, and as strict as the document; no variable is expanded. The error is Errors
// with all that is wrong.
func ReadPolicy(table catalog.Name, fields Value) (lifecycle.Policy, error) {
	r := &form.Reader{}
	known := slices.Concat(gridFields(), otherFields(), divisionFields(1), []form.Field[level]{optionalField()})
	root := fields.at(Place{})
	l, ok := readLevel(r, root, "lifecycle", known)
	if ok && len(r.Errs) == 0 {
		l.settle(nil)
		checkPolicy(r, l, tableName{table, root.Place})
	}
	if wrong := errorsOf(r); len(wrong) > 0 {
		return lifecycle.Policy{}, wrong
	}
	return l.policy, nil
}
