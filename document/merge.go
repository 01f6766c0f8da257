package document

import (
	"github.com/partsmith/partsmith-migrate/core/catalog"
	"github.com/partsmith/partsmith-migrate/document/internal/form"
)

// merge is what the files read so far say.
type merge struct {
	database *form.Node
	lock     stated[string]
	retire   stated[bool]
	tables   []Table
	places   map[catalog.Name]form.Place
}

// add takes in a file; nil is one that could not be read.
func (m *merge) add(r *form.Reader, d *draft) {
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
		m.places = map[catalog.Name]form.Place{}
	}
	if before, twice := m.places[table.name]; twice {
		r.Fail(table.place, "the table has its policy at "+before.String()+" already", table.name.String())
		return
	}
	m.places[table.name] = table.place
	checkPolicy(r, l, table)
	m.tables = append(m.tables, Table{table.name, l.policy, Place(table.place)})
}

func (m *merge) document(e form.Expander) *Document {
	d := &Document{Lock: m.lock.value, CreateOnly: m.retire.node != nil && !m.retire.value, Tables: m.tables}
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
	return "", &Error{Place: Place(n.Place), What: "database: " + err.What, Text: err.Text, Err: err.Err}
}
