package gooseext

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"github.com/pressly/goose/v3"
	"github.com/pressly/goose/v3/database"
	gooselock "github.com/pressly/goose/v3/lock"

	"github.com/partsmith/partsmith-migrate/core/lock"
)

// Option changes what NewProvider, Wrap and NewLegacy make.
type Option interface{ apply(*settings) }

// LockOption is an Option that NewSessionLocker takes as well.
type LockOption interface {
	Option
	applyLock(*terms)
}

// terms say which advisory key is taken and how long it is waited for.
type terms struct {
	id   *int64         // nil: goose's
	wait *time.Duration // nil: defaultWait
}

// settings are what the options of a Provider say.
type settings struct {
	terms
	goose    []goose.ProviderOption
	store    database.Store
	unlocked bool          // goose works without a lock
	chosen   []lock.Locker // lockers of the user's own; more than one is a mistake
	missing  bool          // one of them is nil
}

type lockOption func(*terms)

func (o lockOption) apply(s *settings)  { o(&s.terms) }
func (o lockOption) applyLock(t *terms) { o(t) }

type option func(*settings)

func (o option) apply(s *settings) { o(s) }

// defaultWait is how long goose's own session locker waits, too.
const defaultWait = 5 * time.Minute

// WithLockID takes another advisory key than goose's lock.DefaultLockID, for migrations and maintenance.
func WithLockID(id int64) LockOption { return lockOption(func(t *terms) { t.id = &id }) }

// WithWait says how long the lock is waited for while another session has it; 0: it is tried once. Without it: 5 minutes.
func WithWait(wait time.Duration) LockOption { return lockOption(func(t *terms) { t.wait = &wait }) }

// WithGoose passes options on to goose.NewProvider. Locks are not among them: goose would not let two lockers stand
// beside each other, so they are given by WithSessionLocker, WithLocker and WithoutLock.
func WithGoose(options ...goose.ProviderOption) Option {
	return option(func(s *settings) { s.goose = append(s.goose, options...) })
}

// WithStore has goose keep its versions in a store of the program's own.
func WithStore(store database.Store) Option { return option(func(s *settings) { s.store = store }) }

// WithSessionLocker has migrations and maintenance take the lock of a ready session locker.
//
// Goose's own keeps one budget of tries for its whole life (v3.29): in a process that lives long it ends up not waiting
// at all. For another key alone, WithLockID is the better way.
func WithSessionLocker(locker gooselock.SessionLocker) Option {
	return option(func(s *settings) {
		s.missing = s.missing || locker == nil
		s.chosen = append(s.chosen, sessionLocked{locker})
	})
}

// WithLocker has migrations and maintenance take the lock of a ready locker, such as goose's table-based one, which works
// through a transaction pooler. It uses connections of its own, so the pool must have at least two.
func WithLocker(locker gooselock.Locker) Option {
	return option(func(s *settings) {
		s.missing = s.missing || locker == nil
		s.chosen = append(s.chosen, tableLocked{inner: locker})
	})
}

// WithoutLock lets goose migrate without a lock, as its command does. Maintenance takes its lock all the same.
func WithoutLock() Option { return option(func(s *settings) { s.unlocked = true }) }

// newSettings reads the options of a Provider.
func newSettings(options []Option) (settings, error) {
	var s settings
	for _, o := range options {
		o.apply(&s)
	}
	switch {
	case s.missing:
		return s, errors.New("read options: the locker given is nil; WithoutLock is how to migrate without one")
	case len(s.chosen) > 1:
		return s, errors.New("read options: two lockers are given, and only one can be taken")
	case len(s.chosen) == 1 && (s.id != nil || s.wait != nil):
		return s, errors.New("read options: a locker of your own has its own key and patience, so WithLockID and WithWait cannot stand beside it")
	}
	return s, nil
}

// waiting is a locker and how long it waits.
type waiting struct {
	lock.Locker
	wait time.Duration
}

// take is Lock with the locker's own patience.
func (p waiting) take(ctx context.Context, conn *sql.Conn) (lock.Lease, error) {
	return p.Lock(ctx, conn, p.wait)
}

// locks are the lockers of the two windows: goose's, none where it has no Locker, and that of maintenance. They are one unless
// somebody asked for two. The own one is what a plugin.Lifecycle brought, if any.
func (s settings) locks(db *sql.DB, own waiting) (migrating, maintaining waiting, err error) {
	asked := own
	switch {
	case len(s.chosen) == 1:
		asked = waiting{Locker: s.chosen[0]}
	case s.id != nil || own.Locker == nil:
		if asked, err = s.polling(); err != nil {
			return waiting{}, waiting{}, err
		}
	}
	if t, ok := asked.Locker.(tableLocked); ok {
		t.db = db
		asked.Locker = t
	}
	maintaining = own
	if own.Locker == nil {
		maintaining = asked
	}
	maintaining.Locker = timing(maintaining.Locker)
	if s.unlocked {
		return waiting{}, maintaining, nil
	}
	asked.Locker = timing(asked.Locker)
	return asked, maintaining, nil
}

// polling is the locker of an advisory key.
func (t terms) polling() (waiting, error) {
	id, wait := int64(gooselock.DefaultLockID), defaultWait
	if t.id != nil {
		id = *t.id
	}
	if t.wait != nil {
		wait = *t.wait
	}
	scheme, err := lock.ParseScheme(fmt.Sprintf("id:%d", id))
	if err != nil {
		return waiting{}, err
	}
	return waiting{scheme.Locker(), wait}, nil
}
