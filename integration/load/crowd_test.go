package load

import (
	"context"
	"database/sql"
	"fmt"
	"sync"
	"sync/atomic"
	"time"
)

// clients is how many of them there are.
const clients = 10

// crowd is an application whose transactions overlap all the time.
type crowd struct {
	pool   *sql.DB
	length time.Duration // of a transaction
	waits  [clients]waits
	failed atomic.Pointer[error]
	stop   context.CancelFunc
	all    sync.WaitGroup
}

// waits is how long one client waited for its statements.
type waits struct {
	longest atomic.Int64
	count   atomic.Int64 // statements so far
}

// gather starts the clients. They end with leave.
func gather(pool *sql.DB, length time.Duration) *crowd {
	ctx, stop := context.WithCancel(context.Background())
	c := &crowd{pool: pool, length: length, stop: stop}
	pool.SetMaxIdleConns(clients)
	for i := range clients {
		c.all.Go(func() {
			for ctx.Err() == nil {
				if err := c.transact(ctx, i); err != nil && ctx.Err() == nil {
					c.failed.Store(&err)
					return
				}
			}
		})
	}
	return c
}

// leave ends the clients, and tells what stopped one before.
func (c *crowd) leave() error {
	c.stop()
	c.all.Wait()
	if failed := c.failed.Load(); failed != nil {
		return fmt.Errorf("a client failed: %w", *failed)
	}
	return nil
}

// transact is one transaction of a client. Two of three write; the third reads and keeps its snapshot.
func (c *crowd) transact(ctx context.Context, client int) error {
	options, statement := &sql.TxOptions{}, "insert into events (at, note) values ('2090-06-15 12:00+00', 'a row')"
	if client%3 == 2 {
		options.Isolation = sql.LevelRepeatableRead
		statement = "select count(*) from (select from events where at >= '2090-06-15 00:00+00' and at < '2090-06-16 00:00+00' limit 100) x"
	}
	tx, err := c.pool.BeginTx(ctx, options)
	if err != nil {
		return err
	}
	defer tx.Rollback()
	began := time.Now()
	if _, err := tx.ExecContext(ctx, statement); err != nil {
		return err
	}
	c.waits[client].note(time.Since(began))
	if c.length > 0 {
		pass(ctx, c.length)
		return tx.Commit()
	}
	defer pass(ctx, breath)
	return tx.Commit()
}

// breath is between two transactions that last no time: without it the clients wait for the processor, and for nothing else.
const breath = 5 * time.Millisecond

func (w *waits) note(d time.Duration) {
	for was := w.longest.Load(); int64(d) > was && !w.longest.CompareAndSwap(was, int64(d)); was = w.longest.Load() {
	}
	w.count.Add(1)
}

// during gives the longest wait of any client while something is done, or for a time, whichever lasts longer. Statements that
// still wait then are waited for.
func (c *crowd) during(least time.Duration, do func()) time.Duration {
	for i := range c.waits {
		c.waits[i].longest.Store(0)
	}
	began := time.Now()
	do()
	pass(context.Background(), least-time.Since(began))
	c.another()
	longest := int64(0)
	for i := range c.waits {
		longest = max(longest, c.waits[i].longest.Load())
	}
	return time.Duration(longest)
}

// another waits until every client has finished a further statement.
func (c *crowd) another() {
	var counts [clients]int64
	for i := range c.waits {
		counts[i] = c.waits[i].count.Load()
	}
	for i := range c.waits {
		for c.waits[i].count.Load() == counts[i] && c.failed.Load() == nil {
			pass(context.Background(), time.Millisecond)
		}
	}
}

// pass lets time pass, or ctx end.
func pass(ctx context.Context, d time.Duration) {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-ctx.Done():
	case <-timer.C:
	}
}
