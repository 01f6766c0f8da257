/*
Package lock keeps our DDL and a migrator's apart, by the advisory locks of PostgreSQL that the migrators themselves take.

There are two locks with two jobs. The migrator's key excludes migrations; it is named by a Scheme and waited for by a
Polling locker. The key of a table excludes other runs over the same table, under whatever migrator's key they work; it is
tried once, by TryTable.

	scheme, err := lock.ParseScheme("goose")
	if err != nil {
		return err
	}
	locker := scheme.Locker()
	lease, err := locker.Lock(ctx, conn, 5*time.Minute) // conn is a *sql.Conn
	if busy := (*lock.BusyError)(nil); errors.As(err, &busy) {
		fmt.Println("held by process", busy.Holder.PID)
	}
	if err != nil {
		return err
	}
	defer lease.Release(ctx)

A lock belongs to its session: work that needs it is done on the same conn, and before each change Lease.Alive says whether
it is still held; or Question says so inside the transaction of the change, also on another session that works under the lock. Through a transaction pooler no lock can be held: before the first one is taken on a connection that the
server itself did not greet, CheckSession looks for such a pooler, and the lock is refused with a PooledError. One that was
taken all the same is given back where it lies, or the idle server process that keeps it is ended.

No function here changes anything but advisory locks and, behind a pooler, a setting of its own; none waits inside the server, because a session that
blocks in pg_advisory_lock holds a snapshot, for which DETACH … FINALIZE and CREATE INDEX CONCURRENTLY wait for ever.
*/
package lock
