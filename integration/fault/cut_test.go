package fault_test

import (
	"testing"

	"github.com/partsmith/partsmith-migrate/integration/fault"
)

// A run whose connection is cut, wherever that is, has lost nothing, and the next one finishes its work.
func TestCutAtEveryMessage(t *testing.T) {
	t.Parallel()
	ws := newWorlds(t)
	each(t, ws, 24, func(w *world, at fault.Point) {
		proxy := w.through()
		proxy.Break(at, func(fault.Link) fault.Next { return fault.Cut })
		err := maintain(t.Context(), proxy.URL(), full)
		proxy.Close()
		w.deserted()
		if wrong := differences(w.state(), w.after); err == nil && wrong != "" {
			w.Errorf("the run says that it has done everything:\n%s", wrong)
		}
		w.intact()
		w.converge()
	})
}

func struck(p *fault.Proxy) bool {
	select {
	case <-p.Struck():
		return true
	default:
		return false
	}
}
