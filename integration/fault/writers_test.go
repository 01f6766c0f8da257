package fault_test

import "context"

// What an application does with the tables of a world.
const (
	writeSQL = `insert into events (at, note) values ('2090-06-15 20:00+00', 'writer');
		insert into clicks (at, note) values ('2090-06-15 20:00+00', 'writer'), ('2089-01-01', 'writer');
		insert into orders (at, note) values ('2090-06-15 20:00+00', 'writer');
		insert into lines (ordered, note) values ('2090-06-15 20:00+00', 'writer');
		insert into kinds (id, note) values (3, 'writer')`
	readSQL    = `select (select count(*) from events) + (select count(*) from clicks) + (select count(*) from orders) + (select count(*) from lines)`
	writtenSQL = `select concat_ws(' ', (select count(*) from events where note = 'writer'), (select count(*) from clicks where note = 'writer'),
		(select count(*) from orders where note = 'writer'), (select count(*) from lines where note = 'writer'), (select count(*) from kinds where note = 'writer'))`
)

// write writes to every table and reads every table, as an application does. It fails the test where it is kept waiting.
func (w *world) write() {
	w.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	for _, query := range []string{writeSQL, readSQL} {
		if _, err := w.pool.ExecContext(ctx, query); err != nil {
			w.Errorf("the application was kept waiting: %v", err)
		}
	}
}

// quiet waits until no session of others has a statement, or a lock on a table that a writer or a reader could wait for.
func (w *world) quiet() {
	w.Helper()
	w.await(`select count(*) = 0 from pg_stat_activity a where datname = current_database() and pid <> pg_backend_pid() and backend_type = 'client backend'
		and (state = 'active' or exists (select from pg_locks l where l.pid = a.pid and l.locktype = 'relation' and l.mode <> 'AccessShareLock'))`)
}

// written fails the test where something is missing of what was written.
func (w *world) written() {
	w.Helper()
	if got := w.text(writtenSQL); got != "1 2 1 1 1" {
		w.Errorf("of the rows written meanwhile there are %s", got)
	}
}
