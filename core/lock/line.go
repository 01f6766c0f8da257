package lock

import (
	"context"
	"database/sql"
	"errors"

	"github.com/jackc/pgx/v5"
)

// line is a connection as the probe uses it: statements without arguments, each a transaction of its own.
type line interface {
	tell(ctx context.Context, statement string) error
	ask(ctx context.Context, query string) ([]string, error) // the fields of its first row, or sql.ErrNoRows
}

// pgxLine speaks the simple protocol, so that nothing is prepared, which a pooler may not know.
type pgxLine struct{ conn *pgx.Conn }

func (l pgxLine) tell(ctx context.Context, statement string) error {
	return l.conn.PgConn().Exec(ctx, statement).Close()
}

func (l pgxLine) ask(ctx context.Context, query string) ([]string, error) {
	results, err := l.conn.PgConn().Exec(ctx, query).ReadAll()
	if err != nil {
		return nil, err
	}
	if len(results) != 1 || len(results[0].Rows) == 0 {
		return nil, sql.ErrNoRows
	}
	fields := make([]string, len(results[0].Rows[0]))
	for i, field := range results[0].Rows[0] {
		fields[i] = string(field)
	}
	return fields, nil
}

// sqlLine works with every driver.
type sqlLine struct{ conn *sql.Conn }

func (l sqlLine) tell(ctx context.Context, statement string) error {
	_, err := l.conn.ExecContext(ctx, statement)
	return err
}

func (l sqlLine) ask(ctx context.Context, query string) ([]string, error) {
	rows, err := l.conn.QueryContext(ctx, query)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	columns, err := rows.Columns()
	if err != nil || !rows.Next() {
		return nil, errors.Join(err, rows.Err(), sql.ErrNoRows)
	}
	fields, places := make([]string, len(columns)), make([]any, len(columns))
	for i := range fields {
		places[i] = &fields[i]
	}
	return fields, rows.Scan(places...)
}

// lineOf is the line of a session; work gets it alone. With pgx it must not use the session otherwise meanwhile.
func lineOf(conn *sql.Conn, work func(line) error) error {
	known := false
	var err error
	raw := conn.Raw(func(driver any) error {
		if c, ok := driver.(pgxConn); ok {
			known, err = true, work(pgxLine{c.Conn()})
		}
		return nil
	})
	if raw != nil || known {
		return errors.Join(raw, err)
	}
	return work(sqlLine{conn})
}
