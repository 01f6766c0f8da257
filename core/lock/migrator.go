package lock

import "slices"

// Migrator is a tool whose lock has a word of its own.
type Migrator struct {
	Name         string // the word that ParseScheme reads
	VersionTable string // where it keeps what was applied unless it is told otherwise, in whatever schema; empty: nowhere

	scheme Scheme
}

// Migrators are the known tools. Of those that share a version table the one that is met today comes first.
func Migrators() []Migrator {
	all := []Migrator{
		{Name: "goose", VersionTable: "goose_db_version"}, // from 3.26 on
		{Name: "goose-3.25", VersionTable: "goose_db_version", scheme: Scheme{kind: fixed, key: Goose325}},
		{Name: "atlas", VersionTable: "atlas_schema_revisions", scheme: Scheme{kind: fixed, key: Atlas}},
		{Name: "golang-migrate", VersionTable: "schema_migrations", scheme: Scheme{kind: golangMigrate, version: "schema_migrations"}},
		{Name: "tern", VersionTable: "schema_version", scheme: Scheme{kind: fixed, key: Tern}},
		{Name: "pg-partsmith", scheme: Scheme{kind: pgPartsmith}},
	}
	for i := range all[1:] { // the zero Scheme is the first one's
		all[i+1].scheme.text = all[i+1].Name
	}
	return all
}

// VersionTables are the names of the version tables of all known tools, each once.
func VersionTables() []string {
	var tables []string
	for _, m := range Migrators() {
		if m.VersionTable != "" && !slices.Contains(tables, m.VersionTable) {
			tables = append(tables, m.VersionTable)
		}
	}
	return tables
}

// Of reports whether the scheme is that of the tool, wherever this has its version table. A lock by name or number, or none, is no tool's.
func (s Scheme) Of(m Migrator) bool { return s.kind == m.scheme.kind && s.key == m.scheme.key }
