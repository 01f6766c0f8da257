package interrupt

import (
	"context"
	"os"
	"os/signal"
	"sync"
	"syscall"
)

// Signals ends the run at the first SIGINT or SIGTERM, and the program at the second. While another command runs inside
// (exec), signals are its affair.
type Signals struct {
	arrived chan os.Signal
	mu      sync.Mutex
	inner   func(os.Signal)
	first   os.Signal
	cancel  context.CancelCauseFunc
}

// Stopped is the cause of a context that a signal has ended.
type Stopped struct{ Signal os.Signal }

func (e Stopped) Error() string { return "stopped by a signal (" + e.Signal.String() + ")" }

// Code is that of a shell for a program that a signal has ended.
func (e Stopped) Code() int {
	if number, ok := e.Signal.(syscall.Signal); ok {
		return 128 + int(number)
	}
	return 1
}

// Listen begins to listen for SIGINT and SIGTERM.
func Listen() *Signals {
	s := &Signals{arrived: make(chan os.Signal, 4)}
	signal.Notify(s.arrived, os.Interrupt, syscall.SIGTERM)
	return s
}

// Context ends with the first signal.
func (s *Signals) Context(parent context.Context) (context.Context, context.CancelFunc) {
	ctx, cancel := context.WithCancelCause(parent)
	s.cancel = cancel
	go func() {
		for {
			select {
			case arrived := <-s.arrived:
				s.Handle(arrived)
			case <-ctx.Done():
				if s.patient() {
					return
				}
				os.Exit(Stopped{<-s.arrived}.Code())
			}
		}
	}()
	return ctx, func() { cancel(nil) }
}

// patient reports whether the context ended by itself, so that nobody waits for an end.
func (s *Signals) patient() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.first == nil
}

// Handle does what an arrived signal asks for.
func (s *Signals) Handle(arrived os.Signal) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.inner != nil {
		s.inner(arrived)
		return
	}
	if s.first == nil && (arrived == os.Interrupt || arrived == syscall.SIGTERM) {
		s.first = arrived
		s.cancel(Stopped{arrived})
	}
}

// Pass starts another command and gives it all signals, from its first moment until back is called.
func (s *Signals) Pass(start func() error, to func(os.Signal)) (back func(), err error) {
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
