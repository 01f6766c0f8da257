package fault_test

import (
	"errors"
	"fmt"
	"sync"
	"testing"

	"github.com/partsmith/partsmith-migrate/core/executor"
	"github.com/partsmith/partsmith-migrate/core/lock"
)

// Eight runs at once do what one does: each has what it wants to do, or says that another is at it.
func TestEightRunsAtOnce(t *testing.T) {
	t.Parallel()
	ws := newWorlds(t)
	rounds := 3
	if soaking() {
		rounds = 100
	}
	for round := range rounds {
		t.Run(fmt.Sprint(round), func(t *testing.T) {
			t.Parallel()
			w := ws.open(t)
			var all sync.WaitGroup
			for range 8 {
				all.Go(func() {
					err := maintain(t.Context(), ws.server.URL(w.name), executor.Counts{})
					if busy := (*lock.BusyError)(nil); err != nil && !errors.As(err, &busy) && !slowed(err) {
						t.Errorf("one of the runs: %v", err)
					}
				})
			}
			all.Wait()
			w.deserted()
			w.intact()
			w.converge()
			w.close()
		})
	}
}
