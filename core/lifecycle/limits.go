package lifecycle

import "time"

// Limits bound how long others can be kept waiting by one statement of ours. A field that is zero has its default.
type Limits struct {
	Lock      time.Duration // lock_timeout: a wait in one queue, 100 ms; never as long as deadlock_timeout where others queue behind us
	Statement time.Duration // statement_timeout: such waits, and what is then held, together; Lock and 50 ms
	Idle      time.Duration // idle_in_transaction_session_timeout: how long a stalled client may hold something; Statement and 50 ms
	MaxStall  time.Duration // how far Lock climbs, try by try, for what everybody must wait for: a plain DETACH; 250 ms
	Patience  time.Duration // a wait that nobody queues behind, of DETACH CONCURRENTLY and FINALIZE; 10 s
}

// The defaults. The first stays below deadlock_timeout (1 s), so that we and never a writer lose a deadlock.
const (
	defaultLockLimit      = 100 * time.Millisecond
	defaultStatementLimit = defaultLockLimit + holdingTime
	defaultMaxStall       = 250 * time.Millisecond
	defaultPatience       = 10 * time.Second

	holdingTime = 50 * time.Millisecond // what a statement may hold when it has its locks, and a client between two of them
)

// Filled is l with the defaults where l is zero.
func (l Limits) Filled() Limits {
	fill := func(d *time.Duration, value time.Duration) {
		if *d <= 0 {
			*d = value
		}
	}
	fill(&l.Lock, defaultLockLimit)
	fill(&l.Statement, l.Lock+holdingTime)
	fill(&l.Idle, l.Statement+holdingTime)
	fill(&l.MaxStall, defaultMaxStall)
	fill(&l.Patience, defaultPatience)
	return l
}

// Climbed are the limits of a try, the first being 1: of a step that everybody queues behind, it waits for twice as long as
// the one before, up to MaxStall.
func (l Limits) Climbed(try int) Limits {
	l = l.Filled()
	holding := l.Statement - l.Lock
	for n := 1; n < try && l.Lock < l.MaxStall; n++ {
		l.Lock = min(2*l.Lock, l.MaxStall)
	}
	l.Statement = max(l.Statement, l.Lock+holding)
	l.Idle = max(l.Idle, l.Statement+holdingTime)
	return l
}

// Longest is how long anybody may have to wait for one try of ours: behind it while it waits, and while it then holds what it
// got. all: it is one of those that climb.
func (l Limits) Longest(all bool) time.Duration {
	l = l.Filled()
	if all {
		return max(l.MaxStall, l.Lock) + holdingTime
	}
	return l.Lock + l.Statement
}

// LockLimit is how long the step waits in one queue. Where only we wait it is longer than deadlock_timeout, since only
// such a wait makes an autovacuum step aside; where others queue behind us it is shorter, so that we and never they are
// the ones that a deadlock ends (PostgreSQL 14 to 18).
func (s Step) LockLimit(l Limits) time.Duration {
	l = l.Filled()
	switch {
	case s.Patient:
		return s.Deadlock + time.Second
	case s.Unqueued:
		return l.Patience
	case s.Deadlock > 0 && l.Lock >= s.Deadlock:
		return s.Deadlock - s.Deadlock/10
	}
	return l.Lock
}

// StatementLimit is how long one statement of the step may take in all, 0: as long as it must.
func (s Step) StatementLimit(l Limits) time.Duration {
	if s.Patient || s.Unqueued {
		return 0
	}
	l = l.Filled()
	if l.Statement <= l.Lock {
		return l.Statement // asked for: one wait alone may end it
	}
	return s.LockLimit(l) + l.Statement - l.Lock
}
