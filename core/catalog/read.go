package catalog

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strings"
)

// Want names a table to read.
type Want struct {
	Table  Name   // an empty Schema: found by the session's search_path, without pg_catalog and temporary tables
	Schema string // where new partitions are made; empty: the table's own
}

// Snapshot is what the database said at one moment about all tables that were asked for.
type Snapshot struct {
	Server        Server
	Tables        []Table // one for each Want, in the same order
	VersionTables []Name  // version tables of known migrators that exist in this database
}

// Read is Reader.Read in a transaction of its own, by Reading.
func Read(ctx context.Context, conn *sql.Conn, wants []Want) (Snapshot, error) {
	var s Snapshot
	err := Reading(ctx, conn, func(r *Reader) (err error) {
		s, err = r.Read(ctx, wants)
		return err
	})
	return s, err
}

// Read reads all wanted tables in two statements, however many tables and partitions there are.
// It reads system catalogs alone, takes no lock on anybody's table and never waits behind ACCESS EXCLUSIVE.
// Between the two statements another session may change something; what is then missing in the second is left empty.
//
// A table that does not exist is Missing, without an error. A standby is read like any server; one before PostgreSQL 14 is
// a ServerTooOldError.
func (r *Reader) Read(ctx context.Context, wants []Want) (Snapshot, error) {
	if r.version < oldestVersion { // it lacks columns that are read
		return Snapshot{}, ServerTooOldError{Version: r.version}
	}
	t, err := readTree(ctx, r, wants)
	if err != nil {
		return Snapshot{}, fmt.Errorf("read tables and partitions: %w", err)
	}
	s := Snapshot{Server: t.server, Tables: t.plant(wants)}
	d, err := readDetail(ctx, r, t.questions(s.Tables))
	if err != nil {
		return Snapshot{}, fmt.Errorf("read details of tables: %w", err)
	}
	f := filler{tree: t, detail: d}
	for i := range s.Tables {
		f.table(&s.Tables[i])
		r.latest.add(&s.Tables[i])
	}
	s.VersionTables = d.migrators
	return s, nil
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
