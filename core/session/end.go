package session

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/partsmith/partsmith-migrate/core/lock"
	"github.com/partsmith/partsmith-migrate/internal/sqlstate"
)

// TidyTime bounds what is done after the end of a context.
const TidyTime = 5 * time.Second

// graceTime is how long a statement may go on after the end of its context. The limits let nearly all of them end within it,
// so that a cancelled run knows what it did and keeps its session.
const graceTime = time.Second

// LostError says that a session ended, and its locks with it. What it was just doing may or may not be done.
type LostError struct{ Cause error }

func (e *LostError) Error() string { return "session lost: " + e.Cause.Error() }

// Unwrap gives the cause.
func (e *LostError) Unwrap() error { return e.Cause }

// Lost is what ended the session, nil while it lives as far as is known.
func (s *Session) Lost() *LostError { return s.lost }

// Ended reports whether an error of a statement means that its session is over: a server said so, or none said it.
func Ended(err error) bool {
	switch state := sqlstate.Of(err); state {
	case "", "25P03", "25P04", "57P01", "57P02", "57P03", "57P05": // ended by a timeout, by a person, by a shutdown
		return true
	default:
		return strings.HasPrefix(state, "08")
	}
}

// Tidy runs what must be run also after the end of ctx, within TidyTime. A session on which it fails is closed for good, and the
// error is a LostError.
func (s *Session) Tidy(ctx context.Context, text string) error {
	if text == "" {
		return nil
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), TidyTime)
	defer cancel()
	err := s.send(ctx, text)
	if sqlstate.Of(err) == "57014" { // the limit of what is tidied up, or a late cancel: it has changed nothing yet
		err = s.send(ctx, text)
	}
	if err != nil {
		return s.Lose(ctx, fmt.Errorf("tidy session: %w", err))
	}
	return nil
}

// Check finds out whether the session outlived an error, and gives that error, or else the LostError.
func (s *Session) Check(ctx context.Context, err error) error {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), TidyTime)
	defer cancel()
	if s.lost != nil || s.conn.PingContext(ctx) == nil {
		return err
	}
	return s.Lose(ctx, err)
}

// Lose notes what ended the session, closes it for good, and gives the LostError: that of the first time.
func (s *Session) Lose(ctx context.Context, cause error) error {
	if s.lost == nil {
		s.lost = &LostError{Cause: cause}
		_ = s.discard(ctx)
	}
	return s.lost
}

func (s *Session) discard(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), TidyTime)
	defer cancel()
	return lock.Discard(ctx, s.conn)
}

// Grace is a context that ends a second after ctx, for a statement that is bounded anyway.
func Grace(ctx context.Context) (context.Context, context.CancelFunc) {
	later, cancel := context.WithCancel(context.WithoutCancel(ctx))
	stop := context.AfterFunc(ctx, func() {
		timer := time.NewTimer(graceTime)
		defer timer.Stop()
		select {
		case <-timer.C:
			cancel()
		case <-later.Done():
		}
	})
	return later, func() { stop(); cancel() }
}
