package main

import (
	"context"
	"fmt"
	"os"
	"os/signal"
	"strconv"
	"syscall"
	"time"

	"github.com/partsmith/partsmith-migrate/cmd/partsmith-migrate/internal/session"
	"github.com/partsmith/partsmith-migrate/core/lock"
)

// child is a command for exec to run: `child exit 3` ends so, `child signal` says that it is ready, waits for a signal,
// names it and ends with 9, `child hold URL` keeps locks, `child args ...` shows its arguments.
func child() {
	switch os.Args[1] {
	case "exit":
		code, _ := strconv.Atoi(os.Args[2])
		os.Exit(code)
	case "signal":
		arrived := make(chan os.Signal, 1)
		signal.Notify(arrived, os.Interrupt, syscall.SIGTERM, syscall.SIGHUP)
		fmt.Println("ready")
		fmt.Println("got", <-arrived)
		os.Exit(9)
	case "patient":
		arrived := make(chan os.Signal, 1)
		signal.Notify(arrived, syscall.SIGTERM)
		fmt.Println("ready")
		<-arrived
	case "hold":
		fmt.Println(holdLocks(os.Args[2]))
		os.Exit(1)
	case "args":
		fmt.Printf("%q\n", os.Args[2:])
	}
}

// holdLocks is `child hold URL`: it takes a migrator's key and that of a table, says so, and makes sure of them again and again.
func holdLocks(url string) error {
	ctx := context.Background()
	database, err := session.Open(ctx, url, session.Options{})
	if err != nil {
		return err
	}
	conn, err := database.Conn(ctx)
	if err != nil {
		return err
	}
	key, err := lock.Polling{}.Lock(ctx, conn, 0)
	if err != nil {
		return err
	}
	if _, err := lock.TryTable(ctx, conn, 4711); err != nil {
		return err
	}
	fmt.Println("ready")
	for tick := time.Tick(100 * time.Millisecond); err == nil; <-tick {
		err = key.Alive(ctx)
	}
	return err
}
