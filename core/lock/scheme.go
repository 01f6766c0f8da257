package lock

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// Scheme is how a migrator names its lock. The zero Scheme is that of goose.
type Scheme struct {
	kind    schemeKind
	key     Key    // fixed
	text    string // as it was written
	schema  string // golang-migrate: of the version table, empty: the current one
	version string // golang-migrate: the version table
}

type schemeKind uint8

const (
	gooseScheme schemeKind = iota
	fixed
	golangMigrate
	pgPartsmith
	nothing
)

// Place is what the keys of some schemes depend on.
type Place struct {
	Database string   // current_database()
	Schema   string   // current_schema()
	Tables   []string // schema.table without quotes, of every table that is worked on
}

// SchemeError says that a text names no scheme.
type SchemeError struct {
	Text  string
	Cause string // a clause, empty where the text is simply unknown
}

func (e *SchemeError) Error() string {
	if e.Cause != "" {
		return fmt.Sprintf("read lock %q: %s", e.Text, e.Cause)
	}
	return fmt.Sprintf("read lock %q: unknown, there is %s", e.Text, known())
}

// known is the list that an unknown scheme is answered with.
func known() string {
	var words []string
	for _, m := range Migrators() {
		words = append(words, m.Name)
	}
	return strings.Join(words, ", ") + ", golang-migrate:<schema>.<table>, name:<text>, id:<int64>, none"
}

// ParseScheme reads the name of a scheme: goose, goose-3.25, atlas, golang-migrate, tern, pg-partsmith, name:<text> for
// Atlas's function of any name, id:<int64> for a key as it is, none. After golang-migrate may stand :<schema>.<table>, where its
// version table is. An empty text is goose. The error is a SchemeError.
func ParseScheme(text string) (Scheme, error) {
	name, rest, more := strings.Cut(text, ":")
	switch {
	case more && name == "name":
		return parseName(text, rest)
	case more && name == "id":
		return parseID(text, rest)
	case more && name == "golang-migrate":
		return parseVersionTable(text, rest)
	case more:
		return Scheme{}, &SchemeError{Text: text}
	}
	return parseWord(text)
}

func parseWord(text string) (Scheme, error) {
	if text == "none" {
		return Scheme{kind: nothing, text: text}, nil
	}
	for _, m := range Migrators() {
		if m.Name == cmp.Or(text, "goose") {
			return m.scheme, nil
		}
	}
	return Scheme{}, &SchemeError{Text: text}
}

func parseName(text, name string) (Scheme, error) {
	if name == "" {
		return Scheme{}, &SchemeError{Text: text, Cause: "a name must stand behind the colon"}
	}
	return Scheme{kind: fixed, key: AtlasKey(name), text: text}, nil
}

func parseID(text, number string) (Scheme, error) {
	id, err := strconv.ParseInt(number, 10, 64)
	if err != nil {
		return Scheme{}, &SchemeError{Text: text, Cause: "an integer of 64 bits must stand behind the colon"}
	}
	return Scheme{kind: fixed, key: Key(id), text: text}, nil
}

func parseVersionTable(text, table string) (Scheme, error) {
	schema, version, ok := strings.Cut(table, ".")
	if !ok || schema == "" || version == "" {
		return Scheme{}, &SchemeError{Text: text, Cause: "<schema>.<table> must stand behind the colon"}
	}
	return Scheme{kind: golangMigrate, schema: schema, version: version, text: text}, nil
}

// String is the scheme as ParseScheme reads it.
func (s Scheme) String() string {
	if s.kind == gooseScheme {
		return "goose"
	}
	return s.text
}

// None reports whether the scheme has no lock at all.
func (s Scheme) None() bool { return s.kind == nothing }

// Keys are the keys to hold, ascending and each once: always taken in this order, two runs cannot wait for each other.
func (s Scheme) Keys(at Place) []Key {
	keys := s.keys(at)
	slices.Sort(keys)
	return slices.Compact(keys)
}

func (s Scheme) keys(at Place) []Key {
	switch s.kind {
	case gooseScheme:
		return []Key{Goose}
	case fixed:
		return []Key{s.key}
	case golangMigrate:
		schema := s.schema
		if schema == "" {
			schema = at.Schema
		}
		return []Key{
			GolangMigrateKey(schema, s.version, at.Database),
			GolangMigrateKey(schema, s.version, "/"+at.Database),
		}
	case pgPartsmith:
		keys := make([]Key, len(at.Tables))
		for i, table := range at.Tables {
			keys[i] = PartsmithKey(table)
		}
		return keys
	}
	return nil
}

// Locker takes the keys of the scheme. The tables, schema.table without quotes, matter for pg-partsmith alone, which has a key
// for each.
func (s Scheme) Locker(tables ...string) Locker {
	if s.None() {
		return None{}
	}
	return Polling{Scheme: s, Tables: tables}
}
