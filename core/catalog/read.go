package catalog

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strconv"
	"strings"
)

// Want names a table to read.
type Want struct {
	Table  Name   // an empty Schema: found by the session's search_path, without pg_catalog and temporary tables
	Schema string // where new partitions are made; empty: the table's own
}

// Snapshot is what the database said at one moment about all tables that were asked for.
type Snapshot struct {
	Server Server
	Tables []Table // one for each Want, in the same order
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

// Read reads all wanted tables in three statements (four where there are detached partitions), however many tables and partitions
// there are. It reads system catalogs alone, takes no lock on anybody's table and never waits behind ACCESS EXCLUSIVE.
// Between the statements another session may change something; what is then missing in a later one is left empty.
//
// A table that does not exist is Missing, without an error. A standby is read like any server; one before PostgreSQL 14 is
// a ServerTooOldError.
func (r *Reader) Read(ctx context.Context, wants []Want) (s Snapshot, err error) {
	err = r.inParts(ctx, wants, max(len(wants), 1), func(_ int, part Snapshot) error {
		s = part
		return nil
	})
	return s, err
}

// ReadParts is Read with one statement for all tables and two more for every 50, so that what was read of some can be forgotten
// before the others are read. each is called with the place of the first table of every part; without any wants, once.
func (r *Reader) ReadParts(ctx context.Context, wants []Want, each func(first int, s Snapshot) error) error {
	return r.inParts(ctx, wants, partMost, each)
}

// sqlState is the five characters of an error of the server, whatever the driver; empty for other errors.
func sqlState(err error) string {
	var stated interface{ SQLState() string }
	if errors.As(err, &stated) {
		return stated.SQLState()
	}
	return ""
}

// ArrayOf writes an array as PostgreSQL reads it, which every driver can send as a text.
func ArrayOf[T any](elements []T) string {
	b := []byte{'{'}
	for i, e := range elements {
		if i > 0 {
			b = append(b, ',')
		}
		switch e := any(e).(type) {
		case string:
			b = append(b, '"')
			if strings.ContainsAny(e, `\"`) {
				e = strings.NewReplacer(`\`, `\\`, `"`, `\"`).Replace(e)
			}
			b = append(append(b, e...), '"')
		case uint32:
			b = strconv.AppendUint(b, uint64(e), 10)
		default:
			b = fmt.Append(b, e)
		}
	}
	return string(append(b, '}'))
}
