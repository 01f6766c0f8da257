/*
Package lock keeps our DDL and a migrator's apart, by the advisory locks of PostgreSQL that the migrators themselves take.

There are two locks with two jobs. The migrator's key excludes migrations; it is named by a Scheme and waited for by a
Polling locker. The key of a table excludes other runs over the same table, under whatever migrator's key they work; it is
tried once, by TryTable.

	scheme, err := lock.ParseScheme("goose")
	if err != nil {
		return err
	}
	locker := scheme.Locker(5 * time.Minute)
	lease, err := locker.Lock(ctx, conn) // conn is a *sql.Conn
	if busy := (*lock.BusyError)(nil); errors.As(err, &busy) {
		fmt.Println("held by process", busy.Holder.PID)
	}
	if err != nil {
		return err
	}
	defer lease.Release(ctx)

A lock belongs to its session: work that needs it is done on the same conn, and before each change Lease.Alive says whether
it is still held. No function here changes anything but advisory locks; none waits inside the server, because a session that
blocks in pg_advisory_lock holds a snapshot, for which DETACH … FINALIZE and CREATE INDEX CONCURRENTLY wait for ever.
*/
package lock
