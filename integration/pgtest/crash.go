package pgtest

import (
	"context"
	"fmt"
	"strings"
	"time"
)

// Crash kills the server's first process as `kill -9` does, and returns when it is gone: nothing is written any more, and the
// processes that serve clients notice and end. Restart brings the server back. Since the settings of this package do not wait for
// the disk, a server that is to keep what it has acknowledged wants synchronous_commit = on.
//
// Neither may be called while another goroutine uses Stop or Ended.
func (s *Server) Crash() error {
	if err := s.cmd.Process.Kill(); err != nil {
		return fmt.Errorf("kill server: %w", err)
	}
	<-s.ended
	return nil
}

// Restart starts a server again that has crashed; it returns when the server has recovered and answers.
func (s *Server) Restart(ctx context.Context) error {
	user, err := serverAccount()
	if err != nil {
		return err
	}
	again := time.NewTicker(10 * time.Millisecond)
	defer again.Stop()
	for {
		s.ended = make(chan struct{})
		if err := s.launch(user); err != nil {
			return fmt.Errorf("restart server: %w", err)
		}
		err := s.awaitReady(ctx)
		if err == nil || !s.heldByOldProcesses() {
			return err
		}
		select {
		case <-ctx.Done():
			return fmt.Errorf("restart server: %w: %w", ctx.Err(), err)
		case <-again.C:
		}
	}
}

// heldByOldProcesses reports whether the server refused to start because processes of the one before have not noticed its end.
func (s *Server) heldByOldProcesses() bool {
	select {
	case <-s.ended:
		return strings.Contains(s.Log(), "is still in use")
	default:
		return false
	}
}
