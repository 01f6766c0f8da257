package lock

import (
	"context"
	"database/sql"
)

// None is the Locker of those who need no migrator's lock. It sends nothing.
type None struct{}

// Lock gives a lease that is always alive.
func (None) Lock(context.Context, *sql.Conn) (Lease, error) { return unlocked{}, nil }

type unlocked struct{}

func (unlocked) Alive(context.Context) error   { return nil }
func (unlocked) Release(context.Context) error { return nil }

// IsNone reports whether a locker takes no lock: None, or one that wraps it and says so by a method Unwrap() Locker.
func IsNone(locker Locker) bool {
	for {
		if _, none := locker.(None); none {
			return true
		}
		wrapper, wraps := locker.(interface{ Unwrap() Locker })
		if !wraps {
			return false
		}
		locker = wrapper.Unwrap()
	}
}
