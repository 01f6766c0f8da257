package main

import (
	"context"
	"os"
	"os/signal"
	"sync"
	"syscall"
)

// signals ends the run at the first SIGINT or SIGTERM, and the program at the second. While another command runs inside
// (exec), signals are its affair.
type signals struct {
	arrived chan os.Signal
	mu      sync.Mutex
	inner   func(os.Signal)
	first   os.Signal
	cancel  context.CancelCauseFunc
}

// interrupted is the cause of a context that a signal has ended.
type interrupted struct{ signal os.Signal }

func (e interrupted) Error() string { return "stopped by a signal (" + e.signal.String() + ")" }

// code is that of a shell for a program that a signal has ended.
func (e interrupted) code() int {
	if number, ok := e.signal.(syscall.Signal); ok {
		return 128 + int(number)
	}
	return 1
}

func listen() *signals {
	s := &signals{arrived: make(chan os.Signal, 4)}
	signal.Notify(s.arrived, os.Interrupt, syscall.SIGTERM)
	return s
}

// context ends with the first signal.
func (s *signals) context(parent context.Context) (context.Context, context.CancelFunc) {
	ctx, cancel := context.WithCancelCause(parent)
	s.cancel = cancel
	go func() {
		for {
			select {
			case arrived := <-s.arrived:
				s.handle(arrived)
			case <-ctx.Done():
				if s.patient() {
					return
				}
				os.Exit(interrupted{<-s.arrived}.code())
			}
		}
	}()
	return ctx, func() { cancel(nil) }
}

// patient tells whether the context ended by itself, so that nobody waits for an end.
func (s *signals) patient() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.first == nil
}

func (s *signals) handle(arrived os.Signal) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.inner != nil {
		s.inner(arrived)
		return
	}
	if s.first == nil && (arrived == os.Interrupt || arrived == syscall.SIGTERM) {
		s.first = arrived
		s.cancel(interrupted{arrived})
	}
}

// pass starts another command and gives it all signals, from its first moment until back is called.
func (s *signals) pass(start func() error, to func(os.Signal)) (back func(), err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if err := start(); err != nil {
		return nil, err
	}
	s.inner = to
	signal.Notify(s.arrived, passed()...)
	return func() {
		s.mu.Lock()
		defer s.mu.Unlock()
		s.inner = nil
		signal.Reset(passed()...)
		signal.Notify(s.arrived, os.Interrupt, syscall.SIGTERM)
	}, nil
}
