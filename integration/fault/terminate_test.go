package fault_test

import (
	"testing"

	"github.com/partsmith/partsmith-migrate/integration/fault"
)

// pg_terminate_backend, wherever a run is, loses nothing either.
func TestTerminateAtEveryMessage(t *testing.T) {
	t.Parallel()
	ws := newWorlds(t)
	each(t, ws, 12, func(w *world, at fault.Point) {
		proxy := w.through()
		proxy.Break(at, func(l fault.Link) fault.Next {
			if l.PID == 0 {
				return fault.Cut
			}
			w.text("select pg_terminate_backend($1)", l.PID)
			return fault.Pass
		})
		_ = maintain(t.Context(), proxy.URL(), full)
		proxy.Close()
		w.deserted()
		w.intact()
		w.converge()
	})
}
