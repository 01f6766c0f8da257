// Command service is a service that keeps its own partitions. Every pod deploys when it starts and looks again every hour; one of
// them does what is due, and the others go on. There is no leader to elect, and no cron to set up beside it.
//
//	DATABASE_URL=postgres://localhost/app go run ./examples/service
package main

import (
	"context"
	"log/slog"
	"os"
	"os/signal"
	"sync"
	"syscall"
	"time"

	"github.com/jackc/pgx/v5/pgxpool"
)

func main() {
	log := slog.New(slog.NewTextHandler(os.Stderr, nil))
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	if err := serve(ctx, os.Getenv("DATABASE_URL"), log); err != nil {
		log.Error("service ended", "error", err)
		os.Exit(1)
	}
}

// serve works until ctx ends. What the service is there for goes on beside the keeper, on the same pool.
func serve(ctx context.Context, url string, log *slog.Logger) error {
	pool, err := pgxpool.New(ctx, url)
	if err != nil {
		return err
	}
	defer pool.Close()
	keeper, err := newKeeper(pool, log)
	if err != nil {
		return err
	}
	if err := keeper.deploy(ctx); err != nil {
		return err
	}
	hourly := time.NewTicker(time.Hour)
	defer hourly.Stop()
	var beside sync.WaitGroup
	beside.Go(func() { keeper.keep(ctx, hourly.C) })
	beside.Wait()
	return nil
}
