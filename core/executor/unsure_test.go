package executor

import (
	"errors"
	"testing"
	"time"

	"github.com/matryer/is"

	"github.com/partsmith/partsmith-migrate/core/lifecycle"
	"github.com/partsmith/partsmith-migrate/core/period"
	"github.com/partsmith/partsmith-migrate/integration/pgtest"
)

// Where nobody may ask what a large DEFAULT holds, the window that it holds a row of fails for itself, and no CHECK stays.
func TestAnOccupiedWindowFailsAloneWhereNobodyCouldAsk(t *testing.T) {
	t.Parallel()
	is := is.New(t)
	db := pgtest.New(t)
	owner := db.Role(t, "owner")
	db.Exec(t, `create table ev (at timestamptz not null, note text) partition by range (at);
create table ev__2055_11_01 partition of ev for values from ('2055-11-01Z') to ('2055-11-02Z');
create table rest partition of ev default;
insert into ev select '2055-10-31Z', repeat('x', 1000) from generate_series(1, 25000);
insert into ev values ('2055-11-02 12:00Z');
alter table ev owner to `+owner+`; alter table ev__2055_11_01 owner to `+owner+`; alter table rest owner to `+owner+`;
grant create on schema public to `+owner+`; revoke select on rest from `+owner)
	task := daily("ev", period.Span{})
	task.Policy.Ahead, task.Policy.DefaultCheck = period.Span{Windows: 4, Set: true}, true
	conn, err := db.As(t, owner).Conn(t.Context())
	is.NoErr(err)
	defer conn.Close()
	results, err := Executor{RetryFor: time.Second}.Run(t.Context(), conn, []lifecycle.Task{task}, november(1))
	is.NoErr(err)
	is.Equal(Count(results[0]).Created, 2)
	is.True(errors.Is(results[0].Err(), RowsUnfit)) // the server's word, since the plan could not tell
	var failed *OperationError
	is.True(errors.As(results[0].Err(), &failed))
	is.Equal(failed.Partition.Table, "ev__2055_11_02")
	is.Equal(db.Text(t, `select string_agg(relname, ' ' order by relname) from pg_class where relname like 'ev\_\_%'`), "ev__2055_11_01 ev__2055_11_03 ev__2055_11_04")
	is.Equal(db.Text(t, `select count(*) from pg_constraint where conname like 'partsmith%'`), "0")
}
