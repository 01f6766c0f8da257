package inspect

import (
	"context"
	"database/sql"
	"errors"
	"strings"
	"testing"

	_ "github.com/jackc/pgx/v5/stdlib"
	"github.com/matryer/is"

	"github.com/partsmith/partsmith-migrate/integration/pgtest"
)

// recorder keeps what Atlas sends.
type recorder struct {
	*sql.Conn
	sent []string
}

func (r *recorder) QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error) {
	r.sent = append(r.sent, query)
	return r.Conn.QueryContext(ctx, query, args...)
}

// The repairs depend on the texts that the pinned version of Atlas sends, for a schema and for the whole database.
func TestAtlasSendsTheTextsThatAreRepaired(t *testing.T) {
	t.Parallel()
	is := is.New(t)
	db := pgtest.New(t)
	db.Exec(t, "create table events (at timestamptz) partition by range (at)")
	r := &recorder{Conn: db.Conn(t)}
	drv, err := Open(r)
	is.NoErr(err)
	for _, inspect := range []func() error{
		func() error { _, err := drv.InspectRealm(t.Context(), nil); return err },
		func() error { _, err := drv.InspectSchema(t.Context(), "public", nil); return err },
	} {
		r.sent = nil
		is.NoErr(inspect())
		all := strings.Join(r.sent, "\n;\n")
		is.Equal(strings.Count(all, keyText), 1)
		is.Equal(strings.Count(all, referenceText), 1)
		is.Equal(strings.Count(all, "pg_partitioned_table"), 1) // by these the queries are known whatever their text
		is.Equal(strings.Count(all, "con.confdeltype"), 1)
	}
}

// deaf notes the last query and answers nothing.
type deaf struct{ last string }

var errDeaf = errors.New("deaf")

func (d *deaf) QueryContext(_ context.Context, query string, _ ...any) (*sql.Rows, error) {
	d.last = query
	return nil, errDeaf
}

func (d *deaf) ExecContext(context.Context, string, ...any) (sql.Result, error) { return nil, errDeaf }

// A text that is not known goes through as it is, and a finding tells.
func TestUnknownTextPassesWithFinding(t *testing.T) {
	t.Parallel()
	is := is.New(t)
	server := &deaf{}
	r := &repair{ExecQuerier: server}
	for _, query := range []string{"select 1", "select x from pg_partitioned_table", "select confdeltype from pg_constraint"} {
		_, err := r.QueryContext(t.Context(), query)
		is.True(errors.Is(err, errDeaf))
		is.Equal(server.last, query)
	}
	is.Equal(len(r.findings()), 2)
	r.begin()
	_, _ = r.QueryContext(t.Context(), "select "+keyText+" from pg_partitioned_table t4")
	is.True(strings.Contains(server.last, "attisdropped"))
	_, _ = r.QueryContext(t.Context(), "select confdeltype from pg_constraint con where true "+referenceText)
	is.True(strings.HasSuffix(server.last, "con.conparentid OPERATOR(pg_catalog.=) 0::pg_catalog.oid"))
	is.Equal(len(r.findings()), 0)
}
