package lock

import (
	"errors"
	"fmt"
)

// PooledError says that statements of one connection reach different server sessions, or that one server session serves
// several connections, so that no lock can be held.
type PooledError struct {
	PID   int // of the server process that answered first; 0: it was not asked
	Other int // of the one that answered later; the same as PID where it serves other connections as well
	Left  int // of the one that keeps a lock of ours, because we may not end it; 0: none does
	Cause error
	// Cause is the server's error where that gave the pooler away: a prepared statement that it does not know or knows
	// already (SQLSTATE 26000, 42P05).
}

func (e *PooledError) Error() string {
	text := fmt.Sprintf("server process %d serves other connections in between", e.PID)
	switch {
	case e.Cause != nil:
		text = "the server has lost, or knows from others, what was prepared on the connection"
	case e.PID != e.Other:
		text = fmt.Sprintf("the connection changed from server process %d to %d", e.PID, e.Other)
	}
	text += ": it goes through a transaction pooler, which loses advisory locks; connect to the server directly or use session pooling"
	if e.Left != 0 {
		text += fmt.Sprintf("; a lock is left on server process %d, until that ends: select pg_terminate_backend(%d)", e.Left, e.Left)
	}
	return text
}

// Unwrap gives the cause.
func (e *PooledError) Unwrap() error { return e.Cause }

// betrayed makes a PooledError of what only a pooler leads to: a statement that we have prepared is not there, or one of
// this name is there already. On a connection that surely speaks to the server itself, somebody has discarded them.
func betrayed(err error, s session) error {
	var state interface{ SQLState() string }
	if err == nil || s == direct || !errors.As(err, &state) {
		return err
	}
	if code := state.SQLState(); code != "26000" && code != "42P05" {
		return err
	}
	return &PooledError{Cause: err}
}
