package fault_test

import (
	"context"
	"fmt"
	"testing"

	"github.com/partsmith/partsmith-migrate/core/executor"
	"github.com/partsmith/partsmith-migrate/integration/fault"
	"github.com/partsmith/partsmith-migrate/integration/pgtest"
)

// A server that crashes, wherever a run is, comes back with everything that it should have, and the next run finishes.
// The server is one of its own, so the points are tried one after the other.
func TestCrashAtEveryMessage(t *testing.T) {
	t.Parallel()
	pgtest.New(t) // where no server is installed, this says so
	server, err := pgtest.Start(t.Context(), pgtest.Options{Settings: map[string]string{"synchronous_commit": "on"}})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(server.Stop)
	ws := worldsOn(t, server, "crash")
	ws.admin.SetMaxIdleConns(-1) // what was idle is dead after a crash
	for _, at := range draw(t, fault.Points(ws.messages), 6) {
		t.Run(at.String(), func(t *testing.T) { ws.crash(t, at) })
	}
}

func (ws *worlds) crash(t *testing.T, at fault.Point) {
	w := ws.open(t)
	w.pool.SetMaxIdleConns(-1)
	proxy := w.through()
	proxy.Break(at, func(fault.Link) fault.Next {
		if err := ws.server.Crash(); err != nil {
			t.Error(err)
		}
		return fault.Cut
	})
	_ = maintain(t.Context(), proxy.URL(), executor.Counts{})
	proxy.Close()
	if struck(proxy) {
		ctx, cancel := context.WithTimeout(context.Background(), patience)
		defer cancel()
		if err := ws.server.Restart(ctx); err != nil {
			t.Fatal(fmt.Errorf("%w\n%s", err, ws.server.Log()))
		}
	}
	w.deserted()
	w.intact()
	w.converge()
	w.close()
}
