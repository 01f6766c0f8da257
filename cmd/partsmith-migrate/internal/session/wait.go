package session

import (
	"context"
	"database/sql"
	"errors"
	"net"
	"syscall"
	"time"

	"github.com/jackc/pgx/v5/pgconn"
)

// How often a server that is not up yet is tried again: soon at first, and never so often that it matters.
const (
	firstPause = 100 * time.Millisecond
	lastPause  = time.Second
)

// await connects, and tries again for o.For while that fails because the server is not up yet. Every other error ends it:
// what is wrong about a password does not get better by waiting.
func (o Options) await(ctx context.Context, connect func() (*sql.DB, error)) (*sql.DB, error) {
	database, err := connect()
	if o.For <= 0 || !worthWaiting(err) {
		return database, err
	}
	if o.Waiting != nil {
		o.Waiting(err)
	}
	end := time.NewTimer(o.For)
	defer end.Stop()
	for pause := firstPause; worthWaiting(err); pause = min(2*pause, lastPause) {
		again := time.NewTimer(pause)
		defer again.Stop()
		select {
		case <-ctx.Done():
			return nil, context.Cause(ctx)
		case <-end.C:
			return nil, err
		case <-again.C:
			database, err = connect()
		}
	}
	return database, err
}

func worthWaiting(err error) bool {
	var failed *ConnectError
	return errors.As(err, &failed) && failed.NotUp
}

// notUp reports whether a server may answer soon: nothing listens yet, its name is not known yet, or it says itself that it is
// starting (57P03). Where a server has said anything else, of several hosts too, no.
func notUp(err error) bool {
	said := answers(err)
	for _, server := range said {
		if server.Code != "57P03" {
			return false
		}
	}
	if len(said) > 0 {
		return true
	}
	err = last(err)
	var dns *net.DNSError
	return errors.As(err, &dns) || errors.Is(err, syscall.ECONNREFUSED) || errors.Is(err, syscall.ENOENT)
}

// answers are what servers have said, in all ways that were tried.
func answers(err error) (all []*pgconn.PgError) {
	switch inner := err.(type) {
	case nil:
	case *pgconn.PgError:
		all = append(all, inner)
	case interface{ Unwrap() []error }:
		for _, one := range inner.Unwrap() {
			all = append(all, answers(one)...)
		}
	default:
		all = answers(errors.Unwrap(err))
	}
	return all
}
