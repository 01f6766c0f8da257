package catalog

import (
	"context"
	"errors"
	"fmt"
	"strings"
)

// Want names a table to read.
type Want struct {
	Table  Name   // an empty Schema: found by the search_path
	Schema string // where new partitions are made; empty: the table's own
}

// Snapshot is what the database said at one moment about all tables that were asked for.
type Snapshot struct {
	Server        Server
	Tables        []Table // one for each Want, in the same order
	VersionTables []Name  // version tables of known migrators that exist in this database
}

// Read reads all wanted tables in two statements, however many tables and partitions there are.
// It reads system catalogs alone, takes no lock on anybody's table and never waits behind ACCESS EXCLUSIVE.
// The settings that bounds are printed with are forced while the first statement runs, and are afterwards what they were.
// Between the two statements another session may change something; what is then missing in the second is left empty.
//
// A table that does not exist is Missing, without an error. A standby is read like any server; one before PostgreSQL 14 is
// a ServerTooOldError.
func Read(ctx context.Context, q Querier, wants []Want) (Snapshot, error) {
	t, err := readTree(ctx, q, wants)
	if err != nil {
		return Snapshot{}, explain(ctx, q, fmt.Errorf("read tables and partitions: %w", err))
	}
	s := Snapshot{Server: t.server, Tables: t.plant(wants)}
	d, err := readDetail(ctx, q, t.questions(s.Tables))
	if err != nil {
		return Snapshot{}, fmt.Errorf("read details of tables: %w", err)
	}
	f := filler{tree: t, detail: d}
	for i := range s.Tables {
		f.table(&s.Tables[i])
	}
	s.VersionTables = d.migrators
	return s, nil
}

// explain tells an old server, which lacks columns that the query reads, from other failures.
func explain(ctx context.Context, q Querier, cause error) error {
	if !strings.HasPrefix(sqlState(cause), "42") {
		return cause
	}
	var version int
	row := func() error {
		rows, err := q.QueryContext(ctx, "select pg_catalog.current_setting('server_version_num')::int")
		if err != nil {
			return err
		}
		defer func() { _ = rows.Close() }()
		if !rows.Next() {
			return rows.Err()
		}
		return rows.Scan(&version)
	}
	if row() != nil || version == 0 || version >= oldestVersion {
		return cause
	}
	return ServerTooOldError{Version: version}
}

// sqlState is the five characters of an error of the server, whatever the driver; empty for other errors.
func sqlState(err error) string {
	var stated interface{ SQLState() string }
	if errors.As(err, &stated) {
		return stated.SQLState()
	}
	return ""
}

// arrayOf writes an array as PostgreSQL reads it, which every driver can send as a text.
func arrayOf[T any](elements []T) string {
	var b strings.Builder
	b.WriteByte('{')
	for i, e := range elements {
		if i > 0 {
			b.WriteByte(',')
		}
		switch e := any(e).(type) {
		case string:
			b.WriteString(`"` + strings.NewReplacer(`\`, `\\`, `"`, `\"`).Replace(e) + `"`)
		default:
			fmt.Fprint(&b, e)
		}
	}
	b.WriteByte('}')
	return b.String()
}
