package lifecycle

import "time"

// Limits bound how long others can be kept waiting by one statement of ours. A field that is zero has its default.
type Limits struct {
	Lock      time.Duration // lock_timeout: a wait in one queue, 100 ms
	Statement time.Duration // statement_timeout: how long a statement may hold what others need, 150 ms
	Idle      time.Duration // idle_in_transaction_session_timeout: how long a stalled client may, 200 ms
}

// The defaults. The first stays below deadlock_timeout (1 s), so that we and never a writer lose a deadlock.
const (
	defaultLockLimit      = 100 * time.Millisecond
	defaultStatementLimit = 150 * time.Millisecond
	defaultIdleLimit      = 200 * time.Millisecond
)

// Filled is l with the defaults where l is zero.
func (l Limits) Filled() Limits {
	if l.Lock <= 0 {
		l.Lock = defaultLockLimit
	}
	if l.Statement <= 0 {
		l.Statement = defaultStatementLimit
	}
	if l.Idle <= 0 {
		l.Idle = defaultIdleLimit
	}
	return l
}
