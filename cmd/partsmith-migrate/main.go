// Command partsmith-migrate makes time pass safely in a PostgreSQL database with partitioned tables: it creates the
// partitions that the next days need and retires those past their retention. See `partsmith-migrate --help`.
package main

import (
	"context"
	"os"
	_ "time/tzdata" // windows are the same on a machine without a tz database

	"github.com/partsmith/partsmith-migrate/cmd/partsmith-migrate/internal/interrupt"
)

func main() {
	signals := interrupt.Listen()
	ctx, stop := signals.Context(context.Background())
	code := run(ctx, os.Args, newShell(signals))
	stop()
	os.Exit(code)
}
