package executor

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/matryer/is"

	"github.com/partsmith/partsmith-migrate/core/catalog"
	"github.com/partsmith/partsmith-migrate/core/lifecycle"
	"github.com/partsmith/partsmith-migrate/core/lock"
	"github.com/partsmith/partsmith-migrate/core/period"
	"github.com/partsmith/partsmith-migrate/integration/pgtest"
)

// yard is some tables, each of which lacks partitions. The second and the third reference one that nobody governs, the
// fourth references the first.
func yard(t *testing.T, tables int) (*pgtest.Database, []lifecycle.Task) {
	t.Helper()
	db := pgtest.New(t)
	db.Exec(t, fmt.Sprintf(`create table accounts (id bigint primary key);
		do $$ begin for i in 1..%d loop
			execute format('create table y%%s (id bigint, account bigint, at timestamptz, primary key (id, at)) partition by range (at)', i);
			execute format('create table y%%s_0 partition of y%%1$s for values from (''2055-11-05 00:00+00'') to (''2055-11-06 00:00+00'')', i);
		end loop; end $$;
		alter table y2 add foreign key (account) references accounts; alter table y3 add foreign key (account) references accounts;
		alter table y4 add foreign key (account, at) references y1 (id, at)`, tables))
	var tasks []lifecycle.Task
	for i := range tables {
		tasks = append(tasks, lifecycle.Task{Table: catalog.Name{Schema: "public", Table: fmt.Sprintf("y%d", i+1)},
			Policy: lifecycle.Policy{Every: spanOf(t, "1 day"), Ahead: spanOf(t, "4")}})
	}
	return db, tasks
}

func spanOf(t *testing.T, text string) period.Span {
	t.Helper()
	s, err := period.ParseSpan(text)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// overlap finds which tables are worked on at the same time.
type overlap struct {
	mu    sync.Mutex
	busy  map[string]int
	pairs map[[2]string]bool
	conns map[*sql.Conn]bool
}

func (o *overlap) hook() Hook {
	return Hook{
		Before: func(_ context.Context, conn *sql.Conn, op lifecycle.Operation) error {
			o.mu.Lock()
			defer o.mu.Unlock()
			o.conns[conn] = true
			o.busy[op.Parent.Table]++
			for other, n := range o.busy {
				if n > 0 {
					o.pairs[[2]string{op.Parent.Table, other}] = true
				}
			}
			return nil
		},
		After: func(_ context.Context, d Done) {
			o.mu.Lock()
			defer o.mu.Unlock()
			o.busy[d.Operation.Parent.Table]--
		},
	}
}

func TestCreationOnSeveralSessions(t *testing.T) {
	t.Parallel()
	is := is.New(t)
	db, tasks := yard(t, 40)
	o := &overlap{busy: map[string]int{}, pairs: map[[2]string]bool{}, conns: map[*sql.Conn]bool{}}
	e := Executor{Locker: lock.Polling{}, Jobs: 3, Sessions: db.SQL(), Hooks: []Hook{o.hook()}}
	results, err := e.Run(t.Context(), db.Conn(t), tasks, november(5))
	is.NoErr(err)
	for _, r := range results {
		is.NoErr(r.Err())
	}
	is.Equal(Count(results...).Created, 120)
	is.True(len(o.conns) > 1) // further sessions took part
	for pair := range o.pairs {
		for _, apart := range [][2]string{{"y2", "y3"}, {"y1", "y4"}} {
			is.True(pair != apart && pair != [2]string{apart[1], apart[0]}) // they share a foreign key
		}
	}
	is.Equal(db.Text(t, "select count(*) from pg_locks where locktype = 'advisory' and database = (select oid from pg_database where datname = current_database())"), "0")
	results, err = e.Run(t.Context(), db.Conn(t), tasks, november(5))
	is.NoErr(err)
	is.Equal(Count(results...), Counts{})
}

// When the leading session has lost the migrator's key, nobody makes anything more beside it.
func TestNothingIsMadeBesideALostKey(t *testing.T) {
	t.Parallel()
	is := is.New(t)
	db, tasks := yard(t, 12)
	lead := db.Conn(t)
	var once sync.Once
	e := Executor{Locker: lock.Polling{}, Jobs: 2, Sessions: db.SQL()}
	lost := make(chan struct{})
	e.Hooks = []Hook{{Before: func(ctx context.Context, conn *sql.Conn, op lifecycle.Operation) (err error) {
		if conn == lead {
			once.Do(func() {
				_, err = conn.ExecContext(ctx, "select pg_advisory_unlock_all()")
				close(lost)
			})
			return err
		}
		<-lost
		return nil
	}}}
	results, err := e.Run(t.Context(), lead, tasks, november(5))
	is.True(errors.Is(err, SessionLost) || err == nil)
	is.Equal(Count(results...), Counts{})
}

// What meets somebody's lock beside the leading session is left to it, and does not hold up what the others make.
func TestASpreadCreationLeavesWhatIsBlockedForLater(t *testing.T) {
	t.Parallel()
	is := is.New(t)
	db, tasks := yard(t, 10)
	holder := db.Conn(t)
	tx, err := holder.BeginTx(t.Context(), nil)
	is.NoErr(err)
	_, err = tx.ExecContext(t.Context(), "lock table only y7 in share update exclusive mode")
	is.NoErr(err)
	e := Executor{Locker: lock.Polling{}, Jobs: 3, Sessions: db.SQL(), RetryFor: time.Minute, Log: onRetry(1, func() { _ = tx.Rollback() })}
	results, err := e.Run(t.Context(), db.Conn(t), tasks, november(5))
	is.NoErr(err)
	is.Equal(Count(results...).Created, 30)
	is.True(results[6].Done[0].Attempts > 1)
}
