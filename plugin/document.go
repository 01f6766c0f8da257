package plugin

import (
	"errors"
	"slices"
	"strings"

	"github.com/partsmith/partsmith-migrate/core/catalog"
	"github.com/partsmith/partsmith-migrate/core/lifecycle"
	"github.com/partsmith/partsmith-migrate/plugin/internal/form"
)

// Document is what one or more policy files say together.
type Document struct {
	Lock      string  // whose lock, as lock.ParseScheme reads it; goose where the files do not say
	LockNamed bool    // the files say it: beside an unknown migrator there is no default
	Retire    bool    // false: `retire: off`, runs beside a migrator only create
	Tasks     []Entry // in the order of the files

	database func() (string, error) // a function, so that printing a Document cannot show a password
}

// Place is where something stands in a file. Line and Col count from 1; Line 0 is the file as a whole.
type Place = form.Place

// DocumentError is one thing that is wrong in a document: File, Line and Col, What is wrong, and the offending Text. Its text
// is one line, which shows neither the value of `database` nor what a variable held.
type DocumentError = form.Error

// Entry is a table of a document with its policy, and where it stands.
type Entry struct {
	Task  lifecycle.Task
	Place Place // of the name
}

// ReadDocument reads policy files and makes one document of them. Their tables are joined; `database`, `lock` and
// `retire` may stand in several files as long as they say the same; `defaults` concern their own file. lookup resolves
// ${NAME}, usually os.LookupEnv; nil knows no variable.
//
// It reads the named files and those that ${file:/path} names, and nothing else. An error is a DocumentErrors with all
// that is wrong.
func ReadDocument(paths []string, lookup func(string) (string, bool)) (*Document, error) {
	if len(paths) == 0 {
		return nil, errors.New("read document: no file was named")
	}
	var merged merge
	var wrong DocumentErrors
	for _, path := range paths {
		r := &form.Reader{Expander: form.Expander{Lookup: lookup}}
		merged.add(r, path)
		slices.SortStableFunc(r.Errs, (*DocumentError).Compare)
		wrong = append(wrong, r.Errs...)
	}
	if len(wrong) > 0 {
		return nil, wrong
	}
	return merged.document(form.Expander{Lookup: lookup}), nil
}

// DatabaseURL is what the document says under `database`, its variables expanded; empty where it says nothing.
// It is expanded at each call and not before, so a document can be validated where the variable is not set.
// The error is a DocumentError.
func (d *Document) DatabaseURL() (string, error) {
	if d.database == nil {
		return "", nil
	}
	return d.database()
}

// List is the tasks without their places.
func (d *Document) List() []lifecycle.Task {
	tasks := make([]lifecycle.Task, len(d.Tasks))
	for i, entry := range d.Tasks {
		tasks[i] = entry.Task
	}
	return tasks
}

// DocumentErrors is all that is wrong in the files of a document, in their order; one line each.
type DocumentErrors []*DocumentError

func (errs DocumentErrors) Error() string {
	lines := make([]string, len(errs))
	for i, err := range errs {
		lines[i] = err.Error()
	}
	return strings.Join(lines, "\n")
}

// Unwrap gives the single errors.
func (errs DocumentErrors) Unwrap() []error {
	all := make([]error, len(errs))
	for i, err := range errs {
		all[i] = err
	}
	return all
}

// merge is what the files read so far say.
type merge struct {
	database *form.Node
	lock     stated[string]
	retire   stated[bool]
	entries  []Entry
	places   map[catalog.Name]Place
}

func (m *merge) add(r *form.Reader, path string) {
	d := readDraft(r, path)
	if d == nil {
		return
	}
	m.addDatabase(r, d.database)
	agree(r, &m.lock, d.lock, "lock")
	agree(r, &m.retire, d.retire, "retire")
	for _, l := range readLevels(r, d) {
		for _, table := range l.tables {
			m.addTable(r, l, table)
		}
	}
}

// addDatabase compares what is written, not what it expands to: nothing is expanded before a connection is made.
func (m *merge) addDatabase(r *form.Reader, database *form.Node) {
	switch {
	case database == nil:
	case m.database != nil && m.database.Text != database.Text:
		r.Fail(database.Place, "database: is not what "+m.database.Place.String()+" says", "")
	default:
		m.database = database
	}
}

func agree[V comparable](r *form.Reader, before *stated[V], now stated[V], name string) {
	switch {
	case now.node == nil:
	case before.node != nil && before.value != now.value:
		r.Fail(now.node.Place, name+": is not what "+before.node.Place.String()+" says", now.node.Text)
	default:
		*before = now
	}
}

func (m *merge) addTable(r *form.Reader, l *level, table tableName) {
	if m.places == nil {
		m.places = map[catalog.Name]Place{}
	}
	if before, twice := m.places[table.name]; twice {
		r.Fail(table.place, "the table has its policy at "+before.String()+" already", table.name.String())
		return
	}
	m.places[table.name] = table.place
	checkPolicy(r, l, table)
	m.entries = append(m.entries, Entry{lifecycle.Task{Table: table.name, Policy: l.policy}, table.place})
}

func (m *merge) document(e form.Expander) *Document {
	d := &Document{Lock: "goose", Retire: true, Tasks: m.entries}
	if m.lock.node != nil {
		d.Lock, d.LockNamed = m.lock.value, true
	}
	if m.retire.node != nil {
		d.Retire = m.retire.value
	}
	if database := m.database; database != nil {
		d.database = func() (string, error) { return expandDatabase(e, database) }
	}
	return d
}

func expandDatabase(e form.Expander, n *form.Node) (string, error) {
	if !n.Str {
		return n.Text, nil
	}
	url, err := e.Expand(n.Text)
	if err == nil {
		return url, nil
	}
	if err.Vague { // it could be a piece of the password
		err.Text = ""
	}
	return "", &DocumentError{Place: n.Place, What: "database: " + err.What, Text: err.Text, Err: err.Err}
}
